//! The explicit inverse of a basis: a rank-one update per pivot, now and then computed anew.

/// Row-major inverse.
#[derive(Debug, Clone)]
pub(super) struct Inverse {
    n: usize,
    cells: Vec<f64>,
    /// Rank-one updates since it was computed.
    pub updates: usize,
}

/// Smallest pivot of the elimination; below it the basis counts as singular.
const SINGULAR: f64 = 1e-10;

impl Inverse {
    pub(super) fn identity(n: usize) -> Self {
        let mut cells = vec![0.0; n * n];
        (0..n).for_each(|i| cells[i * n + i] = 1.0);
        Self { n, cells, updates: 0 }
    }

    /// Gauss-Jordan on the sparse columns given, short columns first: they cause the least fill. `None` if singular.
    pub(super) fn of(columns: &[Vec<(u32, f64)>]) -> Option<Self> {
        let n = columns.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&j| columns[j].len());
        // `work` starts as the identity and becomes the product of the eliminations; `place[row]` is the column
        // whose pivot lies in that row.
        let mut work = Self::identity(n).cells;
        let mut place = vec![usize::MAX; n];
        let mut pivot_row = vec![0.0; n];
        let mut image = vec![0.0; n];
        for &j in &order {
            for (r, x) in image.iter_mut().enumerate() {
                let row = &work[r * n..(r + 1) * n];
                *x = columns[j].iter().map(|&(i, a)| row[i as usize] * a).sum();
            }
            let free = (0..n).filter(|&r| place[r] == usize::MAX);
            let row = free.max_by(|&a, &b| image[a].abs().total_cmp(&image[b].abs()).then(b.cmp(&a)))?;
            let pivot = image[row];
            if !pivot.is_finite() || pivot.abs() < SINGULAR {
                return None;
            }
            place[row] = j;
            eliminate(&mut work, n, row, &image, &mut pivot_row);
        }
        let mut cells = vec![0.0; n * n];
        for (row, &j) in place.iter().enumerate() {
            cells[j * n..(j + 1) * n].copy_from_slice(&work[row * n..(row + 1) * n]);
        }
        Some(Self { n, cells, updates: 0 })
    }

    pub(super) fn row(&self, r: usize) -> &[f64] {
        &self.cells[r * self.n..(r + 1) * self.n]
    }

    /// Product with a sparse column.
    pub(super) fn times(&self, entries: &[(u32, f64)]) -> Vec<f64> {
        let dot = |row: &[f64]| entries.iter().map(|&(i, a)| row[i as usize] * a).sum();
        self.cells.chunks_exact(self.n.max(1)).map(dot).collect()
    }

    pub(super) fn times_dense(&self, rhs: &[f64]) -> Vec<f64> {
        self.cells.chunks_exact(self.n.max(1)).map(|row| super::fluid::dot(row, rhs)).collect()
    }

    /// Product of a row vector with the inverse.
    pub(super) fn left(&self, costs: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.n];
        for (&c, row) in costs.iter().zip(self.cells.chunks_exact(self.n.max(1))) {
            if c.abs() > 0.0 {
                out.iter_mut().zip(row).for_each(|(o, x)| *o += c * x);
            }
        }
        out
    }

    /// The column whose product with the inverse is `alpha` takes the place of row `row`.
    pub(super) fn replace(&mut self, row: usize, alpha: &[f64]) {
        let mut pivot_row = vec![0.0; self.n];
        eliminate(&mut self.cells, self.n, row, alpha, &mut pivot_row);
        self.updates += 1;
    }
}

/// Divides row `row` by its pivot and takes it off every other row, so that `image` becomes a unit vector.
fn eliminate(cells: &mut [f64], n: usize, row: usize, image: &[f64], pivot_row: &mut [f64]) {
    let scale = 1.0 / image[row];
    for (p, x) in pivot_row.iter_mut().zip(&mut cells[row * n..(row + 1) * n]) {
        *x *= scale;
        *p = *x;
    }
    for (r, &factor) in image.iter().enumerate() {
        if r != row && factor.abs() > 0.0 {
            let target = &mut cells[r * n..(r + 1) * n];
            target.iter_mut().zip(pivot_row.iter()).for_each(|(x, p)| *x -= factor * p);
        }
    }
}
