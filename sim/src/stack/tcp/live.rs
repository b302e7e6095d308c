//! A socket at work, and the device it thinks it sits behind.

use std::cell::Cell;
use std::collections::VecDeque;

use smoltcp::iface::{Config, Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::phy::{Checksum, ChecksumCapabilities, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{CongestionControl, Socket, SocketBuffer, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpCidr, Ipv4Address};

use super::endpoint::{Seen, Sent, Setup};
use super::journal::{End, Input};
use crate::time::SimTime;
use crate::wire::{be16, be32, ipv4, tcp};

/// Bytes a sender keeps until they are acknowledged, and a receiver takes in advance.
const BUFFER: usize = 256 << 10;
/// Buffers of the direction in which nothing is sent.
const SMALL: usize = u16::MAX as usize;
/// Buffers of a connection on which little is said, both ways (Linux `tcp_wmem`, the size it begins with).
const TALK: usize = 16 << 10;
/// IP header, TCP header and the timestamp of a segment with data.
const HEADERS: u64 = 52;
/// Segments acknowledged at once before acknowledgements are put off (Linux `TCP_MAX_QUICKACKS`).
const QUICK: u32 = 16;
/// How long they are put off then (Linux `TCP_DELACK_MIN`).
const DELAYED: Duration = Duration::from_millis(40);
/// When an unanswered SYN is given up: after six repetitions (Linux `tcp_syn_retries`; there at 127 s, since smoltcp
/// never waits longer than a minute for an answer).
const SYN_PATIENCE: Duration = Duration::from_secs(123);
/// The same for the answer to a SYN (Linux `tcp_synack_retries`).
const SYN_ACK_PATIENCE: Duration = Duration::from_secs(63);
/// When unanswered data is given up: 15 repetitions (Linux `tcp_retries2`).
const DATA_PATIENCE: Duration = Duration::from_millis(924_600);

thread_local! {
    /// What the timestamp of the next segment says: smoltcp asks a function that cannot know which socket asks. Set
    /// before each turn, so it carries nothing from one to the other.
    static STAMP: Cell<u32> = const { Cell::new(0) };
}

/// A socket and all that belongs to it.
pub(super) struct Live {
    interface: Interface,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    device: Bare,
    /// By how much its clock is ahead of the simulated one, in microseconds; see [`Live::leap`].
    ahead: i64,
    written: u64,
    /// Bytes sent at least once, and the number the next of them will have, once there was a first.
    sent: u64,
    next: Option<u32>,
    delivered: u64,
    /// Segments with data that came in.
    heard: u32,
    passive: bool,
    talks: bool,
    /// What is still to be put into the socket, and what came out of it in this turn.
    to_say: VecDeque<u8>,
    inbox: Vec<u8>,
}

/// The device: one packet in at most, any number out.
struct Bare {
    mtu: usize,
    inward: Option<Vec<u8>>,
    outward: Vec<Vec<u8>>,
    /// How many of those out were sent before: their places.
    again: Vec<usize>,
}

struct Inward(Vec<u8>);

struct Outward<'a>(&'a mut Vec<Vec<u8>>);

impl RxToken for Inward {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, with: F) -> R {
        with(&self.0)
    }
}

impl TxToken for Outward<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, with: F) -> R {
        let mut packet = vec![0; len];
        let result = with(&mut packet);
        self.0.push(packet);
        result
    }
}

impl Device for Bare {
    type RxToken<'a> = Inward;
    type TxToken<'a> = Outward<'a>;

    fn receive(&mut self, _at: Instant) -> Option<(Inward, Outward<'_>)> {
        self.inward.take().map(|packet| (Inward(packet), Outward(&mut self.outward)))
    }

    fn transmit(&mut self, _at: Instant) -> Option<Outward<'_>> {
        Some(Outward(&mut self.outward))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut checksum = ChecksumCapabilities::ignored();
        // The stack has checked what comes in, and writes IP headers itself.
        checksum.tcp = Checksum::Tx;
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu;
        capabilities.checksum = checksum;
        capabilities
    }
}

fn interface(setup: &Setup, device: &mut Bare, now: Instant) -> Interface {
    let mut config = Config::new(HardwareAddress::Ip);
    config.random_seed = setup.seed;
    let mut interface = Interface::new(config, device, now);
    interface.update_ip_addrs(|list| {
        // There is room for two at least.
        let _ = list.push(IpCidr::new(setup.own.0.into(), 32));
    });
    // Where packets go is for the stack to say; smoltcp only has to believe that there is a way.
    let _ = interface.routes_mut().add_default_ipv4_route(Ipv4Address::UNSPECIFIED);
    interface
}

fn socket(setup: &Setup, mtu: u64) -> Socket<'static> {
    // A segment ends where the ring of the buffer does: whole segments fill it.
    let full = mtu.saturating_sub(HEADERS).max(1) as usize;
    let (inward, outward) = match setup.active {
        _ if setup.talks => (TALK, TALK),
        true => (SMALL, BUFFER / full * full),
        false => (BUFFER, SMALL),
    };
    let mut socket = Socket::new(SocketBuffer::new(vec![0; inward]), SocketBuffer::new(vec![0; outward]));
    socket.set_congestion_control(CongestionControl::Reno);
    // Whoever talks wants to be heard at once (`TCP_NODELAY`).
    socket.set_nagle_enabled(!setup.talks);
    socket.set_tsval_generator(Some(|| STAMP.get()));
    socket
}

impl Live {
    /// A socket that has done nothing yet: it will call the other side, or waits for its call.
    pub fn new(setup: &Setup, first: &Input) -> Self {
        let mut device = Bare { mtu: usize::from(first.mtu), inward: None, outward: Vec::new(), again: Vec::new() };
        let mut interface = interface(setup, &mut device, micros(first.at, 0));
        let mut socket = socket(setup, u64::from(first.mtu));
        // Both fail only with a port or an address of zero; such a socket stays closed.
        let _ = if setup.active {
            socket.connect(interface.context(), setup.peer, setup.own)
        } else {
            let _ = socket.listen(setup.own);
            Ok(())
        };
        let mut sockets = SocketSet::new(Vec::new());
        let handle = sockets.add(socket);
        let passive = !setup.active;
        Self {
            interface,
            sockets,
            handle,
            device,
            ahead: 0,
            written: 0,
            sent: 0,
            next: None,
            delivered: 0,
            heard: 0,
            passive,
            talks: setup.talks,
            to_say: VecDeque::new(),
            inbox: Vec::new(),
        }
    }

    /// One turn: takes in what came, and acts. Returns the packets it sends.
    pub fn turn(&mut self, setup: &Setup, input: &Input) -> Vec<Sent> {
        let mut now = micros(input.at, self.ahead);
        if usize::from(input.mtu) != self.device.mtu {
            let shrinks = usize::from(input.mtu) < self.device.mtu;
            self.device.mtu = usize::from(input.mtu);
            // The size is fixed when an interface is made; sockets do not mind another one.
            self.interface = interface(setup, &mut self.device, now);
            if shrinks {
                now = self.leap(setup, now);
            }
        }
        self.patience();
        self.inbox.clear();
        self.to_say.extend(&input.said);
        if let Some((head, payload)) = &input.segment {
            self.heard += u32::from(*payload > 0);
            let mut bytes = packet(setup, head, *payload as usize);
            let at = bytes.len() - input.heard.len().min(*payload as usize);
            bytes[at..].copy_from_slice(&input.heard[..input.heard.len().min(*payload as usize)]);
            self.device.inward = Some(bytes);
        }
        let alone = input.segment.is_none() && input.end != End::Abort;
        if input.end == End::Abort {
            self.socket().abort();
        }
        loop {
            let wrote = input.end != End::Abort && self.write(input);
            let changed = self.poll(setup, now);
            if !(self.read() || wrote || changed) {
                break;
            }
        }
        if alone && self.socket().state() == State::Closed {
            // Nobody has answered, so nobody is told (Linux `tcp_write_err`).
            self.device.outward.clear();
            self.device.again.clear();
        }
        let again = std::mem::take(&mut self.device.again);
        let packets = std::mem::take(&mut self.device.outward).into_iter().enumerate();
        let sent = |(at, mut packet): (usize, Vec<u8>)| Sent {
            segment: packet.split_off(ipv4::HEADER_LEN.min(packet.len())),
            again: again.contains(&at),
        };
        packets.map(sent).collect()
    }

    /// Segments on their way are too long: the clock of this socket runs ahead to the moment at which it sends them
    /// anew, in pieces that fit (Linux `tcp_simple_retransmit` does so at once; unlike there the window starts small).
    fn leap(&mut self, setup: &Setup, now: Instant) -> Instant {
        // What fits now and did not before is sent first; then only timers are left.
        self.poll(setup, now);
        let waits = self.socket().send_queue() > 0;
        let due = self.interface.poll_at(now, &self.sockets).filter(|due| waits && *due > now);
        let Some(due) = due else { return now };
        self.ahead += (due - now).total_micros() as i64;
        due
    }

    /// Lets the socket act; true if it did.
    fn poll(&mut self, setup: &Setup, now: Instant) -> bool {
        STAMP.set(((setup.seed >> 32) as u32).wrapping_add((now.total_micros() / 1_000) as u32));
        let known = self.device.outward.len();
        let changed = self.interface.poll(now, &mut self.device, &mut self.sockets) != PollResult::None;
        for (at, packet) in self.device.outward.iter().enumerate().skip(known) {
            let segment = &packet[ipv4::HEADER_LEN..];
            let (seq, flags) = (be32(segment, 4), be16(segment, 12));
            if flags & tcp::SYN != 0 {
                if self.next.replace(seq.wrapping_add(1)).is_some() {
                    self.device.again.push(at);
                }
            } else if let Some(next) = &mut self.next {
                let payload = segment.len() - usize::from(flags >> 12) * 4;
                let more = seq.wrapping_add(payload as u32).wrapping_sub(*next) as i32;
                if more > 0 && payload > 0 {
                    (*next, self.sent) = (next.wrapping_add(more as u32), self.sent + more as u64);
                } else if payload > 0 {
                    self.device.again.push(at);
                }
            }
        }
        changed
    }

    fn socket(&mut self) -> &mut Socket<'static> {
        self.sockets.get_mut(self.handle)
    }

    /// How long is waited for the other side, and whether acknowledgements are put off.
    fn patience(&mut self) {
        let (quick, passive, talks) = (self.heard < QUICK, self.passive, self.talks);
        let socket = self.socket();
        socket.set_ack_delay((!quick).then_some(DELAYED));
        socket.set_timeout(match socket.state() {
            State::SynSent => Some(SYN_PATIENCE),
            State::Listen | State::SynReceived => Some(SYN_ACK_PATIENCE),
            // Somebody talks when there is something to say, and may be silent for days.
            _ if talks => (socket.send_queue() > 0).then_some(DATA_PATIENCE),
            // Whoever only listens waits for ever.
            _ => (!passive).then_some(DATA_PATIENCE),
        });
    }

    /// Writes what the program has; closes when that was all.
    fn write(&mut self, input: &Input) -> bool {
        let (from, passive, sent, mtu) = (self.written, self.passive, self.sent, self.device.mtu as u64);
        let limit = if self.talks { from + self.to_say.len() as u64 } else { input.may_write };
        let (talks, to_say) = (self.talks, &mut self.to_say);
        let socket = self.sockets.get_mut::<Socket<'_>>(self.handle);
        let mut written = from;
        while written < limit && socket.can_send() {
            let more = socket.send(|space| {
                let len = space.len().min(usize::try_from(limit - written).unwrap_or(usize::MAX));
                if talks {
                    space.iter_mut().zip(to_say.drain(..len)).for_each(|(byte, said)| *byte = said);
                    return (len, len);
                }
                // Digits in a row, as iperf sends them: a capture shows where a piece belongs.
                for (byte, at) in space[..len].iter_mut().zip(written..) {
                    *byte = b'0' + (at % 10) as u8;
                }
                (len, len)
            });
            let Ok(more @ 1..) = more else { break };
            written += more as u64;
        }
        // Only when less than a segment is unsent: once closed, smoltcp sends pieces as small as the window leaves.
        let over = input.end == End::Close && written >= limit && written < sent + mtu - HEADERS;
        let left = passive && socket.state() == State::CloseWait;
        let closes = (over || left) && socket.may_send();
        if closes {
            socket.close();
        }
        self.written = written;
        closes || written > from
    }

    fn read(&mut self) -> bool {
        let before = self.delivered;
        let socket = self.sockets.get_mut::<Socket<'_>>(self.handle);
        while socket.can_recv() {
            let (talks, inbox) = (self.talks, &mut self.inbox);
            let heard = socket.recv(|bytes| {
                if talks {
                    inbox.extend_from_slice(bytes);
                }
                (bytes.len(), bytes.len())
            });
            let Ok(len @ 1..) = heard else { break };
            self.delivered += len as u64;
        }
        self.delivered > before
    }

    /// What came in with the last turn.
    pub fn take_heard(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.inbox)
    }

    /// What it is like, and when it wants its next turn.
    pub fn look(&mut self, at: SimTime) -> Seen {
        // Its state may be another since the turn began.
        self.patience();
        let now = micros(at, self.ahead);
        let due = self.interface.poll_at(now, &self.sockets).map(|due| {
            // After a turn there is nothing left to do at once; a due time that has passed must not stop the clock.
            let due = if due > now { due } else { now + Duration::from_millis(1) };
            SimTime((due.total_micros() - self.ahead) as u64 * 1_000)
        });
        let (written, delivered, mtu) = (self.written, self.delivered, self.device.mtu as u16);
        let socket = self.socket();
        let acked = written - (socket.send_queue() as u64).min(written);
        Seen { state: socket.state(), written, acked, delivered, mtu, due }
    }
}

fn micros(at: SimTime, ahead: i64) -> Instant {
    Instant::from_micros((at.0 / 1_000) as i64 + ahead)
}

/// The packet that brought a segment, as far as a socket can see.
fn packet(setup: &Setup, head: &[u8], payload: usize) -> Vec<u8> {
    let total = ipv4::HEADER_LEN + head.len() + payload;
    let mut bytes = vec![0; total];
    let header = ipv4::Send {
        src: setup.peer.0,
        dst: setup.own.0,
        protocol: ipv4::TCP,
        ttl: ipv4::DEFAULT_TTL,
        df: true,
        tos: 0,
        id: 0,
    };
    ipv4::write(&mut bytes, &header, total);
    bytes[ipv4::HEADER_LEN..ipv4::HEADER_LEN + head.len()].copy_from_slice(head);
    bytes
}
