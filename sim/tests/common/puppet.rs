//! A device that does what it is told and writes down what happens to it.

use std::sync::{Arc, Mutex};

use overunder_sim::engine::{ChangeError, Device, DeviceChange, Outbox, TableView, TimerKind, Value};
use overunder_sim::explain::Reason;
use overunder_sim::id::{FlowId, PortNo};
use overunder_sim::time::SimTime;
use overunder_sim::wire::{Frame, LinkType, Origin};

overunder_sim::reasons! {
    /// Taken.
    TAKEN = "puppet.taken" {
        en: "taken", zh: "收下", because: "A puppet keeps what it gets.", because_zh: "木偶收下一切。", source: "model choice",
    }
    /// Sent.
    TOLD = "puppet.told" {
        en: "sent", zh: "发出", because: "It was told to.", because_zh: "奉命发出。", source: "model choice",
    }
}

/// What the puppets of a world saw, in order; shared by all copies of the world.
#[derive(Clone, Debug, Default)]
pub struct Diary(Arc<Mutex<Vec<(SimTime, String)>>>);

impl Diary {
    pub fn note(&self, now: SimTime, what: impl Into<String>) {
        self.0.lock().unwrap().push((now, what.into()));
    }

    /// Everything since the last call, as `1us what`.
    pub fn read(&self) -> Vec<String> {
        self.0.lock().unwrap().drain(..).map(|(time, what)| format!("{time} {what}")).collect()
    }

    pub fn times(&self) -> Vec<SimTime> {
        self.0.lock().unwrap().drain(..).map(|(time, _)| time).collect()
    }
}

/// Understands `arm`, `background`, `disarm` (the port is the timer), `send` (so many bytes), `lie` (sends
/// for a reason of somebody else's), `received`, `finish` (the port is the flow).
#[derive(Clone, Debug)]
pub struct Puppet {
    pub name: &'static str,
    pub ports: u16,
    pub diary: Diary,
}

impl Puppet {
    pub fn boxed(name: &'static str, ports: u16, diary: &Diary) -> Box<dyn Device> {
        Box::new(Self { name, ports, diary: diary.clone() })
    }

    fn note(&self, now: SimTime, what: impl std::fmt::Display) {
        self.diary.note(now, format!("{} {what}", self.name));
    }
}

impl Device for Puppet {
    fn receive(&mut self, now: SimTime, port: PortNo, frame: Frame, out: &mut Outbox<'_>) {
        self.note(now, format_args!("got {} bytes at {port}", frame.len()));
        out.deliver(frame, &TAKEN);
    }

    fn timer(&mut self, now: SimTime, kind: TimerKind, _out: &mut Outbox<'_>) {
        self.note(now, format_args!("timer {}", kind.0));
    }

    fn carrier(&mut self, now: SimTime, port: PortNo, up: bool, _out: &mut Outbox<'_>) {
        self.note(now, format_args!("carrier {port} {}", if up { "up" } else { "down" }));
    }

    fn reset(&mut self) {
        self.diary.note(SimTime::ZERO, format!("{} reset", self.name));
    }

    fn start_flow(&mut self, now: SimTime, flow: FlowId, _out: &mut Outbox<'_>) {
        self.note(now, format_args!("start {flow}"));
    }

    fn stop_flow(&mut self, now: SimTime, flow: FlowId, _out: &mut Outbox<'_>) {
        self.note(now, format_args!("stop {flow}"));
    }

    fn change(&mut self, now: SimTime, change: &DeviceChange, out: &mut Outbox<'_>) -> Result<(), ChangeError> {
        let DeviceChange::Set { port: Some(at), field, value } = change else { return Err(refusal("rows")) };
        let kind = TimerKind(u32::from(at.0));
        match (field.as_str(), value) {
            ("arm", Value::Span(span)) => out.arm(kind, now + *span),
            ("background", Value::Span(span)) => out.arm_background(kind, now + *span),
            ("disarm", _) => out.disarm(kind),
            ("send", Value::Number(len)) => {
                let frame = out.mint(*len as usize, LinkType::Ethernet, Origin::NONE);
                out.send(*at, frame, &TOLD);
            }
            ("lie", Value::Number(len)) => {
                let frame = out.mint(*len as usize, LinkType::Ethernet, Origin::NONE);
                out.send(*at, frame, &overunder_sim::engine::wire::QUEUE_FULL);
            }
            ("received", _) => out.flow_received(FlowId(at.0), 100, None),
            ("finish", _) => out.flow_finished(FlowId(at.0)),
            ("say", Value::Text(word)) => self.note(now, word),
            _ => return Err(refusal(field)),
        }
        Ok(())
    }

    fn kind(&self) -> &'static str {
        "puppet"
    }
    fn ports(&self) -> u16 {
        self.ports
    }
    fn port_name(&self, port: PortNo) -> String {
        format!("p{port}")
    }
    fn timers(&self) -> u32 {
        4
    }
    fn reasons(&self) -> &'static [Reason] {
        ALL
    }
    fn tables(&self) -> Vec<TableView> {
        Vec::new()
    }
    fn heap_bytes(&self) -> usize {
        0
    }
    fn boxed_clone(&self) -> Box<dyn Device> {
        Box::new(self.clone())
    }
}

fn refusal(field: &str) -> ChangeError {
    ChangeError::UnknownField { field: field.to_owned(), known: vec!["arm", "disarm", "send"] }
}
