//! The packing problem in canonical order: integer grid, tight capacities, dominated bins gone.
use super::grid::{all_to_grid, gcd};
use super::prune;
use crate::error::CoreError;
use crate::table::bins::Bins;
use crate::table::demand::{Demand, Sizes};

/// Sizes and kept bins, in an order that does not depend on the order of the caller's rows.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Number of sizes.
    pub sizes: usize,
    /// Number of kept bins.
    pub bins: usize,
    /// Number of resources.
    pub dims: usize,
    /// Grid weights, `[size][resource]`.
    pub weight: Vec<f64>,
    /// Groups a size may use, as bits.
    pub mask: Vec<u64>,
    /// Grid capacities, `[bin][resource]`, floored to what sums of weights can reach.
    pub capacity: Vec<f64>,
    /// USD per hour, ascending.
    pub price: Vec<f64>,
    /// Group of each bin.
    pub group: Vec<u8>,
    /// Most bins of a kind; infinite where there is no rule.
    pub limit: Vec<f64>,
    /// Most tasks of a size per bin, infinite where there is no rule.
    pub max_per_bin: Vec<f64>,
    /// Copies of a size that fit one bin with nothing else, `[bin][size]`; 0 where not allowed.
    pub fit: Vec<f64>,
    /// Cheapest bin price that holds one task of the size; infinite if none.
    pub solo: Vec<f64>,
    /// Caller's row of each size.
    pub size_row: Vec<u32>,
    /// Caller's row of each kept bin.
    pub bin_row: Vec<u32>,
}

impl Problem {
    /// Validates and canonicalises. `ties` orders sizes that are equal in everything else (by count and price alone).
    pub fn build(sizes: &Sizes, bins: &Bins, dims: usize, ties: Option<&Demand>) -> Result<Self, CoreError> {
        Self::build_for(sizes, bins, dims, ties, &[])
    }

    /// The same, good for any other prices too that rise with those given: of bins `others` has further price lists (by the
    /// caller's rows), and a bin goes only where another is no dearer by any of them.
    pub fn build_for(
        sizes: &Sizes,
        bins: &Bins,
        dims: usize,
        ties: Option<&Demand>,
        others: &[Vec<f64>],
    ) -> Result<Self, CoreError> {
        sizes.validate(dims)?;
        bins.validate(dims)?;
        let (n, t) = (sizes.len(), bins.len());
        let (weight, capacity) = all_to_grid(&sizes.weight, &bins.capacity, dims)?;
        let size_row = sorted_rows(n, |a, b| {
            let rows = |s: usize| &weight[s * dims..(s + 1) * dims];
            compare(rows(b), rows(a))
                .then(sizes.mask[a].cmp(&sizes.mask[b]))
                .then(sizes.max_per_bin[a].cmp(&sizes.max_per_bin[b]))
                .then_with(|| {
                    ties.map_or(std::cmp::Ordering::Equal, |d| {
                        d.count[a].cmp(&d.count[b]).then(d.alone[a].total_cmp(&d.alone[b]))
                    })
                })
        });
        let bin_row = sorted_rows(t, |a, b| {
            let rows = |s: usize| &capacity[s * dims..(s + 1) * dims];
            bins.price[a]
                .total_cmp(&bins.price[b])
                .then(compare(rows(b), rows(a)))
                .then(bins.group[a].cmp(&bins.group[b]))
                .then(bins.limit[b].cmp(&bins.limit[a]))
        });
        let as_float = |x: u64| {
            if x == u64::MAX { f64::INFINITY } else { x as f64 }
        };
        let mut problem = Self {
            sizes: n,
            bins: t,
            dims,
            weight: gather(&weight, &size_row, dims),
            mask: size_row.iter().map(|&s| sizes.mask[s as usize]).collect(),
            capacity: gather(&capacity, &bin_row, dims),
            price: bin_row.iter().map(|&b| bins.price[b as usize]).collect(),
            group: bin_row.iter().map(|&b| bins.group[b as usize]).collect(),
            limit: bin_row.iter().map(|&b| as_float(bins.limit[b as usize])).collect(),
            max_per_bin: size_row.iter().map(|&s| as_float(sizes.max_per_bin[s as usize])).collect(),
            fit: Vec::new(),
            solo: vec![f64::INFINITY; n],
            size_row,
            bin_row,
        };
        problem.fit = problem.copies();
        problem.tighten();
        let others: Vec<Vec<f64>> = others.iter().map(|list| gather(list, &problem.bin_row, 1)).collect();
        let kept = prune::kept_bins(&problem, &others);
        problem.keep(&kept);
        problem.fit = problem.copies();
        problem.find_solo();
        Ok(problem)
    }

    /// The same sizes and bins at other prices, by canonical bin; the bins come in the order of the new prices.
    pub fn repriced(&self, price: &[f64]) -> Self {
        let mut order: Vec<u32> = (0..self.bins as u32).collect();
        order.sort_by(|&a, &b| price[a as usize].total_cmp(&price[b as usize]).then(a.cmp(&b)));
        let mut other = Self {
            capacity: gather(&self.capacity, &order, self.dims),
            price: gather(price, &order, 1),
            limit: gather(&self.limit, &order, 1),
            fit: gather(&self.fit, &order, self.sizes),
            group: order.iter().map(|&b| self.group[b as usize]).collect(),
            bin_row: order.iter().map(|&b| self.bin_row[b as usize]).collect(),
            ..self.clone()
        };
        other.find_solo();
        other
    }

    /// Canonical bin of each of the caller's rows, where it was kept.
    pub(crate) fn bin_of_row(&self) -> Vec<Option<u32>> {
        let rows = self.bin_row.iter().max().map_or(0, |&r| r as usize + 1);
        let mut index = vec![None; rows];
        self.bin_row.iter().enumerate().for_each(|(b, &row)| index[row as usize] = Some(b as u32));
        index
    }

    fn find_solo(&mut self) {
        let n = self.sizes;
        for b in (0..self.bins).rev() {
            for s in 0..n {
                if self.fit[b * n + s] >= 1.0 {
                    self.solo[s] = self.price[b];
                }
            }
        }
    }

    /// Weights of one size.
    pub fn size(&self, s: usize) -> &[f64] {
        &self.weight[s * self.dims..(s + 1) * self.dims]
    }

    /// Capacities of one bin.
    pub fn bin(&self, b: usize) -> &[f64] {
        &self.capacity[b * self.dims..(b + 1) * self.dims]
    }

    /// A caller's demand in canonical order.
    pub fn demand(&self, given: &Demand) -> Demand {
        Demand {
            count: self.size_row.iter().map(|&s| given.count[s as usize]).collect(),
            alone: self.size_row.iter().map(|&s| given.alone[s as usize]).collect(),
        }
    }

    fn copies(&self) -> Vec<f64> {
        let mut fit = vec![0.0; self.bins * self.sizes];
        for b in 0..self.bins {
            for s in 0..self.sizes {
                if self.mask[s] >> self.group[b] & 1 == 0 {
                    continue;
                }
                let mut copies = self.max_per_bin[s];
                for (w, c) in self.size(s).iter().zip(self.bin(b)) {
                    if *w > 0.0 {
                        copies = copies.min((c / w).floor());
                    }
                }
                fit[b * self.sizes + s] = copies;
            }
        }
        fit
    }

    /// Floors each capacity to a multiple of the gcd of the weights that can go there: never loses a packing.
    fn tighten(&mut self) {
        for b in 0..self.bins {
            for k in 0..self.dims {
                let fitting = (0..self.sizes).filter(|s| self.fit[b * self.sizes + s] >= 1.0);
                let step = fitting.fold(0.0, |g, s| gcd(g, self.weight[s * self.dims + k]));
                let c = &mut self.capacity[b * self.dims + k];
                *c = if step > 0.0 { (*c / step).floor() * step } else { 0.0 };
            }
        }
    }

    fn keep(&mut self, kept: &[u32]) {
        self.capacity = gather(&self.capacity, kept, self.dims);
        self.price = gather(&self.price, kept, 1);
        self.limit = gather(&self.limit, kept, 1);
        self.group = kept.iter().map(|&b| self.group[b as usize]).collect();
        self.bin_row = kept.iter().map(|&b| self.bin_row[b as usize]).collect();
        self.bins = kept.len();
    }
}

fn sorted_rows(n: usize, order: impl Fn(usize, usize) -> std::cmp::Ordering) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..n as u32).collect();
    rows.sort_by(|&a, &b| order(a as usize, b as usize));
    rows
}

fn compare(a: &[f64], b: &[f64]) -> std::cmp::Ordering {
    let differing = a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne());
    differing.unwrap_or(std::cmp::Ordering::Equal)
}

fn gather(values: &[f64], rows: &[u32], width: usize) -> Vec<f64> {
    let row = |r: &u32| values[*r as usize * width..(*r as usize + 1) * width].iter().copied();
    rows.iter().flat_map(row).collect()
}
