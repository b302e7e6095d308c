//! Charts: a panel for each value, a bar for each run. Drawn by a plotting library, which a build has only with the
//! feature `charts`.

use overunder_sim::lang::Lang;

use super::Compared;
use crate::cli::failure::Failure;

/// Says what to do in a build without charts, before anybody waits for the runs.
pub fn available() -> Result<(), Failure> {
    if cfg!(feature = "charts") {
        return Ok(());
    }
    let hint = "build it with them: cargo install --path tui --features charts; --markdown has bars in any build";
    Err(Failure::usage("this overunder was built without charts", hint))
}

/// Says which value to draw is none of these.
pub fn known<'a>(names: impl Iterator<Item = &'a str>, wanted: &[String]) -> Result<(), Failure> {
    let names: Vec<&str> = names.collect();
    match wanted.iter().find(|wanted| !names.contains(&wanted.as_str())) {
        None => Ok(()),
        Some(wanted) => {
            Err(Failure::usage(format!("there is no value `{wanted}`"), format!("there is: {}", names.join(", "))))
        }
    }
}

/// The picture.
#[cfg(not(feature = "charts"))]
pub fn draw(_all: &[Compared], _wanted: &[String], _lang: Lang) -> Result<String, Failure> {
    available().map(|()| String::new())
}

/// The picture.
#[cfg(feature = "charts")]
pub fn draw(all: &[Compared], wanted: &[String], lang: Lang) -> Result<String, Failure> {
    drawn::picture(all, wanted, lang)
        .map_err(|error| Failure::usage(format!("the charts: {error}"), "please report this"))
}

#[cfg(feature = "charts")]
mod drawn {
    use std::error::Error;

    use overunder_sim::lab::judge::Quantity;
    use overunder_sim::lab::suite::Better;
    use overunder_sim::lang::Lang;
    use overunder_sim::measure::compare::snapshot::parts;
    use plotters::coord::Shift;
    use plotters::prelude::*;
    use plotters::style::text_anchor::{HPos, Pos, VPos};
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

    use super::Compared;
    use crate::cli::compare::table;

    const WIDTH: u32 = 960;
    const BAR: u32 = 20;
    /// Room for title and axis of a panel.
    const HEAD: u32 = 84;
    const TITLE: u32 = 44;
    /// About as wide as a letter of a name; the picture knows no fonts.
    const LETTER: u32 = 7;
    /// Names of runs that are longer lose their middle.
    const MOST: usize = 44;
    const INK: RGBColor = RGBColor(0x22, 0x2b, 0x36);
    const FAINT: RGBColor = RGBColor(0x5b, 0x66, 0x73);
    const GRID: RGBColor = RGBColor(0xd9, 0xde, 0xe4);
    const FILL: RGBColor = RGBColor(0x3f, 0x7c, 0xbf);

    type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
    type Done = Result<(), Box<dyn Error>>;

    /// One value of all runs.
    struct Panel<'a> {
        title: String,
        below: String,
        /// The name of the run, and the value where it is a number.
        bars: Vec<(String, &'a Quantity)>,
    }

    pub fn picture(all: &[Compared], wanted: &[String], lang: Lang) -> Result<String, Box<dyn Error>> {
        let panels: Vec<Panel<'_>> = all.iter().flat_map(|compared| panels(compared, wanted, lang)).collect();
        let heights: Vec<u32> = panels.iter().map(|panel| HEAD + BAR * panel.bars.len() as u32).collect();
        let names = panels.iter().flat_map(|panel| &panel.bars).map(|(name, _)| name.width()).max().unwrap_or(0);
        let names = names as u32 * LETTER + 16;
        let mut text = String::new();
        {
            let height = heights.iter().sum::<u32>().max(HEAD);
            let mut rest = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
            rest.fill(&WHITE)?;
            for (panel, height) in panels.iter().zip(heights) {
                let (area, below) = rest.split_vertically(height);
                draw(panel, &area, names)?;
                rest = below;
            }
            rest.present()?;
        }
        Ok(text)
    }

    fn panels<'a>(compared: &'a Compared, wanted: &[String], lang: Lang) -> Vec<Panel<'a>> {
        let columns = compared.columns().into_iter();
        let columns = columns.filter(|name| wanted.is_empty() || wanted.iter().any(|known| known == name));
        let panel = |name: &str| {
            let values =
                compared.rows.iter().map(|row| (cut(&row.name), row.value(name).unwrap_or(&Quantity::Nothing)));
            let title = format!("{}: {name}", compared.subject.name);
            let better = compared.rows.iter().flat_map(|row| &row.values).find(|value| value.name == name);
            let better = match better.and_then(|value| value.better) {
                Some(Better::Lower) => lang.pick(" · lower is better", " · 越低越好"),
                Some(Better::Higher) => lang.pick(" · higher is better", " · 越高越好"),
                None => "",
            };
            let below = format!("{}{better} · {}", compared.subject.title, table::label(compared, lang));
            Panel { title, below, bars: values.collect() }
        };
        let has_numbers = |panel: &Panel<'_>| panel.bars.iter().any(|(_, value)| parts(value).0.is_some());
        columns.map(panel).filter(has_numbers).collect()
    }

    /// A name that is too long keeps its ends, in which names of runs differ.
    fn cut(name: &str) -> String {
        if name.width() <= MOST {
            return name.to_owned();
        }
        let part = |chars: &mut dyn Iterator<Item = char>| {
            let mut used = 0;
            let fits = |c: &char| {
                used += c.width().unwrap_or(0);
                used < MOST / 2
            };
            chars.take_while(fits).collect::<String>()
        };
        let end: String = part(&mut name.chars().rev()).chars().rev().collect();
        format!("{}…{end}", part(&mut name.chars()))
    }

    fn draw(panel: &Panel<'_>, area: &Area<'_>, names: u32) -> Done {
        let numbers = || panel.bars.iter().filter_map(|(_, value)| parts(value).0);
        let (least, most) = (numbers().min().unwrap_or(0).min(0), numbers().max().unwrap_or(0).max(0));
        // An axis of nothing but zeros is there all the same.
        let whole = if most == least { 5.0 } else { (most - least) as f64 };
        // Beyond the longest bar there is room for its number.
        let low = if least < 0 { least as f64 - whole * 0.15 } else { 0.0 };
        let high = match (least, most) {
            (0, 0) => whole,
            (_, 0) => whole * 0.02,
            _ => most as f64 + whole * 0.15,
        };
        let line = |size: i32, color: RGBColor| ("sans-serif", size).into_font().color(&color);
        area.draw(&Text::new(panel.title.clone(), (8, 6), line(16, INK)))?;
        area.draw(&Text::new(panel.below.clone(), (8, 26), line(11, FAINT)))?;
        let like = panel.bars.iter().map(|(_, value)| *value).find(|value| parts(value).0.is_some());
        let mut chart = ChartBuilder::on(area)
            .margin_top(TITLE)
            .margin_right(16)
            .x_label_area_size(26)
            .y_label_area_size(names)
            .build_cartesian_2d(low..high, 0.0..panel.bars.len() as f64)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .y_labels(0)
            .x_labels(6)
            .x_label_formatter(&|at| like.map_or_else(String::new, |like| tick(like, *at)))
            .x_label_style(line(11, FAINT))
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(FAINT)
            .draw()?;
        let zero = PathElement::new([(0.0, 0.0), (0.0, panel.bars.len() as f64)], FAINT);
        chart.draw_series((least < 0).then_some(zero))?;
        let base = area.get_base_pixel();
        for (at, (name, value)) in panel.bars.iter().enumerate() {
            // The first run stands on top.
            let middle = (panel.bars.len() - at) as f64 - 0.5;
            let end = parts(value).0.unwrap_or(0) as f64;
            let bar = Rectangle::new([(0.0, middle - 0.36), (end, middle + 0.36)], FILL.filled());
            chart.draw_series(std::iter::once(bar))?;
            let pixel = |value: f64| {
                let (x, y) = chart.plotting_area().map_coordinate(&(value, middle));
                (x - base.0, y - base.1)
            };
            let write = |text: String, (x, y): (i32, i32), by: i32, to: HPos, color: RGBColor| {
                let style = line(12, color).pos(Pos::new(to, VPos::Center));
                area.draw(&Text::new(text, (x + by, y), style))
            };
            write(name.clone(), pixel(low), -6, HPos::Right, INK)?;
            let (by, to) = if end < 0.0 { (-5, HPos::Right) } else { (5, HPos::Left) };
            write(short(value), pixel(end), by, to, INK)?;
        }
        Ok(())
    }

    /// A number in the middle of an axis, in the unit of the values; an axis of counts has none between two.
    fn tick(like: &Quantity, at: f64) -> String {
        let n = at.round() as i64;
        match like {
            _ if n == 0 && at.abs() < 0.01 => "0".to_owned(),
            Quantity::Span(_) => Quantity::Span(n).to_string(),
            Quantity::Rate(_) => Quantity::Rate(n).to_string(),
            _ if (at - at.round()).abs() > 0.01 => String::new(),
            _ => n.to_string(),
        }
    }

    /// A time in four digits: nobody reads more off a bar. A rate has few of its own, and counts are exact.
    fn short(value: &Quantity) -> String {
        match value {
            Quantity::Span(n) => Quantity::Span(rounded(*n)).to_string(),
            other => other.to_string(),
        }
    }

    fn rounded(n: i64) -> i64 {
        let digits = n.unsigned_abs().checked_ilog10().unwrap_or(0);
        let step = 10_i64.pow(digits.saturating_sub(3));
        n.saturating_add(n.signum() * step / 2) / step * step
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn numbers_keep_four_digits_and_names_their_ends() {
            for (n, wanted) in [(0, 0), (9_999, 9_999), (12_345, 12_350), (-196_238_006_445, -196_200_000_000)] {
                assert_eq!(rounded(n), wanted);
            }
            assert_eq!(rounded(i64::MAX), 9_223_000_000_000_000_000);
            assert_eq!(tick(&Quantity::Span(1), 2e11), "200s");
            assert_eq!(tick(&Quantity::Number(1), 0.5), "");
            let long = format!("{}+{}", "a".repeat(60), "z".repeat(60));
            assert_eq!(cut(&long), format!("{}…{}", "a".repeat(21), "z".repeat(21)));
            assert!(cut(&"测".repeat(99)).width() <= MOST);
        }
    }
}
