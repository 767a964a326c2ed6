//! One input of the packing, from its number.
use crate::numbers::{Kind, Numbers};
use advisor_core::pack::Effort;
use advisor_core::table::bins::Bins;
use advisor_core::table::demand::{Demand, MAX_COUNT, Sizes};
use std::time::Duration;

/// What `pack` is given.
#[derive(Debug, Clone)]
pub struct Case {
    pub sizes: Sizes,
    pub bins: Bins,
    pub demand: Demand,
    pub dims: usize,
    pub effort: Effort,
}

impl Case {
    fn new(numbers: &mut Numbers) -> Self {
        let dims = numbers.one_of(&[0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 5, 9, 17]);
        let least = usize::from(!numbers.once_in(10));
        let many = if numbers.once_in(30) { 16 } else { 7 };
        let (n, t) = (least + numbers.below(many), least + numbers.below(many));
        let wild = numbers.once_in(2);
        let kind = if wild { Kind::any } else { Kind::ordinary };
        let columns: Vec<Kind> = (0..dims).map(|_| kind(numbers)).collect();
        let table = |rows: usize, most: usize, numbers: &mut Numbers| -> Vec<f64> {
            (0..rows)
                .flat_map(|_| columns.iter().map(|c| c.draw(numbers, most)).collect::<Vec<_>>())
                .collect()
        };
        let (weight, capacity) = (table(n, 12, numbers), table(t, 40, numbers));
        let money = if numbers.once_in(2) { Kind::Odd } else { kind(numbers) };
        let counts = numbers.below(8);
        let ruled = numbers.once_in(4);
        let limited = numbers.once_in(6);
        let grouped = numbers.once_in(3);
        let lone = numbers.below(4);
        let mut case = Self {
            sizes: Sizes {
                weight,
                mask: (0..n).map(|_| if grouped { mask(numbers) } else { 1 }).collect(),
                max_per_bin: (0..n).map(|_| rule(numbers, ruled)).collect(),
            },
            bins: Bins {
                capacity,
                price: (0..t).map(|_| money.draw(numbers, 30)).collect(),
                group: (0..t).map(|_| if grouped { numbers.one_of(&[0, 1, 2, 63]) } else { 0 }).collect(),
                limit: (0..t).map(|_| limit(numbers, limited)).collect(),
            },
            demand: Demand {
                count: (0..n).map(|_| count(numbers, counts)).collect(),
                alone: (0..n).map(|_| alone(numbers, money, lone)).collect(),
            },
            dims,
            effort: Effort {
                gap: numbers.one_of(&[0.0, 0.0, 0.0, 0.01, 10.0, f64::MAX]),
                time_limit: numbers.once_in(50).then_some(Duration::ZERO),
                trials: numbers.one_of(&[0, 1, 4, 16, 64]),
            },
        };
        if n > 1 && numbers.once_in(5) {
            case.repeat_a_size(numbers);
        }
        case
    }

    /// The same, printed where single inputs are looked at.
    pub fn shown(numbers: &mut Numbers) -> Self {
        let case = Self::new(numbers);
        if std::env::var("ADVISOR_FUZZ").is_ok_and(|n| n == "1") {
            println!("{case:?}");
        }
        case
    }

    /// Two sizes that differ in nothing but their row, or only in count and price.
    fn repeat_a_size(&mut self, numbers: &mut Numbers) {
        let (from, to) = (numbers.below(self.sizes.len()), numbers.below(self.sizes.len()));
        let row = from * self.dims..(from + 1) * self.dims;
        self.sizes.weight.copy_within(row, to * self.dims);
        self.sizes.mask[to] = self.sizes.mask[from];
        self.sizes.max_per_bin[to] = self.sizes.max_per_bin[from];
        if numbers.once_in(2) {
            self.demand.count[to] = self.demand.count[from];
            self.demand.alone[to] = self.demand.alone[from];
        }
    }

    /// Whether a table holds what the core must refuse.
    pub fn is_refused(&self) -> bool {
        self.sizes.max_per_bin.contains(&0) || self.demand.count.iter().any(|&n| n > MAX_COUNT)
    }

    /// Largest capacity of a resource for the smallest weight of it: what a grid of integers must span.
    pub fn span(&self, k: usize) -> f64 {
        let column =
            |table: &'_ [f64]| -> Vec<f64> { table.iter().skip(k).step_by(self.dims).copied().collect() };
        let largest = column(&self.bins.capacity).into_iter().fold(0.0_f64, f64::max);
        let wanted = column(&self.sizes.weight).into_iter().filter(|&w| w > 0.0);
        largest / wanted.fold(f64::INFINITY, f64::min)
    }

    /// Resources of one size.
    pub fn size(&self, s: usize) -> &[f64] {
        &self.sizes.weight[s * self.dims..(s + 1) * self.dims]
    }

    /// Resources of one bin.
    pub fn bin(&self, b: usize) -> &[f64] {
        &self.bins.capacity[b * self.dims..(b + 1) * self.dims]
    }

    /// Whether the rule of groups lets a size into a bin.
    pub fn open(&self, s: usize, b: usize) -> bool {
        self.sizes.mask[s] >> self.bins.group[b] & 1 == 1
    }
}

fn mask(numbers: &mut Numbers) -> u64 {
    numbers.one_of(&[0, 1, 1, 2, 3, 3, 6, 1 << 63, u64::MAX])
}

fn rule(numbers: &mut Numbers, ruled: bool) -> u64 {
    if !ruled || numbers.once_in(2) {
        return u64::MAX;
    }
    if numbers.once_in(60) { 0 } else { numbers.one_of(&[1, 1, 2, 3, 1_000_000_000, u64::MAX - 1]) }
}

fn limit(numbers: &mut Numbers, limited: bool) -> u64 {
    if !limited || numbers.once_in(3) {
        return u64::MAX;
    }
    numbers.one_of(&[0, 1, 1, 2, 3, 10, 1_000_000_000, u64::MAX - 1])
}

/// Mostly one magnitude for a whole input, and now and then the ends of the range.
fn count(numbers: &mut Numbers, magnitude: usize) -> u64 {
    if numbers.once_in(6) {
        return 0;
    }
    match (magnitude, numbers.below(200)) {
        (_, 0) => MAX_COUNT,
        (7, 1..=4) => MAX_COUNT + 1,
        (7, 5..=100) => 1_000_000_000,
        (0..=2, _) => 1 + numbers.below(2) as u64,
        (3 | 4, _) => 1 + numbers.below(12) as u64,
        (5, _) => 1 + numbers.below(200) as u64,
        _ => 1 + numbers.below(30_000) as u64,
    }
}

/// What one task costs outside every bin: by `habit` never possible, always, or either.
fn alone(numbers: &mut Numbers, money: Kind, habit: usize) -> f64 {
    match habit {
        0 => f64::INFINITY,
        1 if numbers.once_in(2) => f64::INFINITY,
        _ if numbers.once_in(25) => 0.0,
        _ => money.draw(numbers, 20),
    }
}
