//! UDP between hosts on three learning switches in a line.

use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use overunder_benches::switched::{Shape, build};
use overunder_sim::engine::World;
use overunder_sim::time::SimTime;

const FRAMES: u64 = 20_000;

fn s2(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("s2");
    group.throughput(Throughput::Elements(FRAMES)).sample_size(20);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for hosts in [48, 384] {
        let world = build(Shape::three_switches(hosts), FRAMES).expect("the network can be built");
        let run = |mut world: World| {
            world.run(SimTime::MAX, u64::MAX);
            world
        };
        group.bench_function(hosts.to_string(), |bencher| {
            bencher.iter_batched(|| world.clone(), run, BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, s2);
criterion_main!(benches);
