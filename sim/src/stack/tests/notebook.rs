//! An application that sends one packet whenever it is started and writes down all that it is told.

use std::net::Ipv4Addr;

use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::EventNo;
use crate::stack::{App, AppOut, Datagram, Echo, Failed};

/// What to send.
#[derive(Clone, Copy, Debug)]
pub enum Say {
    /// Nothing.
    Nothing,
    /// A datagram.
    Udp { to: Ipv4Addr, port: u16, len: usize },
    /// An echo request.
    Echo { to: Ipv4Addr, len: usize, df: bool },
}

/// Its port, what it says, and what it was told.
#[derive(Clone, Debug)]
pub struct Notebook {
    say: Say,
    listens: Option<u16>,
    bound: u16,
    count: u16,
    heard: Vec<String>,
}

impl Notebook {
    /// Sends this when started.
    pub fn says(say: Say) -> Box<dyn App> {
        Box::new(Self { say, listens: None, bound: 0, count: 0, heard: Vec::new() })
    }

    /// Only listens.
    pub fn listens(port: u16) -> Box<dyn App> {
        Box::new(Self { say: Say::Nothing, listens: Some(port), bound: port, count: 0, heard: Vec::new() })
    }
}

impl App for Notebook {
    fn name(&self) -> &'static str {
        "notebook"
    }

    fn port(&self) -> Option<u16> {
        self.listens
    }

    fn start(&mut self, out: &mut AppOut<'_, '_>) {
        self.count += 1;
        match self.say {
            Say::Nothing => {}
            Say::Udp { to, port, len } => {
                if self.bound == 0 {
                    self.bound = out.bind();
                }
                out.udp_send(self.bound, (to, port), len, |payload| payload.fill(0x5a));
            }
            Say::Echo { to, len, df } => out.echo_request(to, self.count, len, df),
        }
    }

    fn udp(&mut self, datagram: Datagram<'_>, _out: &mut AppOut<'_, '_>) {
        let ((src, from), (dst, to)) = (datagram.src, datagram.dst);
        self.heard.push(format!("udp {src}:{from} > {dst}:{to} {}", datagram.payload.len()));
    }

    fn echo_reply(&mut self, echo: Echo<'_>, _out: &mut AppOut<'_, '_>) {
        self.heard.push(format!("echo {} {} {}", echo.src, echo.seq, echo.payload.len()));
    }

    fn error(&mut self, failed: Failed, out: &mut AppOut<'_, '_>) {
        let at = out.now();
        self.heard.push(format!("{at} {:?} {} {}", failed.error, failed.dst, failed.seq));
    }

    fn table(&self) -> Option<TableView> {
        let columns = vec![Column { name: "note", zh: "笔记" }];
        let row = |(at, note): (usize, &String)| TableRow {
            key: at as u64,
            cells: vec![Cell::Name(note.clone())],
            written: EventNo(0),
        };
        let rows = self.heard.iter().enumerate().map(row).collect();
        Some(TableView { name: "notes", zh: "笔记", columns, rows })
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}
