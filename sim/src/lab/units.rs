//! Times, rates and shares with their units.

use crate::time::SimDuration;

/// Nanoseconds by unit.
const TIMES: [(&str, u64); 5] =
    [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000)];
const BITS: [(&str, u64); 4] = [("bps", 1), ("kbps", 1_000), ("Mbps", 1_000_000), ("Gbps", 1_000_000_000)];
const FRAMES: [(&str, u64); 1] = [("pps", 1)];
/// Millionths by unit.
const SHARES: [(&str, u64); 2] = [("ppm", 1), ("%", 10_000)];

/// Why a text is no quantity, and what it should be if that can be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub label: String,
    /// The text to paste.
    pub fix: String,
}

/// Bits or frames a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Bits a second.
    Bits(u64),
    /// Frames a second.
    Frames(u64),
}

/// `5ms`, `1.5s`, `2min`.
pub fn time(text: &str) -> Result<SimDuration, Wrong> {
    quantity(text, &TIMES, "5ms").map(SimDuration)
}

/// `150ps` or `0.15ns`, in picoseconds.
pub fn picoseconds(text: &str) -> Result<u64, Wrong> {
    quantity(text, &[("ps", 1), ("ns", 1_000)], "150ps")
}

/// `10Gbps`.
pub fn bits(text: &str) -> Result<u64, Wrong> {
    quantity(text, &BITS, "10Gbps")
}

/// `1000pps` or `5Mbps`.
pub fn rate(text: &str) -> Result<Rate, Wrong> {
    if text.ends_with("bps") {
        return bits(text).map(Rate::Bits);
    }
    quantity(text, &FRAMES, "1000pps").map(Rate::Frames)
}

/// `2%` or `100ppm`, in millionths.
pub fn share(text: &str) -> Result<u32, Wrong> {
    let ppm = quantity(text, &SHARES, "2%")?;
    if ppm > 1_000_000 {
        return Err(Wrong { label: "more than all".to_owned(), fix: "100%".to_owned() });
    }
    Ok(ppm as u32)
}

/// A share in the words labs use: `2%`, `0.5%`, `7ppm`.
pub fn show_share(ppm: u32) -> String {
    if !ppm.is_multiple_of(100) {
        return format!("{ppm}ppm");
    }
    let text = format!("{}.{:02}", ppm / 10_000, ppm / 100 % 100);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

fn quantity(text: &str, units: &[(&str, u64)], example: &str) -> Result<u64, Wrong> {
    let names = units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ");
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (number, unit) = (text[..at].replace('_', ""), &text[at..]);
    let wrong = |label: String, fix: String| Err(Wrong { label, fix });
    if let Some(positive) = text.strip_prefix('-') {
        return wrong("nothing here is negative".to_owned(), positive.to_owned());
    }
    if number.is_empty() {
        return wrong(format!("expected a number with one of: {names}"), example.to_owned());
    }
    let Some((_, factor)) = units.iter().find(|(name, _)| *name == unit) else {
        let guess = guess(unit, units).unwrap_or_else(|| example.trim_start_matches(|c: char| c.is_ascii_digit()));
        let label = match unit.trim() {
            "" => format!("no unit; possible are: {names}"),
            trimmed if trimmed != unit && guess == trimmed => "no space between number and unit".to_owned(),
            trimmed => format!("`{trimmed}` is not a unit here; possible are: {names}"),
        };
        return wrong(label, format!("{number}{guess}"));
    };
    match scaled(&number, *factor) {
        Some(value) => Ok(value),
        None => wrong("too large, or finer than the model counts".to_owned(), example.to_owned()),
    }
}

/// What people write for our units.
fn guess<'a>(unit: &str, units: &[(&'a str, u64)]) -> Option<&'a str> {
    let lower = unit.trim().to_lowercase();
    let meant = match lower.as_str() {
        "sec" | "secs" | "second" | "seconds" => "s",
        "msec" => "ms",
        "usec" | "\u{b5}s" | "\u{3bc}s" => "us",
        "m" | "mins" | "minute" | "minutes" => "min",
        "gbit" | "gbit/s" | "gb/s" | "g" => "gbps",
        "mbit" | "mbit/s" | "mb/s" => "mbps",
        "kbit" | "kbit/s" | "k" => "kbps",
        "bit/s" | "b/s" => "bps",
        "/s" | "fps" | "p/s" | "packets/s" | "frames/s" => "pps",
        "percent" => "%",
        other => other,
    };
    units.iter().map(|(name, _)| *name).find(|name| name.eq_ignore_ascii_case(meant))
}

/// A decimal number times a factor, exactly.
fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || fraction.len() > 12 || whole.is_empty() {
        return None;
    }
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = 10_u128.checked_pow(fraction.len() as u32)?;
    let product = digits.checked_mul(u128::from(factor))?;
    if product % scale != 0 {
        return None;
    }
    u64::try_from(product / scale).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_exact() {
        assert_eq!(time("1.5ms"), Ok(SimDuration(1_500_000)));
        assert_eq!(time("2min"), Ok(SimDuration::from_secs(120)));
        assert_eq!(bits("10Gbps"), Ok(10_000_000_000));
        assert_eq!(rate("1_000pps"), Ok(Rate::Frames(1000)));
        assert_eq!(rate("5Mbps"), Ok(Rate::Bits(5_000_000)));
        assert_eq!(share("0.5%"), Ok(5000));
        for ppm in [0, 7, 100, 5000, 20_000, 1_000_000] {
            assert_eq!(share(&show_share(ppm)), Ok(ppm));
        }
        assert_eq!([2_500, 30_000].map(show_share), ["0.25%", "3%"]);
        assert!(time("0.1ns").is_err() && time("99999999999999999999s").is_err() && share("101%").is_err());
        assert!(time("1.2.3s").is_err() && time("1.0000000000000000s").is_err() && time(".5s").is_err());
    }

    #[test]
    fn slips_have_a_fix() {
        let fix = |wrong: Result<_, Wrong>| wrong.map(|_: u64| ()).unwrap_err().fix;
        assert_eq!(fix(time("5 ms").map(|t| t.0)), "5ms");
        assert_eq!(fix(time("5sec").map(|t| t.0)), "5s");
        assert_eq!(fix(time("5").map(|t| t.0)), "5ms");
        assert_eq!(fix(bits("10gbit")), "10Gbps");
        assert_eq!(fix(bits("1gbps")), "1Gbps");
        assert_eq!(fix(time("soon").map(|t| t.0)), "5ms");
    }
}
