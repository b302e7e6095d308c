//! What an IP stack says about the messages of EIGRP.

use crate::reasons;

reasons! {
    after crate::stack::why::whole::EIGRP;
    /// A hello.
    HELLO = "routing.eigrp-hello" {
        en: "a hello: this router is there, with these K values, and is gone after so many seconds of silence",
        zh: "Hello:我在这里,K 值如此,沉默这么多秒就当我已离开",
        because: "Neighbours are found and missed by it; it is not acknowledged, for the next one follows soon.",
        because_zh: "邻居靠它发现,也靠它的缺席得知离去;无需确认,因为下一个很快就到。",
        source: "RFC 7868 §5",
    }
    /// The first packet to a neighbour.
    INIT = "routing.eigrp-init" {
        en: "an empty update with INIT: the first packet to this neighbour, which is to confirm it",
        zh: "带 INIT 的空更新:给这个邻居的第一个包,等它确认",
        because: "Only who confirms it hears this router; nothing is told before that.",
        because_zh: "能确认才说明听得到;在此之前什么也不告知。",
        source: "RFC 7868 §5",
    }
    /// The table.
    TABLE = "routing.eigrp-table" {
        en: "the whole table for a neighbour that has just come up; EOT marks its end",
        zh: "给刚建立的邻居整张表;EOT 表示结束",
        because: "It is told once. Later only changes are told, so every packet has to be confirmed.",
        because_zh: "只告知一次;之后只说变化,因此每个包都要确认。",
        source: "RFC 7868 §5",
    }
    /// Something is different.
    UPDATE = "routing.eigrp-update" {
        en: "tells what is different: how far networks are from here",
        zh: "告知变化:各网络离这里有多远",
        because: "There is no regular update; silence means that nothing has changed.",
        because_zh: "没有定期更新;沉默就表示没有变化。",
        source: "RFC 7868 §5",
    }
    /// A question.
    QUERY = "routing.eigrp-query" {
        en: "asks for another way: none of those known is surely free of loops",
        zh: "询问别的路:已知的路没有一条能保证无环",
        because: "Until all have answered nothing moves; so nobody can be sent in a circle.",
        because_zh: "所有人答复之前什么都不动,所以谁也不会被送进环里。",
        source: "RFC 7868 §3.5",
    }
    /// An answer.
    REPLY = "routing.eigrp-reply" {
        en: "answers a question: how far it is from here, or that it is nowhere",
        zh: "回答询问:从这里有多远,或者不可达",
        because: "Whoever asks waits for everyone; an answer that is missing keeps the network frozen there.",
        because_zh: "询问者要等每一个人;缺一个应答,那边就一直冻结。",
        source: "RFC 7868 §3.5",
    }
    /// A question about a question.
    SIA_QUERY = "routing.eigrp-sia-query" {
        en: "asks whether the question is still worked on: half of the time for it has passed",
        zh: "询问是否仍在处理:时限已过一半",
        because: "A neighbour that is only slow should not be given up; one that is silent should.",
        because_zh: "只是慢的邻居不该放弃;不出声的应该放弃。",
        source: "RFC 7868 §4.4.1",
    }
    /// Its answer.
    SIA_REPLY = "routing.eigrp-sia-reply" {
        en: "says whether the question is still worked on here",
        zh: "说明这里是否仍在处理",
        because: "It buys as much time again.",
        because_zh: "这样可以再得到同样长的时间。",
        source: "RFC 7868 §4.4.1",
    }
    /// The same again.
    AGAIN = "routing.eigrp-again" {
        en: "sends a packet again that the neighbour has not confirmed, to it alone",
        zh: "重发邻居尚未确认的包,只发给它",
        because: "IP may lose packets, and a change is told only once.",
        because_zh: "IP 会丢包,而变化只说一次。",
        source: "RFC 7868 §5",
    }
    /// An acknowledgement.
    ACK = "routing.eigrp-ack" {
        en: "confirms a packet by its number: a hello without content",
        zh: "用编号确认一个包:没有内容的 Hello",
        because: "The sender keeps the packet until this comes, and sends nothing else meanwhile.",
        because_zh: "发送者在此之前保留该包,期间也不发别的。",
        source: "RFC 7868 §5",
    }
    /// A neighbour is given up.
    DISMISSED = "routing.eigrp-dismissed" {
        en: "tells a neighbour that it is none any more",
        zh: "告诉邻居:你不再是邻居",
        because: "Otherwise it would go on using what it was told, until it misses hellos that still come.",
        because_zh: "否则它会继续用听到的路由,而 Hello 还在照常到达。",
        source: "RFC 7868 §6",
    }
}
