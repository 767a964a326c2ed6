//! A seeded source of numbers, fond of the ends of their range.

/// splitmix64: the whole stream follows from the seed.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `0..n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// What the numbers of a column look like.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Quarters, as vCPU are.
    Quarters,
    /// Whole numbers, as MiB are.
    Whole,
    /// No fraction that a binary or decimal grid holds.
    Odd,
    /// All the same.
    Equal,
    /// Zero throughout.
    Zero,
    /// One far-off power of ten for the whole column.
    Far(i32),
    /// Anything from the smallest to the largest number there is.
    Extreme,
}

impl Kind {
    /// One that users send.
    pub fn ordinary(numbers: &mut Numbers) -> Self {
        numbers.one_of(&[Self::Quarters, Self::Quarters, Self::Whole, Self::Whole, Self::Odd])
    }

    pub fn any(numbers: &mut Numbers) -> Self {
        match numbers.below(15) {
            0 => Self::Equal,
            1 | 2 => Self::Zero,
            3 | 4 => Self::Far(numbers.below(616) as i32 - 308),
            5 => Self::Extreme,
            _ => Self::ordinary(numbers),
        }
    }

    /// A number of about 0 to `most` in the column's own unit.
    pub fn draw(self, numbers: &mut Numbers, most: usize) -> f64 {
        let n = numbers.below(most + 1) as f64;
        match self {
            Self::Quarters => n * 0.25,
            Self::Whole => n * 37.0,
            Self::Odd => n / 7.0 + 1e-3 / 3.0,
            Self::Equal => 1.0,
            Self::Zero => 0.0,
            Self::Far(e) => (n * 10f64.powi(e)).min(f64::MAX),
            Self::Extreme => extreme(numbers),
        }
    }
}

/// A finite number >= 0 of any magnitude.
fn extreme(numbers: &mut Numbers) -> f64 {
    match numbers.below(8) {
        0 => 0.0,
        1 => f64::from_bits(1),
        2 => f64::MIN_POSITIVE,
        3 => f64::MAX,
        4 => 1.0 + f64::EPSILON,
        5 => 1.0,
        _ => f64::from_bits(numbers.next() % f64::INFINITY.to_bits()),
    }
}
