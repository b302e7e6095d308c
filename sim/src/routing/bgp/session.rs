//! The state machine of a session (RFC 4271 §8): from a connection to Established, its timers, and how it ends.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::{Config, Families, Host, PeerConfig, Speaker, Way, jittered, why};
use crate::explain::Reason;
use crate::stack::why::routing::sessions as sent;
use crate::time::{SimDuration, SimTime};
use crate::wire::bgp::update::{EVPN, IPV4};
use crate::wire::bgp::{Dialect, Fault, Message, Open, Prefix, fault};

/// Until the other end has said how long it bears silence (RFC 4271 §8.2.2: a large value, four minutes suggested).
const LARGE_HOLD: SimDuration = SimDuration::from_secs(240);

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The connection is there and the own OPEN is sent.
    OpenSent,
    /// The other OPEN was good.
    OpenConfirm,
    /// Routes go both ways.
    Established,
}

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// How far it is.
    pub state: State,
    /// How both write.
    pub dialect: Dialect,
    /// Longest silence both bear, in seconds.
    pub hold: u16,
    hold_at: Option<SimTime>,
    keepalive_at: Option<SimTime>,
}

/// A neighbour.
#[derive(Clone, Debug)]
pub struct Peer {
    /// What is known of it beforehand.
    pub config: PeerConfig,
    /// The session over which routes go: the connection and how both ends write.
    pub up: Option<(Way, Dialect)>,
    /// Kinds of routes both ends speak.
    pub families: Families,
    /// Its identifier, once it has told it.
    pub id: Ipv4Addr,
    heard: SimTime,
    pub(super) quiet_until: SimTime,
    /// Sessions over the connection made by this end and over that made by the other.
    pub sessions: [Option<Box<Session>>; 2],
    /// Why the last session ended.
    pub failed: Option<Box<Failure>>,
    /// UPDATEs that came in and went out.
    pub updates: [u32; 2],
    retry_at: Option<SimTime>,
    /// Somebody has shut it: no session until it is opened again.
    pub(super) shut: bool,
    /// Sessions that failed since the last one that came up.
    failures: u8,
    /// What it is to be told when it may be told again. Most wait for nothing.
    #[expect(clippy::box_collection, reason = "there are many neighbours in a large graph, and few that wait")]
    pub(super) waiting: Option<Box<BTreeSet<Prefix>>>,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// When.
    pub at: SimTime,
    /// Why.
    pub reason: Reason,
    /// The NOTIFICATION that was sent or heard.
    pub fault: Option<Fault>,
}

/// What may be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    Retry,
    Hold(Way),
    Keepalive(Way),
    Quiet,
}

impl Peer {
    /// A neighbour that is not connected.
    pub const fn new(config: PeerConfig) -> Self {
        Self {
            config,
            up: None,
            families: Families { ipv4: false, evpn: false },
            id: Ipv4Addr::UNSPECIFIED,
            heard: SimTime::ZERO,
            quiet_until: SimTime::ZERO,
            sessions: [None, None],
            failed: None,
            updates: [0; 2],
            retry_at: None,
            shut: false,
            failures: 0,
            waiting: None,
        }
    }

    /// The word for how far it is, as tools print it.
    pub fn state(&self) -> &'static str {
        match self.sessions.iter().flatten().map(|session| session.state).max() {
            Some(State::Established) => "Established",
            Some(State::OpenConfirm) => "OpenConfirm",
            Some(State::OpenSent) => "OpenSent",
            None if self.retry_at.is_some() || self.shut => "Idle",
            None if self.config.passive => "Active",
            None => "Connect",
        }
    }
}

/// The NOTIFICATION for an OPEN that is well formed and not the right one.
fn objection(open: &Open, peer: &PeerConfig, config: &Config) -> Option<Fault> {
    if open.asn() != peer.asn {
        return Some(Fault::with(fault::OPEN, 2, &open.my_as.to_be_bytes()));
    }
    if peer.asn == config.asn && open.id == config.id {
        return Some(Fault::with(fault::OPEN, 3, &open.id.octets()));
    }
    if config.families.common(open) != Families::default() {
        return None;
    }
    let missing = config.families.list().into_iter().flat_map(|(afi, safi)| {
        let [high, low] = afi.to_be_bytes();
        [1, 4, high, low, 0, safi]
    });
    Some(Fault::with(fault::OPEN, 7, &missing.collect::<Vec<u8>>()))
}

impl Speaker {
    fn session(&mut self, peer: u32, way: Way) -> Option<&mut Session> {
        self.peers.get_mut(peer as usize)?.sessions[way as usize].as_deref_mut()
    }

    pub(super) fn arm(&mut self, peer: u32, timer: Timer, at: Option<SimTime>) {
        let place = usize::from(timer != Timer::Quiet);
        let own = &mut self.peers[peer as usize];
        let slot = match timer {
            Timer::Retry => Some(&mut own.retry_at),
            Timer::Hold(way) => own.sessions[way as usize].as_mut().map(|session| &mut session.hold_at),
            Timer::Keepalive(way) => own.sessions[way as usize].as_mut().map(|session| &mut session.keepalive_at),
            Timer::Quiet => None,
        };
        if let Some(before) = slot.and_then(|slot| std::mem::replace(slot, at)) {
            self.timers[place].remove(&(before, peer, timer));
        }
        if let Some(at) = at {
            self.timers[place].insert((at, peer, timer));
        }
    }

    /// The router has power: neighbours are called.
    pub fn start(&mut self, host: &mut impl Host) {
        for peer in 0..self.peers.len() as u32 {
            if self.config.start != SimDuration::ZERO {
                self.call_soon(peer, host);
            } else if !self.peers[peer as usize].config.passive {
                host.connect(peer);
            }
        }
    }

    /// A neighbour that has no session is called at a random moment within [`Config::start`].
    pub fn call_soon(&mut self, peer: u32, host: &mut impl Host) {
        let own = &self.peers[peer as usize];
        if !own.config.passive && !own.shut && own.sessions.iter().all(Option::is_none) {
            let at = host.now() + SimDuration::from_ns(host.dice().below(self.config.start.0.max(1)));
            self.arm(peer, Timer::Retry, Some(at));
        }
    }

    /// The link to a neighbour has no carrier.
    pub fn link_lost(&mut self, peer: u32, host: &mut impl Host) {
        for way in [Way::Out, Way::In] {
            if self.session(peer, way).is_some() {
                self.end(peer, way, &why::LINK_LOST, None, host);
            }
        }
    }

    /// A connection is there.
    pub fn connected(&mut self, peer: u32, way: Way, host: &mut impl Host) {
        let now = host.now();
        let internal = self.peers[peer as usize].config.asn == self.config.asn;
        let dialect = Dialect { four_bytes: true, internal, wide_path: false };
        self.drop_session(peer, way, host);
        self.arm(peer, Timer::Retry, None);
        let session = Session { state: State::OpenSent, dialect, hold: 0, hold_at: None, keepalive_at: None };
        let own = &mut self.peers[peer as usize];
        own.heard = now;
        own.sessions[way as usize] = Some(Box::new(session));
        self.arm(peer, Timer::Hold(way), Some(now + LARGE_HOLD));
        let families = self.config.families.list();
        let open = Open::of(self.config.asn, self.config.hold, self.config.id, &families);
        host.send(peer, way, &Message::Open(open).write(dialect).into(), &sent::OPENS);
    }

    /// A connection was refused or has ended.
    pub fn closed(&mut self, peer: u32, way: Way, host: &mut impl Host) {
        if self.session(peer, way).is_some() {
            self.end(peer, way, &why::CONNECTION_LOST, None, host);
            return;
        }
        let own = &mut self.peers[peer as usize];
        if own.sessions.iter().all(Option::is_none) {
            let said = own.failed.as_ref().is_some_and(|failed| *failed.reason == why::CALL_FAILED);
            // What made the last session fail says more than that there is none now.
            if way == Way::Out && own.failed.is_none() {
                own.failed = Some(Box::new(Failure { at: host.now(), reason: &why::CALL_FAILED, fault: None }));
            }
            if way == Way::Out && !said {
                host.say(&why::CALL_FAILED, format_args!("{}", own.config.address));
            }
            self.retry(peer, self.config.connect_retry, host);
        }
    }

    /// One whole message has come in.
    pub fn message(&mut self, peer: u32, way: Way, bytes: &[u8], host: &mut impl Host) {
        let own = &mut self.peers[peer as usize];
        own.heard = host.now();
        let own_evpn = own.families.evpn;
        let (state, dialect) = match (own.up, &own.sessions[way as usize]) {
            (Some((up, dialect)), _) if up == way => (State::Established, dialect),
            (_, Some(session)) => (session.state, session.dialect),
            _ => return,
        };
        match (state, Message::read(bytes, dialect)) {
            (_, Err(fault)) => self.fault(peer, way, fault, host),
            (_, Ok(Message::Notification(fault))) => self.end(peer, way, &why::TOLD_TO_END, Some(fault), host),
            (State::OpenSent, Ok(Message::Open(open))) => self.opened(peer, way, &open, host),
            (State::OpenConfirm, Ok(Message::Keepalive)) => self.establish(peer, way, host),
            (State::Established, Ok(Message::Update(update))) => self.update(peer, *update, host),
            (State::Established, Ok(Message::Refresh(IPV4, 0))) => self.tell_again(peer, host),
            (State::Established, Ok(Message::Refresh(EVPN, 0))) if own_evpn => self.tell_all_vpns(peer, host),
            // Begin and end of an answer, and families that are not spoken here (RFC 7313 §4).
            (State::Established, Ok(Message::Keepalive | Message::Refresh(..))) => {}
            (state, Ok(_)) => self.fault(peer, way, Fault::new(fault::STATE, state as u8 + 1), host),
        }
    }

    /// Bytes came in that cannot be cut into messages.
    pub fn fault(&mut self, peer: u32, way: Way, fault: Fault, host: &mut impl Host) {
        let reason = match (fault.code, fault.subcode) {
            (fault::HOLD, _) => &why::HOLD_EXPIRED,
            (fault::OPEN, 2) => &why::WRONG_AS,
            (fault::CEASE, 7) => &why::COLLISION,
            (fault::CEASE, _) => &why::SHUT_DOWN,
            _ => &why::FAULT,
        };
        if let Some(session) = self.session(peer, way) {
            let bytes = Message::Notification(fault.clone()).write(session.dialect).into();
            host.send(peer, way, &bytes, reason);
            host.close(peer, way);
            self.end(peer, way, reason, Some(fault), host);
        }
    }

    fn opened(&mut self, peer: u32, way: Way, open: &Open, host: &mut impl Host) {
        let own = self.peers[peer as usize].config;
        if let Some(fault) = objection(open, &own, &self.config) {
            return self.fault(peer, way, fault, host);
        }
        // Of two connections the one is kept that was made by the end with the larger identifier (RFC 4271 §6.8).
        let other = if way == Way::Out { Way::In } else { Way::Out };
        if let Some(rival) = self.session(peer, other).map(|session| session.state) {
            let kept = if self.config.id > open.id { Way::Out } else { Way::In };
            let loser = if rival == State::Established || kept == other { way } else { other };
            self.fault(peer, loser, Fault::new(fault::CEASE, 7), host);
            if loser == way {
                return;
            }
        }
        let hold = open.hold.min(self.config.hold);
        let Some(session) = self.session(peer, way) else { return };
        session.state = State::OpenConfirm;
        session.hold = hold;
        session.dialect.four_bytes = open.four_bytes().is_some();
        let bytes = Message::Keepalive.write(session.dialect).into();
        self.peers[peer as usize].id = open.id;
        self.peers[peer as usize].families = self.config.families.common(open);
        host.send(peer, way, &bytes, &sent::AGREES);
        let hold = (hold > 0).then(|| host.now() + SimDuration::from_secs(u64::from(hold)));
        self.arm(peer, Timer::Hold(way), hold);
        self.arm_keepalive(peer, way, host);
    }

    fn arm_keepalive(&mut self, peer: u32, way: Way, host: &mut impl Host) {
        let jitter = self.config.jitter;
        let Some(session) = self.session(peer, way).filter(|session| session.hold > 0) else { return };
        let third = SimDuration::from_ns(SimDuration::from_secs(u64::from(session.hold)).0 / 3);
        let at = host.now() + jittered(third, jitter, host);
        self.arm(peer, Timer::Keepalive(way), Some(at));
    }

    fn establish(&mut self, peer: u32, way: Way, host: &mut impl Host) {
        let Some(session) = self.session(peer, way) else { return };
        session.state = State::Established;
        let dialect = session.dialect;
        let own = &mut self.peers[peer as usize];
        (own.failed, own.up, own.failures) = (None, Some((way, dialect)), 0);
        let families = own.families;
        host.say(&why::ESTABLISHED, format_args!("{}", own.config.address));
        if families.ipv4 {
            self.tell_everything(peer, host);
        }
        if families.evpn {
            self.tell_all_vpns(peer, host);
        }
    }

    /// Asks all neighbours to tell all they know once more (RFC 2918).
    pub fn ask_again(&mut self, host: &mut impl Host) {
        for peer in 0..self.peers.len() as u32 {
            let own = &self.peers[peer as usize];
            if let Some((way, dialect)) = own.up.filter(|_| own.families.ipv4) {
                host.send(peer, way, &Message::Refresh(IPV4, 0).write(dialect).into(), &sent::ASKS_AGAIN);
            }
        }
    }

    /// Ends a session in an orderly way, and has none with this neighbour until it is opened again.
    pub fn shut_down(&mut self, peer: u32, host: &mut impl Host) {
        self.peers[peer as usize].shut = true;
        for way in [Way::Out, Way::In] {
            self.fault(peer, way, Fault::new(fault::CEASE, 2), host);
        }
        self.arm(peer, Timer::Retry, None);
    }

    /// There may be a session with this neighbour again.
    pub fn open_up(&mut self, peer: u32, host: &mut impl Host) {
        self.peers[peer as usize].shut = false;
        self.call_soon(peer, host);
    }

    fn end(&mut self, peer: u32, way: Way, reason: Reason, fault: Option<Fault>, host: &mut impl Host) {
        let own = &mut self.peers[peer as usize];
        let address = own.config.address;
        match &fault {
            Some(fault) => host.say(reason, format_args!("{address}: {fault}")),
            None => host.say(reason, format_args!("{address}")),
        }
        if *reason != why::COLLISION {
            own.failed = Some(Box::new(Failure { at: host.now(), reason, fault }));
        }
        self.drop_session(peer, way, host);
        let own = &mut self.peers[peer as usize];
        if own.sessions.iter().all(Option::is_none) {
            let after = SimDuration::from_ns(self.config.idle.0.saturating_mul(1 << own.failures.min(20)));
            own.failures = own.failures.saturating_add(1);
            self.retry(peer, after.min(self.config.connect_retry.max(self.config.idle)), host);
        }
    }

    fn retry(&mut self, peer: u32, after: SimDuration, host: &mut impl Host) {
        let own = &self.peers[peer as usize];
        if !own.config.passive && !own.shut {
            let at = host.now() + jittered(after, self.config.jitter, host);
            self.arm(peer, Timer::Retry, Some(at));
        }
    }

    /// Forgets a session, and what was heard and told over it.
    fn drop_session(&mut self, peer: u32, way: Way, host: &mut impl Host) {
        self.arm(peer, Timer::Hold(way), None);
        self.arm(peer, Timer::Keepalive(way), None);
        let own = &mut self.peers[peer as usize];
        own.sessions[way as usize] = None;
        if own.up.take_if(|(up, _)| *up == way).is_some() {
            own.waiting = None;
            own.quiet_until = SimTime::ZERO;
            self.forget(peer, host);
            self.forget_vpns(peer, host);
        }
    }

    /// Something may be due.
    pub fn timer(&mut self, host: &mut impl Host) {
        self.timer_of(0, host);
        self.timer_of(1, host);
    }

    /// Something may be due of what a run waits for (0), or of what goes on for ever (1).
    pub(super) fn timer_of(&mut self, place: usize, host: &mut impl Host) {
        let now = host.now();
        while let Some(&(at, peer, timer)) = self.timers[place].first().filter(|(at, ..)| *at <= now) {
            self.timers[place].remove(&(at, peer, timer));
            self.due_now(peer, timer, host);
        }
    }

    fn due_now(&mut self, peer: u32, timer: Timer, host: &mut impl Host) {
        match timer {
            Timer::Retry => {
                self.peers[peer as usize].retry_at = None;
                host.connect(peer);
            }
            Timer::Hold(way) => {
                let Some(session) = self.session(peer, way) else { return };
                let hold = SimDuration::from_secs(u64::from(session.hold));
                let (state, heard) = (session.state, self.peers[peer as usize].heard);
                let until = heard + if state == State::OpenSent { LARGE_HOLD } else { hold };
                self.arm(peer, Timer::Hold(way), None);
                if until > host.now() {
                    self.arm(peer, Timer::Hold(way), Some(until));
                } else {
                    self.fault(peer, way, Fault::new(fault::HOLD, 0), host);
                }
            }
            Timer::Keepalive(way) => {
                let Some(session) = self.session(peer, way) else { return };
                session.keepalive_at = None;
                let bytes = Message::Keepalive.write(session.dialect).into();
                host.send(peer, way, &bytes, &sent::ALIVE);
                self.arm_keepalive(peer, way, host);
            }
            Timer::Quiet => self.flush(peer, host),
        }
    }
}
