//! A small virtual machine of 2015: one virtual core, of which the hypervisor takes its share.
//!
//! Work in the kernel takes twice as long as on the server. Waking a program takes ten times as long, because a core
//! that fell asleep must be woken by the hypervisor: chosen so that Flannel's UDP tunnel comes to about the 62 µs a
//! packet that its 23 MB/s mean, acknowledgements included ("Weave is kinda slow", April 2015, virtual machines with
//! 1 Gb/s).

use std::borrow::Cow;

use super::{Cost, Price, Profile};

pub static SMALL_VM: Profile = Profile {
    name: Cow::Borrowed("small-vm"),
    en: Cow::Borrowed("a small virtual machine of 2015, one virtual core"),
    zh: Cow::Borrowed("2015 年的小虚拟机,一个虚拟核"),
    source: Cow::Borrowed(
        "estimate; Flannel's UDP tunnel comes to the 62 us a packet that 23 MB/s mean, acknowledgements included \
             (\"Weave is kinda slow\", April 2015, virtual machines with 1 Gb/s)",
    ),
    cores: 1,
    offload: 0,
    rule_sets: 0,
    prices: [
        (Cost::Interrupt, Price::packet(300)),
        (Cost::StackPass, Price::packet(800)),
        (Cost::Forward, Price::packet(400)),
        (Cost::BridgeLookup, Price::packet(300)),
        (Cost::VethCrossing, Price::packet(300)),
        (Cost::Encap, Price::packet(1_300)),
        (Cost::EncapIp, Price::packet(800)),
        (Cost::Crypto, Price::with_bytes(700, 1_200)),
        (Cost::UserCopy, Price::with_bytes(3_000, 300)),
        (Cost::ContextSwitch, Price::packet(12_500)),
        (Cost::SocketCopy, Price::with_bytes(0, 100)),
        (Cost::Netfilter, Price::packet(600)),
    ],
};
