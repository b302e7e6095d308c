//! The figures, and where they are from.

/// How two nodes are joined, and who talks to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// What joins the pods that talk; nothing where the nodes themselves do.
    pub plugin: &'static str,
    pub profile: &'static str,
    pub rate: &'static str,
    pub mtu: u16,
}

/// The nodes talk themselves.
pub const HOST: &str = "";

pub const TEN: Way = Way { plugin: HOST, profile: "\"server\"", rate: "10Gbps", mtu: 1500 };
pub const OFFLOAD: Way = Way { profile: "\"server-offload\"", ..TEN };
const VM: Way = Way { profile: "\"small-vm\"", rate: "1Gbps", ..TEN };
const JUMBO: Way = Way { mtu: 9000, ..OFFLOAD };
/// The same without offload.
const JUMBO_ALONE: Way = Way { mtu: 9000, ..TEN };
/// Every packet that is routed goes through the rules of a service proxy and of policies.
const RULES: Way = Way { profile: "(like: \"server\", rule_sets: 4)", ..TEN };
const FORTY: Way = Way { rate: "40Gbps", ..OFFLOAD };
/// Virtual machines of one computer, which brought 15.6 Gb/s without a tunnel.
const SIXTEEN: Way = Way { rate: "16Gbps", ..OFFLOAD };
const SIXTEEN_ALONE: Way = Way { rate: "16Gbps", ..TEN };

pub const fn by(plugin: &'static str, way: Way) -> Way {
    Way { plugin, ..way }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Goodput,
    Rtt,
}

/// A published ratio.
pub struct Figure {
    pub source: &'static str,
    pub what: &'static str,
    pub measure: Measure,
    pub of: Way,
    pub by: Way,
    /// The ratio that was published.
    pub published: &'static str,
    /// What counts as met: the published band, or a fifth around the published figure.
    pub band: (f64, f64),
    /// Why the model misses it; empty if it does not.
    pub missed: &'static str,
}

type Text = &'static str;

/// A band that several reports span.
const fn band(what: Text, measure: Measure, of: Way, by: Way, (low, high, published): (f64, f64, Text)) -> Figure {
    Figure { source: "all reports", what, measure, of, by, published, band: (low, high), missed: "" }
}

/// One figure, met by what differs by a fifth at most.
const fn figure(source: Text, what: Text, of: Way, by: Way, (published, text): (f64, Text)) -> Figure {
    let band = (published / 1.2, published * 1.2);
    Figure { source, what, measure: Goodput, of, by, published: text, band, missed: "" }
}

const fn rtt(figure: Figure) -> Figure {
    Figure { measure: Rtt, ..figure }
}

const fn missed(figure: Figure, missed: Text) -> Figure {
    Figure { missed, ..figure }
}

const ITNEXT: Text = "ITNEXT 2020";
const SLOW_WEAVE: Text = "Weave is kinda slow, 2015";
const DAOCLOUD: Text = "DaoCloud";
const EGRESS: Text = "EgressGateway";
const NOTES: Text = "cluster notes, VMs at 3 Gb/s";

use Measure::{Goodput, Rtt};

pub static FIGURES: &[Figure] = &[
    band("macvlan / host, rate", Goodput, by("Macvlan()", OFFLOAD), OFFLOAD, (0.99, 1.0005, "0.99-1.0")),
    band("ipvlan / macvlan, rate", Goodput, by("Ipvlan()", OFFLOAD), by("Macvlan()", OFFLOAD), (0.99, 1.01, "1.0")),
    band("host-gw / host, rate", Goodput, by("FlannelHostGw()", OFFLOAD), OFFLOAD, (0.90, 1.0005, "0.90-1.0")),
    band("Calico routed / host, rate", Goodput, by("CalicoNone()", OFFLOAD), OFFLOAD, (0.90, 1.0005, "0.90-1.0")),
    band("IPIP / host, rate", Goodput, by("CalicoIpip()", OFFLOAD), OFFLOAD, (0.5, 0.99, "0.5-0.99")),
    band("IPIP / host without offload, rate", Goodput, by("CalicoIpip()", TEN), TEN, (0.5, 0.99, "0.5-0.99")),
    band("VXLAN / host, rate", Goodput, by("FlannelVxlan()", OFFLOAD), OFFLOAD, (0.30, 0.98, "0.30-0.98")),
    band("VXLAN / host without offload, rate", Goodput, by("FlannelVxlan()", TEN), TEN, (0.30, 0.86, "0.30-0.86")),
    band("Flannel UDP / host, rate", Goodput, by("FlannelUdp()", OFFLOAD), OFFLOAD, (0.15, 0.35, "0.15-0.35")),
    band("Weave sleeve / host, rate", Goodput, by("Weave()", OFFLOAD), OFFLOAD, (0.05, 0.15, "0.05-0.15")),
    band("macvlan / host, round trip", Rtt, by("Macvlan()", OFFLOAD), OFFLOAD, (0.7, 1.1, "0.7-1.1")),
    band("host-gw / host, round trip", Rtt, by("FlannelHostGw()", OFFLOAD), OFFLOAD, (1.2, 1.8, "1.2-1.8")),
    band("VXLAN / host, round trip", Rtt, by("FlannelVxlan()", OFFLOAD), OFFLOAD, (1.4, 1.9, "1.4-1.9")),
    band("IPIP / host at MTU 9000, rate", Goodput, by("CalicoIpip()", JUMBO), JUMBO, (0.95, 1.0005, "0.95-1.0")),
    band("VXLAN / host at MTU 9000, rate", Goodput, by("FlannelVxlan()", JUMBO), JUMBO, (0.95, 1.0005, "0.95-1.0")),
    figure(ITNEXT, "IPIP at MTU 9000, rate", by("CalicoIpip()", JUMBO), JUMBO, (0.993, "0.993")),
    figure(ITNEXT, "VXLAN at MTU 9000, rate", by("FlannelVxlan()", JUMBO), JUMBO, (0.978, "0.978")),
    figure(
        ITNEXT,
        "Weave fastdp at MTU 8916, rate",
        by("Weave(fast: true, mtu: 8916)", JUMBO),
        JUMBO,
        (0.985, "0.985"),
    ),
    figure(ITNEXT, "IPIP, pods at 1440, rate", by("CalicoIpip(mtu: 1440)", JUMBO), JUMBO, (0.896, "0.90")),
    figure(ITNEXT, "VXLAN, pods at 1450, rate", by("CalicoVxlan(mtu: 1450)", JUMBO), JUMBO, (0.861, "0.86")),
    figure(
        ITNEXT,
        "Weave fastdp, pods at 1376, rate; its load of the processors says without offload",
        by("Weave(fast: true)", JUMBO_ALONE),
        JUMBO,
        (0.493, "0.49"),
    ),
    figure(EGRESS, "VXLAN, rate", by("FlannelVxlan()", OFFLOAD), OFFLOAD, (0.965, "0.965")),
    missed(
        figure(EGRESS, "VXLAN without offload, rate", by("FlannelVxlan()", TEN), OFFLOAD, (0.265, "0.265")),
        "how many rules its packets met is not said; the model charges for none",
    ),
    figure(DAOCLOUD, "macvlan, rate", by("Macvlan()", OFFLOAD), OFFLOAD, (1.002, "1.00")),
    figure(DAOCLOUD, "SR-IOV, rate", by("Sriov()", OFFLOAD), OFFLOAD, (1.005, "1.01")),
    figure(DAOCLOUD, "VXLAN without rules (Cilium), rate", by("CalicoVxlan()", OFFLOAD), OFFLOAD, (0.906, "0.91")),
    figure(DAOCLOUD, "routed with rules (Calico), rate", by("CalicoNone()", RULES), OFFLOAD, (0.425, "0.42")),
    missed(
        figure(DAOCLOUD, "IPIP with rules (Calico), rate", by("CalicoIpip()", RULES), OFFLOAD, (0.492, "0.49")),
        "faster than without a tunnel there, which no sum of work explains",
    ),
    missed(
        figure(DAOCLOUD, "VXLAN with rules (Calico), rate", by("CalicoVxlan()", RULES), OFFLOAD, (0.150, "0.15")),
        "outer packets meet rules too; the model asks them about routed packets alone",
    ),
    missed(
        figure(NOTES, "host-gw, rate", by("FlannelHostGw()", TEN), TEN, (0.93, "0.93")),
        "the virtual link of 3 Gb/s was full there before a core was",
    ),
    figure(NOTES, "Calico routed, rate", by("CalicoNone()", TEN), TEN, (0.93, "0.93")),
    figure(NOTES, "IPIP, rate", by("CalicoIpip()", TEN), TEN, (0.64, "0.64")),
    figure(NOTES, "VXLAN, rate", by("FlannelVxlan()", TEN), TEN, (0.45, "0.45")),
    missed(
        figure("Docker at 10 Gb/s", "overlay, rate", by("DockerOverlay()", TEN), OFFLOAD, (0.162, "0.16")),
        "less than any other tunnel of a kernel; neither kernel nor card is reported",
    ),
    figure(
        "krd, VMs of one core",
        "VXLAN without offload / host-gw with it, rate",
        by("FlannelVxlan()", SIXTEEN_ALONE),
        by("FlannelHostGw()", SIXTEEN),
        (0.30, "0.30"),
    ),
    missed(
        figure("Slim 2019", "Weave fastdp at 40 Gb/s, rate", by("Weave(fast: true)", FORTY), FORTY, (0.52, "0.52")),
        "one core did all; with its work on several the report has 0.91",
    ),
    missed(
        rtt(figure("Slim 2019", "Weave fastdp, round trip", by("Weave(fast: true)", FORTY), FORTY, (1.85, "1.85"))),
        "a packet in a tunnel waits for a soft interrupt more; the model has work, but no such waiting",
    ),
    figure(SLOW_WEAVE, "VXLAN, rate", by("FlannelVxlan()", VM), VM, (0.966, "0.966")),
    figure(SLOW_WEAVE, "Flannel UDP, rate", by("FlannelUdp()", VM), VM, (0.198, "0.198")),
    missed(
        figure(SLOW_WEAVE, "Weave sleeve, rate", by("Weave()", VM), VM, (0.060, "0.060")),
        "it read through pcap in a program with garbage collection; the model charges it as any tunnel of a program",
    ),
    missed(rtt(figure(SLOW_WEAVE, "VXLAN, round trip", by("FlannelVxlan()", VM), VM, (1.41, "1.41"))), WAKING),
    missed(rtt(figure(SLOW_WEAVE, "Flannel UDP, round trip", by("FlannelUdp()", VM), VM, (1.79, "1.79"))), WAKING),
    missed(rtt(figure(SLOW_WEAVE, "Weave sleeve, round trip", by("Weave()", VM), VM, (4.05, "4.05"))), WAKING),
];

/// Why round trips of virtual machines look longer in a tunnel than they were.
const WAKING: Text =
    "the 92 us without a tunnel were mostly the waking of the programs that measured, which the model leaves out";
