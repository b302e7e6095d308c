//! What an IP stack says about the messages of routing daemons.

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
}
