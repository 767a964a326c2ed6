//! The least cost of a handful of tasks by trying everything.
use crate::case::Case;
use advisor_core::table::demand::Demand;
use std::collections::HashMap;

/// Fleets up to so many tasks and sizes are tried.
const TASKS: u128 = 6;
const SIZES: usize = 5;

/// The rules that a packing has to keep beyond those of each bin.
#[derive(Clone, Copy)]
pub struct Rules {
    /// Bins open at least, or one for each task in a bin if these are fewer.
    pub min_bins: u64,
    /// Whether the limits on kinds of bin count; without them the least cost can only be lower.
    pub limited: bool,
}

/// Least cost of a demand, infinite where a task has no place; `None` where there are too many tasks to try.
pub fn optimum(case: &Case, demand: &Demand, rules: Rules) -> Option<f64> {
    let tasks: u128 = demand.count.iter().map(|&n| u128::from(n)).sum();
    if tasks > TASKS || demand.count.len() > SIZES {
        return None;
    }
    let used = vec![0; if rules.limited { case.bins.len() } else { 0 }];
    let state = State { left: demand.count.clone(), used, bins: 0, inside: 0 };
    Some(Search { case, alone: &demand.alone, rules, known: HashMap::new() }.of(&state))
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    left: Vec<u64>,
    used: Vec<u64>,
    bins: u64,
    inside: u64,
}

struct Search<'a> {
    case: &'a Case,
    alone: &'a [f64],
    rules: Rules,
    known: HashMap<State, f64>,
}

impl Search<'_> {
    /// Some bin, or nothing, holds the first task left: tries every content of it.
    fn of(&mut self, state: &State) -> f64 {
        let Some(first) = state.left.iter().position(|&n| n > 0) else {
            let spread = state.bins >= self.rules.min_bins.min(state.inside);
            return if spread { 0.0 } else { f64::INFINITY };
        };
        if let Some(&cost) = self.known.get(state) {
            return cost;
        }
        let mut best = self.alone[first];
        if best.is_finite() {
            let mut rest = state.clone();
            rest.left[first] -= 1;
            best += self.of(&rest);
        }
        for b in 0..self.case.bins.len() {
            let mut next = state.clone();
            next.bins += 1;
            let used = next.used.get_mut(b).map_or(1, |used| {
                *used += 1;
                *used
            });
            if used <= self.case.bins.limit[b] {
                let room = self.case.bin(b).to_vec();
                best = best.min(self.case.bins.price[b] + self.filled(b, first, first, &room, &mut next));
            }
        }
        self.known.insert(state.clone(), best);
        best
    }

    fn filled(&mut self, b: usize, first: usize, s: usize, room: &[f64], state: &mut State) -> f64 {
        if s == state.left.len() {
            return self.of(state);
        }
        let (mut room, before, mut best) = (room.to_vec(), state.left[s], f64::INFINITY);
        for copies in 0..=before.min(self.case.sizes.max_per_bin[s]) {
            if copies > 0 {
                room.iter_mut().zip(self.case.size(s)).for_each(|(r, w)| *r -= w);
                if !self.case.open(s, b) || room.iter().any(|r| *r < 0.0) {
                    break;
                }
            }
            if copies > 0 || s > first {
                state.left[s] = before - copies;
                state.inside += copies;
                best = best.min(self.filled(b, first, s + 1, &room, state));
                state.inside -= copies;
            }
        }
        state.left[s] = before;
        best
    }
}
