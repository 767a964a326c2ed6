//! What is for sale: instances by the hour, and commitments that take a share off some of them.
use crate::error::{CoreError, invalid};
use crate::pack::problem::Problem;

/// A commitment that can be bought in any amount: dollars of it an hour, paid in every hour of the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Dollars of it that one on-demand dollar of a bin takes, by the caller's bin rows; infinite where it does not apply.
    pub share: Vec<f64>,
    /// The same for tasks outside every bin.
    pub alone_share: f64,
    /// Dollars of it an hour that are paid already.
    pub owned_usd_per_hour: f64,
}

/// The offers over the canonical bins of a problem, in the order in which they apply.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// USD per hour, and the part of it that commitments can cover.
    pub price: Vec<f64>,
    pub eligible: Vec<f64>,
    /// `[offer][bin]`, then `[offer]` for tasks outside every bin.
    pub share: Vec<Vec<f64>>,
    pub alone_share: Vec<f64>,
    pub owned: Vec<f64>,
}

impl Terms {
    pub(super) fn new(problem: &Problem, eligible: &[f64], offers: &[Offer]) -> Self {
        let rows = |list: &[f64]| problem.bin_row.iter().map(|&row| list[row as usize]).collect();
        Self {
            price: problem.price.clone(),
            eligible: rows(eligible),
            share: offers.iter().map(|o| rows(&o.share)).collect(),
            alone_share: offers.iter().map(|o| o.alone_share).collect(),
            owned: offers.iter().map(|o| o.owned_usd_per_hour).collect(),
        }
    }

    pub(super) fn offers(&self) -> usize {
        self.share.len()
    }

    /// What a bin costs when a dollar of each offer is worth `worth` of it, and by which offer (`None`: on demand).
    pub(super) fn rate(&self, bin: usize, worth: &[f64]) -> (f64, Option<usize>) {
        let mut best = (self.price[bin], None);
        for (o, &w) in worth.iter().enumerate() {
            let rate = self.price[bin] - self.eligible[bin] * (1.0 - w * self.share[o][bin]);
            if rate < best.0 {
                best = (rate, Some(o));
            }
        }
        best
    }

    /// The same for a dollar of tasks outside every bin.
    pub(super) fn alone_rate(&self, worth: &[f64]) -> (f64, Option<usize>) {
        let mut best = (1.0, None);
        for (o, &w) in worth.iter().enumerate() {
            let rate = w * self.alone_share[o];
            if rate < best.0 {
                best = (rate, Some(o));
            }
        }
        best
    }
}

/// Lists by which bins are compared besides their price: only a bin that is better by all can replace another.
pub(super) fn price_lists(price: &[f64], eligible: &[f64], offers: &[Offer]) -> Vec<Vec<f64>> {
    let fee = price.iter().zip(eligible).map(|(p, e)| p - e).collect();
    let of = |offer: &Offer| {
        let uses = offer.share.iter().zip(eligible);
        uses.map(|(share, e)| if share.is_finite() { share * e } else { f64::INFINITY }).collect()
    };
    std::iter::once(fee).chain(offers.iter().map(of)).collect()
}

/// Refuses shares that are no shares and lists of other lengths.
pub(super) fn validate(price: &[f64], eligible: &[f64], offers: &[Offer]) -> Result<(), CoreError> {
    if eligible.len() != price.len() || offers.iter().any(|o| o.share.len() != price.len()) {
        return Err(invalid("offers", 0, "one value per bin is needed"));
    }
    if let Some(row) = eligible.iter().zip(price).position(|(e, p)| !(0.0..=*p).contains(e)) {
        return Err(invalid("committable_usd_per_hour", row, "must be between 0 and usd_per_hour"));
    }
    for (row, offer) in offers.iter().enumerate() {
        if offer.share.iter().chain([&offer.alone_share]).any(|s| s.is_nan() || *s <= 0.0) {
            return Err(invalid("offers", row, "a share must be above 0"));
        }
        if !(0.0..1e12).contains(&offer.owned_usd_per_hour) {
            return Err(invalid("owned_usd_per_hour", row, "must be a number >= 0"));
        }
    }
    Ok(())
}
