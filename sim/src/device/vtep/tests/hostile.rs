//! Any bytes on any port end with a reason.

use super::*;
use crate::rng::Stream;

#[test]
fn truncated_and_damaged_envelopes_are_dropped() {
    let mut bench = Bench::new(config());
    bench.row(MacAddr::ZERO, PEER);
    let whole = wrapped(PEER, 42, 0, &packet(2, station(1), 84, true));
    for len in 0..whole.len() {
        assert!(bench.put(OUTER, &whole[..len]).starts_with("drop "), "{len} bytes");
    }
    for len in 0..20 {
        let mut short = wrapped(PEER, 42, 0, &vec![2; len]);
        short[26..28].fill(0);
        let said = bench.put(OUTER, &short);
        assert_eq!(said.contains("drop runt"), len < 14, "{len} bytes inside: {said}");
    }
}

#[test]
fn random_bytes_never_break_it() {
    let mut random = Stream::named(7, "vtep");
    for round in 0..40_usize {
        let underlay_mtu = [68, 100, 1_500, 65_535][round % 4];
        let mut bench =
            Bench::new(VtepConfig { proxy: round % 3 == 0, bridged: round % 2 == 0, underlay_mtu, ..config() });
        bench.row(MacAddr::ZERO, PEER);
        for _ in 0..40 {
            let port = if random.chance(500_000) { INNER } else { OUTER };
            let mut bytes = if random.chance(500_000) {
                let len = 40 + random.below(1_600) as usize;
                packet(random.below(4) as u8, station(random.below(4) as u8), len, true)
            } else {
                wrapped(PEER, random.below(50) as u32, random.bits() as u8, &packet(3, station(1), 64, false))
            };
            for _ in 0..random.below(4) {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] = random.bits() as u8;
            }
            bytes.truncate(random.below(bytes.len() as u64 + 1) as usize);
            assert!(!bench.put(port, &bytes).is_empty());
        }
    }
}

#[test]
fn envelopes_in_envelopes_come_to_an_end() {
    let mut bench = Bench::new(config());
    bench.row(MacAddr::ZERO, PEER);
    let mut bytes = packet(1, station(2), 84, true);
    for _ in 0..2_000 {
        let Some(sent) = bench.through(INNER, &bytes).pop() else { break };
        bytes = packet(1, station(2), 20, true);
        bytes.extend_from_slice(&sent);
    }
    assert!(bytes.len() < 70_000, "{} bytes", bytes.len());
}
