//! Why a speaker takes, changes, refuses and tells routes, and why sessions come and go.

use crate::reasons;

reasons! {
    /// The first route for a prefix.
    LEARNED = "bgp.learned" {
        en: "{what}: the first route heard for it",
        zh: "{what}:第一次听到它的路由",
        because: "A router takes what it is told as long as the path does not lead through its own AS.",
        because_zh: "只要路径不经过自己的 AS,路由器就采用别人告诉它的路由。",
        source: "RFC 4271 §9.1",
    }
    /// A route of this router itself.
    ORIGINATED = "bgp.originated" {
        en: "{what}: a route of this router itself, taken before any other",
        zh: "{what}:这台路由器自己的路由,优先于其他一切",
        because: "What is configured or connected here is where the path begins: nobody can know a better one.",
        because_zh: "在本地配置或直连的网络就是路径的起点:没人知道更好的路。",
        source: "RFC 4271 §9.4",
    }
    /// The same neighbour tells another path.
    REPLACED = "bgp.replaced" {
        en: "{what}: the neighbour it leads by now tells another path, which takes the place of the old one",
        zh: "{what}:下一跳邻居改说另一条路径,取代旧的",
        because: "A neighbour has one route for a prefix: a new UPDATE withdraws the one before without saying so.",
        because_zh: "一个邻居对一个前缀只有一条路由:新的 UPDATE 隐含撤销旧的。",
        source: "RFC 4271 §9.1.4",
    }
    /// The chosen route is gone or worse.
    NEXT_BEST = "bgp.next-best" {
        en: "{what}: the route taken so far is gone or worse, and the best of the remaining ones is taken",
        zh: "{what}:原来的路由没了或变差,改用剩下的里最好的",
        because: "What remains may lead through the same failure, and its AS_PATH cannot tell: so paths are hunted.",
        because_zh: "剩下的路径可能经过同一处故障,AS 列表看不出来:路径搜索就是这样来的。",
        source: "RFC 4271 §9.1",
    }
    /// No route is left.
    UNREACHABLE = "bgp.unreachable" {
        en: "{what}: no route is left",
        zh: "{what}:再没有路由",
        because: "Everybody who told a route has withdrawn it, or only tells paths through this AS.",
        because_zh: "所有说过路由的邻居都撤销了,或者只剩经过本 AS 的路径。",
        source: "RFC 4271 §9.1",
    }
    /// Better at LOCAL_PREF.
    LIKED_MORE = "bgp.local-pref" {
        en: "{what}: a larger LOCAL_PREF, which is looked at before the length of the path",
        zh: "{what}:LOCAL_PREF 更大,它比路径长度先看",
        because: "What an AS prefers is its own business, and often its money: policy stands before distance.",
        because_zh: "一个 AS 偏爱什么是它自己的事,常常也是钱的事:策略先于距离。",
        source: "RFC 4271 §9.1.1",
    }
    /// Better at the length of the path.
    SHORTER = "bgp.shorter-path" {
        en: "{what}: a path through fewer ASes",
        zh: "{what}:经过的 AS 更少",
        because: "Among routes that are liked the same, the number of ASes is the only distance BGP has.",
        because_zh: "偏好相同时,AS 的个数是 BGP 仅有的距离。",
        source: "RFC 4271 §9.1.2.2 a",
    }
    /// Better at ORIGIN.
    BETTER_ORIGIN = "bgp.origin" {
        en: "{what}: a better ORIGIN",
        zh: "{what}:ORIGIN 更好",
        because: "IGP before EGP before incomplete: how surely the first AS knew of the network.",
        because_zh: "IGP 优于 EGP,EGP 优于 incomplete:看第一个 AS 对这个网络有多确定。",
        source: "RFC 4271 §9.1.2.2 b",
    }
    /// Better at MED.
    SMALLER_MED = "bgp.med" {
        en: "{what}: a smaller MED of the same neighbouring AS",
        zh: "{what}:同一邻居 AS 给的 MED 更小",
        because: "A neighbour with several doors says by MED which one it would like to be used.",
        because_zh: "邻居 AS 有几道门时,用 MED 表示希望走哪一道。",
        source: "RFC 4271 §9.1.2.2 c",
    }
    /// eBGP before iBGP.
    EXTERNAL = "bgp.ebgp-over-ibgp" {
        en: "{what}: heard outside the AS, the other inside",
        zh: "{what}:这条从 AS 外听到,另一条从内部听到",
        because: "The sooner a packet leaves the AS, the less it costs: hot-potato routing.",
        because_zh: "包越早离开本 AS 越省:热土豆路由。",
        source: "RFC 4271 §9.1.2.2 d",
    }
    /// A nearer next hop.
    NEARER = "bgp.igp-distance" {
        en: "{what}: its next hop is nearer",
        zh: "{what}:它的下一跳更近",
        because: "Between two doors out of the AS the nearer one is taken.",
        because_zh: "出 AS 的两道门取近的。",
        source: "RFC 4271 §9.1.2.2 e",
    }
    /// As good, and one has to be taken.
    TIE = "bgp.tie-break" {
        en: "{what}: as good as the other, and told by a router with a smaller identifier or address",
        zh: "{what}:与另一条一样好,只是告知者的标识或地址更小",
        because: "Some rule has to settle it, and every router has to settle it the same way each time.",
        because_zh: "总要有条规则定夺,而且每次都要定得一样。",
        source: "RFC 4271 §9.1.2.2 f, g",
    }
    /// A path through the own AS.
    OWN_AS = "bgp.own-as" {
        en: "{what} refused: its path leads through this AS",
        zh: "{what} 被拒绝:路径里有本 AS",
        because: "Whoever finds itself in the list has heard its own echo. This is what RIP cannot see.",
        because_zh: "在列表里看到自己,就是听到了自己的回声。RIP 看不见这一点。",
        source: "RFC 4271 §9.1.2",
    }
    /// A route this router brought in itself.
    OWN_ID = "bgp.own-originator" {
        en: "{what} refused: it was brought into the AS by this router",
        zh: "{what} 被拒绝:把它带进本 AS 的就是这台路由器",
        because: "Inside an AS the path does not grow, so reflectors write down who a route came from.",
        because_zh: "AS 内部路径不会变长,所以反射器记下路由来自谁。",
        source: "RFC 4456 §8",
    }
    /// A route this reflector passed on before.
    OWN_CLUSTER = "bgp.own-cluster" {
        en: "{what} refused: this reflector has passed it on already",
        zh: "{what} 被拒绝:这台反射器已经转告过它",
        because: "CLUSTER_LIST is to reflectors what AS_PATH is to ASes.",
        because_zh: "CLUSTER_LIST 之于反射器,正如 AS_PATH 之于 AS。",
        source: "RFC 4456 §8",
    }
    /// A route that leads to this router.
    OWN_NEXT_HOP = "bgp.own-next-hop" {
        en: "{what} refused: its next hop is this router",
        zh: "{what} 被拒绝:它的下一跳就是这台路由器",
        because: "A packet would come back to where it is.",
        because_zh: "包会回到它所在的地方。",
        source: "RFC 4271 §6.3",
    }
    /// A bad attribute.
    TREATED = "bgp.treated-as-withdrawn" {
        en: "{what}: an attribute is wrong, the route counts as withdrawn and the session stays",
        zh: "{what}:某个属性有错,路由当作撤销,会话保留",
        because: "One bad attribute used to end the session and take all its routes along, again and again.",
        because_zh: "以前一个坏属性就会断掉会话并带走全部路由,而且一再重演。",
        source: "RFC 7606 §2",
    }
    /// A session is up.
    ESTABLISHED = "bgp.established" {
        en: "{what}: session Established, routes go both ways",
        zh: "{what}:会话 Established,路由双向交换",
        because: "Both ends have said who they are and agreed to what the other said.",
        because_zh: "双方都报了身份,并同意对方所说。",
        source: "RFC 4271 §8.2.2",
    }
    /// The TCP connection is gone.
    CONNECTION_LOST = "bgp.connection-lost" {
        en: "{what}: the TCP connection has ended, and all routes heard over it are forgotten",
        zh: "{what}:TCP 连接已断,经它听到的路由全部忘掉",
        because: "BGP sends a route once and never repeats it: the session is the proof that it still holds.",
        because_zh: "BGP 只说一次路由,从不重复:会话还在,才算数。",
        source: "RFC 4271 §8.2.2",
    }
    /// A NOTIFICATION came in.
    TOLD_TO_END = "bgp.notification-heard" {
        en: "session ended by the neighbour, {what}",
        zh: "会话被邻居结束,{what}",
        because: "A NOTIFICATION is the last word: code and subcode say what its sender did not like.",
        because_zh: "NOTIFICATION 是最后一句话:代码和子代码说明对方不满什么。",
        source: "RFC 4271 §6",
    }
    /// A message was wrong.
    FAULT = "bgp.notification-sent" {
        en: "session ended because of a faulty message, {what}",
        zh: "报文有错,会话结束,{what}",
        because: "After a message that cannot be trusted, nothing that follows it can be.",
        because_zh: "一个报文信不过,后面的就都信不过。",
        source: "RFC 4271 §6",
    }
    /// The neighbour is of another AS.
    WRONG_AS = "bgp.wrong-as" {
        en: "session refused: the neighbour is of another AS than configured, {what}",
        zh: "会话被拒:邻居的 AS 与配置不符,{what}",
        because: "Both ends must know beforehand whom they speak to: a wrong cable or a typing mistake.",
        because_zh: "双方要事先知道在和谁说话。号码不对,不是线接错就是写错。",
        source: "RFC 4271 §6.2",
    }
    /// Silence for too long.
    HOLD_EXPIRED = "bgp.hold-expired" {
        en: "session ended after silence for longer than the hold time, {what}",
        zh: "沉默超过 hold 时间,会话结束,{what}",
        because: "TCP alone would not notice for hours that the other end is gone.",
        because_zh: "单靠 TCP,几小时也发现不了对端已经不在。",
        source: "RFC 4271 §6.5",
    }
    /// Two connections, one too many.
    COLLISION = "bgp.collision" {
        en: "one of two connections between the same two is given up, {what}",
        zh: "同一对路由器之间两条连接,放弃一条,{what}",
        because: "Both called at once. The call of the router with the larger identifier is kept.",
        because_zh: "双方同时呼叫,保留标识较大一方发起的那条。",
        source: "RFC 4271 §6.8",
    }
    /// Ended on purpose.
    SHUT_DOWN = "bgp.shut-down" {
        en: "session ended on purpose, {what}",
        zh: "会话被有意结束,{what}",
        because: "A neighbour that is told need not wait for the hold time.",
        because_zh: "事先告知邻居,它就不用等 hold 时间。",
        source: "RFC 4486",
    }
    /// Its cable is cut.
    LINK_LOST = "bgp.link-lost" {
        en: "{what}: the link to this neighbour has no carrier, and the session ends at once",
        zh: "{what}:通往这个邻居的链路没有载波,会话立即结束",
        because: "A neighbour on the link itself is gone with the link: nobody needs to wait for the hold time.",
        because_zh: "直连邻居随链路一起消失,不必等 hold 时间。",
        source: "FRR bgpd fast external fallover",
    }
    /// Nobody takes the call.
    CALL_FAILED = "bgp.call-failed" {
        en: "{what}: no TCP connection could be opened; the call is repeated later",
        zh: "{what}:TCP 连接打不开,稍后再试",
        because: "Nobody answered, nobody listens on port 179 there, or the neighbour does not know who calls.",
        because_zh: "没人应答,对方没在 179 端口监听,或者对方不认识呼叫者。",
        source: "RFC 4271 §8.2.2",
    }
    /// Somebody calls who is no neighbour.
    STRANGER = "bgp.stranger" {
        en: "{what} calls and is not configured as a neighbour: refused",
        zh: "{what} 呼叫,但没有配置为邻居:拒绝",
        because: "BGP believes only those it was told about: both ends name each other.",
        because_zh: "BGP 只相信配置过的人:双方要互相指名。",
        source: "RFC 4271 §8.2.1",
    }
    /// A neighbour whose session was shut.
    SHUT = "bgp.session-shut" {
        en: "{what} calls, and the session with it was shut: refused",
        zh: "{what} 呼叫,但与它的会话已被关闭:拒绝",
        because: "Whoever shuts a session wants none, whichever end calls.",
        because_zh: "关闭会话就是不想要它,无论哪一端呼叫。",
        source: "RFC 4271 §8.1.2 (ManualStop)",
    }
    /// One more connection.
    BUSY = "bgp.second-call" {
        en: "{what} calls again while its session is up: refused",
        zh: "{what} 在会话仍在时再次呼叫:拒绝",
        because: "A session that is Established is kept; if its other end has forgotten it, the hold time will tell.",
        because_zh: "Established 的会话要保留;若对端已忘记它,hold 时间会揭晓。",
        source: "RFC 4271 §6.8",
    }
    /// The next hop is out of reach.
    NO_NEXT_HOP = "bgp.next-hop-unreachable" {
        en: "{what}: no route leads to its next hop, so it cannot be taken",
        zh: "{what}:没有路通到它的下一跳,不能采用",
        because: "A route is only as good as the way to its next hop, which another protocol or a person has to know.",
        because_zh: "路由的价值取决于能否到达下一跳,而那要靠别的协议或人工配置。",
        source: "RFC 4271 §9.1.2",
    }
    /// A row of a tunnel.
    WRAPPED = "bgp.tunnel-peer" {
        en: "packets for {what} get an outer header with the address of the next hop",
        zh: "去 {what} 的报文,外层报头写下一跳的地址",
        because: "The pool is configured to travel in envelopes. On Linux the next hop of the route says so to the tunnel; \
                  here a tunnel has a table of its own.",
        because_zh: "这个地址池配置为装信封传送。在 Linux 上由路由的下一跳告诉隧道;这里的隧道有自己的表。",
        source: "calico bird_ipam.cfg.template (krt_tunnel); Linux net/ipv4/ip_tunnel.c ip_tunnel_xmit",
    }
    /// A row of a tunnel that is not needed any more.
    NOT_WRAPPED = "bgp.tunnel-peer-removed" {
        en: "{what} is not reached through the tunnel any more: its row is removed",
        zh: "{what} 不再经隧道到达:删除隧道里的这一行",
        because: "The route it belonged to is gone, or leads to a router that needs no envelope.",
        because_zh: "对应的路由没了,或者下一跳已不需要信封。",
        source: "calico bird_ipam.cfg.template (krt_tunnel)",
    }
    /// A row that the tunnel did not take.
    REFUSED = "bgp.write-refused" {
        en: "a row could not be written: {what}",
        zh: "有一行写不进去:{what}",
        because: "The device that is named as the tunnel has no such table, or the row is none.",
        because_zh: "被指为隧道的设备没有这张表,或者这一行不合格。",
        source: "this simulator",
    }
}
