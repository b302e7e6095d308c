//! TCP connections: smoltcp's sockets behind a device that carries bare IP packets and belongs to no wire.
//!
//! What a socket sends is handed to the stack like any other packet of the host, so routes, neighbours, tunnels and
//! path MTUs apply; what comes for it is checked by the stack first. The socket brings handshake, retransmission, Reno
//! and timestamps of its own; first sequence number and clock come from outside, so that a run repeats itself.
//!
//! A socket cannot be copied. An [`Endpoint`] therefore keeps all that ever went into its socket in a [`journal`]
//! that copies share; a copy has no socket until somebody asks something of it, and then makes one from the journal
//! ([`live`]).
//!
//! Unlike Linux, nothing is learned from selective acknowledgements, the shortest retransmission timeout is one second,
//! the window of a receiver does not grow beyond 256 KiB, and congestion control is Reno's without NewReno's.

mod endpoint;
mod journal;
mod live;

pub use endpoint::{Endpoint, Seen, Sent, Setup};
pub use journal::{End, Input};

use std::net::Ipv4Addr;

use super::{Stack, tunnel::ip_at, why};
use crate::engine::{Cell, Column, Outbox, TableRow, TableView, Why};
use crate::id::EventNo;
use crate::stack::net::{Net, Outgoing};
use crate::wire::{Frame, Origin, ipv4, tcp};

/// No way carries less (RFC 791: every link carries 68 bytes).
pub const LEAST_MTU: u16 = 68;

/// A segment that arrived; its checksum was right.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Sender's address and port.
    pub src: (Ipv4Addr, u16),
    /// Address and port it was sent to.
    pub dst: (Ipv4Addr, u16),
    /// What stands in its header.
    pub header: tcp::Header,
    /// The bytes of header and options.
    pub head: &'a [u8],
    /// How many bytes follow.
    pub payload: usize,
    /// What they are.
    pub said: &'a [u8],
}

impl Segment<'_> {
    /// Takes up sequence numbers: opens, closes or carries data.
    pub fn counts(&self) -> bool {
        self.payload > 0 || self.header.flags & (tcp::SYN | tcp::FIN) != 0
    }
}

/// A connection as people see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Address and port here.
    pub own: (Ipv4Addr, u16),
    /// Address and port there.
    pub peer: (Ipv4Addr, u16),
    /// What the socket was like when last touched.
    pub seen: Seen,
}

impl Stack {
    /// A segment for this host.
    pub(super) fn tcp(&mut self, ip: ipv4::Header, frame: Frame, out: &mut Outbox<'_>) {
        let (start, end) = (ip_at(&frame) + ip.header_len, ip_at(&frame) + ip.total_len);
        let Ok(header) = tcp::check(&frame.bytes()[start..end], ip.src, ip.dst) else {
            return out.drop(frame, &why::flows::TCP_MALFORMED);
        };
        let (port, payload) = (u64::from(header.dst), end - start - header.len);
        let Some(&index) = self.net.listeners.get(&header.dst).filter(|_| self.net.is_local(ip.dst)) else {
            return out.drop_with(frame, Why::number(&why::flows::TCP_NO_LISTENER, port), |out, frame| {
                self.net.refuse(out, frame.origin(), (ip.src, ip.dst), &header, payload);
            });
        };
        out.deliver_with(frame, Why::number(&why::flows::TCP_DELIVERED, port), |out, frame| {
            let head = &frame.bytes()[start..start + header.len];
            let said = &frame.bytes()[start + header.len..end];
            let (src, dst) = ((ip.src, header.src), (ip.dst, header.dst));
            let segment = Segment { src, dst, header, head, payload, said };
            self.call(index, frame.origin(), out, |app, out| app.tcp(segment, out));
            if let Some(reason) = self.net.ended.take() {
                out.note(frame, reason);
            }
        });
    }

    /// The connections of all applications, as `ss -t` lists them.
    pub(super) fn tcp_view(&self) -> Option<TableView> {
        if self.net.listeners.is_empty() {
            return None;
        }
        let columns = vec![
            Column { name: "local", zh: "本地" },
            Column { name: "peer", zh: "对端" },
            Column { name: "state", zh: "状态" },
            Column { name: "mtu", zh: "MTU" },
            Column { name: "acked", zh: "已确认" },
            Column { name: "received", zh: "已收到" },
        ];
        let place = |(ip, port): (Ipv4Addr, u16)| Cell::Name(format!("{ip}:{port}"));
        let row = |at: Connection| TableRow {
            key: u64::from(at.peer.0.to_bits()) << 32 | u64::from(at.peer.1) << 16 | u64::from(at.own.1),
            cells: vec![
                place(at.own),
                place(at.peer),
                Cell::Word(at.seen.word()),
                Cell::Number(u64::from(at.seen.mtu)),
                Cell::Number(at.seen.acked),
                Cell::Number(at.seen.delivered),
            ],
            written: EventNo(0),
        };
        let mut rows: Vec<TableRow> = self.apps.iter().flat_map(|runs| runs.app.connections()).map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        rows.dedup_by_key(|row| row.key);
        Some(TableView { name: "tcp", zh: "TCP 连接", columns, rows })
    }
}

impl Net {
    /// Says that nobody is there for a segment, unless it says so itself.
    pub(super) fn refuse(
        &mut self,
        out: &mut Outbox<'_>,
        origin: Origin,
        (src, dst): (Ipv4Addr, Ipv4Addr),
        refused: &tcp::Header,
        payload: usize,
    ) {
        if refused.flags & tcp::RST != 0 || !self.is_local(dst) {
            return;
        }
        let answer = Outgoing { src: Some(dst), ..Outgoing::new(src, ipv4::TCP, tcp::HEADER_LEN) };
        self.send(out, origin, answer, |bytes, _| tcp::write_reset(bytes, refused, payload, (dst, src)));
    }
}
