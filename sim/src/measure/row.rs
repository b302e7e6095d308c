//! Rows of the matrix: every plugin as it comes, and those of its choices that change where it works.

use crate::cni::{self, PLUGINS, Plugin};

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name: that of the plugin, or of what was chosen.
    pub name: &'static str,
    /// The plugin.
    pub plugin: &'static Plugin,
    /// What stands between its brackets.
    pub typed: &'static str,
}

/// Choices with rows of their own, each behind its plugin.
const CHOSEN: &[(&str, &str, &str)] = &[
    ("BgpIpip", "CalicoBgp", "overlay: Ipip"),
    ("CrossSubnetIpip", "CalicoIpip", "cross_subnet: true"),
    ("CrossSubnetVxlan", "CalicoVxlan", "cross_subnet: true"),
];

impl From<&'static Plugin> for Row {
    fn from(plugin: &'static Plugin) -> Self {
        Self { name: plugin.name, plugin, typed: "" }
    }
}

/// All rows, in order.
pub fn all() -> impl Iterator<Item = Row> {
    PLUGINS.iter().flat_map(|plugin| {
        let chosen = CHOSEN.iter().filter(|(_, of, _)| *of == plugin.name);
        let chosen = chosen.map(|(name, _, typed)| Row { name, plugin, typed });
        std::iter::once(Row::from(plugin)).chain(chosen)
    })
}

/// The row with a name.
pub fn find(name: &str) -> Option<Row> {
    let chosen = CHOSEN.iter().find(|(known, ..)| *known == name);
    match chosen {
        Some((name, of, typed)) => Some(Row { name, plugin: cni::find(of)?, typed }),
        None => cni::find(name).map(Row::from),
    }
}
