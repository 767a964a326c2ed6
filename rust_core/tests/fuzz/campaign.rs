//! Runs a check over many numbered inputs, and names the number of one that fails, panics or hangs.
use crate::numbers::Numbers;
use rayon::ThreadPoolBuilder;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// An input that takes longer counts as a hang; the slowest are a thousand times quicker.
const HANG: Duration = Duration::from_secs(30);
/// Findings listed before a campaign gives up.
const LISTED: usize = 20;

/// What a check says of one input: how far it was understood, or what is wrong.
pub type Outcome = Result<&'static str, String>;

/// Checks `slice` inputs, or as many as the environment asks for.
pub fn run(name: &str, slice: u64, check: impl Fn(&mut Numbers, Instant) -> Outcome + Sync) {
    let asked = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let first: u64 = asked("ADVISOR_FUZZ_FIRST").unwrap_or(0);
    let end = first + asked("ADVISOR_FUZZ").unwrap_or(slice);
    let next = AtomicU64::new(first);
    let failed = AtomicUsize::new(0);
    let seen = Mutex::new(std::collections::BTreeMap::<&str, u64>::new());
    let slowest = Mutex::new((Duration::ZERO, 0));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                // One rayon thread each: an input is then timed by itself.
                let pool = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
                pool.install(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= end || failed.load(Ordering::Relaxed) >= LISTED {
                            return;
                        }
                        let begun = Instant::now();
                        let checked =
                            catch_unwind(AssertUnwindSafe(|| check(&mut Numbers::new(number), begun + HANG)));
                        let took = begun.elapsed();
                        let mut longest = slowest.lock().unwrap();
                        *longest = (*longest).max((took, number));
                        drop(longest);
                        match checked.unwrap_or_else(|_| Err("panicked".to_owned())) {
                            Ok(word) => *seen.lock().unwrap().entry(word).or_default() += 1,
                            Err(what) => {
                                failed.fetch_add(1, Ordering::Relaxed);
                                println!("{name} {number}: {what}");
                            }
                        }
                    }
                });
            });
        }
    });
    let (took, (longest, number)) = (start.elapsed().as_secs_f64(), *slowest.lock().unwrap());
    println!(
        "{name}: {} inputs in {took:.1} s, {:.0} a second, slowest {longest:.1?} (number {number}), {:?}",
        end - first,
        (end - first) as f64 / took,
        seen.lock().unwrap(),
    );
    assert_eq!(failed.load(Ordering::Relaxed), 0, "inputs of {name} failed, see their numbers above");
}
