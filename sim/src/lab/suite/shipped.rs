//! The suites that come with the program: one line each.

use crate::lab::source::Source;

/// A suite that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

/// All of them; the first ones first.
pub static SUITES: &[Shipped] = &[
    Shipped { name: "encapsulations", text: include_str!("../../../../scenarios/suites/encapsulations.ron") },
    Shipped { name: "ranking", text: include_str!("../../../../scenarios/suites/ranking.ron") },
    Shipped { name: "convergence", text: include_str!("../../../../scenarios/suites/convergence.ron") },
    Shipped { name: "growth", text: include_str!("../../../../scenarios/suites/growth.ron") },
    Shipped { name: "figure", text: include_str!("../../../../scenarios/suites/figure.ron") },
    Shipped { name: "hub-or-switch", text: include_str!("../../../../scenarios/suites/hub-or-switch.ron") },
];

/// The suite of a name.
pub fn find(name: &str) -> Option<&'static Shipped> {
    SUITES.iter().find(|suite| suite.name == name)
}

impl Shipped {
    /// Its file, called as it lies in the repository.
    pub fn source(&self) -> Source {
        Source::new(&format!("scenarios/suites/{}.ron", self.name), self.text)
    }
}
