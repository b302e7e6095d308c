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

/// The picture.
#[cfg(not(feature = "charts"))]
pub fn draw(_all: &[Compared], _lang: Lang) -> Result<String, Failure> {
    available().map(|()| String::new())
}

/// The picture.
#[cfg(feature = "charts")]
pub fn draw(all: &[Compared], lang: Lang) -> Result<String, Failure> {
    drawn::picture(all, lang).map_err(|error| Failure::usage(format!("the charts: {error}"), "please report this"))
}

#[cfg(feature = "charts")]
mod drawn {
    use std::error::Error;

    use overunder_sim::lang::Lang;
    use overunder_sim::measure::compare::snapshot::parts;
    use plotters::coord::Shift;
    use plotters::prelude::*;

    use super::Compared;
    use crate::cli::compare::table;

    const WIDTH: u32 = 960;
    /// Room for the names of the runs.
    const NAMES: u32 = 280;
    const BAR: u32 = 18;
    const HEAD: u32 = 76;

    /// One value of all runs.
    struct Panel<'a> {
        title: String,
        bars: Vec<(&'a str, i64, String)>,
    }

    pub fn picture(all: &[Compared], lang: Lang) -> Result<String, Box<dyn Error>> {
        let panels: Vec<Panel<'_>> = all.iter().flat_map(|compared| panels(compared, lang)).collect();
        let heights: Vec<u32> = panels.iter().map(|panel| HEAD + BAR * panel.bars.len() as u32).collect();
        let mut text = String::new();
        {
            let height = heights.iter().sum::<u32>().max(HEAD);
            let mut rest = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
            rest.fill(&WHITE)?;
            for (panel, height) in panels.iter().zip(heights) {
                let (area, below) = rest.split_vertically(height);
                draw(panel, &area)?;
                rest = below;
            }
            rest.present()?;
        }
        Ok(text)
    }

    fn panels(compared: &Compared, lang: Lang) -> Vec<Panel<'_>> {
        let panel = |name: &str| {
            let bar = |row: &'_ overunder_sim::measure::compare::Row| {
                let quantity = row.value(name)?;
                Some((parts(quantity).0?, quantity.to_string()))
            };
            let bars = compared.rows.iter().filter_map(|row| bar(row).map(|(n, text)| (row.name.as_str(), n, text)));
            let title = format!("{}: {name} ({})", compared.subject.name, table::label(compared, lang));
            Panel { title, bars: bars.collect() }
        };
        compared.columns().into_iter().map(panel).filter(|panel| !panel.bars.is_empty()).collect()
    }

    fn draw(panel: &Panel<'_>, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), Box<dyn Error>> {
        let count = panel.bars.len() as i32;
        let most = panel.bars.iter().map(|(_, n, _)| *n).max().unwrap_or(0).max(1) as f64;
        let mut chart = ChartBuilder::on(area)
            .caption(&panel.title, ("sans-serif", 16))
            .margin(8)
            .x_label_area_size(24)
            .y_label_area_size(NAMES)
            .build_cartesian_2d(0.0..most * 1.25, (0..count).into_segmented())?;
        let name = |at: &SegmentValue<i32>| match at {
            // The first run stands on top.
            SegmentValue::CenterOf(at) => {
                let bar = usize::try_from(count - 1 - at).ok().and_then(|at| panel.bars.get(at));
                bar.map_or_else(String::new, |(name, ..)| (*name).to_owned())
            }
            _ => String::new(),
        };
        let mesh = &mut chart.configure_mesh();
        mesh.disable_y_mesh().y_labels(panel.bars.len()).y_label_formatter(&name).x_labels(5).draw()?;
        for (at, (_, n, text)) in panel.bars.iter().enumerate() {
            let at = count - 1 - at as i32;
            let (low, high) = (SegmentValue::Exact(at), SegmentValue::Exact(at + 1));
            let mut bar = Rectangle::new([(0.0, low), (*n as f64, high)], BLUE.mix(0.6).filled());
            bar.set_margin(2, 2, 0, 0);
            chart.draw_series(std::iter::once(bar))?;
            let at = (*n as f64 + most * 0.01, SegmentValue::Exact(at + 1));
            chart.draw_series(std::iter::once(Text::new(text.clone(), at, ("sans-serif", 12))))?;
        }
        Ok(())
    }
}
