//! A few hours that every other hour is like.
use crate::table::demand::Demand;

/// Up to `most` demands, each as far from those before it as can be, and for every demand the place among them of the
/// nearest; distance is what the tasks are worth by which two demands differ.
pub(crate) fn landmarks(
    demands: &[Demand],
    worth: &[f64],
    first: usize,
    most: usize,
) -> (Vec<usize>, Vec<usize>) {
    let away = |a: &Demand, b: &Demand| -> f64 {
        let differ = a.count.iter().zip(&b.count).zip(worth);
        differ.map(|((a, b), worth)| a.abs_diff(*b) as f64 * worth).sum()
    };
    let mut chosen = vec![first];
    let mut nearest = vec![0; demands.len()];
    let mut distance: Vec<f64> = demands.iter().map(|d| away(d, &demands[first])).collect();
    while chosen.len() < most {
        let mut farthest = 0;
        for i in 1..demands.len() {
            if distance[i] > distance[farthest] {
                farthest = i;
            }
        }
        if distance[farthest] <= 0.0 {
            break;
        }
        for (i, demand) in demands.iter().enumerate() {
            let here = away(demand, &demands[farthest]);
            if here < distance[i] {
                (distance[i], nearest[i]) = (here, chosen.len());
            }
        }
        chosen.push(farthest);
    }
    (chosen, nearest)
}

#[cfg(test)]
mod tests {
    use super::landmarks;
    use crate::table::demand::Demand;

    #[test]
    fn every_hour_is_nearest_to_its_landmark() {
        let demand = |n: u64| Demand { count: vec![n], alone: vec![f64::INFINITY] };
        let demands: Vec<Demand> = [5, 1, 9, 2, 8].into_iter().map(demand).collect();
        let (chosen, nearest) = landmarks(&demands, &[1.0], 2, 2);
        assert_eq!((chosen, nearest), (vec![2, 1], vec![0, 1, 0, 1, 0]));
    }
}
