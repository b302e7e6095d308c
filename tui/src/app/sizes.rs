//! The same flow with short and long payload, in both runs: a header of 50 bytes is most of a short packet and little of a
//! long one, until one of them does not fit any more.

use std::rc::Rc;

use overunder_sim::id::{EventNo, FlowId};
use overunder_sim::lab::point::{self, Setting};
use overunder_sim::lab::{Finding, LabFile};
use overunder_sim::lang::Lang;
use overunder_sim::view::sentence::fill;

use crate::app::lab::Lab;
use crate::app::model::{Model, Pane};
use crate::app::{against, beside};

/// Payload when nothing else is asked for: small, large, the last that fits an envelope of 50 bytes and the last that fits
/// without, and two frames.
const USUAL: [u32; 6] = [64, 512, 1024, 1422, 1472, 2048];
/// More would not fit on a screen.
const MOST: usize = 16;

/// What a network does with packets of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Packets that arrived.
    pub packets: u64,
    /// Frames of the flow on all cables, answers included.
    pub frames: u64,
    /// Bytes of these on the wire.
    pub bytes: u64,
}

impl Carried {
    /// Bytes on the wire for each packet that arrived.
    pub fn each(self) -> Option<u64> {
        self.bytes.checked_div(self.packets)
    }
}

/// One size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Bytes of payload.
    pub payload: u32,
    /// Here.
    pub here: Carried,
    /// In the other run.
    pub there: Carried,
}

/// All sizes of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The flow.
    pub flow: String,
    /// In the order in which they were asked for.
    pub all: Vec<Size>,
}

/// Runs the lab as it is in its file, both variants at each size.
pub fn sweep(model: &mut Model, rest: &str) -> Result<(), String> {
    let words = model.words();
    let sizes = typed(rest).ok_or_else(|| fill(words.sizes_wrong, |_| Some(MOST.to_string())))?;
    let bench = model.bench_mut().ok_or(words.not_here)?;
    let Some(against) = &bench.against else { return Err(words.against_alone.to_owned()) };
    if bench.session.masked(EventNo(u64::MAX)) {
        return Err(words.is_masked.to_owned());
    }
    let Some(file) = bench.lab.file.clone() else { return Err(words.not_here.to_owned()) };
    let flows = bench.session.world().flows();
    let present = bench.session.moment().and_then(|moment| flows.get(moment.flow.index()));
    let flow = present.or(flows.first()).map(|flow| flow.name.clone()).ok_or(words.sizes_no_flow)?;
    let seed = bench.lab.seed;
    let (here, there) = (bench.lab.variant.clone(), against.variant.clone());
    let mut all = Vec::new();
    for payload in sizes {
        let carried = |variant: &str| carried(&file, variant, &flow, payload, seed);
        all.push(Size { payload, here: carried(&here)?, there: carried(&there)? });
    }
    if let Some(against) = &mut bench.against {
        against.sizes = Some(Sizes { flow, all });
        against.asked = false;
        // They stand below the rest, where a small screen does not reach.
        bench.places.compare = crate::view::lines_above_sizes(words, against);
    }
    bench.focus = Pane::Compare;
    Ok(())
}

fn typed(rest: &str) -> Option<Vec<u32>> {
    if rest.is_empty() {
        return Some(USUAL.to_vec());
    }
    let sizes: Option<Vec<u32>> =
        rest.split([',', ' ']).filter(|word| !word.is_empty()).map(|word| word.parse().ok()).collect();
    sizes.filter(|sizes| (1..=MOST).contains(&sizes.len()) && sizes.iter().all(|size| *size > 0))
}

fn carried(file: &LabFile, variant: &str, flow: &str, payload: u32, seed: Option<u64>) -> Result<Carried, String> {
    let set = Setting { place: flow.to_owned(), field: "size".to_owned(), value: payload.to_string() };
    let told = |found: Vec<Finding>| found.first().map_or_else(String::new, |finding| finding.message.clone());
    let file = Rc::new(point::open(file.source.clone(), &[set]).map_err(told)?);
    let session = against::to_the_end(&Lab::of("", &file, Some(variant), seed).map_err(told)?, Lang::En)?;
    let world = session.world();
    let at = world.flows().iter().position(|known| known.name == flow).unwrap_or_default();
    let mut carried = Carried { packets: 0, frames: 0, bytes: 0 };
    carried.packets = world.flow_stats(FlowId(at as u16)).map_or(0, |stats| stats.received);
    for bytes in against::on_cables(&session, at) {
        carried.frames += 1;
        carried.bytes += beside::on_wire(bytes);
    }
    Ok(carried)
}
