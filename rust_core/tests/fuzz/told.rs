//! What a follower hears of a solve: only ever better, and at the end the result.
use advisor_core::pack::Packed;
use advisor_core::pack::follow::Follower;
use std::sync::Mutex;
use std::time::Instant;

/// Hears everything, and may have enough after a few words.
pub struct Told {
    words: Mutex<Vec<(f64, f64)>>,
    most: usize,
}

impl Told {
    pub fn new(most: usize) -> Self {
        Self { words: Mutex::default(), most }
    }

    /// Runs a solve that is followed until the deadline.
    pub fn hear<T>(&self, deadline: Instant, solve: impl FnOnce(Follower<'_>) -> T) -> T {
        let hear = |cost, bound| self.words.lock().unwrap().push((cost, bound));
        let enough = || self.words.lock().unwrap().len() >= self.most;
        let interrupted = || Instant::now() >= deadline;
        solve(Follower { interrupted: &interrupted, enough: &enough, progress: Some(&hear) })
    }

    pub fn check(&self, found: &Packed) -> Result<(), String> {
        let words = self.words.lock().unwrap();
        let worse = |pair: &&[(f64, f64)]| pair[1].0 > pair[0].0 || pair[1].1 < pair[0].1;
        if let Some(pair) = words.windows(2).find(worse) {
            return Err(format!("told {:?} after {:?}", pair[1], pair[0]));
        }
        let result = (found.plan.cost, found.bound.usd);
        let last = words.last().copied();
        let same =
            last.is_some_and(|l| l.0.to_bits() == result.0.to_bits() && l.1.to_bits() == result.1.to_bits());
        // A plan of infinite cost is no news.
        if same || result.0.is_infinite() {
            Ok(())
        } else {
            Err(format!("told {last:?} last, found {result:?}"))
        }
    }
}
