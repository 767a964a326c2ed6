//! The rule "at least so many bins, if any" (one per availability zone).
use super::greedy::downsize;
use super::plan::Opened;
use super::problem::Problem;
use crate::table::demand::Demand;

/// Most copies of each size in one bin, so that its tasks of this hour lie on `min_bins` bins, or on one each if fewer.
pub(super) fn caps(demand: &Demand, min_bins: u64) -> Vec<f64> {
    let cap = |&count: &u64| {
        if min_bins < 2 {
            return f64::INFINITY;
        }
        // the largest u with ceil(count / u) >= min_bins
        ((count as f64 / (min_bins - 1) as f64).ceil() - 1.0).max(1.0)
    };
    demand.count.iter().map(cap).collect()
}

/// A looser start: the tasks of a size evenly on `min_bins` bins. It may leave a size on too few, see [`holds`].
pub(super) fn even_caps(demand: &Demand, min_bins: u64) -> Vec<f64> {
    let even = |&count: &u64| {
        if min_bins < 2 { f64::INFINITY } else { (count as f64 / min_bins as f64).ceil() }
    };
    demand.count.iter().map(even).collect()
}

/// Whether the tasks of every size that are in bins lie on `min_bins` of them, or on one each if fewer.
pub(super) fn holds(opened: &[Opened], demand: &Demand, min_bins: u64) -> bool {
    if min_bins < 2 {
        return true;
    }
    let mut bins = vec![0u64; demand.count.len()];
    let mut tasks = vec![0u64; demand.count.len()];
    for o in opened {
        for &(s, n) in &o.items {
            bins[s as usize] += o.times;
            tasks[s as usize] += n * o.times;
        }
    }
    bins.iter().zip(&tasks).all(|(b, t)| *b >= min_bins.min(*t))
}

/// Splits the fullest bins in halves until at least `min_bins` are open, or no bin has two tasks; false when the limits
/// of the bins forbid that. Halves move to the cheapest kind that holds them, or outside where that costs no more.
pub(super) fn at_least(
    problem: &Problem,
    opened: &mut Vec<Opened>,
    alone_price: &[f64],
    alone: &mut [u64],
    min_bins: u64,
) -> bool {
    loop {
        let bins: u64 = opened.iter().map(|o| o.times).sum();
        if bins == 0 || bins >= min_bins {
            return true;
        }
        let tasks = |o: &Opened| o.items.iter().map(|i| i.1).sum::<u64>();
        let dearest = (0..opened.len()).filter(|&i| tasks(&opened[i]) >= 2).max_by(|&a, &b| {
            let price = |i: usize| problem.price[opened[i].bin as usize];
            price(a).total_cmp(&price(b)).then_with(|| tasks(&opened[a]).cmp(&tasks(&opened[b])))
        });
        let Some(at) = dearest else { return true };
        let whole = opened[at].clone();
        opened[at].times -= 1;
        let (mut one, mut two) = (Vec::new(), Vec::new());
        let mut odd_goes_first = true;
        for &(s, n) in &whole.items {
            let half = if odd_goes_first { n.div_ceil(2) } else { n / 2 };
            odd_goes_first ^= n % 2 == 1;
            one.push((s, half));
            two.push((s, n - half));
        }
        let mut halves: Vec<Opened> = [one, two]
            .into_iter()
            .map(|items| Opened {
                bin: whole.bin,
                items: items.into_iter().filter(|i| i.1 > 0).collect(),
                times: 1,
            })
            .collect();
        opened.append(&mut halves);
        opened.retain(|o| o.times > 0);
        downsize(problem, opened, alone_price, alone);
        let mut used = vec![0.0; problem.bins];
        opened.iter().for_each(|o| used[o.bin as usize] += o.times as f64);
        if used.iter().zip(&problem.limit).any(|(u, l)| u > l) {
            return false;
        }
    }
}
