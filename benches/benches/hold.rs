//! The event queue alone: take the earliest, schedule one more.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use overunder_benches::hold::Hold;

const EVENTS: u64 = 10_000;

fn hold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(EVENTS)).sample_size(20);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for pending in [100, 10_000, 1_000_000] {
        let mut queue = Hold::new(pending);
        group.bench_function(pending.to_string(), |bencher| {
            bencher.iter(|| black_box(&mut queue).run(EVENTS));
        });
    }
    group.finish();
}

criterion_group!(benches, hold);
criterion_main!(benches);
