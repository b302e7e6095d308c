//! The server, with segmentation offload: what waits together of one connection passes the kernel as one packet.
//!
//! That is what kernels and cards have done since about 2013 also for packets in tunnels (`skb_udp_tunnel_segment` of
//! net/ipv4/udp_offload.c, `inet_gso_segment` of net/ipv4/af_inet.c). The prices are those of the server.

use std::borrow::Cow;

use super::{MOST_OFFLOAD, Profile, server};

pub static SERVER_OFFLOAD: Profile = Profile {
    name: Cow::Borrowed("server-offload"),
    en: Cow::Borrowed("the bare-metal server with segmentation offload, in tunnels of the kernel too"),
    zh: Cow::Borrowed("同一台裸机服务器,有分段卸载,内核的隧道里也有"),
    source: Cow::Borrowed(
        "prices of `server`; 64 KB pass at once (GSO_LEGACY_MAX_SIZE of Linux include/linux/netdevice.h)",
    ),
    cores: 4,
    offload: MOST_OFFLOAD,
    rule_sets: 0,
    prices: server::PRICES,
};
