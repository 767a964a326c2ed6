//! One hour: commitments are drawn down by usage, in a fixed order.
use super::ratio::Ratio;
use super::shorten::ShortDraw;
use super::sums::Sums;

/// Covers usage in the order of `draws` until usage or capacity is exhausted; `None` when a number does not fit.
///
/// `left` is what each commitment has in this hour, `rest` what each meter used; both are left with what remains, and
/// `covered` of each draw grows by what it covered.
pub(super) fn draw_down(
    draws: &[ShortDraw],
    left: &mut [Ratio],
    rest: &mut [Ratio],
    covered: &mut [Sums],
) -> Option<()> {
    for (draw, covered) in draws.iter().zip(covered) {
        let (left, rest) = (&mut left[draw.owned], &mut rest[draw.meter]);
        if left.is_zero() || rest.is_zero() {
            continue;
        }
        left.refine(rest.bottom)?;
        let mut need = rest.top.checked_mul(draw.weight)?;
        if left.bottom != rest.bottom {
            need = need.checked_mul(left.bottom / rest.bottom)?;
        }
        if need <= left.top {
            left.top -= need;
            covered.add(*rest)?;
            *rest = Ratio::default();
        } else {
            let bottom = draw.weight.checked_mul(left.bottom)?;
            covered.add(Ratio { top: left.top, bottom })?;
            *rest = Ratio { top: need - left.top, bottom };
            *left = Ratio::default();
        }
    }
    Some(())
}
