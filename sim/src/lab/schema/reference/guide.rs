//! What is taught: variants, steps, questions, repairs.

use super::Sort::{Cells, List, Map, Name, Names, Of, Other, Text};
use super::network::lab;
use super::{Form, Group, Word, words};

const HINTS: super::Sort = Other("`[where to look, which rule, \"{answer}\"]`: exactly three texts");

const VARIANTS: &[Word] = words! {
    /// One value of an axis.
    variant(
        /// A sentence about it.
        say: Text,
        /// What is different: `( … )` changes fields, `Kind( … )` replaces the whole thing. A place is a node, a link, a
        /// flow, an overlay, a gateway, an event, or a device inside a node.
        set: Other("`{\"place\": (field: value)}`"),
        /// What must hold with it.
        expect: Map("check"),
    )
};

const STEPS: &[Word] = words! {
    /// One step of the guide: say, ask, play, reveal.
    step(
        /// What the learner reads first.
        say["required"]: Text,
        /// The variant it plays in.
        variant["the default one"]: Name("a variant"),
        /// Questions that are asked before the run goes on.
        ask: Map("question"),
        /// How far the run goes on.
        play["it only talks"]: Of("moment"),
    )
};

const QUESTIONS: &[Word] = words! {
    /// How many? The answer is a value.
    Number(
        /// The question.
        say["required"]: Text,
        /// What is counted or measured.
        answer["required"]: Of("value"),
        /// What is written behind the number.
        unit: Text,
        /// How far off is still right.
        within["0"]: Other("a number or a time"),
        /// Misconceptions, each with the answer it leads to.
        wrong: Map("belief"),
        /// Where to look, which rule, and the answer.
        hints["required"]: HINTS,
        /// What else to say when the answer is revealed.
        because: Text,
    )
    /// Which of these? The answer is the one option whose check holds.
    Choice(
        /// The question.
        say["required"]: Text,
        /// The options.
        options["required"]: Map("option"),
        /// Where to look, which rule, and the answer.
        hints["required"]: HINTS,
        /// What else to say when the answer is revealed.
        because: Text,
    )
    /// Where? The answer is a set of nodes.
    Pick(
        /// The question.
        say["required"]: Text,
        /// `Nodes(…)`.
        answer["required"]: Of("value"),
        /// Misconceptions, each with the nodes it leads to.
        wrong: Map("belief"),
        /// Where to look, which rule, and the answer.
        hints["required"]: HINTS,
        /// What else to say when the answer is revealed.
        because: Text,
    )
    /// In which order? The answer is the items, the smallest value first.
    Order(
        /// The question.
        say["required"]: Text,
        /// The items. They are offered mixed, the same way everywhere.
        items["required"]: Map("item"),
        /// Misconceptions, each with the order it leads to.
        wrong: Map("sequence"),
        /// Where to look, which rule, and the answer.
        hints["required"]: HINTS,
        /// What else to say when the answer is revealed.
        because: Text,
    )
    /// What will the table say? The answer is its rows at the end of the step.
    Fill(
        /// The question.
        say["required"]: Text,
        /// `("sw", "fdb")`: the device and the table.
        table["required"]: Other("`(place, table)`"),
        /// The columns to fill in.
        blanks["required"]: Names("columns"),
        /// Misconceptions, each with a row it leads to.
        wrong: Map("row"),
        /// Where to look, which rule, and the answer.
        hints["required"]: HINTS,
        /// What else to say when the answer is revealed.
        because: Text,
    )
    /// What holds when? One row for each variant, one column for each check.
    Grid(
        /// The question.
        say["required"]: Text,
        /// The axes whose values are the rows.
        rows["required"]: Names("axes"),
        /// The columns: each a check, which is called by its name, or `(say: "…", holds: Check)`.
        cells["required"]: Map("column"),
        /// Misconceptions, each with the columns it sees otherwise.
        wrong: Map("columns"),
        /// Where to look, which rule, and the answer.
        hints["required"]: HINTS,
        /// What else to say when the answer is revealed.
        because: Text,
    )
};

const OPTIONS: &[Word] = words! {
    /// An option of a `Choice`.
    option(
        /// Its text.
        say["required"]: Text,
        /// When it is the right one.
        holds["required"]: Of("check"),
        /// What to say to who takes it wrongly: every option but the right one needs it.
        why: Text,
    )
};

const BELIEFS: &[Word] = words! {
    /// A misconception: the answer it leads to, and what to say to it.
    belief(
        /// The answer; an expression stays right when the lab changes.
        is["required"]: Of("value"),
        /// What to say to it.
        say["required"]: Text,
    )
};

const ROWS: &[Word] = words! {
    /// A misconception about a table.
    belief(
        /// Cells of a row that only who believes it writes down.
        row["required"]: Cells,
        /// What to say to it.
        say["required"]: Text,
    )
};

const SEQUENCES: &[Word] = words! {
    /// A misconception about an order.
    belief(
        /// All items in the order that it leads to.
        is["required"]: Names("items"),
        /// What to say to it.
        say["required"]: Text,
    )
};

const COLUMNS: &[Word] = words! {
    /// What a column of a `Grid` is called, and what is asked there; a check alone is called by its name.
    column(
        /// What it is called.
        say["required"]: Text,
        /// The check.
        holds["required"]: Of("check"),
    )
};

const TABLES: &[Word] = words! {
    /// A misconception about a truth table.
    belief(
        /// The checks of the columns it sees otherwise; the other columns are as they are.
        is["required"]: Map("check"),
        /// What to say to it.
        say["required"]: Text,
    )
};

const ITEMS: &[Word] = words! {
    /// Something to be put in order.
    item(
        /// Its text.
        say["required"]: Text,
        /// What it is sorted by: a number or a time.
        by["required"]: Of("value"),
    )
};

const REPAIR: &[Word] = words! {
    /// The network of the file is healthy; this says what is wrong with it and what counts as repaired.
    repair(
        /// What the learner is told.
        say["required"]: Text,
        /// What is broken before the traffic begins.
        broken["required"]: List("change"),
        /// What holds when it is repaired.
        goals["required"]: Map("check"),
        /// One way out.
        solution["required"]: List("change"),
        /// Tempting attempts that must not count.
        wrong: Map("attempt"),
        /// Where to look, which rule, and `{solution}`.
        hints["required"]: HINTS,
    )
};

const ATTEMPTS: &[Word] = words! {
    /// An attempt that must not count.
    attempt(
        /// What is done.
        do["required"]: List("change"),
        /// What to say to it.
        say["required"]: Text,
    )
};

pub const GROUPS: &[Group] = &[
    Group {
        name: "variant",
        title: "Variants",
        says: "`variants` has one entry for each axis, an axis one for each value.",
        form: Form::Plain,
        words: VARIANTS,
        example: lab!("variants: {\"axis\": {\"on\": @}}"),
    },
    Group {
        name: "step",
        title: "Steps",
        says: "What stands in `steps`.",
        form: Form::Plain,
        words: STEPS,
        example: lab!("steps: {\"s\": @}"),
    },
    Group {
        name: "question",
        title: "Questions",
        says: "What stands in `ask`. The answer is computed from the run of the step, never typed.",
        form: Form::Kind,
        words: QUESTIONS,
        example: lab!("steps: {\"s\": (say: \"x\", ask: {\"q\": @}, play: Done(\"p\"))}"),
    },
    Group {
        name: "option",
        title: "Options",
        says: "What stands in the `options` of a `Choice`.",
        form: Form::Plain,
        words: OPTIONS,
        example: lab!(
            "steps: {\"s\": (say: \"x\", ask: {\"q\": Choice(say: \"x\", options: {\"o\": @})}, play: Done(\"p\"))}"
        ),
    },
    Group {
        name: "belief",
        title: "Misconceptions",
        says: "What stands in the `wrong` of a `Number` or a `Pick`.",
        form: Form::Plain,
        words: BELIEFS,
        example: lab!(
            "steps: {\"s\": (say: \"x\", ask: {\"q\": Number(say: \"x\", answer: Sent(\"p\"), wrong: {\"m\": @})}, play: Done(\"p\"))}"
        ),
    },
    Group {
        name: "row",
        title: "Misconceptions about tables",
        says: "What stands in the `wrong` of a `Fill`.",
        form: Form::Plain,
        words: ROWS,
        example: lab!(
            "steps: {\"s\": (say: \"x\", ask: {\"q\": Fill(say: \"x\", table: (\"a\", \"neigh\"), blanks: [\"mac\"], wrong: {\"m\": @})}, play: Done(\"p\"))}"
        ),
    },
    Group {
        name: "item",
        title: "Items",
        says: "What stands in the `items` of an `Order`.",
        form: Form::Plain,
        words: ITEMS,
        example: lab!(
            "steps: {\"s\": (say: \"x\", ask: {\"q\": Order(say: \"x\", items: {\"o\": @})}, play: Done(\"p\"))}"
        ),
    },
    Group {
        name: "sequence",
        title: "Misconceptions about an order",
        says: "What stands in the `wrong` of an `Order`.",
        form: Form::Plain,
        words: SEQUENCES,
        example: lab!(
            "steps: {\"s\": (say: \"x\", ask: {\"q\": Order(say: \"x\", items: {\"o\": (say: \"x\", by: Sent(\"p\")), \"r\": (say: \"y\", by: Lost(\"p\"))}, wrong: {\"m\": @})}, play: Done(\"p\"))}"
        ),
    },
    Group {
        name: "column",
        title: "Columns",
        says: "What stands in the `cells` of a `Grid`, if not a check alone.",
        form: Form::Plain,
        words: COLUMNS,
        example: lab!(
            "steps: {\"s\": (say: \"x\", ask: {\"q\": Grid(say: \"x\", rows: [\"v\"], cells: {\"c\": @})}, play: Done(\"p\"))}"
        ),
    },
    Group {
        name: "columns",
        title: "Misconceptions about truth tables",
        says: "What stands in the `wrong` of a `Grid`.",
        form: Form::Plain,
        words: TABLES,
        example: lab!(
            "steps: {\"s\": (say: \"x\", ask: {\"q\": Grid(say: \"x\", rows: [\"v\"], cells: {\"c\": Delivered(\"p\")}, wrong: {\"m\": @})}, play: Done(\"p\"))}"
        ),
    },
    Group {
        name: "repair",
        title: "Repair",
        says: "What stands as `repair`.",
        form: Form::Plain,
        words: REPAIR,
        example: lab!("repair: @"),
    },
    Group {
        name: "attempt",
        title: "Wrong attempts",
        says: "What stands in the `wrong` of `repair`.",
        form: Form::Plain,
        words: ATTEMPTS,
        example: lab!("repair: (say: \"x\", broken: [Down(\"a--b\")], wrong: {\"w\": @})"),
    },
];
