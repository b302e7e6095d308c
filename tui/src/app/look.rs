//! How things look: language, palette, charset.

use std::str::FromStr;

use overunder_sim::lang::Lang;

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Palette {
    /// The terminal's own sixteen, or full colours where it has them.
    #[default]
    Plain,
    /// Strong colours, nothing dim.
    Contrast,
    /// No colour at all: bold, reverse and underline only.
    Mono,
}

impl Palette {
    /// Names for the command line.
    pub const NAMES: [&str; 3] = ["default", "contrast", "mono"];
}

impl FromStr for Palette {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "default" => Ok(Self::Plain),
            "contrast" => Ok(Self::Contrast),
            "mono" => Ok(Self::Mono),
            _ => Err(format!("there is no palette `{text}`; there is: {}", Self::NAMES.join(", "))),
        }
    }
}

/// Which glyphs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// Lines, arrows and blocks.
    #[default]
    Unicode,
    /// ASCII only.
    Ascii,
}

/// What a person may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Language of everything.
    pub lang: Lang,
    /// Colours.
    pub palette: Palette,
    /// The terminal shows 24-bit colours.
    pub full_colour: bool,
    /// Glyphs.
    pub charset: Charset,
    /// The mouse is ours.
    pub mouse: bool,
    /// Frames move along cables while playing.
    pub animation: bool,
}
