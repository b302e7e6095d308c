//! Frames at the devices of one namespace, captured by dumpcap.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread::{sleep, spawn};
use std::time::Duration;

/// A capture at devices of a namespace.
pub struct Capture {
    switch: String,
    file: PathBuf,
    child: Child,
}

impl Capture {
    /// Captures in a namespace; returns once frames are really taken.
    pub fn start(space: &str, switch: &str, ports: &[String]) -> Self {
        let file = std::env::temp_dir().join(format!("{space}.pcapng"));
        let mut command = Command::new("ip");
        command.args(["netns", "exec", space, "dumpcap", "-p", "-q", "-n", "-B", "16"]);
        for port in ports {
            command.args(["-i", port]);
        }
        let mut child = command.arg("-w").arg(&file).stderr(Stdio::piped()).spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        spawn(move || errors.lines().map_while(Result::ok).any(|line| sender.send(line).is_err()));
        let mut told = Vec::new();
        loop {
            let line = lines.recv_timeout(super::PATIENCE).unwrap_or_else(|_| panic!("dumpcap says only {told:?}"));
            if line.starts_with("File: ") {
                break;
            }
            told.push(line);
        }
        sleep(Duration::from_millis(200));
        Self { switch: switch.to_owned(), file, child }
    }

    /// Ends the capture; frames by port, as `sw:p1`.
    pub fn stop(mut self) -> BTreeMap<String, Vec<Vec<u8>>> {
        self.interrupt();
        let bytes = std::fs::read(&self.file).unwrap();
        let frames = read_pcapng(&bytes);
        frames.into_iter().map(|(port, frames)| (format!("{}:{port}", self.switch), frames)).collect()
    }

    fn interrupt(&mut self) {
        super::works("kill", &["-INT", &self.child.id().to_string()]);
        let _ = self.child.wait();
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.interrupt();
        }
        let _ = std::fs::remove_file(&self.file);
    }
}

/// A report of groups over IPv6 (MLD, behind a hop-by-hop header): Linux says at times drawn at random that it listens to
/// the group of its own address. The simulator has no MLD, and no switch here asks for it.
fn is_membership(frame: &[u8]) -> bool {
    frame.get(12..14) == Some(&[0x86, 0xdd]) && frame.get(20) == Some(&0)
}

/// Frames by name of the interface, from a capture with the byte order of this machine.
fn read_pcapng(bytes: &[u8]) -> BTreeMap<String, Vec<Vec<u8>>> {
    let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let half = |at: usize| usize::from(u16::from_ne_bytes(bytes[at..at + 2].try_into().unwrap()));
    let (mut names, mut frames) = (Vec::new(), BTreeMap::new());
    let mut at = 0;
    while at + 12 <= bytes.len() {
        let (kind, len) = (word(at), word(at + 4));
        match kind {
            1 => {
                // Options follow the link type and the snap length; number 2 is the name.
                let mut option = at + 16;
                while half(option) != 2 {
                    assert_ne!(half(option), 0, "an interface without a name");
                    option += 4 + half(option + 2).next_multiple_of(4);
                }
                let name = String::from_utf8_lossy(&bytes[option + 4..option + 4 + half(option + 2)]).into_owned();
                frames.insert(name.clone(), Vec::new());
                names.push(name);
            }
            6 => {
                let (interface, length) = (word(at + 8), word(at + 20));
                let frame = bytes[at + 28..at + 28 + length].to_vec();
                if !is_membership(&frame) {
                    frames.entry(names[interface].clone()).or_default().push(frame);
                }
            }
            _ => {}
        }
        at += len;
    }
    frames
}
