//! Listens to what reaches the host but is meant for others, like `tcpdump` on a promiscuous card.

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::EventNo;
use crate::stack::{App, AppOut, why};
use crate::wire::{Frame, ethernet, icmp, ipv4, udp};

/// Conversations told apart; what comes after goes into one row.
const LIMIT: usize = 1024;

/// Nothing to choose yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SnifferConfig {}

/// What tells one conversation from another: addresses and protocol as they stand in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Talk {
    Ip(Ipv4Addr, Ipv4Addr, u8),
    Other,
}

#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    frames: u64,
    payload: u64,
    written: EventNo,
}

/// Reports which conversations it overheard, and how many payload bytes of each.
#[derive(Clone, Debug, Default)]
pub struct Sniffer {
    heard: IndexMap<Talk, Heard, FxBuildHasher>,
}

impl Sniffer {
    /// A listener.
    pub fn new(_config: SnifferConfig) -> Self {
        Self::default()
    }

    fn talk(frame: &Frame) -> (Talk, usize) {
        let bytes = frame.bytes();
        let packet = bytes.get(ethernet::HEADER_LEN..).unwrap_or_default();
        let ip = match ethernet::ethertype(bytes) {
            Some(ethernet::IPV4) => ipv4::check(packet).ok(),
            _ => None,
        };
        let Some(ip) = ip else { return (Talk::Other, packet.len()) };
        let header = match ip.protocol {
            ipv4::UDP => udp::HEADER_LEN,
            ipv4::ICMP => icmp::HEADER_LEN,
            _ => 0,
        };
        (Talk::Ip(ip.src, ip.dst, ip.protocol), ip.total_len.saturating_sub(ip.header_len + header))
    }
}

impl App for Sniffer {
    fn name(&self) -> &'static str {
        "sniffer"
    }

    fn taps(&self) -> bool {
        true
    }

    fn frame(&mut self, frame: &Frame, for_us: bool, out: &mut AppOut<'_, '_>) {
        if for_us {
            return;
        }
        let (mut talk, payload) = Self::talk(frame);
        if self.heard.len() >= LIMIT && !self.heard.contains_key(&talk) {
            talk = Talk::Other;
        }
        let heard = self.heard.entry(talk).or_default();
        heard.frames += 1;
        heard.payload += payload as u64;
        heard.written = out.event();
        out.note(frame, &why::OVERHEARD);
    }

    fn table(&self) -> Option<TableView> {
        let columns = vec![
            Column { name: "src", zh: "源" },
            Column { name: "dst", zh: "目的" },
            Column { name: "protocol", zh: "协议" },
            Column { name: "frames", zh: "帧数" },
            Column { name: "payload", zh: "载荷字节" },
        ];
        let row = |(at, (talk, heard)): (usize, (&Talk, &Heard))| {
            let ends = match talk {
                Talk::Ip(src, dst, protocol) => [Cell::Ip(*src), Cell::Ip(*dst), protocol_cell(*protocol)],
                Talk::Other => [Cell::None, Cell::None, Cell::Word("other")],
            };
            let counts = [Cell::Number(heard.frames), Cell::Number(heard.payload)];
            TableRow { key: at as u64, cells: ends.into_iter().chain(counts).collect(), written: heard.written }
        };
        let rows = self.heard.iter().enumerate().map(row).collect();
        Some(TableView { name: "overheard", zh: "窃听到的", columns, rows })
    }

    fn heap_bytes(&self) -> usize {
        self.heard.capacity() * 56
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}

fn protocol_cell(protocol: u8) -> Cell {
    match protocol {
        ipv4::ICMP => Cell::Word("icmp"),
        ipv4::IGMP => Cell::Word("igmp"),
        ipv4::UDP => Cell::Word("udp"),
        other => Cell::Number(u64::from(other)),
    }
}
