//! The Compare pane as a file: numbers for a table or a report.

use std::fmt::Write as _;

use overunder_sim::view::sentence::fill;

use crate::app::against::Against;
use crate::app::beside;
use crate::app::effect::Effect;
use crate::app::model::{Bench, Model};
use crate::app::words::Words;

/// A name for the file that nobody has to think up.
pub fn usual(bench: &Bench) -> String {
    let stem = std::path::Path::new(&bench.lab.name).file_stem();
    let stem = stem.map_or_else(|| "lab".into(), |stem| stem.to_string_lossy().into_owned());
    format!("{stem}-compare.csv")
}

/// Whether there is anything to write.
pub fn is_possible(bench: &Bench) -> bool {
    match &bench.against {
        Some(against) => matches!(against.trips, Some((_, Some(_)))),
        None => bench.compared.is_some(),
    }
}

/// What a file is made of: tables with a title, columns, and cells in rows.
struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Writes what the pane compares: CSV or Markdown, by the ending of the name.
pub fn export(model: &Model, path: &str) -> Result<Vec<Effect>, String> {
    let words = model.words();
    let bench = model.bench().ok_or(words.not_here)?;
    let tables = match &bench.against {
        Some(against) => runs(words, bench, against)?,
        None => branches(words, bench)?,
    };
    let ending = std::path::Path::new(path).extension().and_then(|ending| ending.to_str());
    let text = match ending {
        Some("csv") => csv(&tables),
        Some("md") => markdown(&bench.lab.name, &tables),
        _ => return Err(fill(words.export_ending, |_| Some(path.to_owned()))),
    };
    Ok(vec![Effect::Export { path: path.to_owned(), text, over: false }])
}

fn runs(words: &Words, bench: &Bench, against: &Against) -> Result<Vec<Table>, String> {
    let Some((own, Some(other))) = &against.trips else { return Err(words.export_nothing.to_owned()) };
    let here = if bench.lab.variant.is_empty() { words.original } else { &bench.lab.variant };
    let [left, right] = against.sides([here, against.variant.as_str()]);
    let columns = |first: &str| vec![first.to_owned(), left.to_owned(), right.to_owned()];
    let mut tables = Vec::new();
    let hop = |trip: &crate::app::against::Trip, at: usize| {
        trip.hops.get(at).map_or_else(String::new, |hop| {
            let bytes = hop.on_cable.map_or_else(String::new, |bytes| format!(" {bytes} B"));
            format!("{}{bytes}", hop.device)
        })
    };
    let trips = against.sides([own, other]);
    let way = (0..own.hops.len().max(other.hops.len()))
        .map(|at| vec![(at + 1).to_string(), hop(trips[0], at), hop(trips[1], at)])
        .collect();
    tables.push(Table { title: own.text.clone(), columns: columns(words.against_way), rows: way });
    let figures = beside::figures(words, trips).into_iter().chain(beside::rows(words, against));
    let figures = figures.map(|figure| {
        let [a, b] = figure.texts();
        vec![figure.name, a, b]
    });
    tables.push(Table {
        title: words.against_numbers.to_owned(),
        columns: columns(words.against_number),
        rows: figures.collect(),
    });
    if let Some(extra) = against.extra.as_ref().filter(|_| against.asked) {
        let rows = extra.rows.iter().map(|row| {
            let [a, b] = against.sides(row.bytes).map(|bytes| format!("{bytes} B"));
            vec![extra.name(row.place, words), a, b]
        });
        let rows = rows.collect();
        tables.push(Table { title: words.extra_title.to_owned(), columns: columns(words.extra_header), rows });
    }
    if let Some(sizes) = &against.sizes {
        let each = |carried: crate::app::sizes::Carried| {
            carried.each().map_or_else(|| words.sizes_lost.to_owned(), |bytes| format!("{bytes} B"))
        };
        let rows = sizes.all.iter().map(|size| {
            let [a, b] = against.sides([size.here, size.there]).map(each);
            vec![size.payload.to_string(), a, b]
        });
        let title = fill(words.sizes_title, |_| Some(sizes.flow.clone()));
        tables.push(Table { title, columns: columns(words.sizes_payload), rows: rows.collect() });
    }
    Ok(tables)
}

fn branches(words: &Words, bench: &Bench) -> Result<Vec<Table>, String> {
    let Some(compared) = &bench.compared else { return Err(words.export_nothing.to_owned()) };
    let book = bench.session.book();
    let cells = |row: &overunder_sim::engine::TableRow| {
        row.cells.iter().map(|cell| book.cell(cell)).collect::<Vec<_>>().join("  ")
    };
    let mut rows = Vec::new();
    for (device, table, diff) in &compared.found {
        let place = format!("{} {table}", bench.session.world().device_name(*device));
        // What the other branch lacks is only here.
        rows.extend(diff.added.iter().map(|row| vec![place.clone(), cells(row), String::new()]));
        rows.extend(diff.removed.iter().map(|row| vec![place.clone(), String::new(), cells(row)]));
        rows.extend(diff.changed.iter().map(|(here, there)| vec![place.clone(), cells(here), cells(there)]));
    }
    let columns = [bench.session.timeline().current(), compared.with].map(|at| format!("{} {at}", words.branch));
    let columns = std::iter::once(words.table_name.to_owned()).chain(columns).collect();
    Ok(vec![Table { title: fill(words.compared_with, |_| Some(compared.with.to_string())), columns, rows }])
}

/// One table after another, each with its title in front of every row.
fn csv(tables: &[Table]) -> String {
    let field = |text: &String| {
        if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
    };
    let mut text = String::new();
    for table in tables {
        let lines = std::iter::once(&table.columns).chain(&table.rows);
        for cells in lines {
            let cells: Vec<String> = std::iter::once(&table.title).chain(cells).map(field).collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
    }
    text
}

fn markdown(lab: &str, tables: &[Table]) -> String {
    let mut text = format!("# {lab}\n");
    for table in tables {
        write!(text, "\n## {}\n\n", table.title).expect("text takes text");
        let row = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        text.push_str(&row(&table.columns));
        text.push_str(&row(&vec!["---".to_owned(); table.columns.len()]));
        table.rows.iter().for_each(|cells| text.push_str(&row(cells)));
    }
    text
}
