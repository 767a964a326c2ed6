//! A small dense primal simplex for covering programmes whose columns arrive over time.
//!
//! `min cost·x, every row >= its right-hand side, x >= 0`. Nothing outside trusts it: its duals are only a proposal that
//! the bound checks, its primal only a hint for the plan. So trouble (NaN, a singular basis, cycling) ends in
//! [`Outcome::Stopped`], never in a panic, and the last sound state stays readable.
use super::rng::Rng;
use super::simplex_basis::Inverse;

/// One column: what it costs and what it adds to the rows it touches.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub cost: f64,
    pub entries: Vec<(u32, f64)>,
}

/// What is basic in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basic {
    Column(usize),
    /// The surplus of a row.
    Surplus(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Optimal,
    /// Interrupted, out of pivots, or numerically lost.
    Stopped,
}

/// The programme and its current basis; keeps both between calls of [`Master::solve`].
#[derive(Debug)]
pub(super) struct Master {
    /// Right-hand side, slightly raised: ties in the ratio test are what makes a simplex cycle.
    rhs: Vec<f64>,
    columns: Vec<Column>,
    basic: Vec<Basic>,
    column_is_basic: Vec<bool>,
    surplus_is_basic: Vec<bool>,
    inverse: Inverse,
    values: Vec<f64>,
    duals: Vec<f64>,
    /// Largest cost, the unit of every tolerance.
    unit: f64,
    /// Pivots so far; the caller's measure of work.
    pub pivots: usize,
}

/// Relative reduced cost that counts as zero.
const OPTIMAL: f64 = 1e-9;
/// Smallest element to pivot on.
const PIVOT: f64 = 1e-7;
/// Pivots before the inverse is computed anew.
const REFRESH: usize = 300;
/// Candidates of one pricing pass; the best of them are pivoted in until none is left.
const CANDIDATES: usize = 40;

impl Master {
    /// `start[r]` touches row `r` only, with a positive entry; `None` starts from the surplus, for rows with a
    /// right-hand side of at most 0.
    pub(super) fn new(rhs: &[f64], start: Vec<Option<Column>>) -> Self {
        let mut noise = Rng::new(12345);
        let rhs: Vec<f64> =
            rhs.iter().map(|&b| b + b.abs().max(1.0) * 1e-6 * (1.0 + noise.share())).collect();
        let n = rhs.len();
        let mut master = Self {
            columns: Vec::with_capacity(4 * n),
            basic: Vec::with_capacity(n),
            column_is_basic: Vec::with_capacity(4 * n),
            surplus_is_basic: vec![false; n],
            inverse: Inverse::identity(n),
            values: vec![0.0; n],
            duals: vec![0.0; n],
            unit: 0.0,
            pivots: 0,
            rhs,
        };
        for (row, column) in start.into_iter().enumerate() {
            match column {
                Some(column) => {
                    master.basic.push(Basic::Column(master.columns.len()));
                    master.add(column);
                    if let Some(last) = master.column_is_basic.last_mut() {
                        *last = true;
                    }
                }
                None => {
                    master.basic.push(Basic::Surplus(row));
                    master.surplus_is_basic[row] = true;
                }
            }
        }
        master.refresh();
        master
    }

    pub(super) fn add(&mut self, column: Column) -> usize {
        self.unit = self.unit.max(column.cost.abs());
        self.columns.push(column);
        self.column_is_basic.push(false);
        self.columns.len() - 1
    }

    pub(super) fn duals(&self) -> &[f64] {
        &self.duals
    }

    pub(super) fn value(&self) -> f64 {
        self.basic.iter().zip(&self.values).map(|(&b, x)| self.cost(b) * x).sum()
    }

    /// Basic columns and their values.
    pub(super) fn primal(&self) -> Vec<(usize, f64)> {
        let of = |(b, x): (&Basic, &f64)| match *b {
            Basic::Column(j) if *x > 1e-9 => Some((j, *x)),
            _ => None,
        };
        self.basic.iter().zip(&self.values).filter_map(of).collect()
    }

    fn cost(&self, basic: Basic) -> f64 {
        match basic {
            Basic::Column(j) => self.columns[j].cost,
            Basic::Surplus(_) => 0.0,
        }
    }

    pub(super) fn reduced_cost(&self, j: usize) -> f64 {
        let column = &self.columns[j];
        column.entries.iter().fold(column.cost, |v, &(i, a)| v - self.duals[i as usize] * a)
    }

    /// How much a column could improve per unit of its own cost; negative is good.
    fn rate(&self, entering: Basic) -> f64 {
        let rate = match entering {
            Basic::Column(j) => self.reduced_cost(j) / self.columns[j].cost.max(self.unit * 1e-9),
            Basic::Surplus(i) => self.duals[i] / self.unit.max(f64::MIN_POSITIVE),
        };
        if rate.is_finite() { rate } else { 0.0 }
    }

    fn is_basic(&self, b: Basic) -> bool {
        match b {
            Basic::Column(j) => self.column_is_basic[j],
            Basic::Surplus(i) => self.surplus_is_basic[i],
        }
    }

    /// Pivots until no column improves, at most `pivots` times.
    pub(super) fn solve(&mut self, pivots: usize, interrupted: &dyn Fn() -> bool) -> Outcome {
        let end = self.pivots + pivots;
        let mut refused: Vec<Basic> = Vec::new();
        loop {
            let columns = (0..self.columns.len()).map(Basic::Column);
            let surpluses = (0..self.rhs.len()).map(Basic::Surplus);
            let mut candidates: Vec<(f64, Basic)> = columns
                .chain(surpluses)
                .filter(|&b| !self.is_basic(b))
                .map(|b| (self.rate(b), b))
                .filter(|c| c.0 < -OPTIMAL && !refused.contains(&c.1))
                .collect();
            if candidates.is_empty() {
                return Outcome::Optimal;
            }
            candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
            candidates.truncate(CANDIDATES);
            loop {
                let mut best = (-OPTIMAL, None);
                for &(_, b) in &candidates {
                    if !self.is_basic(b) && !refused.contains(&b) {
                        let rate = self.rate(b);
                        if rate < best.0 {
                            best = (rate, Some(b));
                        }
                    }
                }
                let Some(entering) = best.1 else { break };
                if self.pivots >= end || (self.pivots.is_multiple_of(16) && interrupted()) {
                    return Outcome::Stopped;
                }
                match self.pivot(entering) {
                    Pivoted::Done => {}
                    Pivoted::Refused => refused.push(entering),
                    Pivoted::Lost => return Outcome::Stopped,
                }
            }
        }
    }

    fn pivot(&mut self, entering: Basic) -> Pivoted {
        self.pivots += 1;
        let alpha = match entering {
            Basic::Column(j) => self.inverse.times(&self.columns[j].entries),
            Basic::Surplus(i) => self.inverse.times(&[(i as u32, -1.0)]),
        };
        let Some((row, step)) = ratio_test(&self.values, &alpha) else {
            // Costs are not negative, so nothing is unbounded: the inverse has drifted.
            return self.refresh_or(Pivoted::Lost);
        };
        if alpha[row] < PIVOT {
            return self.refresh_or(Pivoted::Refused);
        }
        let reduced = match entering {
            Basic::Column(j) => self.reduced_cost(j),
            Basic::Surplus(i) => self.duals[i],
        };
        for (x, a) in self.values.iter_mut().zip(&alpha) {
            *x -= step * a;
            if *x < 0.0 && *x > -1e-7 {
                *x = 0.0;
            }
        }
        self.values[row] = step;
        let rate = reduced / alpha[row];
        self.duals.iter_mut().zip(self.inverse.row(row)).for_each(|(y, r)| *y += rate * r);
        self.inverse.replace(row, &alpha);
        let leaving = std::mem::replace(&mut self.basic[row], entering);
        for (b, now) in [(leaving, false), (entering, true)] {
            match b {
                Basic::Column(j) => self.column_is_basic[j] = now,
                Basic::Surplus(i) => self.surplus_is_basic[i] = now,
            }
        }
        if self.inverse.updates >= REFRESH && !self.refresh() { Pivoted::Lost } else { Pivoted::Done }
    }

    /// Computes the inverse anew if that can help, else gives up in the way named.
    fn refresh_or(&mut self, otherwise: Pivoted) -> Pivoted {
        if self.inverse.updates == 0 {
            return otherwise;
        }
        if self.refresh() { Pivoted::Done } else { Pivoted::Lost }
    }

    /// Inverse, values and duals of the basis from scratch; false (and nothing changed) when it is singular.
    fn refresh(&mut self) -> bool {
        let entries: Vec<Vec<(u32, f64)>> = (self.basic.iter())
            .map(|&b| match b {
                Basic::Column(j) => self.columns[j].entries.clone(),
                Basic::Surplus(i) => vec![(i as u32, -1.0)],
            })
            .collect();
        let Some(inverse) = Inverse::of(&entries) else {
            return false;
        };
        let costs: Vec<f64> = self.basic.iter().map(|&b| self.cost(b)).collect();
        let values = inverse.times_dense(&self.rhs);
        let duals = inverse.left(&costs);
        if values.iter().chain(&duals).any(|x| !x.is_finite()) {
            return false;
        }
        (self.inverse, self.values, self.duals) = (inverse, values, duals);
        true
    }
}

enum Pivoted {
    Done,
    Refused,
    Lost,
}

/// The row that blocks first, and the step; of nearly equal ones the largest element, for stability.
fn ratio_test(values: &[f64], alpha: &[f64]) -> Option<(usize, f64)> {
    let ratio = |r: usize| values[r].max(0.0) / alpha[r];
    let rows = || (0..alpha.len()).filter(|&r| alpha[r] > 1e-9);
    let least = rows().fold(f64::INFINITY, |m, r| m.min(ratio(r)));
    let near = least + 1e-9 * (1.0 + least);
    rows()
        .filter(|&r| ratio(r) <= near)
        .max_by(|&a, &b| alpha[a].total_cmp(&alpha[b]).then(b.cmp(&a)))
        .map(|r| (r, ratio(r)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn solved(rhs: &[f64], columns: &[(f64, Vec<f64>)]) -> Master {
        let start =
            (0..rhs.len()).map(|r| Some(Column { cost: 100.0, entries: vec![(r as u32, 1.0)] })).collect();
        let mut master = Master::new(rhs, start);
        for (cost, dense) in columns {
            let entries =
                dense.iter().enumerate().filter(|(_, a)| a.abs() > 0.0).map(|(i, &a)| (i as u32, a));
            master.add(Column { cost: *cost, entries: entries.collect() });
        }
        assert_eq!(master.solve(10_000, &|| false), Outcome::Optimal);
        master
    }

    proptest! {
        /// Weak and strong duality from scratch: primal feasible, dual feasible, equal values.
        #[test]
        fn both_sides_agree(
            rhs in prop::collection::vec(0u32..50, 1..8),
            raw in prop::collection::vec((1u32..40, prop::collection::vec(0u32..5, 8)), 0..30),
        ) {
            let rhs: Vec<f64> = rhs.into_iter().map(f64::from).collect();
            let columns: Vec<(f64, Vec<f64>)> = raw
                .iter()
                .map(|(c, a)| (f64::from(*c), a[..rhs.len()].iter().map(|&x| f64::from(x)).collect()))
                .collect();
            let master = solved(&rhs, &columns);
            let dual: f64 = master.duals().iter().zip(&master.rhs).map(|(y, b)| y * b).sum();
            prop_assert!((dual - master.value()).abs() <= 1e-4 * (1.0 + dual));
            prop_assert!(master.duals().iter().all(|y| *y >= -1e-6));
            prop_assert!((0..master.columns.len()).all(|j| master.reduced_cost(j) >= -1e-6));
            let mut covered = vec![0.0; rhs.len()];
            for (j, x) in master.primal() {
                master.columns[j].entries.iter().for_each(|&(i, a)| covered[i as usize] += a * x);
            }
            prop_assert!(covered.iter().zip(&rhs).all(|(c, b)| c + 1e-6 >= *b));
        }
    }

    #[test]
    fn numbers_that_are_none_stop_it() {
        let start = vec![Some(Column { cost: 1.0, entries: vec![(0, 1.0)] })];
        let mut master = Master::new(&[1.0], start);
        master.add(Column { cost: f64::NAN, entries: vec![(0, f64::NAN)] });
        master.solve(100, &|| false);
        assert!(master.duals().iter().all(|y| y.is_finite()));
    }
}
