//! What an IP stack can say about sources: those that could not be answered the way they came, and those of others.

use crate::reasons;

reasons! {
    after crate::stack::why::whole::REVERSE;
    /// The way back is another one.
    REVERSE_PATH = "ip.reverse-path" {
        en: "an answer to {src} would not go back the way this packet came: dropped",
        zh: "回答 {src} 不会走这个报文来的路:丢弃",
        because: "With rp_filter a source is believed only where the route back to it leads. So a neighbour can speak from addresses that are routed to it, and from no others.",
        because_zh: "开启 rp_filter 时,只有回程路由指向的地方才能用这个源地址。邻居只能用路由指向它的地址说话,别的都不行。",
        source: "RFC 3704 §2.2; Linux net/ipv4/fib_frontend.c __fib_validate_source", linux: "IP_RPFILTER",
    }
    /// Not from here.
    SOURCE_ELSEWHERE = "ip.source-elsewhere" {
        en: "a tunnel would speak from {src}, which is no address of this host: dropped",
        zh: "隧道要用 {src} 发送,而那不是本机的地址:丢弃",
        because: "Answers and errors go to the source. A host finds a way only for packets from an address of its own.",
        because_zh: "回答和差错都发往源地址。主机只为源地址属于自己的报文找路。",
        source: "Linux net/ipv4/route.c ip_route_output_key_hash_rcu (saddr); drivers/net/vxlan/vxlan_core.c \
                 vxlan_xmit_one",
        linux: "tx_carrier_errors",
    }
    /// An envelope of somebody else's.
    NO_TUNNEL_FOR = "ip.no-tunnel-for" {
        en: "no tunnel here is set for {src} and the key of this envelope (IP protocol {n}): dropped, and {src} is told",
        zh: "本机没有为 {src} 和这个信封的密钥(key)设置的隧道(IP 协议 {n}):丢弃,并通知 {src}",
        because: "A tunnel with a remote opens only what comes from it, and only with its own key.",
        because_zh: "设置了对端的隧道,只拆来自对端、且密钥相同的信封。",
        source: "Linux net/ipv4/ip_tunnel.c ip_tunnel_lookup; net/ipv4/ip_gre.c gre_rcv; net/ipv4/tunnel4.c tunnel4_rcv",
    }
    /// A question from such a source.
    ARP_REVERSE_PATH = "arp.reverse-path" {
        en: "{src} asks, but an answer to it would not go back this way: not answered",
        zh: "{src} 在询问,但给它的回答不会走这条路回去:不回答",
        because: "A question is answered only if a packet from the asker would be taken here. With rp_filter it would not.",
        because_zh: "只有会接收提问者的报文,才回答它的询问;开启 rp_filter 时不会接收。",
        source: "Linux net/ipv4/arp.c arp_process (ip_route_input_noref)",
    }
}
