//! Counters over time: decisions of the selected node, and the rows of its tables.

use overunder_sim::engine::{Device, RowChange, Verdict};
use overunder_sim::id::DeviceId;
use ratatui::layout::Rect;

use crate::app::history::History;
use crate::app::model::{Axis, Bench};
use crate::view::paint::{Painter, span};
use crate::view::theme::Role;
use crate::view::time::short_time;

/// One line of a chart: its name, a value for each column, and whether it adds up.
struct Series {
    name: String,
    values: Vec<u64>,
    role: Role,
}

/// Paints the charts.
pub fn render(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let history = bench.session.history();
    let moments = history.moments();
    if moments.is_empty() || area.width < 30 || area.height < 3 {
        painter.line(area, 0, &[span(painter.words.nothing_yet, Role::Dim)]);
        return;
    }
    let columns = usize::from(area.width).saturating_sub(24).min(200);
    let series = all_series(painter, bench, columns);
    let height = (usize::from(area.height) - 1) / series.len().max(1);
    let height = height.clamp(1, 5);
    let shown = (usize::from(area.height) - 1) / height;
    let first = bench.places.chart.min(series.len().saturating_sub(shown));
    let mut y = 0;
    for one in series.iter().skip(first).take(shown) {
        let row = Rect { y: area.y + y as u16, height: height as u16, ..area };
        bar_chart(painter, row, one);
        y += height;
    }
    let axis = Rect { x: area.x + 22, y: area.y + area.height - 1, height: 1, width: columns as u16 };
    time_axis(painter, axis, bench);
}

/// The column of a moment: by its time, or by its place among the steps.
fn column(bench: &Bench, place: usize, columns: usize) -> usize {
    let moments = bench.session.history().moments();
    let (at, end) = if bench.places.axis == Axis::Steps {
        (place as u64, moments.len() as u64 - 1)
    } else {
        (moments[place].time.0, moments.last().map_or(0, |moment| moment.time.0))
    };
    (u128::from(at) * (columns as u128 - 1) / u128::from(end.max(1))) as usize
}

fn time_axis(painter: &mut Painter<'_>, area: Rect, bench: &Bench) {
    let moments = bench.session.history().moments();
    let (first, last) = match (bench.places.axis, moments.first(), moments.last()) {
        (Axis::Steps, Some(first), Some(last)) => (format!("#{}", first.event), format!("#{}", last.event)),
        (Axis::Time, _, Some(last)) => ("0".to_owned(), short_time(last.time)),
        _ => return,
    };
    let right = i32::from(area.width) - last.len() as i32;
    for x in 0..i32::from(area.width) {
        painter.put(area, (x, 0), painter.glyphs.across, Role::Border);
    }
    painter.text(area, (0, 0), &format!("{first} "), Role::Dim);
    painter.text(area, (right - 1, 0), &format!(" {last}"), Role::Dim);
    if let Some(place) = bench.session.cursor() {
        let x = column(bench, place, usize::from(area.width));
        painter.put(area, (x as i32, 0), painter.glyphs.ticks[3], Role::Now);
    }
}

fn all_series(painter: &Painter<'_>, bench: &Bench, columns: usize) -> Vec<Series> {
    let history = bench.session.history();
    let world = bench.session.world();
    let node = bench.selection.node;
    let devices: Vec<DeviceId> = world.nodes().get(node.index()).map(|node| node.devices.clone()).unwrap_or_default();
    let column = |place: usize| column(bench, place, columns);
    let mut series = Vec::new();
    for verdict in [Verdict::Forward, Verdict::Flood, Verdict::Deliver, Verdict::Consume, Verdict::Send, Verdict::Drop]
    {
        let mut values = vec![0; columns];
        for (place, moment) in history.moments().iter().enumerate() {
            let lost = verdict == Verdict::Drop && moment.dropped;
            let told = lost || moment.verdict.is_some_and(|(main, _)| main == verdict) && !moment.dropped;
            if told && devices.contains(&moment.device) {
                values[column(place)] += 1;
            }
        }
        if values.iter().any(|value| *value > 0) {
            let role = if verdict == Verdict::Drop { Role::Alert } else { Role::Outer };
            series.push(Series { name: painter.words.verdict(verdict).to_owned(), values, role });
        }
    }
    for device in devices {
        for (at, table) in world.device(device).map(Device::tables).unwrap_or_default().iter().enumerate() {
            if let Some(values) = rows_over_time(history, (device, at as u8), columns, &column) {
                let name = bench.session.lang().pick(table.name, table.zh);
                let name = format!("{name} ({})", painter.words.rows);
                series.push(Series { name, values, role: Role::Inner });
            }
        }
    }
    series
}

/// Rows of a table at the end of each column; nothing for one that never changed.
fn rows_over_time(
    history: &History,
    table: (DeviceId, u8),
    columns: usize,
    column: &dyn Fn(usize) -> usize,
) -> Option<Vec<u64>> {
    let mut steps = vec![0_i64; columns];
    let mut changed = false;
    for row in history.rows().iter().filter(|row| (row.device, row.table) == table) {
        let step = match row.change {
            RowChange::Added => 1,
            RowChange::Removed => -1,
            RowChange::Changed => continue,
        };
        changed = true;
        steps[column(row.moment as usize)] += step;
    }
    let mut sum = 0_i64;
    let sums = steps.into_iter().map(|step| {
        sum += step;
        sum.max(0) as u64
    });
    changed.then(|| sums.collect())
}

fn bar_chart(painter: &mut Painter<'_>, area: Rect, series: &Series) {
    let most = series.values.iter().copied().max().unwrap_or(0).max(1);
    let height = u64::from(area.height);
    painter.text(area, (0, 0), &series.name, Role::Text);
    painter.text(area, (15, 0), &crate::view::fill_n(painter.words.at_most, most), Role::Dim);
    for (x, value) in series.values.iter().enumerate() {
        let eighths = if *value == 0 { 0 } else { (value * height * 8 / most).max(1) };
        for line in 0..height {
            let fill = eighths.saturating_sub((height - 1 - line) * 8).min(8);
            if fill > 0 {
                painter.put(area, (22 + x as i32, line as i32), painter.glyphs.bars[fill as usize], series.role);
            }
        }
    }
}
