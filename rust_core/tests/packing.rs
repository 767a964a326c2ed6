//! Properties of the packing core on random fleets: feasible, bound below cost, scale and order do not matter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use advisor_core::certificate::{Claim, Verdict, verify};
use advisor_core::error::CoreError;
use advisor_core::hours::{HourlyDemand, HoursOptions, pack_hours};
use advisor_core::pack::bound::Proof;
use advisor_core::pack::{Effort, Packed, pack};
use advisor_core::table::bins::Bins;
use advisor_core::table::demand::{Demand, Sizes};
use proptest::prelude::*;
use std::collections::HashMap;

const DIMS: usize = 3;

#[derive(Debug, Clone)]
struct Fleet {
    sizes: Sizes,
    bins: Bins,
    demand: Demand,
}

impl Fleet {
    fn pack(&self) -> Packed {
        let effort = Effort { trials: 40, ..Effort::default() };
        pack(&self.sizes, &self.bins, &self.demand, DIMS, effort, &|| false).unwrap()
    }

    /// The prices in the caller's order.
    fn claim(&self, found: &Packed) -> Claim {
        let mut price = vec![0; self.sizes.len()];
        found.problem.size_row.iter().zip(&found.bound.task_price).for_each(|(&r, &p)| price[r as usize] = p);
        Claim { price, scale: found.bound.scale, scaled: found.bound.scaled }
    }

    fn verdict(&self, claim: &Claim) -> Verdict {
        verify(&self.sizes, &self.bins, &self.demand, DIMS, claim, 100_000, &|| false).unwrap()
    }

    /// Least cost by trying, for what is left, every filling of every bin that takes the first size left.
    fn optimum(&self, left: &[u64], known: &mut HashMap<Vec<u64>, f64>) -> f64 {
        let Some(first) = left.iter().position(|&n| n > 0) else { return 0.0 };
        if let Some(&cost) = known.get(left) {
            return cost;
        }
        let mut rest = left.to_vec();
        rest[first] -= 1;
        let mut best = self.demand.alone[first] + self.optimum(&rest, known);
        for b in 0..self.bins.len() {
            let room = self.bins.capacity[b * DIMS..(b + 1) * DIMS].to_vec();
            self.fill(b, first, first, &room, &mut left.to_vec(), &mut best, known);
        }
        known.insert(left.to_vec(), best);
        best
    }

    #[expect(clippy::too_many_arguments, reason = "a recursion")]
    fn fill(
        &self,
        b: usize,
        first: usize,
        s: usize,
        room: &[f64],
        left: &mut Vec<u64>,
        best: &mut f64,
        known: &mut HashMap<Vec<u64>, f64>,
    ) {
        if s == left.len() {
            *best = best.min(self.bins.price[b] + self.optimum(left, known));
            return;
        }
        let (mut room, before) = (room.to_vec(), left[s]);
        let open = self.sizes.mask[s] >> self.bins.group[b] & 1 == 1;
        for copies in 0..=before.min(self.sizes.max_per_bin[s]) {
            if copies > 0 {
                let weight = &self.sizes.weight[s * DIMS..(s + 1) * DIMS];
                room.iter_mut().zip(weight).for_each(|(r, w)| *r -= w);
                if !open || room.iter().any(|r| *r < 0.0) {
                    break;
                }
            }
            if copies > 0 || s > first {
                left[s] = before - copies;
                self.fill(b, first, s + 1, &room, left, best, known);
            }
        }
        left[s] = before;
    }

    /// Bound argument from scratch: no bin of the caller's can hold tasks worth more than its price.
    fn check(&self, found: &Packed) {
        let demand = found.problem.demand(&self.demand);
        found.plan.verify(&found.problem, &demand.count).unwrap();
        assert!(found.bound.usd <= found.plan.cost * (1.0 + 1e-12), "{found:?}");
    }
}

fn fleets() -> impl Strategy<Value = Fleet> {
    let size = (prop::array::uniform3(0u32..9), 1u64..4, 0u64..400, 1u32..300, prop::option::of(1u64..5));
    let bin = (prop::array::uniform3(8u32..40), 1u32..500, 0u8..2);
    (prop::collection::vec(size, 1..9), prop::collection::vec(bin, 1..9)).prop_map(|(sizes, bins)| Fleet {
        sizes: Sizes {
            weight: sizes.iter().flat_map(|s| s.0).map(|w| f64::from(w) * 0.25).collect(),
            mask: sizes.iter().map(|s| s.1).collect(),
            max_per_bin: sizes.iter().map(|s| s.4.unwrap_or(u64::MAX)).collect(),
        },
        bins: Bins {
            capacity: bins.iter().flat_map(|b| b.0).map(|c| f64::from(c) * 0.25).collect(),
            price: bins.iter().map(|b| f64::from(b.1) / 1000.0).collect(),
            group: bins.iter().map(|b| b.2).collect(),
            limit: vec![u64::MAX; bins.len()],
        },
        demand: Demand {
            count: sizes.iter().map(|s| s.2).collect(),
            alone: sizes.iter().map(|s| f64::from(s.3) / 1000.0).collect(),
        },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_certificate_holds_and_no_dearer_one_does(fleet in fleets()) {
        let found = fleet.pack();
        let mut claim = fleet.claim(&found);
        prop_assert_eq!(fleet.verdict(&claim), Verdict::Holds);
        claim.scaled += 1;
        prop_assert_eq!(fleet.verdict(&claim), Verdict::Sum);
        for price in &mut claim.price {
            *price *= 3;
        }
        claim.scaled = claim.price.iter().zip(&fleet.demand.count).map(|(&p, &n)| u128::from(p) * u128::from(n)).sum();
        if claim.scaled as f64 / claim.scale as f64 > found.plan.cost * (1.0 + 1e-6) {
            prop_assert!(!matches!(fleet.verdict(&claim), Verdict::Holds | Verdict::Sum));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn tiny_fleets_cost_what_trying_everything_finds(fleet in fleets(), counts in prop::collection::vec(0u64..4, 9)) {
        let mut fleet = fleet;
        fleet.demand.count.iter_mut().zip(counts).for_each(|(c, n)| *c = n);
        let (sum, mut tasks) = (7, 0);
        for c in &mut fleet.demand.count {
            *c = (*c).min(sum - tasks);
            tasks += *c;
        }
        let found = fleet.pack();
        fleet.check(&found);
        let best = fleet.optimum(&fleet.demand.count, &mut HashMap::new());
        prop_assert!(found.bound.usd <= best * (1.0 + 1e-9), "{} {best}", found.bound.usd);
        prop_assert!((found.plan.cost - best).abs() <= 1e-9 * (1.0 + best), "{} {best}", found.plan.cost);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn bounds_of_equal_prices_are_whole_bins(fleet in fleets(), counts in prop::collection::vec(0u64..4, 9), cents in 1u32..300) {
        let mut fleet = fleet;
        let (price, mut left) = (f64::from(cents) / 100.0, 9);
        fleet.bins.price.fill(price);
        // A task alone costs two bins, so that it is a multiple too.
        fleet.demand.alone.fill(2.0 * price);
        for (count, n) in fleet.demand.count.iter_mut().zip(counts) {
            *count = n.min(left);
            left -= *count;
        }
        let found = fleet.pack();
        fleet.check(&found);
        prop_assert_eq!(fleet.verdict(&fleet.claim(&found)), Verdict::Holds);
        let bins = found.bound.usd / price;
        prop_assert!((bins - bins.round()).abs() <= 1e-6 * (1.0 + bins), "{bins} {:?}", found.bound.proof);
        let best = fleet.optimum(&fleet.demand.count, &mut HashMap::new());
        prop_assert!(found.bound.usd <= best * (1.0 + 1e-12), "{} {best}", found.bound.usd);
        prop_assert!((found.plan.cost - best).abs() <= 1e-9 * (1.0 + best), "{} {best}", found.plan.cost);
    }

    #[test]
    fn many_tasks_in_equal_bins_are_bounded_by_whole_bins(fleet in fleets()) {
        let mut fleet = fleet;
        fleet.bins.price.fill(0.25);
        fleet.demand.alone.fill(0.5);
        let found = fleet.pack();
        fleet.check(&found);
        let bins = found.bound.usd / 0.25;
        prop_assert!((bins - bins.round()).abs() <= 1e-6 * (1.0 + bins), "{bins} {:?}", found.bound.proof);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn plans_are_feasible_and_not_below_the_bound(fleet in fleets()) {
        fleet.check(&fleet.pack());
    }

    #[test]
    fn twice_the_prices_cost_twice(fleet in fleets()) {
        let one = fleet.pack();
        let mut dear = fleet;
        dear.bins.price.iter_mut().chain(&mut dear.demand.alone).for_each(|p| *p *= 2.0);
        let two = dear.pack();
        prop_assert!((two.plan.cost - 2.0 * one.plan.cost).abs() <= 1e-12 * two.plan.cost);
        prop_assert!((two.bound.usd - 2.0 * one.bound.usd).abs() <= 1e-6 * two.bound.usd.max(1e-9));
    }

    #[test]
    fn another_bin_never_raises_the_bound_over_a_plan(fleet in fleets(), price in 1u32..500, room in 8u32..40) {
        // The bound itself may rise a little: with other bins the column generation may get further in its budget.
        let before = fleet.pack();
        let mut more = fleet;
        more.bins.capacity.extend([f64::from(room) * 0.25; DIMS]);
        more.bins.price.push(f64::from(price) / 1000.0);
        more.bins.group.push(0);
        more.bins.limit.push(u64::MAX);
        prop_assert!(more.pack().bound.usd <= before.plan.cost * (1.0 + 1e-12));
    }

    #[test]
    fn reversed_rows_cost_the_same(fleet in fleets()) {
        let one = fleet.pack();
        let mut other = fleet;
        other.sizes.weight = other.sizes.weight.chunks(DIMS).rev().flatten().copied().collect();
        other.sizes.mask.reverse();
        other.sizes.max_per_bin.reverse();
        other.demand.count.reverse();
        other.demand.alone.reverse();
        other.bins.capacity = other.bins.capacity.chunks(DIMS).rev().flatten().copied().collect();
        other.bins.price.reverse();
        other.bins.group.reverse();
        let two = other.pack();
        prop_assert!((two.plan.cost - one.plan.cost).abs() <= 1e-12 * one.plan.cost);
    }

    #[test]
    fn every_hour_is_packed_and_spread(fleet in fleets(), min_bins in 0u64..5) {
        let mut rows = HourlyDemand::default();
        for hour in 0..3_u32 {
            for (s, &count) in fleet.demand.count.iter().enumerate().filter(|(_, c)| **c > 0) {
                rows.hour.push(i64::from(hour));
                rows.size.push(s as u32);
                rows.count.push(count / 2 + u64::from(hour) + 1);
                rows.alone.push(fleet.demand.alone[s]);
            }
        }
        let options = HoursOptions { min_bins, bound_only: false, rough: false };
        let found = pack_hours(&fleet.sizes, &fleet.bins, &rows, DIMS, options, &|| false).unwrap();
        for (demand, solved) in found.demands.iter().zip(&found.solved) {
            solved.plan.verify(&found.problem, &demand.count).unwrap();
            prop_assert!(solved.bound.usd <= solved.plan.cost * (1.0 + 1e-12));
            let tasks: u64 =
                solved.plan.opened.iter().map(|o| o.times * o.items.iter().map(|i| i.1).sum::<u64>()).sum();
            prop_assert!(solved.plan.bins() >= min_bins.min(tasks));
        }
    }
}

fn one_size(weight: f64, count: u64, alone: f64) -> (Sizes, Demand) {
    let sizes = Sizes { weight: vec![weight], mask: vec![1], max_per_bin: vec![u64::MAX] };
    (sizes, Demand { count: vec![count], alone: vec![alone] })
}

fn one_bin(capacity: f64, price: f64, limit: u64) -> Bins {
    Bins { capacity: vec![capacity], price: vec![price], group: vec![0], limit: vec![limit] }
}

#[test]
fn half_a_bin_is_a_bin() {
    // Pairs fill 300 bins, and one task is left over.
    let sizes = Sizes { weight: vec![0.6, 0.4], mask: vec![1; 2], max_per_bin: vec![u64::MAX; 2] };
    let demand = Demand { count: vec![300, 301], alone: vec![f64::INFINITY; 2] };
    let found =
        pack(&sizes, &one_bin(1.0, 0.07, u64::MAX), &demand, 1, Effort::default(), &|| false).unwrap();
    assert_eq!((found.plan.bins(), found.bound.proof), (301, Proof::WholeBins));
    assert!((found.bound.usd - 301.0 * 0.07).abs() < 1e-9, "{:?}", found.bound);
}

#[test]
fn a_million_tasks_take_one_pattern() {
    let (sizes, demand) = one_size(0.3, 1_000_000, f64::INFINITY);
    let found = pack(&sizes, &one_bin(1.0, 0.5, u64::MAX), &demand, 1, Effort::default(), &|| false).unwrap();
    assert_eq!(found.plan.bins(), 333_334);
    // Capacity 1.0 is floored to 0.9, what three tasks can reach: the bound is the fluid one of that bin.
    assert!(found.plan.cost - found.bound.usd < 0.5);
}

#[test]
fn one_small_task_is_bounded_by_a_whole_bin() {
    let (sizes, demand) = one_size(0.1, 1, f64::INFINITY);
    let found = pack(&sizes, &one_bin(1.0, 0.5, u64::MAX), &demand, 1, Effort::default(), &|| false).unwrap();
    assert!((found.bound.usd - 0.5).abs() < 1e-6, "{:?}", found.bound);
}

#[test]
fn a_size_without_a_place_is_named() {
    let (sizes, demand) = one_size(2.0, 1, f64::INFINITY);
    let failed = pack(&sizes, &one_bin(1.0, 0.5, u64::MAX), &demand, 1, Effort::default(), &|| false);
    assert!(matches!(failed, Err(CoreError::NoPlace { size: 0, .. })));
}

#[test]
fn limits_that_leave_tasks_over_are_an_error() {
    let (sizes, demand) = one_size(1.0, 3, f64::INFINITY);
    let failed = pack(&sizes, &one_bin(1.0, 0.5, 2), &demand, 1, Effort::default(), &|| false);
    assert!(matches!(failed, Err(CoreError::NoPlace { size: 0, .. })));
}

#[test]
fn bad_numbers_are_named() {
    let (sizes, demand) = one_size(f64::NAN, 1, 1.0);
    let failed = pack(&sizes, &one_bin(1.0, 0.5, 2), &demand, 1, Effort::default(), &|| false);
    assert!(matches!(failed, Err(CoreError::InvalidInput { index: 0, .. })));
}

#[test]
fn an_interrupted_search_says_so() {
    let (sizes, demand) = one_size(0.3, 7, 0.4);
    let stopped = pack(&sizes, &one_bin(1.0, 0.5, 2), &demand, 1, Effort::default(), &|| true);
    assert_eq!(stopped.err(), Some(CoreError::Interrupted));
}
