//! A key-value store like etcd, on one host: keys with revisions, leases that expire, watches.
//!
//! What clients say is in [`crate::wire::store`]. Every change has the next revision. A key written on a lease goes when
//! the lease is not renewed. Who watches a prefix is told every change after the revision it names, in order, one message
//! at a time: the next leaves when the last was confirmed, and what is not confirmed is sent again. A question asked twice
//! (its answer was lost) is answered as before and done once.
//!
//! Left out of etcd: members and Raft (this is a cluster of one), transactions, compaction by hand, users.

mod data;
mod watch;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::control::why;
use crate::engine::agent::Saying;
use crate::engine::{Cell, ChangeError, Column, DeviceChange, TableRow, TableView};
use crate::explain::Reason;
use crate::stack::{App, AppOut, Datagram};
use crate::time::SimDuration;
use crate::wire::store::{self, HEADER_LEN, Item, Message, Op, Outcome, ROOM};

use data::Data;
use watch::Watchers;

/// Name of its table.
pub const TABLE: &str = "store";
const COLUMNS: [&str; 2] = ["key", "value"];
const EXPIRY: u8 = 0;
const RESEND: u8 = 1;
/// Clients whose last answer is kept.
const CLIENTS: usize = 4096;

/// Address and port of a client.
pub(in crate::control) type Client = (Ipv4Addr, u16);

/// How the store is run.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreConfig {
    /// The port it listens on.
    pub port: u16,
    /// Its data survive when its host loses power.
    pub persistent: bool,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { port: store::PORT, persistent: true }
    }
}

/// A store.
#[derive(Clone, Debug)]
pub struct Store {
    config: StoreConfig,
    data: Data,
    watchers: Watchers,
    /// The last answer to each client: what it asks again is not done again.
    answered: BTreeMap<Client, Message>,
}

impl Store {
    /// A store as configured, empty.
    pub fn new(config: StoreConfig) -> Self {
        Self { config, data: Data::default(), watchers: Watchers::default(), answered: BTreeMap::new() }
    }

    fn say(reason: Reason, about: &str, out: &mut AppOut<'_, '_>) {
        out.say(Saying { agent: "store", reason, about });
    }

    fn send(&self, to: Client, message: &Message, out: &mut AppOut<'_, '_>) {
        out.udp_send(self.config.port, to, message.len(), |bytes| message.write(bytes));
    }

    fn question(&mut self, from: Client, question: &Message, out: &mut AppOut<'_, '_>) {
        if let Some(known) = self.answered.get(&from)
            && known.id == question.id
        {
            return self.send(from, known, out);
        }
        let mut answer = Message { answer: true, id: question.id, ..Message::new(question.op) };
        match question.op {
            Op::Put => self.put(question, &mut answer, out),
            Op::Delete => {
                for item in &question.items {
                    self.data.delete(&item.key, out);
                }
                answer.items = question.items.iter().map(|item| Item::key(item.key.as_str())).collect();
            }
            Op::Read => self.read(question, &mut answer),
            Op::Grant => answer.lease = self.data.grant(from.0, SimDuration::from_ms(question.extra.max(1)), out.now()),
            Op::KeepAlive => {
                answer.lease = question.lease;
                if question.lease > 0 && !self.data.renew(question.lease, out.now()) {
                    answer.outcome = Outcome::NoLease;
                }
                answer.watched = self.watchers.knows(from);
            }
            Op::Watch => {
                answer.items.clone_from(&question.items);
                match question.items.first() {
                    Some(item) if self.data.keeps(question.revision) => {
                        self.watchers.add(from, &item.key, question.revision);
                    }
                    _ => answer.outcome = Outcome::NotKept,
                }
            }
            Op::Event => return,
        }
        (answer.revision, answer.mark) = (self.data.revision, self.data.mark);
        self.send(from, &answer, out);
        self.answered.insert(from, answer);
        if self.answered.len() > CLIENTS {
            self.answered.pop_first();
        }
        self.tell(out);
        self.arm_expiry(out);
    }

    fn put(&mut self, question: &Message, answer: &mut Message, out: &mut AppOut<'_, '_>) {
        answer.lease = question.lease;
        if question.lease > 0 && !self.data.has_lease(question.lease) {
            answer.outcome = Outcome::NoLease;
            return;
        }
        for item in &question.items {
            if item.len() > ROOM {
                answer.outcome = Outcome::TooLong;
                continue;
            }
            let revision = self.data.put(&item.key, &item.value, question.lease, out);
            answer.items.push(Item { revision, ..Item::key(item.key.as_str()) });
        }
    }

    /// As many keys as fit; the client asks for the rest from the last one on.
    fn read(&self, question: &Message, answer: &mut Message) {
        let prefix = question.items.first().map_or("", |item| item.key.as_str());
        let after = question.items.get(1).map(|item| item.key.as_str());
        let mut room = ROOM;
        for item in self.data.under(prefix, after) {
            if item.len() > room {
                answer.more = true;
                break;
            }
            room -= item.len();
            answer.items.push(item);
        }
    }

    /// Tells watchers what is new for them.
    fn tell(&mut self, out: &mut AppOut<'_, '_>) {
        for (to, message) in self.watchers.news(&self.data, out.now()) {
            self.send(to, &message, out);
        }
        self.arm_resend(out);
    }

    fn arm_resend(&self, out: &mut AppOut<'_, '_>) {
        match self.watchers.next_due() {
            Some(due) => out.arm(RESEND, due.max(out.now())),
            None => out.disarm(RESEND),
        }
    }

    /// Whoever is alive renews, so waiting for this keeps no run from ending.
    fn arm_expiry(&self, out: &mut AppOut<'_, '_>) {
        match self.data.next_expiry() {
            Some(due) => out.arm_background(EXPIRY, due.max(out.now())),
            None => out.disarm(EXPIRY),
        }
    }
}

impl App for Store {
    fn name(&self) -> &'static str {
        "store"
    }

    fn port(&self) -> Option<u16> {
        Some(self.config.port)
    }

    fn boot(&mut self, out: &mut AppOut<'_, '_>) {
        self.data.begin(out.event(), out.now());
        self.arm_expiry(out);
    }

    fn reset(&mut self) {
        self.watchers = Watchers::default();
        self.answered.clear();
        if !self.config.persistent {
            self.data = Data::default();
        }
    }

    fn timer(&mut self, kind: u8, out: &mut AppOut<'_, '_>) {
        if kind == EXPIRY {
            for about in self.data.expire(out) {
                Self::say(&why::LEASE_EXPIRED, &about, out);
            }
            self.arm_expiry(out);
            return self.tell(out);
        }
        let (again, gone) = self.watchers.overdue(&self.data, out.now());
        for (to, message) in again {
            self.send(to, &message, out);
        }
        for (ip, _) in gone {
            Self::say(&why::WATCHER_GONE, &ip.to_string(), out);
        }
        self.arm_resend(out);
    }

    fn udp(&mut self, datagram: Datagram<'_>, out: &mut AppOut<'_, '_>) {
        let Some(message) = Message::read(datagram.payload) else { return };
        if !message.answer {
            return self.question(datagram.src, &message, out);
        }
        if message.op == Op::Event {
            self.watchers.confirmed(datagram.src, &message);
            self.tell(out);
        }
    }

    fn change(&mut self, change: &DeviceChange, out: &mut AppOut<'_, '_>) -> Option<Result<(), ChangeError>> {
        let (DeviceChange::AddRow { table, .. } | DeviceChange::DelRow { table, .. } | DeviceChange::Flush { table }) =
            change
        else {
            return None;
        };
        (table == TABLE).then(|| {
            self.by_hand(change, out)?;
            self.tell(out);
            Ok(())
        })
    }

    fn table(&self) -> Option<TableView> {
        let columns = vec![
            Column { name: "key", zh: "键" },
            Column { name: "value", zh: "值" },
            Column { name: "revision", zh: "修订号" },
            Column { name: "lease", zh: "租约" },
        ];
        let row = |(key, row): (&String, &data::Row)| TableRow {
            key: row.created,
            cells: vec![
                Cell::Name(key.clone()),
                Cell::Name(row.value.clone()),
                Cell::Number(row.revision),
                if row.lease == 0 { Cell::None } else { Cell::Number(u64::from(row.lease)) },
            ],
            written: row.written,
        };
        let mut rows: Vec<TableRow> = self.data.rows().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        Some(TableView { name: TABLE, zh: "存储", columns, rows })
    }

    fn heap_bytes(&self) -> usize {
        self.data.heap_bytes() + self.watchers.heap_bytes() + self.answered.len() * 200
    }

    fn boxed_clone(&self) -> Box<dyn App> {
        Box::new(self.clone())
    }
}

impl Store {
    /// What an administrator does with `etcdctl`: writes a key without a lease, removes keys, removes all that hang on
    /// leases.
    fn by_hand(&mut self, change: &DeviceChange, out: &mut AppOut<'_, '_>) -> Result<(), ChangeError> {
        let bad =
            |field: &str, expected| ChangeError::BadValue { field: field.to_owned(), value: String::new(), expected };
        let (DeviceChange::AddRow { cells, .. } | DeviceChange::DelRow { cells, .. }) = change else {
            let leased = self.data.rows().filter(|(_, row)| row.lease > 0).map(|(key, _)| key.clone());
            for key in leased.collect::<Vec<_>>() {
                self.data.delete(&key, out);
            }
            return Ok(());
        };
        if let Some((column, _)) = cells.iter().find(|(column, _)| !COLUMNS.contains(&column.as_str())) {
            let (column, known) = (column.clone(), COLUMNS.to_vec());
            return Err(ChangeError::UnknownColumn { table: TABLE, column, known });
        }
        let cell = |name: &str| cells.iter().find(|(column, _)| column == name).map(|(_, cell)| cell.as_str());
        if matches!(change, DeviceChange::AddRow { .. }) {
            let (Some(key), Some(value)) = (cell("key"), cell("value")) else {
                return Err(bad("key", "a key and its value"));
            };
            if key.len() + value.len() > ROOM - HEADER_LEN {
                return Err(bad("value", "key and value of at most 1164 bytes together"));
            }
            self.data.put(key, value, 0, out);
            return Ok(());
        }
        let is = |(key, row): &(&String, &data::Row)| {
            cell("key").is_none_or(|wanted| *key == wanted) && cell("value").is_none_or(|wanted| row.value == wanted)
        };
        let gone: Vec<String> = self.data.rows().filter(is).map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.data.delete(&key, out);
        }
        Ok(())
    }
}
