//! The points of a sweep: all combinations of the values, or some that are drawn.

use std::collections::BTreeSet;

use overunder_sim::lab::point::Setting;
use overunder_sim::rng::Stream;

use crate::cli::failure::Failure;

/// More points than this are a slip.
const MOST: usize = 1_000_000;

/// What is varied, as it was typed.
#[derive(Clone, Debug)]
pub struct Vary {
    pub typed: String,
    place: String,
    field: String,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    List(Vec<String>),
    /// From, to, step, and the unit of all three.
    Range(u64, u64, Option<u64>, String),
}

/// One point.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its number, from 1.
    pub number: usize,
    pub settings: Vec<Setting>,
}

impl Point {
    /// `sw.capacity=10 a--sw.delay=1ms`.
    pub fn key(&self) -> String {
        let one = |setting: &Setting| format!("{}.{}={}", setting.place, setting.field, setting.value);
        self.settings.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

/// Which of so many parts.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub part: u32,
    pub of: u32,
}

impl Part {
    /// Whether a point belongs to it: by what the point is, so that nobody has to count (FNV-1a).
    pub fn holds(self, point: &Point) -> bool {
        let hash = point
            .key()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        // The low bits of this hash know little of the first letters.
        (hash ^ hash >> 32) % u64::from(self.of) == u64::from(self.part - 1)
    }
}

/// `2/4`.
pub fn part(text: &str) -> Result<Part, String> {
    let told = || "two numbers such as 2/4: the second of four parts".to_owned();
    let (part, of) = text.split_once('/').ok_or_else(told)?;
    let (part, of) = (part.parse().map_err(|_| told())?, of.parse().map_err(|_| told())?);
    if part == 0 || part > of || of > 100_000 {
        return Err(format!("part {part} of {of}: parts are numbered from 1 to their number"));
    }
    Ok(Part { part, of })
}

/// `sw.capacity=10,100`, `a--sw.delay=1ms..9ms/2ms`.
pub fn vary(text: &str) -> Result<Vary, String> {
    let (target, values) = text.split_once('=').ok_or("PLACE.FIELD=VALUES, such as sw.fdb_size=10,100")?;
    let (place, field) = target.rsplit_once('.').ok_or("a place and a field of it, such as sw.fdb_size")?;
    let values = if values.contains("..") { range(values)? } else { Values::List(list(values)?) };
    Ok(Vary { typed: text.to_owned(), place: place.to_owned(), field: field.to_owned(), values })
}

/// Values between commas; commas in brackets belong to a value.
fn list(text: &str) -> Result<Vec<String>, String> {
    let (mut found, mut depth) = (vec![String::new()], 0_i32);
    for c in text.chars() {
        depth += i32::from(matches!(c, '(' | '[' | '{')) - i32::from(matches!(c, ')' | ']' | '}'));
        match (c, found.last_mut()) {
            (',', _) if depth == 0 => found.push(String::new()),
            (c, Some(last)) => last.push(c),
            _ => {}
        }
    }
    let found: Vec<String> = found.iter().map(|value| value.trim().to_owned()).collect();
    let mut seen = BTreeSet::new();
    match found.iter().find(|value| value.is_empty() || !seen.insert(*value)) {
        Some(value) if value.is_empty() => Err("a value is missing between commas".to_owned()),
        Some(value) => Err(format!("{value} stands there twice")),
        None => Ok(found),
    }
}

/// `1ms..9ms`, with a step behind a slash.
fn range(text: &str) -> Result<Values, String> {
    let (range, step) = text.split_once('/').map_or((text, None), |(range, step)| (range, Some(step)));
    let (from, to) = range.split_once("..").ok_or("from and to, such as 1ms..9ms")?;
    let ((from, unit), (to, other)) = (number(from)?, number(to)?);
    let step = step.map(number).transpose()?;
    if unit != other || step.as_ref().is_some_and(|(_, of)| *of != unit) {
        return Err("both ends and the step have the same unit: 1ms..9ms/2ms".to_owned());
    }
    let step = step.map(|(step, _)| step);
    if from > to || step == Some(0) {
        return Err(format!("{text}: from the smaller to the larger end, with a step above zero"));
    }
    Ok(Values::Range(from, to, step, unit))
}

fn number(text: &str) -> Result<(u64, String), String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text[..digits].parse().map_err(|_| format!("`{text}` is no whole number with a unit"))?;
    Ok((number, text[digits..].to_owned()))
}

impl Vary {
    fn at(&self, value: String) -> Setting {
        Setting { place: self.place.clone(), field: self.field.clone(), value }
    }

    /// How many values it has; a range without a step has one for every whole number.
    fn count(&self) -> u64 {
        match &self.values {
            Values::List(values) => values.len() as u64,
            Values::Range(from, to, step, _) => ((to - from) / step.unwrap_or(1)).saturating_add(1),
        }
    }

    fn value(&self, at: u64) -> Setting {
        self.at(match &self.values {
            Values::List(values) => values[at as usize].clone(),
            Values::Range(from, _, step, unit) => format!("{}{unit}", from + at * step.unwrap_or(1)),
        })
    }

    /// Values to try before anything runs: all of a list, the ends of a range.
    pub fn samples(&self) -> Vec<Setting> {
        match &self.values {
            Values::List(values) => values.iter().map(|value| self.at(value.clone())).collect(),
            Values::Range(..) => vec![self.value(0), self.value(self.count() - 1)],
        }
    }
}

/// All points in order; `drawn` says how many are drawn, and the seed.
pub fn all(vary: &[Vary], drawn: Option<(u32, u64)>) -> Result<Vec<Point>, Failure> {
    let mut places = BTreeSet::new();
    if let Some(twice) = vary.iter().find(|vary| !places.insert((&vary.place, &vary.field))) {
        let hint = "name all values in one --vary, with commas";
        return Err(Failure::usage(format!("{}.{} is varied twice", twice.place, twice.field), hint));
    }
    let points = match drawn {
        Some((count, seed)) => draw(vary, count, seed),
        None => grid(vary)?,
    };
    Ok(points.into_iter().enumerate().map(|(at, settings)| Point { number: at + 1, settings }).collect())
}

fn draw(vary: &[Vary], count: u32, seed: u64) -> Vec<Vec<Setting>> {
    let mut stream = Stream::named(seed, "sweep");
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for _ in 0..count {
        let point: Vec<Setting> = vary.iter().map(|vary| vary.value(stream.below(vary.count()))).collect();
        // What was drawn before would be the same run.
        if seen.insert(point.clone()) {
            found.push(point);
        }
    }
    found
}

fn grid(vary: &[Vary]) -> Result<Vec<Vec<Setting>>, Failure> {
    let open = vary.iter().find(|vary| matches!(vary.values, Values::Range(_, _, None, _)));
    if let Some(open) = open {
        let hint = "a step behind a slash, 1ms..9ms/2ms, or --random N for points that are drawn";
        return Err(Failure::usage(format!("{} has no step", open.typed), hint));
    }
    let count = vary.iter().try_fold(1_u64, |all, vary| all.checked_mul(vary.count()));
    if count.is_none_or(|count| count > MOST as u64) {
        let hint = "larger steps, fewer values, or --random N";
        return Err(Failure::usage(format!("there are more than {MOST} combinations"), hint));
    }
    let mut points = vec![Vec::new()];
    for vary in vary {
        let longer = |point: &Vec<Setting>| {
            let values: Vec<Setting> = (0..vary.count()).map(|at| vary.value(at)).collect();
            values.into_iter().map(|value| [point.clone(), vec![value]].concat()).collect::<Vec<_>>()
        };
        points = points.iter().flat_map(longer).collect();
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::{Part, all, part, vary};

    fn keys(typed: &[&str], drawn: Option<(u32, u64)>) -> Vec<String> {
        let vary: Vec<_> = typed.iter().map(|text| vary(text).expect(text)).collect();
        all(&vary, drawn).expect("points").iter().map(super::Point::key).collect()
    }

    #[test]
    fn a_grid_has_all_combinations_in_order() {
        assert_eq!(
            keys(&["sw.capacity=1,2", "a--sw.delay=1ms..5ms/2ms"], None),
            [
                "sw.capacity=1 a--sw.delay=1ms",
                "sw.capacity=1 a--sw.delay=3ms",
                "sw.capacity=1 a--sw.delay=5ms",
                "sw.capacity=2 a--sw.delay=1ms",
                "sw.capacity=2 a--sw.delay=3ms",
                "sw.capacity=2 a--sw.delay=5ms",
            ]
        );
        assert_eq!(keys(&["net.kind=Vxlan(vni: 1, port: 2),Gre()"], None).len(), 2, "commas in brackets");
    }

    #[test]
    fn drawn_points_are_the_same_for_a_seed_and_none_comes_twice() {
        let some = |seed| keys(&["lab.seed=0..999"], Some((200, seed)));
        assert_eq!(some(3), some(3));
        assert_ne!(some(3), some(4));
        let mut unique = some(3);
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), some(3).len());
        assert!(keys(&["lab.seed=0..1"], Some((50, 1))).len() == 2);
    }

    #[test]
    fn every_point_is_in_one_part() {
        let vary = [vary("lab.seed=0..299/1").expect("a range")];
        let points = all(&vary, None).expect("points");
        let of = |part| points.iter().filter(|point| Part { part, of: 3 }.holds(point)).count();
        let counts = [of(1), of(2), of(3)];
        assert_eq!(counts.iter().sum::<usize>(), 300);
        assert!(counts.iter().all(|count| *count > 60), "{counts:?}");
    }

    #[test]
    fn slips_are_told() {
        for wrong in
            ["x", "a=1", "a.b=", "a.b=1,,2", "a.b=1,1", "a.b=5..1/1", "a.b=1ms..5s/1ms", "a.b=1..5/0", "a.b=x..y"]
        {
            assert!(vary(wrong).is_err(), "{wrong}");
        }
        assert!(all(&[vary("a.b=1..5").expect("a range")], None).is_err(), "no step");
        assert!(all(&[vary("a.b=0..9999999/1").expect("a range")], None).is_err(), "too many");
        for wrong in ["", "1", "0/2", "3/2", "a/b", "1/0"] {
            assert!(part(wrong).is_err(), "{wrong}");
        }
    }
}
