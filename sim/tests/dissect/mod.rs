//! Runs a lab and lets tshark read every frame that was sent.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::path::PathBuf;
use std::process::Command;

use overunder_sim::engine::Entry;
use overunder_sim::engine::log::Crossing;
use overunder_sim::id::CableId;
use overunder_sim::lab::run::start;
use overunder_sim::lab::shipped::LABS;
use overunder_sim::lab::{EVENT_BUDGET, parse};
use overunder_sim::wire::LinkType;
use overunder_sim::wire::pcapng::{Capture, Direction, Packet};

/// Warnings and errors of tshark's experts; below are remarks.
pub const COMPLAINTS: &str = "_ws.malformed or ip.checksum.status == 0 or _ws.expert.severity >= 6291456";

/// The text of a lab that comes with the program.
pub fn shipped(name: &str) -> &'static str {
    LABS.iter().find(|lab| lab.name == name).unwrap().text
}

/// A capture in a file, which goes when this does.
pub struct Read(PathBuf);

impl Read {
    /// What a lab sends in a variant, on one cable or on all of them.
    pub fn of(name: &str, lab: &str, variant: Option<&str>, only: Option<CableId>) -> Self {
        let path = std::env::temp_dir().join(format!("overunder-{}-{name}.pcapng", std::process::id()));
        std::fs::write(&path, capture(lab, variant, only)).unwrap();
        Self(path)
    }

    /// The lines tshark prints for these packets: fields, with tabs between. Nothing, and a word about it, without tshark.
    pub fn lines(&self, filter: &str, fields: &[&str]) -> Option<Vec<String>> {
        let mut command = Command::new("tshark");
        command.arg("-r").arg(&self.0);
        // Ports of tunnels that it does not know by itself.
        command.args(["-d", "udp.port==8472,vxlan", "-d", "udp.port==6784,vxlan", "-d", "udp.port==8285,ip"]);
        command.args(["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y", filter, "-T", "fields"]);
        let Ok(output) = command.args(fields.iter().flat_map(|field| ["-e", field])).output() else {
            eprintln!("SKIPPED: tshark cannot be run; apt-get install tshark");
            return None;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.0);
    }
}

fn capture(lab: &str, variant: Option<&str>, only: Option<CableId>) -> Vec<u8> {
    let file = parse("lab.ron", lab).unwrap();
    let mut runner = start(file.variant(variant).unwrap(), None, EVENT_BUDGET).unwrap();
    let mut capture = Capture::default();
    let wire = capture.interface("all", LinkType::Ethernet);
    let mut bytes = capture.take();
    let mut id = 0;
    while runner.step().is_none() {
        let world = &runner.world;
        for entry in world.log().entries() {
            let Entry::Crossing { crossing: Crossing::Sent, cable, bytes, .. } = entry else { continue };
            if only.is_some_and(|only| only != *cable) {
                continue;
            }
            id += 1;
            let direction = Direction::Out;
            let (time, bytes) = (world.now(), world.log().bytes(*bytes));
            capture.packet(&Packet { interface: wire, time, direction, id, bytes, comments: &[] });
        }
        bytes.extend(capture.take());
    }
    bytes
}
