//! The driver of crossbeam_utils::sync::WaitGroup.
//!
//! There the units are the handles themselves: to clone one is to add a unit, to drop one is a done, and `wait` gives up
//! the handle that it is called on and blocks until all others are gone. It is mapped as it is used in Rust:
//!
//! * `create` makes the group and clones a handle for each unit.
//! * The creator keeps the first handle until the threads start, to clone from. Then it drops it: who keeps one and does
//!   not wait would let no wait return.
//! * `done` drops the handle of a unit.
//! * `wait` has a handle of its own, which the waiter gets before it starts, as a closure that owns it would. Until the
//!   waiter has come to its wait it counts as a unit for all others. A wait that comes at once so delays the others only
//!   for a moment, and what is seen once nothing changes any more is as if it did not count.
//!
//! What the types do not let anybody write is answered with what it lacks, so that the case does not apply: a done with no
//! handle left, or a wait that begins when all handles are gone. Such a group is over; the next one is a new one.
//!
//! `add` is left out: a unit can be added only by who holds one, so that a case that adds to an empty group, or opens it
//! again, cannot be written. So are timed waits, which it does not have, and the counter, in which waiters count too.

use crossbeam_utils::sync::WaitGroup;
use std::sync::{Arc, Mutex};
use waitgroup_drivers::{drive, Call, Group, Made};

struct Handles {
    /// The creator's, until the threads start.
    first: Option<WaitGroup>,
    /// Those of the units that are not done.
    units: Vec<WaitGroup>,
    /// How many of the units no done is on its way for.
    free: usize,
}

struct Shared(Mutex<Handles>);

impl Group for Shared {
    fn hello() -> String {
        let version = env!("CROSSBEAM_VERSION");
        let largest = (usize::MAX as u64).min(1 << 53); // more is no number in every reader of JSON
        let can = r#""calls": ["done", "wait"], "observes": []"#;
        format!(r#"{{"name": "crossbeam WaitGroup", "version": "{version}", {can}, "largest": {largest}}}"#)
    }

    fn create(units: i64) -> Result<Self, String> {
        let free = usize::try_from(units).map_err(|error| error.to_string())?;
        let first = WaitGroup::new();
        let units = vec![(); free].iter().map(|()| first.clone()).collect();
        Ok(Shared(Mutex::new(Handles { first: Some(first), units, free })))
    }

    fn prepare(self: &Arc<Self>, call: Call) -> Result<Made, String> {
        let shared = self.clone();
        let mut handles = self.0.lock().unwrap();
        match call {
            Call::Done => {
                handles.free = handles.free.checked_sub(1).ok_or("no handle left: the types do not let it happen")?;
                Ok(Box::new(move || {
                    let unit = shared.0.lock().unwrap().units.pop();
                    drop(unit); // with the mutex unlocked, so that it is the group that orders the dones
                    "returned"
                }))
            }
            Call::Wait(None) => {
                let living = handles.first.as_ref().or_else(|| handles.units.first());
                let own = living.ok_or("no handle left to wait on: the group is over")?.clone();
                Ok(Box::new(move || {
                    own.wait();
                    "returned"
                }))
            }
            _ => Err("it has no such call".to_string()),
        }
    }

    fn starting(&self) {
        self.0.lock().unwrap().first = None;
    }
}

fn main() {
    drive::<Shared>();
}
