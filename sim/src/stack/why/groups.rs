//! What an IP stack can say about the groups it listens to.

use crate::reasons;

reasons! {
    after super::COUNT;
    /// Tells that it listens.
    REPORT = "igmp.report" {
        en: "tells routers and switches: {src} listens to {dst}",
        zh: "告诉路由器和交换机:{src} 在听 {dst}",
        because: "Nobody can see who listens, so every listener says so: on joining, twice, and whenever it is asked.",
        because_zh: "谁在听是看不出来的,所以听者自己说:加入时说两次,被问到时再说。",
        source: "RFC 3376 §5.1; Linux net/ipv4/igmp.c igmpv3_send_cr, igmp_send_report",
    }
    /// Tells that it has left.
    LEAVE = "igmp.leave" {
        en: "tells routers and switches: {src} listens to {dst} no more",
        zh: "告诉路由器和交换机:{src} 不再听 {dst}",
        because: "Without a word the group would be sent here until its timer runs out, more than four minutes later.",
        because_zh: "不说一声,组的流量会一直送来,直到四分多钟后定时器到期。",
        source: "RFC 3376 §5.1; RFC 2236 §3; Linux net/ipv4/igmp.c igmp_group_dropped",
    }
    /// Asked for its groups.
    ASKED = "igmp.asked" {
        en: "{src} asks who listens: the answer comes at a random moment within {n} ms",
        zh: "{src} 问谁在听:在 {n} 毫秒内的随机时刻回答",
        because: "If all listeners answered at once, the link would be flooded by answers.",
        because_zh: "如果听者同时回答,链路会被回答淹没。",
        source: "RFC 3376 §5.2; Linux net/ipv4/igmp.c igmp_heard_query",
    }
    /// Another listener spoke first.
    SPARED = "igmp.spared" {
        en: "{src} says that it listens to {dst}: this host need not say so too",
        zh: "{src} 说它在听 {dst}:本机不必再说",
        because: "In versions 1 and 2 one listener is enough for a router. A switch that snoops needs all, so it keeps reports from other listeners.",
        because_zh: "对路由器来说,版本 1 和 2 只要一个听者。侦听的交换机需要全部,所以不把报告转给其他听者。",
        source: "RFC 2236 §3; Linux net/ipv4/igmp.c igmp_heard_report",
    }
    /// Meant for routers.
    FOR_ROUTERS = "igmp.for-routers" {
        en: "a message for routers about {dst}: nothing to do for a host",
        zh: "关于 {dst} 的消息是给路由器的:主机无事可做",
        because: "Hosts act on queries, and on reports about their own groups.",
        because_zh: "主机只理会查询,以及关于自己所在组的报告。",
        source: "Linux net/ipv4/igmp.c igmp_rcv",
    }
    /// Cannot be read.
    IGMP_MALFORMED = "igmp.malformed" {
        en: "the IGMP message is damaged: dropped",
        zh: "IGMP 报文已损坏:丢弃",
        because: "Length, checksum and records must fit the packet.",
        because_zh: "长度、校验和与记录都必须与报文相符。",
        source: "RFC 3376 §4; Linux net/ipv4/igmp.c igmp_rcv",
    }
}
