//! Changes become changes of the world: names looked up, settings and rows tried on a copy of the devices.

use crate::engine::{self, ChangeError, DeviceChange, Value, World};
use crate::id::{CableId, DeviceId};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::{Directory, Node, Sort};
use crate::lab::lower::rows;
use crate::lab::place::Place;
use crate::lab::schema::Change;
use crate::lab::schema::change::{Cells, Setting};
use crate::lab::source::{Span, Spanned};
use crate::lab::units;

/// Into how many changes of the world a change falls.
pub fn steps(change: &Change, names: &Directory) -> usize {
    let Change::Set(place, settings) = change else { return 1 };
    let node = match &place.value {
        Place::End(end) if end.device.is_none() && end.port.is_none() => names.find_node(&end.node),
        _ => None,
    };
    let owners = |setting: &Setting| node.map_or(1, |node| node.owners(&setting.0.value).count().max(1));
    settings.iter().map(owners).sum()
}

/// Looks up changes, one after the other, and tries them on a copy of `probe`.
#[derive(Clone, Debug)]
pub struct Resolver<'a> {
    names: &'a Directory,
    probe: Option<World>,
}

impl<'a> Resolver<'a> {
    /// `probe` is a world with the lab's devices.
    pub fn new(names: &'a Directory, probe: Option<&World>) -> Self {
        Self { names, probe: probe.cloned() }
    }

    /// The changes of the world that a change stands for; nothing when some name in it is unknown.
    pub fn resolve(&mut self, change: &Change, found: &mut Findings) -> Option<Vec<engine::Change>> {
        let known = found.noted();
        let changes = changes(change, self.names, self.probe.as_ref(), found)?;
        // What is wrong with a name need not be said again in the words of the device.
        if found.noted() > known {
            return Some(changes.into_iter().map(|(change, _)| change).collect());
        }
        for (change, spots) in &changes {
            // Cables, nodes and flows have been looked up already; a refused change leaves no trace.
            if let (Some(probe), engine::Change::Device { .. }) = (&mut self.probe, change)
                && let Err(error) = probe.apply("probe", change)
            {
                found.push(refused(&error, spots));
            }
        }
        Some(changes.into_iter().map(|(change, _)| change).collect())
    }
}

fn refused(error: &ChangeError, spots: &Spots) -> Finding {
    let span = spots.whole;
    let choose = |finding: Finding, wrong: &str, known: &[&'static str]| {
        let finding = finding.suggest(wrong, known.iter().copied());
        finding.help(format!("possible here: {}", list(known.iter().copied())))
    };
    match error {
        ChangeError::UnknownField { field, known } => unknown_setting(field, known, span),
        ChangeError::UnknownTable { table, known } => {
            let text = format!("there is no table `{table}` here");
            choose(Finding::new(Code::UnknownTable, text, span).label("no such table"), table, known)
        }
        ChangeError::UnknownColumn { table, column, known } => {
            let text = format!("table `{table}` has no column `{column}` that can be written");
            choose(Finding::new(Code::UnknownTable, text, spots.of(column, 0)).label("no such column"), column, known)
        }
        ChangeError::BadValue { field, value, expected } => {
            let finding = Finding::new(Code::Refused, format!("this is no value for `{field}`"), spots.of(field, 1));
            let finding = finding.label(format!("expected {expected}"));
            // Of several next hops one is meant.
            if field == "via" && !value.is_empty() {
                return finding.help(format!("`{value}` must be on a network of one of its interfaces, once"));
            }
            let typed = spots.parts.iter().any(|(part, _)| part == field);
            if value.is_empty() && !typed {
                return finding.help(format!("it needs `{field}` too"));
            }
            match remedy(field) {
                Some(remedy) => finding.help(remedy),
                None => finding,
            }
        }
        ChangeError::UnknownDevice { .. } => Finding::new(Code::Refused, error.to_string(), span),
        ChangeError::Missing { what, .. } => Finding::new(Code::Refused, format!("there is no such {what}"), span),
    }
}

/// What a cell looks like that would be taken.
fn remedy(field: &str) -> Option<&'static str> {
    Some(match field {
        "port" => "ports have the names that links give them: \"sw:1\" is port \"1\"",
        "mac" => "the name of a host stands for its address: \"mac\": \"ann\"",
        "ip" => "the name of a host stands for its address: \"ip\": \"ann\"",
        "prefix" => "its first address and a length: \"prefix\": \"10.244.0.0/16\"",
        "protocol" => "\"protocol\": 4 is IPIP, 47 GRE, 17 UDP",
        "pairs" => "one prefix stands for many addresses: {\"port\": \"1\", \"prefix\": \"10.244.0.0/16\"}",
        "check" => "Set(\"underlay\", (check: false))",
        _ => return None,
    })
}

fn unknown_setting(field: &str, known: &[&'static str], span: Span) -> Finding {
    let text = format!("there is no setting `{field}` that can be changed here");
    let finding = Finding::new(Code::Refused, text, span).label("not a setting").suggest(field, known.iter().copied());
    finding.help(format!("possible here: {}", list(known.iter().copied())))
}

type Changes = Vec<(engine::Change, Spots)>;

/// Where the parts of a change stand: each setting or cell with the span of its name and of its value.
#[derive(Clone, Debug)]
struct Spots {
    whole: Span,
    parts: Vec<(String, [Span; 2])>,
}

impl Spots {
    fn of(&self, name: &str, which: usize) -> Span {
        self.parts.iter().find(|(part, _)| part == name).map_or(self.whole, |(_, spans)| spans[which])
    }
}

impl From<Span> for Spots {
    fn from(whole: Span) -> Self {
        Self { whole, parts: Vec::new() }
    }
}

fn changes(change: &Change, names: &Directory, probe: Option<&World>, found: &mut Findings) -> Option<Changes> {
    let row = |(place, table, cells): (&_, &Spanned<String>, &Cells), found: &mut Findings| {
        let device = rows::table(names, probe, place, table, found)?.0;
        let parts = cells.iter().map(|(name, value)| (name.value.clone(), [name.span, value.span])).collect();
        Some((device, table.value.clone(), rows::cells(names, cells, found), Spots { whole: table.span, parts }))
    };
    match change {
        Change::Set(place, settings) if names.is_cable(&place.value) => {
            let cable = names.cable(place, found)?;
            settings.iter().map(|setting| link_setting(cable, setting, found)).collect()
        }
        Change::Set(place, settings) => set(place, settings, names, found),
        Change::AddRow(place, table, cells) => {
            let (device, table, cells, spots) = row((place, table, cells), found)?;
            Some(vec![(engine::Change::Device { device, change: DeviceChange::AddRow { table, cells } }, spots)])
        }
        Change::DelRow(place, table, cells) => {
            let (device, table, cells, spots) = row((place, table, cells), found)?;
            Some(vec![(engine::Change::Device { device, change: DeviceChange::DelRow { table, cells } }, spots)])
        }
        Change::Flush(place, table) => {
            let device = rows::table(names, probe, place, table, found)?.0;
            let change = DeviceChange::Flush { table: table.value.clone() };
            Some(vec![(engine::Change::Device { device, change }, table.span.into())])
        }
        Change::Down(place) => carrier(place, false, names, found).map(|change| vec![(change, place.span.into())]),
        Change::Up(place) => carrier(place, true, names, found).map(|change| vec![(change, place.span.into())]),
        Change::Power(place, up) => {
            let (node, up) = (whole_node(place, names, found)?.id, *up);
            Some(vec![(engine::Change::Power { node, up }, place.span.into())])
        }
        Change::Loss(place, ppm, of) => {
            let cable = names.cable(place, found)?;
            Some(vec![(engine::Change::Loss { cable, ppm: *ppm, of: *of }, place.span.into())])
        }
        Change::Start(flow) => names.flow(flow, found).map(|id| vec![(engine::Change::Start(id), flow.span.into())]),
        Change::Stop(flow) => names.flow(flow, found).map(|id| vec![(engine::Change::Stop(id), flow.span.into())]),
    }
}

fn link_setting(cable: CableId, setting: &Setting, found: &mut Findings) -> Option<(engine::Change, Spots)> {
    let (name, value) = setting;
    let share = match &value.value {
        Value::Text(text) => units::share(text).ok(),
        _ => None,
    };
    match (name.value.as_str(), share) {
        ("loss", Some(ppm)) => Some((engine::Change::Loss { cable, ppm, of: None }, value.span.into())),
        ("loss", None) => {
            let finding = Finding::new(Code::Unit, "`loss` needs a unit", value.span).label("a share of the frames");
            found.push(finding.help("loss: \"2%\""));
            None
        }
        (other, _) => {
            let text = format!("`{other}` of a link cannot be changed while it runs");
            let finding = Finding::new(Code::Refused, text, name.span).label("not a setting");
            found.push(finding.help("possible here: loss; a link goes down and up with Down(…) and Up(…)"));
            None
        }
    }
}

fn set(place: &Spanned<Place>, settings: &[Setting], names: &Directory, found: &mut Findings) -> Option<Changes> {
    let (devices, port) = names.place(place, found)?;
    let node = match &place.value {
        Place::End(end) => names.find_node(&end.node)?,
        _ => return None,
    };
    let mut list = Vec::new();
    for (name, value) in settings {
        let targets = targets(node, &devices, &name.value);
        if targets.is_empty() {
            let mut known: Vec<&'static str> = Vec::new();
            for setting in node.devices.iter().flat_map(|device| device.sort.settings()) {
                if !known.contains(setting) {
                    known.push(setting);
                }
            }
            found.push(unknown_setting(&name.value, &known, name.span));
        }
        for device in targets {
            // The port of a card is the card itself.
            let card = node.device(device).is_some_and(|device| device.sort == Sort::Nic);
            let (port, field) = (port.filter(|_| !card), name.value.clone());
            let change = DeviceChange::Set { port, field, value: value.value.clone() };
            let parts = vec![(name.value.clone(), [name.span, value.span])];
            list.push((engine::Change::Device { device, change }, Spots { whole: name.span, parts }));
        }
    }
    Some(list)
}

/// The one device a place names, else all devices of the node that have the setting: what a host sends and what its
/// card lets in go together.
fn targets(node: &Node, devices: &[DeviceId], setting: &str) -> Vec<DeviceId> {
    if let [only] = devices {
        return vec![*only];
    }
    node.owners(setting).map(|device| device.id).collect()
}

/// The node a place names, and nothing smaller.
fn whole_node<'d>(place: &Spanned<Place>, names: &'d Directory, found: &mut Findings) -> Option<&'d Node> {
    names.place(place, found)?;
    let Place::End(end) = &place.value else { return None };
    if end.port.is_none() && end.device.is_none() {
        return names.find_node(&end.node);
    }
    let finding = Finding::new(Code::OtherKind, format!("`{}` is a part of a node", place.value), place.span);
    found.push(finding.label("only a whole node has a power switch").help(format!("\"{}\"", end.node)));
    None
}

fn carrier(place: &Spanned<Place>, up: bool, names: &Directory, found: &mut Findings) -> Option<engine::Change> {
    if names.is_cable(&place.value) {
        return names.cable(place, found).map(|cable| engine::Change::Carrier { cable, up });
    }
    let end = match &place.value {
        Place::End(end) if end.port.is_some() => end,
        _ => return whole_node(place, names, found).map(|node| engine::Change::Power { node: node.id, up }),
    };
    names.place(place, found)?;
    let cable = end.port.as_ref().and_then(|port| names.plugged(&end.node, port));
    if cable.is_none() {
        let finding = Finding::new(Code::NoSuchPort, format!("nothing is plugged into `{end}`"), place.span);
        found.push(finding.label("no link ends here").help("name a link: \"a--b\""));
    }
    cable.map(|cable| engine::Change::Carrier { cable: cable.id, up })
}
