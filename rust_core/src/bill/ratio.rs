//! A fraction of two whole numbers, kept as it arises.
use ethnum::U256;

/// `top / bottom`, not reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ratio {
    /// The numerator.
    pub(super) top: U256,
    /// The denominator, above zero.
    pub(super) bottom: U256,
}

impl Default for Ratio {
    fn default() -> Self {
        Self::whole(U256::ZERO)
    }
}

impl Ratio {
    /// A whole number.
    pub(super) fn whole(top: U256) -> Self {
        Self { top, bottom: U256::ONE }
    }

    /// Says whether nothing is there.
    pub(super) fn is_zero(&self) -> bool {
        self.top == U256::ZERO
    }

    /// Makes the bottom a multiple of `bottom`, as small as possible.
    pub(super) fn refine(&mut self, bottom: U256) -> Option<()> {
        if bottom != U256::ONE && bottom != self.bottom {
            let finer = bottom / gcd(self.bottom, bottom);
            self.top = self.top.checked_mul(finer)?;
            self.bottom = self.bottom.checked_mul(finer)?;
        }
        Some(())
    }

    /// The whole part; `None` when it does not fit.
    pub(super) fn floor(&self) -> Option<i64> {
        let whole = if self.bottom == U256::ONE { self.top } else { self.top / self.bottom };
        i64::try_from(whole).ok()
    }
}

/// The greatest common divisor; of zero and a number, the number.
pub(super) fn gcd(a: U256, b: U256) -> U256 {
    let (mut a, mut b) = (a, b);
    while b != U256::ZERO {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn refined_to_the_least_common_bottom() {
        let mut left = Ratio { top: U256::new(5), bottom: U256::new(6) };
        left.refine(U256::new(4)).unwrap();
        assert_eq!(left, Ratio { top: U256::new(10), bottom: U256::new(12) });
        assert_eq!(left.refine(U256::MAX), None);
    }

    #[test]
    fn floors_are_whole_and_fit() {
        assert_eq!(Ratio { top: U256::new(11), bottom: U256::new(4) }.floor(), Some(2));
        assert_eq!(Ratio::whole(U256::MAX).floor(), None);
    }
}
