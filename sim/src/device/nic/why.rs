//! What a network card can say about a frame.

use crate::reasons;

reasons! {
    /// Its own address.
    ACCEPT_OWN = "nic.accept-own" {
        en: "{dst} is this card's own address: up to the host",
        zh: "{dst} 就是本网卡的地址:交给主机",
        because: "A card passes up what is addressed to it.",
        because_zh: "发给自己的帧,网卡交给主机。",
        source: "IEEE 802.3 §4.1.2.1.2; Linux net/ethernet/eth.c eth_type_trans",
        costs: [Interrupt],
    }
    /// An address it was told to accept.
    ACCEPT_LISTED = "nic.accept-listed" {
        en: "{dst} is on this card's list of further unicast addresses: up to the host",
        zh: "{dst} 在本网卡的附加单播地址表里:交给主机",
        because: "Virtual devices above a card (macvlan, VFs) have addresses of their own, which the filter is told.",
        because_zh: "网卡之上的虚拟设备(macvlan、VF)有自己的地址,过滤器会收到它们。",
        source: "Linux net/core/dev_addr_lists.c dev_uc_add",
        costs: [Interrupt],
    }
    /// Everybody.
    ACCEPT_BROADCAST = "nic.accept-broadcast" {
        en: "a broadcast is for everybody: up to the host",
        zh: "广播发给所有人:交给主机",
        because: "Every card accepts ff:ff:ff:ff:ff:ff; the host decides whether it cares.",
        because_zh: "每块网卡都收 ff:ff:ff:ff:ff:ff,主机再决定要不要理会。",
        source: "IEEE 802.3 §3.2.3.1",
        costs: [Interrupt],
    }
    /// A group it joined.
    ACCEPT_GROUP = "nic.accept-group" {
        en: "the host has joined the group {dst}: up to the host",
        zh: "主机加入了组播组 {dst}:交给主机",
        because: "The filter holds the groups the host has joined.",
        because_zh: "过滤器里有主机加入的组。",
        source: "Linux net/core/dev_addr_lists.c dev_mc_add",
        costs: [Interrupt],
    }
    /// All groups.
    ACCEPT_ALLMULTI = "nic.accept-allmulti" {
        en: "ALLMULTI is on: every group goes up to the host, {dst} too",
        zh: "ALLMULTI 已开启:所有组播都交给主机,{dst} 也在内",
        because: "A multicast router must hear groups it has not joined.",
        because_zh: "组播路由器必须听到自己没有加入的组。",
        source: "Linux net/core/dev.c dev_set_allmulti",
        costs: [Interrupt],
    }
    /// Everything.
    ACCEPT_PROMISCUOUS = "nic.accept-promiscuous" {
        en: "promiscuous mode: up to the host although {dst} is somebody else's address",
        zh: "混杂模式:{dst} 是别人的地址,照样交给主机",
        because: "A promiscuous card filters nothing. It still hears only what the switch sends its way.",
        because_zh: "混杂模式的网卡什么都不过滤,但它只能听到交换机送来的东西。",
        source: "Linux net/core/dev.c dev_set_promiscuity",
        costs: [Interrupt],
    }
    /// Too many addresses for the slots.
    ACCEPT_SLOTS_FULL = "nic.accept-slots-full" {
        en: "more addresses than filter slots: the card lets all unicast in, {dst} too",
        zh: "地址比过滤槽多:网卡放行所有单播,{dst} 也在内",
        because: "A card compares a handful of addresses exactly. Given more, its driver opens the unicast filter \
                  altogether, without promiscuous mode being shown anywhere.",
        because_zh: "网卡只能精确比较少数几个地址;再多,驱动就把单播过滤整个打开,而混杂标志并不显示。",
        source: "Linux drivers/net/ethernet/intel/e1000/e1000_main.c e1000_set_rx_mode",
        costs: [Interrupt],
    }
    /// Not for it to decide.
    ACCEPT_SWITCHED = "nic.accept-switched" {
        en: "this card has virtual functions: the switch inside it decides who gets what is for {dst}",
        zh: "本网卡有虚拟功能:发给 {dst} 的帧归谁,由卡内的交换机决定",
        because: "With SR-IOV the filters are those of the functions. The physical port lets everything in.",
        because_zh: "有 SR-IOV 时,过滤由各个功能做,物理端口全部放进来。",
        source: "Intel 82599 datasheet 7.10.3",
    }
    /// Somebody else's.
    FILTER_UNICAST = "nic.filter-unicast" {
        en: "{dst} is not this card's address: filtered, the host never sees it",
        zh: "{dst} 不是本网卡的地址:被过滤,主机看不到",
        because: "The frame reached the plug but not the host: the filter costs the processor nothing.",
        because_zh: "帧到了网口,但没有到主机:过滤不花处理器一点力气。",
        source: "Linux net/core/dev.c __dev_set_rx_mode; driver set_rx_mode",
    }
    /// A group nobody joined.
    FILTER_GROUP = "nic.filter-group" {
        en: "the host has not joined the group {dst}: filtered",
        zh: "主机没有加入组播组 {dst}:被过滤",
        because: "Only joined groups pass, unless ALLMULTI is on.",
        because_zh: "除非开启 ALLMULTI,只有加入的组才能通过。",
        source: "Linux net/core/dev.c __dev_set_rx_mode; driver set_rx_mode",
    }
    /// Longer than it can receive.
    RECEIVED_TOO_LONG = "nic.received-too-long" {
        en: "longer than the MTU of {n} allows: the card cannot receive it",
        zh: "比 MTU {n} 允许的长:网卡收不下",
        because: "A frame longer than MTU, header and one tag does not fit the receive buffer. Nobody is told.",
        because_zh: "超过 MTU 加帧头加一个标签的帧放不进接收缓冲区,而且没有人会得到通知。",
        source: "Linux drivers/net/ethernet (rx_length_errors)",
        linux: "rx_length_errors",
    }
    /// Longer than it may send.
    SENT_TOO_LONG = "nic.sent-too-long" {
        en: "longer than the MTU of {n}: not sent",
        zh: "比 MTU {n} 长:不发送",
        because: "Whoever hands a frame down must keep to the MTU of the device below.",
        because_zh: "往下交帧的一方必须遵守下层设备的 MTU。",
        source: "Linux include/linux/netdevice.h is_skb_forwardable",
    }
    /// Not even a header.
    RUNT = "nic.runt" {
        en: "shorter than an Ethernet header: dropped",
        zh: "比以太网帧头还短:丢弃",
        because: "Without a whole header there is no destination to look at.",
        because_zh: "没有完整的帧头,就没有目的地址可看。",
        source: "IEEE 802.3 §4.2.4.2.2",
        linux: "rx_length_errors",
    }
    /// Out on the wire.
    SENT = "nic.sent" {
        en: "out on the cable",
        zh: "送上网线",
        because: "A card sends whatever the host hands down, whatever source address it carries.",
        because_zh: "主机交下来的帧网卡都发,不管源地址写的是什么。",
        source: "IEEE 802.3 §4.1.2.1.1; Linux net/core/dev.c dev_queue_xmit",
        costs: [Interrupt],
    }
}
