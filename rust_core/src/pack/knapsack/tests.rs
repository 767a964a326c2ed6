//! The knapsack against trying everything, through each of its methods.
use super::*;
use proptest::prelude::*;

fn sack(weights: &[[u32; 2]], capacity: [u32; 2]) -> Sack<2> {
    let capacity = capacity.map(f64::from);
    let items = weights.iter().enumerate().map(|(row, w)| {
        let weight = w.map(f64::from);
        let fit = |k: usize| if weight[k] > 0.0 { (capacity[k] / weight[k]).floor() } else { f64::INFINITY };
        let share = [weight[0] / capacity[0].max(1.0), weight[1] / capacity[1].max(1.0)];
        Item { row: row as u32, weight, share, fit: fit(0).min(fit(1)) }
    });
    Sack { bin: 0, price: 1.0, capacity, items: items.filter(|i| i.fit >= 1.0).collect() }
}

fn best(sack: &Sack<2>, value: &[f64], most: &[f64], at: usize, free: [f64; 2]) -> f64 {
    let Some(item) = sack.items.get(at) else { return 0.0 };
    let row = item.row as usize;
    let mut found = 0.0_f64;
    let mut copies = 0.0;
    loop {
        let left = [free[0] - copies * item.weight[0], free[1] - copies * item.weight[1]];
        if copies > most[row] || left[0] < 0.0 || left[1] < 0.0 {
            return found;
        }
        found = found.max(copies * value[row] + best(sack, value, most, at + 1, left));
        copies += 1.0;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Never below the best value, and equal to it when the budget allows; what is found is lawful and worth what it says.
    #[test]
    fn bounds_and_finds_the_best(
        weights in prop::collection::vec(prop::array::uniform2(0u32..12), 1..7),
        value in prop::collection::vec(0u32..100, 7),
        most in prop::collection::vec(1u32..5, 7),
        capacity in prop::array::uniform2(1u32..40),
        stop in 0u32..60,
        steps in prop::sample::select(vec![0u64, 3, 50, 100_000]),
    ) {
        let sack = sack(&weights, capacity);
        let value: Vec<f64> = value.into_iter().map(f64::from).collect();
        let most: Vec<f64> = most.into_iter().map(f64::from).collect();
        let top = best(&sack, &value, &most, 0, sack.capacity);
        let stop = f64::from(stop);
        let mut memory = Memory::default();
        for _ in 0..2 {
            let answer = sack.best(Asked { value: &value, most: &most, stop, steps }, &mut memory);
            prop_assert!(answer.upper * (1.0 + 1e-12) >= top);
            if steps > 1_000 && top > stop * (1.0 + 1e-8) {
                prop_assert!((answer.upper - top).abs() <= 1e-6 * top);
                prop_assert!(answer.found.first().is_some_and(|f| (f.0 - top).abs() <= 1e-6 * top));
            }
            for (worth, pattern) in &answer.found {
                let sum: f64 = pattern.iter().map(|&(r, n)| value[r as usize] * n).sum();
                prop_assert!((sum - worth).abs() <= 1e-9 * (1.0 + sum));
                let fits = |k: usize| pattern.iter()
                    .map(|&(r, n)| f64::from(weights[r as usize][k]) * n).sum::<f64>() <= sack.capacity[k];
                prop_assert!(fits(0) && fits(1));
                prop_assert!(pattern.iter().all(|&(r, n)| n <= most[r as usize]));
            }
        }
    }

    /// The branch and bound and the table by themselves.
    #[test]
    fn each_method_agrees(
        weights in prop::collection::vec(prop::array::uniform2(0u32..12), 1..6),
        value in prop::collection::vec(1u32..100, 6),
        most in prop::collection::vec(1u32..5, 6),
        capacity in prop::array::uniform2(1u32..40),
    ) {
        let sack = sack(&weights, capacity);
        let value: Vec<f64> = value.into_iter().map(f64::from).collect();
        let most: Vec<f64> = most.into_iter().map(f64::from).collect();
        let top = best(&sack, &value, &most, 0, sack.capacity);
        let (value, most) = sack.rows(&value, &most);
        let mut hint = Hint::new();
        let relaxed = relax::relax(&sack.items, &value, &most, &[1.0; 2], &mut hint);
        prop_assert!(relaxed.upper >= top - 1e-9);
        let core = search::Core::new(&sack.items, &value, &most, &relaxed, 0.0);
        let branched = branch::branch(&sack, &core, 0.0, relaxed.upper, 100_000);
        prop_assert!((branched.upper - top).abs() <= 1e-6 * (1.0 + top), "{} {top}", branched.upper);
        if let Some(solved) = table::solve(&sack, &core, 0.0, 1e6) {
            prop_assert!((solved.value - top).abs() <= 1e-9 * (1.0 + top), "{} {top}", solved.value);
            prop_assert!(top <= 0.0 || (solved.found[0].0 - top).abs() <= 1e-9 * (1.0 + top));
            for (worth, pattern) in &solved.found {
                let sum: f64 = pattern.iter().map(|&(at, n)| value[at as usize] * n).sum();
                prop_assert!((sum - worth).abs() <= 1e-9 * (1.0 + sum));
                let load = |k: usize| pattern.iter().map(|&(at, n)| sack.items[at as usize].weight[k] * n).sum::<f64>();
                prop_assert!(load(0) <= sack.capacity[0] && load(1) <= sack.capacity[1]);
                prop_assert!(pattern.iter().all(|&(at, n)| n <= most[at as usize]));
            }
        }
        let searched = search::search(&sack, &core, 0.0, 1_000_000);
        prop_assert!(searched.complete);
        prop_assert!((searched.found.last().map_or(0.0, |f| f.0) - top).abs() <= 1e-6 * (1.0 + top));
    }
}
