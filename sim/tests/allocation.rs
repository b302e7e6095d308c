//! A bridged frame costs no allocation once everything is warm and nobody looks (the log is off).

use allocation_counter::measure;
use overunder_sim::device::bridge::{Bridge, BridgeConfig, PortConfig, PortVlan, WhenFull};
use overunder_sim::engine::{
    CableConfig, Change, ChangeError, Device, DeviceChange, Outbox, Stop, TableView, TimerKind, Value, World,
    WorldBuilder,
};
use overunder_sim::explain::Reason;
use overunder_sim::id::{DeviceId, PortNo};
use overunder_sim::time::{SimDuration, SimTime};
use overunder_sim::wire::{Frame, LinkType, MacAddr, Origin, ethernet};

overunder_sim::reasons! {
    /// Thrown back.
    BACK = "station.back" {
        en: "back", zh: "退回", because: "A ball game.", because_zh: "球赛。", source: "model choice",
    }
    /// Served.
    SERVED = "station.served" {
        en: "served", zh: "发球", because: "A ball game.", because_zh: "球赛。", source: "model choice",
    }
    /// Kept.
    KEPT = "station.kept" {
        en: "kept", zh: "收下", because: "A ball game.", because_zh: "球赛。", source: "model choice",
    }
}

/// A station that throws frames back to their sender, or, without `returns`, keeps them and serves new ones.
#[derive(Clone, Debug)]
struct Station {
    number: u8,
    to: MacAddr,
    returns: bool,
}

fn mac(number: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, number])
}

impl Device for Station {
    fn receive(&mut self, _now: SimTime, port: PortNo, mut frame: Frame, out: &mut Outbox<'_>) {
        let Some(src) = ethernet::src(frame.bytes()).filter(|_| self.returns) else { return out.deliver(frame, &KEPT) };
        ethernet::write(frame.bytes_mut(), src, mac(self.number), ethernet::EXPERIMENTAL);
        out.forward(port, frame, &BACK);
    }
    fn timer(&mut self, now: SimTime, kind: TimerKind, out: &mut Outbox<'_>) {
        let mut frame = out.mint(200, LinkType::Ethernet, Origin::NONE);
        ethernet::write(frame.bytes_mut(), self.to, mac(self.number), ethernet::EXPERIMENTAL);
        out.send(PortNo(0), frame, &SERVED);
        if !self.returns {
            out.arm(kind, now + SimDuration::from_us(5));
        }
    }
    fn change(&mut self, now: SimTime, _change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        out.arm(TimerKind(0), now);
        Ok(())
    }
    fn kind(&self) -> &'static str {
        "station"
    }
    fn ports(&self) -> u16 {
        1
    }
    fn port_name(&self, _port: PortNo) -> String {
        "eth0".to_owned()
    }
    fn timers(&self) -> u32 {
        1
    }
    fn reasons(&self) -> &'static [Reason] {
        ALL
    }
    fn tables(&self) -> Vec<TableView> {
        Vec::new()
    }
    fn heap_bytes(&self) -> usize {
        0
    }
    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}

/// Sixteen stations on one switch, each playing with the next, or all calling `to`.
fn game(returns: bool, to: Option<MacAddr>, edit: impl Fn(&mut BridgeConfig)) -> World {
    let mut builder = WorldBuilder::new(1);
    let ports = (1..=16).map(|port| PortConfig::named(port.to_string())).collect();
    let mut config = BridgeConfig { ports, ..BridgeConfig::default() };
    edit(&mut config);
    let node = builder.node("sw", "Switch");
    let switch = builder.device(node, "sw", Box::new(Bridge::new(config))).unwrap();
    for number in 0..16 {
        let name = format!("h{number}");
        let node = builder.node(&name, "Host");
        let station = Station { number, to: to.unwrap_or(mac((number + 1) % 16)), returns };
        let device = builder.device(node, &name, Box::new(station)).unwrap();
        let ends = ((device, PortNo(0)), (switch, PortNo(u16::from(number))));
        builder.cable(&name, ends.0, ends.1, CableConfig::default()).unwrap();
    }
    let mut world = builder.build().unwrap();
    for number in 0..16 {
        let serve = DeviceChange::Set { port: None, field: "serve".to_owned(), value: Value::Flag(true) };
        world.apply("serve", &Change::Device { device: DeviceId(number + 1), change: serve }).unwrap();
    }
    world
}

/// Allocations of so many events, after as many to warm up; also how many frames the switch forwarded meanwhile.
fn allocations(mut world: World, slug: &str) -> (u64, u64) {
    let moved = |world: &World| {
        let counts = world.reason_counts(DeviceId(0));
        counts.iter().find(|(reason, _)| reason.slug == slug).map_or(0, |(_, n)| *n)
    };
    assert_eq!(world.run(SimTime::MAX, 100_000), Stop::Budget);
    let before = moved(&world);
    let info = measure(|| {
        world.run(SimTime::MAX, 100_000);
    });
    (info.count_total, moved(&world) - before)
}

#[test]
fn a_bridged_unicast_frame_costs_no_allocation_once_warm() {
    let (count, forwarded) = allocations(game(true, None, |_| {}), "bridge.forward-known");
    assert!(forwarded > 40_000, "{forwarded}");
    assert_eq!(count, 0);
}

#[test]
fn neither_does_making_a_frame_and_using_it_up() {
    let (count, forwarded) = allocations(game(false, None, |_| {}), "bridge.forward-known");
    assert!(forwarded > 20_000, "{forwarded}");
    assert_eq!(count, 0);
}

#[test]
fn neither_does_a_flooded_frame_whose_copies_nobody_changes() {
    let (count, flooded) = allocations(game(false, Some(MacAddr::BROADCAST), |_| {}), "bridge.flood-broadcast");
    assert!(flooded > 3_000, "{flooded}");
    assert_eq!(count, 0);
}

#[test]
fn neither_do_limits_vlans_and_port_security() {
    for when_full in [WhenFull::RefuseNew, WhenFull::EvictOldest, WhenFull::Overwrite, WhenFull::DropFrame] {
        // Room for all, and room for half: then rows come and go all the time, and frames are flooded.
        for (capacity, slug) in [(64, "bridge.forward-known"), (8, "bridge.flood-unknown")] {
            let limit = |config: &mut BridgeConfig| (config.capacity, config.when_full) = (Some(capacity), when_full);
            let (count, moved) = allocations(game(false, None, limit), slug);
            assert_eq!(count, 0, "{when_full:?}, {capacity} rows");
            assert!(moved > 1_000 || when_full == WhenFull::DropFrame, "{when_full:?}: {moved}");
        }
    }
    let tagged = game(true, None, |config| {
        config.vlan_filtering = true;
        config.ports[0].vlan = PortVlan::Trunk { native: Some(1), allowed: vec![1, 2] };
    });
    assert_eq!(allocations(tagged, "bridge.forward-known").0, 0);
    let secured = game(true, None, |config| {
        config
            .ports
            .iter_mut()
            .for_each(|port| port.security = Some(overunder_sim::device::bridge::PortSecurity::default()));
    });
    assert_eq!(allocations(secured, "bridge.forward-known").0, 0);
}

#[test]
fn the_counter_sees_what_does_allocate() {
    let mut world = game(true, None, |_| {});
    world.run(SimTime::MAX, 100_000);
    world.set_logging(true);
    let info = measure(|| {
        world.run(SimTime::MAX, 10);
    });
    assert!(info.count_total > 0, "a log keeps bytes");
}
