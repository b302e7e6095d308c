//! What an IP stack says about the messages of BGP sessions.

use crate::reasons;

reasons! {
    after crate::stack::why::whole::SESSIONS;
    /// An OPEN.
    OPENS = "routing.bgp-open-sent" {
        en: "OPEN: who this router is, how long it bears silence, and what it can do",
        zh: "OPEN:这台路由器是谁、能忍受多久沉默、会什么",
        because: "Sent as soon as the connection is there, by both ends.",
        because_zh: "连接一建立,双方立即发送。",
        source: "RFC 4271 §4.2",
    }
    /// The KEEPALIVE that accepts an OPEN.
    AGREES = "routing.bgp-open-accepted" {
        en: "KEEPALIVE: the OPEN is accepted",
        zh: "KEEPALIVE:接受对方的 OPEN",
        because: "The first KEEPALIVE is the yes; there is no other one.",
        because_zh: "第一个 KEEPALIVE 就是同意,没有别的表示。",
        source: "RFC 4271 §8.2.2",
    }
    /// A sign of life.
    ALIVE = "routing.bgp-keepalive" {
        en: "KEEPALIVE: nothing is new, and this router is still there",
        zh: "KEEPALIVE:没有新消息,但我还在",
        because: "Nineteen bytes, three times in every hold time.",
        because_zh: "19 个字节,每个 hold 时间发三次。",
        source: "RFC 4271 §4.4",
    }
    /// An UPDATE with routes.
    TELLS = "routing.bgp-update-sent" {
        en: "UPDATE: the chosen route, with the path it came by",
        zh: "UPDATE:选中的路由,连同它走过的路径",
        because: "A neighbour is told of the chosen route only, and once.",
        because_zh: "只告诉邻居选中的路由,而且只说一次。",
        source: "RFC 4271 §9.2",
    }
    /// An UPDATE with routes that are gone.
    WITHDRAWS = "routing.bgp-withdraw-sent" {
        en: "UPDATE: a route told before is gone",
        zh: "UPDATE:先前说过的路由没了",
        because: "Or it may not be told to this neighbour any more, or leads by the neighbour itself.",
        because_zh: "也可能是不能再告诉这个邻居,或者就经过这个邻居自己。",
        source: "RFC 4271 §9.2",
    }
    /// End-of-RIB.
    COMPLETE = "routing.bgp-end-of-rib" {
        en: "UPDATE without anything: the table is complete",
        zh: "空的 UPDATE:路由表已说完",
        because: "Until then a restarting neighbour keeps what it knew before.",
        because_zh: "在此之前,重启的邻居先保留旧的。",
        source: "RFC 4724 §2",
    }
    /// A ROUTE-REFRESH.
    ASKS_AGAIN = "routing.bgp-refresh-sent" {
        en: "ROUTE-REFRESH: asks for all routes once more, because this router judges them differently now",
        zh: "ROUTE-REFRESH:请对方把路由全部再说一遍,因为判断标准变了",
        because: "What was refused is not kept, and BGP tells a route only once unless it is asked.",
        because_zh: "被拒绝的路由没有保存,而 BGP 只说一次,除非再问。",
        source: "RFC 2918",
    }
    /// A NOTIFICATION.
    NOTIFIES = "routing.bgp-last-word" {
        en: "NOTIFICATION: the last word of a session, which says why it ends",
        zh: "NOTIFICATION:会话的最后一句话,说明为什么结束",
        because: "Code and subcode tell the other end what was wrong; the connection is closed behind it.",
        because_zh: "代码和子代码告诉对方哪里不对,随后关闭连接。",
        source: "RFC 4271 §4.5",
    }
}
