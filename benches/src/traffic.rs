//! Who sends to whom and when, in every workload with hosts.

use overunder_sim::time::{SimDuration, SimTime};

use crate::random::Xorshift;

/// Most peers of a host.
pub const PEERS: usize = 16;
/// The moment from which hosts start, each within one gap.
pub const START: SimTime = SimTime(60_000_000);

/// What one host sends: a datagram to a random one of its peers every gap.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Hosts it sends to.
    pub peers: Vec<usize>,
    /// When it sends the first.
    pub first: SimTime,
    /// Time between two.
    pub gap: SimDuration,
    /// How many it sends.
    pub quota: u64,
    /// Chooses among the peers.
    pub random: Xorshift,
}

/// The schedules of `hosts` hosts that send `frames` frames between them.
///
/// Peers and first moments are drawn from one generator, host after host, so that a peer program in another language
/// draws the same. The choice among the peers comes from a generator of each host's own, because a host here knows
/// nothing of the others. For the same reason each host gets its share of the frames beforehand: hosts send in turn,
/// so that the frames that do not divide go to those that start first, just as if all stopped at the last frame.
pub fn schedules(hosts: usize, frames: u64, gap: SimDuration) -> Vec<Schedule> {
    schedules_between(hosts, frames, gap, |a, b| a != b)
}

/// The same, where only some hosts may be peers; a host is never its own.
pub fn schedules_between(
    hosts: usize,
    frames: u64,
    gap: SimDuration,
    may: impl Fn(usize, usize) -> bool,
) -> Vec<Schedule> {
    let mut random = Xorshift::seeded(1);
    let peers: Vec<Vec<usize>> = (0..hosts).map(|host| choose_peers(&mut random, host, hosts, &may)).collect();
    let first: Vec<SimTime> = (0..hosts).map(|_| START + SimDuration(random.below(gap.0))).collect();
    let mut order: Vec<usize> = (0..hosts).collect();
    order.sort_by_key(|&host| first[host]);
    let mut quota = vec![frames / hosts as u64; hosts];
    for &host in order.iter().take((frames % hosts as u64) as usize) {
        quota[host] += 1;
    }
    let make = |(host, peers)| Schedule {
        peers,
        first: first[host],
        gap,
        quota: quota[host],
        random: Xorshift::seeded(2 + host as u64),
    };
    peers.into_iter().enumerate().map(make).collect()
}

fn choose_peers(random: &mut Xorshift, host: usize, hosts: usize, may: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut peers = Vec::new();
    let possible = (0..hosts).filter(|other| may(host, *other)).count();
    while peers.len() < PEERS.min(possible) {
        let other = random.below(hosts as u64) as usize;
        if may(host, other) && !peers.contains(&other) {
            peers.push(other);
        }
    }
    peers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_go_to_the_early_hosts() {
        let all = schedules(10, 1_003, SimDuration::from_us(100));
        assert_eq!(all.iter().map(|one| one.quota).sum::<u64>(), 1_003);
        let latest_extra = all.iter().filter(|one| one.quota == 101).map(|one| one.first).max();
        let earliest_other = all.iter().filter(|one| one.quota == 100).map(|one| one.first).min();
        assert!(latest_extra <= earliest_other);
        assert!(all.iter().enumerate().all(|(host, one)| one.peers.len() == 9 && !one.peers.contains(&host)));
    }
}
