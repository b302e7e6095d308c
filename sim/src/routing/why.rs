//! Why routing daemons take, change and give up routes, and why they do not believe a message.

use crate::reasons;

reasons! {
    /// A network nobody had named before.
    LEARNED = "rip.learned" {
        en: "{what}: a network this router had not heard of",
        zh: "{what}:这台路由器没听说过的网络",
        because: "A distance-vector router believes what a neighbour says and adds the one hop to that neighbour.",
        because_zh: "距离矢量路由器相信邻居的话,再加上到邻居的那一跳。",
        source: "RFC 2453 §3.9.2",
    }
    /// A shorter way.
    NEARER = "rip.nearer" {
        en: "{what}: nearer than the way known so far",
        zh: "{what}:比已知的路更近",
        because: "Of two ways the one with the smaller number is taken; nothing is known of either but the number.",
        because_zh: "两条路取数字小的;除了数字,对哪条都一无所知。",
        source: "RFC 2453 §3.9.2",
    }
    /// The router on the way itself says otherwise.
    SAME_ROUTER = "rip.same-router" {
        en: "{what}: the router this way leads to says so itself, and is believed even when it is worse",
        zh: "{what}:这是该路下一跳路由器自己说的,变差也要信",
        because: "Whoever carries the packets knows best. This rule is also how a count to infinity climbs: each believes the other's echo.",
        because_zh: "替你送包的人最清楚。计数到无穷也正是靠这条规则攀升:彼此都信对方的回声。",
        source: "RFC 2453 §3.9.2",
    }
    /// As far, and more recent.
    FRESHER = "rip.fresher" {
        en: "{what}: as near as the old way, whose router has been silent for half its timeout",
        zh: "{what}:和旧路一样近,而旧路的路由器已沉默超过超时的一半",
        because: "An old route may be about to die; one as good that was just heard is the safer choice.",
        because_zh: "旧路由可能快要失效;同样好而刚听到的更稳妥。",
        source: "RFC 2453 §3.9.2",
    }
    /// The router on the way says that it leads nowhere.
    POISONED = "rip.poisoned" {
        en: "{what}: its router says 16, which is nowhere; not used any more, and told to others as 16",
        zh: "{what}:它的下一跳说度量为 16,即不可达;不再使用,并以 16 告诉别人",
        because: "A route is not dropped in silence: for a while its end is told, so that nobody keeps the old good news.",
        because_zh: "路由不会悄悄删除:一段时间内要宣告它的终结,免得别人还留着旧的好消息。",
        source: "RFC 2453 §3.8",
    }
    /// Nobody repeated it.
    TIMED_OUT = "rip.timed-out" {
        en: "{what}: not repeated in time, so taken for gone, and told to others as 16",
        zh: "{what}:没有按时重复,视为已失效,并以 16 告诉别人",
        because: "RIP has no other sign of life than its updates: six that are missing mean a dead neighbour.",
        because_zh: "除了更新,RIP 没有别的存活信号:连丢六次就当邻居已死。",
        source: "RFC 2453 §3.8",
    }
    /// Its link is down.
    LINK_LOST = "rip.link-lost" {
        en: "{what}: its link has no carrier, so it leads nowhere and is told to others as 16",
        zh: "{what}:它的链路没有载波,不可达,并以 16 告诉别人",
        because: "A cable that is cut here is seen at once; only the routers behind it have to be told.",
        because_zh: "本地断线立刻可见;需要告知的只是后面的路由器。",
        source: "RFC 2453 §3.10.1",
    }
    /// Its link is up.
    CONNECTED = "rip.connected" {
        en: "{what}: connected to this router",
        zh: "{what}:直接连在这台路由器上",
        because: "The networks of its own interfaces are where every rumour begins.",
        because_zh: "一切传闻都始于自己接口上的网络。",
        source: "RFC 2453 §3.6",
    }
    /// Its end was told long enough.
    FORGOTTEN = "rip.forgotten" {
        en: "{what}: its end was told for long enough, and it is forgotten",
        zh: "{what}:它的终结已宣告够久,现在彻底忘掉",
        because: "Garbage collection: until then every update repeats the 16.",
        because_zh: "垃圾收集:在此之前,每次更新都重复 16。",
        source: "RFC 2453 §3.8",
    }
    /// Not from the port of RIP.
    WRONG_PORT = "rip.wrong-port" {
        en: "a response of {what} does not come from port 520: dropped",
        zh: "{what} 的响应不是来自端口 520:丢弃",
        because: "Below 1024 only the system itself may send, which was thought to keep users from inventing routes.",
        because_zh: "1024 以下的端口只有系统能用,当年以为这样用户就编造不了路由。",
        source: "RFC 2453 §3.9.2",
    }
    /// Not a neighbour.
    NOT_NEIGHBOUR = "rip.not-neighbour" {
        en: "{what} is not on the network of the interface: dropped",
        zh: "{what} 不在这个接口的网络上:丢弃",
        because: "Routes are told from neighbour to neighbour. Whoever is further away could not be a next hop.",
        because_zh: "路由只在邻居之间相告;更远的人当不了下一跳。",
        source: "RFC 2453 §3.9.2",
    }
    /// Not a message.
    WRONG_LENGTH = "rip.wrong-length" {
        en: "a message of {what} is no header with 1 to 25 entries of 20 bytes: dropped",
        zh: "{what} 的报文不是首部加 1 到 25 个 20 字节的条目:丢弃",
        because: "A message that was cut off could turn one network into another.",
        because_zh: "被截断的报文可能把一个网络变成另一个。",
        source: "RFC 2453 §4",
    }
    /// Another version.
    WRONG_VERSION = "rip.wrong-version" {
        en: "a message of {what}, which is not version 2: dropped",
        zh: "{what} 的报文不是版本 2:丢弃",
        because: "Version 1 carries no masks, so its routes can mean other networks than those it was told of.",
        because_zh: "版本 1 不带掩码,它的路由可能指别的网络。",
        source: "RFC 2453 §4.6",
    }
    /// Neither question nor answer.
    WRONG_COMMAND = "rip.wrong-command" {
        en: "a message of {what} neither asks nor tells: dropped",
        zh: "{what} 的报文既不问也不答:丢弃",
        because: "Commands 3 to 6 are from before the standard.",
        because_zh: "命令 3 到 6 是标准之前的遗留。",
        source: "RFC 2453 §3.6",
    }
    /// A password where none is known.
    AUTHENTICATED = "rip.authenticated" {
        en: "a message of {what} is authenticated, and no password is known here: dropped",
        zh: "{what} 的报文带认证,而这里没有配置密码:丢弃",
        because: "A router that cannot check a password must not pretend that it was right.",
        because_zh: "无法核对密码的路由器,不能当作密码正确。",
        source: "RFC 2453 §5.2",
    }
    /// One entry makes no sense.
    WRONG_ENTRY = "rip.wrong-entry" {
        en: "an entry of {what} makes no sense: it is skipped, the others count",
        zh: "{what} 的一个条目没有意义:跳过它,其余有效",
        because: "An entry needs a network that can be reached, a mask with its ones in front, and a metric of 1 to 16.",
        because_zh: "条目要有可到达的网络、连续的掩码,以及 1 到 16 的度量。",
        source: "RFC 2453 §3.9.2",
    }
}
