//! Tables, columns and cells, looked up in the devices themselves.

use crate::control::agent;
use crate::engine::{Device, World};
use crate::id::DeviceId;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::lower::directory::{Directory, Home};
use crate::lab::place::Place;
use crate::lab::schema::change::Cells;
use crate::lab::source::Spanned;

/// The device at a place that has a table, and the names of its columns.
pub fn table(
    names: &Directory,
    probe: Option<&World>,
    place: &Spanned<Place>,
    table: &Spanned<String>,
    found: &mut Findings,
) -> Option<(DeviceId, Vec<&'static str>)> {
    let (devices, _) = names.place(place, found)?;
    let probe = probe?;
    let mut known: Vec<&'static str> = Vec::new();
    for device in devices {
        for view in probe.device(device).map(Device::tables).unwrap_or_default() {
            if view.name == table.value {
                return Some((device, view.columns.iter().map(|column| column.name).collect()));
            }
            if !known.contains(&view.name) {
                known.push(view.name);
            }
        }
    }
    let finding =
        Finding::new(Code::UnknownTable, format!("`{}` has no table `{}`", place.value, table.value), table.span);
    let finding = finding.label("no such table");
    let mut finding = finding.suggest(&table.value, known.iter().copied());
    if table.value == agent::TABLE {
        finding = finding.help("a daemon that tells others of stations has one: plugin: DockerOverlay(), or Gossip(…)");
    }
    found.push(finding.help(format!("tables here: {}", list(known.iter().copied()))));
    None
}

/// A column must be one of the table's.
pub fn column(name: &Spanned<String>, table: &str, columns: &[&'static str], found: &mut Findings) -> bool {
    let known = columns.contains(&name.value.as_str());
    if !known {
        let finding =
            Finding::new(Code::UnknownTable, format!("table `{table}` has no column `{}`", name.value), name.span);
        let finding = finding.label("no such column");
        let finding = finding.suggest(&name.value, columns.iter().copied());
        found.push(finding.help(format!("columns: {}", list(columns.iter().copied()))));
    }
    known
}

/// Cells as text: the name of a host stands for the address its column holds.
pub fn cells(names: &Directory, cells: &Cells, found: &mut Findings) -> Vec<(String, String)> {
    cells.iter().map(|(column, value)| (column.value.clone(), cell(names, &column.value, value, found))).collect()
}

fn cell(names: &Directory, column: &str, value: &Spanned<String>, found: &mut Findings) -> String {
    let address = match column {
        "mac" if value.value.parse::<crate::wire::MacAddr>().is_err() => {
            names.host(value, found).and_then(Home::mac).map(|mac| mac.to_string())
        }
        // Several next hops, each an address or a name.
        "via" if value.value.contains(',') => {
            let part = |part: &str| cell(names, column, &Spanned::new(part.trim().to_owned(), value.span), found);
            return value.value.split(',').map(part).collect::<Vec<_>>().join(",");
        }
        "ip" | "src" | "dst" | "via" | "remote" | "vtep"
            if value.value.parse::<std::net::IpAddr>().is_err() && value.value != "-" =>
        {
            names.host(value, found).and_then(Home::ip).map(|ip| ip.to_string())
        }
        _ => None,
    };
    address.unwrap_or_else(|| value.value.clone())
}
