//! ARP suppression: questions are answered here, or swallowed, but never sent through the tunnel (Linux `proxy`).

use super::{INNER, NEIGH, Vtep, why};
use crate::engine::{Outbox, Why};
use crate::wire::arp::{Arp, LEN, Operation};
use crate::wire::{Frame, LinkType, ethernet};

impl Vtep {
    /// Answers a question from the own neighbour table (Linux `arp_reduce`). Whatever else is ARP ends here too.
    #[cold]
    pub(super) fn answer_arp(&mut self, frame: Frame, out: &mut Outbox<'_>) {
        let Ok(arp) = Arp::parse(&frame.bytes()[ethernet::HEADER_LEN..]) else {
            return out.drop(frame, &why::MALFORMED);
        };
        if arp.op != Operation::Request || arp.tpa.is_loopback() || arp.tpa.is_multicast() {
            return out.drop(frame, &why::ARP_SWALLOWED);
        }
        let key = arp.tpa.to_bits();
        let Some((mac, _)) = self.neigh.get(&key).copied() else {
            if self.config.l3miss {
                out.note(&frame, &why::L3_MISS);
            }
            return out.drop(frame, &why::ARP_SWALLOWED);
        };
        let origin = frame.origin().caused();
        out.consume_with(frame, Why::row(&why::ARP_SUPPRESSED, NEIGH, u64::from(key)), |out, _| {
            let mut answer = out.mint(ethernet::HEADER_LEN + LEN, LinkType::Ethernet, origin);
            let bytes = answer.bytes_mut();
            ethernet::write(bytes, arp.sha, mac, ethernet::ARP);
            let reply = Arp { op: Operation::Reply, sha: mac, spa: arp.tpa, tha: arp.sha, tpa: arp.spa };
            reply.write(&mut bytes[ethernet::HEADER_LEN..]);
            out.send(INNER, answer, Why::row(&why::ARP_ANSWERED, NEIGH, u64::from(key)));
        });
    }
}
