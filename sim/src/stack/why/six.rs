//! What an IP stack can say about IPv6, which only carries tunnels here, and about the search for neighbours.

use crate::reasons;

reasons! {
    after crate::stack::why::whole::SIX;
    /// Asks for an address.
    ASK = "ndisc.ask" {
        en: "who has {dst}? Asked of the group of those whose address ends alike",
        zh: "谁有 {dst}?只问地址结尾相同者组成的组",
        because: "The group is made of the last three bytes of the address, so hardly anybody but its owner is woken.",
        because_zh: "组由地址最后三个字节构成,除了地址的主人几乎没人会被打扰。",
        source: "RFC 4861 §7.2.2, RFC 4291 §2.7.1; Linux net/ipv6/ndisc.c ndisc_solicit",
    }
    /// Asks whether a neighbour is still there.
    CONFIRM = "ndisc.confirm" {
        en: "still there, {dst}? Asked of {dst} alone, because the row is old",
        zh: "{dst} 还在吗?表项旧了,只问它自己",
        because: "An old row is used on, but checked by a unicast question before it is thrown away.",
        because_zh: "旧表项继续用,但先用单播确认,问不到才丢弃。",
        source: "RFC 4861 §7.3.3; Linux net/ipv6/ndisc.c ndisc_solicit",
    }
    /// A question for one of our addresses.
    ASKED = "ndisc.asked" {
        en: "{src} asks for an address of this host: it is remembered, and answered",
        zh: "{src} 问的正是本机的地址:记下它,并回答",
        because: "The question carries the hardware address of the asker, who will have to be talked back to at once.",
        because_zh: "提问里带着提问者的硬件地址,马上就要和它说话。",
        source: "RFC 4861 §7.2.3; Linux net/ipv6/ndisc.c ndisc_recv_ns",
    }
    /// The answer to a question.
    REPLY = "ndisc.reply" {
        en: "neighbour advertisement: here is the hardware address",
        zh: "邻居通告:这是我的硬件地址",
        because: "Only the asker needs the answer, so it goes to the asker alone.",
        because_zh: "只有提问者需要答案,所以只发给它。",
        source: "RFC 4861 §7.2.4; Linux net/ipv6/ndisc.c ndisc_send_na",
    }
    /// The answer to our question.
    ANSWER = "ndisc.answer" {
        en: "{src} answered: its hardware address goes into the neighbour table",
        zh: "{src} 回答了:它的硬件地址写进邻居表",
        because: "What waited for this answer can leave now.",
        because_zh: "等待这个答案的包现在可以出发了。",
        source: "RFC 4861 §7.2.5; Linux net/core/neighbour.c neigh_update",
    }
    /// A question for somebody else.
    NOT_ASKED = "ndisc.not-mine" {
        en: "a question for another host: not answered",
        zh: "问的是别的主机:不回答",
        because: "The group holds all whose addresses end alike; one of them is meant.",
        because_zh: "组里是地址结尾相同的主机,问的只是其中一台。",
        source: "RFC 4861 §7.2.3",
    }
    /// Nobody asked.
    UNASKED = "ndisc.unasked" {
        en: "{src} tells its hardware address, and nobody here wants to know: not remembered",
        zh: "{src} 说出硬件地址,但这里没人想知道:不记录",
        because: "An advertisement brings rows up to date, but makes none.",
        because_zh: "通告只更新已有表项,不新建。",
        source: "RFC 4861 §7.2.5",
    }
    /// Another address, without the override flag.
    KEPT = "ndisc.kept" {
        en: "{src} tells another hardware address without the override flag: the old one is kept, and asked again",
        zh: "{src} 说了另一个硬件地址,但没有覆盖标志:保留旧的,再去确认",
        because: "Without the flag the news is a hint only, which a proxy may give too.",
        because_zh: "没有该标志时消息只是提示,代理也可能给出。",
        source: "RFC 4861 §7.2.5",
    }
    /// A message that breaks the rules.
    NEIGHBOUR_MALFORMED = "ndisc.malformed" {
        en: "a neighbour message that breaks the rules: dropped",
        zh: "邻居报文不合规则:丢弃",
        because: "Its hop limit must be 255, so that it cannot have come by a router, and its options must have a length.",
        because_zh: "跳数限制必须是 255,这样就不可能经过路由器;选项必须有长度。",
        source: "RFC 4861 §7.1; Linux net/ipv6/ndisc.c ndisc_rcv", linux: "IPV6_NDISC_BAD_OPTIONS",
    }
    /// No row fits.
    NO_ROOM = "ndisc.no-room" {
        en: "the neighbour table is full of rows in use: {src} gets no answer",
        zh: "邻居表装满了在用的表项:不回答 {src}",
        because: "Without a row there is nowhere to send the answer to.",
        because_zh: "没有表项就无处发送回答。",
        source: "Linux net/core/neighbour.c neigh_alloc", linux: "NEIGH_CREATEFAIL",
    }
    /// A header that cannot be.
    MALFORMED = "ip6.malformed" {
        en: "version, length or checksum is impossible: dropped",
        zh: "版本、长度或校验和不可能:丢弃",
        because: "Over IPv6 the checksum of UDP and ICMPv6 is the only one, so it is never left out.",
        because_zh: "IPv6 首部没有校验和,所以 UDP 与 ICMPv6 的校验和从不省略。",
        source: "RFC 8200 §3, §8.1; Linux net/ipv6/ip6_input.c ip6_rcv_core", linux: "IP_INHDR",
    }
    /// A source nobody can have.
    MARTIAN = "ip6.martian" {
        en: "nobody out there can have sent from {src}: dropped",
        zh: "外面没人能用 {src} 发送:丢弃",
        because: "A group, a loopback address or one of this host's own cannot be the source of a packet that comes in.",
        because_zh: "组播、环回或本机自己的地址不可能是外来包的源地址。",
        source: "RFC 4291 §2.5.3, §2.7; Linux net/ipv6/ip6_input.c ip6_rcv_core", linux: "IP_INHDR",
    }
    /// For somebody else.
    NOT_MINE = "ip6.not-mine" {
        en: "{dst} is no address of this host, which routes no IPv6: dropped",
        zh: "{dst} 不是本机地址,本机也不转发 IPv6:丢弃",
        because: "Here IPv6 carries tunnels between hosts of one link, and nothing else.",
        because_zh: "这里的 IPv6 只在同一链路的主机之间承载隧道。",
        source: "Linux net/ipv6/ip6_output.c ip6_forward", linux: "IP_INADDRERRORS",
    }
    /// A group it is not in.
    NOT_JOINED = "ip6.not-joined" {
        en: "{dst} is a group this host is not in: dropped",
        zh: "本机不在组 {dst} 里:丢弃",
        because: "A host is in the groups of its own addresses and in that of all nodes.",
        because_zh: "主机只在自己地址对应的组和全体节点组里。",
        source: "RFC 4291 §2.8; Linux net/ipv6/ip6_input.c ip6_mc_input", linux: "IP_INADDRERRORS",
    }
    /// Nobody reads it.
    NO_READER = "ip6.no-reader" {
        en: "nothing here reads next header {n} over IPv6, or waits at this port: dropped",
        zh: "这里没有程序读 IPv6 下一首部 {n},或在该端口等待:丢弃",
        because: "Only tunnels are served over IPv6 here. A real host would answer with an ICMPv6 error.",
        because_zh: "这里的 IPv6 只为隧道服务;真实主机会回答 ICMPv6 差错。",
        source: "RFC 4443 §3.1, §3.4; Linux net/ipv6/ip6_input.c ip6_protocol_deliver_rcu", linux: "IP_NOPROTO",
    }
    /// No interface with the subnet.
    NO_ROUTE = "ip6.no-route" {
        en: "no interface of this host has the subnet of {dst}: dropped",
        zh: "本机没有接口在 {dst} 的子网里:丢弃",
        because: "Without routers of IPv6 only neighbours on a common link can be reached.",
        because_zh: "没有 IPv6 路由器时,只能到达同一链路上的邻居。",
        source: "Linux net/ipv6/route.c ip6_pkt_discard_out", linux: "IP_OUTNOROUTES",
    }
    /// Longer than the link takes.
    TOO_BIG = "ip6.too-big" {
        en: "longer than the {n} bytes the link takes: dropped, since over IPv6 a tunnel's packet is not split",
        zh: "超过链路允许的 {n} 字节:丢弃,IPv6 上隧道的包不分片",
        because: "Routers of IPv6 never split packets, and Linux does not split those of a VXLAN device either.",
        because_zh: "IPv6 路由器从不分片,Linux 也不为 VXLAN 设备的包分片。",
        source: "RFC 8200 §5; Linux net/ipv6/ip6_output.c ip6_fragment", linux: "PKT_TOO_BIG",
    }
}
