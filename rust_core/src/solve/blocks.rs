//! Hours that are alike, taken together: one set of prices for each block, every hour of it held against them.
use crate::table::demand::Demand;

/// Hours of about the same load.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Rows of the distinct demands.
    pub members: Vec<usize>,
    /// How many hours they stand for.
    pub hours: f64,
    /// Tasks of each size in the mean hour, and what one of them costs outside every bin.
    pub tasks: Vec<f64>,
    pub alone: Vec<f64>,
}

/// At most `most` blocks of about equally many hours, by what the demands are worth at some task prices.
pub(super) fn blocks(demands: &[Demand], times: &[f64], price: &[f64], most: usize) -> Vec<Block> {
    let worth = |d: &Demand| -> f64 {
        let lawful = |((n, p), a): ((&u64, &f64), &f64)| *n as f64 * p.min(*a);
        d.count.iter().zip(price).zip(&d.alone).map(lawful).sum()
    };
    let loads: Vec<f64> = demands.iter().map(worth).collect();
    let mut order: Vec<usize> = (0..demands.len()).collect();
    order.sort_by(|&a, &b| loads[a].total_cmp(&loads[b]).then(a.cmp(&b)));
    let total: f64 = times.iter().sum();
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); most.max(1)];
    let mut before = 0.0;
    for row in order {
        let at = ((before + times[row] / 2.0) / total * found.len() as f64) as usize;
        let last = found.len() - 1;
        found[at.min(last)].push(row);
        before += times[row];
    }
    found.retain(|members| !members.is_empty());
    found.into_iter().map(|members| block(members, demands, times)).collect()
}

fn block(members: Vec<usize>, demands: &[Demand], times: &[f64]) -> Block {
    let hours: f64 = members.iter().map(|&m| times[m]).sum();
    let sizes = demands[members[0]].count.len();
    let sum = |s: usize, value: &dyn Fn(&Demand) -> f64| -> f64 {
        // what does not run has no price outside every bin either
        let run = members.iter().filter(|&&m| demands[m].count[s] > 0);
        run.map(|&m| value(&demands[m]) * demands[m].count[s] as f64 * times[m]).sum()
    };
    let tasks: Vec<f64> = (0..sizes).map(|s| sum(s, &|_| 1.0) / hours).collect();
    // the mean over tasks, so that what runs alone in the mean hour costs what it costs in the block
    let of =
        |s: usize| if tasks[s] > 0.0 { sum(s, &|d| d.alone[s]) / hours / tasks[s] } else { f64::INFINITY };
    let alone = (0..sizes).map(of).collect();
    Block { members, hours, tasks, alone }
}
