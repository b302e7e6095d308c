//! What a VTEP can say about a frame.

use crate::reasons;

reasons! {
    /// A row of its own.
    ENCAP_KNOWN = "vxlan.fdb-hit" {
        en: "{dst} lives on another host, says {row}: one packet to that host, VNI {n}",
        zh: "{dst} 在另一台主机上({row}):封装成一个包送去,VNI {n}",
        because: "The table of a VTEP answers one question: behind which host does this inner address live?",
        because_zh: "VTEP 的表只回答一个问题:这个内层地址在哪台主机之后?",
        source: "RFC 7348 §4.1; Linux drivers/net/vxlan/vxlan_core.c vxlan_xmit",
        costs: [Encap],
    }
    /// Unknown destination.
    ENCAP_UNKNOWN = "vxlan.flood-unknown" {
        en: "{dst} is in no row: a copy goes where the flood row points, {row}, VNI {n}",
        zh: "{dst} 不在表里:按泛洪表项送一份({row}),VNI {n}",
        because: "A destination that never came out of the tunnel could be on any host. The row of the all-zero address says whom to ask.",
        because_zh: "从没在隧道里出现过的目的地可能在任何主机上;全零地址的表项说明该问谁。",
        source: "RFC 7348 §4.2; Linux drivers/net/vxlan/vxlan_core.c vxlan_xmit (all_zeros_mac)",
        costs: [Encap],
    }
    /// For everybody or for a group.
    ENCAP_FLOOD = "vxlan.flood-group" {
        en: "{dst} means several: a copy goes where the flood row points, {row}, VNI {n}",
        zh: "{dst} 指多个站点:按泛洪表项送一份({row}),VNI {n}",
        because: "One copy for each remote of the row. A multicast group is one remote: then the underlay makes the copies.",
        because_zh: "表项里每个远端一份;组播组只算一个远端,由底层网络去复制。",
        source: "RFC 7348 §4.2; Linux drivers/net/vxlan/vxlan_core.c vxlan_xmit",
        costs: [Encap],
    }
    /// No row and no flood row.
    NO_REMOTE = "vxlan.no-remote" {
        en: "{dst} is in no row, and there is no flood row: dropped",
        zh: "{dst} 不在表里,也没有泛洪表项:丢弃",
        because: "Without a row and without anybody to ask, the packet has nowhere to go. Nobody is told.",
        because_zh: "没有表项,也没有可问的对象,包无处可去,而且没有人会得到通知。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_xmit",
        linux: "NO_TX_TARGET",
    }
    /// A miss for whoever listens.
    L2_MISS = "vxlan.l2-miss" {
        en: "{dst} is in no row: whoever listens for misses is told",
        zh: "{dst} 不在表里:通知监听者",
        because: "Early controllers filled the table on demand: the kernel told them which address was missing.",
        because_zh: "早期的控制器按需填表:内核告诉它们缺哪个地址。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_fdb_miss",
    }
    /// A question nobody here can answer.
    L3_MISS = "vxlan.l3-miss" {
        en: "the address asked for is not among the neighbours: whoever listens for misses is told",
        zh: "问的地址不在邻居表里:通知监听者",
        because: "With the neighbour the controller adds, the next question can be answered.",
        because_zh: "控制器补上邻居之后,下一次提问就能回答。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_ip_miss",
    }
    /// The remote is this host.
    REMOTE_IS_LOCAL = "vxlan.remote-is-local" {
        en: "the row {row} points at this host itself: dropped",
        zh: "表项 {row} 指向本机自己:丢弃",
        because: "A tunnel to oneself ends in the same VTEP; the kernel looks for another one with that VNI here and finds none.",
        because_zh: "通向自己的隧道终点还是同一个 VTEP;内核在本机找别的同 VNI 的 VTEP,没有找到。",
        source: "Linux drivers/net/vxlan/vxlan_core.c encap_bypass_if_local",
    }
    /// Too many envelopes.
    TOO_DEEP = "vxlan.too-deep" {
        en: "no room for another outer header: dropped",
        zh: "没有空间再加一层外层头:丢弃",
        because: "A packet can be wrapped a few times only. Whoever routes a tunnel into itself meets this limit.",
        because_zh: "一个包只能封装有限的几层;把隧道路由进自己就会碰到这个限制。",
        source: "Linux net/core/dev.h dev_xmit_recursion (XMIT_RECURSION_LIMIT)",
        linux: "tx_errors",
    }
    /// Too big, and told.
    TOO_BIG_TOLD = "vxlan.too-big-told" {
        en: "with the outer headers it does not fit the way, which takes {n} bytes of it: dropped, its sender is told",
        zh: "加上外层头就装不下了,路上只容 {n} 字节:丢弃,并告诉发送者",
        because: "A tunnel in a bridge has no address of its own; it answers in the name of the host the packet was for.",
        because_zh: "网桥里的隧道没有自己的地址,就以目的主机的名义回答。",
        source: "Linux net/ipv4/ip_tunnel_core.c skb_tunnel_check_pmtu",
        linux: "PKT_TOO_BIG",
    }
    /// Too big, and may not be fragmented outside.
    TOO_BIG = "vxlan.too-big" {
        en: "with the outer headers it does not fit the way, which takes {n} bytes of it: dropped",
        zh: "加上外层头就装不下了,路上只容 {n} 字节:丢弃",
        because: "The outer packet may not be fragmented, so what is inside must fit.",
        because_zh: "外层包不许分片,里面的包就必须装得下。",
        source: "Linux net/ipv4/ip_tunnel_core.c skb_tunnel_check_pmtu; net/ipv4/ip_output.c ip_fragment",
        linux: "PKT_TOO_BIG",
    }
    /// The answer.
    TOLD_TOO_BIG = "vxlan.told-too-big" {
        en: "\"fragmentation needed, MTU {n}\", in the name of {src}",
        zh: "“需要分片,MTU {n}”,以 {src} 的名义发出",
        because: "The sender has to send smaller packets, and this is the only way to tell it.",
        because_zh: "发送者必须改发小包,这是唯一的通知办法。",
        source: "Linux net/ipv4/ip_tunnel_core.c iptunnel_pmtud_build_icmp",
    }
    /// Out of the envelope.
    DECAP = "vxlan.decap" {
        en: "the envelope of VNI {n} comes off: the frame for {dst} goes on inside",
        zh: "VNI {n} 的外层头拆掉:发给 {dst} 的帧继续在里面走",
        because: "The outer headers have done their work. What comes out is the frame that went in, byte for byte.",
        because_zh: "外层头已完成使命;出来的帧和进去时一字节不差。",
        source: "RFC 7348 §4.1; Linux drivers/net/vxlan/vxlan_core.c vxlan_rcv",
        costs: [Encap],
    }
    /// A new inner source.
    LEARNED = "vxlan.learned" {
        en: "{src} came from a host we did not know it on: remembered, {row}",
        zh: "{src} 来自新的主机:记下,{row}",
        because: "The inner source lives where the outer source is. Answers need not be flooded.",
        because_zh: "内层源地址就在外层源地址那台主机上;回答不必泛洪。",
        source: "RFC 7348 §4.1; Linux drivers/net/vxlan/vxlan_core.c vxlan_snoop",
    }
    /// An inner source on another host.
    MOVED = "vxlan.moved" {
        en: "{src} was on another host: now {row}",
        zh: "{src} 原在别的主机:现在 {row}",
        because: "The last speaker wins, so a pod may move to another host, and a liar may steal traffic.",
        because_zh: "最后说话的算数:容器可以搬到别的主机,骗子也可以偷流量。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_snoop",
    }
    /// A row written by hand says otherwise.
    PINNED = "vxlan.pinned" {
        en: "{src} came from another host than its row {row} says, which was written by hand: dropped",
        zh: "{src} 来自别的主机,而手工写的表项说 {row}:丢弃",
        because: "A permanent row is believed more than a frame.",
        because_zh: "永久表项比一个帧更可信。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_snoop",
        linux: "VXLAN_ENTRY_EXISTS",
    }
    /// A group as a source.
    INVALID_SOURCE = "vxlan.invalid-source" {
        en: "{src} cannot be a sender: dropped",
        zh: "{src} 不能作源地址:丢弃",
        because: "Learning a group or the all-zero address would poison the table.",
        because_zh: "学了组播地址或全零地址,表就被毒化了。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_snoop",
        linux: "MAC_INVALID_SOURCE",
    }
    /// No room to learn.
    TABLE_FULL = "vxlan.table-full" {
        en: "the table has its {n} rows: {src} is not learned, but the frame goes on",
        zh: "表已有 {n} 行:不学 {src},帧照样继续",
        because: "What is not learned is flooded later.",
        because_zh: "没学到的,以后只能泛洪。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_fdb_create (maxaddress)",
    }
    /// Its own frame came back.
    OWN_SOURCE = "vxlan.own-source" {
        en: "{src} is this VTEP's own address: its own frame has come back, dropped",
        zh: "{src} 是本 VTEP 自己的地址:自己的帧绕回来了,丢弃",
        because: "A loop in the overlay would never end otherwise.",
        because_zh: "否则覆盖网里的环路永不停止。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_set_mac",
        linux: "LOCAL_MAC",
    }
    /// Another network's packet.
    VNI_NOT_FOUND = "vxlan.vni-not-found" {
        en: "VNI {n} is not this VTEP's: dropped",
        zh: "VNI {n} 不是本 VTEP 的:丢弃",
        because: "The VNI says which network a frame belongs to. A host without that network throws the packet away, silently.",
        because_zh: "VNI 说明帧属于哪个网络;没有这个网络的主机默默丢弃。",
        source: "RFC 7348 §4.1; Linux drivers/net/vxlan/vxlan_core.c vxlan_rcv",
        linux: "VXLAN_VNI_NOT_FOUND",
    }
    /// A header that is none.
    INVALID_HEADER = "vxlan.invalid-header" {
        en: "no valid VXLAN header: dropped",
        zh: "VXLAN 头无效:丢弃",
        because: "The flag of the VNI must be set and all reserved bits clear. The RFC says to ignore the latter, Linux does not.",
        because_zh: "VNI 标志必须置位,保留位必须为零;后者 RFC 说忽略,Linux 却丢弃。",
        source: "RFC 7348 §5; Linux drivers/net/vxlan/vxlan_core.c vxlan_rcv",
        linux: "VXLAN_INVALID_HDR",
    }
    /// Bytes that cannot be read.
    MALFORMED = "vxlan.malformed" {
        en: "cut short or damaged: dropped",
        zh: "残缺或损坏:丢弃",
        because: "Nothing can be taken out of an envelope that is broken.",
        because_zh: "信封坏了,里面的东西取不出来。",
        source: "RFC 768; Linux drivers/net/vxlan/vxlan_core.c vxlan_rcv",
        linux: "HDR_TRUNC",
    }
    /// A mark nobody inside could read.
    CONGESTION = "vxlan.congestion-mark" {
        en: "marked as congested on its way, but the packet inside cannot carry the mark: dropped",
        zh: "途中被标记拥塞,里面的包却不能带这个标记:丢弃",
        because: "Its sender understands only loss, so loss is what it gets.",
        because_zh: "它的发送者只懂丢包,那就丢包。",
        source: "RFC 6040 §4.2; Linux include/net/inet_ecn.h INET_ECN_decapsulate",
        linux: "IP_TUNNEL_ECN",
    }
    /// A smaller MTU on the way.
    PATH_MTU = "vxlan.path-mtu" {
        en: "a router on the way takes outer packets of {n} bytes at most: remembered",
        zh: "路上有路由器只收 {n} 字节以内的外层包:记下",
        because: "What is inside must be 50 bytes smaller from now on.",
        because_zh: "从此里面的包必须再小 50 字节。",
        source: "RFC 1191 §4; Linux net/ipv4/udp.c __udp4_lib_err_encap",
    }
    /// Another error about an outer packet.
    OUTER_UNREACHABLE = "vxlan.outer-unreachable" {
        en: "{src} says that an outer packet did not arrive; a VTEP can do nothing about it",
        zh: "{src} 说外层包没有送到;VTEP 无能为力",
        because: "The error names the outer packet. Whoever sent the inner one is not told.",
        because_zh: "错误说的是外层包,内层包的发送者不会得到通知。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_err_lookup",
    }
    /// Answered here.
    ARP_SUPPRESSED = "vxlan.arp-suppressed" {
        en: "this VTEP knows the answer, {row}: the question is not sent on",
        zh: "本 VTEP 知道答案({row}):问题不再往外送",
        because: "A controller has filled the neighbours, so nobody far away has to be asked.",
        because_zh: "控制器已经填好邻居,不必去问远处的人。",
        source: "Linux drivers/net/vxlan/vxlan_core.c arp_reduce",
    }
    /// The answer.
    ARP_ANSWERED = "vxlan.arp-answered" {
        en: "answer to {dst} in the name of the host asked for",
        zh: "以被问主机的名义回答 {dst}",
        because: "To the asker it looks as if the host itself had answered.",
        because_zh: "在提问者看来,就像那台主机自己回答的一样。",
        source: "Linux drivers/net/vxlan/vxlan_core.c arp_reduce",
    }
    /// Neither answered nor sent.
    ARP_SWALLOWED = "vxlan.arp-swallowed" {
        en: "ARP is never sent through this tunnel, and there is no answer here: swallowed",
        zh: "ARP 从不穿过这条隧道,这里也没有答案:吞掉",
        because: "With proxy on, a neighbour the controller forgot cannot be found by asking.",
        because_zh: "开了代答,控制器漏掉的邻居怎么问都找不到。",
        source: "Linux drivers/net/vxlan/vxlan_core.c arp_reduce",
    }
    /// Not even a header.
    RUNT = "vxlan.runt" {
        en: "shorter than an Ethernet header: dropped",
        zh: "比以太网帧头还短:丢弃",
        because: "Without a whole header there is no destination to look at.",
        because_zh: "没有完整的帧头,就没有目的地址可看。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_xmit",
        linux: "PKT_TOO_SMALL",
    }
}
