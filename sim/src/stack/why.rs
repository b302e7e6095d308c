//! What an IP stack can say about a frame.

use crate::reasons;
pub mod children;
pub mod flows;
pub mod groups;
pub mod reverse;
pub mod routing;
pub mod six;
mod whole;
pub use whole::WHOLE;

reasons! {
    /// Asks everybody for an address.
    ARP_ASK = "arp.ask" {
        en: "who has {dst}? Asked of everybody, since no row of the neighbour table answers it",
        zh: "谁有 {dst}?邻居表里没有答案,于是问所有人",
        because: "A packet needs the hardware address of the next hop. Whoever has the address can only be reached by asking all.",
        because_zh: "包需要下一跳的硬件地址;在知道之前只能问所有人。",
        source: "RFC 826; Linux net/ipv4/arp.c arp_solicit",
    }
    /// Asks a known neighbour whether it is still there.
    ARP_CONFIRM = "arp.confirm" {
        en: "still there, {dst}? Asked of {dst} alone, because the row is old",
        zh: "{dst} 还在吗?表项旧了,只问它自己",
        because: "An old row is used on, but checked by a unicast question before it is thrown away.",
        because_zh: "旧表项继续用,但先用单播确认,问不到才丢弃。",
        source: "RFC 1122 §2.3.2.1; Linux net/core/neighbour.c neigh_timer_handler",
    }
    /// A question for one of our addresses.
    ARP_ASKED = "arp.asked" {
        en: "{src} asks for an address of this host: it is remembered, and answered",
        zh: "{src} 问的正是本机的地址:记下它,并回答",
        because: "The target of a question learns the asker, because it will have to talk back at once.",
        because_zh: "被问到的主机会记住提问者,因为马上就要和它说话。",
        source: "RFC 826 (packet reception); Linux net/ipv4/arp.c arp_process",
    }
    /// The answer to a question.
    ARP_REPLY = "arp.reply" {
        en: "answer to {dst}: here is the hardware address",
        zh: "回答 {dst}:这是我的硬件地址",
        because: "Only the asker needs the answer, so it goes to the asker alone.",
        because_zh: "只有提问者需要答案,所以只发给它。",
        source: "RFC 826; Linux net/ipv4/arp.c arp_process",
    }
    /// The answer to our question.
    ARP_ANSWER = "arp.answer" {
        en: "{src} answered: its hardware address goes into the neighbour table",
        zh: "{src} 回答了:它的硬件地址写进邻居表",
        because: "What waited for this answer can leave now.",
        because_zh: "等待这个答案的包现在可以出发了。",
        source: "RFC 826; Linux net/core/neighbour.c neigh_update",
    }
    /// News about a neighbour we have.
    ARP_OVERHEARD = "arp.overheard" {
        en: "{src} is known already: the row is brought up to date",
        zh: "已经认识 {src}:更新表项",
        because: "A question heard in passing refreshes a row there is, but makes no new one.",
        because_zh: "路过听到的提问只更新已有的表项,不会新建。",
        source: "Linux net/ipv4/arp.c arp_process (arp_accept)",
    }
    /// News about a neighbour written by hand.
    ARP_PERMANENT = "arp.permanent" {
        en: "the row of {src} was written by hand: nothing that is heard changes it",
        zh: "{src} 的表项是手工写的:听到什么都不会改",
        because: "A permanent row neither ages nor learns. That is what makes it a defence against false answers.",
        because_zh: "永久表项不老化也不学习,所以能防住假回答。",
        source: "Linux net/core/neighbour.c __neigh_update (NUD_PERMANENT)",
    }
    /// Another address, too soon.
    ARP_LOCKED = "arp.locked" {
        en: "another hardware address for {src} less than a second after the row was written: the first one counts",
        zh: "表项写下不到一秒,{src} 又来一个不同的硬件地址:以第一个为准",
        because: "When several stations answer one question the first is believed; the others come within the second in which the row cannot be replaced.",
        because_zh: "几台主机回答同一个提问时,信第一个;其余的落在表项锁定的一秒之内。",
        source: "Linux net/ipv4/arp.c arp_process (locktime)",
    }
    /// A question for somebody else.
    ARP_NOT_MINE = "arp.not-mine" {
        en: "asks for {dst}, which is not this host: nothing is done, nothing is learned",
        zh: "问的是 {dst},不是本机:不理会,也不学习",
        because: "Everybody hears the question, one answers. Bystanders do not learn, or every table would hold the whole network.",
        because_zh: "所有人都听到,只有一个回答;旁观者不学习,否则每张表都会装下整个网络。",
        source: "RFC 826; Linux net/ipv4/arp.c arp_process",
    }
    /// An answer without a question.
    ARP_UNASKED = "arp.unasked" {
        en: "an answer nobody here asked for: ignored",
        zh: "没人问过的回答:忽略",
        because: "Linux learns nobody from an answer it did not ask for, unless told to (arp_accept).",
        because_zh: "除非打开 arp_accept,Linux 不会从未问过的回答里学习。",
        source: "Linux net/ipv4/arp.c arp_process (arp_accept)",
    }
    /// No room to remember the asker.
    ARP_NO_ROOM = "arp.no-room" {
        en: "the neighbour table is full of rows in use: {src} cannot be remembered, so it is not answered",
        zh: "邻居表满了且都在使用:记不下 {src},所以不回答",
        because: "At gc_thresh3 (1024 rows) a newcomer fits only if rows have failed or lain unused for five seconds; whoever cannot be remembered is not answered.",
        because_zh: "到了 gc_thresh3(1024 行),只有失败的或五秒没用的表项才能让位;记不下的就不回答。",
        source: "Linux net/core/neighbour.c neigh_alloc, net/ipv4/arp.c arp_process", linux: "NEIGH_CREATEFAIL",
    }
    /// Somebody else has our address.
    ARP_CONFLICT = "arp.conflict" {
        en: "{src} is this host's own address: its own question came back, or another station has the address; not answered",
        zh: "{src} 是本机自己的地址:自己的询问被送了回来,或者另一台主机也用它;不回答",
        because: "Nobody may speak from an address of this host but the host itself. A port with hairpin sends a broadcast back; otherwise two stations have one address, by mistake or as an attack. The packet is ignored.",
        because_zh: "本机的地址只有本机能用。开了 hairpin 的端口会把广播送回来;否则就是两台主机用了同一个地址,不是出错就是攻击。不理会这个包。",
        source: "RFC 5227 §2.4; Linux net/ipv4/fib_frontend.c fib_validate_source (asked by arp_process)",
        linux: "IP_LOCAL_SOURCE",
    }
    /// Damaged ARP.
    ARP_MALFORMED = "arp.malformed" {
        en: "not an ARP packet for Ethernet and IPv4: dropped",
        zh: "不是以太网加 IPv4 的 ARP 包:丢弃",
        because: "Types and lengths must be those of Ethernet and IPv4.",
        because_zh: "类型和长度必须属于以太网和 IPv4。",
        source: "RFC 826; Linux net/ipv4/arp.c arp_rcv", linux: "PKT_TOO_SMALL",
    }
    /// A packet waits for ARP.
    NEIGH_WAITING = "neigh.waiting" {
        en: "the hardware address for the next hop is not known yet: the packet waits for an answer",
        zh: "还不知道下一跳的硬件地址:包先等着",
        because: "A packet without a destination address cannot be sent; it is kept while the question is out.",
        because_zh: "没有目的硬件地址就不能发送;提问期间先留着。",
        source: "RFC 1122 §2.3.2.2; Linux net/core/neighbour.c __neigh_event_send",
    }
    /// A packet that waited leaves.
    NEIGH_RELEASED = "neigh.released" {
        en: "the answer is here: sent by the new row {row}",
        zh: "答案到了:按新表项 {row} 发出",
        because: "The packets that waited leave in the order in which they came.",
        because_zh: "等待的包按先来后到发出。",
        source: "Linux net/core/neighbour.c neigh_update",
    }
    /// ARP gave up.
    NEIGH_FAILED = "neigh.failed" {
        en: "nobody answered three questions: what waited is dropped",
        zh: "问了三次没人回答:丢弃等待的包",
        because: "After three unanswered questions the next hop counts as absent and the sender is told 'host unreachable'.",
        because_zh: "三次无人回答,就当下一跳不存在,并告诉发送者“主机不可达”。",
        source: "RFC 1122 §2.3.2.2; Linux net/ipv4/arp.c arp_error_report", linux: "NEIGH_FAILED",
    }
    /// The cable went while a packet waited.
    NEIGH_LINK_LOST = "neigh.link-lost" {
        en: "the interface lost its carrier: the neighbours there are forgotten, and what waited for them is dropped",
        zh: "接口失去载波:忘掉那边的邻居,丢弃等待它们的包",
        because: "Behind another cable there may be other stations, so nothing learned is kept. The sender hears nothing of it.",
        because_zh: "换一根电缆,对面可能是别的主机,所以学到的都不保留。发送者不会得到通知。",
        source: "Linux net/core/neighbour.c neigh_carrier_down",
    }
    /// Too much waits for one answer.
    NEIGH_QUEUE_FULL = "neigh.queue-full" {
        en: "too many packets wait for the same answer: the oldest is dropped",
        zh: "等同一个答案的包太多:丢弃最早的",
        because: "What waits for one neighbour is limited to 212,992 bytes.",
        because_zh: "等一个邻居的数据最多 212,992 字节。",
        source: "Linux net/core/neighbour.c __neigh_event_send (unres_qlen_bytes)", linux: "NEIGH_QUEUEFULL",
    }
    /// No room for another neighbour.
    NEIGH_TABLE_FULL = "neigh.table-full" {
        en: "the neighbour table is full of rows in use: the packet cannot even wait",
        zh: "邻居表满了且都在使用:连等待都不行",
        because: "At gc_thresh3 (1024 rows) nothing new fits until rows grow old: 'neighbour table overflow'.",
        because_zh: "到了 gc_thresh3(1024 行),旧表项腾出来之前装不下新的:“neighbour table overflow”。",
        source: "Linux net/core/neighbour.c neigh_alloc", linux: "NEIGH_CREATEFAIL",
    }
    /// A packet leaves to a known neighbour.
    SENT = "ip.sent" {
        en: "sent to the next hop, known from {row}",
        zh: "按 {row} 发给下一跳",
        because: "The route names the next hop, the neighbour table its hardware address.",
        because_zh: "路由给出下一跳,邻居表给出它的硬件地址。",
        source: "RFC 1122 §3.3.1; Linux net/ipv4/ip_output.c ip_finish_output2",
    }
    /// A broadcast leaves.
    SENT_BROADCAST = "ip.sent-broadcast" {
        en: "{dst} means everybody on the link: sent to ff:ff:ff:ff:ff:ff",
        zh: "{dst} 指链路上的所有人:发往 ff:ff:ff:ff:ff:ff",
        because: "A broadcast needs no question: its hardware address is fixed.",
        because_zh: "广播不用问:它的硬件地址是固定的。",
        source: "RFC 919; RFC 1122 §3.3.6",
    }
    /// A group packet leaves.
    SENT_GROUP = "ip.sent-group" {
        en: "{dst} is a group: its hardware address follows from the group's number",
        zh: "{dst} 是组播组:硬件地址由组号算出",
        because: "The low 23 bits of the group go into 01:00:5e:00:00:00, so nobody needs to be asked.",
        because_zh: "组号的低 23 位放进 01:00:5e:00:00:00,不用问任何人。",
        source: "RFC 1112 §6.4",
    }
    /// A raw frame leaves.
    SENT_RAW = "app.sent-raw" {
        en: "sent just as the program wrote it: neither route nor neighbour table were asked",
        zh: "程序写成什么样就发什么样:不查路由,也不查邻居表",
        because: "A raw socket may send any frame, with any source address. Nothing on the host objects.",
        because_zh: "原始套接字可以发任何帧、冒任何源地址,主机不会阻拦。",
        source: "Linux net/packet/af_packet.c packet_snd",
    }
    /// A packet to ourselves.
    LOOPED = "ip.looped" {
        en: "{dst} is this host itself: the packet never leaves it",
        zh: "{dst} 就是本机:包不会离开",
        because: "A packet to an own address goes through the loopback device, not through a card.",
        because_zh: "发给自己的包走回环设备,不经过网卡。",
        source: "RFC 1122 §3.2.1.3; Linux drivers/net/loopback.c",
    }
    /// No way to the destination.
    NO_ROUTE = "ip.no-route" {
        en: "no route leads to {dst}: dropped",
        zh: "没有到 {dst} 的路由:丢弃",
        because: "Neither a connected network nor a gateway fits the destination.",
        because_zh: "直连网络和网关都不符合这个目的地。",
        source: "RFC 1122 §3.3.1.1; Linux net/ipv4/route.c ip_route_output_key_hash", linux: "IP_OUTNOROUTES",
    }
    /// Does not fit the link.
    TOO_BIG = "ip.too-big" {
        en: "longer than the MTU {n} of the way out, and it may not be split: dropped",
        zh: "超过出口的 MTU {n},又不能分片:丢弃",
        because: "With DF set a packet that does not fit is refused, and its sender is told the MTU that would fit.",
        because_zh: "设了 DF 的包装不下就被拒绝,并告诉发送者合适的 MTU。",
        source: "RFC 1191 §4; Linux net/ipv4/ip_output.c ip_finish_output", linux: "PKT_TOO_BIG",
    }
    /// A frame for somebody else.
    OTHER_HOST = "ip.other-host" {
        en: "the frame is addressed to somebody else: the stack drops it, only listeners have seen it",
        zh: "帧是发给别人的:协议栈丢弃它,只有监听程序看到",
        because: "A promiscuous card hands up everybody's frames; IP and ARP ignore those for others.",
        because_zh: "混杂模式的网卡会把别人的帧也交上来;IP 和 ARP 不理会它们。",
        source: "Linux net/ipv4/ip_input.c ip_rcv_core (PACKET_OTHERHOST)", linux: "OTHERHOST",
    }
    /// A packet for somebody else.
    NOT_MINE = "ip.not-mine" {
        en: "{dst} is not an address of this host, and it does not forward: dropped",
        zh: "{dst} 不是本机地址,本机又不转发:丢弃",
        because: "A host is no router unless it is told to be one.",
        because_zh: "没有开启转发,主机不会当路由器。",
        source: "RFC 1122 §3.2.1.3; Linux net/ipv4/route.c ip_error", linux: "IP_INADDRERRORS",
    }
    /// A group we are not in.
    NOT_JOINED = "ip.not-joined" {
        en: "{dst} is a broadcast or group this host does not listen to: dropped",
        zh: "{dst} 是本机不收听的广播或组播:丢弃",
        because: "The card let it in, the stack has no use for it.",
        because_zh: "网卡放进来了,但协议栈用不上。",
        source: "RFC 1122 §3.2.1.3; Linux net/ipv4/route.c ip_route_input_mc", linux: "IP_INADDRERRORS",
    }
    /// An impossible source.
    MARTIAN = "ip.martian" {
        en: "{src} cannot be the source of a packet: dropped",
        zh: "{src} 不可能是源地址:丢弃",
        because: "Broadcast, multicast and loopback addresses never speak on a wire, and nobody else speaks from an address of this host.",
        because_zh: "广播、组播和环回地址不会在线路上说话;本机的地址别人也不能用。",
        source: "RFC 1122 §3.2.1.3; Linux net/ipv4/route.c ip_handle_martian_source", linux: "IP_INVALID_SOURCE",
    }
    /// An impossible destination.
    MARTIAN_TARGET = "ip.martian-destination" {
        en: "{dst} cannot be reached by a wire: dropped",
        zh: "{dst} 不可能从线路到达:丢弃",
        because: "Loopback addresses exist inside each host, and network 0 means 'this network'; neither is ever sent to.",
        because_zh: "环回地址只在每台主机内部存在,0 号网络表示“本网络”;都不能作为线路上的目的地。",
        source: "RFC 1122 §3.2.1.3; Linux net/ipv4/route.c ip_route_input_slow (martian_destination)",
        linux: "IP_INVALID_DEST",
    }
    /// A damaged packet.
    IP_MALFORMED = "ip.malformed" {
        en: "the IPv4 header fails its checks: dropped",
        zh: "IPv4 首部检查不过:丢弃",
        because: "Version, header length, total length and checksum must all be right.",
        because_zh: "版本、首部长度、总长和校验和都必须正确。",
        source: "RFC 1122 §3.2.1; Linux net/ipv4/ip_input.c ip_rcv_core", linux: "IP_CSUM",
    }
    /// Split on the way out.
    FRAGMENTED = "ip.fragmented" {
        en: "longer than {n}, which is what fits on the way to {dst}: split into fragments",
        zh: "去 {dst} 的路上只容 {n} 字节,包更长:拆成分片",
        because: "Without DF a packet may be cut. Every fragment has an IP header of its own; only the first has the ports.",
        because_zh: "没有 DF 的包可以拆开。每个分片都有自己的 IP 头,只有第一片带端口。",
        source: "RFC 791 §2.3, §3.2; Linux net/ipv4/ip_output.c ip_do_fragment",
    }
    /// Waits for the rest.
    FRAGMENT_HELD = "ip.fragment-held" {
        en: "a part of packet {n} from {src}: it waits for the others",
        zh: "来自 {src} 的第 {n} 号包的一部分:等其余部分",
        because: "Only the host that a packet is for puts its fragments together, and only when it has them all.",
        because_zh: "只有目的主机才重组分片,而且要等到齐。",
        source: "RFC 791 §3.2; Linux net/ipv4/ip_fragment.c ip_frag_queue",
    }
    /// Together again.
    REASSEMBLED = "ip.reassembled" {
        en: "all parts are here: they become one packet again",
        zh: "各部分到齐:重新合成一个包",
        because: "What is above IP never sees fragments.",
        because_zh: "IP 以上的协议看不到分片。",
        source: "RFC 791 §3.2; Linux net/ipv4/ip_fragment.c ip_frag_reasm",
    }
    /// The rest never came.
    FRAGMENT_TIMEOUT = "ip.fragment-timeout" {
        en: "the rest of the packet did not come within 30 s: dropped",
        zh: "30 秒内其余部分没到:丢弃",
        because: "One lost fragment loses the whole packet. Its sender is told if the first fragment came.",
        because_zh: "丢一个分片就丢了整个包。若第一片到了,就通知发送者。",
        source: "RFC 1122 §3.3.2; Linux net/ipv4/ip_fragment.c ip_expire", linux: "FRAG_REASM_TIMEOUT",
    }
    /// Twice the same.
    FRAGMENT_TWICE = "ip.fragment-duplicate" {
        en: "this part of the packet is here already: dropped",
        zh: "这一部分已经有了:丢弃",
        because: "A repeated fragment adds nothing.",
        because_zh: "重复的分片没有用处。",
        source: "RFC 815 §4; Linux net/ipv4/inet_fragment.c inet_frag_queue_insert", linux: "DUP_FRAG",
    }
    /// Parts that cannot belong together.
    FRAGMENT_OVERLAP = "ip.fragment-overlap" {
        en: "the parts of this packet overlap or contradict each other: all are dropped",
        zh: "这个包的各部分重叠或矛盾:全部丢弃",
        because: "Overlapping fragments are how attackers hide what they send, so the packet is given up.",
        because_zh: "重叠的分片是攻击者隐藏内容的手段,所以整个包作废。",
        source: "RFC 5722 §4 (the same for IPv6); Linux net/ipv4/inet_fragment.c inet_frag_queue_insert",
    }
    /// Longer than a packet can be.
    FRAGMENT_TOO_LONG = "ip.fragment-too-long" {
        en: "together the parts are longer than a packet can be: dropped",
        zh: "合起来超过了一个包的最大长度:丢弃",
        because: "The length field of IPv4 ends at 65,535: the 'ping of death' went beyond.",
        because_zh: "IPv4 的长度字段最大 65,535;“死亡之 ping”就超过了它。",
        source: "RFC 791 §3.1; Linux net/ipv4/ip_fragment.c ip_frag_reasm (oversized)",
    }
    /// Marks that cannot belong together.
    FRAGMENT_ECN = "ip.fragment-ecn" {
        en: "some parts may carry marks of congestion and others may not: dropped",
        zh: "有的部分可以带拥塞标记,有的不可以:丢弃",
        because: "All fragments of a packet come from one header, so their ECN bits must agree.",
        because_zh: "一个包的分片来自同一个首部,ECN 位必须一致。",
        source: "RFC 3168 §5.3; Linux net/ipv4/inet_fragment.c ip_frag_ecn_table",
    }
    /// Too many wait.
    FRAGMENT_NO_ROOM = "ip.fragment-no-room" {
        en: "fragments hold 4 MiB already: no new packet is begun, dropped",
        zh: "等待的分片已占 4 MiB:不再开始新的包,丢弃",
        because: "Memory for fragments is limited, or a flood of first fragments would use it all up.",
        because_zh: "分片占用的内存有上限,否则大量首片会耗尽内存。",
        source: "Linux net/ipv4/inet_fragment.c inet_frag_create (ipfrag_high_thresh)",
    }
    /// A way is narrower than thought.
    PMTU_LEARNED = "ip.pmtu-learned" {
        en: "{src} says what fits: for ten minutes packets on this way are at most {n} bytes long",
        zh: "{src} 说明了能装下多少:十分钟内,这条路上的包最多 {n} 字节",
        because: "The router that dropped the packet names the MTU of its next link; it is remembered for that one destination.",
        because_zh: "丢包的路由器说出下一段链路的 MTU;只为那一个目的地记住。",
        source: "RFC 1191 §4, §6.3; Linux net/ipv4/route.c __ip_rt_update_pmtu",
    }
    /// A route swallows it.
    ROUTE_BLACKHOLE = "ip.route-blackhole" {
        en: "the route to {dst} is a blackhole: dropped, and nobody elsewhere is told",
        zh: "到 {dst} 的路由是黑洞:丢弃,不通知别处",
        because: "Such a route is for what must vanish without a sound, such as the unused part of a range of addresses.",
        because_zh: "这种路由用于悄悄丢弃,例如地址段里没用到的部分。",
        source: "Linux net/ipv4/fib_semantics.c fib_props (RTN_BLACKHOLE); net/ipv4/route.c ip_error",
    }
    /// A route refuses it.
    ROUTE_UNREACHABLE = "ip.route-unreachable" {
        en: "the route to {dst} says that it cannot be reached: dropped",
        zh: "到 {dst} 的路由注明不可达:丢弃",
        because: "Such a route answers 'host unreachable' at once, where nothing at all would let senders wait.",
        because_zh: "这种路由立即回答“主机不可达”,免得发送者空等。",
        source: "Linux net/ipv4/fib_semantics.c fib_props (RTN_UNREACHABLE); net/ipv4/route.c ip_error",
    }
    /// A route forbids it.
    ROUTE_PROHIBIT = "ip.route-prohibited" {
        en: "the route to {dst} forbids it: dropped",
        zh: "到 {dst} 的路由禁止通过:丢弃",
        because: "Such a route answers that a rule forbids the communication (code 13).",
        because_zh: "这种路由回答:规则禁止通信(代码 13)。",
        source: "RFC 1812 §5.2.7.1; Linux net/ipv4/fib_semantics.c fib_props (RTN_PROHIBIT)",
    }
    /// A question for somebody behind this router.
    ARP_PROXIED = "arp.proxied" {
        en: "{src} asks for an address to which this router has another way: it will answer in its place",
        zh: "{src} 问的地址可以从本路由器的另一接口到达:由本机代为回答",
        because: "With proxy_arp a router says 'here' for hosts behind it. The answer waits up to 0.8 s unless the delay is set.",
        because_zh: "开启 proxy_arp 时,路由器替它后面的主机回答“在这里”。若不另设,回答最多推迟 0.8 秒。",
        source: "RFC 1027; Linux net/ipv4/arp.c arp_fwd_proxy, net/core/neighbour.c pneigh_enqueue",
    }
    /// The answer for somebody else.
    ARP_PROXY_REPLY = "arp.proxy-reply" {
        en: "answer to {dst} in the name of somebody behind this router: the hardware address of the router",
        zh: "替后面的主机回答 {dst}:给出路由器的硬件地址",
        because: "Packets for that host now come to the router, which sends them on.",
        because_zh: "发给那台主机的包于是来到路由器,由它转发。",
        source: "RFC 1027; Linux net/ipv4/arp.c arp_process",
    }
    /// Too many questions wait.
    ARP_PROXY_FULL = "arp.proxy-full" {
        en: "64 questions for others wait already: dropped",
        zh: "已有 64 个代答在等待:丢弃",
        because: "The queue of delayed answers is bounded.",
        because_zh: "推迟回答的队列有上限。",
        source: "Linux net/core/neighbour.c pneigh_enqueue (proxy_qlen)",
    }
    /// A router sends on.
    FORWARDING = "ip.forwarding" {
        en: "{dst} is somewhere else: time to live down by one, and on",
        zh: "{dst} 在别处:TTL 减一,继续转发",
        because: "A router looks up the route, takes one off the time to live and sends the packet on.",
        because_zh: "路由器查路由、TTL 减一、继续送出。",
        source: "RFC 1812 §5.2.1; Linux net/ipv4/ip_forward.c",
        costs: [Forward],
    }
    /// Too many routers.
    TTL_EXCEEDED = "ip.ttl-exceeded" {
        en: "time to live has run out: dropped, and {src} is told",
        zh: "TTL 用完:丢弃,并通知 {src}",
        because: "The time to live keeps a packet from circling for ever.",
        because_zh: "TTL 让包不会永远兜圈。",
        source: "RFC 1812 §5.3.1; Linux net/ipv4/ip_forward.c", linux: "IP_INHDR",
    }
    /// Nobody reads this type.
    UNKNOWN_PROTOCOL = "ip.unknown-ethertype" {
        en: "nothing here speaks EtherType {n}: dropped",
        zh: "这里没有程序懂 EtherType {n}:丢弃",
        because: "The EtherType says who should read the frame; nobody here can.",
        because_zh: "EtherType 说明谁该读这个帧;这里没有。",
        source: "Linux net/core/dev.c __netif_receive_skb_core", linux: "UNHANDLED_PROTO",
    }
    /// Nobody reads this protocol.
    UNKNOWN_TRANSPORT = "ip.unknown-protocol" {
        en: "nothing here speaks IP protocol {n}: dropped, and {src} is told",
        zh: "这里没有程序懂 IP 协议 {n}:丢弃,并通知 {src}",
        because: "The protocol number says who should read the packet; nobody here can.",
        because_zh: "协议号说明谁该读这个包;这里没有。",
        source: "RFC 1122 §3.2.2.1; Linux net/ipv4/ip_input.c ip_protocol_deliver_rcu", linux: "IP_NOPROTO",
    }
    /// Not even a header.
    RUNT = "ip.runt" {
        en: "shorter than an Ethernet header: dropped",
        zh: "比以太网帧头还短:丢弃",
        because: "Without a whole header there is nothing to read.",
        because_zh: "没有完整的帧头就无从读起。",
        source: "Linux net/ethernet/eth.c eth_type_trans", linux: "PKT_TOO_SMALL",
    }
    /// An echo request.
    ECHO_ANSWERED = "icmp.echo-request" {
        en: "{src} asks for an echo: answered",
        zh: "{src} 请求回显:回答",
        because: "Every host answers echo requests, without any program running.",
        because_zh: "每台主机都回答回显请求,不需要任何程序。",
        source: "RFC 1122 §3.2.2.6; Linux net/ipv4/icmp.c icmp_echo",
        costs: [StackPass],
    }
    /// An answer to our ping.
    ECHO_REPLY = "icmp.echo-reply" {
        en: "{src} answered echo {n}",
        zh: "{src} 回答了第 {n} 个回显",
        because: "The answer carries the same identifier, number and bytes as the question.",
        because_zh: "回答带着与提问相同的标识、序号和数据。",
        source: "RFC 792; RFC 1122 §3.2.2.6",
        costs: [StackPass, SocketCopy],
    }
    /// Nobody asked.
    ECHO_UNASKED = "icmp.unasked" {
        en: "an echo reply nobody waits for: dropped",
        zh: "没人等的回显应答:丢弃",
        because: "The identifier names the asker; no such asker is here.",
        because_zh: "标识说明提问者是谁;这里没有。",
        source: "Linux net/ipv4/ping.c ping_rcv", linux: "NO_SOCKET",
        costs: [StackPass],
    }
    /// A broadcast ping.
    ECHO_TO_ALL = "icmp.echo-to-all" {
        en: "an echo request to everybody is not answered",
        zh: "发给所有人的回显请求不回答",
        because: "Answering broadcast pings would let one packet raise a storm (smurf).",
        because_zh: "若回答广播 ping,一个包就能掀起风暴(smurf)。",
        source: "RFC 1122 §3.2.2.6; Linux net/ipv4/icmp.c (icmp_echo_ignore_broadcasts)",
    }
    /// An ICMP error arrives.
    ICMP_ERROR = "icmp.error" {
        en: "{src} reports an error: told to the program whose packet it was",
        zh: "{src} 报告差错:通知发包的程序",
        because: "An error quotes the packet it is about; the ports in the quote name the program.",
        because_zh: "差错报文引用出错的包,其中的端口说明属于哪个程序。",
        source: "RFC 1122 §3.2.2; Linux net/ipv4/icmp.c icmp_unreach",
        costs: [StackPass],
    }
    /// Enough complaints.
    ERRORS_LIMITED = "icmp.errors-limited" {
        en: "{src} has been told of six errors lately: this one is not reported",
        zh: "最近已向 {src} 报告过六次差错:这次不再报告",
        because: "A host tells each other host of six errors at once and then of one a second, so that errors about a flood do not become a flood.",
        because_zh: "对每台主机,差错最多一次报六个,之后每秒一个,免得对洪水的报错又成洪水。",
        source: "RFC 1812 §4.3.2.8; Linux net/ipv4/icmp.c icmpv4_xrlim_allow, net/ipv4/inetpeer.c inet_peer_xrlim_allow",
    }
    /// Enough complaints altogether.
    ERRORS_LIMITED_ALL = "icmp.errors-limited-all" {
        en: "this host has reported fifty errors in a moment: this one is not reported",
        zh: "本机一下子报告了五十次差错:这次不再报告",
        because: "Besides the limit for each host there is one for all of them: fifty at once, then a thousand a second.",
        because_zh: "除了对每台主机的限制,还有总的限制:一次五十个,之后每秒一千个。",
        source: "Linux net/ipv4/icmp.c icmp_global_allow (icmp_msgs_burst, icmp_msgs_per_sec)",
    }
    /// Unknown ICMP.
    ICMP_UNKNOWN = "icmp.unknown-type" {
        en: "ICMP type {n} means nothing here: dropped",
        zh: "这里不懂 ICMP 类型 {n}:丢弃",
        because: "Unknown types are silently thrown away.",
        because_zh: "未知类型静默丢弃。",
        source: "RFC 1122 §3.2.2", linux: "INVALID_PROTO",
    }
    /// Damaged ICMP.
    ICMP_MALFORMED = "icmp.malformed" {
        en: "the ICMP message fails its checks: dropped",
        zh: "ICMP 报文检查不过:丢弃",
        because: "Length and checksum must be right.",
        because_zh: "长度和校验和必须正确。",
        source: "RFC 792; Linux net/ipv4/icmp.c icmp_rcv", linux: "ICMP_CSUM",
    }
    /// A datagram reaches its program.
    UDP_DELIVERED = "udp.delivered" {
        en: "for the program on UDP port {n}",
        zh: "交给 UDP 端口 {n} 上的程序",
        because: "The destination port names the program.",
        because_zh: "目的端口说明交给哪个程序。",
        source: "RFC 768; Linux net/ipv4/udp.c __udp4_lib_rcv",
        costs: [StackPass, SocketCopy],
    }
    /// Nobody listens.
    UDP_NO_LISTENER = "udp.no-listener" {
        en: "no program has UDP port {n}: dropped, and {src} is told",
        zh: "没有程序使用 UDP 端口 {n}:丢弃,并通知 {src}",
        because: "A datagram for a closed port is answered with 'port unreachable'.",
        because_zh: "发往关闭端口的数据报会得到“端口不可达”。",
        source: "RFC 1122 §4.1.3.1; Linux net/ipv4/udp.c __udp4_lib_rcv", linux: "NO_SOCKET",
        costs: [StackPass],
    }
    /// A damaged datagram.
    UDP_MALFORMED = "udp.malformed" {
        en: "the UDP header fails its checks: dropped",
        zh: "UDP 首部检查不过:丢弃",
        because: "Length and checksum must be right.",
        because_zh: "长度和校验和必须正确。",
        source: "RFC 768; Linux net/ipv4/udp.c udp4_csum_init", linux: "UDP_CSUM",
    }
    /// A sniffer reads somebody else's frame.
    OVERHEARD = "app.overheard" {
        en: "a listener on this host reads a frame for {dst}",
        zh: "本机的监听程序读到了发给 {dst} 的帧",
        because: "What reaches a promiscuous card can be read by whoever listens there.",
        because_zh: "到达混杂网卡的东西,监听者都能读。",
        source: "Linux net/packet/af_packet.c packet_rcv",
    }
    /// Into a tunnel device.
    SENT_BARE = "ip.sent-bare" {
        en: "out by {out}, which takes the packet as it is: no neighbour, no Ethernet header",
        zh: "从 {out} 出去,那里原样收包:不要邻居,也没有以太网头",
        because: "A device without a link layer has nobody to ask for an address.",
        because_zh: "没有链路层的设备,没有人可问地址。",
        source: "Linux net/core/neighbour.c neigh_direct_output (NOARP)",
    }
    /// For a tunnel.
    TO_TUNNEL = "ip.to-tunnel" {
        en: "an envelope for the tunnel behind {out}: handed over whole",
        zh: "这是给 {out} 后面隧道的信封:整个交给它",
        because: "A tunnel has asked the stack for such packets, as a program does with a socket.",
        because_zh: "隧道像程序用套接字那样,向协议栈要了这样的包。",
        source: "Linux net/ipv4/udp.c udp_queue_rcv_one_skb (encap_rcv); net/ipv4/tunnel4.c",
    }
    /// From a tunnel.
    FROM_TUNNEL = "ip.from-tunnel" {
        en: "an envelope from the tunnel at {in}: it needs a way to {dst} like any packet of this host",
        zh: "来自 {in} 隧道的信封:像本机其他包一样,要找去 {dst} 的路",
        because: "The outer packet knows nothing of what is inside; the routes of the host decide.",
        because_zh: "外层包对里面一无所知,由主机的路由决定。",
        source: "Linux net/ipv4/ip_tunnel_core.c iptunnel_xmit",
    }
    /// Out by the way in.
    TUNNEL_LOOP = "ip.tunnel-loop" {
        en: "the way to {dst} leads into the same tunnel again: dropped",
        zh: "去 {dst} 的路又通向同一条隧道:丢弃",
        because: "An envelope in an envelope in an envelope would never end.",
        because_zh: "信封套信封套信封,永无止境。",
        source: "Linux drivers/net/vxlan/vxlan_core.c vxlan_xmit_one (circular route); net/ipv4/ip_tunnel.c (collisions)",
        linux: "collisions",
    }
    /// News for a tunnel.
    TOLD_TUNNEL = "ip.told-tunnel" {
        en: "tells the tunnel behind {out}: only {n} bytes fit, header included",
        zh: "告诉 {out} 后面的隧道:连头只容 {n} 字节",
        because: "The envelope may not be fragmented, so what is inside must become smaller.",
        because_zh: "信封不许分片,里面的东西就得变小。",
        source: "Linux net/ipv4/ip_output.c ip_fragment (ICMP_FRAG_NEEDED)",
    }
    /// No room in front.
    TOO_DEEP = "ip.too-deep" {
        en: "no room for another header in front: dropped",
        zh: "前面没有空间再加一个头:丢弃",
        because: "A packet can be wrapped a few times only.",
        because_zh: "一个包只能封装有限的几层。",
        source: "Linux net/core/dev.h dev_xmit_recursion (XMIT_RECURSION_LIMIT)", linux: "tx_errors",
    }
}
