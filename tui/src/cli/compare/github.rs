//! Run by GitHub Actions: the summary of the job, and an annotation for each cause of a difference.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use overunder_sim::lang::Lang;
use overunder_sim::measure::compare::difference::Difference;

use super::{Compared, markdown, table};
use crate::cli::failure::Failure;
use crate::cli::write;

/// The file that becomes the summary of the job.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// A cause, and what it did to a run.
pub fn sentence(cause: &str, difference: &Difference, lang: Lang) -> String {
    let Difference::Moved { values, .. } = difference else { return format!("{}: {cause}", difference.run()) };
    let values: Vec<String> = values.iter().map(|value| table::moved(value, lang)).collect();
    let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
    format!("{cause}; {}{values}", difference.run())
}

/// Writes both, where somebody asks for them.
pub fn tell(all: &[Compared], lang: Lang) -> Result<(), Failure> {
    let Some(path) = std::env::var_os(SUMMARY).filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return Ok(());
    };
    let text = markdown::text(all, lang);
    let file = OpenOptions::new().append(true).create(true).open(&path);
    // Steps of a job share the file: what the others wrote stays.
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| write::told(&path, &error))?;
    for compared in all {
        for line in annotations(compared, lang) {
            // Commands are read from both outputs, and a document on the other one stays whole.
            eprintln!("{line}");
        }
    }
    Ok(())
}

/// One annotation for each cause, on the file of the suite; and one for whatever else went wrong.
fn annotations(compared: &Compared, lang: Lang) -> Vec<String> {
    let file = &compared.subject.source.name;
    let line = |text: &str| {
        let title = format!("overunder compare {}", compared.subject.name);
        format!("::error file={},title={}::{}", property(file), property(&title), data(text))
    };
    let mut lines: Vec<String> = table::slips(&compared.rows, lang).iter().map(|slip| line(slip)).collect();
    for (cause, all) in compared.against.iter().flat_map(|against| table::causes(against, lang)) {
        let more = match (all.len(), lang) {
            (0 | 1, _) => String::new(),
            (n, Lang::En) => format!(" (and {} more runs)", n - 1),
            (n, Lang::Zh) => format!("(另有 {} 次运行)", n - 1),
        };
        let first = all.first().map(|first| sentence(&cause, first, lang));
        lines.extend(first.map(|first| line(&format!("{first}{more}"))));
    }
    lines
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands before it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_would_end_a_command_is_written_otherwise() {
        assert_eq!(data("+0.6 %\nnext"), "+0.6 %25%0Anext");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
