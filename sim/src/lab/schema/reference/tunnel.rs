//! Kinds of envelopes.

use super::Sort::{Flag, Whole};
use super::{Word, words};

pub(super) const TUNNELS: &[Word] = words! {
    /// IP in IP: 20 bytes, no number to tell networks apart.
    Ipip()
    /// GRE with IP packets in it.
    Gre(
        /// A number that tells tunnels apart.
        key: Whole,
        /// It carries a checksum.
        checksum["false"]: Flag,
        /// It numbers its packets.
        sequence["false"]: Flag,
    )
    /// GRE with Ethernet frames in it.
    Gretap(
        /// A number that tells tunnels apart.
        key: Whole,
        /// It carries a checksum.
        checksum["false"]: Flag,
        /// It numbers its packets.
        sequence["false"]: Flag,
    )
    /// Geneve: frames in UDP, with room for options.
    Geneve(
        /// The number of its network.
        vni["required"]: Whole,
        /// Bytes of options, a multiple of 4.
        options["0"]: Whole,
        /// UDP port.
        port["6081"]: Whole,
    )
    /// IP packets in UDP, packed by a program in user space.
    TunUdp(
        /// UDP port.
        port["8285"]: Whole,
    )
    /// WireGuard's framing.
    Wireguard(
        /// UDP port.
        port["51820"]: Whole,
    )
    /// The framing of Weave's user-space path.
    Sleeve(
        /// UDP port.
        port["6783"]: Whole,
    )
    /// Weave's fast datapath: VXLAN by the kernel, whose VNI names both peers. To a peer from which no heartbeat comes back
    /// frames go as with `Sleeve`.
    FastDatapath(
        /// UDP port.
        port["6784"]: Whole,
        /// UDP port of the slow way.
        sleeve["6783"]: Whole,
    )
};
