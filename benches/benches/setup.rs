//! Building a switch with hosts.

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use overunder_benches::switched::{Shape, build};

fn setup(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("setup");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for hosts in [16, 1_000] {
        group.throughput(Throughput::Elements(hosts as u64));
        group.bench_function(hosts.to_string(), |bencher| {
            bencher.iter(|| build(Shape::one_switch(hosts), 0));
        });
    }
    group.finish();
}

criterion_group!(benches, setup);
criterion_main!(benches);
