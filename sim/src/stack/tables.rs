//! The tables of a stack as people see them.

use super::{Stack, fib, neigh};
use crate::engine::{Cell, Column, TableRow, TableView};
use crate::id::{EventNo, PortNo};

const IP: Column = Column { name: "ip", zh: "IP 地址" };
const MAC: Column = Column { name: "mac", zh: "MAC 地址" };
const DEV: Column = Column { name: "dev", zh: "接口" };

impl Stack {
    pub(super) fn dev(&self, port: PortNo) -> Cell {
        Cell::Port(port, self.net.interfaces.get(port.index()).map_or_else(|| "-".to_owned(), |at| at.name.clone()))
    }

    /// The address of a neighbour, of whatever family.
    fn end(&self, ip: std::net::Ipv4Addr) -> Cell {
        self.net.six.as_ref().map_or(Cell::Ip(ip), |six| six.cell(ip))
    }

    pub(super) fn neigh_view(&self) -> TableView {
        let columns =
            vec![IP, MAC, DEV, Column { name: "state", zh: "状态" }, Column { name: "waiting", zh: "等待的包" }];
        let row = |(key, entry): (u64, &neigh::Entry)| {
            let mac = if entry.state.is_valid() { Cell::Mac(entry.mac) } else { Cell::None };
            let cells = vec![
                self.end(neigh::ip_of(key)),
                mac,
                self.dev(neigh::port_of(key)),
                Cell::Word(entry.state.word()),
                Cell::Number(entry.waiting() as u64),
            ];
            TableRow { key, cells, written: entry.written }
        };
        let mut rows: Vec<TableRow> = self.net.neigh.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "neigh", zh: "邻居表", columns, rows }
    }

    pub(super) fn routes_view(&self) -> TableView {
        let columns = vec![
            Column { name: "prefix", zh: "前缀" },
            Column { name: "via", zh: "下一跳" },
            DEV,
            Column { name: "protocol", zh: "来源" },
        ];
        // Few routes name a source, and where none does nobody has to look at an empty column.
        let sources = self.net.fib.names_sources;
        let columns = if sources { [columns, vec![Column { name: "src", zh: "源地址" }]].concat() } else { columns };
        let row = |(prefix, len, route): (std::net::Ipv4Addr, u8, &fib::Route)| {
            let (via, dev) = match route.kind {
                fib::Kind::Unicast => self.way_cells(fib::key(len, prefix.to_bits()), route),
                kind => (Cell::Word(kind.word()), Cell::None),
            };
            let mut cells = vec![Cell::Prefix(prefix, len), via, dev, Cell::Word(route.protocol.word())];
            if sources {
                cells.push(route.src.map_or(Cell::None, Cell::Ip));
            }
            TableRow { key: fib::key(len, prefix.to_bits()), cells, written: route.written }
        };
        let mut rows: Vec<TableRow> = self.net.fib.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "routes", zh: "路由表", columns, rows }
    }

    /// Next hop and interface of a route, or all of them.
    fn way_cells(&self, key: u64, route: &fib::Route) -> (Cell, Cell) {
        let ways = self.net.fib.ways(key);
        if ways.is_empty() {
            return (route.via.map_or(Cell::None, Cell::Ip), self.dev(route.port));
        }
        let via: Vec<String> = ways.iter().map(|way| way.via.to_string()).collect();
        let mut devs: Vec<String> = ways.iter().map(|way| self.dev(way.port).to_string()).collect();
        devs.dedup();
        (Cell::Name(via.join(",")), Cell::Name(devs.join(",")))
    }

    pub(super) fn addresses_view(&self) -> TableView {
        let mut rows = Vec::new();
        for (at, interface) in self.net.interfaces.iter().enumerate() {
            for (ip, len) in &interface.addresses {
                let key = (at as u64) << 32 | u64::from(ip.to_bits());
                let cells = vec![Cell::Prefix(*ip, *len), Cell::Mac(interface.mac), self.dev(PortNo(at as u16))];
                rows.push(TableRow { key, cells, written: EventNo(0) });
            }
        }
        let six = self.net.six.iter().flat_map(|six| six.addresses());
        for (place, (port, address)) in six.enumerate() {
            let mac = self.net.interfaces.get(port.index()).map_or(Cell::None, |at| Cell::Mac(at.mac));
            let cells = vec![Cell::Name(address), mac, self.dev(port)];
            rows.push(TableRow { key: 1 << 63 | place as u64, cells, written: EventNo(0) });
        }
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "addresses", zh: "地址", columns: vec![IP, MAC, DEV], rows }
    }

    /// What routers told of ways.
    pub(super) fn pmtu_view(&self) -> TableView {
        let columns = vec![IP, Column { name: "mtu", zh: "MTU" }, Column { name: "until", zh: "有效至" }];
        let row = |(ip, known): (std::net::Ipv4Addr, super::pmtu::Known)| TableRow {
            key: u64::from(ip.to_bits()),
            cells: vec![Cell::Ip(ip), Cell::Number(u64::from(known.mtu)), Cell::Time(known.until)],
            written: known.written,
        };
        let mut rows: Vec<TableRow> = self.net.ways.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "pmtu", zh: "路径 MTU", columns, rows }
    }

    /// Packets of which fragments wait for the rest.
    pub(super) fn fragments_view(&self) -> TableView {
        let columns = vec![
            Column { name: "src", zh: "源地址" },
            Column { name: "dst", zh: "目的地址" },
            Column { name: "id", zh: "标识" },
            Column { name: "parts", zh: "分片数" },
            Column { name: "bytes", zh: "字节" },
            Column { name: "until", zh: "等到" },
        ];
        let row = |((src, dst, id, protocol), [parts, bytes], due): (super::reassembly::Key, [usize; 2], _)| TableRow {
            key: u64::from(src.to_bits()) << 32 | u64::from(id) << 8 | u64::from(protocol),
            cells: vec![
                Cell::Ip(src),
                Cell::Ip(dst),
                Cell::Number(u64::from(id)),
                Cell::Number(parts as u64),
                Cell::Number(bytes as u64),
                Cell::Time(due),
            ],
            written: EventNo(0),
        };
        let rows = self.net.reassembly.rows().map(row).collect();
        TableView { name: "fragments", zh: "等待的分片", columns, rows }
    }

    /// Groups this host listens to, but for 224.0.0.1, which everybody listens to.
    pub(super) fn groups_view(&self) -> TableView {
        let columns = vec![
            Column { name: "group", zh: "组" },
            DEV,
            Column { name: "reporter", zh: "最后由本机报告" },
            Column { name: "report", zh: "下次报告" },
        ];
        let row = |member: &super::groups::Member| TableRow {
            key: super::groups::key(member.port, member.group),
            cells: vec![
                Cell::Ip(member.group),
                self.dev(member.port),
                Cell::Word(if member.reporter { "yes" } else { "no" }),
                member.due.map_or(Cell::None, Cell::Time),
            ],
            written: member.written,
        };
        let mut rows: Vec<TableRow> = self.net.groups.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "groups", zh: "组播组", columns, rows }
    }

    pub(super) fn sockets_view(&self) -> TableView {
        let columns = vec![Column { name: "port", zh: "端口" }, Column { name: "app", zh: "程序" }];
        let name = |index: u8| self.apps.get(usize::from(index)).map_or("-", |runs| runs.app.name());
        let row = |(port, index): (&u16, &u8)| TableRow {
            key: u64::from(*port),
            cells: vec![Cell::Number(u64::from(*port)), Cell::Word(name(*index))],
            written: EventNo(0),
        };
        let mut rows: Vec<TableRow> = self.net.sockets.iter().map(row).collect();
        rows.sort_unstable_by_key(|row| row.key);
        TableView { name: "sockets", zh: "UDP 端口", columns, rows }
    }
}
