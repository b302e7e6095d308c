//! What an IP stack says about the PDUs of IS-IS, which are carried beside IP.

use crate::reasons;

reasons! {
    after crate::stack::why::whole::ISIS;
    /// For a daemon that speaks right on the link.
    DELIVERED = "routing.llc-delivered" {
        en: "for the program that speaks LLC service {n}: it needs no IP",
        zh: "交给说 LLC 服务 {n} 的程序:它不需要 IP",
        because: "Where the type field is a length, the bytes behind it name the program (IEEE 802.2).",
        because_zh: "类型字段是长度时,由其后的字节指明程序(IEEE 802.2)。",
        source: "IEEE 802.3 §3.2.6; Linux net/llc/llc_input.c llc_rcv",
        costs: [StackPass, SocketCopy],
    }
    /// Nobody speaks it.
    UNKNOWN = "routing.llc-unknown" {
        en: "an 802.3 frame for an LLC service that nothing here speaks: dropped",
        zh: "802.3 帧,其 LLC 服务这里没有程序懂:丢弃",
        because: "Every host on a LAN hears what systems say to all of their kind.",
        because_zh: "LAN 上每台主机都会听到系统对同类说的话。",
        source: "IEEE 802.2 §3; Linux net/llc/llc_input.c llc_rcv",
    }
    /// A hello.
    HELLO = "routing.isis-hello" {
        en: "a hello: who this system is, and whom it hears on this link; as long as the longest packet",
        zh: "Hello:我是谁,我在这条链路上听到了谁;长度等于最长的报文",
        because: "Two systems become neighbours only when each finds itself in the hello of the other. No IP address is needed for it.",
        because_zh: "双方都在对方的 Hello 里看到自己才成为邻居。这不需要 IP 地址。",
        source: "ISO/IEC 10589 §8.2.3, §8.4.1",
    }
    /// An LSP for the first time.
    FLOOD = "routing.isis-flood" {
        en: "an LSP goes on its way: what one system says about its links, unchanged",
        zh: "LSP 上路:某个系统对自己链路的说明,原样传递",
        because: "Everybody gets everything, so that everybody has the same map.",
        because_zh: "人人得到全部,才有同一张图。",
        source: "ISO/IEC 10589 §7.3.15.1",
    }
    /// The same again.
    AGAIN = "routing.isis-again" {
        en: "the LSP again: nobody has acknowledged it in time",
        zh: "再发一次 LSP:没有及时收到确认",
        because: "On a link of two an LSP is repeated until it is acknowledged.",
        because_zh: "两端链路上,LSP 会重发直到被确认。",
        source: "ISO/IEC 10589 §7.3.15.3",
    }
    /// The regular list of a designated system.
    CSNP = "routing.isis-csnp" {
        en: "the designated system says all LSPs there are: who misses one asks, who has a newer one tells",
        zh: "指定系统列出全部 LSP:缺的来要,有更新的来告知",
        because: "On a LAN nothing is acknowledged; this list, every 10 s, takes the place of all acknowledgements.",
        because_zh: "LAN 上不逐个确认;这份每 10 秒一次的清单代替所有确认。",
        source: "ISO/IEC 10589 §7.3.15.2",
    }
    /// The list for a new neighbour.
    FIRST_CSNP = "routing.isis-first-csnp" {
        en: "tells the new neighbour all LSPs there are, by their numbers",
        zh: "按编号告诉新邻居有哪些 LSP",
        because: "Then each sends only what the other has not.",
        because_zh: "这样各自只发对方没有的。",
        source: "ISO/IEC 10589 §7.3.17",
    }
    /// An acknowledgement.
    PSNP = "routing.isis-psnp" {
        en: "acknowledges LSPs by their numbers, or asks for such as are missing",
        zh: "按编号确认 LSP,或索要缺少的",
        because: "Without it the sender would repeat them every 5 s.",
        because_zh: "没有它,发送者会每 5 秒重发一次。",
        source: "ISO/IEC 10589 §7.3.15.4",
    }
    /// A question.
    ASKS = "routing.isis-asks" {
        en: "asks the designated system for LSPs that are missing here",
        zh: "向指定系统索要这里缺少的 LSP",
        because: "Its list named what this system has not, or has older.",
        because_zh: "它的清单里有本系统没有或较旧的。",
        source: "ISO/IEC 10589 §7.3.15.4",
    }
}
