//! A router and somebody who calls it over TCP and says what a test wants said.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use super::super::wire::{PORT, Wire};
use super::super::{Config, PeerConfig, Way};
use super::{Bgp, BgpConfig};
use crate::engine::{World, WorldBuilder};
use crate::id::{DeviceId, FlowId, PortNo};
use crate::stack::tcp::Setup;
use crate::stack::why::routing::sessions as sent;
use crate::stack::{App, AppOut, InterfaceConfig, Segment, Stack, StackConfig};
use crate::time::SimTime;
use crate::wire::MacAddr;
use crate::wire::bgp::{Attributes, Dialect, Message, Open, write_update};

const ROUTER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const CALLER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

/// Calls, says all it has to say, and writes down what it hears.
#[derive(Clone, Debug)]
struct Stranger {
    says: Vec<u8>,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    wire: Option<Wire>,
}

impl App for Stranger {
    fn name(&self) -> &'static str {
        "stranger"
    }

    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        let port = out.bind_connection(0);
        let setup = Setup { own: (CALLER, port), peer: (ROUTER, PORT), active: true, talks: true, seed: 1 };
        let mut wire = Wire::new(0, Way::Out, setup);
        wire.turn(None, 1, out);
        self.wire = Some(wire);
    }

    fn tcp(&mut self, segment: Segment<'_>, out: &mut AppOut<'_, '_>) {
        let Some(wire) = &mut self.wire else { return };
        wire.turn(Some(segment), 1, out);
        if wire.is_there() && !self.says.is_empty() {
            wire.say(&std::mem::take(&mut self.says), &sent::TELLS);
            wire.turn(None, 1, out);
        }
        while let Some(message) = wire.next() {
            self.heard.lock().unwrap().push(message.unwrap());
        }
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}

fn stack(number: u8, ip: Ipv4Addr, app: Box<dyn App>) -> Stack {
    let interface = InterfaceConfig {
        name: "eth0".to_owned(),
        mac: MacAddr([2, 0, 0, 0, 0, number]),
        mtu: 1500,
        addresses: vec![(ip, 24)],
        ..InterfaceConfig::default()
    };
    let mut stack = Stack::new(StackConfig { interfaces: vec![interface], ..StackConfig::default() });
    stack.add_app(FlowId::NONE, app);
    stack
}

/// What the router answers to some bytes, as words, and what stands in its table of neighbours afterwards.
fn answers(says: Vec<u8>) -> (Vec<String>, String) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let stranger = Stranger { says, heard: Arc::clone(&heard), wire: None };
    let own = Config::new(65001, ROUTER);
    let peer = PeerConfig { passive: true, ..PeerConfig::new(ROUTER, CALLER, 65002) };
    let (peers, networks, communities) = (vec![peer], vec![], vec![]);
    let (vpns, overlay) = (Vec::new(), None);
    let router = Bgp::new(BgpConfig { own, peers, networks, communities, fallover: true, vpns, overlay });
    let mut builder = WorldBuilder::new(1);
    let node = builder.node("n", "Host");
    let router = builder.device(node, "r", Box::new(stack(1, ROUTER, Box::new(router)))).unwrap();
    let other = builder.device(node, "s", Box::new(stack(2, CALLER, Box::new(stranger)))).unwrap();
    builder.wire((router, PortNo(0)), (other, PortNo(0))).unwrap();
    let mut world = builder.build().unwrap();
    world.run(SimTime(5_000_000_000), 10_000);
    let heard = heard.lock().unwrap();
    let words = heard.iter().map(|bytes| match Message::read(bytes, Dialect::EXTERNAL).unwrap() {
        Message::Notification(fault) => format!("{}/{}", fault.code, fault.subcode),
        message => message.word().to_owned(),
    });
    (words.collect(), failed(&world, router))
}

fn failed(world: &World, router: DeviceId) -> String {
    let view = world.device(router).unwrap().tables().into_iter().find(|view| view.name == "peers").unwrap();
    format!("{} {}", view.rows[0].cells[2], view.rows[0].cells[7])
}

fn open(asn: u32, hold: u16) -> Vec<u8> {
    Message::Open(Open::new(asn, hold, CALLER)).write(Dialect::EXTERNAL)
}

fn up() -> Vec<u8> {
    [open(65002, 90), Message::Keepalive.write(Dialect::EXTERNAL)].concat()
}

/// The up messages with one byte of the last one changed.
fn spoilt(mut message: Vec<u8>, at: usize, byte: u8) -> Vec<u8> {
    message[at] = byte;
    message
}

#[test]
fn a_caller_that_says_the_right_things_has_a_session() {
    let (words, failed) = answers(up());
    assert_eq!(words, ["OPEN", "KEEPALIVE", "UPDATE"], "the last one says that all is told");
    assert_eq!(failed, "Established -");
}

#[test]
fn whatever_is_wrong_is_answered_with_its_code_and_closes_the_connection() {
    let route = |attributes: &Attributes| {
        write_update(&[], Some(attributes), &[(Ipv4Addr::new(203, 0, 113, 0), 24)], Dialect::EXTERNAL)
    };
    let path = crate::wire::bgp::AsPath::sequence(&[65002]);
    let good = route(&Attributes { next_hop: CALLER, path, ..Attributes::default() });
    let length = usize::from(u16::from_be_bytes([good[16], good[17]]));
    let keepalive = Message::Keepalive.write(Dialect::EXTERNAL);
    let cases = [
        ("marker", spoilt(open(65002, 90), 3, 0), "1/1 connection not synchronized"),
        ("length", spoilt(open(65002, 90), 17, 18), "1/2 bad message length"),
        ("type", spoilt(open(65002, 90), 18, 9), "1/3 bad message type"),
        ("version", spoilt(open(65002, 90), 19, 3), "2/1 unsupported version number"),
        ("AS", open(65009, 90), "2/2 bad peer AS"),
        (
            "identifier",
            spoilt(open(65002, 90), 24, 0)
                .into_iter()
                .enumerate()
                .map(|(at, byte)| if (24..28).contains(&at) { 0 } else { byte })
                .collect(),
            "2/3 bad BGP identifier",
        ),
        ("hold", open(65002, 1), "2/6 unacceptable hold time"),
        ("too early", keepalive.clone(), "5/1 unexpected message in OpenSent"),
        ("UPDATE too early", [open(65002, 90), good.clone()].concat(), "5/2 unexpected message in OpenConfirm"),
        ("OPEN twice", [up(), open(65002, 90)].concat(), "5/3 unexpected message in Established"),
        ("withdrawn length", [up(), spoilt(good.clone(), 20, 200)].concat(), "3/1 malformed attribute list"),
        ("prefix length", [up(), spoilt(good.clone(), length - 4, 33)].concat(), "3/10 invalid network field"),
        ("cease", [up(), vec![0xff; 16], vec![0, 21, 3, 6, 2]].concat(), "6/2 administrative shutdown"),
    ];
    for (what, says, fault) in cases {
        let (words, failed) = answers(says);
        let last = words.last().map(String::as_str);
        if what == "cease" {
            assert_eq!(last, Some("UPDATE"), "who was told to end says nothing more");
        } else {
            assert_eq!(last, fault.split_once(' ').map(|(code, _)| code), "{what}: {words:?}");
        }
        assert!(failed.ends_with(fault) && !failed.starts_with("Established"), "{what}: {failed}");
    }
}

#[test]
fn a_bad_attribute_costs_its_routes_and_not_the_session() {
    let routes = |next_hop: Ipv4Addr| {
        let path = crate::wire::bgp::AsPath::sequence(&[65002]);
        let told = Attributes { path, next_hop, ..Attributes::default() };
        write_update(&[], Some(&told), &[(Ipv4Addr::new(203, 0, 113, 0), 24)], Dialect::EXTERNAL)
    };
    let (words, failed) = answers([up(), routes(Ipv4Addr::new(224, 0, 0, 1))].concat());
    assert_eq!((words.last().map(String::as_str), failed.as_str()), (Some("UPDATE"), "Established -"));
}

#[test]
fn bytes_of_any_kind_end_a_session_and_never_the_program() {
    let mut stream = crate::rng::Stream::named(3, "noise");
    for _ in 0..60 {
        let mut says = up();
        let noise = (0..stream.below(80)).map(|_| stream.bits() as u8).collect::<Vec<_>>();
        let header = [vec![0xff; 16], vec![0, 19 + noise.len() as u8, 1 + stream.below(5) as u8]].concat();
        says.extend(header.into_iter().chain(noise));
        let at = stream.below(says.len() as u64) as usize;
        says[at] = stream.bits() as u8;
        answers(says);
    }
}
