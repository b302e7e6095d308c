//! Why daemons do what they do.

use crate::reasons;

reasons! {
    /// The store cannot be reached.
    STORE_SILENT = "control.store-silent" {
        en: "{what} has not answered for a second: what is known stays as it is, and the question is repeated",
        zh: "{what} 一秒没有回答:已知的内容保持不变,继续重问",
        because: "Without news nothing is taken away: a control plane that is cut off must not take the data plane with it. Its rows grow stale instead.",
        because_zh: "没有消息就什么也不删:控制面断开不应拖垮数据面;代价是表项会过时。",
        source: "model choice; flannel pkg/subnet/etcd (watches are retried for ever)",
    }
    /// It can be reached again.
    STORE_BACK = "control.store-back" {
        en: "{what} answers again",
        zh: "{what} 又回答了",
        because: "A client asks for what it missed, from the revision it has.",
        because_zh: "客户端从自己已有的修订号开始,补上错过的内容。",
        source: "etcd API guarantees, watch from a revision",
    }
    /// The store is not the one it was.
    STORE_EMPTY = "control.store-empty" {
        en: "{what} has lost its data: the own keys are written again, and everything is read anew",
        zh: "{what} 丢失了数据:重新写入自己的键,并全部重读",
        because: "Revisions of a new store mean nothing to those who knew the old one.",
        because_zh: "新存储的修订号对认识旧存储的人毫无意义。",
        source: "etcd: another cluster id",
    }
    /// A lease is gone.
    LEASE_LOST = "control.lease-lost" {
        en: "the lease has expired at the store: another one is taken, and the own keys are written again",
        zh: "租约在存储处已过期:重新申请,并再次写入自己的键",
        because: "Whoever could not renew in time was taken for dead. When it comes back it registers like a new host.",
        because_zh: "没能及时续约的会被当作已死;回来后像新主机一样重新注册。",
        source: "etcd leases; flannel pkg/subnet/etcd/local_manager.go",
    }
    /// News were missed.
    WATCH_GAP = "control.watch-gap" {
        en: "news from {what} are missing in between: everything is read again",
        zh: "{what} 的消息中间缺了一段:全部重读",
        because: "Each piece of news names the revision told before it. Whoever does not have that one has missed something.",
        because_zh: "每条消息都写明前一条的修订号;没有那一条,就说明错过了什么。",
        source: "etcd API guarantees, ordered watch events",
    }
    /// Somebody stays silent.
    LEASE_EXPIRED = "store.lease-expired" {
        en: "{what} was not renewed in time: its keys are removed, and the watchers told",
        zh: "{what} 没有及时续约:删除它的键,并通知观察者",
        because: "A key on a lease lives as long as its owner renews. So what a dead host registered does not stay for ever.",
        because_zh: "挂在租约上的键只在主人续约期间存在;死去的主机注册的内容不会永远留下。",
        source: "etcd server/lease/lessor.go",
    }
    /// A watcher does not take its news.
    WATCHER_GONE = "store.watcher-gone" {
        en: "{what} has taken no news for too long: it is not told any more, and must ask anew",
        zh: "{what} 太久没有收下消息:不再通知,它得重新来要",
        because: "A store cannot keep news for everybody for ever. Whoever comes back asks from the revision it has.",
        because_zh: "存储不能永远替所有人保留消息;回来的人从自己的修订号开始要。",
        source: "etcd: a broken watch stream is taken up again by the client",
    }
    /// A lease nobody can read.
    LEASE_UNREADABLE = "flannel.lease-unreadable" {
        en: "{what} cannot be read as a lease: no row is written for it",
        zh: "{what} 无法读作租约:不为它写任何表项",
        because: "Anybody can write into the store. What makes no sense must not end the daemon.",
        because_zh: "谁都能往存储里写;读不懂的内容不该让守护进程停下。",
        source: "flannel pkg/subnet/etcd/registry.go",
    }
    /// Another kind of network.
    LEASE_OTHER_BACKEND = "flannel.other-backend" {
        en: "{what} is served by another backend: no row is written for it",
        zh: "{what} 用的是别的后端:不为它写任何表项",
        because: "Hosts with different backends cannot reach each other's subnets.",
        because_zh: "后端不同的主机到不了彼此的子网。",
        source: "flannel pkg/backend/vxlan/vxlan_network.go handleSubnetEvents",
    }
    /// Who has the address of the far VTEP.
    FLANNEL_NEIGH = "flannel.neighbour" {
        en: "the far end of {what} has this hardware address: written before the route, so nobody ever asks for it",
        zh: "{what} 的远端 VTEP 用这个硬件地址:先于路由写入,所以没有人需要问",
        because: "A route whose next hop is unknown would make the kernel ask by ARP in the tunnel, where nobody answers.",
        because_zh: "下一跳未知的路由会让内核在隧道里发 ARP,而那里没有人回答。",
        source: "flannel pkg/backend/vxlan/vxlan_network.go",
    }
    /// Where the far VTEP is.
    FLANNEL_FDB = "flannel.fdb" {
        en: "the VTEP of {what} is behind this host: written before the route, so no frame is flooded",
        zh: "{what} 的 VTEP 在这台主机后面:先于路由写入,所以没有帧被泛洪",
        because: "The VTEP does not learn; it only knows what its daemon tells it.",
        because_zh: "这个 VTEP 不学习,只知道守护进程告诉它的内容。",
        source: "flannel pkg/backend/vxlan/vxlan_network.go",
    }
    /// The way to the subnet.
    FLANNEL_ROUTE = "flannel.route" {
        en: "{what} is reached this way: written last, when everything it needs is there",
        zh: "{what} 由此到达:需要的都齐了,最后才写路由",
        because: "From the moment the route is there packets take it.",
        because_zh: "路由一写入,包就会走它。",
        source: "flannel pkg/backend/vxlan/vxlan_network.go (onlink route)",
    }
    /// Somebody removed it.
    FLANNEL_AUDIT = "flannel.audit" {
        en: "the route to {what} is not as it should be: written again",
        zh: "去 {what} 的路由不是该有的样子:重写",
        because: "Every ten seconds the daemon compares its routes with those of the kernel. What a person removes comes back, and what the kernel refuses is tried again.",
        because_zh: "守护进程每十秒把自己的路由与内核的比较一次:人删掉的会回来,内核拒绝的会再试。",
        source: "flannel pkg/backend/route_network.go (routeCheck)",
    }
    /// The subnet is gone.
    FLANNEL_REMOVED = "flannel.removed" {
        en: "the lease of {what} is gone: the row goes too",
        zh: "{what} 的租约没有了:表项也删除",
        because: "Rows of a daemon do not age. Whoever wrote them takes them away.",
        because_zh: "守护进程写的表项不会老化;谁写的谁删除。",
        source: "flannel pkg/backend/vxlan/vxlan_network.go (EventRemoved)",
    }
    /// A key of Calico nobody can use.
    FELIX_UNREADABLE = "felix.unreadable" {
        en: "{what} does not say what it should: no row follows from it",
        zh: "{what} 没有写明该写的内容:不由它产生任何表项",
        because: "A block must say whose it is, and a host where it is and how its tunnel is addressed.",
        because_zh: "地址块要写明归谁,节点要写明自己在哪里、隧道用什么地址。",
        source: "calico felix/calc/l3_route_resolver.go, vxlan_resolver.go",
    }
    /// A block without a host.
    FELIX_NO_NODE = "felix.no-node" {
        en: "the block {what} has an owner that is not registered as a node: no route until it is",
        zh: "地址块 {what} 的主人没有登记为节点:登记之前没有路由",
        because: "The block says only a name. Where that node is, and how its tunnel is addressed, stands in another key.",
        because_zh: "地址块只写了名字;这个节点在哪里、隧道用什么地址,写在另一个键里。",
        source: "calico felix/dataplane/linux/vxlan_mgr.go (route with missing VTEP)",
    }
    /// Who has the tunnel address of another node.
    FELIX_NEIGHBOUR = "felix.neighbour" {
        en: "the tunnel of {what} has this hardware address: nobody has to ask for it",
        zh: "{what} 的隧道用这个硬件地址:没有人需要问",
        because: "The next hop of the routes is an address inside the tunnel, where nobody would answer ARP.",
        because_zh: "路由的下一跳是隧道里的地址,而隧道里没有人回答 ARP。",
        source: "calico felix/vxlanfdb/vxlan_fdb.go",
    }
    /// Where that tunnel is.
    FELIX_FDB = "felix.fdb" {
        en: "frames for the tunnel of {what} go to this host in an envelope",
        zh: "发往 {what} 隧道的帧,装进信封寄给这台主机",
        because: "The VTEP does not learn: one row for each node is all it needs, however many blocks the node has.",
        because_zh: "这个 VTEP 不学习:每个节点一行就够,不管它有多少地址块。",
        source: "calico felix/vxlanfdb/vxlan_fdb.go",
    }
    /// Where a tunnel without next hops sends to.
    FELIX_PEER = "felix.peer" {
        en: "packets for {what} get an outer header with the address of this host",
        zh: "去 {what} 的报文,外层报头写这台主机的地址",
        because: "On Linux the next hop of the route says so to the tunnel. Here a tunnel has a table of its own.",
        because_zh: "在 Linux 上由路由的下一跳告诉隧道;这里的隧道有自己的表。",
        source: "Linux net/ipv4/ip_tunnel.c ip_tunnel_xmit (rt_nexthop)",
    }
    /// The way to a block.
    FELIX_ROUTE = "felix.route" {
        en: "the block {what} is reached through the tunnel: written last, when everything it needs is there",
        zh: "经隧道到达地址块 {what}:需要的都齐了,最后才写路由",
        because: "One route leads to all pods of a block. From the moment it is there packets take it.",
        because_zh: "一条路由通往整块的 pod;一写入,包就会走它。",
        source: "calico felix/dataplane/linux/vxlan_mgr.go, route_mgr.go (onlink route)",
    }
    /// The way to a block on the same wire.
    FELIX_DIRECT = "felix.direct" {
        en: "the node of {what} is in the same subnet: it is the next hop itself, without an envelope",
        zh: "{what} 的节点在同一子网:它自己就是下一跳,不需要信封",
        because: "No router is between, and the switch reads hardware addresses only.",
        because_zh: "中间没有路由器,而交换机只看硬件地址。",
        source: "calico felix/dataplane/linux/vxlan_mgr.go (CrossSubnet, noEncap routes)",
    }
    /// A block behind a router.
    FELIX_BEYOND = "felix.beyond" {
        en: "the node of {what} is in another subnet, and there is no tunnel: no route",
        zh: "{what} 的节点在另一个子网,又没有隧道:不写路由",
        because: "A next hop must be on the link. Between subnets the routers must learn the block themselves, by BGP, or packets need an envelope.",
        because_zh: "下一跳必须在链路上。跨子网时,要么让路由器自己学到这个地址块(BGP),要么给报文套上信封。",
        source: "calico felix/dataplane/linux/route_mgr.go (noEncapRoute: SameSubnet)",
    }
    /// An own block.
    FELIX_BLACKHOLE = "felix.blackhole" {
        en: "addresses of {what} that no pod has end here",
        zh: "{what} 里没有 pod 使用的地址到此为止",
        because: "All others send the whole block here. Without this row what no pod takes would go out again and circle.",
        because_zh: "别人把整块都送到这里;没有这一行,没有 pod 接收的包又会送出去,来回打转。",
        source: "calico felix/dataplane/linux/vxlan_mgr.go (blackholeRoutes); confd bird_aggr.cfg",
    }
    /// No longer there.
    FELIX_REMOVED = "felix.removed" {
        en: "nothing in the store says any more what {what} follows from: the row goes",
        zh: "存储里不再有 {what} 的依据:删除表项",
        because: "A node or a block was removed, or it is reached in another way now.",
        because_zh: "节点或地址块被删除,或者现在换了一种到达方式。",
        source: "calico felix/routetable/route_table.go",
    }
    /// A row was refused.
    REFUSED = "control.refused" {
        en: "a row could not be written: {what}",
        zh: "有一行写不进去:{what}",
        because: "A daemon that may not write, or has no device to write to, goes on with what works.",
        because_zh: "不能写、或没有可写的设备时,守护进程继续做能做的事。",
        source: "netlink: an error is returned to the program",
    }
    /// An announcement nobody can read.
    UNREADABLE = "control.unreadable" {
        en: "{what} makes no sense: no row follows from it",
        zh: "{what} 读不懂:不由它产生任何表项",
        because: "Anybody can write into the store. What one wrong key says must not end the daemons that read it.",
        because_zh: "谁都能往存储里写;一个错误的键不该让读它的守护进程停下。",
        source: "RFC 7606 (treat as withdrawn, keep the session)",
    }
    /// A row nobody announces any more.
    AGENT_REMOVED = "control.withdrawn" {
        en: "nobody announces {what} there any more: the row goes",
        zh: "没有人再宣告 {what} 在那里:删除表项",
        because: "Rows of a daemon do not age. They go when what they follow from goes.",
        because_zh: "守护进程写的表项不会老化;依据没有了,它们才消失。",
        source: "RFC 7432 §7 (withdrawn routes)",
    }
    /// Another VTEP.
    CONTROLLER_VTEP = "controller.vtep" {
        en: "{what} is a VTEP of this network: what fits no other row is sent there too",
        zh: "{what} 是这个网络的一个 VTEP:不符合其他表项的帧也发一份给它",
        because: "A flood list that a program keeps has no forgotten lines, as long as everybody registers.",
        because_zh: "由程序维护的泛洪列表不会漏行,只要每个人都注册。",
        source: "RFC 7348 §4.1; Linux bridge fdb append 00:00:00:00:00:00",
    }
    /// Where a station is.
    CONTROLLER_STATION = "controller.station" {
        en: "{what} is behind this VTEP, says the controller: no frame has to teach it",
        zh: "控制器说 {what} 在这个 VTEP 后面:不需要靠帧来学习",
        because: "With one key for each station the last one who wrote is believed, right or wrong.",
        because_zh: "每个站点只有一个键,最后写的人说了算,不管对错。",
        source: "model choice; Docker libnetwork drivers/overlay peerdb.go works alike",
    }
    /// What a question is answered with.
    CONTROLLER_ANSWER = "controller.answer" {
        en: "questions for {what} can be answered here: no ARP goes through the tunnel",
        zh: "问 {what} 的 ARP 可以在本地回答:不必穿过隧道",
        because: "ARP is what floods most in a quiet network, and the answer is known.",
        because_zh: "安静的网络里泛洪最多的就是 ARP,而答案已经知道。",
        source: "Linux drivers/net/vxlan arp_reduce; Docker libnetwork overlay",
    }
    /// Another member.
    GOSSIP_JOINED = "gossip.joined" {
        en: "{what} is a member: it is probed from now on, and told what is new",
        zh: "{what} 成为成员:从现在起探测它,并把新消息告诉它",
        because: "Whoever knows one member soon knows all, for each tells what it hears to others.",
        because_zh: "认识一个成员,很快就认识全部:每个成员都把听到的转告别人。",
        source: "memberlist state.go aliveNode; Docker libnetwork networkdb",
    }
    /// A member does not answer.
    GOSSIP_SUSPECT = "gossip.suspect" {
        en: "{what} has not answered a probe: it is suspected, and given four seconds to contradict",
        zh: "{what} 没有回答探测:列为可疑,给它四秒时间反驳",
        because: "One lost datagram is no death. The suspicion is told around until it reaches the suspect itself.",
        because_zh: "丢一个数据报不等于死亡。怀疑会一路传开,直到被怀疑者自己听到。",
        source: "SWIM (Das et al. 2002); memberlist state.go suspectNode",
    }
    /// A member is dead.
    GOSSIP_DEAD = "gossip.dead" {
        en: "{what} is dead: all it has told is forgotten",
        zh: "{what} 已死:它说过的全部忘掉",
        because: "What a dead host said of its stations is worth nothing, and nobody else would ever take it back.",
        because_zh: "死去的主机所说的站点已无意义,而且再没有别人会收回这些消息。",
        source: "Docker libnetwork networkdb/nodemgmt.go changeNodeState",
    }
    /// The suspicion is about this host.
    GOSSIP_REFUTED = "gossip.refuted" {
        en: "others take {what} for suspect or dead, which is this host: contradicted with a higher number",
        zh: "别人以为 {what}(本机)可疑或已死:用更大的编号反驳",
        because: "News about a member with a higher number replace older ones, and only the member itself may count up.",
        because_zh: "编号更大的消息取代旧消息,而只有成员自己能增大编号。",
        source: "memberlist state.go refute",
    }
    /// Where a station is.
    GOSSIP_PEER = "gossip.peer" {
        en: "{what} is behind this VTEP, says its host",
        zh: "{what} 的主机说它在这个 VTEP 后面",
        because: "Only hosts with a container in the network are told, so nobody keeps rows it has no use for.",
        because_zh: "只有网络里有容器的主机才会被告知,所以没有人保存用不着的表项。",
        source: "Docker libnetwork drivers/overlay peerdb.go peerAddOp",
    }
    /// What a question is answered with.
    GOSSIP_ANSWER = "gossip.answer" {
        en: "questions for {what} are answered here, and never sent into the tunnel",
        zh: "问 {what} 的 ARP 在本地回答,不进隧道",
        because: "There is no flood list: a question for somebody unknown is swallowed.",
        because_zh: "没有泛洪列表:问到未知对象的 ARP 会被吞掉。",
        source: "Docker libnetwork drivers/overlay; Linux drivers/net/vxlan arp_reduce",
    }
    /// Type 3.
    EVPN_INCLUSIVE = "evpn.inclusive" {
        en: "{what} is in the network, says its type 3 route: what goes to everybody goes there too",
        zh: "{what} 的 3 类路由说它在这个网络里:发给所有人的也发给它",
        because: "An inclusive multicast route names the VTEP that wants copies; the sender makes them.",
        because_zh: "3 类路由(包含性组播)说明谁要副本;由发送者复制。",
        source: "RFC 7432 §7.3, §11; RFC 8365 §5.1.2",
    }
    /// Type 2.
    EVPN_MAC_IP = "evpn.mac-ip" {
        en: "{what} is behind this VTEP, says the best type 2 route for it",
        zh: "最好的 2 类路由说 {what} 在这个 VTEP 后面",
        because: "More moves win; with as many the lower VTEP address. So all believe the same.",
        because_zh: "移动次数多的胜;相同则 VTEP 地址小的胜。这样大家相信的一致。",
        source: "RFC 7432 §7.2, §7.7, §15",
    }
    /// ARP suppression.
    EVPN_ANSWER = "evpn.answer" {
        en: "questions for {what} are answered here, from its type 2 route",
        zh: "问 {what} 的 ARP 由本地依据它的 2 类路由回答",
        because: "A type 2 route carries the IP address too, so the answer need not be fetched through the tunnel.",
        because_zh: "2 类路由也带 IP 地址,所以答案不必穿过隧道去取。",
        source: "RFC 7432 §10 (ARP suppression)",
    }
    /// The station is at another VTEP now.
    EVPN_MOVED = "evpn.moved-away" {
        en: "{what} has moved: another VTEP announces it with a higher sequence number, so it is announced here no more",
        zh: "{what} 移走了:另一个 VTEP 用更大的序号宣告它,所以这里不再宣告",
        because: "The old place hears of the move from the new one, which counts one more.",
        because_zh: "旧位置从新位置得知移动:新位置的序号大一。",
        source: "RFC 7432 §15",
    }
    /// Two at once.
    EVPN_DUPLICATE = "evpn.duplicate" {
        en: "{what} is announced by a VTEP with a lower address and as many moves: that one is believed, this one withdraws",
        zh: "另一个地址更小的 VTEP 以同样的移动次数宣告 {what}:相信它,本机撤回",
        because: "All must believe the same one, or each would send somewhere else. Any rule does that everybody follows.",
        because_zh: "大家必须相信同一个,否则各发各的;任何人人遵守的规则都行。",
        source: "RFC 7432 §15",
    }
}
