//! What is sent, and when things happen.

use super::Sort::{Flag, Name, Of, Other, Rate, Text, Time, Whole, Words};
use super::network::lab;
use super::{Form, Group, Word, words};

const TRAFFIC: &[Word] = words! {
    /// Asks for echoes.
    Ping(
        /// Who asks.
        from["required"]: Name("a host"),
        /// Who is asked: a host, or an address, which nobody need have.
        to["required"]: Name("a host"),
        /// How often.
        count["1"]: Whole,
        /// Time between two.
        every["\"1s\""]: Time,
        /// Bytes of payload.
        size["56"]: Whole,
        /// Nobody may fragment it.
        df["true"]: Flag,
        /// When it begins.
        start["at once"]: Of("moment"),
    )
    /// Sends datagrams one way.
    Udp(
        /// Who sends.
        from["required"]: Name("a host"),
        /// Who receives: a host, an address, which nobody need have, or a group: all hear it that are in its `groups`.
        to["required"]: Name("a host"),
        /// How many; or else `lasts`.
        count: Whole,
        /// For how long; or else `count`.
        lasts: Time,
        /// How fast.
        rate: Rate,
        /// Bytes of payload.
        size: Whole,
        /// When it begins.
        start["at once"]: Of("moment"),
    )
    /// Opens a TCP connection, sends bytes over it and closes it. Segments that open, close or carry data count as
    /// sent and received, repeated ones again.
    Tcp(
        /// Who connects and sends.
        from["required"]: Name("a host"),
        /// Who receives.
        to["required"]: Name("a host"),
        /// How many bytes; or else `lasts`.
        bytes["100_000"]: Whole,
        /// For how long; or else `bytes`.
        lasts: Time,
        /// The port it connects to.
        port["5201"]: Whole,
        /// When it begins.
        start["at once"]: Of("moment"),
    )
    /// Asks over UDP and waits for answers.
    Request(
        /// Who asks.
        from["required"]: Name("a host"),
        /// Who answers.
        to["required"]: Name("a host"),
        /// How often.
        count["1"]: Whole,
        /// Time between two.
        every: Time,
        /// Bytes of a question.
        size: Whole,
        /// Bytes of an answer.
        answer: Whole,
        /// When it begins.
        start["at once"]: Of("moment"),
    )
    /// Sends frames from invented addresses: fills the tables of switches.
    MacFlood(
        /// Who sends.
        from["required"]: Name("a host"),
        /// How fast.
        rate["required"]: Rate,
        /// How many; or else `lasts`.
        count: Whole,
        /// For how long; or else `count`.
        lasts: Time,
        /// How addresses are invented.
        sources["Random"]: Words(&["Random", "Sequential"]),
        /// What the frames say they carry.
        ethertype["Experimental"]: Words(&["Experimental", "Ipv4"]),
        /// When it begins.
        start["at once"]: Of("moment"),
    )
    /// Sends frames as written.
    Raw(
        /// Who sends.
        from["required"]: Name("a host"),
        /// Where to: a node, a MAC address or a group.
        to["required"]: Text,
        /// Source addresses, used in turn.
        src["that of the sender"]: Other("one address, or several in square brackets"),
        /// How many.
        count["1"]: Whole,
        /// Time between two.
        every: Time,
        /// When it begins.
        start["at once"]: Of("moment"),
    )
    /// Listens: the card accepts every frame.
    Sniff(
        /// Where.
        on["required"]: Name("a host"),
    )
};

const MOMENTS: &[Word] = words! {
    /// When a flow is done.
    Done(
        /// The flow.
        flow["required"]: Name("a flow"),
    )
    /// When a flow has so many answers.
    Answered(
        /// The flow.
        flow["required"]: Name("a flow"),
        /// How many.
        count["required"]: Whole,
    )
    /// When an event has happened.
    Event(
        /// The event.
        event["required"]: Name("an event"),
    )
    /// Some time after another moment.
    After(
        /// The other moment.
        moment["required"]: Of("moment"),
        /// How long after it.
        time["required"]: Time,
    )
    /// When such a record is made for the first time.
    First(
        /// What to wait for.
        selector["required"]: Of("selector"),
    )
};

const EVENTS: &[Word] = words! {
    /// Something that changes while the lab runs.
    event(
        /// When.
        at["required"]: Of("moment"),
        /// What.
        do["required"]: Of("change"),
    )
};

pub const GROUPS: &[Group] = &[
    Group {
        name: "traffic",
        title: "Traffic",
        says: "What stands in `traffic`: one entry is one flow.",
        form: Form::Kind,
        words: TRAFFIC,
        example: "Lab(format: 1, title: \"t\", idea: \"i\", nodes: {\"a\": Hub()}, traffic: {\"p\": @})",
    },
    Group {
        name: "moment",
        title: "Moments",
        says: "A time such as `\"5ms\"` counts from the start. `Quiet`, as the end of a lab or step only, is when nothing \
               is in flight and nothing but housekeeping is to come. Where routers speak a routing protocol, their \
               tables must have agreed too, for as long as it needs to notice a silent neighbour; `Converged`, as an \
               end, waits for that alone.",
        form: Form::Call,
        words: MOMENTS,
        example: lab!("events: {\"e\": (at: @, do: Down(\"a--b\"))}"),
    },
    Group {
        name: "event",
        title: "Events",
        says: "What stands in `events`.",
        form: Form::Plain,
        words: EVENTS,
        example: lab!("events: {\"e\": @}"),
    },
];
