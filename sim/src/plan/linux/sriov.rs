//! Virtual functions on Linux: only real cards have them, so their cables are real ones between cards of the machine.
//!
//! Whoever runs the script says which cards: `OU_CARD_h_eth0=ens1f0`. They are lent to the namespaces and given back.

use super::{Interface, Script};
use crate::device::nic::Gate;
use crate::device::sriov::{self, SriovConfig, State, VfConfig};
use crate::engine::{DeviceChange, Value};
use crate::id::{DeviceId, PortNo};
use crate::plan::DeviceSpec;
use crate::wire::MacAddr;

type End = (DeviceId, PortNo);

/// Helpers of the script, there only when something needs them.
pub(super) const HELPERS: &str = r#"
# Lends a card of this machine to a namespace, and remembers what it was called.
LENT=
lend() {
    ip link set dev "$1" down
    ip link set dev "$1" name "$3" netns "$OU-$2"
    LENT="$LENT $2:$3:$1"
}

# Gives a card its virtual functions. Its place on the bus is where their interfaces are found.
functions() {
    bus=$(readlink -f "/sys/class/net/$1/device")
    BUSES="${BUSES:-} $bus"
    echo 0 > "$bus/sriov_numvfs"
    echo "$2" > "$bus/sriov_numvfs"
}

# The interface of a virtual function, once its driver has made it.
function_of() {
    tries=0
    until ls "$1/virtfn$2/net" 2>/dev/null | grep .; do
        tries=$((tries + 1))
        [ "$tries" -lt 250 ] || { echo "virtual function $2 of $1 has no interface" >&2; exit 1; }
        sleep 0.02
    done
}
"#;

/// What is taken back before the namespaces go.
pub(super) const CLEAN_UP: &str = r#"    for lent in $LENT; do
        old=${lent##*:} at=${lent%:*}
        ip -n "$OU-${at%%:*}" link set dev "${at#*:}" down 2>/dev/null || :
        ip -n "$OU-${at%%:*}" link set dev "${at#*:}" name "$old" netns $$ 2>/dev/null || :
    done
    for bus in ${BUSES:-}; do echo 0 > "$bus/sriov_numvfs" || :; done
"#;

/// Letters, digits and `_`, as names of variables have.
fn variable(start: &str, Interface { space, name }: &Interface) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("OU_{start}_{space}_{name}").chars().map(plain).collect()
}

impl Script<'_> {
    /// Whether something in the plan has virtual functions.
    pub(super) fn needs_hardware(&self) -> bool {
        self.plan.devices().any(|(.., spec)| matches!(spec, DeviceSpec::Sriov(_)))
    }

    fn is_switched(&self, device: DeviceId) -> bool {
        matches!(self.spec(device), Some(DeviceSpec::Nic(nic)) if nic.gate == Gate::Switch)
    }

    /// A cable of a card with virtual functions: a real one, at both ends.
    pub(super) fn real_cable(&mut self, ends: [(End, &Interface); 2]) -> bool {
        if !ends.iter().any(|(end, _)| self.is_switched(end.0)) {
            return false;
        }
        self.line("# Only real cards have virtual functions, so this cable is one between two cards of this machine.");
        for (end, at) in ends {
            self.real_card(end, at);
        }
        true
    }

    /// A card of the machine takes the place of a port; nothing happens where a virtual one will do.
    pub(super) fn real_end(&mut self, end: End, at: &Interface) -> bool {
        let real = self.is_switched(end.0);
        if real {
            self.real_card(end, at);
        }
        real
    }

    fn real_card(&mut self, end: End, at: &Interface) {
        let Interface { space, name } = at;
        let card = variable("CARD", at);
        let with = if self.is_switched(end.0) { " with virtual functions" } else { "" };
        self.line(format!(": \"${{{card}:?names a card of this machine{with}, to be {name} of {space}}}\""));
        if let Some(config) = self.above(end.0) {
            self.line(format!("functions \"${card}\" {}", config.vfs.len()));
            self.line(format!("{}=$bus", variable("BUS", at)));
        }
        self.line(format!("lend \"${card}\" {space} {name}"));
        let (address, mtu) = match self.spec(end.0) {
            Some(DeviceSpec::Nic(nic)) => (format!(" address {}", nic.mac), nic.mtu),
            Some(DeviceSpec::Bridge(bridge)) => {
                (String::new(), bridge.ports.get(end.1.index()).map_or(1500, |p| p.mtu))
            }
            _ => (String::new(), 1500),
        };
        self.line(format!("ip -n \"$OU-{space}\" link set dev {name} mtu {mtu}{address}"));
    }

    /// The functions of a card.
    fn above(&self, card: DeviceId) -> Option<&SriovConfig> {
        let (device, _) = self.across((card, crate::device::nic::HOST))?;
        if let Some(DeviceSpec::Sriov(config)) = self.spec(device) { Some(config) } else { None }
    }

    fn physical(&self, device: DeviceId) -> Option<Interface> {
        self.across((device, sriov::LOWER)).and_then(|(card, _)| self.names.device(card))
    }

    fn function(&self, device: DeviceId, place: usize) -> Option<Interface> {
        self.across((device, PortNo(sriov::VF + place as u16))).and_then(|end| self.names.port(end))
    }

    /// Sets up the functions by the physical one, then hands them out.
    pub(super) fn sriov(&mut self, device: DeviceId, config: &SriovConfig) {
        let Some(card) = self.physical(device) else {
            return self.refuse(format!("{}: virtual functions without a card", self.plan.device_name(device)));
        };
        let Interface { space, name } = &card;
        self.line(format!("\n# Virtual functions of {name} of {space}, which their host sets up by the physical one."));
        self.line(format!("bridge -n \"$OU-{space}\" link set dev {name} hwmode {}", config.mode));
        for (place, vf) in config.vfs.iter().enumerate() {
            self.line(format!("ip -n \"$OU-{space}\" link set {name} vf {place} {}", settings(vf)));
        }
        for (place, vf) in config.vfs.iter().enumerate() {
            let Some(at) = self.function(device, place) else { continue };
            let bus = variable("BUS", &card);
            self.line(format!("lend \"$(function_of \"${bus}\" {place})\" {} {}", at.space, at.name));
            self.line(format!("ip -n \"$OU-{}\" link set dev {} address {} up", at.space, at.name, vf.mac));
            if vf.promiscuous {
                self.line(format!("ip -n \"$OU-{}\" link set dev {} promisc on", at.space, at.name));
            }
            for mac in &vf.asks {
                self.line(asked(&at, "add", *mac));
            }
        }
    }

    /// A change of a setting, or of what a function asks for.
    pub(super) fn sriov_change(
        &self,
        device: DeviceId,
        config: &SriovConfig,
        change: &DeviceChange,
    ) -> Result<Vec<String>, &'static str> {
        let Interface { space, name } = self.physical(device).ok_or("")?;
        let row = |cells: &[(String, String)], verb: &str| {
            let cell = |wanted: &str| cells.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
            let place = config.vfs.iter().position(|vf| Some(vf.name.as_str()) == cell("vf")).ok_or("")?;
            let mac: MacAddr = cell("mac").and_then(|mac| mac.parse().ok()).ok_or("")?;
            Ok(vec![asked(&self.function(device, place).ok_or("nothing uses this function")?, verb, mac)])
        };
        let (port, field, value) = match change {
            DeviceChange::Set { port, field, value } => (*port, field.as_str(), value),
            DeviceChange::AddRow { cells, .. } => return row(cells, "add"),
            DeviceChange::DelRow { cells, .. } => return row(cells, "del"),
            DeviceChange::Flush { .. } => return Err(""),
        };
        let place = port.and_then(|port| port.0.checked_sub(sriov::VF)).map(usize::from);
        if field == "promiscuous" {
            let Value::Flag(on) = value else { return Err("") };
            let at = match place {
                None => Interface { space, name },
                Some(place) => self.function(device, place).ok_or("nothing uses this function")?,
            };
            let (space, name, on) = (at.space, at.name, super::network::switch(*on));
            return Ok(vec![format!("ip -n \"$OU-{space}\" link set dev {name} promisc {on}")]);
        }
        let Some(place) = place else {
            let Value::Text(word) = value else { return Err("") };
            let mode: sriov::Mode = word.parse().map_err(|()| "")?;
            return Ok(vec![format!("bridge -n \"$OU-{space}\" link set dev {name} hwmode {mode}")]);
        };
        let words = match (field, value) {
            ("spoofchk" | "trust", Value::Flag(on)) => format!("{field} {}", super::network::switch(*on)),
            ("vlan", Value::Number(vlan)) => format!("vlan {vlan}"),
            ("state", Value::Text(word)) => format!("state {}", word.parse::<State>().map_err(|()| "")?),
            ("mac", Value::Text(word)) => format!("mac {}", word.parse::<MacAddr>().map_err(|_| "")?),
            _ => return Err(""),
        };
        Ok(vec![format!("ip -n \"$OU-{space}\" link set {name} vf {place} {words}")])
    }
}

/// All that a host says of a function.
fn settings(vf: &VfConfig) -> String {
    let on = super::network::switch;
    let (spoofchk, trust) = (on(vf.spoofchk), on(vf.trust));
    format!("mac {} vlan {} spoofchk {spoofchk} trust {trust} state {}", vf.mac, vf.vlan, vf.state)
}

/// A further address on the list of an interface, which its driver asks the card for.
fn asked(Interface { space, name }: &Interface, verb: &str, mac: MacAddr) -> String {
    format!("bridge -n \"$OU-{space}\" fdb {verb} {mac} dev {name} self permanent")
}
