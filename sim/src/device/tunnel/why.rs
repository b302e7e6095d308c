//! What a tunnel can say about a frame.

use crate::reasons;

reasons! {
    /// A row says where.
    WRAPPED = "tunnel.wrapped" {
        en: "{dst} lives behind another host, says {row}: {n} bytes go in front",
        zh: "{dst} 在另一台主机之后({row}):前面加 {n} 字节",
        because: "A tunnel puts the address of the other end in front; the network between reads nothing else.",
        because_zh: "隧道在前面写上对端地址,中间的网络别的都不看。",
        source: "RFC 2003 §3; Linux net/ipv4/ip_tunnel.c ip_tunnel_xmit",
    }
    /// Nobody knows where.
    FLOODED = "tunnel.flooded" {
        en: "{dst} is in no row: a copy goes to each of the other ends, {n} bytes in front",
        zh: "{dst} 不在表里:给每个对端送一份,前面加 {n} 字节",
        because: "A destination that never came out of the tunnel could be behind any of them.",
        because_zh: "从没在隧道里出现过的目的地可能在任何一端之后。",
        source: "RFC 7348 §4.2; weave router/gossip.go",
    }
    /// No row at all.
    NO_PEER = "tunnel.no-peer" {
        en: "no row says behind which host {dst} lives: dropped",
        zh: "没有表项说明 {dst} 在哪台主机之后:丢弃",
        because: "Without another end there is nobody to send to.",
        because_zh: "没有对端,就没有地方可送。",
        source: "Linux net/ipv4/ip_tunnel.c ip_tunnel_xmit (tx_fifo_errors, tx_carrier_errors)",
        linux: "tx_carrier_errors",
    }
    /// The other end is this host.
    REMOTE_IS_LOCAL = "tunnel.remote-is-local" {
        en: "the row {row} points at this host itself: dropped",
        zh: "表项 {row} 指向本机自己:丢弃",
        because: "A tunnel to oneself would never end.",
        because_zh: "通向自己的隧道没有尽头。",
        source: "Linux net/ipv4/ip_tunnel.c ip_tunnel_xmit (collisions)",
        linux: "collisions",
    }
    /// Too many envelopes.
    TOO_DEEP = "tunnel.too-deep" {
        en: "no room for another outer header: dropped",
        zh: "没有空间再加一层外层头:丢弃",
        because: "A packet can be wrapped a few times only. Whoever routes a tunnel into itself meets this limit.",
        because_zh: "一个包只能封装有限的几层;把隧道路由进自己就会碰到这个限制。",
        source: "Linux net/core/dev.h dev_xmit_recursion (XMIT_RECURSION_LIMIT)",
        linux: "tx_errors",
    }
    /// Too big.
    TOO_BIG = "tunnel.too-big" {
        en: "with the outer headers it does not fit the way, which takes {n} bytes of it: dropped",
        zh: "加上外层头就装不下了,路上只容 {n} 字节:丢弃",
        because: "IPIP and GRE forbid fragments outside by default, so what is inside must fit.",
        because_zh: "IPIP 和 GRE 默认不许外层分片,里面的包就必须装得下。",
        source: "Linux net/ipv4/ip_tunnel.c tnl_update_pmtu",
        linux: "PKT_TOO_BIG",
    }
    /// The answer.
    TOLD_TOO_BIG = "tunnel.told-too-big" {
        en: "\"fragmentation needed, MTU {n}\", back to the sender",
        zh: "“需要分片,MTU {n}”,告诉发送者",
        because: "The sender has to send smaller packets, and this is the only way to tell it.",
        because_zh: "发送者必须改发小包,这是唯一的通知办法。",
        source: "Linux net/ipv4/ip_tunnel.c tnl_update_pmtu; weave router/ethernet_decoder.go",
    }
    /// Out of the envelope.
    UNWRAPPED = "tunnel.unwrapped" {
        en: "the envelope comes off: what is inside for {dst} goes on",
        zh: "外层头拆掉:里面发给 {dst} 的继续走",
        because: "The outer headers have done their work.",
        because_zh: "外层头已完成使命。",
        source: "Linux net/ipv4/ip_tunnel.c ip_tunnel_rcv",
    }
    /// A new inner source.
    LEARNED = "tunnel.learned" {
        en: "{src} came from another host: remembered, {row}",
        zh: "{src} 来自另一台主机:记下,{row}",
        because: "The inner source lives where the outer source is.",
        because_zh: "内层源地址就在外层源地址那台主机上。",
        source: "weave router/macs.go",
    }
    /// A program saw the last of its time to live.
    TTL_EXCEEDED = "tunnel.ttl-exceeded" {
        en: "the program that carries the tunnel takes one off the time to live, and nothing is left: dropped",
        zh: "承载隧道的程序把 TTL 减一,已经用完:丢弃",
        because: "A program in user space is a router too. This one tells nobody.",
        because_zh: "用户态程序也是路由器;这一个不通知任何人。",
        source: "flannel pkg/backend/udp/proxy_amd64.c",
    }
    /// Another tunnel's packet.
    OTHER_KEY = "tunnel.other-key" {
        en: "key, VNI or name is not this tunnel's: dropped",
        zh: "密钥号、VNI 或名字不是本隧道的:丢弃",
        because: "They tell apart tunnels between the same two hosts.",
        because_zh: "它们用来区分同两台主机之间的多条隧道。",
        source: "Linux net/ipv4/ip_tunnel.c ip_tunnel_key_match; drivers/net/geneve.c geneve_lookup",
    }
    /// Frames where packets should be.
    OTHER_CONTENT = "tunnel.other-content" {
        en: "it carries something this tunnel does not: dropped",
        zh: "里面装的不是本隧道承载的东西:丢弃",
        because: "GRE and Geneve say what they carry. Frames cannot go on as packets, nor packets as frames.",
        because_zh: "GRE 和 Geneve 写明装的是什么;帧不能当包走,包也不能当帧走。",
        source: "RFC 2784 §2.4; Linux drivers/net/geneve.c geneve_udp_encap_recv",
        linux: "UNHANDLED_PROTO",
    }
    /// An option nobody here knows.
    CRITICAL_OPTION = "tunnel.critical-option" {
        en: "it has a critical option that is not known here: dropped",
        zh: "带有本机不认识的关键选项:丢弃",
        because: "Whoever set the bit wants it rather lost than misunderstood.",
        because_zh: "置这个位的人宁可丢包也不愿被误解。",
        source: "RFC 8926 §3.4",
    }
    /// A wrong checksum.
    CHECKSUM = "tunnel.checksum" {
        en: "the checksum of the GRE header is wrong: dropped",
        zh: "GRE 头的校验和错误:丢弃",
        because: "The checksum covers header and content.",
        because_zh: "校验和覆盖头和内容。",
        source: "RFC 2784 §2.5; Linux net/ipv4/gre_demux.c gre_parse_header",
        linux: "rx_crc_errors",
    }
    /// The other end is set otherwise.
    OTHER_FLAGS = "tunnel.other-flags" {
        en: "with or without a checksum or number, other than this end is set: dropped",
        zh: "校验和或序号的有无与本端的设置不同:丢弃",
        because: "Both ends must agree: who is set to check refuses what cannot be checked, and who is not refuses a checksum too.",
        because_zh: "两端必须一致:要求校验的一端拒收无法校验的报文,不要求的一端也拒收带校验和的。",
        source: "Linux net/ipv4/ip_tunnel.c ip_tunnel_rcv (rx_crc_errors, rx_fifo_errors)",
        linux: "rx_crc_errors",
    }
    /// Bytes that cannot be read.
    MALFORMED = "tunnel.malformed" {
        en: "cut short or damaged: dropped",
        zh: "残缺或损坏:丢弃",
        because: "Nothing can be taken out of an envelope that is broken.",
        because_zh: "信封坏了,里面的东西取不出来。",
        source: "Linux net/ipv4/ip_tunnel.c ip_tunnel_rcv (rx_length_errors)",
        linux: "rx_length_errors",
    }
    /// A mark nobody inside could read.
    CONGESTION = "tunnel.congestion-mark" {
        en: "marked as congested on its way, but the packet inside cannot carry the mark: dropped",
        zh: "途中被标记拥塞,里面的包却不能带这个标记:丢弃",
        because: "Its sender understands only loss, so loss is what it gets.",
        because_zh: "它的发送者只懂丢包,那就丢包。",
        source: "RFC 6040 §4.2; Linux include/net/inet_ecn.h INET_ECN_decapsulate",
        linux: "IP_TUNNEL_ECN",
    }
    /// A smaller MTU on the way.
    PATH_MTU = "tunnel.path-mtu" {
        en: "a router on the way takes outer packets of {n} bytes at most: remembered",
        zh: "路上有路由器只收 {n} 字节以内的外层包:记下",
        because: "What is inside must be smaller by the outer headers from now on.",
        because_zh: "从此里面的包必须再小一个外层头。",
        source: "RFC 1191 §4; Linux net/ipv4/ipip.c ipip_err",
    }
    /// Another error about an outer packet.
    OUTER_UNREACHABLE = "tunnel.outer-unreachable" {
        en: "{src} says that an outer packet did not arrive; a tunnel can do nothing about it",
        zh: "{src} 说外层包没有送到;隧道无能为力",
        because: "The error names the outer packet. Whoever sent the inner one is not told.",
        because_zh: "错误说的是外层包,内层包的发送者不会得到通知。",
        source: "Linux net/ipv4/ipip.c ipip_err",
    }
    /// A source that cannot be.
    INVALID_SOURCE = "tunnel.invalid-source" {
        en: "{src} cannot be the sender of a frame from the other end: dropped",
        zh: "{src} 不可能是对端来帧的源:丢弃",
        because: "It is a group, or this tunnel's own address come back.",
        because_zh: "它是组播地址,或是本隧道自己的地址绕了回来。",
        source: "Linux drivers/net/geneve.c geneve_rx",
    }
    /// Not even a header.
    RUNT = "tunnel.runt" {
        en: "shorter than its header: dropped",
        zh: "比自己的头还短:丢弃",
        because: "Without a whole header there is no destination to look at.",
        because_zh: "没有完整的头,就没有目的地址可看。",
        source: "Linux net/ipv4/ip_tunnel.c (pskb_inet_may_pull)",
        linux: "PKT_TOO_SMALL",
    }
    /// Along the slow way.
    DETOUR = "tunnel.slow-way" {
        en: "no heartbeat comes back from the peer of {dst}: a program mails the frame, {n} bytes in front",
        zh: "没有心跳从 {dst} 的对端返回:由程序寄出这一帧,前面加 {n} 字节",
        because: "The fast way is taken when it has shown that the longest frame gets through. Until then the slow one works.",
        because_zh: "快速路径要先证明最长的帧也能通过才会使用;在此之前走慢的那条。",
        source: "weave router/overlay_switch.go (preferred forwarder)",
    }
    /// Will the longest frame arrive?
    HEARTBEAT = "tunnel.heartbeat" {
        en: "a heartbeat as long as the longest frame, {n} bytes and a header, which must not be fragmented",
        zh: "一个与最长帧等长的心跳,{n} 字节加一个头,不许分片",
        because: "What comes back has shown that every frame would have arrived.",
        because_zh: "它能回来,就证明任何帧都能到达。",
        source: "weave router/fastdp.go sendHeartbeat",
    }
    /// One arrived.
    HEARTBEAT_HEARD = "tunnel.heartbeat-heard" {
        en: "a heartbeat of the tunnel at the other end arrived whole",
        zh: "对端隧道的心跳完整到达",
        because: "It has no addresses inside, so it is for the tunnel itself and learned from by nobody.",
        because_zh: "里面没有地址,所以它是给隧道自己的,谁也不从中学习。",
        source: "weave router/fastdp.go handleVxlanSpecialPacket",
    }
    /// The answer to it.
    HEARTBEAT_ANSWER = "tunnel.heartbeat-answer" {
        en: "\"your heartbeat arrived\", along the slow way",
        zh: "“心跳已到达”,经慢速路径告知",
        because: "The answer must not depend on what it is about.",
        because_zh: "回答不能依赖于它所回答的那条路。",
        source: "weave router/fastdp.go (FastDatapathHeartbeatAck); model choice: a datagram instead of the TCP connection",
    }
    /// It came back for the first time.
    FAST_FOUND = "tunnel.fast-way" {
        en: "the first heartbeat has come back: frames for this peer go the fast way from now on",
        zh: "第一个心跳回来了:从此发给这个对端的帧走快速路径",
        because: "The kernel wraps them itself: fewer bytes, and no program on the way.",
        because_zh: "由内核自己封装:字节更少,路上没有程序。",
        source: "weave router/fastdp.go handleHeartbeatAck",
    }
    /// It came back.
    HEARTBEAT_BACK = "tunnel.heartbeat-back" {
        en: "a heartbeat has come back: the fast way still works",
        zh: "心跳回来了:快速路径依然可用",
        because: "A way that worked once may break later.",
        because_zh: "曾经可用的路,之后也可能断。",
        source: "weave router/fastdp.go (SlowHeartbeat)",
    }
    /// It does not come back any more.
    FAST_LOST = "tunnel.fast-way-lost" {
        en: "six heartbeats have not come back: frames for this peer go the slow way again",
        zh: "六个心跳没有回来:发给这个对端的帧重新走慢速路径",
        because: "Better slow than lost. The fast way is tried anew meanwhile.",
        because_zh: "慢总比丢好;同时重新尝试快速路径。",
        source: "weave router/fastdp.go (HeartbeatTimeout), overlay_switch.go",
    }
    /// The program cannot keep up.
    PROGRAM_BEHIND = "tunnel.program-behind" {
        en: "{n} packets wait for the program that carries the tunnel already: dropped",
        zh: "已有 {n} 个包在等承载隧道的程序:丢弃",
        because: "The queue between the kernel and a program is bounded, and the sender is not told to wait.",
        because_zh: "内核与程序之间的队列有上限,也没有人叫发送方等一等。",
        source: "Linux drivers/net/tun.c tun_net_xmit (TUN_READQ_SIZE); the socket of the program is given the same room",
        linux: "FULL_RING",
    }
}
