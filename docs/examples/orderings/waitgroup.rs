// Two WaitGroups in Rust with the weakest memory orderings that the model of this repository accepts; see README.md.
//
//     rustc --edition 2021 -O waitgroup.rs && ./waitgroup
//
// Waiters that must wait give way to other threads: `std` has no futex for everybody, and one would change no ordering.

use std::cell::UnsafeCell;
use std::process::abort;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread::{scope, yield_now};

fn misuse(why: &str) -> ! {
    eprintln!("waitgroup: {why}");
    abort()
}

// Go's algorithm: the counter is the word's upper half and the waiters are its lower half; a permit for each of them.

#[derive(Default)]
struct WaitGroup {
    word: AtomicU64,
    permits: AtomicU32,
}

impl WaitGroup {
    fn add(&self, delta: i32) {
        let change = u64::from(delta as u32) << 32;
        let before = if delta > 0 {
            self.word.fetch_add(change, Ordering::Relaxed) // site: add
        } else {
            self.word.fetch_add(change, Ordering::AcqRel) // site: done
        };
        let word = before.wrapping_add(change);
        let (counter, waiters) = ((word >> 32) as i32, word as u32);
        if counter < 0 {
            misuse("negative counter");
        }
        if waiters != 0 && delta > 0 && counter == delta {
            misuse("add called concurrently with wait");
        }
        if counter > 0 || waiters == 0 {
            return;
        }
        let again = self.word.load(Ordering::Relaxed); // site: reload
        if again != word {
            misuse("add called concurrently with wait");
        }
        self.word.store(0, Ordering::Release); // site: reset
        for _ in 0..waiters {
            self.permits.fetch_add(1, Ordering::Release); // site: release
        }
    }

    fn wait(&self) {
        loop {
            let word = self.word.load(Ordering::Acquire); // site: load
            if word >> 32 == 0 {
                return;
            }
            let swapped = self
                .word
                .compare_exchange(word, word + 1, Ordering::Relaxed, Ordering::Relaxed); // site: compare_and_swap
            if swapped.is_ok() {
                break;
            }
        }
        let mut permits = 1; // a guess, which saves a load: where it is wrong, the failure says how many there are
        loop {
            let taken = self
                .permits
                .compare_exchange(permits, permits - 1, Ordering::Acquire, Ordering::Relaxed); // site: acquire
            match taken {
                Ok(_) => break,
                Err(0) => yield_now(),
                Err(left) => permits = left,
            }
        }
        let word = self.word.load(Ordering::Relaxed); // site: recheck
        if word != 0 {
            misuse("reused before previous wait has returned");
        }
    }
}

// The latch: for one use, its waiters read the counter themselves.

struct Latch(AtomicU32);

impl Latch {
    fn done(&self) {
        self.0.fetch_sub(1, Ordering::Release); // site: done
    }

    fn wait(&self) {
        loop {
            let count = self.0.load(Ordering::Acquire); // site: load
            if count == 0 {
                return;
            }
            yield_now();
        }
    }
}

// Stress: workers write plain variables, and waiters read all of them. In every other round, the waiters start first.

const ROUNDS: usize = 500;
const WORKERS: usize = 3;
const WAITERS: usize = 2;

// A plain variable. That no access to it is a race is what WaitGroup and latch are for; the compiler cannot see it.
struct Plain(UnsafeCell<usize>);
unsafe impl Sync for Plain {}

fn main() {
    let group = WaitGroup::default(); // is used again in each round
    for round in 1..=ROUNDS {
        let latch = Latch(AtomicU32::new(WORKERS as u32));
        let before_group = [const { Plain(UnsafeCell::new(0)) }; WORKERS];
        let before_latch = [const { Plain(UnsafeCell::new(0)) }; WORKERS];
        let worker = |number: usize| {
            unsafe { *before_group[number].0.get() = round };
            group.add(-1);
            unsafe { *before_latch[number].0.get() = round };
            latch.done();
        };
        let waiter = || {
            group.wait();
            assert!(before_group.iter().all(|result| unsafe { *result.0.get() } == round));
            latch.wait();
            assert!(before_latch.iter().all(|result| unsafe { *result.0.get() } == round));
        };
        group.add(WORKERS as i32);
        scope(|threads| {
            let mut numbers: Vec<usize> = (0..WORKERS + WAITERS).collect();
            if round % 2 == 0 {
                numbers.reverse();
            }
            let start = |number| threads.spawn(move || if number < WORKERS { worker(number) } else { waiter() });
            let started: Vec<_> = numbers.into_iter().map(start).collect();
            started.into_iter().for_each(|thread| thread.join().unwrap());
        });
    }
}
