//! The fluid relaxation: tasks are liquid, bins fractional. Its dual prices each resource of each group.
//!
//! The linear programme has one equation per size (it runs alone or in one of its groups) and one inequality per
//! group and resource. Sizes are "generalised upper bounds": a simplex whose working basis has only
//! groups x resources columns solves it exactly in well under a millisecond, whatever the number of tasks.
use super::basis::{Basis, Column};
use super::problem::Problem;

/// Sizes with a rule "at most u per bin" that get a resource of their own, so that the bound sees the rule.
const MAX_RULE_DIMS: usize = 6;

/// The part of the relaxation that does not depend on the demand; built once per problem.
#[derive(Debug)]
pub struct Fluid {
    /// Distinct groups of kept bins.
    groups: usize,
    /// Resources per group: the problem's, then one per rule "at most u per bin".
    width: usize,
    /// `[size][resource]`, scaled to about 1.
    weight: Vec<f64>,
    /// `[bin][resource]`, same scale.
    capacity: Vec<f64>,
    group_of: Vec<usize>,
    price: Vec<f64>,
    /// Groups in which the size fits some bin.
    open: Vec<Vec<usize>>,
    solo: Vec<f64>,
}

/// Resource prices, `[group][resource]` in the scale of the [`Fluid`] that made them; feasible by construction.
pub type ResourcePrices = Vec<f64>;

impl Fluid {
    /// Scales the problem's columns and finds which groups each size can use.
    pub fn new(problem: &Problem) -> Self {
        let (n, d) = (problem.sizes, problem.dims);
        let mut ids: Vec<u8> = problem.group.clone();
        ids.sort_unstable();
        ids.dedup();
        let ruled = ruled_sizes(problem);
        let width = d + ruled.len();
        let mut weight = vec![0.0; n * width];
        let mut capacity = vec![0.0; problem.bins * width];
        for k in 0..d {
            let scale = (0..problem.bins).fold(0.0_f64, |m, b| m.max(problem.bin(b)[k])).max(1.0);
            (0..n).for_each(|s| weight[s * width + k] = problem.size(s)[k] / scale);
            (0..problem.bins).for_each(|b| capacity[b * width + k] = problem.bin(b)[k] / scale);
        }
        for (j, &s) in ruled.iter().enumerate() {
            weight[s * width + d + j] = 1.0 / problem.max_per_bin[s];
            (0..problem.bins).for_each(|b| capacity[b * width + d + j] = 1.0);
        }
        let group_of: Vec<usize> = problem.group.iter().map(|g| ids.partition_point(|x| x < g)).collect();
        let open = (0..n)
            .map(|s| {
                let mut gs: Vec<usize> = (0..problem.bins)
                    .filter(|b| problem.fit[b * n + s] >= 1.0)
                    .map(|b| group_of[b])
                    .collect();
                gs.sort_unstable();
                gs.dedup();
                gs
            })
            .collect();
        Self {
            groups: ids.len(),
            width,
            weight,
            capacity,
            group_of,
            price: problem.price.clone(),
            open,
            solo: problem.solo.clone(),
        }
    }

    /// Best resource prices for this demand (exact up to rounding; always feasible).
    pub fn solve(&self, count: &[u64], alone: &[f64]) -> ResourcePrices {
        let mut program = Program::new(self, count, alone);
        program.run();
        self.feasible(program.basis.duals())
    }

    /// Value of one task of each size under resource prices: no pattern of any bin is worth more than its price.
    pub fn task_prices(&self, resource: &ResourcePrices, alone: &[f64]) -> Vec<f64> {
        (0..self.open.len())
            .map(|s| {
                let cap = alone[s].min(self.solo[s]);
                let price = self.open[s].iter().fold(cap, |p, &g| p.min(self.worth(resource, s, g)));
                // Only a size nobody wants can have no place at all.
                if price.is_finite() { price } else { 0.0 }
            })
            .collect()
    }

    fn worth(&self, resource: &[f64], s: usize, g: usize) -> f64 {
        let w = &self.weight[s * self.width..(s + 1) * self.width];
        dot(w, &resource[g * self.width..(g + 1) * self.width])
    }

    /// Scales each group's prices until every bin of the group is worth at most its price.
    fn feasible(&self, mut resource: Vec<f64>) -> ResourcePrices {
        resource.iter_mut().for_each(|x| *x = if x.is_finite() { x.max(0.0) } else { 0.0 });
        for g in 0..self.groups {
            let of_group = g * self.width..(g + 1) * self.width;
            let mut factor = 1.0_f64;
            for b in (0..self.price.len()).filter(|&b| self.group_of[b] == g) {
                let c = &self.capacity[b * self.width..(b + 1) * self.width];
                let worth = dot(c, &resource[of_group.clone()]);
                if worth > self.price[b] {
                    factor = factor.min(self.price[b] / worth);
                }
            }
            resource[of_group].iter_mut().for_each(|x| *x *= factor);
        }
        resource
    }
}

/// The sizes whose "at most u per bin" binds most, at most [`MAX_RULE_DIMS`].
fn ruled_sizes(problem: &Problem) -> Vec<usize> {
    let n = problem.sizes;
    let mut found: Vec<(f64, usize)> = (0..n)
        .filter(|&s| problem.max_per_bin[s].is_finite())
        .filter_map(|s| {
            let room = (0..problem.bins).fold(0.0_f64, |m, b| m.max(problem.fit[b * n + s]));
            (room >= problem.max_per_bin[s]).then(|| (problem.max_per_bin[s], s))
        })
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    found.into_iter().take(MAX_RULE_DIMS).map(|(_, s)| s).collect()
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// One run of the simplex.
struct Program<'a> {
    fluid: &'a Fluid,
    /// Sizes that are wanted at all.
    active: Vec<usize>,
    count: Vec<f64>,
    /// Price outside a group: alone, or a bin of its own.
    outside: Vec<f64>,
    basis: Basis,
}

impl<'a> Program<'a> {
    fn new(fluid: &'a Fluid, count: &[u64], alone: &[f64]) -> Self {
        let active: Vec<usize> = (0..count.len()).filter(|&s| count[s] > 0).collect();
        let total: f64 = active.iter().map(|&s| count[s] as f64).sum();
        let count: Vec<f64> = count.iter().map(|&c| c as f64 / total.max(1.0)).collect();
        let outside = (0..count.len()).map(|s| alone[s].min(fluid.solo[s])).collect();
        let basis = Basis::new(fluid.groups * fluid.width, count.len());
        let mut program = Self { fluid, active, count, outside, basis };
        program.crash();
        program
    }

    /// A feasible start: each size in its cheapest group by dominant share, one kind of bin per group.
    fn crash(&mut self) {
        let f = self.fluid;
        for g in 0..f.groups {
            let mut best: Option<(f64, usize, Vec<usize>, usize)> = None;
            for b in (0..f.price.len()).filter(|&b| f.group_of[b] == g) {
                let c = &f.capacity[b * f.width..(b + 1) * f.width];
                let share = |s: usize| -> f64 {
                    let w = &f.weight[s * f.width..(s + 1) * f.width];
                    w.iter().zip(c).fold(0.0, |m, (w, c)| if *w > 0.0 { m.max(w / c) } else { m })
                };
                let joined: Vec<usize> = (self.active.iter().copied())
                    .filter(|&s| self.basis.key(s).is_none() && f.open[s].contains(&g))
                    .filter(|&s| share(s) * f.price[b] < self.outside[s] && share(s) <= 1.0)
                    .collect();
                let mut load = vec![0.0; f.width];
                for &s in &joined {
                    let w = &f.weight[s * f.width..(s + 1) * f.width];
                    load.iter_mut().zip(w).for_each(|(l, w)| *l += w * self.count[s]);
                }
                let fills = (0..f.width).filter(|&k| load[k] > 0.0).map(|k| ((load[k]) / c[k], k));
                let Some((amount, k)) = fills.max_by(|a, b| a.0.total_cmp(&b.0)) else {
                    continue;
                };
                let saved: f64 = joined.iter().map(|&s| self.outside[s] * self.count[s]).sum::<f64>()
                    - amount * f.price[b];
                if saved > best.as_ref().map_or(0.0, |x| x.0) {
                    best = Some((saved, b, joined, k));
                }
            }
            if let Some((_, b, joined, k)) = best {
                joined.iter().for_each(|&s| self.basis.set_key(s, Some(g)));
                self.basis.start_with(g * f.width + k, b);
            }
        }
    }

    /// Dense column of the working basis (relative to the key of its size).
    fn reduced(&self, column: Column, into: &mut [f64]) {
        let f = self.fluid;
        into.fill(0.0);
        match column {
            Column::Bin(b) => {
                let g = f.group_of[b] * f.width;
                into[g..g + f.width].copy_from_slice(&f.capacity[b * f.width..(b + 1) * f.width]);
            }
            Column::Slack(row) => into[row] = -1.0,
            Column::Task(s, place) => {
                self.add_task(s, place, 1.0, into);
                self.add_task(s, self.basis.key(s), -1.0, into);
            }
        }
    }

    fn add_task(&self, s: usize, place: Option<usize>, factor: f64, into: &mut [f64]) {
        if let Some(g) = place {
            let w = &self.fluid.weight[s * self.fluid.width..(s + 1) * self.fluid.width];
            let rows = &mut into[g * self.fluid.width..(g + 1) * self.fluid.width];
            rows.iter_mut().zip(w).for_each(|(x, w)| *x -= factor * w);
        }
    }

    fn cost(&self, column: Column) -> f64 {
        match column {
            Column::Bin(b) => self.fluid.price[b],
            Column::Slack(_) => 0.0,
            Column::Task(s, place) => self.place_cost(s, place) - self.place_cost(s, self.basis.key(s)),
        }
    }

    fn place_cost(&self, s: usize, place: Option<usize>) -> f64 {
        if place.is_none() { self.outside[s] } else { 0.0 }
    }

    fn run(&mut self) {
        let m = self.basis.rows();
        if m == 0 || self.active.is_empty() {
            return;
        }
        // Deterministic cap; the duals of an unfinished run are still made feasible.
        let cap = 60 + 20 * (m + self.active.len());
        let mut entering = vec![0.0; m];
        for _ in 0..cap {
            if !self.refresh() {
                return;
            }
            let Some(column) = self.price_out() else {
                return;
            };
            self.reduced(column, &mut entering);
            if !self.pivot(column, &entering) {
                return;
            }
        }
        self.refresh();
    }

    /// Inverse, values and duals of the current basis; false when it became singular.
    fn refresh(&mut self) -> bool {
        let m = self.basis.rows();
        let columns: Vec<Column> = self.basis.columns().to_vec();
        let mut matrix = vec![0.0; m * m];
        let mut buffer = vec![0.0; m];
        for (j, &column) in columns.iter().enumerate() {
            self.reduced(column, &mut buffer);
            (0..m).for_each(|i| matrix[i * m + j] = buffer[i]);
        }
        // A small right-hand side keeps degenerate pivots moving; it does not touch the validity of the duals.
        let mut rhs: Vec<f64> = (0..m).map(|i| -1e-9 * (1.0 + i as f64 / m as f64)).collect();
        for &s in &self.active {
            self.add_task(s, self.basis.key(s), -self.count[s], &mut rhs);
        }
        let costs: Vec<f64> = columns.iter().map(|&c| self.cost(c)).collect();
        self.basis.refactor(matrix, &rhs, &costs)
    }

    /// The column with the most negative relative reduced cost.
    fn price_out(&self) -> Option<Column> {
        let f = self.fluid;
        let duals = self.basis.duals_ref();
        let mut best = (-1e-10, None);
        for b in 0..f.price.len() {
            let g = f.group_of[b] * f.width;
            let worth = dot(&f.capacity[b * f.width..(b + 1) * f.width], &duals[g..g + f.width]);
            let rate = (f.price[b] - worth) / f.price[b].max(f64::MIN_POSITIVE);
            if rate < best.0 {
                best = (rate, Some(Column::Bin(b)));
            }
        }
        for (row, &y) in duals.iter().enumerate() {
            let scale = f.price[f.price.len() - 1].max(f64::MIN_POSITIVE);
            if y / scale < best.0 {
                best = (y / scale, Some(Column::Slack(row)));
            }
        }
        for &s in &self.active {
            let value = |place: Option<usize>| match place {
                None => self.outside[s],
                Some(g) => self.fluid.worth(duals, s, g),
            };
            let key = self.basis.key(s);
            let current = value(key);
            let scale = self.outside[s].max(current.abs()).max(f64::MIN_POSITIVE);
            let places = std::iter::once(None).chain(f.open[s].iter().map(|&g| Some(g)));
            for place in places.filter(|&p| p != key) {
                let rate = (value(place) - current) / scale;
                if rate < best.0 && !self.basis.contains(Column::Task(s, place)) {
                    best = (rate, Some(Column::Task(s, place)));
                }
            }
        }
        best.1
    }

    /// Moves along the entering column as far as values stay >= 0; false when nothing stops it.
    fn pivot(&mut self, column: Column, reduced: &[f64]) -> bool {
        let own = if let Column::Task(s, _) = column { Some(s) } else { None };
        let alpha = self.basis.solve(reduced);
        let mut best = (f64::INFINITY, 0.0, None);
        let mut offer = |value: f64, rate: f64, leaving: Leaving| {
            if rate > 1e-9 {
                let ratio = value.max(0.0) / rate;
                if ratio < best.0 * (1.0 - 1e-12) || (ratio <= best.0 && rate > best.1) {
                    best = (ratio, rate, Some(leaving));
                }
            }
        };
        for (i, &a) in alpha.iter().enumerate() {
            offer(self.basis.values()[i], a, Leaving::Row(i));
        }
        for s in self.basis.touched(own) {
            let (mut value, mut rate) = (self.count[s], if own == Some(s) { 1.0 } else { 0.0 });
            for (i, &c) in self.basis.columns().iter().enumerate() {
                if matches!(c, Column::Task(other, _) if other == s) {
                    value -= self.basis.values()[i];
                    rate -= alpha[i];
                }
            }
            offer(value, rate, Leaving::Key(s));
        }
        match best.2 {
            None => false,
            Some(Leaving::Row(i)) => {
                self.basis.replace(i, column);
                true
            }
            Some(Leaving::Key(s)) => {
                self.basis.drop_key(s, column);
                true
            }
        }
    }
}

enum Leaving {
    Row(usize),
    Key(usize),
}
