//! The least cost of a handful of tasks by trying everything; limits on bins are ignored, which can only lower it.
use crate::case::Case;
use std::collections::HashMap;

/// Least cost of all tasks of the input; infinite where one has no place.
pub fn optimum(case: &Case) -> f64 {
    Search { case, known: HashMap::new() }.of(&case.demand.count)
}

struct Search<'a> {
    case: &'a Case,
    known: HashMap<Vec<u64>, f64>,
}

impl Search<'_> {
    /// Some bin, or nothing, holds the first task left: tries every content of it.
    fn of(&mut self, left: &[u64]) -> f64 {
        let Some(first) = left.iter().position(|&n| n > 0) else { return 0.0 };
        if let Some(&cost) = self.known.get(left) {
            return cost;
        }
        let mut rest = left.to_vec();
        rest[first] -= 1;
        let mut best = self.case.demand.alone[first];
        if best.is_finite() {
            best += self.of(&rest);
        }
        for b in (0..self.case.bins.len()).filter(|&b| self.case.bins.limit[b] > 0) {
            let room = self.case.bin(b).to_vec();
            best =
                best.min(self.case.bins.price[b] + self.filled(b, first, first, &room, &mut left.to_vec()));
        }
        self.known.insert(left.to_vec(), best);
        best
    }

    fn filled(&mut self, b: usize, first: usize, s: usize, room: &[f64], left: &mut Vec<u64>) -> f64 {
        if s == left.len() {
            return self.of(left);
        }
        let (mut room, before, mut best) = (room.to_vec(), left[s], f64::INFINITY);
        for copies in 0..=before.min(self.case.sizes.max_per_bin[s]) {
            if copies > 0 {
                room.iter_mut().zip(self.case.size(s)).for_each(|(r, w)| *r -= w);
                if !self.case.open(s, b) || room.iter().any(|r| *r < 0.0) {
                    break;
                }
            }
            if copies > 0 || s > first {
                left[s] = before - copies;
                best = best.min(self.filled(b, first, s + 1, &room, left));
            }
        }
        left[s] = before;
        best
    }
}
