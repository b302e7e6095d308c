//! The two languages everything is said in.

use std::fmt;
use std::str::FromStr;

/// A language of the interface and the labs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

impl Lang {
    /// One of two texts.
    pub const fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pick("en", "zh"))
    }
}

/// A language nobody has written texts in yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are texts in `en` and `zh`, not in `{0}`")]
pub struct UnknownLang(String);

impl FromStr for Lang {
    type Err = UnknownLang;

    /// `en`, `zh`, and what locales make of them: `zh_CN.UTF-8`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split(['_', '-', '.']).next().unwrap_or_default() {
            "en" => Ok(Self::En),
            "zh" => Ok(Self::Zh),
            _ => Err(UnknownLang(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_name_languages() {
        assert_eq!("zh_CN.UTF-8".parse(), Ok(Lang::Zh));
        assert_eq!("en".parse(), Ok(Lang::En));
        assert!("tlh".parse::<Lang>().is_err());
    }
}
