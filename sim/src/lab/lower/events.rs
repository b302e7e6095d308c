//! Events become changes of the world.

use crate::engine::{self, ChangeError, DeviceChange, Value, World};
use crate::id::{DeviceId, PortNo};
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::{Directory, Node};
use crate::lab::lower::moments::when;
use crate::lab::lower::rows;
use crate::lab::lower::wiring::{CARD, STACK};
use crate::lab::place::Place;
use crate::lab::schema::change::{Cells, Setting};
use crate::lab::schema::{Change, Lab};
use crate::lab::source::{Span, Spanned};
use crate::lab::units;
use crate::plan::{Bilingual, Op, Plan};

/// Into how many changes of the world a change falls.
pub fn steps(change: &Change) -> usize {
    match change {
        Change::Set(place, settings) => settings.iter().map(|(name, _)| owners(place, &name.value).len()).sum(),
        _ => 1,
    }
}

/// The devices of a host that have a setting; a switch has one device only, its name is asked for later.
fn owners(place: &Spanned<Place>, field: &str) -> &'static [&'static str] {
    match (&place.value, field) {
        (Place::End(end), _) if end.device.is_some() || end.port.is_some() => &[""],
        (_, "forwarding" | "gateway") => &[STACK],
        // What a host sends and what its card lets in go together.
        (_, "mtu") => &[CARD, STACK],
        _ => &[CARD],
    }
}

/// Adds all events. `probe` is a world with the lab's devices, to try changes on.
pub fn events(lab: &Lab, names: &Directory, probe: Option<&World>, plan: &mut Plan, found: &mut Findings) {
    for named in &lab.events {
        let Some(event) = &named.value else { continue };
        let at = when(&event.at, names, found);
        let changes = changes(&event.change, names, probe, found);
        let (Some(at), Some(changes)) = (at, changes) else { continue };
        for (change, spots) in changes {
            if let Some(error) = probe.and_then(|probe| refusal(probe, &change)) {
                found.push(refused(&error, &spots));
            }
            let name = named.name.value.clone();
            let why = Bilingual::new(format!("event `{name}` of the lab"), format!("实验的事件 `{name}`"));
            plan.push(Op::Event { name, change, when: at.clone() }, why);
        }
    }
}

/// Why a device would refuse a change; cables, nodes and flows have been looked up already.
fn refusal(probe: &World, change: &engine::Change) -> Option<ChangeError> {
    match change {
        engine::Change::Device { .. } => probe.clone().apply("probe", change).err(),
        _ => None,
    }
}

fn refused(error: &ChangeError, spots: &Spots) -> Finding {
    let span = spots.whole;
    let choose = |finding: Finding, wrong: &str, known: &[&'static str]| {
        let finding = finding.suggest(wrong, known.iter().copied());
        finding.help(format!("possible here: {}", list(known.iter().copied())))
    };
    match error {
        ChangeError::UnknownField { field, known } => {
            let text = format!("there is no setting `{field}` that can be changed here");
            choose(Finding::new(Code::Refused, text, span).label("not a setting"), field, known)
        }
        ChangeError::UnknownTable { table, known } => {
            let text = format!("there is no table `{table}` here");
            choose(Finding::new(Code::UnknownTable, text, span).label("no such table"), table, known)
        }
        ChangeError::UnknownColumn { table, column, known } => {
            let text = format!("table `{table}` has no column `{column}` that can be written");
            choose(Finding::new(Code::UnknownTable, text, spots.of(column, 0)).label("no such column"), column, known)
        }
        ChangeError::BadValue { field, expected, .. } => {
            Finding::new(Code::Refused, format!("this is no value for `{field}`"), spots.of(field, 1))
                .label(format!("expected {expected}"))
        }
        ChangeError::Missing { what, .. } => Finding::new(Code::Refused, format!("there is no such {what}"), span),
    }
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

fn row_spots(table: &Spanned<String>, cells: &Cells) -> Spots {
    let parts = cells.iter().map(|(name, value)| (name.value.clone(), [name.span, value.span])).collect();
    Spots { whole: table.span, parts }
}

fn changes(change: &Change, names: &Directory, probe: Option<&World>, found: &mut Findings) -> Option<Changes> {
    match change {
        Change::Set(place, settings) if names.is_cable(&place.value) => {
            let cable = names.cable(place, found)?;
            settings.iter().map(|setting| link_setting(cable, setting, found)).collect()
        }
        Change::Set(place, settings) => set(place, settings, names, found),
        Change::AddRow(place, table, cells) => {
            let device = rows::table(names, probe, place, table, found)?.0;
            let spots = row_spots(table, cells);
            let cells = rows::cells(names, cells, found);
            let change = DeviceChange::AddRow { table: table.value.clone(), cells };
            Some(vec![(engine::Change::Device { device, change }, spots)])
        }
        Change::DelRow(place, table, cells) => {
            let device = rows::table(names, probe, place, table, found)?.0;
            let spots = row_spots(table, cells);
            let cells = rows::cells(names, cells, found);
            let change = DeviceChange::DelRow { table: table.value.clone(), cells };
            Some(vec![(engine::Change::Device { device, change }, spots)])
        }
        Change::Flush(place, table) => {
            let device = rows::table(names, probe, place, table, found)?.0;
            let change = DeviceChange::Flush { table: table.value.clone() };
            Some(vec![(engine::Change::Device { device, change }, table.span.into())])
        }
        Change::Power(place, up) => power(place, *up, names, found).map(|change| vec![(change, place.span.into())]),
        Change::Loss(place, ppm) => {
            let cable = names.cable(place, found)?;
            Some(vec![(engine::Change::Loss { cable, ppm: *ppm }, place.span.into())])
        }
        Change::Stop(flow) => names.flow(flow, found).map(|id| vec![(engine::Change::Stop(id), flow.span.into())]),
    }
}

fn link_setting(cable: crate::id::CableId, setting: &Setting, found: &mut Findings) -> Option<(engine::Change, Spots)> {
    let (name, value) = setting;
    let share = match &value.value {
        Value::Text(text) => units::share(text).ok(),
        _ => None,
    };
    match (name.value.as_str(), share) {
        ("loss", Some(ppm)) => Some((engine::Change::Loss { cable, ppm }, value.span.into())),
        ("loss", None) => {
            let finding = Finding::new(Code::Unit, "`loss` needs a unit", value.span).label("a share of the frames");
            found.push(finding.help("loss: \"2%\""));
            None
        }
        (other, _) => {
            let finding =
                Finding::new(Code::Refused, format!("`{other}` of a link cannot be changed while it runs"), name.span);
            found.push(
                finding
                    .label("not a setting")
                    .help("possible here: loss; a link goes down and up with Down(…) and Up(…)"),
            );
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
        for device in target(node, &devices, place, &name.value) {
            // The port of a card is the card itself.
            let port = if node.home.is_some() { None } else { port };
            let change = DeviceChange::Set { port, field: name.value.clone(), value: value.value.clone() };
            let parts = vec![(name.value.clone(), [name.span, value.span])];
            list.push((engine::Change::Device { device, change }, Spots { whole: name.span, parts }));
        }
    }
    Some(list)
}

fn target(node: &Node, devices: &[DeviceId], place: &Spanned<Place>, field: &str) -> Vec<DeviceId> {
    if let [only] = devices {
        return vec![*only];
    }
    let named = |wanted: &&str| node.devices.iter().find(|(name, _)| name == wanted).map(|(_, id)| *id);
    owners(place, field).iter().filter_map(named).collect()
}

fn power(place: &Spanned<Place>, up: bool, names: &Directory, found: &mut Findings) -> Option<engine::Change> {
    if names.is_cable(&place.value) {
        return names.cable(place, found).map(|cable| engine::Change::Carrier { cable, up });
    }
    let (_, port): (_, Option<PortNo>) = names.place(place, found)?;
    let Place::End(end) = &place.value else { return None };
    let node = names.find_node(&end.node)?;
    let Some(name) = end.port.as_ref().filter(|_| port.is_some()) else {
        return Some(engine::Change::Power { node: node.id, up });
    };
    let plugged = |cable: &&super::directory::Cable| cable.ends.iter().any(|(n, p)| *n == end.node && p == name);
    let cable = names.cables.iter().find(plugged);
    if cable.is_none() {
        let finding = Finding::new(Code::NoSuchPort, format!("nothing is plugged into `{end}`"), place.span);
        found.push(finding.label("no link ends here").help("name a link: \"a--b\""));
    }
    cable.map(|cable| engine::Change::Carrier { cable: cable.id, up })
}
