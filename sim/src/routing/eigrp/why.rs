//! Why neighbours come and go, networks are asked for, and routes are what they are.

use crate::reasons;

reasons! {
    /// A neighbour speaks.
    HEARD = "eigrp.heard" {
        en: "{what}: its first hello",
        zh: "{what}:它的第一个 Hello",
        because: "One direction works; a first packet that must be confirmed shows whether the other does.",
        because_zh: "一个方向通了;用一个必须确认的包来试另一个方向。",
        source: "RFC 7868 §5",
    }
    /// Both directions work.
    UP = "eigrp.up" {
        en: "{what}: both have confirmed the first packet of the other, so it is told the table",
        zh: "{what}:双方都确认了对方的第一个包,于是告知整张表",
        because: "From now on only changes are told.",
        because_zh: "从此只告知变化。",
        source: "RFC 7868 §5",
    }
    /// Not heard for too long.
    SILENT = "eigrp.silent" {
        en: "{what}: silent for the hold time it named itself",
        zh: "{what}:沉默超过它自己宣布的保持时间",
        because: "Nobody says goodbye when the power goes.",
        because_zh: "断电时没人会告别。",
        source: "RFC 7868 §5",
    }
    /// Its link has no carrier.
    LINK_LOST = "eigrp.link-lost" {
        en: "{what}: the link has no carrier",
        zh: "{what}:链路没有载波",
        because: "A cable that is cut is seen at once; nothing has to be waited for.",
        because_zh: "断线立刻可见,不用等待。",
        source: "RFC 7868 §3.5",
    }
    /// It goes.
    GOODBYE = "eigrp.goodbye" {
        en: "{what}: says goodbye, with K values of 255",
        zh: "{what}:用全 255 的 K 值告别",
        because: "So nobody has to wait for the hold time.",
        because_zh: "这样谁都不用等保持时间。",
        source: "RFC 7868 §5",
    }
    /// It has given this router up.
    DISMISSED = "eigrp.dismissed" {
        en: "{what}: does not take this router for a neighbour any more",
        zh: "{what}:不再把本路由器当邻居",
        because: "It has forgotten what it was told, so both begin anew.",
        because_zh: "它已忘了听到的内容,双方重新开始。",
        source: "RFC 7868 §6",
    }
    /// It begins anew.
    RESTARTED = "eigrp.restarted" {
        en: "{what}: sends a first packet once more, so it has forgotten everything",
        zh: "{what}:又发来第一个包,说明它什么都忘了",
        because: "What it said before it restarted does not count.",
        because_zh: "重启之前说的都不算数。",
        source: "RFC 7868 §5",
    }
    /// It confirms nothing.
    NOT_CONFIRMED = "eigrp.not-confirmed" {
        en: "{what}: has not confirmed a packet that was sent seventeen times",
        zh: "{what}:一个包发了十七次仍未确认",
        because: "It may not know what has changed; better no neighbour than one that is wrong.",
        because_zh: "它可能不知道变化;宁可没有邻居,也不要错的邻居。",
        source: "RFC 7868 §5",
    }
    /// It never confirmed.
    NEVER_UP = "eigrp.never-up" {
        en: "{what}: speaks, but first packets were not exchanged within the hold time",
        zh: "{what}:在说话,但保持时间内没有互换第一个包",
        because: "Only one direction works, or it has a different idea of who is up.",
        because_zh: "只通一个方向,或者它对状态的看法不同。",
        source: "RFC 7868 §5",
    }
    /// It does not answer.
    STUCK = "eigrp.stuck" {
        en: "{what}: has neither answered a question nor said that it still works on it",
        zh: "{what}:既没有应答询问,也没说仍在处理",
        because: "Whoever waits for it is stuck in active; it is taken for gone, which answers everything.",
        because_zh: "等它的人卡在主动状态;把它当作离开,就等于全部答复。",
        source: "RFC 7868 §4.4.1",
    }
    /// Other weights.
    WEIGHTS = "eigrp.weights" {
        en: "{what}: its K values are not those of this router",
        zh: "{what}:它的 K 值与本路由器不同",
        because: "Distances that are computed in different ways cannot be compared, and loops would follow.",
        because_zh: "算法不同的距离不能比较,否则会成环。",
        source: "RFC 7868 §5",
    }
    /// Another system.
    SYSTEM = "eigrp.system" {
        en: "{what}: its autonomous system is not that of this router",
        zh: "{what}:它的自治系统号与本路由器不同",
        because: "The number tells processes apart that have nothing to do with each other.",
        because_zh: "这个号区分互不相干的进程。",
        source: "RFC 7868 §6",
    }
    /// It proves itself.
    AUTHENTICATION = "eigrp.authentication" {
        en: "{what}: its packets are authenticated, and those of this router are not",
        zh: "{what}:它的包带认证,而本路由器没有",
        because: "Both ends must have the same key, or none.",
        because_zh: "两端要有同样的密钥,或者都没有。",
        source: "RFC 7868 §6",
    }
    /// Not from here.
    NOT_NEIGHBOUR = "eigrp.not-neighbour" {
        en: "{what}: its address is in none of the networks of this link",
        zh: "{what}:它的地址不在这条链路的任何网络里",
        because: "Packets could not be handed to it.",
        because_zh: "包没法交给它。",
        source: "RFC 7868 §5",
    }
    /// Unknown sender.
    STRANGER = "eigrp.stranger" {
        en: "{what}: a packet of somebody who has not said hello",
        zh: "{what}:没打过招呼的人发来的包",
        because: "Nothing is taken before both directions are known to work.",
        because_zh: "在确认双向都通之前什么也不接受。",
        source: "RFC 7868 §5",
    }
    /// Fields do not fit.
    WRONG_LENGTH = "eigrp.wrong-length" {
        en: "{what}: a packet whose fields do not fill it",
        zh: "{what}:字段与长度不符的包",
        because: "A damaged packet is not half believed.",
        because_zh: "损坏的包不能信一半。",
        source: "RFC 7868 §6",
    }
    /// Another version.
    WRONG_VERSION = "eigrp.wrong-version" {
        en: "{what}: a packet of another version",
        zh: "{what}:别的版本的包",
        because: "Version 2 is the only one.",
        because_zh: "只有版本 2。",
        source: "RFC 7868 §6",
    }
    /// Another opcode.
    WRONG_OPCODE = "eigrp.wrong-opcode" {
        en: "{what}: a packet of an unknown kind",
        zh: "{what}:未知种类的包",
        because: "What is not understood is not guessed.",
        because_zh: "不懂的不去猜。",
        source: "RFC 7868 §6",
    }
    /// Damaged.
    WRONG_CHECKSUM = "eigrp.wrong-checksum" {
        en: "{what}: a packet whose checksum does not add up",
        zh: "{what}:校验和不对的包",
        because: "It has changed on the way.",
        because_zh: "它在路上变了。",
        source: "RFC 7868 §6",
    }
    /// No network.
    WRONG_NETWORK = "eigrp.wrong-network" {
        en: "{what}: no network anybody can be in",
        zh: "{what}:不可能有人在其中的网络",
        because: "Bits behind the mask, loopback and groups are no destinations.",
        because_zh: "掩码之外有位、环回和组播都不是目的网络。",
        source: "RFC 7868 §6.8",
    }
    /// From elsewhere.
    EXTERNAL = "eigrp.external" {
        en: "{what} tells a route of another protocol, which is not taken here",
        zh: "{what} 告知来自别的协议的路由,这里不接受",
        because: "Only routes that EIGRP found itself are modelled.",
        because_zh: "这里只模拟 EIGRP 自己找到的路由。",
        source: "RFC 7868 §6.8",
    }
    /// An own network.
    CONNECTED = "eigrp.connected" {
        en: "{what}: on a link of this router",
        zh: "{what}:在本路由器的链路上",
        because: "Nothing is nearer than what is here.",
        because_zh: "没有比本地更近的了。",
        source: "RFC 7868 §5",
    }
    /// A network nobody had named before.
    LEARNED = "eigrp.learned" {
        en: "{what}: a network this router had not heard of",
        zh: "{what}:本路由器没听说过的网络",
        because: "The neighbour says how far it is from there; the link to it is added.",
        because_zh: "邻居说从它那里有多远;再加上到它的链路。",
        source: "RFC 7868 §5",
    }
    /// A shorter way.
    NEARER = "eigrp.nearer" {
        en: "{what}: nearer than before",
        zh: "{what}:比以前更近",
        because: "A neighbour that is nearer than this router ever was cannot lead back here.",
        because_zh: "比本路由器历来都近的邻居,不会把包送回来。",
        source: "RFC 7868 §3",
    }
    /// As far.
    AS_FAR = "eigrp.as-far" {
        en: "{what}: the next hops that are as far are others now",
        zh: "{what}:同样远的下一跳有了变化",
        because: "Ways that are as far share the traffic.",
        because_zh: "同样远的路分担流量。",
        source: "RFC 7868 §5",
    }
    /// The same router says otherwise.
    SAME_NEXT_HOP = "eigrp.same-next-hop" {
        en: "{what}: the next hop stays, the distance is another",
        zh: "{what}:下一跳不变,距离变了",
        because: "It is still safe: the neighbour is nearer than this router ever was.",
        because_zh: "仍然安全:邻居比本路由器历来都近。",
        source: "RFC 7868 §3",
    }
    /// A feasible successor.
    FEASIBLE = "eigrp.feasible" {
        en: "{what}: a feasible successor takes over at once, and nobody is asked",
        zh: "{what}:可行后继立即接替,谁也不用问",
        because: "Its reported distance is less than the feasible distance, so its way cannot lead through here.",
        because_zh: "它的通告距离小于可行距离,所以它的路不会经过这里。",
        source: "RFC 7868 §3",
    }
    /// Everybody is asked.
    ACTIVE = "eigrp.active" {
        en: "{what}: no neighbour is surely free of loops, so the network is active until all have answered",
        zh: "{what}:没有邻居能保证无环,于是该网络进入主动状态,直到全部应答",
        because: "A neighbour that is not nearer than this router was may get there through this very router.",
        because_zh: "不比本路由器近的邻居,可能正是经过本路由器到达的。",
        source: "RFC 7868 §3.5",
    }
    /// Asked once more.
    ASKED_AGAIN = "eigrp.asked-again" {
        en: "{what}: the way has become longer while the question was open, so it is asked again",
        zh: "{what}:询问期间路又变长了,于是再问一次",
        because: "What the neighbours were told is not true any more; an answer to it proves nothing.",
        because_zh: "邻居听到的已不属实;对它的应答说明不了什么。",
        source: "RFC 7868 §3.5",
    }
    /// All have answered.
    ANSWERED = "eigrp.answered" {
        en: "{what}: all have answered, so the shortest way is safe",
        zh: "{what}:全部应答,最短的路是安全的",
        because: "Everybody knows that the old way is gone; the feasible distance begins anew.",
        because_zh: "人人都知道旧路已失;可行距离重新开始。",
        source: "RFC 7868 §3.5",
    }
    /// Nobody knows a way.
    NOBODY = "eigrp.nobody" {
        en: "{what}: all have answered, and nobody knows a way",
        zh: "{what}:全部应答,没人知道路",
        because: "It is forgotten at once: there is no counting up.",
        because_zh: "立即忘掉:不会有计数上升。",
        source: "RFC 7868 §3.5",
    }
    /// Nobody to be asked.
    ALONE = "eigrp.alone" {
        en: "{what}: lost, and there is nobody to be asked",
        zh: "{what}:已失去,也没有谁可问",
        because: "A question without anybody to ask is answered.",
        because_zh: "没有人可问的问题等于已答复。",
        source: "RFC 7868 §3.5",
    }
    /// Asked for a network nobody here knows.
    UNKNOWN = "eigrp.unknown" {
        en: "{what}: asked for, and not known here",
        zh: "{what}:有人询问,这里不知道",
        because: "That is an answer too: nowhere.",
        because_zh: "这也是答复:不可达。",
        source: "RFC 7868 §3.5",
    }
    /// A neighbour takes long.
    SLOW = "eigrp.slow" {
        en: "{what} has not answered for half the time, and is asked whether it still works on it",
        zh: "{what} 过了一半时限仍未应答,问它是否仍在处理",
        because: "It may wait for others itself.",
        because_zh: "它自己可能也在等别人。",
        source: "RFC 7868 §4.4.1",
    }
}
