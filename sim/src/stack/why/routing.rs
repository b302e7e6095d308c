//! What an IP stack says about the messages of routing daemons.

pub mod eigrp;
pub mod isis;
pub mod sessions;

use crate::reasons;

reasons! {
    after crate::stack::why::whole::ROUTING;
    /// Asks its neighbours.
    REQUEST = "routing.request" {
        en: "a router that has just come up asks its neighbours for all they know",
        zh: "刚启动的路由器向邻居要它们知道的全部路由",
        because: "Without the question it would wait up to one update interval until it can send anything anywhere.",
        because_zh: "不问的话,要等上最多一个更新周期才能把报文送往别处。",
        source: "RFC 2453 §3.9.1",
    }
    /// Answers one.
    ANSWER = "routing.answer" {
        en: "answers the question of {dst}, and nobody else's",
        zh: "只回答 {dst} 的提问",
        because: "An answer goes back to the address and port that asked.",
        because_zh: "回答发回到提问者的地址和端口。",
        source: "RFC 2453 §3.9.1",
    }
    /// The regular update.
    PERIODIC = "routing.periodic" {
        en: "the regular update: everything this router knows, true or not any more",
        zh: "定期更新:这台路由器知道的全部内容,不管是否仍然属实",
        because: "Whoever misses one hears the next; a route that nobody repeats dies of silence.",
        because_zh: "错过一次还有下一次;没人再重复的路由会因沉默而消失。",
        source: "RFC 2453 §3.8",
    }
    /// Something has changed.
    TRIGGERED = "routing.triggered" {
        en: "something has changed: what is different is told at once, not at the next regular update",
        zh: "有变化:立即告知变化的部分,不等下一次定期更新",
        because: "Bad news that waits for the clock is overtaken by old good news of others.",
        because_zh: "坏消息若要等时钟,就会被别人的旧好消息抢先。",
        source: "RFC 2453 §3.10.1",
    }
    /// For a daemon that speaks an IP protocol of its own.
    DELIVERED = "routing.delivered" {
        en: "for the routing daemon that speaks IP protocol {n}",
        zh: "交给说 IP 协议 {n} 的路由守护进程",
        because: "Not every protocol uses UDP or TCP: the number in the IP header names the program here.",
        because_zh: "并非每种协议都用 UDP 或 TCP:这里由 IP 首部里的协议号指明程序。",
        source: "RFC 791 §3.1; Linux net/ipv4/raw.c raw_rcv",
        costs: [StackPass, SocketCopy],
    }
    /// A hello.
    HELLO = "routing.ospf-hello" {
        en: "a hello: who this router is, and whom it has heard on this link",
        zh: "Hello:我是谁,我在这条链路上听到了谁",
        because: "Two routers become neighbours only when each finds itself in the hello of the other: then both directions work.",
        because_zh: "双方都在对方的 Hello 里看到自己才成为邻居:说明两个方向都通。",
        source: "RFC 2328 §9.5",
    }
    /// A database description.
    DESCRIPTION = "routing.ospf-description" {
        en: "a database description: the headers of the LSAs this router has, not the LSAs",
        zh: "数据库描述:只列出自己拥有的 LSA 的首部,不含 LSA 本身",
        because: "Whoever knows most of it already needs to fetch only the rest.",
        because_zh: "已经知道大部分的一方只需再取其余部分。",
        source: "RFC 2328 §10.8",
    }
    /// A request.
    WANTED = "routing.ospf-request" {
        en: "asks for the LSAs that the neighbour has and this router has not",
        zh: "索要邻居有而自己没有的 LSA",
        because: "Each description was compared with the own database; what is missing or older is fetched.",
        because_zh: "每份描述都与自己的数据库比较过;缺的和旧的要取来。",
        source: "RFC 2328 §10.9",
    }
    /// LSAs for one who asked.
    GIVEN = "routing.ospf-given" {
        en: "the LSAs the neighbour asked for, or a newer one than it told",
        zh: "邻居索要的 LSA,或比它所说更新的那份",
        because: "An older instance must not survive anywhere, so whoever tells one gets the newer one back.",
        because_zh: "旧实例不能在任何地方留存,谁说出旧的,就把新的还给谁。",
        source: "RFC 2328 §10.7, §13",
    }
    /// LSAs for everybody.
    FLOOD = "routing.ospf-flood" {
        en: "floods LSAs: what is new goes out of every link but back to whom it came from",
        zh: "泛洪 LSA:新内容从每条链路送出,但不送回来处",
        because: "Facts travel unchanged from router to router, so all get the same map; nobody adds a distance of its own.",
        because_zh: "事实原样逐台传递,人人得到同一张图;没有谁往里加自己的距离。",
        source: "RFC 2328 §13.3",
    }
    /// The same LSAs again.
    AGAIN = "routing.ospf-again" {
        en: "sends LSAs again that the neighbour has not acknowledged",
        zh: "重发邻居尚未确认的 LSA",
        because: "IP may lose packets, and one LSA that is missing is a wrong map.",
        because_zh: "IP 会丢包,而少一份 LSA 地图就错了。",
        source: "RFC 2328 §13.6",
    }
    /// An acknowledgement.
    ACK = "routing.ospf-ack" {
        en: "acknowledges LSAs by their headers",
        zh: "用首部确认收到的 LSA",
        because: "Flooding must be reliable; the sender repeats until this comes.",
        because_zh: "泛洪必须可靠;发送者会一直重发,直到收到确认。",
        source: "RFC 2328 §13.5",
    }
}
