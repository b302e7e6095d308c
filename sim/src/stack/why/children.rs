//! What an IP stack can say about interfaces without ARP, and about packets of ipvlan children.

use crate::reasons;

reasons! {
    after super::COUNT + super::groups::COUNT + super::flows::COUNT;
    /// No ARP here.
    ARP_IGNORED = "arp.ignored" {
        en: "asks for {dst}, but this interface speaks no ARP (NOARP): no answer",
        zh: "询问 {dst},但这个接口不说 ARP(NOARP):不回答",
        because: "An ipvlan child in mode l3 or l3s has no hardware address of its own to tell. Whoever wants to reach \
                  it needs a route by its parent.",
        because_zh: "l3 或 l3s 模式的 ipvlan 子接口没有自己的硬件地址可说。想到达它,就要有经过父接口的路由。",
        source: "Linux net/ipv4/arp.c arp_rcv, IFF_NOARP",
    }
    /// Nobody is asked.
    SENT_UNASKED = "ip.sent-without-arp" {
        en: "to {dst} without asking anybody: this interface speaks no ARP and writes its own MAC address as target",
        zh: "不问任何人就发给 {dst}:这个接口不说 ARP,目的 MAC 就写自己的",
        because: "Where nobody reads the Ethernet header nobody needs to know what to write there.",
        because_zh: "没有谁看以太网帧头的地方,也就不需要知道该写什么。",
        source: "Linux net/ipv4/arp.c arp_constructor, NUD_NOARP",
    }
    /// As one of its own.
    FROM_CHILD = "ip.from-ipvlan-child" {
        en: "a packet of an ipvlan child, sent as one of this host's own: TTL {n} stays",
        zh: "ipvlan 子接口的包,当作本机自己的包发送:TTL {n} 不变",
        because: "It is routed on its way out, not forwarded, so no hop is counted. Only routes out of the parent count; \
                  where there is none the target is taken to be on its wire.",
        because_zh: "它是在发出时路由,不是转发,所以不算一跳。只看经父接口出去的路由;没有路由时就当目标在它的线上。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_process_v4_outbound; net/ipv4/route.c \
                 ip_route_output_key_hash_rcu",
    }
    /// Not one receiver.
    CHILD_TO_MANY = "ip.from-ipvlan-child-to-many" {
        en: "a packet of an ipvlan child for {dst}, which is not one host: dropped",
        zh: "ipvlan 子接口发往 {dst} 的包,而那不是一台主机:丢弃",
        because: "What children have routed must go to this host or to another one; broadcasts and groups do not.",
        because_zh: "替子接口路由的包只能发给本机或另一台主机;广播和组播不行。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_process_v4_outbound, rt_type",
    }
}
