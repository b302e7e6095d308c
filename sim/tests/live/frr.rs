//! A daemon of FRR at the other end of a cable, with the one that knows the interfaces.

use std::path::Path;
use std::process::Command;

use super::{Far, works};

/// Where Debian puts the daemons.
const HOME: &str = "/usr/lib/frr";

/// FRR in a namespace.
pub struct Frr {
    far: Far,
    daemon: &'static str,
}

impl AsRef<Far> for Frr {
    fn as_ref(&self) -> &Far {
        &self.far
    }
}

impl Frr {
    /// A daemon, with this address on the cable and another on the loopback interface; nothing where that cannot be, and
    /// says so.
    pub fn start(claim: &str, daemon: &'static str, addresses: [&str; 2], config: &str) -> Option<Self> {
        let there = |name: &str| Path::new(HOME).join(name).exists();
        if !there("zebra") || !there(daemon) || !works("vtysh", &["--help"]) {
            eprintln!("SKIPPED: {claim}: FRR's {daemon} is not here");
            return None;
        }
        let [address, behind] = addresses;
        let mut far = Far::start(claim, address)?;
        assert!(far.inside(&["addr", "add", behind, "dev", "lo"]));
        for (program, text) in [("zebra", ""), (daemon, config)] {
            std::fs::write(far.path(&format!("{program}.conf")), format!("hostname far\n{text}")).unwrap();
        }
        // The daemons give up being root.
        assert!(works("chown", &["-R", "frr:frr", &far.home.display().to_string()]));
        for program in ["zebra", daemon] {
            let home = far.home.display().to_string();
            let [conf, pid, api] =
                [&format!("{program}.conf"), &format!("{program}.pid"), "zebra.api"].map(|name| far.path(name));
            far.run(
                &format!("{HOME}/{program}"),
                &["-P", "0", "-f", &conf, "-i", &pid, "-z", &api, "--vty_socket", &home],
            );
            assert!(far.appears(&format!("{program}.vty")), "{program} does not start");
        }
        Some(Self { far, daemon })
    }

    /// What the daemon answers.
    pub fn asks(&self, question: &str) -> String {
        let words = ["--vty_socket", &self.far.home.display().to_string(), "-d", self.daemon, "-c", question];
        let output = Command::new("vtysh").args(words).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
