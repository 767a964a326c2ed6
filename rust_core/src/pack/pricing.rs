//! One knapsack per kind of bin, solved side by side; the answers come in the order of the kinds.
use super::knapsack::{Answer, Asked, Memory, Sack};
use super::problem::Problem;
use rayon::prelude::*;

/// All kinds of bin of one programme, whatever the number of resources.
pub(super) trait Pricing: Sync + Send {
    /// Answers for every kind: what its best content is worth when one task of row `r` is worth `value[r]` and a bin
    /// may hold `most[r]`. An interrupted call answers nothing.
    fn price(
        &mut self,
        value: &[f64],
        most: &[f64],
        effort: Search,
        interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Vec<Answer>>;
    /// Canonical index and price of each kind.
    fn kinds(&self) -> Vec<(u32, f64)>;
    /// For each kind (canonical index), what a unit of each resource of the problem is worth in its best content.
    fn rates(&mut self, value: &[f64], most: &[f64]) -> Vec<(u32, Vec<f64>)>;
}

/// How hard to search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    /// Steps of one exact search; 0 for greedy fillings only.
    pub steps: u64,
    /// Contents worth less than this share above the price of the bin need not be found.
    pub excess: f64,
}

/// Knapsacks in up to `D` resources.
struct Kinds<const D: usize> {
    sacks: Vec<Sack<D>>,
    memories: Vec<Memory<D>>,
    rows: usize,
    /// Resources of the problem that bind, and how many it has.
    dims: Vec<usize>,
    all: usize,
}

/// Fewer rows times kinds than this are quicker on one thread.
const ALONE: usize = 1500;

/// The pricing of a programme over `rows` (canonical sizes); `None` where too many resources bind.
pub(super) fn pricing(problem: &Problem, rows: &[u32], count: &[f64]) -> Option<Box<dyn Pricing>> {
    let dims = binding(problem, rows, count);
    match dims.len() {
        0..=3 => Some(Box::new(Kinds::<3>::new(problem, rows, &dims))),
        4 => Some(Box::new(Kinds::<4>::new(problem, rows, &dims))),
        5..=8 => Some(Box::new(Kinds::<8>::new(problem, rows, &dims))),
        9..=16 => Some(Box::new(Kinds::<16>::new(problem, rows, &dims))),
        _ => None,
    }
}

/// Resources that can run out in some bin at all.
fn binding(problem: &Problem, rows: &[u32], count: &[f64]) -> Vec<usize> {
    let runs_out = |&k: &usize| {
        let wanted: f64 = rows.iter().zip(count).map(|(&s, n)| problem.size(s as usize)[k] * n).sum();
        (0..problem.bins).any(|b| problem.bin(b)[k] < wanted)
    };
    (0..problem.dims).filter(runs_out).collect()
}

impl<const D: usize> Kinds<D> {
    fn new(problem: &Problem, rows: &[u32], dims: &[usize]) -> Self {
        let sacks: Vec<Sack<D>> = (0..problem.bins)
            .map(|b| Sack::new(problem, b, rows, dims))
            .filter(|s: &Sack<D>| !s.is_empty())
            .collect();
        Self {
            memories: vec![Memory::default(); sacks.len()],
            sacks,
            rows: rows.len(),
            dims: dims.to_vec(),
            all: problem.dims,
        }
    }
}

impl<const D: usize> Pricing for Kinds<D> {
    fn price(
        &mut self,
        value: &[f64],
        most: &[f64],
        effort: Search,
        interrupted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Vec<Answer>> {
        let one = |(sack, memory): (&Sack<D>, &mut Memory<D>)| {
            if interrupted() {
                return None;
            }
            let stop = sack.price * (1.0 + effort.excess);
            Some(sack.best(Asked { value, most, stop, steps: effort.steps }, memory))
        };
        if effort.steps == 0 && self.rows * self.sacks.len() < ALONE {
            return self.sacks.iter().zip(&mut self.memories).map(one).collect();
        }
        self.sacks.par_iter().zip(&mut self.memories).map(one).collect()
    }

    fn kinds(&self) -> Vec<(u32, f64)> {
        self.sacks.iter().map(|s| (s.bin, s.price)).collect()
    }

    fn rates(&mut self, value: &[f64], most: &[f64]) -> Vec<(u32, Vec<f64>)> {
        let (dims, all) = (&self.dims, self.all);
        let of = |(sack, memory): (&Sack<D>, &mut Memory<D>)| {
            let mut rates = vec![0.0; all];
            dims.iter().zip(sack.rates(value, most, memory)).for_each(|(&k, rate)| rates[k] = rate);
            (sack.bin, rates)
        };
        self.sacks.iter().zip(&mut self.memories).map(of).collect()
    }
}
