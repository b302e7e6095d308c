//! Tables as text.

use unicode_width::UnicodeWidthStr;

use crate::engine::{TableView, World};
use crate::id::DeviceId;
use crate::lang::Lang;
use crate::view::names::Book;

/// Rows shown of a long table before the rest is only counted.
pub const ROWS_SHOWN: usize = 12;

/// Pads to a width in terminal cells, so that Chinese text lines up too.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Lines of a grid: each column as wide as its widest cell, two spaces between.
pub fn grid(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// One table: its name, its columns and at most [`ROWS_SHOWN`] rows; nothing for an empty table.
pub fn table(owner: &str, view: &TableView, book: &Book, lang: Lang) -> Vec<String> {
    if view.rows.is_empty() {
        return Vec::new();
    }
    let heading = |column: &crate::engine::Column| match lang {
        Lang::En => column.name.to_owned(),
        Lang::Zh => column.zh.to_owned(),
    };
    let written = match lang {
        Lang::En => "event",
        Lang::Zh => "事件",
    };
    let mut rows = vec![view.columns.iter().map(heading).chain([written.to_owned()]).collect::<Vec<_>>()];
    for row in view.rows.iter().take(ROWS_SHOWN) {
        let event = if row.written.0 == 0 { "-".to_owned() } else { row.written.to_string() };
        rows.push(row.cells.iter().map(|cell| book.cell(cell)).chain([event]).collect());
    }
    let (name, count) = match lang {
        Lang::En if view.rows.len() == 1 => (view.name, "1 row".to_owned()),
        Lang::En => (view.name, format!("{} rows", view.rows.len())),
        Lang::Zh => (view.zh, format!("{} 行", view.rows.len())),
    };
    let mut lines = vec![format!("{owner}  {name}  ({count})")];
    lines.extend(grid(&rows).into_iter().map(|line| format!("  {line}")));
    if view.rows.len() > ROWS_SHOWN {
        let more = view.rows.len() - ROWS_SHOWN;
        lines.push(match lang {
            Lang::En => format!("  … and {more} rows more"),
            Lang::Zh => format!("  …… 还有 {more} 行"),
        });
    }
    lines
}

/// All tables of a world that a lab is about: everything but what never changes.
pub fn all(world: &World, book: &Book, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    for number in 0..world.device_count() {
        let id = DeviceId(number as u32);
        let Some(device) = world.device(id) else { continue };
        for view in device.tables() {
            if !matches!(view.name, "fdb" | "mdb" | "neigh" | "overheard" | "port-security") {
                continue;
            }
            let shown = table(world.device_name(id), &view, book, lang);
            if !shown.is_empty() {
                lines.extend(shown);
                lines.push(String::new());
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_chinese_text() {
        let rows = [vec!["端口".to_owned(), "x".to_owned()], vec!["1".to_owned(), "y".to_owned()]];
        assert_eq!(grid(&rows), ["端口  x", "1     y"]);
        assert!(grid(&[]).is_empty());
    }
}
