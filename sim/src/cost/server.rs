//! A server of about 2016: a core of some 2.5 GHz, Linux without a hypervisor beneath, no segmentation offload.
//!
//! The prices add up to what published measurements of kernel paths imply when nothing is batched: 1.25 µs a packet
//! for IPIP and 1.31 µs for VXLAN on a core a third faster (raw data of the ITNEXT benchmark of August 2020, rows with
//! small MTU; Intel Xeon at 10 Gb/s). How a sum divides among its parts is an estimate.

use std::borrow::Cow;

use super::{Cost, Price, Profile};

pub static SERVER: Profile = Profile {
    name: Cow::Borrowed("server"),
    en: Cow::Borrowed("a bare-metal server, 4 cores of about 2.5 GHz, without segmentation offload"),
    zh: Cow::Borrowed("裸机服务器,4 个约 2.5 GHz 的核,没有分段卸载"),
    source: Cow::Borrowed(
        "estimate; the sums agree with 1.25 us a packet for IPIP and 1.31 us for VXLAN (ITNEXT benchmark of CNI plugins, \
         August 2020, raw data of the rows with small MTU) on cores a third faster",
    ),
    cores: 4,
    offload: 0,
    rule_sets: 0,
    prices: PRICES,
};

pub(super) const PRICES: [(Cost, Price); Cost::COUNT] = [
    // Together with the stack 0.55 µs: what a host without containers takes.
    (Cost::Interrupt, Price::packet(150)),
    (Cost::StackPass, Price::packet(400)),
    (Cost::Forward, Price::packet(200)),
    (Cost::BridgeLookup, Price::packet(150)),
    (Cost::VethCrossing, Price::packet(150)),
    (Cost::Encap, Price::packet(650)),
    (Cost::EncapIp, Price::packet(400)),
    (Cost::Crypto, Price::with_bytes(350, 600)),
    (Cost::UserCopy, Price::with_bytes(1_500, 150)),
    // 2.5 µs to wake a program and to come back.
    (Cost::ContextSwitch, Price::packet(1_250)),
    (Cost::SocketCopy, Price::with_bytes(0, 50)),
    (Cost::Netfilter, Price::packet(300)),
];
