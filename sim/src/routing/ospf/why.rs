//! Why neighbours come and go, LSAs are taken or not, and routes are what they are.

use crate::reasons;

reasons! {
    /// A neighbour speaks.
    HEARD = "ospf.heard" {
        en: "{what}: its first hello",
        zh: "{what}:它的第一个 Hello",
        because: "One direction works; whether the other does shows when its hello names this router.",
        because_zh: "一个方向通了;另一方向要等它的 Hello 里出现本路由器。",
        source: "RFC 2328 §10.3",
    }
    /// Both hear each other.
    TWO_WAY = "ospf.two-way" {
        en: "{what}: it names this router in its hello, so both directions work",
        zh: "{what}:它的 Hello 里有本路由器,两个方向都通",
        because: "A link that carries only one way would swallow half of all packets.",
        because_zh: "只通一个方向的链路会吞掉一半报文。",
        source: "RFC 2328 §10.3",
    }
    /// It hears this router no more.
    ONE_WAY = "ospf.one-way" {
        en: "{what}: its hello does not name this router any more",
        zh: "{what}:它的 Hello 里不再有本路由器",
        because: "It has forgotten this router, so all begins anew.",
        because_zh: "它已忘了本路由器,一切从头开始。",
        source: "RFC 2328 §10.3",
    }
    /// They will have the same map.
    BEGIN = "ospf.begin" {
        en: "{what}: these two are to have the same map; first they settle who counts",
        zh: "{what}:这两台要有同一张图;先定由谁编号",
        because: "On a link of two always; on a network of many only with DR and BDR, or there would be n(n-1)/2 adjacencies.",
        because_zh: "两端链路总要邻接;多路网络只与 DR、BDR 邻接,否则会有 n(n-1)/2 个邻接。",
        source: "RFC 2328 §10.4",
    }
    /// It is no DR or BDR any more.
    NOT_ADJACENT = "ospf.not-adjacent" {
        en: "{what}: neither of the two is DR or BDR any more, so they rest at 2-Way",
        zh: "{what}:双方都不再是 DR 或 BDR,停在 2-Way",
        because: "2-Way is not a fault: what they need reaches them by the DR.",
        because_zh: "2-Way 不是故障:所需内容经 DR 到达。",
        source: "RFC 2328 §10.4",
    }
    /// This router counts.
    MASTER = "ospf.master" {
        en: "{what}: this router has the larger id and counts the descriptions",
        zh: "{what}:本路由器的标识更大,由它给描述编号",
        because: "One asks and one answers, so that a lost packet is noticed and sent again.",
        because_zh: "一问一答,丢包才能被发现并重发。",
        source: "RFC 2328 §10.6",
    }
    /// The neighbour counts.
    SLAVE = "ospf.slave" {
        en: "{what}: it has the larger id and counts the descriptions",
        zh: "{what}:它的标识更大,由它给描述编号",
        because: "One asks and one answers, so that a lost packet is noticed and sent again.",
        because_zh: "一问一答,丢包才能被发现并重发。",
        source: "RFC 2328 §10.6",
    }
    /// All is described.
    EXCHANGED = "ospf.exchanged" {
        en: "{what}: both have told what they have; what is missing is fetched",
        zh: "{what}:双方都说完自己有什么;缺的要取来",
        because: "Headers are enough to see what is newer at the other end.",
        because_zh: "看首部就知道对方哪些更新。",
        source: "RFC 2328 §10.8",
    }
    /// The same map.
    FULL = "ospf.full" {
        en: "{what}: both have the same map, and tell the others that this link exists",
        zh: "{what}:双方有了同一张图,并告诉别人这条链路存在",
        because: "A link is in no map before its ends have the same one.",
        because_zh: "两端地图一致之前,这条链路不会出现在任何地图上。",
        source: "RFC 2328 §10.3, §12.4.1",
    }
    /// An exchange went wrong.
    MISMATCH = "ospf.mismatch" {
        en: "{what}: a description does not follow on the last one, so the exchange begins anew",
        zh: "{what}:这份描述接不上前一份,交换重新开始",
        because: "Half a description would be half a map.",
        because_zh: "半份描述就是半张地图。",
        source: "RFC 2328 §10.6",
    }
    /// Somebody wants what is not there.
    BAD_REQUEST = "ospf.bad-request" {
        en: "{what}: asked for, or told, what does not fit the description; the exchange begins anew",
        zh: "{what}:索要或给出的内容与描述不符,交换重新开始",
        because: "The databases have changed in a way the two did not notice.",
        because_zh: "两边的数据库变化了而对方没察觉。",
        source: "RFC 2328 §10.7, §13",
    }
    /// Nothing was heard for too long.
    SILENT = "ospf.silent" {
        en: "{what}: no hello for the dead interval, so it is gone",
        zh: "{what}:死亡间隔内没有 Hello,视为已失效",
        because: "Where no carrier tells it, only silence does: this is the longest part of a convergence.",
        because_zh: "没有载波信号时只能靠沉默判断:这是收敛中最长的一段。",
        source: "RFC 2328 §10.3",
    }
    /// Its link is down.
    LINK_LOST = "ospf.link-lost" {
        en: "{what}: the link has no carrier",
        zh: "{what}:链路没有载波",
        because: "A cable that is cut here is seen at once, without waiting for the dead interval.",
        because_zh: "本地断线立刻可见,不必等死亡间隔。",
        source: "RFC 2328 §9.3",
    }
    /// DR and BDR are chosen.
    ELECTED = "ospf.elected" {
        en: "the election is over: {what}",
        zh: "选举结束:{what}",
        because: "One router speaks for the network, so that each of the others needs one adjacency and not one with everybody. Who has the office keeps it.",
        because_zh: "由一台路由器代表网络,其余各只需与它邻接,不必两两邻接。在任者不被抢占。",
        source: "RFC 2328 §9.4",
    }
    /// Not on this network.
    NOT_NEIGHBOUR = "ospf.not-neighbour" {
        en: "{what} is not on the network of the interface: dropped",
        zh: "{what} 不在这个接口的网络上:丢弃",
        because: "Hellos never leave their link, so a sender from elsewhere has a wrong address.",
        because_zh: "Hello 不出本链路,来自别处的发送者地址必定有误。",
        source: "RFC 2328 §8.2",
    }
    /// Another area.
    AREA = "ospf.area" {
        en: "{what} says another area than this end of the link: not listened to",
        zh: "{what} 声称的区域与这一端不同:不予理会",
        because: "A link is in one area. Two ends that disagree would draw it into two maps.",
        because_zh: "一条链路属于一个区域。两端不一致就会画进两张图。",
        source: "RFC 2328 §8.2",
    }
    /// Another password.
    AUTHENTICATION = "ospf.authentication" {
        en: "{what} has another password or kind of authentication: not listened to",
        zh: "{what} 的密码或认证方式不同:不予理会",
        because: "Whoever does not know the password might draw any map.",
        because_zh: "不知道密码的人可能乱画地图。",
        source: "RFC 2328 §8.2, appendix D",
    }
    /// The own id.
    SAME_ID = "ospf.same-id" {
        en: "{what} has the router id of this router: not listened to",
        zh: "{what} 的路由器标识与本机相同:不予理会",
        because: "The map tells routers apart by their ids; two with one id overwrite each other's LSAs for ever.",
        because_zh: "地图靠标识区分路由器;两台同号会永远互相覆盖 LSA。",
        source: "RFC 2328 §8.2, appendix C.1",
    }
    /// Another mask.
    MASK = "ospf.mask" {
        en: "{what} has another mask for this network: not listened to",
        zh: "{what} 的网络掩码不同:不予理会",
        because: "The two do not mean the same network.",
        because_zh: "两者说的不是同一个网络。",
        source: "RFC 2328 §10.5",
    }
    /// Another hello interval.
    HELLO_INTERVAL = "ospf.hello-interval" {
        en: "{what} says hello in another interval: not listened to",
        zh: "{what} 的 Hello 间隔不同:不予理会",
        because: "Both ends must agree how soon silence means death, and hellos are how they tell.",
        because_zh: "两端必须约定多久的沉默算失效,Hello 就是约定的凭据。",
        source: "RFC 2328 §10.5",
    }
    /// Another dead interval.
    DEAD_INTERVAL = "ospf.dead-interval" {
        en: "{what} takes another silence for death: not listened to",
        zh: "{what} 的死亡间隔不同:不予理会",
        because: "One would give the other up while that one still waits.",
        because_zh: "否则一端已放弃而另一端还在等。",
        source: "RFC 2328 §10.5",
    }
    /// Stub or not.
    STUB = "ospf.stub" {
        en: "{what} does not agree whether this is a stub area: not listened to",
        zh: "{what} 对本区域是否为末梢区域看法不同:不予理会",
        because: "LSAs of the outside would be flooded by one and refused by the other.",
        because_zh: "外部 LSA 会被一方泛洪、被另一方拒绝。",
        source: "RFC 2328 §10.5",
    }
    /// Larger packets than fit.
    MTU = "ospf.mtu" {
        en: "{what} describes its database in packets larger than this interface takes: refused, so the two never leave ExStart",
        zh: "{what} 的描述报文 MTU 大于本接口:拒绝,双方无法越过 ExStart",
        because: "Small hellos would pass where full updates are lost. Better no adjacency than one that fails under load.",
        because_zh: "小的 Hello 能过,满载的更新却会丢。宁可没有邻接,也不要一有负载就失败的邻接。",
        source: "RFC 2328 §10.6",
    }
    /// Not yet a neighbour.
    STRANGER = "ospf.stranger" {
        en: "{what} has sent no hello that was taken: dropped",
        zh: "{what} 没有被接受的 Hello:丢弃",
        because: "Only a hello makes a neighbour.",
        because_zh: "只有 Hello 才能成为邻居。",
        source: "RFC 2328 §8.2",
    }
    /// Not a packet.
    WRONG_LENGTH = "ospf.wrong-length" {
        en: "a packet of {what} does not fill its length: dropped",
        zh: "{what} 的报文与长度字段不符:丢弃",
        because: "A packet that was cut off could turn one network into another.",
        because_zh: "被截断的报文可能把一个网络变成另一个。",
        source: "RFC 2328 §8.2",
    }
    /// Another version.
    WRONG_VERSION = "ospf.wrong-version" {
        en: "a packet of {what} is not version 2: dropped",
        zh: "{what} 的报文不是版本 2:丢弃",
        because: "Version 3 is for IPv6, and looks different.",
        because_zh: "版本 3 用于 IPv6,格式不同。",
        source: "RFC 2328 §8.2",
    }
    /// Another type.
    WRONG_TYPE = "ospf.wrong-type" {
        en: "a packet of {what} is none of the five: dropped",
        zh: "{what} 的报文不属于五种类型:丢弃",
        because: "Types 1 to 5 are all there are.",
        because_zh: "只有类型 1 到 5。",
        source: "RFC 2328 §A.3.1",
    }
    /// Damaged.
    WRONG_CHECKSUM = "ospf.wrong-checksum" {
        en: "a packet of {what} has a wrong checksum: dropped",
        zh: "{what} 的报文校验和不对:丢弃",
        because: "A map with one wrong number is wrong for everybody.",
        because_zh: "地图上错一个数字,对谁都是错的。",
        source: "RFC 2328 §8.2",
    }
    /// An instance that is newer.
    NEWER = "ospf.newer" {
        en: "{what}: newer than what was known; kept, and told on",
        zh: "{what}:比已知的更新;收下并继续传",
        because: "Sequence number, then checksum, then age say which instance is the newer one.",
        because_zh: "先比序号,再比校验和,再比年龄,决定谁更新。",
        source: "RFC 2328 §13 (5)",
    }
    /// Its own LSA.
    MADE = "ospf.made" {
        en: "{what}: this router says anew what its links are",
        zh: "{what}:本路由器重新说明自己的链路",
        because: "Facts about a router come from that router alone; a higher sequence number replaces the old instance everywhere.",
        because_zh: "关于某台路由器的事实只由它自己发布;更高的序号在各处取代旧实例。",
        source: "RFC 2328 §12.4",
    }
    /// An LSA is gone.
    FLUSHED = "ospf.flushed" {
        en: "{what}: flushed, with the age of an hour",
        zh: "{what}:以一小时的年龄清除",
        because: "Nobody forgets by himself: that something is gone has to be told as reliably as that it is there.",
        because_zh: "没有谁会自己忘掉:某物消失要像出现一样可靠地告知。",
        source: "RFC 2328 §14.1",
    }
    /// An LSA of its own comes from outside.
    OWN_HEARD = "ospf.own-heard" {
        en: "{what}: is this router's own and newer than what it made; it makes a still newer one, or flushes it",
        zh: "{what}:是本路由器自己的,却比自己发布的更新;发布更新的一份,或清除它",
        because: "It is from before a restart. The old story must not outlive the one who told it.",
        because_zh: "它来自重启之前。旧说法不能比说的人活得更久。",
        source: "RFC 2328 §13.4",
    }
    /// Sooner than allowed.
    TOO_SOON = "ospf.too-soon" {
        en: "{what}: less than a second after the last instance, so not taken and not acknowledged",
        zh: "{what}:距上一实例不到一秒,不收也不确认",
        because: "A router that has gone mad must not keep all others busy. The instance comes again with the retransmission.",
        because_zh: "失常的路由器不该让所有人忙个不停。这一实例会随重传再来。",
        source: "RFC 2328 §13 (5a)",
    }
    /// Damaged.
    LSA_CHECKSUM = "ospf.lsa-checksum" {
        en: "{what}: its Fletcher checksum is wrong, so it does not count",
        zh: "{what}:Fletcher 校验和不对,不算数",
        because: "The checksum is made by the router that made the LSA and never changed on the way.",
        because_zh: "校验和由发布者计算,途中从不改动。",
        source: "RFC 2328 §13 (1)",
    }
    /// Fields that do not fit.
    LSA_LENGTH = "ospf.lsa-length" {
        en: "{what}: its fields do not fill its length, so it does not count",
        zh: "{what}:字段与长度不符,不算数",
        because: "Nothing can be computed from half an LSA.",
        because_zh: "半份 LSA 什么也算不出来。",
        source: "RFC 2328 §13",
    }
    /// Unknown type.
    LSA_TYPE = "ospf.lsa-type" {
        en: "{what}: a type this router does not know, so it does not count",
        zh: "{what}:未知类型,不算数",
        because: "What is not understood is not passed on either.",
        because_zh: "不懂的也不往下传。",
        source: "RFC 2328 §13 (2)",
    }
    /// An external LSA in a stub area.
    LSA_STUB = "ospf.lsa-stub" {
        en: "{what}: from outside, in a stub area: dropped",
        zh: "{what}:末梢区域里的外部 LSA:丢弃",
        because: "A stub area has one default instead.",
        because_zh: "末梢区域用一条默认路由代替。",
        source: "RFC 2328 §13 (3)",
    }
    /// Shortest paths.
    COMPUTED = "ospf.computed" {
        en: "{what}: shortest paths computed anew on the own map",
        zh: "{what}:在自己的地图上重新计算最短路径",
        because: "Everybody has the same map and computes alone. No neighbour is asked for a distance.",
        because_zh: "人人有同一张图,各自计算。不向任何邻居要距离。",
        source: "RFC 2328 §16.1",
    }
    /// A route.
    ROUTE_NEW = "ospf.route-new" {
        en: "{what}: a way to it is on the map now",
        zh: "{what}:地图上现在有路可达",
        because: "Routes are never exchanged; they are computed from links.",
        because_zh: "路由从不交换,而是由链路算出来的。",
        source: "RFC 2328 §16",
    }
    /// Another route.
    ROUTE_CHANGED = "ospf.route-changed" {
        en: "{what}: on the new map this is the shortest way",
        zh: "{what}:在新地图上这是最短的路",
        because: "All ways of the same cost are used.",
        because_zh: "代价相同的路都用。",
        source: "RFC 2328 §16.1",
    }
    /// No route.
    ROUTE_GONE = "ospf.route-gone" {
        en: "{what}: no way leads there on the new map",
        zh: "{what}:新地图上没有路通往那里",
        because: "No counting to infinity: on a map one sees that there is no way.",
        because_zh: "无需计数到无穷:看图就知道没有路。",
        source: "RFC 2328 §16",
    }
}
