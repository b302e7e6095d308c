//! The labs that come with the program, in teaching order: one line each.

/// A lab that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// `NN-name`.
    pub name: &'static str,
    /// The lab file.
    pub text: &'static str,
}

impl Shipped {
    /// `NN`.
    pub fn number(&self) -> &'static str {
        self.name.split('-').next().unwrap_or_default()
    }

    /// What messages call its file.
    pub fn file_name(&self) -> String {
        format!("scenarios/{}/lab.ron", self.name)
    }
}

/// The labs that come with the program, in teaching order.
pub static LABS: &[Shipped] = &[
    Shipped { name: "01-first-ping", text: include_str!("../../../scenarios/01-first-ping/lab.ron") },
    Shipped { name: "02-learn-and-age", text: include_str!("../../../scenarios/02-learn-and-age/lab.ron") },
    Shipped { name: "03-mac-flood", text: include_str!("../../../scenarios/03-mac-flood/lab.ron") },
    Shipped { name: "04-port-security", text: include_str!("../../../scenarios/04-port-security/lab.ron") },
    Shipped { name: "05-nic-filters", text: include_str!("../../../scenarios/05-nic-filters/lab.ron") },
    Shipped { name: "07-vxlan-by-hand", text: include_str!("../../../scenarios/07-vxlan-by-hand/lab.ron") },
    Shipped { name: "09-vxlan-head-end", text: include_str!("../../../scenarios/09-vxlan-head-end/lab.ron") },
    Shipped { name: "13-mtu-black-hole", text: include_str!("../../../scenarios/13-mtu-black-hole/lab.ron") },
    Shipped { name: "14-tunnel-zoo", text: include_str!("../../../scenarios/14-tunnel-zoo/lab.ron") },
    Shipped { name: "40-hub-and-switch", text: include_str!("../../../scenarios/40-hub-and-switch/lab.ron") },
    Shipped { name: "41-vlan-trunk", text: include_str!("../../../scenarios/41-vlan-trunk/lab.ron") },
    Shipped { name: "42-repair-port", text: include_str!("../../../scenarios/42-repair-port/lab.ron") },
];

/// A shipped lab by its name, its name without the number, or its number: `03-mac-flood`, `mac-flood`, `03`, `3`.
pub fn find(wanted: &str) -> Option<&'static Shipped> {
    LABS.iter().find(|lab| {
        let number = lab.number();
        let plain = lab.name.get(number.len() + 1..).unwrap_or_default();
        [lab.name, plain, number, number.trim_start_matches('0')].contains(&wanted)
    })
}
