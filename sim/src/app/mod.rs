//! Traffic and attackers: one file = one application.

pub mod mac_flood;
pub mod ping;
pub mod raw;
pub mod request_response;
pub mod sniffer;
pub mod tcp_flow;
pub mod tcp_sink;
pub mod udp_flow;
pub mod udp_sink;

#[cfg(test)]
mod tests;
