//! Weave's two ways: heartbeats decide between them.

use super::*;
use crate::device::tunnel::format::Fastdp;
use crate::time::SimDuration;

const MTU: u16 = 1_376;

fn fast(local: Ipv4Addr, remote: Ipv4Addr) -> Bench {
    let format = Format::Fastdp(Fastdp { port: 6_784, sleeve: Sleeve { port: 6_783 }, mtu: MTU });
    let mut config = config(format, local);
    (config.outer.df, config.outer.checksum) = (Df::Set, false);
    Bench::new(config, remote)
}

impl Bench {
    /// Lets time pass; what left the tunnel outside.
    fn wait(&mut self, time: SimDuration) -> Vec<Vec<u8>> {
        let (until, mut left) = (self.world.now() + time, Vec::new());
        while self.world.next_time().is_some_and(|next| next <= until) && self.world.step() {
            for entry in self.world.log().entries() {
                if let Entry::Decision { bytes, decision } = entry
                    && decision.reason == &TAKEN
                {
                    left.push(self.world.log().bytes(*bytes).to_vec());
                }
            }
        }
        left
    }
}

/// Both know that the fast way works.
fn joined() -> (Bench, Bench) {
    let (mut here, mut there) = (fast(LOCAL, PEER), fast(PEER, LOCAL));
    let beat = here.wait(SimDuration::ZERO);
    let (said, answer) = there.put(OUTER, &beat[0]);
    assert_eq!(said, "tunnel.heartbeat-answer");
    assert_eq!(here.put(OUTER, answer.last().unwrap()).0, "tunnel.fast-way");
    (here, there)
}

#[test]
fn a_heartbeat_is_as_long_as_the_longest_frame_and_may_not_be_fragmented() {
    let mut here = fast(LOCAL, PEER);
    let beats = here.wait(SimDuration::from_secs(1));
    assert_eq!(beats.len(), 3, "now, after 0.5 s, after 1 s");
    let ip = ipv4::check(&beats[0]).unwrap();
    assert_eq!((ip.total_len, ip.df, ip.src, ip.dst), (usize::from(MTU) + 50, true, LOCAL, PEER));
    assert_eq!(beats[0][22..24], 6_784_u16.to_be_bytes());
    assert_eq!(beats[0][26..28], [0, 0], "no checksum");
    // Flags, then the numbers of the peers: that of the sender in the low twelve bits, 0x201, the other's above, 0x202.
    assert_eq!(beats[0][28..36], [8, 0, 0, 0, 0x20, 0x22, 0x01, 0]);
    assert_eq!(beats[0][36..48], [0; 12], "addresses of nobody");
}

#[test]
fn frames_go_the_slow_way_until_a_heartbeat_has_come_back() {
    let frame = cargo(LinkType::Ethernet, 84, true);
    let mut alone = fast(LOCAL, PEER);
    alone.wait(SimDuration::ZERO);
    let (said, sent) = alone.put(INNER, &frame);
    assert_eq!((said, sent[0].len(), &sent[0][22..24]), ("tunnel.slow-way", 84 + 62, &6_783_u16.to_be_bytes()[..]));
    let (mut here, mut there) = joined();
    let (said, sent) = here.put(INNER, &frame);
    assert_eq!((said, sent[0].len(), &sent[0][22..24]), ("tunnel.flooded", 84 + 50, &6_784_u16.to_be_bytes()[..]));
    let (said, out) = there.put(OUTER, &sent[0]);
    assert_eq!((said, &out[0]), ("tunnel.unwrapped", &frame));
    let tables = there.world.device(TUNNEL).unwrap().tables();
    assert_eq!(tables[0].rows.len(), 2, "learned from the frame, and not from heartbeats");
}

#[test]
fn six_heartbeats_without_an_answer_and_frames_go_the_slow_way_again() {
    let frame = cargo(LinkType::Ethernet, 84, true);
    let (mut here, mut there) = joined();
    let beats = here.wait(SimDuration::from_secs(60));
    assert_eq!(beats.len(), 6);
    assert_eq!(here.put(INNER, &frame).0, "tunnel.flooded");
    let again = here.wait(SimDuration::from_secs(11));
    assert!(again.len() > 1, "tried anew, every half second");
    assert_eq!(here.put(INNER, &frame).0, "tunnel.slow-way");
    let (_, answer) = there.put(OUTER, again.last().unwrap());
    assert_eq!(here.put(OUTER, answer.last().unwrap()).0, "tunnel.fast-way");
    assert_eq!(here.put(INNER, &frame).0, "tunnel.flooded");
}

#[test]
fn a_way_that_was_never_answered_is_given_up_after_a_minute() {
    let mut here = fast(LOCAL, PEER);
    assert_eq!(here.wait(SimDuration::from_secs(600)).len(), 120);
    assert!(here.world.is_quiet());
}

#[test]
fn heartbeats_of_others_and_broken_ones_are_dropped() {
    let (mut here, mut there) = (fast(LOCAL, PEER), fast(PEER, LOCAL));
    let beat = there.wait(SimDuration::ZERO).remove(0);
    let with = |at: usize, byte: u8| {
        let mut bytes = beat.clone();
        bytes[at] = byte;
        bytes
    };
    // The number of the connection, and the length the frame says of itself.
    for (damaged, expected) in
        [(with(50, 9), "tunnel.other-key"), (with(59, 9), "tunnel.malformed"), (with(34, 9), "tunnel.other-key")]
    {
        assert_eq!(here.put(OUTER, &damaged).0, expected);
    }
    let change = DeviceChange::DelRow { table: "peers".to_owned(), cells: vec![] };
    here.world.apply("del", &Change::Device { device: TUNNEL, change }).unwrap();
    here.wait(SimDuration::ZERO);
    assert_eq!(here.put(OUTER, &beat).0, "tunnel.other-key", "no peer of this host");
}
