//! How long a plan and its bound take: one hour of 40 sizes, and 48 different hours of it.
#![allow(missing_docs, clippy::unwrap_used)]

use advisor_core::hours::{HourlyDemand, HoursOptions, pack_hours};
use advisor_core::pack::{Effort, pack};
use advisor_core::table::bins::Bins;
use advisor_core::table::demand::{Demand, Sizes};
use criterion::{Criterion, criterion_group, criterion_main};

const SIZES: u64 = 40;

fn sizes() -> Sizes {
    let weight = |s: u64| [128.0 * (1 + s * 7 % 31) as f64, 256.0 * (1 + s * 13 % 53) as f64, 1.0];
    Sizes {
        weight: (0..SIZES).flat_map(weight).collect(),
        mask: (0..SIZES).map(|s| 1 + s % 3).collect(),
        max_per_bin: vec![u64::MAX; SIZES as usize],
    }
}

/// Two architectures x three memory ratios x nine powers of two.
fn bins() -> Bins {
    let mut bins = Bins::default();
    for (group, rate) in [(0, 0.0425), (1, 0.034)] {
        for (gib_per_vcpu, factor) in [(2.0, 1.0), (4.0, 1.13), (8.0, 1.48)] {
            for vcpu in [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 48.0, 64.0] {
                bins.capacity.extend([vcpu * 1024.0 - 128.0, vcpu * gib_per_vcpu * 960.0, 8.0 + 4.0 * vcpu]);
                bins.price.push(vcpu * rate * factor);
                bins.group.push(group);
                bins.limit.push(u64::MAX);
            }
        }
    }
    bins
}

fn count(s: u64, hour: u64) -> u64 {
    1 + (s * 31 + hour * 17 + s * hour * 7) % 97
}

fn bench(c: &mut Criterion) {
    let (sizes, bins) = (sizes(), bins());
    let alone: Vec<f64> = sizes.weight.chunks(3).map(|w| w[0] * 5e-5 + w[1] * 5.5e-6).collect();
    let demand = Demand { count: (0..SIZES).map(|s| count(s, 0)).collect(), alone: alone.clone() };
    let construct = Effort { trials: 0, ..Effort::default() };
    c.bench_function("pack 40 sizes, construction only", |b| {
        b.iter(|| pack(&sizes, &bins, &demand, 3, construct, &|| false).unwrap().plan.cost)
    });
    let mut rows = HourlyDemand::default();
    for hour in 0..48 {
        for s in 0..SIZES {
            rows.hour.push(hour as i64);
            rows.size.push(s as u32);
            rows.count.push(count(s, hour));
            rows.alone.push(alone[s as usize]);
        }
    }
    for (name, bound_only) in [("48 hours of 40 sizes", false), ("48 bounds of 40 sizes", true)] {
        let options = HoursOptions { min_bins: 2, bound_only, rough: false };
        c.bench_function(name, |b| {
            b.iter(|| pack_hours(&sizes, &bins, &rows, 3, options, &|| false).unwrap().hours.len())
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
