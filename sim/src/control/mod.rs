//! Control planes: programs on hosts that find out where things are and write it into tables.
//!
//! Two parts keep them apart from devices. What they tell each other are frames on the underlay, like any traffic: they
//! get lost, come late, and stop at a cut cable. What they find out they write as a daemon does through netlink
//! ([`crate::stack::AppOut::write`]): a change of a device of their own node, an event of its own with its reason.
//!
//! | file | holds |
//! |---|---|
//! | [`store`] | a key-value store like etcd: leases, revisions, watches |
//! | [`session`] | a client of the store: keeps keys alive, mirrors a prefix |
//! | [`flanneld`] | one subnet for each host, as Flannel does it |
//! | [`felix`] | blocks of addresses and whose they are, as Calico does it |
//! | [`gossip`] | members that tell members, without a store |
//! | [`transport`] | what carries announcements: a session, or gossip |
//! | [`agent`] | the daemon of a VTEP, by one of the schemes below |
//! | [`controller`] | the last one who wrote is believed |
//! | [`docker`] | only who is in the network is told |
//! | [`evpn`] | routes of type 2 and 3, with a rule who is believed |

pub mod agent;
pub mod controller;
pub mod docker;
pub mod evpn;
pub mod felix;
pub mod flanneld;
pub mod gossip;
pub mod session;
pub mod store;
pub mod transport;
pub mod why;
