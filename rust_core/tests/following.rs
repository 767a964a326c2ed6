//! Following a solve: what is told only gets better, and neither listening nor the number of threads changes a byte.
#![allow(clippy::unwrap_used, missing_docs)]

use advisor_core::pack::follow::Follower;
use advisor_core::pack::{Effort, Packed, StoppedBy, pack, pack_followed};
use advisor_core::table::bins::Bins;
use advisor_core::table::demand::{Demand, Sizes};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// A few hundred tasks that column generation, dives and trials all improve on.
fn fleet() -> (Sizes, Bins, Demand) {
    let (n, t) = (20_u32, 8_u32);
    let sizes = Sizes {
        weight: (0..n).flat_map(|s| [f64::from(1 + s * 7 % 13), f64::from(1 + s * 5 % 11)]).collect(),
        mask: vec![1; n as usize],
        max_per_bin: vec![u64::MAX; n as usize],
    };
    let bins = Bins {
        capacity: (0..t).flat_map(|b| [f64::from(14 + b * 9), f64::from(13 + b * 11 % 31)]).collect(),
        price: (0..t).map(|b| 0.1 + 0.07 * f64::from(b)).collect(),
        group: vec![0; t as usize],
        limit: vec![u64::MAX; t as usize],
    };
    let count = (0..n).map(|s| u64::from(1 + s * 3 % 17)).collect();
    (sizes, bins, Demand { count, alone: vec![f64::INFINITY; n as usize] })
}

const EFFORT: Effort = Effort { gap: 0.0, time_limit: None, trials: 40 };

fn followed(enough: &AtomicBool, told: &Mutex<Vec<(f64, f64)>>, stop_at_once: bool) -> Packed {
    let (sizes, bins, demand) = fleet();
    let hear = |cost, bound| {
        told.lock().unwrap().push((cost, bound));
        enough.store(stop_at_once, Ordering::Relaxed);
    };
    let asked = || enough.load(Ordering::Relaxed);
    let follower = Follower { interrupted: &|| false, enough: &asked, progress: Some(&hear) };
    pack_followed(&sizes, &bins, &demand, 2, EFFORT, follower).unwrap()
}

#[test]
fn what_is_told_gets_better_and_ends_at_the_result() {
    let told = Mutex::new(Vec::new());
    let found = followed(&AtomicBool::new(false), &told, false);
    let told = told.into_inner().unwrap();
    assert!(told.len() > 3, "{told:?}");
    for pair in told.windows(2) {
        assert!(pair[1].0 <= pair[0].0 && pair[1].1 >= pair[0].1 && pair[1] != pair[0]);
    }
    assert_eq!(told.last(), Some(&(found.plan.cost, found.bound.usd)));
    assert!(told.iter().all(|t| t.1 <= found.plan.cost));
}

#[test]
fn listening_changes_nothing() {
    let heard = followed(&AtomicBool::new(false), &Mutex::default(), false);
    let (sizes, bins, demand) = fleet();
    let silent = pack(&sizes, &bins, &demand, 2, EFFORT, &|| false).unwrap();
    assert_eq!((heard.plan, heard.bound, heard.stopped_by), (silent.plan, silent.bound, silent.stopped_by));
}

#[test]
fn enough_keeps_the_best_plan() {
    let found = followed(&AtomicBool::new(false), &Mutex::default(), true);
    let (_, _, demand) = fleet();
    assert_eq!(found.stopped_by, StoppedBy::Caller);
    found.plan.verify(&found.problem, &found.problem.demand(&demand).count).unwrap();
    assert!(found.bound.usd > 0.0 && found.bound.usd <= found.plan.cost);
}
