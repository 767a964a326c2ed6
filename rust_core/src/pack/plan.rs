//! A packing: how often each pattern is opened, what runs alone, what it costs.
use super::problem::Problem;

/// One kind of bin filled in one way, opened `times` times.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// Kind of bin (canonical index).
    pub bin: u32,
    /// Sizes (canonical, ascending) and copies of each in one bin.
    pub items: Vec<(u32, u64)>,
    /// How many such bins.
    pub times: u64,
}

/// A complete packing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Bins, sorted by kind and pattern, no pattern twice.
    pub opened: Vec<Opened>,
    /// Tasks per size that run outside every bin.
    pub alone: Vec<u64>,
    /// USD per hour.
    pub cost: f64,
}

impl Plan {
    /// Sorts and merges the bins and adds up the cost in that fixed order.
    pub fn new(problem: &Problem, mut opened: Vec<Opened>, alone: Vec<u64>, alone_price: &[f64]) -> Self {
        opened.iter_mut().for_each(|o| o.items.sort_unstable());
        opened.retain(|o| o.times > 0 && !o.items.is_empty());
        opened.sort_by(|a, b| a.bin.cmp(&b.bin).then_with(|| a.items.cmp(&b.items)));
        let mut merged: Vec<Opened> = Vec::with_capacity(opened.len());
        for o in opened {
            match merged.last_mut() {
                Some(last) if last.bin == o.bin && last.items == o.items => last.times += o.times,
                _ => merged.push(o),
            }
        }
        let mut plan = Self { opened: merged, alone, cost: 0.0 };
        plan.cost = plan.total(problem, alone_price);
        plan
    }

    /// How many bins are open.
    pub fn bins(&self) -> u64 {
        self.opened.iter().map(|o| o.times).sum()
    }

    fn total(&self, problem: &Problem, alone_price: &[f64]) -> f64 {
        let bins: f64 = self.opened.iter().map(|o| problem.price[o.bin as usize] * o.times as f64).sum();
        let alone = self.alone.iter().zip(alone_price).filter(|(n, _)| **n > 0);
        bins + alone.map(|(n, p)| *n as f64 * p).sum::<f64>()
    }

    /// The independent check: every task placed exactly once, every bin within its rules. `Err` says what is wrong.
    pub fn verify(&self, problem: &Problem, count: &[u64]) -> Result<(), String> {
        let mut left: Vec<i128> = count.iter().map(|&c| i128::from(c)).collect();
        let mut used = vec![0.0; problem.bins];
        for o in &self.opened {
            let b = o.bin as usize;
            used[b] += o.times as f64;
            for k in 0..problem.dims {
                let load: f64 = o.items.iter().map(|&(s, n)| n as f64 * problem.size(s as usize)[k]).sum();
                if load > problem.bin(b)[k] {
                    return Err(format!("bin {b} is over its resource {k}"));
                }
            }
            for &(s, n) in &o.items {
                if n as f64 > problem.fit[b * problem.sizes + s as usize] {
                    return Err(format!("bin {b} may not hold {n} of size {s}"));
                }
                left[s as usize] -= i128::from(n) * i128::from(o.times);
            }
        }
        self.alone.iter().enumerate().for_each(|(s, &n)| left[s] -= i128::from(n));
        if used.iter().zip(&problem.limit).any(|(u, l)| u > l) {
            return Err("more bins than their limit".to_owned());
        }
        match left.iter().position(|&n| n != 0) {
            Some(s) => Err(format!("size {s}: {} tasks unplaced", left[s])),
            None => Ok(()),
        }
    }
}
