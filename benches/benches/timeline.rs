//! One step back, and a seek to a random place, in a run of one million events.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use overunder_benches::random::Xorshift;
use overunder_benches::timeline::{place, recorded};
use overunder_sim::id::EventNo;

const EVENTS: u64 = 1_000_000;

fn timeline(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("timeline");
    group.sample_size(20).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for hosts in [16, 1_000] {
        let mut line = recorded(hosts, EVENTS).expect("the run is long enough");
        let mut random = Xorshift::seeded(1);
        group.bench_function(format!("seek/{hosts}"), |bencher| {
            bencher.iter(|| line.seek(place(&mut random, EVENTS)));
        });
        line.seek(EventNo(EVENTS));
        group.bench_function(format!("back/{hosts}"), |bencher| {
            bencher.iter(|| line.back());
        });
    }
    group.finish();
}

criterion_group!(benches, timeline);
criterion_main!(benches);
