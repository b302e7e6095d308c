//! Why routes of Ethernet VPNs are told, believed and written into tables.

use crate::reasons;

reasons! {
    /// The bridge is asked to tell.
    WATCHES = "l2vpn.watches" {
        en: "{what} is asked to tell which stations live on this host",
        zh: "请 {what} 报告哪些站点在本机",
        because: "The data plane learns, the control plane tells: what a bridge learns at its own ports becomes routes.",
        because_zh: "数据面学习,控制面宣告:网桥在自己端口上学到的会变成路由。",
        source: "RFC 7432 §9.1; FRR zebra (RTNLGRP_NEIGH)",
    }
    /// Type 3.
    TYPE_3 = "l2vpn.type-3" {
        en: "{what} tells a type 3 route of this network: what is for many goes there too",
        zh: "{what} 宣告了本网络的 3 类路由:发给多个站点的也送一份去",
        because: "An inclusive multicast route says which VTEP wants copies. Whoever sends makes them (ingress replication).",
        because_zh: "3 类路由说明哪个 VTEP 要副本;由发送者复制(入口复制)。",
        source: "RFC 7432 §7.3, §11.2; RFC 8365 §5.1.3",
    }
    /// Type 2.
    TYPE_2 = "l2vpn.type-2" {
        en: "{what}: so the best type 2 route for it says",
        zh: "{what}:最好的 2 类路由这样说",
        because: "The highest sequence number wins, and with the same one the lowest VTEP address. So all believe the same.",
        because_zh: "序号大的胜;序号相同则 VTEP 地址小的胜。这样大家相信的一致。",
        source: "RFC 7432 §7.7, §9.2.2, §15",
    }
    /// The same in the bridge.
    INTO_THE_TUNNEL = "l2vpn.into-the-tunnel" {
        en: "{what}: frames for it leave the bridge into the tunnel and by no other port",
        zh: "{what}:发给它的帧只从网桥进隧道,不走其他端口",
        because: "Without this row the bridge would flood to its own stations what only a VTEP can deliver.",
        because_zh: "没有这一行,网桥就会把只有 VTEP 能送达的帧泛洪给本机站点。",
        source: "FRR zebra (bridge fdb add … master … extern_learn)",
    }
    /// ARP suppression.
    ANSWERS = "l2vpn.suppresses-arp" {
        en: "questions for {what} are answered here, because its type 2 route carries the IP address too",
        zh: "问 {what} 的 ARP 在本地回答,因为它的 2 类路由也带 IP 地址",
        because: "The answer is known before the question, so no VTEP far away has to be asked.",
        because_zh: "答案先于问题就知道了,不必去问远处的 VTEP。",
        source: "RFC 7432 §10",
    }
    /// Nothing says so any more.
    ROW_GONE = "l2vpn.row-gone" {
        en: "no route says where {what} is any more",
        zh: "再没有路由说明 {what} 在哪里",
        because: "A withdrawn route takes its row with it. What fits no row is flooded again, to those with a type 3 route.",
        because_zh: "撤销的路由带走它的表项;没有表项的又要泛洪,发给有 3 类路由的 VTEP。",
        source: "RFC 7432 §9.2.2",
    }
    /// Another VTEP has it now.
    MOVED_AWAY = "l2vpn.moved-on" {
        en: "{what} has a higher sequence number: the station has moved, and its route is withdrawn here",
        zh: "{what} 的序号更大:站点已移走,本机撤销它的路由",
        because: "Whoever gets a station that was elsewhere counts one more than the place it came from.",
        because_zh: "谁得到从别处来的站点,就在原来的序号上加一。",
        source: "RFC 7432 §15",
    }
    /// Two claim the same.
    TIE = "l2vpn.tie" {
        en: "{what} has the same sequence number and the lower VTEP address: it is believed, and this VTEP withdraws",
        zh: "{what} 序号相同而 VTEP 地址更小:相信它,本 VTEP 撤销",
        because: "Two at once cannot both be right for everybody. Any rule does that all follow.",
        because_zh: "两个同时宣告,不可能都对;任何人人遵守的规则都行。",
        source: "RFC 7432 §15",
    }
    /// No network has its route target.
    NOT_IMPORTED = "l2vpn.not-imported" {
        en: "{what}, which no network of this VTEP imports: received and kept, but no row comes of it",
        zh: "{what},本 VTEP 没有网络导入它:收到并保存,但不产生任何表项",
        because: "A route target is how a route says which network it is for. Two ends that disagree hear each other and believe nothing.",
        because_zh: "路由目标说明路由属于哪个网络;两端不一致时,听得到,却什么都不信。",
        source: "RFC 4364 §4.3.1; RFC 8365 §5.1.2.1",
    }
    /// A next hop that is no IPv4 address.
    NO_VTEP = "l2vpn.no-vtep" {
        en: "{what}: its next hop is no VTEP that this one can send to",
        zh: "{what}:它的下一跳不是本机能送达的 VTEP",
        because: "The tunnel is carried by IPv4 here; a VTEP with another kind of address cannot be reached.",
        because_zh: "这里的隧道由 IPv4 承载;地址不是 IPv4 的 VTEP 到不了。",
        source: "RFC 8365 §5.1.1",
    }
}
