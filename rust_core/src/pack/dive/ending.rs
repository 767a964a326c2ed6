//! The end of a dive that must stay below a cost: what is left is proven hopeless, or packed exactly once it is little.
use super::super::ROUNDED;
use super::super::bound::Bound;
use super::super::exact::cheaper;
use super::{Depth, Plan, Programme, State, Watch};
use crate::table::demand::Demand;

/// What is left is packed exactly from so many tasks on.
const ENDING_TASKS: u64 = 96;
/// One exact ending may take this part of the budget.
const ENDINGS: u64 = 16;
/// How far dives that must end below a cost price what is left: the less that leaves open, the earlier they see that they are wrong.
pub(super) const CLOSE: Depth = Depth { tolerance: 1e-7, steps: 200_000 };

/// What became of packing the rest exactly.
pub(super) enum Ending {
    Found(Plan),
    /// Nothing cheap enough goes with what was fixed.
    Hopeless,
    /// Too much is left to tell.
    Open,
}

impl State<'_> {
    /// Looks for a plan with all that was fixed that costs less than `below`; `next` has priced what is left.
    pub(super) fn ending(&self, next: &Programme<'_>, rows: &[u32], below: f64, watch: &Watch<'_>) -> Ending {
        let rest = Demand { count: self.left.clone(), alone: self.demand.alone.clone() };
        let little = self.left.iter().fold(0, |sum: u64, n| sum.saturating_add(*n)) <= ENDING_TASKS;
        let part = watch.part(watch.budget / ENDINGS);
        let mut prices = vec![0.0; self.problem.sizes];
        rows.iter().zip(&next.prices).for_each(|(&s, &price)| prices[s as usize] = price);
        let bound = Bound::dual(self.problem, &rest, &prices).or_whole_bins(self.problem, &rest);
        let fixed = Plan::new(self.problem, self.opened.clone(), self.alone.clone(), &self.demand.alone).cost;
        let most = below - fixed;
        if bound.usd * (1.0 + ROUNDED) >= most {
            return Ending::Hopeless;
        }
        if !little {
            return Ending::Open;
        }
        let found = cheaper(self.problem, &rest, &bound, (most * bound.scale as f64) as u64, &part);
        watch.spend(part.spent.get());
        match found {
            None => Ending::Open,
            Some(None) => Ending::Hopeless,
            Some(Some((plan, _))) => {
                let opened = self.opened.iter().cloned().chain(plan.opened).collect();
                let alone = self.alone.iter().zip(&plan.alone).map(|(a, b)| a + b).collect();
                Ending::Found(Plan::new(self.problem, opened, alone, &self.demand.alone))
            }
        }
    }
}
