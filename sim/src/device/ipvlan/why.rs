//! What ipvlan devices can say about a frame.

use crate::reasons;

reasons! {
    /// Its address.
    CHILD_ADDRESS = "ipvlan.child-address" {
        en: "{dst} is an address of a child: to that child",
        zh: "{dst} 是某个子接口的地址:交给它",
        because: "All children have the MAC address of their parent, so frames are sorted by the IP address they are \
                  for; of a question for an address, by the address asked for.",
        because_zh: "所有子接口都用父接口的 MAC 地址,所以帧按目的 IP 分拣;ARP 询问则按所问的地址。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_handle_mode_l3, ipvlan_addr_lookup",
    }
    /// For the parent itself.
    NO_CHILD = "ipvlan.no-child" {
        en: "{dst} is no child's address: up to the host's own stack",
        zh: "{dst} 不是任何子接口的地址:交给主机自己的协议栈",
        because: "What is for no child stays with the parent, as if there were no children.",
        because_zh: "不属于任何子接口的帧留给父接口,就像没有子接口一样。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_handle_mode_l3, RX_HANDLER_PASS",
    }
    /// Everybody's.
    GROUP_FROM_OUTSIDE = "ipvlan.group-from-outside" {
        en: "a broadcast or group from outside: to every child that listens to it, and to the host",
        zh: "外来的广播或组播:交给每个要听的子接口,也交给主机",
        because: "In mode l2 children are stations on the wire of their parent and hear what is for all.",
        because_zh: "l2 模式下子接口就像父接口那条线上的站点,发给大家的都听得到。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_handle_mode_l2, ipvlan_process_multicast",
    }
    /// Came back.
    OWN_REFLECTION = "ipvlan.own-reflection" {
        en: "a child's own broadcast has come back from the switch: to the host alone",
        zh: "子接口自己发出的广播被交换机反射回来:只交给主机",
        because: "Its source is the MAC address of the parent and the IP address of a child. Siblings had their copy \
                  when it was sent; the host had none.",
        because_zh: "源 MAC 是父接口的、源 IP 是子接口的。兄弟在发送时已各得一份,主机那时没有。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_external_frame",
    }
    /// Through the parent's filter.
    L3S_FILTERED = "ipvlan.l3s-filtered" {
        en: "mode l3s: PREROUTING and INPUT of the parent's namespace see the packet first",
        zh: "l3s 模式:父接口命名空间的 PREROUTING 和 INPUT 先看到这个包",
        because: "The packet goes up the parent's stack and changes hands at the end of INPUT, so rules and connection \
                  tracking of the host see both directions. In mode l3 they see only what children send.",
        because_zh: "包先走父接口的协议栈,在 INPUT 的末尾才交给子接口,所以主机的规则和连接跟踪两个方向都看得到。l3 模式下只看得到子接口发出的。",
        source: "Linux drivers/net/ipvlan/ipvlan_l3s.c ipvlan_l3_rcv, ipvlan_nf_input",
    }
    /// Not a matter of children.
    L3S_PASSED = "ipvlan.l3s-passed" {
        en: "mode l3s hands children IP packets only: a question for {dst} goes to the host, which does not have it",
        zh: "l3s 模式只把 IP 包交给子接口:对 {dst} 的询问归主机,而主机没有这个地址",
        because: "The receive handler does nothing in this mode. Children get packets by a hook of the IP stack, and ARP \
                  does not pass there.",
        because_zh: "这个模式下接收处理函数什么都不做。子接口靠 IP 协议栈的钩子收包,而 ARP 不经过那里。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_handle_frame, IPVLAN_MODE_L3S",
    }
    /// To a sibling.
    SIBLING = "ipvlan.sibling" {
        en: "{dst} is an address of a sibling: handed over inside the host, the wire sees nothing",
        zh: "{dst} 是兄弟的地址:在主机内直接交过去,网线上什么也看不到",
        because: "In mode l2 a frame from the shared MAC address to the same one is looked up by its IP address, in mode \
                  l3 every frame is.",
        because_zh: "l2 模式下,从共用 MAC 发往同一个 MAC 的帧按 IP 查;l3 模式下每个帧都按 IP 查。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_xmit_mode_l2, ipvlan_xmit_mode_l3, ipvlan_rcv_frame",
    }
    /// Kept apart.
    PRIVATE = "ipvlan.private" {
        en: "{dst} is an address of a sibling, and this parent's children are private: dropped",
        zh: "{dst} 是兄弟的地址,而这个父接口的子接口是 private:丢弃",
        because: "The flag private keeps the children of one parent from each other. It counts as lost in sending.",
        because_zh: "private 标志把同一父接口的子接口隔开,算作发送丢弃。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_is_private, NET_XMIT_DROP",
    }
    /// For whoever has the address else.
    TO_PARENT = "ipvlan.to-parent" {
        en: "for the shared MAC address, and {dst} is no child's: it must be the parent, up to the host's own stack",
        zh: "发往共用的 MAC,而 {dst} 不是子接口的地址:只能是父接口,交给主机自己的协议栈",
        because: "Sending it to the wire would be in vain: no switch sends a frame back. So it enters by the parent's \
                  receive path.",
        because_zh: "送上网线也没用:交换机不会把帧送回来。所以从父接口的接收路径进去。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_xmit_mode_l2, dev_forward_skb",
    }
    /// Out.
    L2_OUT = "ipvlan.l2-out" {
        en: "to another MAC address: out to the wire, from the address of the parent",
        zh: "发往别的 MAC:送上网线,源地址是父接口的",
        because: "The parent's stack, its routes and its packet filter do not see what children send in mode l2.",
        because_zh: "l2 模式下,子接口发的东西不经过父接口的协议栈、路由和包过滤。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_xmit_mode_l2, dev_queue_xmit",
    }
    /// Out, though it is for here.
    VEPA_OUT = "ipvlan.vepa-out" {
        en: "with the flag vepa nothing is looked up: out to the wire, from the shared MAC address to the same one",
        zh: "带 vepa 标志时什么都不查:送上网线,源和目的是同一个共用 MAC",
        because: "Only a switch that sends frames back out of the port they came in can bring it to a sibling.",
        because_zh: "只有会把帧从进来的端口送回的交换机,才能把它带给兄弟。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_xmit_mode_l2, ipvlan_is_vepa",
    }
    /// To siblings and the wire.
    L2_GROUP = "ipvlan.l2-group" {
        en: "a broadcast or group from a child: to its siblings, and out to the wire",
        zh: "子接口发出的广播或组播:交给兄弟,同时送上网线",
        because: "The flags private and vepa change nothing here. The host's own stack gets no copy: it is no child.",
        because_zh: "private 和 vepa 标志在这里不起作用。主机自己的协议栈得不到副本:它不是子接口。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_multicast_enqueue, ipvlan_process_multicast",
    }
    /// Nobody's.
    L3_GROUP = "ipvlan.l3-group" {
        en: "a broadcast or group from a child in mode l3: dropped",
        zh: "l3 模式的子接口发出的广播或组播:丢弃",
        because: "What children send is routed in this mode, and broadcasts are not.",
        because_zh: "这个模式下子接口发的包要经过路由,而广播不能路由。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_process_outbound",
    }
    /// Nothing that can be routed.
    L3_NOT_IP = "ipvlan.l3-not-ip" {
        en: "no whole IPv4 packet, and modes l3 and l3s route packets only: dropped",
        zh: "不是完整的 IPv4 包,而 l3 和 l3s 模式只路由 IP 包:丢弃",
        because: "The Ethernet header is thrown away, so there must be a packet behind it.",
        because_zh: "以太网帧头会被去掉,所以后面必须是一个 IP 包。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_process_outbound",
    }
    /// Into the parent's stack.
    L3_ROUTED = "ipvlan.l3-routed" {
        en: "mode l3: the Ethernet header comes off, and the packet for {dst} is routed in the parent's namespace",
        zh: "l3 模式:去掉以太网帧头,发往 {dst} 的包在父接口的命名空间里路由",
        because: "The packet is sent as one of the host's own: its routes and ARP decide, OUTPUT and POSTROUTING see \
                  it, and its time to live stays as it is.",
        because_zh: "它像主机自己的包一样发出去:由主机的路由和 ARP 决定,经过 OUTPUT 和 POSTROUTING,TTL 不变。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_process_outbound, ipvlan_process_v4_outbound",
    }
    /// Out.
    HOST_OUT = "ipvlan.host-out" {
        en: "the host sends past its ipvlan children: out to the wire",
        zh: "主机发送时绕过 ipvlan 子接口:送上网线",
        because: "The parent's transmit path does not look at children, so the host cannot reach them without the \
                  switch sending the frame back.",
        because_zh: "父接口发送时不看子接口,所以除非交换机把帧送回来,主机到不了自己的子接口。",
        source: "Linux net/core/dev.c dev_queue_xmit",
    }
    /// Nothing to send with.
    NO_CARRIER = "ipvlan.no-carrier" {
        en: "the card has no carrier, so its children have none: not even a sibling is reached",
        zh: "网卡没有载波,子接口也就没有载波:连兄弟也到不了",
        because: "A child follows the carrier of its parent, and an interface without a carrier sends nothing.",
        because_zh: "子接口的载波跟随父接口,没有载波的接口什么都不发。",
        source: "Linux drivers/net/ipvlan/ipvlan_main.c ipvlan_device_event, netif_stacked_transfer_operstate",
    }
    /// Flow control.
    PAUSE = "ipvlan.pause" {
        en: "a pause frame from a child: dropped",
        zh: "子接口发出的暂停帧:丢弃",
        because: "Pausing the wire is a matter of the card.",
        because_zh: "让链路暂停是网卡的事。",
        source: "Linux drivers/net/ipvlan/ipvlan_core.c ipvlan_multicast_enqueue, ETH_P_PAUSE",
    }
    /// No such port.
    NO_PORT = "ipvlan.no-port" {
        en: "there is no child at this port",
        zh: "这个端口上没有子接口",
        because: "Nothing is modelled here.",
        because_zh: "这里没有任何东西。",
        source: "model choice",
    }
    /// Not even a header.
    RUNT = "ipvlan.runt" {
        en: "shorter than an Ethernet header: dropped",
        zh: "比以太网帧头还短:丢弃",
        because: "Without a whole header there is no destination to look at.",
        because_zh: "没有完整的帧头,就没有目的地址可看。",
        source: "IEEE 802.3 §4.2.4.2.2",
    }
}
