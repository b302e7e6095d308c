//! Why adjacencies come and go, LSPs are taken or not, and routes are what they are.

use crate::reasons;

reasons! {
    /// A system speaks.
    HEARD = "isis.heard" {
        en: "{what}: heard, and has not heard this system yet",
        zh: "{what}:听到了它,它还没听到本系统",
        because: "One direction works; whether the other does shows when its hello names this system.",
        because_zh: "一个方向通了;另一方向要等它的 Hello 里出现本系统。",
        source: "RFC 5303 §3.2; ISO/IEC 10589 §8.4.2.5.1",
    }
    /// Both hear each other.
    UP = "isis.up" {
        en: "{what}: both hear each other, so the link is on the map",
        zh: "{what}:双方互相听到,链路上图",
        because: "No waiting for equal databases, as in OSPF: the link is told at once, and what is missing follows.",
        because_zh: "不像 OSPF 要等数据库一致:立刻公布链路,缺的随后补上。",
        source: "RFC 5303 §3.2; ISO/IEC 10589 §8.4.2.5.1",
    }
    /// It hears this system no more.
    ONE_WAY = "isis.one-way" {
        en: "{what}: its hello does not name this system any more",
        zh: "{what}:它的 Hello 里不再有本系统",
        because: "A link that carries only one way would swallow half of all packets.",
        because_zh: "只通一个方向的链路会吞掉一半报文。",
        source: "RFC 5303 §3.2; ISO/IEC 10589 §8.4.2.5.1",
    }
    /// Another system speaks at the other end.
    REPLACED = "isis.replaced" {
        en: "{what}: another system speaks in its place",
        zh: "{what}:同一位置换了另一个系统",
        because: "At the end of a link of two there can be only one.",
        because_zh: "两端链路的另一端只能有一个系统。",
        source: "ISO/IEC 10589 §8.2.4.2",
    }
    /// Nothing was heard for too long.
    SILENT = "isis.silent" {
        en: "{what}: no hello for the hold time it had named, so it is gone",
        zh: "{what}:在它声明的保持时间内没有 Hello,视为已失效",
        because: "Each system says itself how long its silence is to be borne; the two ends need not agree.",
        because_zh: "每个系统自己声明能容忍多久沉默;两端不必一致。",
        source: "ISO/IEC 10589 §8.2.3",
    }
    /// Its link is down.
    LINK_LOST = "isis.link-lost" {
        en: "{what}: the link has no carrier",
        zh: "{what}:链路没有载波",
        because: "A cable that is cut here is seen at once, without waiting for the hold time.",
        because_zh: "本地断线立刻可见,不必等保持时间。",
        source: "ISO/IEC 10589 §8.2.4",
    }
    /// The designated system is chosen.
    ELECTED = "isis.elected" {
        en: "the designated system is chosen: {what}",
        zh: "指定系统已选出:{what}",
        because: "Highest priority, then highest MAC address, at any time: who is better takes the office, and there is no deputy.",
        because_zh: "随时按最高优先级、再按最大 MAC 地址:更优者立即接任,没有副手。",
        source: "ISO/IEC 10589 §8.4.5",
    }
    /// Nobody is left to speak for.
    NOBODY = "isis.nobody" {
        en: "nobody speaks for the LAN any more: {what}",
        zh: "不再有谁代表这个 LAN:{what}",
        because: "A LAN with one system alone is no node of the map.",
        because_zh: "只剩一个系统的 LAN 不是图上的节点。",
        source: "ISO/IEC 10589 §8.4.5",
    }
    /// Another area at level 1.
    AREA = "isis.area" {
        en: "{what} is of another area, and speaks level 1 here: not listened to",
        zh: "{what} 属于别的区域,在这里说级别 1:不予理会",
        because: "Level 1 is the map within one area. Between areas only level 2 makes neighbours.",
        because_zh: "级别 1 是一个区域内部的地图。区域之间只有级别 2 能成为邻居。",
        source: "ISO/IEC 10589 §8.2.4.2",
    }
    /// No level in common.
    LEVEL = "isis.level" {
        en: "{what} speaks no level that this system speaks here: not listened to",
        zh: "{what} 与本系统在这里没有共同的级别:不予理会",
        because: "The two levels are two maps; who draws only one has nothing to tell one who draws only the other.",
        because_zh: "两个级别是两张地图;各画一张的两方没有可说的。",
        source: "ISO/IEC 10589 §8.2.4.2",
    }
    /// Another password.
    AUTHENTICATION = "isis.authentication" {
        en: "{what} has another password, or one where none is wanted: not listened to",
        zh: "{what} 的密码不同,或该有没有:不予理会",
        because: "Whoever does not know the password might draw any map.",
        because_zh: "不知道密码的人可能乱画地图。",
        source: "ISO/IEC 10589 §8.2.4, §8.4.1; RFC 5304",
    }
    /// Larger packets than fit.
    MTU = "isis.mtu" {
        en: "{what} fills its hellos up to a length that this interface does not take: not listened to",
        zh: "{what} 的 Hello 填充得比本接口能收的更长:不予理会",
        because: "Hellos are padded for this: where the longest packet does not pass, there shall be no neighbour.",
        because_zh: "Hello 填充正为此:最长的报文过不去,就不该成为邻居。",
        source: "ISO/IEC 10589 §8.2.3",
    }
    /// Hellos for another kind of link.
    CIRCUIT = "isis.circuit" {
        en: "{what} takes this link for another kind, two systems or a LAN: not listened to",
        zh: "{what} 把这条链路当成另一种(两端链路或 LAN):不予理会",
        because: "The two kinds have hellos of their own, and one cannot be read as the other.",
        because_zh: "两种链路各有自己的 Hello,不能混读。",
        source: "ISO/IEC 10589 §8.2.3, §8.4.1",
    }
    /// The own id.
    SAME_ID = "isis.same-id" {
        en: "{what} has the system id of this system: not listened to",
        zh: "{what} 的系统标识与本机相同:不予理会",
        because: "The map tells systems apart by their ids; two with one id overwrite each other's LSPs for ever.",
        because_zh: "地图靠标识区分系统;两台同号会永远互相覆盖 LSP。",
        source: "ISO/IEC 10589 §7.1.4",
    }
    /// Not a neighbour.
    STRANGER = "isis.stranger" {
        en: "{what} is no neighbour that is up: dropped",
        zh: "{what} 不是已建立的邻居:丢弃",
        because: "Only hellos are taken of everybody.",
        because_zh: "对所有人只收 Hello。",
        source: "ISO/IEC 10589 §7.3.15.1",
    }
    /// Not a PDU.
    WRONG_LENGTH = "isis.wrong-length" {
        en: "a PDU of {what} does not fill its length, or something in it does not: dropped",
        zh: "{what} 的 PDU 与长度字段不符,或其中某项不符:丢弃",
        because: "Nothing can be made of half a PDU.",
        because_zh: "半份 PDU 什么也得不出来。",
        source: "ISO/IEC 10589 §9",
    }
    /// Another version.
    WRONG_VERSION = "isis.wrong-version" {
        en: "a PDU of {what} has another version: dropped",
        zh: "{what} 的 PDU 版本不同:丢弃",
        because: "There is only version 1.",
        because_zh: "只有版本 1。",
        source: "ISO/IEC 10589 §9.5",
    }
    /// Ids of another length.
    ID_LENGTH = "isis.id-length" {
        en: "a PDU of {what} has ids of another length: dropped",
        zh: "{what} 的 PDU 标识长度不同:丢弃",
        because: "All of a domain must have ids of one length; everybody has taken six bytes.",
        because_zh: "一个域内标识长度必须一致;大家都用六字节。",
        source: "ISO/IEC 10589 §7.1.1",
    }
    /// Another type.
    WRONG_TYPE = "isis.wrong-type" {
        en: "a PDU of {what} has an unknown type: dropped",
        zh: "{what} 的 PDU 类型未知:丢弃",
        because: "Hellos, LSPs and sequence numbers are all there is.",
        because_zh: "只有 Hello、LSP 和序号 PDU。",
        source: "ISO/IEC 10589 §9",
    }
    /// Damaged.
    WRONG_CHECKSUM = "isis.wrong-checksum" {
        en: "an LSP of {what} has a wrong checksum: dropped",
        zh: "{what} 的 LSP 校验和不对:丢弃",
        because: "The checksum is made by the system that made the LSP and never changed on the way.",
        because_zh: "校验和由发布者计算,途中从不改动。",
        source: "ISO/IEC 10589 §7.3.14.2",
    }
    /// A version that is newer.
    NEWER = "isis.newer" {
        en: "{what}: newer than what was known; kept, and told on",
        zh: "{what}:比已知的更新;收下并继续传",
        because: "The higher sequence number is the newer one.",
        because_zh: "序号高者为新。",
        source: "ISO/IEC 10589 §7.3.16",
    }
    /// Its own LSP.
    MADE = "isis.made" {
        en: "{what}: this system says anew what its links are",
        zh: "{what}:本系统重新说明自己的链路",
        because: "Facts about a system come from that system alone; a higher sequence number replaces the old version everywhere.",
        because_zh: "关于某系统的事实只由它自己发布;更高的序号在各处取代旧版本。",
        source: "ISO/IEC 10589 §7.3.6",
    }
    /// An LSP is gone.
    PURGED = "isis.purged" {
        en: "{what}: purged, with no time left to live",
        zh: "{what}:以剩余寿命零清除",
        because: "That something is gone has to be told as reliably as that it is there.",
        because_zh: "某物消失要像出现一样可靠地告知。",
        source: "ISO/IEC 10589 §7.3.16.4",
    }
    /// Nobody has made it anew.
    EXPIRED = "isis.expired" {
        en: "{what}: its time is up, and the system that made it has not made it anew",
        zh: "{what}:寿命已尽,发布者没有更新它",
        because: "What a system says is believed for 20 minutes; it repeats it after 15.",
        because_zh: "系统所说有效 20 分钟,它每 15 分钟重复一次。",
        source: "ISO/IEC 10589 §7.3.16.3",
    }
    /// Two versions with one number.
    CONFUSED = "isis.confused" {
        en: "{what}: another version with the same number was known, so both are given up",
        zh: "{what}:已知另一个同号版本,两个都作废",
        because: "One of them is wrong and nobody can tell which. The system that made it will make a newer one.",
        because_zh: "其中一个有错,却无从分辨。发布者会再发一份更新的。",
        source: "ISO/IEC 10589 §7.3.16.2",
    }
    /// An LSP of its own comes from outside.
    OWN_HEARD = "isis.own-heard" {
        en: "{what}: is this system's own and newer than what it made; it makes a still newer one, or purges it",
        zh: "{what}:是本系统自己的,却比自己发布的更新;发布更新的一份,或清除它",
        because: "It is from before a restart, or somebody has purged it. The old story must not outlive the one who told it.",
        because_zh: "它来自重启之前,或被别人清除。旧说法不能比说的人活得更久。",
        source: "ISO/IEC 10589 §7.3.16.1",
    }
    /// Shortest paths.
    COMPUTED = "isis.computed" {
        en: "{what}: shortest paths computed anew on the own map",
        zh: "{what}:在自己的地图上重新计算最短路径",
        because: "The same mathematics as in OSPF: everybody has the same map and computes alone.",
        because_zh: "与 OSPF 同样的数学:人人有同一张图,各自计算。",
        source: "ISO/IEC 10589 §7.2, §C.2",
    }
    /// A way into other areas.
    ATTACHED = "isis.attached" {
        en: "{what}: by level 2 there is a way into other areas, and level 1 is told so",
        zh: "{what}:经级别 2 可达其他区域,并告知级别 1",
        because: "Systems of level 1 know their area only. To all else they go by the nearest one that says it is attached.",
        because_zh: "级别 1 的系统只知道本区域,其余都走最近的声明已连接者。",
        source: "ISO/IEC 10589 §7.2.9.2; RFC 1195 §3.2",
    }
    /// No way any more.
    DETACHED = "isis.detached" {
        en: "{what}: by level 2 no other area can be reached any more, and level 1 is told so",
        zh: "{what}:经级别 2 不再可达其他区域,并告知级别 1",
        because: "Otherwise level 1 would go on to send here what cannot go on from here.",
        because_zh: "否则级别 1 会继续把去不了的报文送来。",
        source: "ISO/IEC 10589 §7.2.9.2",
    }
    /// A route.
    ROUTE_NEW = "isis.route-new" {
        en: "{what}: a way to it is on the map now",
        zh: "{what}:地图上现在有路可达",
        because: "Routes are never exchanged; they are computed from links.",
        because_zh: "路由从不交换,而是由链路算出来的。",
        source: "RFC 1195 §3.10",
    }
    /// Another route.
    ROUTE_CHANGED = "isis.route-changed" {
        en: "{what}: on the new map this is the shortest way",
        zh: "{what}:在新地图上这是最短的路",
        because: "All ways of the same cost are used.",
        because_zh: "代价相同的路都用。",
        source: "RFC 1195 §3.10",
    }
    /// No route.
    ROUTE_GONE = "isis.route-gone" {
        en: "{what}: no way leads there on the new map",
        zh: "{what}:新地图上没有路通往那里",
        because: "No counting to infinity: on a map one sees that there is no way.",
        because_zh: "无需计数到无穷:看图就知道没有路。",
        source: "RFC 1195 §3.10",
    }
}
