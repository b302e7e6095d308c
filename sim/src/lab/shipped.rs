//! The labs that come with the program, in teaching order: one line each.

use crate::lab::{Finding, LabFile, Source, translation};
use crate::lang::Lang;

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

    /// Its words in a language, as a file; nothing for English, which stands in the lab.
    pub fn words(&self, lang: Lang) -> Option<Source> {
        let list = match lang {
            Lang::En => return None,
            Lang::Zh => ZH,
        };
        let (_, text) = list.iter().find(|(name, _)| *name == self.name)?;
        Some(Source::new(&format!("scenarios/{}/lab.{lang}.ron", self.name), text))
    }

    /// The lab in a language.
    pub fn open(&self, lang: Lang) -> Result<LabFile, Vec<Finding>> {
        translation::open(Source::new(&self.file_name(), self.text), self.words(lang).as_ref(), lang)
    }
}

/// The labs that come with the program, in teaching order.
pub static LABS: &[Shipped] = &[
    Shipped { name: "01-first-ping", text: include_str!("../../../scenarios/01-first-ping/lab.ron") },
    Shipped { name: "02-learn-and-age", text: include_str!("../../../scenarios/02-learn-and-age/lab.ron") },
    Shipped { name: "03-mac-flood", text: include_str!("../../../scenarios/03-mac-flood/lab.ron") },
    Shipped { name: "04-port-security", text: include_str!("../../../scenarios/04-port-security/lab.ron") },
    Shipped { name: "05-nic-filters", text: include_str!("../../../scenarios/05-nic-filters/lab.ron") },
    Shipped { name: "06-two-hosts-many-pods", text: include_str!("../../../scenarios/06-two-hosts-many-pods/lab.ron") },
    Shipped { name: "07-vxlan-by-hand", text: include_str!("../../../scenarios/07-vxlan-by-hand/lab.ron") },
    Shipped { name: "08-vxlan-multicast", text: include_str!("../../../scenarios/08-vxlan-multicast/lab.ron") },
    Shipped { name: "09-vxlan-head-end", text: include_str!("../../../scenarios/09-vxlan-head-end/lab.ron") },
    Shipped { name: "10-vxlan-controller", text: include_str!("../../../scenarios/10-vxlan-controller/lab.ron") },
    Shipped { name: "11-vni-gateways", text: include_str!("../../../scenarios/11-vni-gateways/lab.ron") },
    Shipped { name: "12-anycast-gateways", text: include_str!("../../../scenarios/12-anycast-gateways/lab.ron") },
    Shipped { name: "13-mtu-black-hole", text: include_str!("../../../scenarios/13-mtu-black-hole/lab.ron") },
    Shipped { name: "14-tunnel-zoo", text: include_str!("../../../scenarios/14-tunnel-zoo/lab.ron") },
    Shipped { name: "15-user-space-tunnel", text: include_str!("../../../scenarios/15-user-space-tunnel/lab.ron") },
    Shipped { name: "16-flow-hash", text: include_str!("../../../scenarios/16-flow-hash/lab.ron") },
    Shipped { name: "17-gossip-overlay", text: include_str!("../../../scenarios/17-gossip-overlay/lab.ron") },
    Shipped { name: "18-evpn-move", text: include_str!("../../../scenarios/18-evpn-move/lab.ron") },
    Shipped { name: "19-macvlan-modes", text: include_str!("../../../scenarios/19-macvlan-modes/lab.ron") },
    Shipped { name: "20-macvlan-and-host", text: include_str!("../../../scenarios/20-macvlan-and-host/lab.ron") },
    Shipped { name: "21-one-mac-per-port", text: include_str!("../../../scenarios/21-one-mac-per-port/lab.ron") },
    Shipped { name: "22-ipvlan-l2-l3", text: include_str!("../../../scenarios/22-ipvlan-l2-l3/lab.ron") },
    Shipped { name: "23-sriov-veb", text: include_str!("../../../scenarios/23-sriov-veb/lab.ron") },
    Shipped { name: "24-host-gw", text: include_str!("../../../scenarios/24-host-gw/lab.ron") },
    Shipped { name: "25-calico-no-bridge", text: include_str!("../../../scenarios/25-calico-no-bridge/lab.ron") },
    Shipped { name: "26-rip-infinity", text: include_str!("../../../scenarios/26-rip-infinity/lab.ron") },
    Shipped { name: "27-eigrp-dual", text: include_str!("../../../scenarios/27-eigrp-dual/lab.ron") },
    Shipped { name: "28-ospf-flood", text: include_str!("../../../scenarios/28-ospf-flood/lab.ron") },
    Shipped { name: "29-isis-same-map", text: include_str!("../../../scenarios/29-isis-same-map/lab.ron") },
    Shipped { name: "30-bgp-path-vector", text: include_str!("../../../scenarios/30-bgp-path-vector/lab.ron") },
    Shipped { name: "31-bgp-path-hunting", text: include_str!("../../../scenarios/31-bgp-path-hunting/lab.ron") },
    Shipped { name: "32-mesh-or-reflector", text: include_str!("../../../scenarios/32-mesh-or-reflector/lab.ron") },
    Shipped { name: "33-convergence-race", text: include_str!("../../../scenarios/33-convergence-race/lab.ron") },
    Shipped { name: "34-price-of-a-packet", text: include_str!("../../../scenarios/34-price-of-a-packet/lab.ron") },
    Shipped { name: "35-openstack-port", text: include_str!("../../../scenarios/35-openstack-port/lab.ron") },
    Shipped { name: "36-cloud-fabric", text: include_str!("../../../scenarios/36-cloud-fabric/lab.ron") },
    Shipped { name: "40-hub-and-switch", text: include_str!("../../../scenarios/40-hub-and-switch/lab.ron") },
    Shipped { name: "41-vlan-trunk", text: include_str!("../../../scenarios/41-vlan-trunk/lab.ron") },
    Shipped { name: "42-repair-port", text: include_str!("../../../scenarios/42-repair-port/lab.ron") },
    Shipped { name: "43-repair-desk", text: include_str!("../../../scenarios/43-repair-desk/lab.ron") },
    Shipped { name: "44-route-leak", text: include_str!("../../../scenarios/44-route-leak/lab.ron") },
    Shipped { name: "45-where-a-group-ends", text: include_str!("../../../scenarios/45-where-a-group-ends/lab.ron") },
];

/// The briefs that come with the program: one line each.
pub static BRIEFS: &[Shipped] = &[
    Shipped { name: "c2-azure", text: include_str!("../../../scenarios/c2-azure/lab.ron") },
    Shipped { name: "c2-iptv", text: include_str!("../../../scenarios/c2-iptv/lab.ron") },
    Shipped { name: "c2-many-nodes", text: include_str!("../../../scenarios/c2-many-nodes/lab.ron") },
    Shipped { name: "c2-one-mac", text: include_str!("../../../scenarios/c2-one-mac/lab.ron") },
    Shipped { name: "c2-openstack", text: include_str!("../../../scenarios/c2-openstack/lab.ron") },
    Shipped { name: "c2-three-racks", text: include_str!("../../../scenarios/c2-three-racks/lab.ron") },
    Shipped { name: "c2-trading", text: include_str!("../../../scenarios/c2-trading/lab.ron") },
    Shipped { name: "c2-two-zones", text: include_str!("../../../scenarios/c2-two-zones/lab.ron") },
];

/// Names of the briefs that come with the program.
pub fn briefs() -> impl Iterator<Item = &'static str> {
    BRIEFS.iter().map(|brief| brief.name)
}

/// A shipped lab by its name, its name without the number, or its number: `03-mac-flood`, `mac-flood`, `03`, `3`; a brief
/// by its name.
pub fn find(wanted: &str) -> Option<&'static Shipped> {
    BRIEFS.iter().find(|brief| brief.name == wanted).or_else(|| {
        LABS.iter().find(|lab| {
            let number = lab.number();
            let plain = lab.name.get(number.len() + 1..).unwrap_or_default();
            [lab.name, plain, number, number.trim_start_matches('0')].contains(&wanted)
        })
    })
}

/// The Chinese words of shipped labs: one line each.
static ZH: &[(&str, &str)] = &[
    ("01-first-ping", include_str!("../../../scenarios/01-first-ping/lab.zh.ron")),
    ("02-learn-and-age", include_str!("../../../scenarios/02-learn-and-age/lab.zh.ron")),
    ("03-mac-flood", include_str!("../../../scenarios/03-mac-flood/lab.zh.ron")),
    ("04-port-security", include_str!("../../../scenarios/04-port-security/lab.zh.ron")),
    ("05-nic-filters", include_str!("../../../scenarios/05-nic-filters/lab.zh.ron")),
    ("06-two-hosts-many-pods", include_str!("../../../scenarios/06-two-hosts-many-pods/lab.zh.ron")),
    ("07-vxlan-by-hand", include_str!("../../../scenarios/07-vxlan-by-hand/lab.zh.ron")),
    ("08-vxlan-multicast", include_str!("../../../scenarios/08-vxlan-multicast/lab.zh.ron")),
    ("09-vxlan-head-end", include_str!("../../../scenarios/09-vxlan-head-end/lab.zh.ron")),
    ("10-vxlan-controller", include_str!("../../../scenarios/10-vxlan-controller/lab.zh.ron")),
    ("11-vni-gateways", include_str!("../../../scenarios/11-vni-gateways/lab.zh.ron")),
    ("12-anycast-gateways", include_str!("../../../scenarios/12-anycast-gateways/lab.zh.ron")),
    ("13-mtu-black-hole", include_str!("../../../scenarios/13-mtu-black-hole/lab.zh.ron")),
    ("14-tunnel-zoo", include_str!("../../../scenarios/14-tunnel-zoo/lab.zh.ron")),
    ("15-user-space-tunnel", include_str!("../../../scenarios/15-user-space-tunnel/lab.zh.ron")),
    ("16-flow-hash", include_str!("../../../scenarios/16-flow-hash/lab.zh.ron")),
    ("17-gossip-overlay", include_str!("../../../scenarios/17-gossip-overlay/lab.zh.ron")),
    ("18-evpn-move", include_str!("../../../scenarios/18-evpn-move/lab.zh.ron")),
    ("19-macvlan-modes", include_str!("../../../scenarios/19-macvlan-modes/lab.zh.ron")),
    ("20-macvlan-and-host", include_str!("../../../scenarios/20-macvlan-and-host/lab.zh.ron")),
    ("21-one-mac-per-port", include_str!("../../../scenarios/21-one-mac-per-port/lab.zh.ron")),
    ("22-ipvlan-l2-l3", include_str!("../../../scenarios/22-ipvlan-l2-l3/lab.zh.ron")),
    ("23-sriov-veb", include_str!("../../../scenarios/23-sriov-veb/lab.zh.ron")),
    ("24-host-gw", include_str!("../../../scenarios/24-host-gw/lab.zh.ron")),
    ("25-calico-no-bridge", include_str!("../../../scenarios/25-calico-no-bridge/lab.zh.ron")),
    ("26-rip-infinity", include_str!("../../../scenarios/26-rip-infinity/lab.zh.ron")),
    ("27-eigrp-dual", include_str!("../../../scenarios/27-eigrp-dual/lab.zh.ron")),
    ("28-ospf-flood", include_str!("../../../scenarios/28-ospf-flood/lab.zh.ron")),
    ("29-isis-same-map", include_str!("../../../scenarios/29-isis-same-map/lab.zh.ron")),
    ("30-bgp-path-vector", include_str!("../../../scenarios/30-bgp-path-vector/lab.zh.ron")),
    ("31-bgp-path-hunting", include_str!("../../../scenarios/31-bgp-path-hunting/lab.zh.ron")),
    ("32-mesh-or-reflector", include_str!("../../../scenarios/32-mesh-or-reflector/lab.zh.ron")),
    ("33-convergence-race", include_str!("../../../scenarios/33-convergence-race/lab.zh.ron")),
    ("34-price-of-a-packet", include_str!("../../../scenarios/34-price-of-a-packet/lab.zh.ron")),
    ("35-openstack-port", include_str!("../../../scenarios/35-openstack-port/lab.zh.ron")),
    ("36-cloud-fabric", include_str!("../../../scenarios/36-cloud-fabric/lab.zh.ron")),
    ("40-hub-and-switch", include_str!("../../../scenarios/40-hub-and-switch/lab.zh.ron")),
    ("41-vlan-trunk", include_str!("../../../scenarios/41-vlan-trunk/lab.zh.ron")),
    ("42-repair-port", include_str!("../../../scenarios/42-repair-port/lab.zh.ron")),
    ("43-repair-desk", include_str!("../../../scenarios/43-repair-desk/lab.zh.ron")),
    ("44-route-leak", include_str!("../../../scenarios/44-route-leak/lab.zh.ron")),
    ("45-where-a-group-ends", include_str!("../../../scenarios/45-where-a-group-ends/lab.zh.ron")),
    ("c2-openstack", include_str!("../../../scenarios/c2-openstack/lab.zh.ron")),
    ("c2-three-racks", include_str!("../../../scenarios/c2-three-racks/lab.zh.ron")),
    ("c2-one-mac", include_str!("../../../scenarios/c2-one-mac/lab.zh.ron")),
    ("c2-two-zones", include_str!("../../../scenarios/c2-two-zones/lab.zh.ron")),
    ("c2-azure", include_str!("../../../scenarios/c2-azure/lab.zh.ron")),
    ("c2-iptv", include_str!("../../../scenarios/c2-iptv/lab.zh.ron")),
    ("c2-trading", include_str!("../../../scenarios/c2-trading/lab.zh.ron")),
    ("c2-many-nodes", include_str!("../../../scenarios/c2-many-nodes/lab.zh.ron")),
];
