//! What an IP stack can say about TCP, and about routes with several next hops. The list goes on where that of the
//! module above ends.

use crate::reasons;

reasons! {
    after crate::stack::why::COUNT + crate::stack::why::groups::COUNT;
    /// Goes to a program.
    TCP_DELIVERED = "tcp.delivered" {
        en: "TCP port {n} belongs to a program here: the segment is its socket's",
        zh: "TCP 端口 {n} 属于本机的程序:报文段交给它的套接字",
        because: "The destination port names the program; addresses and ports of both sides together name the connection.",
        because_zh: "目的端口指明程序;两端的地址和端口合起来指明一条连接。",
        source: "RFC 9293 §3.3.1; Linux net/ipv4/tcp_ipv4.c tcp_v4_rcv",
        costs: [StackPass, SocketCopy],
    }
    /// Nobody listens.
    TCP_NO_LISTENER = "tcp.no-listener" {
        en: "nobody here listens on TCP port {n}: refused with a reset",
        zh: "本机没有程序监听 TCP 端口 {n}:用 RST 拒绝",
        because: "A segment for a connection that does not exist is answered with RST, so that the other side need not wait.",
        because_zh: "对不存在的连接发来的报文段,用 RST 回答,对方就不必等待。",
        source: "RFC 9293 §3.5.2; Linux net/ipv4/tcp_ipv4.c tcp_v4_send_reset", linux: "NO_SOCKET",
        costs: [StackPass],
    }
    /// A length or checksum that is wrong.
    TCP_MALFORMED = "tcp.malformed" {
        en: "length or checksum of the TCP header is wrong: dropped",
        zh: "TCP 首部的长度或校验和不对:丢弃",
        because: "The checksum covers header, payload and addresses; a segment that fails it was damaged and will be sent again.",
        because_zh: "校验和覆盖首部、数据和地址;通不过就是损坏了,对方会重发。",
        source: "RFC 9293 §3.1; Linux net/ipv4/tcp_ipv4.c tcp_v4_rcv", linux: "TCP_CSUM",
    }
    /// No answer in time.
    TCP_AGAIN = "tcp.retransmit" {
        en: "not acknowledged in time: sent once more",
        zh: "没有按时得到确认:再发一次",
        because: "TCP waits one retransmission timeout for the acknowledgement, then sends again and waits twice as long.",
        because_zh: "TCP 等一个重传超时还没有确认就重发,之后等待的时间加倍。",
        source: "RFC 6298; Linux net/ipv4/tcp_timer.c tcp_retransmit_timer",
    }
    /// Three equal acknowledgements.
    TCP_AGAIN_FAST = "tcp.retransmit-fast" {
        en: "{dst} keeps asking for these bytes: sent once more, before any timeout",
        zh: "{dst} 一再要这些字节:不等超时就重发",
        because: "Three acknowledgements of the same byte say that later segments arrive and this one did not.",
        because_zh: "连续三个相同的确认说明后面的报文段到了,偏偏缺这一个。",
        source: "RFC 5681 §3.2; Linux net/ipv4/tcp_input.c tcp_fastretrans_alert",
    }
    /// The way is narrower.
    TCP_AGAIN_SMALLER = "tcp.retransmit-smaller" {
        en: "the way takes less than was thought: the same bytes again, in smaller segments",
        zh: "路上能过的包比原来以为的小:同样的字节分成更小的报文段再发",
        because: "An ICMP error told the MTU of the way; what was too big for it is sent at once in segments that fit.",
        because_zh: "ICMP 差错告知了路径 MTU;太大的那些立刻换成合适的大小重发。",
        source: "RFC 1191 §6.4; Linux net/ipv4/tcp_ipv4.c tcp_v4_mtu_reduced",
    }
    /// The other side said no.
    TCP_REFUSED = "tcp.refused" {
        en: "{src} refuses the connection: the program is told so at once",
        zh: "{src} 拒绝连接:立刻告诉程序",
        because: "A reset in answer to a SYN means that the host is there and nobody listens on the port.",
        because_zh: "用 RST 回答 SYN,说明主机在,但这个端口没有程序监听。",
        source: "RFC 9293 §3.10.7.3; Linux net/ipv4/tcp_input.c tcp_reset", linux: "TCP_RESET",
    }
    /// The other side broke it off.
    TCP_RESET = "tcp.reset" {
        en: "{src} breaks the connection off",
        zh: "{src} 中断了连接",
        because: "A reset ends a connection at once; what was not delivered is lost.",
        because_zh: "RST 立刻结束连接;还没有送达的都丢了。",
        source: "RFC 9293 §3.5.2; Linux net/ipv4/tcp_input.c tcp_reset", linux: "TCP_RESET",
    }
    /// Silence.
    TCP_TIMED_OUT = "tcp.timed-out" {
        en: "nobody has answered for too long: the connection is given up",
        zh: "太久没有回应:放弃连接",
        because: "A SYN is repeated six times with doubled pauses, data fifteen times; then the program is told that time is up.",
        because_zh: "SYN 重发六次,间隔加倍;数据重发十五次;之后告诉程序超时。",
        source: "RFC 9293 §3.8.3; Linux net/ipv4/tcp_timer.c tcp_write_timeout",
    }
    /// An error while calling.
    TCP_UNREACHABLE = "tcp.unreachable" {
        en: "the call cannot get there: the program is told so at once",
        zh: "呼叫到不了那里:立刻告诉程序",
        because: "While a connection is being opened, an error on the way is the answer; later it may pass.",
        because_zh: "建立连接期间,路上的差错就是答复;建立之后它可能只是暂时的。",
        source: "RFC 1122 §4.2.3.9; Linux net/ipv4/tcp_ipv4.c tcp_v4_err",
    }
    /// Several next hops, and the addresses decide.
    MULTIPATH_L3 = "ip.multipath-l3" {
        en: "several next hops: the hash of the two outer addresses picks number {n} of {row}",
        zh: "有几个下一跳:外层两个地址的哈希选中第 {n} 个,{row}",
        because: "All packets between two addresses take one way, so none overtakes another; two hosts never use a second way.",
        because_zh: "两个地址之间的包都走同一条路,不会乱序;但两台主机也就用不上第二条路。",
        source: "RFC 2992; Linux net/ipv4/route.c fib_multipath_hash (policy 0)",
    }
    /// Several next hops, and the flow decides.
    MULTIPATH_L4 = "ip.multipath-l4" {
        en: "several next hops: the hash of outer addresses, protocol and ports picks number {n} of {row}",
        zh: "有几个下一跳:外层地址、协议、端口的哈希选中第 {n} 个,{row}",
        because: "Same headers, same hash, same way. Only the outermost headers are read; fragments and packets without ports count with their addresses and protocol alone.",
        because_zh: "首部相同,哈希相同,路就相同。只看最外层首部;分片和没有端口的包只算地址和协议。",
        source: "RFC 2992; RFC 7348 §5; Linux net/ipv4/route.c fib_multipath_hash (policy 1)",
    }
    /// Several next hops in turn.
    MULTIPATH_PER_PACKET = "ip.multipath-per-packet" {
        en: "several next hops in turn: this packet takes number {n} of {row}",
        zh: "几个下一跳轮流用:这个包走第 {n} 个,{row}",
        because: "Packets of one flow on several ways load all of them evenly, and overtake each other.",
        because_zh: "一条流的包分走几条路,负载最均匀,但会互相超车。",
        source: "RFC 2991 §2",
    }
}
