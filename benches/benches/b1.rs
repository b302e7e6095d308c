//! BGP: the newest AS of a Barabási-Albert graph announces a prefix.

use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use overunder_benches::paths::{Shape, announce, build};

fn b1(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("b1");
    group.sample_size(20);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for ases in [100, 1_000] {
        let shape = Shape { ases, prefixes: 1, mrai: 0, money: false };
        let net = build(shape);
        let mut once = net.clone();
        announce(&mut once, shape);
        group.throughput(Throughput::Elements(once.totals().messages - net.totals().messages));
        group.bench_function(ases.to_string(), |bencher| {
            bencher.iter_batched_ref(|| net.clone(), |net| announce(net, shape), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, b1);
criterion_main!(benches);
