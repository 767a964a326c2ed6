//! The packing against inputs nobody sends: zero prices, empty bins, denormal numbers, contradictory limits.
//!
//! Every input comes from its number alone, so a finding is repeated by its number. A slice runs with `cargo test`; the
//! full campaign is
//!
//! ```text
//! ADVISOR_FUZZ=1000000 cargo test --release --test fuzz -- --nocapture
//! ```
//!
//! and `ADVISOR_FUZZ_FIRST=<number> ADVISOR_FUZZ=1` looks at a single input again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod campaign;
mod case;
mod check;
mod hours;
mod joint;
mod lawful;
mod numbers;
mod optimum;
mod pools;
mod told;

#[test]
fn a_packing_is_lawful_and_its_bound_holds() {
    campaign::run("pack", 3_000, check::packing);
}

#[test]
fn hours_and_pools_are_lawful_and_their_bounds_hold() {
    campaign::run("hours", 1_000, hours::hours_and_pools);
}

#[test]
fn joint_plans_are_lawful_and_their_bounds_hold() {
    campaign::run("joint", 1_000, joint::joint);
}
