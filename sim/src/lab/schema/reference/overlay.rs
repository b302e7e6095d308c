//! Networks that containers join by name.

use super::Sort::{Flag, Of, Other, Whole, Words};
use super::{Word, words};

const OUTER: super::Sort = Words(&["Ipv4", "Ipv6"]);

pub(super) const OVERLAYS: &[Word] = words! {
    /// No network between hosts: each has a bridge for itself.
    Bridge(
        /// Largest packet inside.
        mtu["1500"]: Whole,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// The routes of the hosts, without an envelope.
    Routed(
        /// Largest packet inside.
        mtu["that of the host"]: Whole,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// VXLAN: a bridge and a VTEP in every host with a container.
    Vxlan(
        /// The number of the network.
        vni["required"]: Whole,
        /// How VTEPs find each other, and where stations are: a list, a group, or daemons on all hosts.
        discovery["StaticList"]: Of("discovery"),
        /// Largest packet inside.
        mtu["what fits through the tunnel"]: Whole,
        /// UDP port.
        port["4789"]: Whole,
        /// VTEPs learn which host an address lives on.
        learning["true, unless daemons write where stations are"]: Flag,
        /// `Distributed`: every host routes between its own subnet and the tunnel.
        gateway["None"]: Words(&["None", "Distributed"]),
        /// UDP source ports: the first, and the one behind the last.
        srcport: Other("`[49152, 65535]`"),
        /// What hosts send to each other over; with `Ipv6` each of them has an `ip6`.
        outer["Ipv4"]: OUTER,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// IP in IP.
    Ipip(
        /// Largest packet inside.
        mtu["what fits through the tunnel"]: Whole,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// GRE with IP packets in it.
    Gre(
        /// A number that tells tunnels apart.
        key: Whole,
        /// It carries a checksum.
        checksum["false"]: Flag,
        /// It numbers its packets.
        sequence["false"]: Flag,
        /// Largest packet inside.
        mtu["what fits through the tunnel"]: Whole,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// GRE with Ethernet frames in it.
    Gretap(
        /// A number that tells tunnels apart.
        key: Whole,
        /// It carries a checksum.
        checksum["false"]: Flag,
        /// It numbers its packets.
        sequence["false"]: Flag,
        /// Largest packet inside.
        mtu["what fits through the tunnel"]: Whole,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// Geneve.
    Geneve(
        /// The number of the network.
        vni["required"]: Whole,
        /// Bytes of options, a multiple of 4.
        options["0"]: Whole,
        /// UDP port.
        port["6081"]: Whole,
        /// Largest packet inside.
        mtu["what fits through the tunnel"]: Whole,
        /// What hosts send to each other over; with `Ipv6` each of them has an `ip6`.
        outer["Ipv4"]: OUTER,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// IP packets in UDP, packed by a program in user space.
    TunUdp(
        /// UDP port.
        port["8285"]: Whole,
        /// Largest packet inside.
        mtu["what fits through the tunnel"]: Whole,
        /// What hosts send to each other over; with `Ipv6` each of them has an `ip6`.
        outer["Ipv4"]: OUTER,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// WireGuard's framing.
    Wireguard(
        /// UDP port.
        port["51820"]: Whole,
        /// Largest packet inside.
        mtu["what fits through the tunnel"]: Whole,
        /// What hosts send to each other over; with `Ipv6` each of them has an `ip6`.
        outer["Ipv4"]: OUTER,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// The framing of Weave's user-space path.
    Sleeve(
        /// UDP port.
        port["6783"]: Whole,
        /// Largest packet inside.
        mtu["what fits through the tunnel"]: Whole,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
    /// Weave's fast datapath: VXLAN by the kernel, and `Sleeve` to peers from which no heartbeat comes back.
    FastDatapath(
        /// UDP port.
        port["6784"]: Whole,
        /// UDP port of the slow way.
        sleeve["6783"]: Whole,
        /// Largest packet inside, and the size of the heartbeats.
        mtu["what fits through the tunnel"]: Whole,
        /// TCP connections through its bridges announce no longer segments than this.
        clamp_mss: Whole,
    )
};
