//! Runs a check over many numbered inputs, and names the number of one that fails, panics or hangs.
use crate::numbers::Numbers;
use rayon::ThreadPoolBuilder;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// From then on an input is interrupted; the slowest take a fiftieth of it.
const LATE: Duration = Duration::from_secs(30);
/// An input that is not ended by that hangs, and the campaign with it.
const HANG: Duration = Duration::from_secs(90);
/// Findings listed before a campaign gives up.
const LISTED: usize = 20;

/// What a check says of one input: how far it was understood, or what is wrong.
pub type Outcome = Result<&'static str, String>;

#[derive(Default)]
struct Tally {
    next: u64,
    running: BTreeMap<u64, Instant>,
    failed: usize,
    slowest: (Duration, u64),
    words: BTreeMap<&'static str, u64>,
}

impl Tally {
    fn start(&mut self, end: u64) -> Option<u64> {
        let number = self.next;
        if number >= end || self.failed >= LISTED {
            return None;
        }
        self.next += 1;
        self.running.insert(number, Instant::now());
        Some(number)
    }

    fn finish(&mut self, name: &str, number: u64, outcome: Outcome) {
        let took = self.running.remove(&number).unwrap().elapsed();
        self.slowest = self.slowest.max((took, number));
        match outcome {
            Ok(word) => *self.words.entry(word).or_default() += 1,
            Err(what) => {
                self.failed += 1;
                println!("{name} {number}: {what}");
            }
        }
    }
}

/// Checks `slice` inputs, or as many as the environment asks for.
pub fn run(name: &str, slice: u64, check: impl Fn(&mut Numbers, Instant) -> Outcome + Sync) {
    let asked = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let first: u64 = asked("ADVISOR_FUZZ_FIRST").unwrap_or(0);
    let many = asked("ADVISOR_FUZZ").unwrap_or(slice);
    let tally = Mutex::new(Tally { next: first, ..Tally::default() });
    let start = Instant::now();
    let work = || {
        // One rayon thread each: an input is then timed by itself.
        let pool = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(|| {
            while let Some(number) = { tally.lock().unwrap().start(first + many) } {
                let late = Instant::now() + LATE;
                let checked = catch_unwind(AssertUnwindSafe(|| check(&mut Numbers::new(number), late)));
                let outcome = checked.unwrap_or_else(|_| Err("panicked".to_owned()));
                tally.lock().unwrap().finish(name, number, outcome);
            }
        });
    };
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        while running.iter().any(|worker| !worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(20));
            if let Some((number, _)) = tally.lock().unwrap().running.iter().find(|r| r.1.elapsed() > HANG) {
                println!("{name} {number}: hangs");
                std::process::abort();
            }
        }
    });
    let (took, tally) = (start.elapsed().as_secs_f64(), tally.into_inner().unwrap());
    println!(
        "{name}: {many} inputs in {took:.1} s, {:.0} a second, slowest {:.1?} (number {}), {:?}",
        many as f64 / took,
        tally.slowest.0,
        tally.slowest.1,
        tally.words,
    );
    assert_eq!(tally.failed, 0, "inputs of {name} failed, see their numbers above");
}
