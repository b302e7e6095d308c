//! One reason, and the macro that defines a device's list of them.

use std::fmt;

use crate::cost::Cost;

/// Everything the program knows about one reason. The text of a decision is made from it when somebody looks.
///
/// `en` and `zh` are sentences with placeholders that [`crate::view`] fills in: `{src}` and `{dst}` are the
/// addresses the device looked at, `{in}` the arrival port, `{out}` the ports it left by, `{row}` the table row that
/// hit, `{n}` the number given with the decision, `{layer}` the layer with this number, `{what}` what a daemon's reason
/// is about.
#[derive(Debug)]
pub struct ReasonDef {
    /// Stable name, `device.what-happened`; used in labs, JSON and tests.
    pub slug: &'static str,
    /// Place in its owner's list; counters are kept by it.
    pub index: u8,
    /// Hash of the slug, equal on every machine; goes into digests.
    pub hash: u32,
    /// English sentence with placeholders.
    pub en: &'static str,
    /// Chinese sentence with placeholders.
    pub zh: &'static str,
    /// Why the rule is as it is, in one or two English sentences; shown by `overunder explain`.
    pub because: &'static str,
    /// The same in Chinese.
    pub because_zh: &'static str,
    /// Where the rule stands: RFC section, IEEE clause or kernel file.
    pub source: &'static str,
    /// Name of the Linux drop reason (`include/net/dropreason-core.h`) or counter, empty when there is none.
    pub linux: &'static str,
    /// Work that was done when it is given, for the profile of the node to turn into time.
    pub costs: &'static [Cost],
}

/// A reason is a reference to its definition: eight bytes, compared by name.
pub type Reason = &'static ReasonDef;

impl PartialEq for ReasonDef {
    fn eq(&self, other: &Self) -> bool {
        self.slug == other.slug
    }
}
impl Eq for ReasonDef {}

impl fmt::Display for ReasonDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug)
    }
}

/// FNV-1a, 32 bits; const so that every reason carries its hash.
pub const fn slug_hash(slug: &str) -> u32 {
    let bytes = slug.as_bytes();
    let (mut hash, mut i) = (0x811c_9dc5_u32, 0);
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
}

/// Defines the reasons of one device: a static for each, and `ALL`, the list in order. `after n;` at the beginning
/// continues a list of `n` reasons that stands elsewhere.
///
/// ```
/// overunder_sim::reasons! {
///     /// The switch knows where the destination is.
///     FORWARD_KNOWN = "bridge.forward-known" {
///         en: "{dst} is known behind port {out}",
///         zh: "{dst} 已知在端口 {out} 之后",
///         because: "A switch looks up the destination and sends one copy.",
///         because_zh: "交换机查目的地址,只送出一份。",
///         source: "IEEE 802.1Q-2022 §8.8.8",
///     }
/// }
/// assert_eq!(ALL[0].slug, "bridge.forward-known");
/// ```
#[macro_export]
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident = $($rest:tt)*) => {
        $crate::reasons! { after 0; $(#[$doc])* $name = $($rest)* }
    };
    (after $first:expr; $($(#[$doc:meta])* $name:ident = $slug:literal {
        en: $en:literal, zh: $zh:literal, because: $because:literal, because_zh: $because_zh:literal,
        source: $source:literal $(, linux: $linux:literal)? $(, costs: [$($cost:ident),*])? $(,)?
    })*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum ReasonIndex { $($name),* }
        $(
            $(#[$doc])*
            pub static $name: $crate::explain::ReasonDef = $crate::explain::ReasonDef {
                slug: $slug,
                index: ($first + ReasonIndex::$name as usize) as u8,
                hash: $crate::explain::reason::slug_hash($slug),
                en: $en,
                zh: $zh,
                because: $because,
                because_zh: $because_zh,
                source: $source,
                linux: concat!($($linux)?),
                costs: &[$($($crate::cost::Cost::$cost),*)?],
            };
        )*
        /// How many reasons there are here.
        #[allow(dead_code)]
        pub const COUNT: usize = [$($slug),*].len();
        /// Every reason here, in the order of their counters.
        pub static ALL: &[$crate::explain::Reason] = &[$(&$name),*];
    };
}
