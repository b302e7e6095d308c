//! What a switch can say about a frame.

use crate::reasons;

reasons! {
    /// Known destination.
    FORWARD_KNOWN = "bridge.forward-known" {
        en: "{dst} is in the table: one copy leaves by port {out}",
        zh: "表中有 {dst}:只从端口 {out} 送出一份",
        because: "A switch looks the destination up and sends one copy to where that address last spoke.",
        because_zh: "交换机查目的地址,只把一份送到该地址上次出现的端口。",
        source: "IEEE 802.1Q-2022 §8.8; Linux net/bridge/br_input.c br_handle_frame_finish",
        costs: [BridgeLookup],
    }
    /// Unknown destination.
    FLOOD_UNKNOWN = "bridge.flood-unknown" {
        en: "{dst} is in no row: copies leave by every other port ({out})",
        zh: "表中没有 {dst}:从其他每个端口({out})各送一份",
        because: "A destination that has not spoken could be anywhere, so every port but the one it came in by gets a copy.",
        because_zh: "没说过话的目的地可能在任何地方,所以除入口外每个端口都送一份。",
        source: "IEEE 802.1Q-2022 §8.8; Linux net/bridge/br_forward.c br_flood",
        costs: [BridgeLookup],
    }
    /// Broadcast.
    FLOOD_BROADCAST = "bridge.flood-broadcast" {
        en: "ff:ff:ff:ff:ff:ff means everybody: copies leave by every other port ({out})",
        zh: "ff:ff:ff:ff:ff:ff 指所有人:从其他每个端口({out})各送一份",
        because: "A broadcast is for every station, so no table is asked.",
        because_zh: "广播发给每个站点,所以不查表。",
        source: "IEEE 802.1Q-2022 §8.8; Linux net/bridge/br_forward.c br_flood",
        costs: [BridgeLookup],
    }
    /// Multicast.
    FLOOD_MULTICAST = "bridge.flood-multicast" {
        en: "{dst} is a group and nobody keeps a list of members: copies leave by every other port ({out})",
        zh: "{dst} 是组播地址,没有成员表:从其他每个端口({out})各送一份",
        because: "Without snooping a switch cannot know the members of a group.",
        because_zh: "没有侦听(snooping),交换机不知道组成员在哪里。",
        source: "IEEE 802.1Q-2022 §8.8; Linux net/bridge/br_forward.c br_flood",
        costs: [BridgeLookup],
    }
    /// A hub repeats.
    HUB_REPEAT = "bridge.hub-repeat" {
        en: "a hub repeats: copies leave by every other port ({out})",
        zh: "集线器只会重复:从其他每个端口({out})各送一份",
        because: "A hub has no memory and reads no address.",
        because_zh: "集线器没有记忆,也不看地址。",
        source: "IEEE 802.3 §9 (repeater)",
        costs: [BridgeLookup],
    }
    /// A new source.
    LEARNED = "bridge.learned" {
        en: "{src} is new: remembered behind port {in}",
        zh: "{src} 是新地址:记在端口 {in} 之后",
        because: "A switch learns from source addresses: whoever sent this frame can be reached where it came in.",
        because_zh: "交换机从源地址学习:发来这个帧的站点就在它进来的端口之后。",
        source: "IEEE 802.1Q-2022 §8.7; Linux net/bridge/br_fdb.c br_fdb_update",
    }
    /// A source has moved.
    MOVED = "bridge.moved" {
        en: "{src} was behind another port: its row now says port {in}",
        zh: "{src} 原在别的端口:它的表项改为端口 {in}",
        because: "The last speaker wins. This lets a station move, and lets a liar steal traffic.",
        because_zh: "最后说话的算数:站点可以搬家,骗子也可以偷流量。",
        source: "Linux net/bridge/br_fdb.c br_fdb_update",
    }
    /// No room for a new source.
    TABLE_FULL = "bridge.table-full" {
        en: "the table is full ({n} rows): {src} is not learned",
        zh: "表已满({n} 行):没有学习 {src}",
        because: "At its limit this switch keeps the rows it has; the newcomer stays unknown, its frame goes on.",
        because_zh: "到达上限时保留已有表项;新来者仍是未知,但它的帧照常转发。",
        source: "Linux net/bridge/br_fdb.c fdb_create (fdb_max_learned)",
    }
    /// The oldest row made room.
    EVICTED = "bridge.evicted" {
        en: "the table is full ({n} rows): the row silent longest makes room for {src}",
        zh: "表已满({n} 行):沉默最久的表项给 {src} 让位",
        because: "Some switch chips forget the oldest row; whoever was quiet becomes audible to everybody.",
        because_zh: "有些交换芯片忘掉最旧的表项;安静的站点因此被所有人听见。",
        source: "vendor-dependent (LRU eviction)",
    }
    /// A row of the same hash bucket was overwritten.
    OVERWRITTEN = "bridge.overwritten" {
        en: "the hash bucket of {src} is full: its oldest row is overwritten",
        zh: "{src} 的哈希桶已满:覆盖桶中最旧的表项",
        because: "Hardware tables are hash buckets of a few rows; a full bucket overwrites while others have room.",
        because_zh: "硬件表由很小的哈希桶组成;一个桶满了就覆盖,哪怕别的桶还空着。",
        source: "vendor-dependent (hash buckets)",
    }
    /// A row that may not move.
    PINNED = "bridge.pinned" {
        en: "{src} has a row that may not move: port {in} is not believed",
        zh: "{src} 的表项不许移动:不采信端口 {in}",
        because: "A sticky or secure row keeps its port whoever claims the address.",
        because_zh: "粘滞或安全表项不因别处出现同一地址而改变端口。",
        source: "Linux net/bridge/br_fdb.c br_fdb_update (BR_FDB_STICKY)",
    }
    /// Destination is where the frame came from.
    SAME_PORT = "bridge.same-port" {
        en: "{dst} is behind port {in}, where the frame came from: it is there already",
        zh: "{dst} 就在入口端口 {in} 之后:帧已经在那里了",
        because: "A frame is never sent back out of its own port unless hairpin is on.",
        because_zh: "除非打开发夹模式(hairpin),帧不会从入口端口送回。",
        source: "Linux net/bridge/br_forward.c should_deliver",
    }
    /// Nobody else to send to.
    NO_OTHER_PORT = "bridge.no-other-port" {
        en: "no other port may send this frame",
        zh: "没有别的端口可以送出这个帧",
        because: "Every other port is down, isolated, in another VLAN, or told not to flood this kind of frame.",
        because_zh: "其他端口都已断开、被隔离、属于别的 VLAN,或被设为不泛洪这类帧。",
        source: "Linux net/bridge/br_forward.c should_deliver",
    }
    /// Isolated ports exchange nothing.
    ISOLATED = "bridge.isolated" {
        en: "ports {in} and the one of {dst} are both isolated",
        zh: "端口 {in} 与 {dst} 所在端口都被隔离",
        because: "Isolated ports reach only ports that are not isolated.",
        because_zh: "被隔离的端口只能与未隔离的端口通信。",
        source: "Linux net/bridge/br_private.h br_skb_isolated",
    }
    /// The port of the destination is down.
    PORT_DOWN = "bridge.port-down" {
        en: "the port of {dst} has no carrier",
        zh: "{dst} 所在端口没有载波",
        because: "A static row outlives its port's carrier; nothing can be sent there.",
        because_zh: "静态表项不随载波消失,但那里发不出去。",
        source: "Linux net/bridge/br_forward.c should_deliver",
    }
    /// Longer than the port may send.
    TOO_LONG = "bridge.too-long" {
        en: "{n} bytes are more than the port of {dst} may send: dropped without a word",
        zh: "{n} 字节超过 {dst} 所在端口允许的长度:悄悄丢弃",
        because: "A bridge has no IP address to send an error from, so a frame over MTU + 18 bytes vanishes.",
        because_zh: "网桥没有 IP 地址,发不出差错报文,所以超过 MTU + 18 字节的帧就消失了。",
        source: "Linux include/linux/netdevice.h __is_skb_forwardable", linux: "PKT_TOO_BIG",
    }
    /// The source is no station.
    INVALID_SOURCE = "bridge.invalid-source" {
        en: "the source {src} is not the address of a station",
        zh: "源地址 {src} 不是站点地址",
        because: "A group or the zero address cannot send, so nothing could be learned from it.",
        because_zh: "组地址或全零地址不会发送,学不到任何东西。",
        source: "Linux net/bridge/br_input.c br_handle_frame", linux: "MAC_INVALID_SOURCE",
    }
    /// Shorter than an Ethernet header.
    RUNT = "bridge.runt" {
        en: "{n} bytes are too few for an Ethernet header",
        zh: "{n} 字节不够一个以太网报头",
        because: "Without both addresses there is nothing to look up.",
        because_zh: "没有两个地址就无从查表。",
        source: "IEEE 802.3 §3.2", linux: "PKT_TOO_SMALL",
    }
    /// A link-local group is not forwarded.
    LINK_LOCAL = "bridge.link-local" {
        en: "{dst} is for this link only: bridges do not pass it on",
        zh: "{dst} 只用于本链路:网桥不转发",
        because: "01:80:c2:00:00:01 to :0f are for the neighbour itself (pause, LLDP, LACP).",
        because_zh: "01:80:c2:00:00:01 到 :0f 只给相邻设备(PAUSE、LLDP、LACP)。",
        source: "IEEE 802.1Q-2022 §8.6.3; Linux net/bridge/br_input.c",
    }
    /// One address too many.
    PORT_SECURITY = "bridge.port-security" {
        en: "port {in} may not hear {src}: its limit of addresses is {n}, or the address belongs to another port",
        zh: "端口 {in} 不接受 {src}:地址上限为 {n},或该地址属于别的端口",
        because: "Port security counts addresses, not intentions: an attacker and a host full of containers look alike.",
        because_zh: "端口安全数的是地址,不是意图:攻击者和装满容器的主机看起来一样。",
        source: "Cisco Catalyst port security",
    }
    /// The port was shut by port security.
    ERR_DISABLED = "bridge.err-disabled" {
        en: "port {in} was shut by port security",
        zh: "端口 {in} 已被端口安全关闭",
        because: "After a violation in shutdown mode nothing passes until somebody, or a timer, opens the port.",
        because_zh: "shutdown 模式下一旦违例,端口关闭,直到人工或定时器恢复。",
        source: "Cisco Catalyst port security (err-disabled)",
    }
    /// The frame of an unlearnable source is dropped.
    TABLE_FULL_DROP = "bridge.table-full-drop" {
        en: "the table is full ({n} rows) and this switch drops frames it cannot learn from",
        zh: "表已满({n} 行),这台交换机丢弃学不到源地址的帧",
        because: "Dropping keeps secrets, and locks out every newcomer while the attack lasts.",
        because_zh: "丢弃能保密,但攻击期间新来者都被拒之门外。",
        source: "HPE undo mac-address max-mac-count enable-forwarding",
    }
    /// Not a member of the VLAN at the way in.
    VLAN_INGRESS = "bridge.vlan-ingress" {
        en: "port {in} does not belong to VLAN {n}",
        zh: "端口 {in} 不属于 VLAN {n}",
        because: "A frame is admitted only into a VLAN its port is a member of.",
        because_zh: "帧只能进入其端口所属的 VLAN。",
        source: "IEEE 802.1Q-2022 §8.6.2; Linux net/bridge/br_vlan.c br_allowed_ingress", linux: "BRIDGE_INGRESS_STP_STATE",
    }
    /// An untagged frame on a port without a native VLAN.
    VLAN_UNTAGGED = "bridge.vlan-untagged" {
        en: "port {in} takes tagged frames only",
        zh: "端口 {in} 只接受带标签的帧",
        because: "A trunk without a native VLAN has no VLAN to put an untagged frame into.",
        because_zh: "没有本征 VLAN 的干道无法归类不带标签的帧。",
        source: "IEEE 802.1Q-2022 §6.9",
    }
    /// Not a member of the VLAN at the way out.
    VLAN_EGRESS = "bridge.vlan-egress" {
        en: "the port of {dst} does not belong to VLAN {n}",
        zh: "{dst} 所在端口不属于 VLAN {n}",
        because: "A frame leaves only by ports that are members of its VLAN.",
        because_zh: "帧只从其 VLAN 的成员端口离开。",
        source: "IEEE 802.1Q-2022 §8.6.4; Linux net/bridge/br_vlan.c br_allowed_egress",
    }
    /// A port number the switch does not have.
    NO_PORT = "bridge.no-port" {
        en: "there is no such port",
        zh: "没有这个端口",
        because: "Frames can be injected anywhere; a port that does not exist takes none.",
        because_zh: "帧可以从任何地方注入;不存在的端口不接收。",
        source: "model choice",
    }
    /// Snooping: members are known.
    SNOOP_MEMBERS = "bridge.snoop-members" {
        en: "somebody behind {out} has said to listen to {dst}: copies leave by these ports and to routers, no others",
        zh: "{out} 之后有人说过在听 {dst}:只从这些端口和通往路由器的端口送出",
        because: "A switch that snoops reads the reports of listeners and sends a group where somebody asked for it.",
        because_zh: "侦听的交换机读听者的报告,只把组播送到有人要的地方。",
        source: "RFC 4541 §2.1.2; Linux net/bridge/br_forward.c br_multicast_flood",
        costs: [BridgeLookup],
    }
    /// Snooping: no members, but routers.
    SNOOP_ONLY_ROUTERS = "bridge.snoop-only-routers" {
        en: "nobody here listens to {dst}: it goes to the routers behind {out} only",
        zh: "这里没有人听 {dst}:只送给 {out} 之后的路由器",
        because: "A router may have listeners in other networks that this switch cannot hear.",
        because_zh: "路由器后面可能有别的网络的听者,交换机听不到他们。",
        source: "RFC 4541 §2.1.2; Linux net/bridge/br_forward.c br_multicast_flood",
        costs: [BridgeLookup],
    }
    /// Snooping: nobody at all.
    SNOOP_NOBODY = "bridge.snoop-nobody" {
        en: "nobody has said to listen to {dst}, and no port leads to a router: dropped",
        zh: "没有人说过在听 {dst},也没有端口通往路由器:丢弃",
        because: "Where a querier makes listeners speak, silence means that there are none.",
        because_zh: "有查询者催听者说话,不作声就是没有听者。",
        source: "RFC 4541 §2.1.2; Linux net/bridge/br_input.c br_handle_frame_finish",
    }
    /// Snooping: members only where it came from.
    SNOOP_ALREADY_THERE = "bridge.snoop-already-there" {
        en: "the only listeners to {dst} are behind port {in}, where the frame came from, or may not be reached",
        zh: "{dst} 的听者都在入口端口 {in} 之后,或者不可到达",
        because: "A frame is never sent back out of its own port unless hairpin is on.",
        because_zh: "除非打开发夹模式(hairpin),帧不会从入口端口送回。",
        source: "Linux net/bridge/br_forward.c should_deliver",
    }
    /// Snooping without a querier.
    SNOOP_NO_QUERIER = "bridge.snoop-no-querier" {
        en: "nobody here asks who listens, so the list of listeners to {dst} may be old: copies leave by every other port ({out})",
        zh: "这里没有人问谁在听,{dst} 的成员表可能过时:从其他每个端口({out})各送一份",
        because: "Listeners repeat themselves only when asked. Without a querier a switch that trusted its list would cut them off after minutes.",
        because_zh: "听者只有被问才会重复。没有查询者时若相信成员表,几分钟后就会切断他们。",
        source: "RFC 4541 §2.1.1; Linux net/bridge/br_private.h br_multicast_querier_exists",
        costs: [BridgeLookup],
    }
    /// Snooping: too early.
    SNOOP_SETTLING = "bridge.snoop-settling" {
        en: "listeners to {dst} have not had the time to answer the first question: copies leave by every other port ({out})",
        zh: "{dst} 的听者还来不及回答第一次查询:从其他每个端口({out})各送一份",
        because: "Answers may take ten seconds. Until then nobody knows all listeners.",
        because_zh: "回答最多要十秒,在那之前没有人知道全部听者。",
        source: "Linux net/bridge/br_multicast.c br_multicast_set_querier, br_multicast_update_query_timer",
        costs: [BridgeLookup],
    }
    /// Snooping: a group of the link.
    SNOOP_LINK_LOCAL = "bridge.snoop-link-local" {
        en: "{dst} is a group of the link itself, or says who listens: copies leave by every other port ({out})",
        zh: "{dst} 是链路本地的组,或者在说谁在听:从其他每个端口({out})各送一份",
        because: "Nobody reports 224.0.0.1 to 224.0.0.255, so nobody may be left out.",
        because_zh: "没有人报告 224.0.0.1 到 224.0.0.255,所以不能落下任何人。",
        source: "RFC 4541 §2.1.2 (3); Linux net/bridge/br_multicast.c br_multicast_ipv4_rcv",
        costs: [BridgeLookup],
    }
    /// Snooping: not IPv4.
    SNOOP_NOT_IP = "bridge.snoop-not-ip" {
        en: "{dst} is a group, but this is no IPv4 packet this switch can read: copies leave by every other port ({out})",
        zh: "{dst} 是组播地址,但这不是交换机能读的 IPv4 包:从其他每个端口({out})各送一份",
        because: "Only listeners to IP groups say so; for all others the switch knows nothing.",
        because_zh: "只有 IP 组的听者会报告;对其他组,交换机一无所知。",
        source: "RFC 4541 §2.1.2 (5); Linux net/bridge/br_multicast.c br_multicast_rcv",
        costs: [BridgeLookup],
    }
    /// Snooping: damaged.
    SNOOP_MALFORMED = "bridge.snoop-malformed" {
        en: "the message who listens is damaged: dropped",
        zh: "关于谁在听的报文已损坏:丢弃",
        because: "A switch that snoops drops what it would have to believe and cannot read.",
        because_zh: "侦听的交换机丢弃它本该采信却读不懂的报文。",
        source: "Linux net/ipv4/igmp.c ip_mc_check_igmp", linux: "igmp_parse_errors",
    }
    /// Snooping: a new listener.
    SNOOP_JOINED = "bridge.snoop-joined" {
        en: "somebody behind port {in} listens to a group: remembered",
        zh: "端口 {in} 之后有人在听一个组:记下",
        because: "The report is meant for routers. The switch reads it in passing.",
        because_zh: "报告是给路由器的,交换机顺便读了。",
        source: "RFC 4541 §2.1.1; Linux net/bridge/br_multicast.c br_ip4_multicast_add_group",
    }
    /// Snooping: somebody leaves.
    SNOOP_LEAVING = "bridge.snoop-leaving" {
        en: "somebody behind port {in} leaves a group: who still listens there has two seconds to say so",
        zh: "端口 {in} 之后有人离开一个组:还在听的人有两秒钟可以出声",
        because: "Behind a port there may be several listeners, so one that leaves does not end the group there.",
        because_zh: "一个端口之后可能有几个听者,走了一个,组还不算结束。",
        source: "RFC 2236 §3; Linux net/bridge/br_multicast.c br_multicast_leave_group",
    }
    /// Snooping: a router.
    SNOOP_ROUTER = "bridge.snoop-router" {
        en: "{src} asks who listens, so port {in} leads to a router: all groups go there too",
        zh: "{src} 问谁在听,所以端口 {in} 通往路由器:所有组也送到那里",
        because: "Whoever asks passes groups on, and so needs all of them.",
        because_zh: "提问的人会转发组播,所以全部都需要。",
        source: "RFC 4541 §2.1.1; Linux net/bridge/br_multicast.c br_ip4_multicast_mark_router",
    }
    /// Snooping: reports go to routers.
    SNOOP_TO_ROUTERS = "bridge.snoop-to-routers" {
        en: "a report goes to the routers behind {out} only",
        zh: "报告只送给 {out} 之后的路由器",
        because: "Another listener that heard it would keep silent, and this switch would not learn of that one.",
        because_zh: "别的听者听到后会不作声,交换机就学不到他了。",
        source: "RFC 4541 §2.1.1 (1); Linux net/bridge/br_multicast.c br_multicast_ipv4_rcv",
        costs: [BridgeLookup],
    }
    /// Snooping: a report ends here.
    SNOOP_HEARD = "bridge.snoop-heard" {
        en: "the report is noted; no port leads to a router, so it ends here",
        zh: "报告已记下;没有端口通往路由器,到此为止",
        because: "Another listener that heard it would keep silent, and this switch would not learn of that one.",
        because_zh: "别的听者听到后会不作声,交换机就学不到他了。",
        source: "RFC 4541 §2.1.1 (1); Linux net/bridge/br_multicast.c br_multicast_ipv4_rcv",
    }
    /// Snooping: too many groups.
    SNOOP_FULL = "bridge.snoop-full" {
        en: "there is no room for another group: this switch gives up snooping, and drops the report",
        zh: "放不下更多的组:交换机放弃侦听,并丢弃这个报告",
        because: "With a list that lacks groups, it would cut off listeners; without any, all get everything.",
        because_zh: "成员表缺了组就会切断听者;干脆不要表,大家就都收得到。",
        source: "Linux net/bridge/br_multicast.c br_multicast_new_group (multicast_hash_max)",
    }
    /// The switch asks about all groups.
    ASK_ALL = "bridge.ask-all" {
        en: "this switch is the querier: it asks all behind {out} which groups they listen to",
        zh: "这台交换机是查询者:问 {out} 之后的所有人在听哪些组",
        because: "Lists of listeners grow old. Where no router asks, the switch may do it.",
        because_zh: "成员表会过时。没有路由器来问时,交换机可以代劳。",
        source: "RFC 4541 §2.1.1; Linux net/bridge/br_multicast.c br_multicast_send_query",
    }
    /// The switch asks about one group.
    ASK_GROUP = "bridge.ask-group" {
        en: "this switch is the querier: it asks behind {out} whether anybody still listens to the group",
        zh: "这台交换机是查询者:问 {out} 之后是否还有人在听这个组",
        because: "Somebody left. Only who is asked can tell that others are still there.",
        because_zh: "有人离开了,问过才知道是否还有别人。",
        source: "RFC 3376 §6.6.3; Linux net/bridge/br_multicast.c __grp_send_query_and_rexmit",
    }
    /// A SYN that promises too much.
    MSS_CLAMPED = "bridge.mss-clamped" {
        en: "this SYN announces longer segments than {n} bytes: the bridge writes {n} over it",
        zh: "这个 SYN 宣告的段比 {n} 字节长:网桥把它改写为 {n}",
        because: "Neither end of a TCP connection sends longer segments than the other announced, so a rule in the middle can keep them short. It helps TCP alone.",
        because_zh: "TCP 连接的任何一端都不会发出比对端所宣告更长的段,所以中间的一条规则就能让段变短。它只帮得了 TCP。",
        source: "RFC 9293 §3.7.1; Linux net/netfilter/nft_exthdr.c nft_exthdr_tcp_set_eval",
    }
    /// For a program that wants to know.
    STATION_HERE = "bridge.station-here" {
        en: "{what} lives on this host: the daemon that asked is told",
        zh: "{what} 在本机:通知订阅的守护进程",
        because: "What a bridge learns at its own ports is news for a control plane: so the data plane feeds it.",
        because_zh: "网桥在自己端口上学到的,正是控制面要的消息:数据面就这样喂给控制面。",
        source: "Linux net/bridge/br_fdb.c fdb_notify (RTM_NEWNEIGH)",
    }
    /// Its IP address too.
    STATION_IP = "bridge.station-ip" {
        en: "{what}: so it says in its ARP, and the daemon that asked is told",
        zh: "{what}:它在 ARP 里这样说,通知订阅的守护进程",
        because: "Whoever asks for a neighbour says who it is itself.",
        because_zh: "打听邻居的人同时也报出了自己是谁。",
        source: "RFC 9161 §3.2",
    }
    /// It does not live here any more.
    STATION_GONE = "bridge.station-gone" {
        en: "{what} does not live on this host any more: the daemon that asked is told",
        zh: "{what} 已不在本机:通知订阅的守护进程",
        because: "A row that aged, was flushed with its port, or now leads into the tunnel is no station of this host.",
        because_zh: "老化了、随端口清掉、或改为通向隧道的表项,都不再是本机的站点。",
        source: "Linux net/bridge/br_fdb.c fdb_notify (RTM_DELNEIGH)",
    }
}
