//! Figures of a run that nobody has to write down how to measure: `account: ["wire-per-1000", "work-per-packet"]`.
//!
//! They come from the account of the cables, of the processors and of the tables, so they mean the same in every run,
//! whatever its nodes and cables are called.

use super::Better;
use crate::lab::diagnostic::{Code, Finding, Findings, list};
use crate::lab::read::Tree;
use crate::lab::schema::value;

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Bytes of all cables.
    Wire,
    /// The same for 1000 bytes of payload.
    WirePer1000,
    /// Frames on all cables.
    Frames,
    /// Flooded copies for nobody.
    Floods,
    /// Frames of daemons, routing protocols and groups.
    Control,
    /// Frames of ARP.
    Arp,
    /// Packets of flows that did not arrive.
    Undelivered,
    /// Retransmissions.
    Again,
    /// Rows in the tables of switches, and of routers that are no nodes of a cluster.
    SwitchRows,
    /// Rows in all tables that say where something is.
    Rows,
    /// Time of all processors.
    Work,
    /// The same for each packet that arrived.
    WorkPerPacket,
    /// Largest packet of those who send.
    Mtu,
}

/// A figure with its name and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The figure.
    pub figure: Figure,
    /// Its name in suites and reports.
    pub name: &'static str,
    /// Whether less of it is good news.
    pub better: Better,
    /// What it counts.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
}

const fn named(figure: Figure, name: &'static str, better: Better, en: &'static str, zh: &'static str) -> Named {
    Named { figure, name, better, en, zh }
}

/// All figures.
pub static FIGURES: &[Named] = {
    use Better::{Higher, Lower};
    &[
        named(Figure::Wire, "wire", Lower, "bytes of all cables, gaps included", "所有电缆的字节数(含帧间隔)"),
        named(
            Figure::WirePer1000,
            "wire-per-1000",
            Lower,
            "the same for 1000 bytes of payload",
            "每 1000 字节载荷的线上字节数",
        ),
        named(Figure::Frames, "frames", Lower, "frames on all cables", "所有电缆上的帧数"),
        named(Figure::Floods, "floods", Lower, "flooded copies for nobody", "无人需要的泛洪副本"),
        named(Figure::Control, "control", Lower, "frames of the control plane", "控制平面的帧数"),
        named(Figure::Arp, "arp", Lower, "frames of ARP", "ARP 帧数"),
        named(Figure::Undelivered, "undelivered", Lower, "frames of packets that did not arrive", "未送达包的帧数"),
        named(Figure::Again, "retransmissions", Lower, "frames sent again", "重传的帧数"),
        named(
            Figure::SwitchRows,
            "switch-rows",
            Lower,
            "rows in the tables of switches and routers",
            "交换机与路由器的表项数",
        ),
        named(Figure::Rows, "rows", Lower, "rows in all tables that say where something is", "所有位置表项数"),
        named(Figure::Work, "work", Lower, "time of all processors", "所有处理器的时间"),
        named(
            Figure::WorkPerPacket,
            "work-per-packet",
            Lower,
            "the same for each packet that arrived",
            "每个送达包的处理器时间",
        ),
        named(Figure::Mtu, "mtu", Higher, "the largest packet of those who send", "发送方的最大包长"),
    ]
};

impl Figure {
    /// What it is called.
    pub fn named(self) -> &'static Named {
        &FIGURES[self as usize]
    }
}

/// `["wire", "rows"]`.
pub fn read(tree: &Tree, found: &mut Findings) -> Vec<Figure> {
    let mut figures = Vec::new();
    for item in value::items("figures", "[\"wire\", \"rows\"]", tree, found) {
        let Some(name) = value::text("a figure", item, found) else { continue };
        let Some(known) = FIGURES.iter().find(|known| known.name == name.value) else {
            let names = || FIGURES.iter().map(|known| known.name);
            let finding = Finding::new(Code::UnknownName, format!("there is no figure `{}`", name.value), name.span);
            let finding = finding.label("not known").suggest(&name.value, names());
            found.push(finding.help(format!("figures: {}", list(names()))));
            continue;
        };
        if figures.contains(&known.figure) {
            let finding = Finding::new(Code::NameTaken, format!("`{}` stands here twice", name.value), name.span);
            found.push(finding.label("again here").help("once is enough"));
            continue;
        }
        figures.push(known.figure);
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::FIGURES;

    #[test]
    fn every_figure_stands_at_its_place() {
        for (at, known) in FIGURES.iter().enumerate() {
            assert_eq!((known.figure as usize, known.figure.named().name), (at, known.name));
        }
    }
}
