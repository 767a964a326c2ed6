//! Bills: cases small enough to check by hand, and laws that hold for every bill.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use advisor_core::bill::{Billed, Commitment, Draw, Sums, bill_hours};
use advisor_core::error::CoreError;
use ethnum::U256;
use proptest::prelude::*;

fn draw(owned: usize, meter: usize, weight: u128) -> Draw {
    Draw { owned, meter, weight }
}

fn always(capacity: u128) -> Commitment {
    Commitment { capacity, hours: 0..usize::MAX }
}

fn billed(usage: &[i64], meters: usize, draws: &[Draw], owned: &[Commitment]) -> Billed {
    bill_hours(usage, meters, draws, owned).unwrap().unwrap()
}

fn pairs(sums: &Sums) -> Vec<(u128, u128)> {
    sums.terms().map(|(top, bottom)| (top.as_u128(), bottom.as_u128())).collect()
}

/// Adds the terms up over the least bottom that all of them divide.
fn total(sums: &Sums, common: U256) -> U256 {
    sums.terms().fold(U256::ZERO, |sum, (top, bottom)| {
        assert_eq!(common % bottom, U256::ZERO);
        sum + top * (common / bottom)
    })
}

#[test]
fn what_an_hour_does_not_use_is_lost() {
    let found = billed(&[4, 0, 8], 1, &[draw(0, 0, 1)], &[always(6)]);
    assert_eq!(pairs(&found.covered[0]), [(10, 1)]);
    assert_eq!(pairs(&found.uncovered[0]), [(2, 1)]);
    assert_eq!(found.floors, [0, 0, 2]);
}

#[test]
fn hours_share_the_bottom_of_a_remainder() {
    let found = billed(&[5, 6], 1, &[draw(0, 0, 3)], &[always(10)]);
    assert_eq!(pairs(&found.covered[0]), [(20, 3)]);
    assert_eq!(pairs(&found.uncovered[0]), [(13, 3)]);
    assert_eq!(found.floors, [1, 2]);
}

#[test]
fn a_chain_of_remainders_is_exact() {
    let draws = [draw(0, 0, 3), draw(1, 0, 7), draw(1, 1, 5)];
    let found = billed(&[5, 2, 1, 2], 2, &draws, &[always(10), always(13)]);
    // hour 0: 10/3 of 5, then 13/7 > 5/3, so 13 - 35/3 = 4/3 for the other meter, 4/15 of 2
    // hour 1: 1 of 1, then nothing is left of the first meter, 2 of 2
    assert_eq!(pairs(&found.covered[0]), [(1, 1), (10, 3)]);
    assert_eq!(pairs(&found.covered[1]), [(5, 3)]);
    assert_eq!(pairs(&found.covered[2]), [(2, 1), (4, 15)]);
    assert_eq!(pairs(&found.uncovered[1]), [(26, 15)]);
    assert_eq!(found.floors, [0, 1, 0, 0]);
}

#[test]
fn a_commitment_covers_in_its_hours_only() {
    let owned = [Commitment { capacity: 9, hours: 1..3 }];
    let found = billed(&[1, 1, 1, 1], 1, &[draw(0, 0, 1)], &owned);
    assert_eq!(found.floors, [1, 0, 0, 1]);
}

#[test]
fn nothing_is_billed_for_nothing() {
    assert_eq!(billed(&[], 0, &[], &[always(1)]), Billed::default());
    assert_eq!(pairs(&billed(&[], 1, &[], &[]).uncovered[0]), []);
}

#[test]
fn numbers_that_do_not_fit_are_refused_not_wrapped() {
    // primes, so that nothing can be shortened: three remainders in a row need some 380 bits
    let weights = [(1 << 127) - 1, (1 << 126) - 137, (1 << 125) - 9];
    let draws: Vec<Draw> = weights.iter().enumerate().map(|(o, &w)| draw(o, 0, w)).collect();
    let owned = [always(1 << 124), always(1 << 124), always(1 << 124)];
    assert_eq!(bill_hours(&[9], 1, &draws, &owned), Ok(None));
    assert!(bill_hours(&[9], 1, &draws[..1], &owned).unwrap().is_some());
}

#[test]
fn bad_input_is_named() {
    let refused = |usage: &[i64], meters, draws: &[Draw]| match bill_hours(usage, meters, draws, &[always(1)])
    {
        Err(CoreError::InvalidInput { field, index, .. }) => (field, index),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&[1, 2, 3], 2, &[]), ("usage".to_owned(), 0));
    assert_eq!(refused(&[1], 0, &[]), ("usage".to_owned(), 0));
    assert_eq!(refused(&[1, 2, 3, -4], 2, &[]), ("usage".to_owned(), 1));
    assert_eq!(refused(&[1], 1, &[draw(0, 0, 1), draw(0, 1, 1)]), ("draws".to_owned(), 1));
    assert_eq!(refused(&[1], 1, &[draw(1, 0, 1)]), ("draws".to_owned(), 0));
}

proptest! {
    #[test]
    fn nothing_is_covered_twice_or_lost(
        usage in prop::collection::vec(0i64..60, 3..=15),
        weights in prop::collection::vec(prop::sample::select(vec![0u128, 1, 2, 3, 4, 6]), 9),
        capacity in prop::collection::vec(0u128..400, 3),
        ends in prop::collection::vec((0usize..3, 0usize..7), 3),
    ) {
        const METERS: usize = 3;
        let usage = &usage[..usage.len() / METERS * METERS];
        let draws: Vec<Draw> = (0..9).map(|k| draw(k % 3, k / 3, weights[k])).collect();
        let owned: Vec<Commitment> =
            capacity.iter().zip(&ends).map(|(&capacity, &(first, end))| Commitment { capacity, hours: first..end }).collect();
        let found = billed(usage, METERS, &draws, &owned);
        // every bottom is a product of weights, each at most once a commitment and meter
        let common = U256::new(12).pow(9);
        let mut spent = [U256::ZERO; 3];
        let mut covered = [U256::ZERO; METERS];
        for (draw, sums) in draws.iter().zip(&found.covered) {
            covered[draw.meter] += total(sums, common);
            spent[draw.owned] += total(sums, common) * U256::new(draw.weight);
        }
        for (meter, &covered) in covered.iter().enumerate() {
            let used: i64 = usage.iter().skip(meter).step_by(METERS).sum();
            let used = U256::new(used as u128) * common;
            let left = total(&found.uncovered[meter], common);
            prop_assert_eq!(covered + left, used);
            let floors: i64 = found.floors.iter().skip(meter).step_by(METERS).sum();
            prop_assert!(U256::new(floors as u128) * common <= left);
        }
        for (spent, owned) in spent.iter().zip(&owned) {
            let hours = (0..usage.len() / METERS).filter(|hour| owned.hours.contains(hour)).count();
            prop_assert!(*spent <= U256::new(owned.capacity * hours as u128) * common);
        }
    }
}
