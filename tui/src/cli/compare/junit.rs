//! A JUnit report: a test suite a subject, a test case a run and an expectation.

use overunder_sim::lang::Lang;
use overunder_sim::measure::compare::Difference;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Compared, table};
use crate::cli::failure::Failure;

pub fn report(all: &[Compared], lang: Lang) -> Result<String, Failure> {
    let mut report = Report::new("overunder compare");
    for compared in all {
        let mut suite = TestSuite::new(compared.subject.name.as_str());
        for row in &compared.rows {
            let name = if row.name.is_empty() { "the run" } else { &row.name };
            let mut case = TestCase::new(name, runs_well(compared, &row.name, &row.complaints, lang));
            case.set_classname(compared.subject.name.as_str());
            case.set_system_out(table::label(compared, lang));
            suite.add_test_case(case);
            for (check, outcome) in &row.checks {
                let mut status = TestCaseStatus::success();
                if !outcome.holds {
                    status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(outcome.text(lang));
                }
                let mut case = TestCase::new(check.as_str(), status);
                case.set_classname(format!("{}.{name}", compared.subject.name));
                suite.add_test_case(case);
            }
        }
        for gone in gone(compared) {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(told(compared, gone, lang));
            suite.add_test_case(TestCase::new(gone, status));
        }
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| Failure::Output(std::io::Error::other(error)))
}

/// Whether a run ended, and its numbers are the accepted ones.
fn runs_well(compared: &Compared, run: &str, complaints: &[String], lang: Lang) -> TestCaseStatus {
    let mut told: Vec<String> = complaints.to_vec();
    told.push(self::told(compared, run, lang));
    told.retain(|text| !text.is_empty());
    if told.is_empty() {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(told.join("; "));
    status
}

/// How a run differs from the baseline; empty if it does not.
fn told(compared: &Compared, run: &str, lang: Lang) -> String {
    let Some(against) = &compared.against else { return String::new() };
    let causes = table::causes(against, lang);
    let found = causes.iter().find_map(|(cause, all)| {
        let one = all.iter().find(|one| one.run() == run)?;
        Some(super::github::sentence(cause, one, lang))
    });
    found.unwrap_or_default()
}

fn gone(compared: &Compared) -> impl Iterator<Item = &str> {
    let differences = compared.against.iter().flat_map(|against| &against.differences);
    differences.map(Difference::run).filter(|run| !compared.rows.iter().any(|row| row.name == *run))
}
