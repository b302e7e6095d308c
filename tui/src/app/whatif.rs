//! Changes typed by hand: the vocabulary of the lab file, in one line.
//!
//! `down ann--sw`, `set sw ageing 10s`, `add sw fdb mac=bob port=2`, `del sw fdb port=2`, `flush sw fdb`,
//! `loss ann--sw 2%`, `loss ann--sw 100% ipv4`, `stop ping`.

use overunder_sim::engine::{Cell, Change, ChangeError, Device, DeviceChange, Value, World};
use overunder_sim::id::{CableId, DeviceId, FlowId, NodeId, PortNo};
use overunder_sim::lab::units;
use overunder_sim::wire::layers::{Content, NAMES};

/// Words that begin a change. `addrow` and `delrow` are what lab files call `add` and `del`.
pub const VERBS: &[&str] = &["down", "up", "set", "add", "addrow", "del", "delrow", "flush", "loss", "start", "stop"];

/// Reads a change; the error says what is wrong with it.
pub fn parse(world: &World, text: &str) -> Result<Change, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [verb @ ("down" | "up"), place] => power(world, place, *verb == "up"),
        ["set", place, field, value @ ..] if !value.is_empty() => {
            let (device, port) = device_port(world, place)?;
            let change = DeviceChange::Set { port, field: (*field).to_owned(), value: self::value(&value.join(" ")) };
            Ok(Change::Device { device, change })
        }
        [verb @ ("add" | "addrow" | "del" | "delrow"), place, table, cells @ ..] if !cells.is_empty() => {
            let (device, table) = (device_with(world, place, table)?, (*table).to_owned());
            let cells = cells.iter().map(|text| cell(world, text)).collect::<Result<_, _>>()?;
            let change = match *verb {
                "add" | "addrow" => DeviceChange::AddRow { table, cells },
                _ => DeviceChange::DelRow { table, cells },
            };
            Ok(Change::Device { device, change })
        }
        ["flush", place, table] => {
            let device = device_with(world, place, table)?;
            Ok(Change::Device { device, change: DeviceChange::Flush { table: (*table).to_owned() } })
        }
        ["loss", place, share, layer @ ..] if layer.len() < 2 => {
            let wrong = |wrong: units::Wrong| format!("`{share}`: {}; write {}", wrong.label, wrong.fix);
            let of = layer.first().map(|name| content(name)).transpose()?;
            Ok(Change::Loss { cable: cable(world, place)?, ppm: units::share(share).map_err(wrong)?, of })
        }
        ["start", name] => Ok(Change::Start(flow(world, name)?)),
        ["stop", name] => Ok(Change::Stop(flow(world, name)?)),
        [verb, ..] => Err(format!("write: {}", usage(verb))),
        [] => Err("a change is missing".to_owned()),
    }
}

/// How a change is written.
pub fn usage(verb: &str) -> &'static str {
    match verb {
        "down" => "down LINK or down NODE",
        "up" => "up LINK or up NODE",
        "set" => "set DEVICE FIELD VALUE, or set DEVICE:PORT FIELD VALUE",
        "add" | "addrow" => "add DEVICE TABLE COLUMN=VALUE…",
        "del" | "delrow" => "del DEVICE TABLE COLUMN=VALUE…",
        "flush" => "flush DEVICE TABLE",
        "loss" => "loss LINK 2%, or loss LINK 100% LAYER",
        "start" => "start FLOW",
        _ => "stop FLOW",
    }
}

/// What could stand after the words typed so far.
pub fn choices(world: &World, words: &[&str]) -> Vec<String> {
    match words {
        ["down" | "up"] => cable_names(world).chain(node_names(world)).collect(),
        ["loss"] => cable_names(world).collect(),
        ["loss", _, _] => NAMES.iter().map(|name| (*name).to_owned()).collect(),
        ["set"] => device_names(world, |_| true),
        ["set", place] => fields(world, place),
        ["add" | "addrow" | "del" | "delrow" | "flush"] => device_names(world, |device| !device.tables().is_empty()),
        ["add" | "addrow" | "del" | "delrow" | "flush", place] => {
            let device = device_port(world, place).ok().and_then(|(device, _)| world.device(device));
            device.map(|device| device.tables().iter().map(|table| table.name.to_owned()).collect()).unwrap_or_default()
        }
        ["add" | "addrow" | "del" | "delrow", place, table, ..] => columns(world, place, table),
        ["start" | "stop"] => world.flows().iter().map(|flow| flow.name.clone()).collect(),
        _ => Vec::new(),
    }
}

/// The layer that frames are lost for.
fn content(name: &str) -> Result<Content, String> {
    Content::named(name).ok_or_else(|| format!("there is no layer `{name}`; there is: {}", NAMES.join(", ")))
}

fn cable_names(world: &World) -> impl Iterator<Item = String> {
    world.cables().iter().map(|cable| cable.name.clone())
}

fn node_names(world: &World) -> impl Iterator<Item = String> {
    world.nodes().iter().map(|node| node.name.clone())
}

fn device_names(world: &World, wanted: impl Fn(&dyn Device) -> bool) -> Vec<String> {
    let ids = (0..world.device_count() as u32).map(DeviceId);
    ids.filter(|id| world.device(*id).is_some_and(&wanted)).map(|id| world.device_name(id).to_owned()).collect()
}

/// A device lists its settings when it is asked for one that it cannot have.
fn fields(world: &World, place: &str) -> Vec<String> {
    let Ok((device, port)) = device_port(world, place) else { return Vec::new() };
    let change = DeviceChange::Set { port, field: String::new(), value: Value::Flag(false) };
    match world.clone().apply("", &Change::Device { device, change }) {
        Err(ChangeError::UnknownField { known, .. }) => known.into_iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn columns(world: &World, place: &str, table: &str) -> Vec<String> {
    let Ok((device, _)) = device_port(world, place) else { return Vec::new() };
    let change = DeviceChange::AddRow { table: table.to_owned(), cells: vec![(String::new(), String::new())] };
    match world.clone().apply("", &Change::Device { device, change }) {
        Err(ChangeError::UnknownColumn { known, .. }) => known.into_iter().map(|name| format!("{name}=")).collect(),
        _ => Vec::new(),
    }
}

fn power(world: &World, place: &str, up: bool) -> Result<Change, String> {
    if let Some(cable) = world.wiring().cable(place) {
        return Ok(Change::Carrier { cable, up });
    }
    let node = world.nodes().iter().position(|node| node.name == place);
    let node = node.ok_or_else(|| unknown("link or node", place, cable_names(world).chain(node_names(world))))?;
    Ok(Change::Power { node: NodeId(node as u32), up })
}

fn cable(world: &World, name: &str) -> Result<CableId, String> {
    world.wiring().cable(name).ok_or_else(|| unknown("link", name, cable_names(world)))
}

fn flow(world: &World, name: &str) -> Result<FlowId, String> {
    let at = world.flows().iter().position(|flow| flow.name == name);
    at.map(|at| FlowId(at as u16)).ok_or_else(|| unknown("flow", name, world.flows().iter().map(|f| f.name.clone())))
}

fn unknown(what: &str, name: &str, known: impl Iterator<Item = String>) -> String {
    let known: Vec<String> = known.take(12).collect();
    format!("there is no {what} `{name}`; there is: {}", known.join(", "))
}

/// `sw`, `sw:3`, `ann/eth0`.
fn device_port(world: &World, place: &str) -> Result<(DeviceId, Option<PortNo>), String> {
    let (name, port) = place.split_once(':').map_or((place, None), |(name, port)| (name, Some(port)));
    let ids = (0..world.device_count() as u32).map(DeviceId);
    let device = ids.into_iter().find(|id| world.device_name(*id) == name);
    let device = device.ok_or_else(|| unknown("device", name, device_names(world, |_| true).into_iter()))?;
    let Some(wanted) = port else { return Ok((device, None)) };
    let Some(at) = world.device(device) else { return Ok((device, None)) };
    let found = (0..at.ports()).map(PortNo).find(|port| at.port_name(*port) == wanted);
    let ports = (0..at.ports()).map(|port| at.port_name(PortNo(port)));
    found.map(|port| (device, Some(port))).ok_or_else(|| unknown("port", wanted, ports))
}

/// A device by its name, or the device of a node that has such a table.
fn device_with(world: &World, place: &str, table: &str) -> Result<DeviceId, String> {
    let node = world.nodes().iter().find(|node| node.name == place);
    let has = |id: &DeviceId| world.device(*id).is_some_and(|at| at.tables().iter().any(|view| view.name == table));
    match node.and_then(|node| node.devices.iter().copied().find(has)) {
        Some(device) => Ok(device),
        None => device_port(world, place).map(|(device, _)| device),
    }
}

/// `column=value`; a node's name stands for its address.
fn cell(world: &World, text: &str) -> Result<(String, String), String> {
    let (column, value) = text.split_once('=').ok_or_else(|| format!("`{text}` should be COLUMN=VALUE"))?;
    let named = world.nodes().iter().find(|node| node.name == value);
    let address = named.and_then(|node| {
        let devices = node.devices.iter().filter_map(|id| world.device(*id));
        let tables = devices.flat_map(Device::tables).filter(|table| table.name == "addresses");
        let cells = tables.flat_map(|table| table.rows).flat_map(|row| row.cells);
        cells.into_iter().find_map(|cell| match (column, cell) {
            ("mac", Cell::Mac(mac)) => Some(mac.to_string()),
            ("ip" | "via", Cell::Ip(ip) | Cell::Prefix(ip, _)) => Some(ip.to_string()),
            _ => None,
        })
    });
    Ok((column.to_owned(), address.unwrap_or_else(|| value.to_owned())))
}

fn value(text: &str) -> Value {
    match text {
        "true" | "on" | "yes" => Value::Flag(true),
        "false" | "off" | "no" => Value::Flag(false),
        _ => match (text.replace('_', "").parse(), units::time(text)) {
            (Ok(number), _) => Value::Number(number),
            (_, Ok(span)) => Value::Span(span),
            _ => Value::Text(text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use overunder_sim::plan::world::build;
    use overunder_sim::time::SimDuration;

    use super::*;
    use crate::app::sample;

    #[test]
    fn changes_are_read_as_typed() {
        let world = build(&sample::ping_plan()).expect("builds");
        assert_eq!(parse(&world, "down ann--sw"), Ok(Change::Carrier { cable: CableId(0), up: false }));
        assert_eq!(parse(&world, "up sw"), Ok(Change::Power { node: NodeId(0), up: true }));
        assert_eq!(parse(&world, "loss bob--sw 0.5%"), Ok(Change::Loss { cable: CableId(1), ppm: 5_000, of: None }));
        let of = Content::named("ipv4");
        assert!(of.is_some());
        assert_eq!(parse(&world, "loss bob--sw 100% ipv4"), Ok(Change::Loss { cable: CableId(1), ppm: 1_000_000, of }));
        let unknown = parse(&world, "loss bob--sw 100% ipx").expect_err("no such layer");
        assert!(
            unknown.starts_with("there is no layer `ipx`; there is: eth, ") && unknown.contains("ospf"),
            "{unknown}"
        );
        assert_eq!(parse(&world, "stop ping"), Ok(Change::Stop(FlowId(0))));
        let add = parse(&world, "add sw fdb mac=bob port=2").expect("a row");
        let cells = vec![("mac".to_owned(), "02:00:00:00:00:02".to_owned()), ("port".to_owned(), "2".to_owned())];
        let change = DeviceChange::AddRow { table: "fdb".to_owned(), cells };
        assert_eq!(add, Change::Device { device: DeviceId(0), change });
        assert_eq!(parse(&world, "addrow sw fdb mac=bob port=2"), Ok(add), "the word of the lab file");
        let del = |word| parse(&world, &format!("{word} sw fdb mac=bob"));
        assert!(del("del").is_ok() && del("delrow") == del("del"));
        let set = parse(&world, "set sw ageing 1.5s").expect("a setting");
        let value = Value::Span(SimDuration::from_ms(1_500));
        let change = DeviceChange::Set { port: None, field: "ageing".to_owned(), value };
        assert_eq!(set, Change::Device { device: DeviceId(0), change });
    }

    #[test]
    fn what_is_wrong_is_said() {
        let world = build(&sample::ping_plan()).expect("builds");
        let wrong = |text| parse(&world, text).expect_err("wrong");
        assert!(wrong("down nobody").contains("ann--sw"));
        assert!(wrong("set sw:9 mtu 5").contains("there is: 1, 2, 3"));
        assert!(wrong("loss ann--sw 200%").contains("100%"));
        assert_eq!(wrong("add sw"), "write: add DEVICE TABLE COLUMN=VALUE…");
        assert!(wrong("add sw fdb mac").contains("COLUMN=VALUE"));
    }

    #[test]
    fn what_can_follow_is_offered() {
        let world = build(&sample::ping_plan()).expect("builds");
        assert!(choices(&world, &["set", "sw"]).contains(&"ageing".to_owned()));
        assert!(choices(&world, &["add", "sw", "fdb"]).contains(&"mac=".to_owned()));
        assert_eq!(choices(&world, &["stop"]), ["ping"]);
        assert!(choices(&world, &["flush", "sw"]).contains(&"fdb".to_owned()));
    }
}
