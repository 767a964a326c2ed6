//! Working basis of the fluid simplex: which columns it holds, its inverse, values and duals.

/// A column of the fluid programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Amount of a kind of bin.
    Bin(usize),
    /// Unused amount of a resource of a group.
    Slack(usize),
    /// Tasks of a size in a group, or outside every group.
    Task(usize, Option<usize>),
}

/// `rows` working columns, plus one implicit "key" column per size.
#[derive(Debug)]
pub(super) struct Basis {
    columns: Vec<Column>,
    key: Vec<Option<usize>>,
    inverse: Vec<f64>,
    values: Vec<f64>,
    duals: Vec<f64>,
}

impl Basis {
    pub(super) fn new(rows: usize, sizes: usize) -> Self {
        Self {
            columns: (0..rows).map(Column::Slack).collect(),
            key: vec![None; sizes],
            inverse: vec![0.0; rows * rows],
            values: vec![0.0; rows],
            duals: vec![0.0; rows],
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    pub(super) fn duals_ref(&self) -> &[f64] {
        &self.duals
    }

    pub(super) fn duals(self) -> Vec<f64> {
        self.duals
    }

    /// Where the key of a size runs: a group, or outside (`None`).
    pub(super) fn key(&self, s: usize) -> Option<usize> {
        self.key[s]
    }

    pub(super) fn set_key(&mut self, s: usize, place: Option<usize>) {
        self.key[s] = place;
    }

    pub(super) fn start_with(&mut self, row: usize, bin: usize) {
        self.columns[row] = Column::Bin(bin);
    }

    pub(super) fn contains(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    pub(super) fn replace(&mut self, row: usize, column: Column) {
        self.columns[row] = column;
    }

    /// The key of `s` leaves for `entering`: another column of the size takes its role.
    pub(super) fn drop_key(&mut self, s: usize, entering: Column) {
        if let Column::Task(own, place) = entering
            && own == s
        {
            self.key[s] = place;
            return;
        }
        let sibling = self.columns.iter().position(|c| matches!(c, Column::Task(other, _) if *other == s));
        if let Some(i) = sibling
            && let Column::Task(_, place) = self.columns[i]
        {
            self.key[s] = place;
            self.columns[i] = entering;
        }
    }

    /// Sizes whose key value may change in a pivot: those with working columns, and the entering one.
    pub(super) fn touched(&self, own: Option<usize>) -> Vec<usize> {
        let of_column = |c: &Column| {
            if let Column::Task(s, _) = c { Some(*s) } else { None }
        };
        let mut sizes: Vec<usize> = self.columns.iter().filter_map(of_column).chain(own).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    pub(super) fn solve(&self, rhs: &[f64]) -> Vec<f64> {
        self.inverse.chunks_exact(self.rows()).map(|row| super::fluid::dot(row, rhs)).collect()
    }

    /// Gauss-Jordan inverse with partial pivoting; false when the matrix is singular.
    pub(super) fn refactor(&mut self, mut a: Vec<f64>, rhs: &[f64], costs: &[f64]) -> bool {
        let m = self.rows();
        let mut inv = vec![0.0; m * m];
        (0..m).for_each(|i| inv[i * m + i] = 1.0);
        for j in 0..m {
            let pivot =
                (j..m).max_by(|&x, &y| a[x * m + j].abs().total_cmp(&a[y * m + j].abs())).unwrap_or(j);
            if a[pivot * m + j].abs() < 1e-12 {
                return false;
            }
            if pivot != j {
                (0..m).for_each(|k| {
                    a.swap(pivot * m + k, j * m + k);
                    inv.swap(pivot * m + k, j * m + k);
                });
            }
            let scale = 1.0 / a[j * m + j];
            (0..m).for_each(|k| {
                a[j * m + k] *= scale;
                inv[j * m + k] *= scale;
            });
            for i in (0..m).filter(|&i| i != j) {
                let factor = a[i * m + j];
                if factor.abs() > 0.0 {
                    for k in 0..m {
                        a[i * m + k] -= factor * a[j * m + k];
                        inv[i * m + k] -= factor * inv[j * m + k];
                    }
                }
            }
        }
        self.inverse = inv;
        self.values = self.solve(rhs);
        self.duals = vec![0.0; m];
        for (i, &c) in costs.iter().enumerate() {
            (0..m).for_each(|k| self.duals[k] += c * self.inverse[i * m + k]);
        }
        true
    }
}
