//! BIRD at the other end of a cable.

use std::process::{Command, Stdio};

use super::Far;

/// BIRD in a namespace.
pub struct Bird(Far);

impl AsRef<Far> for Bird {
    fn as_ref(&self) -> &Far {
        &self.0
    }
}

impl Bird {
    /// BIRD, with this address on the cable; nothing where that cannot be, and says so.
    pub fn start(claim: &str, address: &str, config: &str) -> Option<Self> {
        for (program, word) in [("bird", "--version"), ("birdc", "-v")] {
            if Command::new(program).arg(word).stdin(Stdio::null()).output().is_err() {
                eprintln!("SKIPPED: {claim}: `{program}` is not here");
                return None;
            }
        }
        let mut bird = Self(Far::start(claim, address)?);
        bird.write(config);
        let [conf, ctl, pid] = ["bird.conf", "ctl", "pid"].map(|name| bird.0.path(name));
        bird.0.run("bird", &["-f", "-c", &conf, "-s", &ctl, "-P", &pid]);
        assert!(bird.0.appears("ctl"), "BIRD does not start: {}", bird.log());
        Some(bird)
    }

    fn write(&self, config: &str) {
        let text = format!("log \"{}\" all;\n{config}", self.0.path("log"));
        std::fs::write(self.0.path("bird.conf"), text).unwrap();
    }

    /// Gives it another configuration.
    pub fn configure(&self, config: &str) {
        self.write(config);
        let answer = self.asks("configure");
        assert!(answer.contains("Reconfigured") || answer.contains("Reconfiguration in progress"), "{answer}");
    }

    /// What BIRD wrote down.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.0.path("log")).unwrap_or_default()
    }

    /// What BIRD answers.
    pub fn asks(&self, question: &str) -> String {
        let output = Command::new("birdc").args(["-s", &self.0.path("ctl"), question]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
