//! What an IP stack can say about TCP, and about routes with several next hops. The list goes on where that of the
//! module above ends.

use crate::reasons;

reasons! {
    after crate::stack::why::COUNT;
    /// Goes to a program.
    TCP_DELIVERED = "tcp.delivered" {
        en: "TCP port {n} belongs to a program here: the segment is its socket's",
        zh: "TCP 端口 {n} 属于本机的程序:报文段交给它的套接字",
        because: "The destination port names the program; addresses and ports of both sides together name the connection.",
        because_zh: "目的端口指明程序;两端的地址和端口合起来指明一条连接。",
        source: "RFC 9293 §3.3.1; Linux net/ipv4/tcp_ipv4.c tcp_v4_rcv",
    }
    /// Nobody listens.
    TCP_NO_LISTENER = "tcp.no-listener" {
        en: "nobody here listens on TCP port {n}: refused with a reset",
        zh: "本机没有程序监听 TCP 端口 {n}:用 RST 拒绝",
        because: "A segment for a connection that does not exist is answered with RST, so that the other side need not wait.",
        because_zh: "对不存在的连接发来的报文段,用 RST 回答,对方就不必等待。",
        source: "RFC 9293 §3.5.2; Linux net/ipv4/tcp_ipv4.c tcp_v4_send_reset", linux: "NO_SOCKET",
    }
    /// A length or checksum that is wrong.
    TCP_MALFORMED = "tcp.malformed" {
        en: "length or checksum of the TCP header is wrong: dropped",
        zh: "TCP 首部的长度或校验和不对:丢弃",
        because: "The checksum covers header, payload and addresses; a segment that fails it was damaged and will be sent again.",
        because_zh: "校验和覆盖首部、数据和地址;通不过就是损坏了,对方会重发。",
        source: "RFC 9293 §3.1; Linux net/ipv4/tcp_ipv4.c tcp_v4_rcv", linux: "TCP_CSUM",
    }
}
