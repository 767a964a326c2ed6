//! First-fit decreasing with one kind of bin, for every kind that could still win: what most people do by hand.
use super::fill::{Filler, Wanted};
use super::plan::Opened;
use super::problem::Problem;

/// Packs what fits into bin `b` only, big tasks (by largest share of the bin) first. Identical bins make "fill one bin
/// in that order, repeat" the same as first-fit, without a loop over tasks. Empties `left` as far as it can.
pub(super) fn pack_one_kind(
    problem: &Problem,
    b: usize,
    left: &mut [f64],
    cap: &[f64],
    opened: &mut Vec<Opened>,
) {
    let fitting = (0..problem.sizes as u32)
        .filter(|&s| left[s as usize] >= 1.0 && problem.fit[b * problem.sizes + s as usize] >= 1.0);
    let mut order: Vec<u32> = fitting.collect();
    let share = |s: u32| -> f64 {
        let shares = problem.size(s as usize).iter().zip(problem.bin(b));
        shares.fold(0.0, |m, (w, c)| if *w > 0.0 { m.max(w / c) } else { m })
    };
    order.sort_by(|&x, &y| share(y).total_cmp(&share(x)).then(x.cmp(&y)));
    let mut orders = [order];
    let value = vec![1.0; problem.sizes];
    let mut filler = Filler::default();
    let mut room = problem.limit[b];
    while !orders[0].is_empty() && room >= 1.0 {
        let wanted = Wanted { left, value: &value, orders: &orders, cap, balanced: false };
        let (_, pattern) = filler.fill(problem, b, &wanted);
        if pattern.is_empty() {
            return;
        }
        let times = pattern.iter().fold(room, |t, &(s, n)| t.min((left[s as usize] / n).floor()));
        pattern.iter().for_each(|&(s, n)| left[s as usize] -= n * times);
        room -= times;
        let items = pattern.iter().map(|&(s, n)| (s, n as u64)).collect();
        opened.push(Opened { bin: b as u32, items, times: times as u64 });
        orders[0].retain(|&s| left[s as usize] >= 1.0);
    }
}

/// What packing with kind `b` must cost at least; kinds that cannot beat `best` need not be tried.
pub(super) fn least_cost(problem: &Problem, b: usize, count: &[u64], task_price: &[f64]) -> f64 {
    let mut load = vec![0.0; problem.dims];
    let mut others = 0.0;
    for (s, &n) in count.iter().enumerate() {
        if problem.fit[b * problem.sizes + s] >= 1.0 {
            load.iter_mut().zip(problem.size(s)).for_each(|(l, w)| *l += w * n as f64);
        } else {
            others += task_price[s] * n as f64;
        }
    }
    let shares = load.iter().zip(problem.bin(b)).filter(|(l, _)| **l > 0.0);
    others + problem.price[b] * shares.fold(0.0_f64, |m, (l, c)| m.max(l / c)).ceil()
}
