//! What a run must show: checks, values, selectors.

use super::Sort::{Cells, Flag, List, Name, Names, Of, Other, Place, Text, Whole, Words};
use super::network::lab;
use super::{Form, Group, Word, words};

const REASON: super::Sort = Other("reason, `\"bridge.table-full\"`: `overunder explain` lists them");

const CHECKS: &[Word] = words! {
    /// Everything the flow sent has arrived; a ping counts when it is answered.
    Delivered(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// Nothing the flow sent has arrived.
    Fails(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// Something of the flow was lost, and all of it there for that reason.
    Dropped(
        /// The flow.
        flow["required"]: Name("a flow"),
        /// Where.
        at["required"]: Place,
        /// Why.
        reason["required"]: REASON,
    )
    /// There is such a record.
    Saw(
        /// What to look for.
        selector["required"]: Of("selector"),
    )
    /// There is no such record, though the flow it names has sent something.
    Never(
        /// What to look for.
        selector["required"]: Of("selector"),
    )
    /// The table has such a row.
    Row(
        /// The device.
        place["required"]: Place,
        /// The table.
        table["required"]: Name("a table"),
        /// Cells of the row.
        cells: Cells,
    )
    /// The table has no such row.
    NoRow(
        /// The device.
        place["required"]: Place,
        /// The table.
        table["required"]: Name("a table"),
        /// Cells of the row.
        cells: Cells,
    )
    /// A further ping, sent at the end in a copy of the world, is answered.
    Reaches(
        /// Who asks.
        from["required"]: Name("a host"),
        /// Who is asked.
        to["required"]: Name("a host"),
    )
    /// The first packet that arrived has passed these nodes in this order; others may lie between.
    Follows(
        /// The flow.
        flow["required"]: Name("a flow"),
        /// The nodes.
        places["required"]: Names("nodes"),
    )
    /// The first records of these selectors come in this order.
    InOrder(
        /// The selectors.
        selectors["required"]: List("selector"),
    )
    /// Two values are the same.
    Is(
        /// What the run shows.
        value["required"]: Of("value"),
        /// What it is compared with.
        expected["required"]: Of("value"),
    )
    /// The first value is not smaller than the second.
    AtLeast(
        /// What the run shows.
        value["required"]: Of("value"),
        /// What it is compared with.
        expected["required"]: Of("value"),
    )
    /// The first value is not larger than the second.
    AtMost(
        /// What the run shows.
        value["required"]: Of("value"),
        /// What it is compared with.
        expected["required"]: Of("value"),
    )
    /// All of these hold.
    All(
        /// The checks.
        checks["required"]: List("check"),
    )
    /// One of these holds at least.
    Any(
        /// The checks.
        checks["required"]: List("check"),
    )
    /// This does not hold.
    Not(
        /// The check.
        check["required"]: Of("check"),
    )
    /// This holds in another variant.
    In(
        /// `vepa+on`: values of axes; missing axes are at their default.
        variant["required"]: Name("a variant"),
        /// The check.
        check["required"]: Of("check"),
    )
    /// With this set, the lab is refused before it runs. Where this stands in `In(…)`, that variant is tried.
    Refused(
        /// What is set, as in a variant.
        set["required"]: Other("`{\"place\": (field: value)}`"),
        /// The code of the error.
        by["required"]: Text,
    )
};

const VALUES: &[Word] = words! {
    /// How many records.
    Count(
        /// Which.
        selector["required"]: Of("selector"),
    )
    /// Their bytes together.
    Bytes(
        /// Which.
        selector["required"]: Of("selector"),
    )
    /// What work takes of the processors, all together: a number of the model, see cost profiles.
    Spent(
        /// Which: `Charges(…)`.
        selector["required"]: Of("selector"),
    )
    /// Bytes of the first.
    Size(
        /// Which.
        selector["required"]: Of("selector"),
    )
    /// When the first was made.
    Time(
        /// Which.
        selector["required"]: Of("selector"),
    )
    /// The nodes at which they were made.
    Nodes(
        /// Which.
        selector["required"]: Of("selector"),
    )
    /// A field of the first.
    Field(
        /// Which.
        selector["required"]: Of("selector"),
        /// `"ipv4.src"`, `"outer.ipv4.src"`, `"inner.eth.dst"`.
        field["required"]: Text,
    )
    /// How many different values a field has among them.
    Distinct(
        /// Which.
        selector["required"]: Of("selector"),
        /// `"outer.udp.src"`.
        field["required"]: Text,
    )
    /// How many rows with these cells.
    Rows(
        /// The device.
        place["required"]: Place,
        /// The table.
        table["required"]: Name("a table"),
        /// Cells of the rows.
        cells: Cells,
    )
    /// What stands in a column of the row with these cells.
    Cell(
        /// The device.
        place["required"]: Place,
        /// The table.
        table["required"]: Name("a table"),
        /// Cells of the row.
        cells: Cells,
        /// The column.
        column["required"]: Name("a column"),
    )
    /// All that stands in a table, except times, in eight digits: equal tables have equal digits.
    Digest(
        /// The device.
        place["required"]: Place,
        /// The table.
        table["required"]: Name("a table"),
    )
    /// Packets the flow has sent.
    Sent(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// Packets of it that have arrived.
    Received(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// Packets of it that have not.
    Lost(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// A round trip of the flow.
    Rtt(
        /// The flow.
        flow["required"]: Name("a flow"),
        /// Which of all.
        which["Median"]: Words(&["Min", "Median", "Max"]),
    )
    /// Payload that arrived, in bits a second: what came after the first payload, by the time from then to the last.
    Goodput(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// The nodes its first delivered packet has passed.
    Path(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// Bytes by which its packets are longer on a link than at their sender.
    Overhead(
        /// The flow.
        flow["required"]: Name("a flow"),
        /// The link.
        link["required"]: Place,
    )
    /// The time from an event to the last write of a forwarding table that follows it, up to the next event.
    Convergence(
        /// The event, or `"start"`.
        event["required"]: Name("an event"),
    )
    /// Rows of forwarding tables written after it.
    Rewrites(
        /// The event, or `"start"`.
        event["required"]: Name("an event"),
    )
    /// How long after it some routers passed packets for some network round among themselves.
    Looping(
        /// The event, or `"start"`.
        event["required"]: Name("an event"),
    )
    /// How long after it some router would have lost packets for some network, though there was a way.
    BlackHole(
        /// The event, or `"start"`.
        event["required"]: Name("an event"),
    )
    /// Messages of routing protocols after it, up to the last write of a forwarding table.
    Messages(
        /// The event, or `"start"`.
        event["required"]: Name("an event"),
    )
    /// A sum.
    Add(
        /// One value.
        a["required"]: Of("value"),
        /// The other.
        b["required"]: Of("value"),
    )
    /// A difference.
    Sub(
        /// One value.
        a["required"]: Of("value"),
        /// What is taken away.
        b["required"]: Of("value"),
    )
    /// A value so many times.
    Times(
        /// How many times.
        n["required"]: Whole,
        /// A count, a time or a rate.
        value["required"]: Of("value"),
    )
    /// A value of another variant.
    In(
        /// `vepa+on`: values of axes; missing axes are at their default.
        variant["required"]: Name("a variant"),
        /// The value.
        value["required"]: Of("value"),
    )
};

const SELECTORS: &[Word] = words! {
    /// Frames, each counted where it crosses a port.
    Frames(
        /// They enter this place by a cable.
        into: Place,
        /// They leave this place by a cable.
        out_of: Place,
        /// They travel on this link.
        on: Place,
        /// Packets of this flow, also inside tunnels and as fragments.
        flow: Name("a flow"),
        /// Those, and what they made necessary: ARP, ICMP errors.
        caused_by: Name("a flow"),
        /// This layer is somewhere inside.
        carries: Name("a layer"),
        /// Exactly these layers: `"eth/arp"`; `..` at an end is anything.
        layers: Text,
        /// Innermost source: a node, an IP or a MAC address.
        src: Text,
        /// Innermost destination.
        dst: Text,
        /// Outermost source.
        outer_src: Text,
        /// Outermost destination.
        outer_dst: Text,
        /// They are fragments or carry one in an envelope, or neither.
        fragment: Flag,
        /// They have more bytes than this.
        bigger_than: Whole,
        /// They came before this moment.
        before: Of("moment"),
        /// They came at this moment or after it.
        since: Of("moment"),
    )
    /// Verdicts of devices.
    Decisions(
        /// The device, or all of a node.
        at: Place,
        /// Why it decided so.
        reason: REASON,
        /// Packets of this flow.
        flow: Name("a flow"),
        /// Those, and what they made necessary.
        caused_by: Name("a flow"),
        /// This layer is somewhere inside.
        carries: Name("a layer"),
        /// Exactly these layers.
        layers: Text,
        /// Innermost source.
        src: Text,
        /// Innermost destination.
        dst: Text,
        /// Outermost source.
        outer_src: Text,
        /// Outermost destination.
        outer_dst: Text,
        /// They are fragments or carry one in an envelope, or neither.
        fragment: Flag,
        /// They have more bytes than this.
        bigger_than: Whole,
        /// They came before this moment.
        before: Of("moment"),
        /// They came at this moment or after it.
        since: Of("moment"),
    )
    /// Verdicts that ended a frame.
    Drops(
        /// The device, or all of a node.
        at: Place,
        /// Why it was dropped.
        reason: REASON,
        /// Packets of this flow.
        flow: Name("a flow"),
        /// Those, and what they made necessary.
        caused_by: Name("a flow"),
        /// This layer is somewhere inside.
        carries: Name("a layer"),
        /// Exactly these layers.
        layers: Text,
        /// Innermost source.
        src: Text,
        /// Innermost destination.
        dst: Text,
        /// Outermost source.
        outer_src: Text,
        /// Outermost destination.
        outer_dst: Text,
        /// They are fragments or carry one in an envelope, or neither.
        fragment: Flag,
        /// They have more bytes than this.
        bigger_than: Whole,
        /// They came before this moment.
        before: Of("moment"),
        /// They came at this moment or after it.
        since: Of("moment"),
    )
    /// Rows written or removed.
    Changes(
        /// The device, or all of a node.
        at: Place,
        /// The table.
        table: Name("a table"),
        /// They came before this moment.
        before: Of("moment"),
        /// They came at this moment or after it.
        since: Of("moment"),
    )
    /// Work that a node with a cost profile was charged for.
    Charges(
        /// The device, or all of a node.
        at: Place,
        /// What was done: `"user-copy"`; the book lists all costs.
        cost: Name("a cost"),
        /// For packets of this flow.
        flow: Name("a flow"),
        /// For those, and for what they made necessary.
        caused_by: Name("a flow"),
        /// Before this moment.
        before: Of("moment"),
        /// At this moment or after it.
        since: Of("moment"),
    )
};

pub const GROUPS: &[Group] = &[
    Group {
        name: "check",
        title: "Checks",
        says: "What must hold: in `expect`, `goals`, options and grids.",
        form: Form::Call,
        words: CHECKS,
        example: lab!("expect: {\"c\": @}"),
    },
    Group {
        name: "value",
        title: "Values",
        says: "What a run shows. A number, a text with a unit or a list of nodes stands for itself.",
        form: Form::Call,
        words: VALUES,
        example: lab!("expect: {\"c\": Is(@, 1)}"),
    },
    Group {
        name: "selector",
        title: "Selectors",
        says: "Which records of a run; all filters that are given must fit.",
        form: Form::Kind,
        words: SELECTORS,
        example: lab!("expect: {\"c\": Saw(@)}"),
    },
];
