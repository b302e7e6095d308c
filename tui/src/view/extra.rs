//! Where the extra bytes come from, in a sentence and as a list.

use overunder_sim::view::sentence::fill;

use crate::app::against::Against;
use crate::app::extra::Extra;
use crate::app::words::Words;
use crate::view::against::{beside, pad};
use crate::view::paint::{Line, Painter, span, wrap};
use crate::view::theme::Role;

/// Room for what a header is called.
const NAMES: usize = 31;

/// The lines below the names of the runs and the packet.
pub fn lines(painter: &Painter<'_>, against: &Against, names: [&str; 2], room: usize) -> Vec<Line> {
    let words = painter.words;
    let told = |text: &str, role: Role| wrap(text, room).into_iter().map(move |line| vec![span(line, role)]);
    let Some(extra) = &against.extra else { return told(words.extra_no_cable, Role::Dim).collect() };
    let mut lines: Vec<Line> = told(&sentence(words, against, extra, names[1]), Role::Strong).collect();
    lines.push(Line::new());
    lines.extend(told(words.extra_title, Role::Title));
    let totals = (words.extra_all.to_owned(), against.sides(extra.total()));
    let rows = extra.rows.iter().map(|row| (extra.name(row.place, words), against.sides(row.bytes)));
    for (name, [left, right]) in rows.chain([totals]) {
        let role = if left == right { Role::Dim } else { Role::Changed };
        let more = if left == right { String::new() } else { format!("{:+} B", right as i64 - left as i64) };
        let bytes = |n: u64| if n == 0 { "-".to_owned() } else { format!("{n} B") };
        let told = format!("{:>10}  {:>10}  {more}", bytes(left), bytes(right));
        lines.push(vec![span(pad(&name, NAMES), Role::Dim), span(told.trim_end().to_owned(), role)]);
    }
    let half = room / 2;
    let both = |text: [String; 2]| beside(text.map(|text| span(text, Role::Dim)), half);
    let name = |text: &str, name: &String| fill(text, |_| Some(name.clone()));
    lines.push(both(against.sides([&extra.off[0], &extra.off[1]]).map(|at| name(words.extra_off, at))));
    let [left, right] = against.sides([&extra.put[0], &extra.put[1]]);
    for at in 0..left.len().max(right.len()) {
        lines.push(both([left, right].map(|put| put.get(at).map_or_else(String::new, |by| name(words.extra_put, by)))));
    }
    lines
}

/// How many bytes more the right one takes, and for what.
fn sentence(words: &Words, against: &Against, extra: &Extra, name: &str) -> String {
    let [left, right] = against.sides(extra.total());
    let text = match left.cmp(&right) {
        std::cmp::Ordering::Less => words.extra_more,
        std::cmp::Ordering::Equal => return words.extra_same.to_owned(),
        std::cmp::Ordering::Greater => words.extra_fewer,
    };
    let others = extra.rows.iter().filter(|row| row.bytes[0] != row.bytes[1]).map(|row| {
        let [left, right] = against.sides(row.bytes);
        format!("{} {:+}", extra.name(row.place, words), right as i64 - left as i64)
    });
    let list = others.collect::<Vec<_>>().join(", ");
    fill(text, |gap| match gap {
        "name" => Some(name.to_owned()),
        "n" => Some(left.abs_diff(right).to_string()),
        _ => Some(list.clone()),
    })
}
