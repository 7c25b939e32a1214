//! The protocol of a driver, docs/driver-protocol.md, around any WaitGroup in Rust.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::sync::{Arc, Barrier, Mutex};
use std::{mem, thread};

/// A call that is ready to be made by any thread. It owns what it needs, and says what it has given.
pub type Made = Box<dyn FnOnce() -> &'static str + Send>;

/// A call that a thread is to make.
pub enum Call {
    Add(i64),
    Done,
    /// A wait, with its timeout in seconds.
    Wait(Option<f64>),
}

/// What a driver is written around. A text in place of an answer says why it cannot be done.
pub trait Group: Send + Sync + Sized + 'static {
    /// The answer to hello.
    fn hello() -> String;
    /// A new group with so many units.
    fn create(units: i64) -> Result<Self, String>;
    /// Get a call ready, when its thread is told of it, before it is started.
    fn prepare(self: &Arc<Self>, call: Call) -> Result<Made, String>;
    /// The answer to observe.
    fn observe(&self) -> String {
        "{}".to_string()
    }
    /// All threads that are to be started now have got their calls.
    fn starting(&self) {}
}

/// A thread: calls that it is to make once it is started, and the results of those that it has made.
#[derive(Default)]
struct Thread {
    calls: Vec<Made>,
    results: Arc<Mutex<Vec<&'static str>>>,
}

/// A group with its threads.
struct World<G> {
    group: Arc<G>,
    threads: BTreeMap<String, Thread>,
}

impl<G: Group> World<G> {
    fn create(units: i64) -> Result<Self, String> {
        Ok(World { group: Arc::new(G::create(units)?), threads: BTreeMap::new() })
    }

    fn call(&mut self, line: &str) -> Result<(), String> {
        let call = match value(line, "call") {
            Some("add") => Call::Add(number(line, "delta")?),
            Some("done") => Call::Done,
            Some("wait") if value(line, "timeout").is_some() => Call::Wait(Some(number(line, "timeout")?)),
            Some("wait") => Call::Wait(None),
            _ => return Err("no such call".to_string()),
        };
        let name = value(line, "thread").ok_or("no thread")?.to_string();
        let made = self.group.prepare(call)?;
        self.threads.entry(name).or_default().calls.push(made);
        Ok(())
    }

    fn start(&mut self) {
        let new = self.threads.values_mut().filter(|thread| !thread.calls.is_empty());
        let started: Vec<_> = new.map(|thread| (mem::take(&mut thread.calls), thread.results.clone())).collect();
        let gate = Arc::new(Barrier::new(started.len()));
        self.group.starting();
        for (calls, results) in started {
            let gate = gate.clone();
            thread::spawn(move || {
                gate.wait();
                for call in calls {
                    let result = call();
                    results.lock().unwrap().push(result);
                }
            });
        }
    }

    fn results(&self) -> String {
        let quoted =
            self.threads.iter().map(|(name, thread)| format!("{name:?}: {:?}", thread.results.lock().unwrap()));
        format!("{{\"results\": {{{}}}}}", quoted.collect::<Vec<_>>().join(", "))
    }
}

/// What stands after a key, without quotes. The colon tells the key "call" from the value "call".
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let quoted = format!("\"{key}\"");
    let mut after = line.match_indices(&quoted).map(|(at, _)| line[at + quoted.len()..].trim_start());
    let rest = after.find_map(|rest| rest.strip_prefix(':'))?.trim_start();
    match rest.strip_prefix('"') {
        Some(text) => text.split('"').next(),
        None => rest.split([',', '}', ' ']).next(),
    }
}

fn number<N: std::str::FromStr>(line: &str, key: &str) -> Result<N, String> {
    value(line, key).and_then(|text| text.parse().ok()).ok_or_else(|| format!("no number: {key}"))
}

fn answer<G: Group>(line: &str, world: &mut World<G>) -> Result<String, String> {
    match value(line, "do") {
        Some("hello") => return Ok(G::hello()),
        Some("create") => *world = World::create(number(line, "units")?)?,
        Some("call") => world.call(line)?,
        Some("start") => world.start(),
        Some("poll") => return Ok(world.results()),
        Some("observe") => return Ok(world.group.observe()),
        _ => {}
    }
    Ok("{\"ok\": true}".to_string())
}

/// Answer until the input ends.
pub fn drive<G: Group>() {
    let mut world = World::<G>::create(0).expect("a group with no units");
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let said = answer(&line, &mut world).unwrap_or_else(|why| format!("{{\"lacks\": {why:?}}}"));
        println!("{said}");
        io::stdout().flush().expect("somebody who listens");
        if value(&line, "do") == Some("bye") {
            break;
        }
    }
}
