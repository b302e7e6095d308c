//! `snooping: true, querier: true, igmp: 3`: how a switch or bridge treats groups.

use crate::device::bridge::SnoopConfig;
use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::schema::section::Section;
use crate::lab::schema::value;

/// Reads the three words. What depends on snooping is refused without it, and so is snooping where nothing is learned.
pub(super) fn read(section: &Section<'_>, found: &mut Findings) -> Option<SnoopConfig> {
    let flag = |name: &str, found: &mut Findings| {
        section.get(name).and_then(|tree| value::flag(name, tree, found)).unwrap_or(false)
    };
    let [snooping, querier] = ["snooping", "querier"].map(|name| flag(name, found));
    let version = section.get("igmp").and_then(|tree| value::whole("igmp", tree, 2..=3, found));
    let learns = section
        .get("learning")
        .is_none_or(|tree| value::flag("learning", tree, &mut Findings::default()) != Some(false));
    if snooping && learns {
        let default = SnoopConfig::default();
        return Some(SnoopConfig { querier, version: version.map_or(default.version, |n| n as u8) });
    }
    let tree = |name| section.get(name).map(|tree| (name, tree.span));
    if snooping {
        let span = section.get("snooping").map(|tree| tree.span)?;
        let finding =
            Finding::new(Code::Missing, "a switch that learns nothing repeats every frame, and cannot snoop", span);
        found.push(finding.label("needs a switch that learns").help("learning: true, snooping: true"));
    } else if let Some((name, span)) = tree("querier").filter(|_| querier).or_else(|| tree("igmp")) {
        let text = format!("`{name}` does nothing on a switch that does not snoop");
        let finding = Finding::new(Code::Missing, text, span).label("needs `snooping: true`");
        found.push(finding.help("snooping: true, querier: true"));
    }
    None
}
