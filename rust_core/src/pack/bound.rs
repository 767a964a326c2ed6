//! The lower bound in integers: task prices rounded down so that no pattern can be worth more than its bin.
use super::problem::Problem;
use super::whole::Step;
use crate::table::demand::Demand;

/// Shrinks prices before they are rounded; covers every rounding error of the `f64` arithmetic that made them.
const SAFETY: f64 = 1.0 - 1e-9;

/// Which argument proves the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Task prices: no lawful bin holds tasks worth more than its price, none is worth more than alone.
    Dual,
    /// Counting bins: either everything runs alone, or at least so many bins are open.
    FewBins,
    /// Either of these, and that every cost is a whole multiple of what all prices are multiples of.
    WholeBins,
    /// Exhaustion: every plan that could be cheaper was looked at, and none is.
    Search,
}

/// A proven lower bound on the cost of every packing.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// USD per hour, rounded down.
    pub usd: f64,
    /// Integer price of one task of each size (canonical order), in `1/scale` USD per hour.
    pub task_price: Vec<u64>,
    /// Units per USD.
    pub scale: u64,
    /// `sum(count * task_price)`.
    pub scaled: u128,
    /// Argument behind `usd`.
    pub proof: Proof,
}

impl Bound {
    /// Rounds feasible task prices down to integers and adds them up.
    pub fn dual(problem: &Problem, demand: &Demand, task_price: &[f64]) -> Self {
        let scale = scale_for(problem, demand);
        let task_price: Vec<u64> =
            task_price.iter().map(|p| (p * SAFETY * scale as f64).floor() as u64).collect();
        let scaled = task_price.iter().zip(&demand.count).map(|(p, c)| u128::from(*p) * u128::from(*c)).sum();
        Self { usd: down(scaled as f64 / scale as f64), task_price, scale, scaled, proof: Proof::Dual }
    }

    /// Raises the bound where counting bins proves more; matters for fleets of a bin or two.
    pub fn or_few_bins(mut self, problem: &Problem, demand: &Demand, min_bins: u64) -> Self {
        let counted = down(few_bins(problem, demand, min_bins, self.usd) * SAFETY);
        self.rise(counted, Proof::FewBins);
        self
    }

    /// Raises the bound to the next cost that any plan can have.
    pub fn or_whole_bins(mut self, problem: &Problem, demand: &Demand) -> Self {
        if let Some(whole) = Step::of(problem, demand).and_then(|step| step.raised(self.usd)) {
            self.rise(whole, Proof::WholeBins);
        }
        self
    }

    /// Only where it says more than another rounding of the same figure.
    fn rise(&mut self, usd: f64, proof: Proof) {
        if usd > self.usd * (1.0 + 1e-8) {
            (self.usd, self.proof) = (usd, proof);
        }
    }
}

/// A decimal scale that keeps ten digits of the smallest price and fits `u64` for the largest.
fn scale_for(problem: &Problem, demand: &Demand) -> u64 {
    let alone = demand.alone.iter().filter(|a| a.is_finite());
    let prices = problem.price.iter().chain(alone).chain(problem.solo.iter().filter(|x| x.is_finite()));
    let largest = prices.fold(0.0_f64, |m, &p| m.max(p));
    let digits = (17.0 - largest.max(1e-9).log10().ceil()).clamp(0.0, 12.0);
    10u64.pow(digits as u32)
}

/// `floor(usd * scale)` without any rounding; `None` where it is no number that fits.
pub(crate) fn floor_scaled(usd: f64, scale: u64) -> Option<u128> {
    if !(0.0..1e18).contains(&usd) {
        return None;
    }
    let bits = usd.to_bits();
    let (exponent, fraction) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
    let (mantissa, exponent) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let product = u128::from(mantissa) * u128::from(scale);
    if exponent >= 0 {
        product.checked_mul(1u128 << exponent)
    } else {
        Some(product.checked_shr(-exponent as u32).unwrap_or(0))
    }
}

fn down(x: f64) -> f64 {
    if x > 0.0 { x.next_down() } else { 0.0 }
}

/// No bin, one bin or more: the least of what each case must cost.
fn few_bins(problem: &Problem, demand: &Demand, min_bins: u64, dual: f64) -> f64 {
    let wanted = |s: &usize| demand.count[*s] > 0;
    let sizes: Vec<usize> = (0..problem.sizes).filter(wanted).collect();
    let useful =
        (0..problem.bins).find(|&b| sizes.iter().any(|&s| problem.fit[b * problem.sizes + s] >= 1.0));
    let sum = |price: &dyn Fn(usize) -> f64| -> f64 {
        sizes.iter().map(|&s| demand.count[s] as f64 * price(s)).sum()
    };
    let all_alone = sum(&|s| demand.alone[s]);
    let Some(cheapest) = useful.map(|b| problem.price[b]) else {
        return all_alone;
    };
    let one_each = sum(&|s| demand.alone[s].min(problem.solo[s]));
    let spread = one_each.min(min_bins as f64 * cheapest);
    if 2.0 * cheapest <= dual {
        return spread.min(all_alone);
    }
    // Bins come by rising price: stop as soon as the bin alone costs more than what is already found.
    let mut single = f64::INFINITY;
    for b in 0..problem.bins {
        if problem.price[b] >= single {
            break;
        }
        single = single.min(problem.price[b] + outside_of(problem, demand, &sizes, b));
    }
    all_alone.min(single).min((2.0 * cheapest).max(dual)).max(spread)
}

/// Least cost of what does not fit one bin `b` and so runs alone: fractional knapsack in each resource by itself.
fn outside_of(problem: &Problem, demand: &Demand, sizes: &[usize], b: usize) -> f64 {
    let fits = |s: usize| problem.fit[b * problem.sizes + s].min(demand.count[s] as f64);
    let mut worst: f64 = 0.0;
    let must: f64 = (sizes.iter())
        .map(|&s| {
            (demand.count[s] as f64 - fits(s)) * finite_or_zero(demand.alone[s], fits(s), demand.count[s])
        })
        .sum();
    if must.is_infinite() {
        return must;
    }
    for k in 0..problem.dims {
        let mut free = problem.bin(b)[k];
        let mut optional: Vec<(f64, f64, f64)> = Vec::new();
        for &s in sizes {
            let (w, n) = (problem.size(s)[k], fits(s));
            if demand.alone[s].is_infinite() {
                free -= w * n;
            } else if w > 0.0 && n > 0.0 {
                optional.push((demand.alone[s] / w, w, n));
            }
        }
        if free < 0.0 {
            return f64::INFINITY;
        }
        optional.sort_by(|x, y| y.0.total_cmp(&x.0));
        let mut left = 0.0;
        for (density, w, n) in optional {
            let inside = (w * n).min(free);
            free -= inside;
            left += density * (w * n - inside);
        }
        worst = worst.max(left);
    }
    must + worst
}

/// Price of the tasks beyond what fits: infinite when there are some and they cannot run alone.
fn finite_or_zero(alone: f64, fits: f64, count: u64) -> f64 {
    if fits >= count as f64 { 0.0 } else { alone }
}

#[cfg(test)]
mod tests {
    use super::{down, floor_scaled};

    #[test]
    fn prices_become_whole_numbers_exactly() {
        assert_eq!(floor_scaled(0.1, 10), Some(1));
        assert_eq!(floor_scaled(0.3, 10), Some(2));
        assert_eq!(floor_scaled(2.5, 1_000_000), Some(2_500_000));
        assert_eq!(floor_scaled(5e-324, 1_000_000_000_000), Some(0));
        assert_eq!(floor_scaled(f64::INFINITY, 1), None);
    }

    #[test]
    fn rounding_never_goes_up() {
        assert!(down(0.1) < 0.1 && down(0.0) <= 0.0);
    }
}
