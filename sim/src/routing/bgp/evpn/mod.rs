//! Ethernet VPNs (RFC 7432, RFC 8365): which stations live behind which VTEP, as routes of BGP.
//!
//! Type 3 says "this VTEP is in the network": all others send it copies of what is for many. Type 2 says "this MAC
//! address, with this IP address, is behind me": all others write an FDB row, and answer questions for it. What a bridge
//! learns at its own ports becomes such a route, so frames out of the tunnel teach nothing, and learning is off there.
//!
//! Routes are heard, chosen and told like those of IPv4 ([`rib`]); the next hop is the VTEP and never changes. A network
//! ([`network`]) takes those that carry its route target. Of two VTEPs that tell of one MAC address the one with the higher
//! sequence number is believed, for whoever gets a station that was elsewhere counts one more; with the same number the
//! lower VTEP address (RFC 7432 §7.7, §15). It is one more than the highest ever heard of, also when that route was
//! withdrawn before, as FRR counts.
//!
//! Left out: Ethernet segments (types 1 and 4 are passed on), prefixes (type 5 too), the damping of stations that move
//! too often (§15.1), and the MRAI, which is for routes of IPv4 alone.

pub mod network;
pub mod rib;
pub(super) mod view;
pub mod why;
