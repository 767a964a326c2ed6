//! A packing carried over to a demand that differs from its own by a few tasks.
use super::fill::room;
use super::greedy::{Greedy, Steering, downsize};
use super::plan::{Opened, Plan};
use super::problem::Problem;
use super::spread;
use crate::table::demand::Demand;

/// Keeps the bins of `known` that `demand` still fills, best filled first, puts what is new into their free room and
/// packs the rest by greedy at `value`; `None` where a task finds no place or the spread over `min_bins` does not hold.
pub(crate) fn adapted(
    problem: &Problem,
    demand: &Demand,
    known: &Plan,
    value: &[f64],
    min_bins: u64,
) -> Option<Plan> {
    let cap = &spread::caps(demand, min_bins);
    let mut left: Vec<f64> = demand.count.iter().map(|&c| c as f64).collect();
    let mut used = vec![0.0; problem.bins];
    let mut opened = kept(problem, known, value, cap, &mut left);
    squeeze(problem, &mut opened, &mut left, value, cap);
    opened.iter().for_each(|o| used[o.bin as usize] += o.times as f64);
    let mut alone = vec![0; problem.sizes];
    let steering = Steering { value, alone: &demand.alone, cap, rank: value, balanced: true, only: None };
    Greedy::default().run(problem, &mut left, steering, &mut used, &mut opened, &mut alone);
    if left.iter().any(|&n| n >= 1.0) {
        return None;
    }
    downsize(problem, &mut opened, &demand.alone, &mut alone);
    let spread_out = min_bins < 2
        || spread::at_least(problem, &mut opened, &demand.alone, &mut alone, min_bins)
            && spread::holds(&opened, demand, min_bins);
    spread_out.then(|| Plan::new(problem, opened, alone, &demand.alone))
}

/// The bins of a packing that the demand still fills; their tasks are taken from `left`.
fn kept(problem: &Problem, known: &Plan, value: &[f64], cap: &[f64], left: &mut [f64]) -> Vec<Opened> {
    let fullness = |o: &Opened| {
        let worth: f64 = o.items.iter().map(|&(s, n)| value[s as usize] * n as f64).sum();
        worth / problem.price[o.bin as usize].max(f64::MIN_POSITIVE)
    };
    let mut order: Vec<(f64, &Opened)> = known.opened.iter().map(|o| (fullness(o), o)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut opened = Vec::with_capacity(order.len());
    for (_, o) in order {
        let times = o.items.iter().fold(o.times as f64, |times, &(s, n)| {
            let (s, n) = (s as usize, n as f64);
            if n > cap[s] { 0.0 } else { times.min((left[s] / n).floor()) }
        });
        if times >= 1.0 {
            o.items.iter().for_each(|&(s, n)| left[s as usize] -= n as f64 * times);
            opened.push(Opened { times: times as u64, ..o.clone() });
        }
    }
    opened
}

/// Puts tasks that are left into the free room of open bins, the most valuable first.
fn squeeze(problem: &Problem, opened: &mut Vec<Opened>, left: &mut [f64], value: &[f64], cap: &[f64]) {
    let mut sizes: Vec<usize> = (0..left.len()).filter(|&s| left[s] >= 1.0).collect();
    sizes.sort_by(|&a, &b| value[b].total_cmp(&value[a]).then(a.cmp(&b)));
    for s in sizes {
        let mut at = 0;
        while at < opened.len() && left[s] >= 1.0 {
            let copies = fits(problem, &opened[at], s, left[s], cap[s]);
            if copies >= 1.0 {
                // as many bins as take so many more tasks each; another bin of the kind may still take a few less
                let times = ((left[s] / copies).floor() as u64).min(opened[at].times);
                if times < opened[at].times {
                    let rest = Opened { times: opened[at].times - times, ..opened[at].clone() };
                    opened.push(rest);
                    opened[at].times = times;
                }
                match opened[at].items.iter_mut().find(|item| item.0 as usize == s) {
                    Some(item) => item.1 += copies as u64,
                    None => opened[at].items.push((s as u32, copies as u64)),
                }
                left[s] -= copies * times as f64;
            }
            at += 1;
        }
    }
}

/// How many more tasks of a size one bin of `o` holds.
fn fits(problem: &Problem, o: &Opened, s: usize, left: f64, cap: f64) -> f64 {
    let b = o.bin as usize;
    let held = o.items.iter().find(|item| item.0 as usize == s).map_or(0.0, |item| item.1 as f64);
    let most = left.min(cap - held).min(problem.fit[b * problem.sizes + s] - held);
    if most < 1.0 {
        return 0.0;
    }
    let mut free = problem.bin(b).to_vec();
    for &(other, n) in &o.items {
        free.iter_mut().zip(problem.size(other as usize)).for_each(|(f, w)| *f -= n as f64 * w);
    }
    room(&free, problem.size(s), most)
}
