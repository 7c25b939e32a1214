//! The driver of a WaitGroup as Rust programmers write it: a counter in a mutex, and a condition variable.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use waitgroup_drivers::{drive, Call, Group, Made};

/// Why an add is refused.
enum Refused {
    Negative,
    Overflow,
}

struct WaitGroup {
    count: Mutex<i32>,
    zero: Condvar,
}

impl WaitGroup {
    fn new(count: i32) -> Self {
        WaitGroup { count: Mutex::new(count), zero: Condvar::new() }
    }

    fn add(&self, delta: i64) -> Result<(), Refused> {
        let mut count = self.count.lock().unwrap();
        let sum = i64::from(*count).checked_add(delta).ok_or(Refused::Overflow)?;
        if sum < 0 {
            return Err(Refused::Negative);
        }
        *count = i32::try_from(sum).map_err(|_| Refused::Overflow)?;
        if *count == 0 {
            self.zero.notify_all();
        }
        Ok(())
    }

    fn done(&self) -> Result<(), Refused> {
        self.add(-1)
    }

    fn wait(&self) {
        let _count = self.zero.wait_while(self.count.lock().unwrap(), |count| *count > 0).unwrap();
    }

    /// Whether the counter has come to zero in time.
    fn wait_timeout(&self, timeout: Duration) -> bool {
        let count = self.count.lock().unwrap();
        let (_count, result) = self.zero.wait_timeout_while(count, timeout, |count| *count > 0).unwrap();
        !result.timed_out()
    }
}

fn said(result: Result<(), Refused>) -> &'static str {
    match result {
        Ok(()) => "returned",
        Err(Refused::Negative) => "raised negative",
        Err(Refused::Overflow) => "raised overflow",
    }
}

impl Group for WaitGroup {
    fn hello() -> String {
        let version = env!("RUSTC_VERSION");
        let can = r#""calls": ["add", "done", "wait", "timed wait"], "observes": ["counter"]"#;
        format!(r#"{{"name": "Rust, condition variable", "version": "{version}", {can}}}"#)
    }

    fn create(units: i64) -> Result<Self, String> {
        i32::try_from(units).map(WaitGroup::new).map_err(|error| error.to_string())
    }

    fn prepare(self: &Arc<Self>, call: Call) -> Result<Made, String> {
        let group = self.clone();
        Ok(match call {
            Call::Add(delta) => Box::new(move || said(group.add(delta))),
            Call::Done => Box::new(move || said(group.done())),
            Call::Wait(None) => Box::new(move || {
                group.wait();
                "returned"
            }),
            Call::Wait(Some(seconds)) => {
                let timeout = Duration::from_secs_f64(seconds);
                Box::new(move || if group.wait_timeout(timeout) { "returned" } else { "expired" })
            }
        })
    }

    fn observe(&self) -> String {
        format!("{{\"counter\": {}}}", self.count.lock().unwrap())
    }
}

fn main() {
    drive::<WaitGroup>();
}
