//! The optimising core of `advisor`, a crate that does not know Python.
//!
//! The packing, as an essay. A [`table`] holds what the caller gives: task sizes, kinds of bin, demand. It becomes a
//! [`pack::problem::Problem`]: resources on an integer grid (so "does it fit" is exact), capacities floored to what
//! sums of weights can reach, dominated bins gone, rows in an order that does not depend on the caller's.
//!
//! [`pack::fluid`] then forgets that tasks and bins are whole. The dual of that linear programme prices every task
//! size so that no bin can hold tasks worth more than it costs; [`pack::bound`] rounds these prices down to integers:
//! their sum over the demand is a lower bound that needs no trust in the solver that found them. For one hour,
//! column generation sharpens them (`pack/colgen.rs`: a simplex over patterns, a knapsack per kind of bin), dives turn
//! its fractional solution into plans, and small fleets are closed exactly; [`certificate`] checks the prices anew.
//!
//! The same prices steer the packing: open the kind of bin that holds the most worth for its price, as often as the
//! demand still fills it, and learn from each run which sizes are hard to place. A fixed budget of "ruin and recreate"
//! polishes one hour ([`pack::pack`]); many hours ([`hours::pack_hours`]) share what the dearest one has learned.
//!
//! [`solve::solve`] takes hours, instances and commitments together: worths of a committed dollar in each block of hours turn
//! the window into packings of single blocks, and a programme over whole fleets finds the worths.
//!
//! What was packed is paid for by the hour: [`bill`] says exactly what commitments cover of it.
#![forbid(unsafe_op_in_unsafe_fn)]

pub mod bill;
pub mod certificate;
pub mod error;
pub mod hours;
pub mod pack;
pub mod series;
pub mod solve;
pub mod table;

#[cfg(feature = "python")]
mod py;
