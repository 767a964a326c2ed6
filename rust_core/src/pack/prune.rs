//! Drops bins that another bin replaces in every packing.
use super::problem::Problem;

/// Rows of the bins worth keeping, in order: usable, and not dominated by one that is no dearer, no smaller,
/// not limited and open to every size the dropped one is open to; no dearer by any of the `others` (price lists) either.
pub(crate) fn kept_bins(problem: &Problem, others: &[Vec<f64>]) -> Vec<u32> {
    let n = problem.sizes;
    let open_to = |b: usize| -> Vec<bool> { (0..n).map(|s| problem.fit[b * n + s] >= 1.0).collect() };
    let mut kept: Vec<(u32, Vec<bool>)> = Vec::new();
    // Bins come by rising price, so a bin can only be dominated by an earlier one.
    for b in 0..problem.bins {
        let sizes = open_to(b);
        if !sizes.contains(&true) || problem.limit[b] < 1.0 {
            continue;
        }
        let dominated = kept.iter().any(|(other, open)| {
            let o = *other as usize;
            problem.limit[o].is_infinite()
                && others.iter().all(|price| price[o] <= price[b])
                && problem.bin(o).iter().zip(problem.bin(b)).all(|(big, small)| big >= small)
                && sizes.iter().zip(open).all(|(mine, theirs)| !mine || *theirs)
        });
        if !dominated {
            kept.push((b as u32, sizes));
        }
    }
    kept.into_iter().map(|(b, _)| b).collect()
}
