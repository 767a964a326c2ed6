//! What fixed fleets cost under commitments, and the levels of commitment at which that is least.
use super::terms::Terms;

/// What one demand's fleet costs on demand.
#[derive(Debug, Clone, Default)]
pub(super) struct Use {
    /// Bins (canonical) with the dollars that commitments can cover, then tasks outside every bin as bin `bins`.
    pub covered: Vec<(usize, f64)>,
    /// All of it.
    pub on_demand: f64,
}

/// A fleet as the offers meet it: for each of them the places in `covered` by falling discount.
#[derive(Debug, Clone)]
pub(super) struct Metered {
    of: Use,
    order: Vec<Vec<(u32, f64)>>,
}

impl Metered {
    pub(super) fn new(of: Use, terms: &Terms) -> Self {
        let bins = terms.price.len();
        let order = (0..terms.offers())
            .map(|o| {
                let share = |bin: usize| if bin == bins { terms.alone_share[o] } else { terms.share[o][bin] };
                let mut places: Vec<(u32, f64)> = (of.covered.iter().enumerate())
                    .map(|(place, &(bin, _))| (place as u32, share(bin)))
                    .filter(|(_, share)| *share < 1.0)
                    .collect();
                places.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
                places
            })
            .collect();
        Self { of, order }
    }

    /// What is left to pay on demand at some levels of the offers: each covers what those before it left, the largest
    /// discount first (Savings Plans user guide, "How Savings Plans apply to your usage").
    pub(super) fn usd(&self, levels: &[f64], left: &mut Vec<f64>) -> f64 {
        left.clear();
        left.extend(self.of.covered.iter().map(|c| c.1));
        let mut usd = self.of.on_demand;
        for (places, &level) in self.order.iter().zip(levels) {
            let mut rest = level;
            for &(place, share) in places {
                if rest <= 0.0 {
                    break;
                }
                let dollars = left[place as usize].min(rest / share);
                left[place as usize] -= dollars;
                rest -= dollars * share;
                usd -= dollars;
            }
        }
        usd.max(0.0)
    }
}

/// Steps of one search along a level.
const STEPS: usize = 36;
/// Passes over the offers.
const PASSES: usize = 6;

/// What all fleets cost at some levels; `fleets` with how many hours each stands for.
pub(super) fn cost(fleets: &[(&Metered, f64)], bought: &[f64], owned: &[f64], hours: f64) -> f64 {
    let levels: Vec<f64> = bought.iter().zip(owned).map(|(b, o)| b + o).collect();
    let mut left = Vec::new();
    let usage: f64 = fleets.iter().map(|(fleet, times)| fleet.usd(&levels, &mut left) * times).sum();
    usage + hours * bought.iter().sum::<f64>()
}

/// Levels to buy, searched one after the other from `start`: the cost is convex in all of them.
pub(super) fn best(fleets: &[(&Metered, f64)], start: &[f64], owned: &[f64], hours: f64) -> (Vec<f64>, f64) {
    let most: f64 = fleets.iter().map(|f| f.0.of.on_demand).fold(0.0, f64::max);
    let mut levels = start.to_vec();
    let mut least = cost(fleets, &levels, owned, hours);
    for _ in 0..PASSES {
        let before = least;
        for o in 0..levels.len() {
            let kept = levels[o];
            let mut at = |level: f64| {
                levels[o] = level;
                cost(fleets, &levels, owned, hours)
            };
            let (level, usd) = along(&mut at, most);
            let none = at(0.0);
            let (level, usd) = if none <= usd { (0.0, none) } else { (level, usd) };
            (levels[o], least) = if usd < least { (level, usd) } else { (kept, least) };
        }
        if least >= before * (1.0 - 1e-6) {
            break;
        }
    }
    (levels, least)
}

/// Golden section over `0..=most`.
fn along(at: &mut impl FnMut(f64) -> f64, most: f64) -> (f64, f64) {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut low, mut high) = (0.0, most);
    let mut a = high - GOLDEN * (high - low);
    let mut b = low + GOLDEN * (high - low);
    let (mut fa, mut fb) = (at(a), at(b));
    for _ in 0..STEPS {
        if fa <= fb {
            (high, b, fb) = (b, a, fa);
            a = high - GOLDEN * (high - low);
            fa = at(a);
        } else {
            (low, a, fa) = (a, b, fb);
            b = low + GOLDEN * (high - low);
            fb = at(b);
        }
    }
    if fa <= fb { (a, fa) } else { (b, fb) }
}
