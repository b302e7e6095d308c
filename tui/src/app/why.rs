//! Why the present event went as it did: what was looked up, which row answered, and what was not looked at.

use overunder_sim::cost::Cost;
use overunder_sim::engine::{Cell, Decision, Device, Entry, RowChange, RowRef, TableView, Verdict, World};
use overunder_sim::id::{DeviceId, PortNo};
use overunder_sim::time::SimDuration;
use overunder_sim::view::names::port_name;
use overunder_sim::view::sentence::Context;
use overunder_sim::wire::layers::{FieldValue, Layer, find, walk};

use crate::app::model::Bench;
use crate::app::words::Words;

/// What a line is about; decides how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The verdict.
    Verdict,
    /// A verdict that loses the frame.
    Drop,
    /// What was looked up, and what was found.
    Look,
    /// A row was written.
    Wrote,
    /// What the device did not look at.
    NotRead,
    /// The rule behind it.
    Because,
    /// Where the rule stands.
    Source,
}

/// A line of the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub kind: Kind,
    /// A word before it.
    pub label: String,
    /// What it says.
    pub text: String,
    /// The row it speaks of.
    pub row: Option<(DeviceId, RowRef)>,
}

/// The reasons of the present event, in the order in which the device found them.
pub fn lines(bench: &Bench, words: &'static Words) -> Vec<Line> {
    let world = bench.session.world();
    let log = world.log();
    let context = Context { world, book: bench.session.book(), lang: bench.session.lang() };
    let mut teller = Teller { context, words, lines: Vec::new(), told: None, work: Vec::new() };
    if bench.session.moment().is_none() {
        return Vec::new();
    }
    for (at, entry) in log.entries().iter().enumerate() {
        match entry {
            Entry::Decision { decision, bytes } => {
                let layers = walk(decision.link, log.bytes(*bytes));
                let ports: Vec<PortNo> = log.ports(at).collect();
                teller.decision(decision, &layers, &ports);
            }
            Entry::Row { device, row, change } => teller.wrote(*device, *row, *change),
            Entry::Agent { .. } => teller.said(entry),
            Entry::Command(number) => {
                let name = world.command(*number).map_or("", |(name, _)| name.as_str());
                teller.push(Kind::Verdict, words.why_change, name.to_owned(), None);
            }
            Entry::Charge { device, cost, time, .. } => teller.charged(*device, *cost, *time),
            Entry::Crossing { .. } | Entry::Inner { .. } => {}
        }
    }
    teller.close();
    teller.lines
}

struct Teller<'a> {
    context: Context<'a>,
    words: &'static Words,
    lines: Vec<Line>,
    /// The last decision, whose rule and source come at the end.
    told: Option<(Decision, Vec<Layer>)>,
    /// What the event cost the node, and where.
    work: Vec<(DeviceId, &'static str, SimDuration)>,
}

impl Teller<'_> {
    fn push(&mut self, kind: Kind, label: &str, text: String, row: Option<(DeviceId, RowRef)>) {
        self.lines.push(Line { kind, label: label.to_owned(), text, row });
    }

    fn world(&self) -> &World {
        self.context.world
    }

    fn table(&self, device: DeviceId, row: RowRef) -> Option<TableView> {
        self.world().device(device)?.tables().into_iter().nth(usize::from(row.table))
    }

    /// A daemon's reason, and the row it has written.
    fn said(&mut self, entry: &Entry) {
        let Some(said) = self.context.said(entry) else { return };
        let kind = if said.refused { Kind::Drop } else { Kind::Verdict };
        self.push(kind, said.name, format!("{} [{}]", said.why, said.reason.slug), None);
        if let Some((device, change)) = said.change {
            self.push(Kind::Look, self.words.why_change, format!("{device} {change}"), None);
        }
        self.push(
            Kind::Because,
            self.words.why_because,
            self.context.lang.pick(said.reason.because, said.reason.because_zh).to_owned(),
            None,
        );
        self.push(Kind::Source, self.words.why_source, said.reason.source.to_owned(), None);
    }

    fn decision(&mut self, decision: &Decision, layers: &[Layer], ports: &[PortNo]) {
        // A remark speaks of a row that was written; that is told by itself.
        if decision.verdict != Verdict::Note {
            self.looked_up(decision, layers);
        }
        let lost = decision.verdict == Verdict::Drop;
        let kind = if lost { Kind::Drop } else { Kind::Verdict };
        let verdict = self.words.verdict(decision.verdict);
        let why = self.context.why(decision, layers, ports);
        let row = decision.row.map(|row| (decision.device, row));
        self.push(kind, verdict, format!("{why} [{}]", decision.reason.slug), row);
        if self.told.is_none() || decision.verdict != Verdict::Note {
            self.told = Some((*decision, layers.to_vec()));
        }
    }

    /// The key, the table, the row that answered and those that would have, too.
    fn looked_up(&mut self, decision: &Decision, layers: &[Layer]) {
        let Some(row) = decision.row else { return };
        let Some(table) = self.table(decision.device, row) else { return };
        let lang = self.context.lang;
        let name = lang.pick(table.name, table.zh);
        let place = Some((decision.device, row));
        let found = table.row(row.key);
        let cells = |row: &overunder_sim::engine::TableRow| {
            row.cells.iter().map(|cell| self.context.book.cell(cell)).collect::<Vec<_>>().join("  ")
        };
        let text = match found {
            Some(found) => format!("{name}: {}", cells(found)),
            None => format!("{name}: {}", self.words.why_row_gone),
        };
        self.push(Kind::Look, self.words.why_hit, text, place);
        let Some(FieldValue::Ipv4(ip)) = find(layers, "ipv4.dst").map(|field| field.value.clone()) else { return };
        let Some(Cell::Prefix(_, best)) = found.and_then(|row| row.cells.first()) else { return };
        let mut also: Vec<String> = Vec::new();
        for other in &table.rows {
            if let Some(Cell::Prefix(prefix, len)) = other.cells.first()
                && other.key != row.key
                && len <= best
                && contains(*prefix, *len, ip)
            {
                also.push(format!("{prefix}/{len}"));
            }
        }
        if !also.is_empty() {
            self.push(Kind::Look, self.words.why_also, also.join(", "), None);
        }
    }

    fn wrote(&mut self, device: DeviceId, row: RowRef, change: RowChange) {
        let Some(table) = self.table(device, row) else { return };
        let sign = match change {
            RowChange::Added => '+',
            RowChange::Changed => '~',
            RowChange::Removed => '-',
        };
        let book = self.context.book;
        let cells = table.row(row.key).map(|row| row.cells.iter().map(|cell| book.cell(cell)).collect::<Vec<_>>());
        let name = self.context.lang.pick(table.name, table.zh);
        let text = match cells {
            Some(cells) => format!("{sign} {name}: {}", cells.join("  ")),
            None => format!("{sign} {name}"),
        };
        self.push(Kind::Wrote, self.words.why_wrote, text, Some((device, row)));
    }

    /// Work is told in one line, behind what it was done for.
    fn charged(&mut self, device: DeviceId, cost: Cost, time: SimDuration) {
        let name = cost.name();
        self.work.push((device, self.context.lang.pick(name.en, name.zh), time));
    }

    /// What the event cost, and by which numbers.
    fn tell_work(&mut self) {
        let work = std::mem::take(&mut self.work);
        let Some((device, ..)) = work.first() else { return };
        let world = self.world();
        let Some(cpu) = world.node_of(*device).and_then(|node| world.cpu(node)) else { return };
        let sum = work.iter().fold(SimDuration::ZERO, |sum, (.., time)| sum + *time);
        let mut text = work.iter().map(|(_, name, time)| format!("{name} {time}")).collect::<Vec<_>>().join(" + ");
        if work.len() > 1 {
            text = format!("{text} = {sum}");
        }
        let model = self.words.why_model.replace("{profile}", &cpu.profile.name);
        self.push(Kind::Look, self.words.why_cost, format!("{text} ({model})"), None);
    }

    fn close(&mut self) {
        self.tell_work();
        let Some((decision, layers)) = self.told.take() else { return };
        let kind = self.world().device(decision.device).map_or("", Device::kind);
        let ignored = not_read(kind, decision.reason.slug, &layers);
        if !ignored.is_empty() {
            self.push(Kind::NotRead, self.words.why_not_read, ignored.join(", "), None);
        }
        let reason = decision.reason;
        let because = self.context.lang.pick(reason.because, reason.because_zh);
        self.push(Kind::Because, self.words.why_because, because.to_owned(), None);
        let linux = if reason.linux.is_empty() { String::new() } else { format!("; Linux {}", reason.linux) };
        self.push(Kind::Source, self.words.why_source, format!("{}{linux}", reason.source), None);
    }
}

fn contains(prefix: std::net::Ipv4Addr, len: u8, ip: std::net::Ipv4Addr) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(len.min(32))).unwrap_or(0);
    prefix.to_bits() & mask == ip.to_bits() & mask
}

/// Layers that the device did not look at to decide so.
fn not_read(kind: &str, slug: &str, layers: &[Layer]) -> Vec<String> {
    let family = slug.split('.').next().unwrap_or_default();
    let read: &[&str] = match (kind, family) {
        // A switch that snoops looks for groups, and for messages about them.
        ("bridge", _) if slug.starts_with("bridge.snoop-") => &["eth", "vlan", "ipv4", "igmp"],
        ("bridge", _) | (_, "bridge") => &["eth", "vlan"],
        ("nic", _) | (_, "nic") => &["eth"],
        (_, "arp") => &["eth", "arp"],
        (_, "ip" | "neigh") => &["eth", "arp", "ipv4", "ipv6", "icmpv6"],
        _ => return Vec::new(),
    };
    // Behind a header that was not read nothing was read either.
    let first = layers.iter().position(|layer| !read.contains(&layer.name)).unwrap_or(layers.len());
    let rest = layers[first..].iter().filter(|layer| !layer.quoted && !matches!(layer.name, "payload" | "padding"));
    rest.map(layer_name).collect()
}

fn layer_name(layer: &Layer) -> String {
    let field = |name| layer.field(name).map_or_else(String::new, |field| field.value.to_string());
    match layer.name {
        "ipv4" => format!("IPv4 {} > {}", field("src"), field("dst")),
        "ipv6" => format!("IPv6 {} > {}", field("src"), field("dst")),
        "udp" | "tcp" => format!("{} {} > {}", layer.name.to_uppercase(), field("src"), field("dst")),
        "arp" => format!("ARP {} > {}", field("spa"), field("tpa")),
        "vxlan" => format!("VXLAN {}", field("vni")),
        "geneve" => format!("Geneve {}", field("vni")),
        "gre" => "GRE".to_owned(),
        "eth" => "Ethernet".to_owned(),
        other => other.to_uppercase(),
    }
}

/// Where a device says its frame came in: `sw:1`, `ann/eth0:wire`, or the device alone.
pub fn place(world: &World, device: DeviceId, port: Option<PortNo>) -> String {
    match port {
        Some(port) => format!("{}:{}", world.device_name(device), port_name(world, device, port)),
        None => world.device_name(device).to_owned(),
    }
}
