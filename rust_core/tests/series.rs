//! Series: figures that can be worked out by hand, refusals, and the same bytes for any number of threads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use advisor_core::series::{Decay, Points, features, sizes};

struct Columns {
    series: Vec<u32>,
    start_s: Vec<i64>,
    interval_s: Vec<i64>,
    value: Vec<f64>,
}

impl Columns {
    fn of(lists: &[Vec<f64>]) -> Self {
        let mut c = Self { series: vec![], start_s: vec![], interval_s: vec![], value: vec![] };
        for (k, values) in lists.iter().enumerate() {
            for (i, v) in values.iter().enumerate() {
                c.series.push(k as u32);
                c.start_s.push(i as i64 * 300);
                c.interval_s.push(300);
                c.value.push(*v);
            }
        }
        c
    }

    fn points(&self) -> Points<'_> {
        Points {
            series: &self.series,
            start_s: &self.start_s,
            interval_s: &self.interval_s,
            value: &self.value,
        }
    }
}

/// Uniform in 0 to 1, the same on every machine.
fn noise(n: usize, mut state: u64) -> Vec<f64> {
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        })
        .collect()
}

#[test]
fn a_job_of_two_hours_each_night() {
    let days = 14;
    let value: Vec<f64> =
        (0..days * 288).map(|i| if (24..48).contains(&(i % 288)) { 4.0 } else { 0.0 }).collect();
    let columns = Columns::of(&[value]);
    let found = features(&columns.points()).expect("lawful points");
    let f = &found[0];
    assert_eq!(f.runs.count, days as u64);
    assert!((f.runs.median_s - 7200.0).abs() < 1e-9);
    assert!((f.duty_cycle - 1.0 / 12.0).abs() < 1e-9);
    assert!((f.runs.at.time_of_day_s - 7200.0).abs() < 1e-6);
    assert!((f.hourly.hours_share_of_98 - 1.0 / 12.0).abs() < 1e-9);
    assert!(f.hourly.acf_day > 0.99 && f.hourly.day_rise > 1.0);
    assert_eq!(f.covered_s, f.span_s);
}

#[test]
fn a_growing_level_has_its_slope_and_no_rhythm() {
    let value: Vec<f64> = (0..20 * 288).map(|i| 10.0 + f64::from(i / 12) / 24.0).collect();
    let columns = Columns::of(&[value]);
    let found = features(&columns.points()).expect("lawful points");
    let h = &found[0].hourly;
    assert!((h.trend_per_day_share * found[0].mean - 1.0).abs() < 1e-6, "{}", h.trend_per_day_share);
    assert!(h.day_rise < 0.0);
    assert_eq!(h.other_period_s, 0);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let lists: Vec<Vec<f64>> = (0..17).map(|k| noise(500 + 37 * k, k as u64)).collect();
    let columns = Columns::of(&lists);
    let decay = Some(Decay { share: 0.9, first_bucket: 0.01, half_life_s: 86_400.0, daily_peaks: false });
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let shapes = features(&columns.points()).expect("lawful points");
            let figures = sizes(&columns.points(), &[0.5, 0.99], decay).expect("lawful points");
            format!("{shapes:?}{figures:?}")
        })
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(7));
}

#[test]
fn refuses_what_it_cannot_work_with() {
    let good = Columns::of(&[vec![1.0, 2.0]]);
    let mut bad = Columns::of(&[vec![1.0, f64::NAN]]);
    assert!(features(&bad.points()).is_err());
    bad.value[1] = f64::INFINITY;
    assert!(sizes(&bad.points(), &[], None).is_err());
    let mut unsorted = Columns::of(&[vec![1.0, 2.0]]);
    unsorted.start_s.reverse();
    assert!(features(&unsorted.points()).is_err());
    assert!(sizes(&good.points(), &[1.1], None).is_err());
    let decay = Decay { share: 0.9, first_bucket: 0.0, half_life_s: 1.0, daily_peaks: true };
    assert!(sizes(&good.points(), &[], Some(decay)).is_err());
    let short = Points { value: &[1.0], ..good.points() };
    assert!(features(&short).is_err());
}
