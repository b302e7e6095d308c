//! What a card with virtual functions can say about a frame.

use crate::reasons;

reasons! {
    /// Inside.
    SWITCHED = "sriov.switched" {
        en: "{dst} is a function of this card: switched inside it, the cable sees nothing",
        zh: "{dst} 是本卡的一个功能:在卡内交换,网线上什么也看不到",
        because: "The switch of the card has a row for this address and VLAN, written by the driver. No host stack and \
                  no bridge takes part.",
        because_zh: "卡内交换机有这个地址和 VLAN 的表项,是驱动写的。主机协议栈和网桥都不参与。",
        source: "Linux ixgbe_sriov.c __ixgbe_enable_sriov, PFDTXGSWC_VT_LBEN; Intel 82599 datasheet 7.10.3",
        costs: [Interrupt],
    }
    /// Out, for nobody here has it.
    UNKNOWN_OUT = "sriov.unknown-out" {
        en: "no row for {dst} in VLAN {n}: out to the cable, and to no other function",
        zh: "VLAN {n} 中没有 {dst} 的表项:送上网线,不给任何别的功能",
        because: "Who is behind a function is known because software wrote it down, so an unknown address must be \
                  outside. The switch does not flood, and it learns nothing from the answer.",
        because_zh: "功能后面是谁由软件写好,所以未知的地址只能在外面。这个交换机不泛洪,也不从回答里学习。",
        source: "Intel 82599 datasheet 7.10.3.4; IEEE 802.1Qbg",
    }
    /// Out, always.
    VEPA_OUT = "sriov.vepa-out" {
        en: "VEPA: the card leaves all switching to the switch, so {dst} is looked for on the cable",
        zh: "VEPA:卡把交换全部留给交换机,{dst} 也送上网线",
        because: "Functions of one card reach each other only if the switch sends the frame back out of the port it \
                  came in by (reflective relay).",
        because_zh: "只有交换机把帧从进来的端口送回(反射中继),同一张卡的功能才能互相到达。",
        source: "IEEE 802.1Qbg; Linux ixgbe_main.c ixgbe_configure_bridge_mode",
    }
    /// To all in the VLAN.
    GROUP_OUT = "sriov.group-out" {
        en: "{dst} from a function: copies for the functions in VLAN {n} that hear it, and out to the cable",
        zh: "功能发出的 {dst}:给 VLAN {n} 中收听它的功能各一份,同时送上网线",
        because: "A broadcast is replicated inside the card, for the switch outside sends nothing back.",
        because_zh: "广播在卡内复制,因为外面的交换机不会送回来。",
        source: "Intel 82599 datasheet 7.10.3.3",
    }
    /// To all in the VLAN.
    GROUP_IN = "sriov.group-in" {
        en: "{dst} from the cable: copies for the functions in VLAN {n} that hear it",
        zh: "网线来的 {dst}:给 VLAN {n} 中收听它的功能各一份",
        because: "Each function hears broadcasts of its VLAN and the groups it joined. Whose own address the frame has \
                  for a source gets none: it is its own, sent back.",
        because_zh: "每个功能收听自己 VLAN 的广播和加入的组。源地址是自己的那个不收:那是自己发的又被送了回来。",
        source: "Intel 82599 datasheet 7.10.3.3; Linux i40e, private flag disable-source-pruning",
        costs: [Interrupt],
    }
    /// Nobody listens.
    NO_HEARER = "sriov.no-hearer" {
        en: "no function in VLAN {n} hears {dst}: dropped",
        zh: "VLAN {n} 中没有功能收听 {dst}:丢弃",
        because: "Neither a member of the group nor a function in this VLAN is on this card.",
        because_zh: "这张卡上没有该组的成员,或没有这个 VLAN 的功能。",
        source: "Intel 82599 datasheet 7.10.3.3",
    }
    /// A row.
    ROW_IN = "sriov.row" {
        en: "a row names the function of {dst}: to it, and to nobody else",
        zh: "表项写明 {dst} 属于哪个功能:只交给它",
        because: "The driver wrote the row when the function was set up. A tag of its VLAN is taken off.",
        because_zh: "功能建立时驱动写下了这一行。它的 VLAN 标签在这里取下。",
        source: "Intel 82599 datasheet 7.10.3.3; Linux ixgbe_sriov.c ixgbe_set_vf_mac",
        costs: [Interrupt],
    }
    /// No row.
    NO_ROW = "sriov.no-row" {
        en: "no row for {dst} in VLAN {n}, and no function asks for the rest: dropped",
        zh: "VLAN {n} 中没有 {dst} 的表项,也没有功能要收其余的帧:丢弃",
        because: "The card does not learn. Whoever lives behind a function, on a bridge of its own, is unknown to it, \
                  however often they have sent.",
        because_zh: "卡不学习。住在某个功能后面网桥上的,发过多少次帧它都不认识。",
        source: "Intel 82599 datasheet 7.10.3.3",
    }
    /// All that is left over.
    PROMISCUOUS = "sriov.promiscuous" {
        en: "no row for {dst} in VLAN {n}: a copy for the functions in promiscuous mode",
        zh: "VLAN {n} 中没有 {dst} 的表项:给混杂模式的功能一份",
        because: "A function that may be promiscuous gets what no row claims. For a virtual function that takes trust.",
        because_zh: "允许混杂的功能得到没有表项认领的帧。虚拟功能要先被信任。",
        source: "Linux ixgbe_sriov.c ixgbe_update_vf_xcast_mode; man 8 ip-link, \"trust\"",
        costs: [Interrupt],
    }
    /// Another's address.
    SPOOFED = "sriov.spoofed" {
        en: "spoof check: {src} is no address of the function that sends it: dropped",
        zh: "防欺骗检查:{src} 不是发送它的功能的地址:丢弃",
        because: "A virtual function may send with the address its host wrote for it. What stands on a bridge behind it \
                  has another one.",
        because_zh: "虚拟功能只能用主机写给它的地址发送。它后面网桥上的机器用的是别的地址。",
        source: "Linux ixgbe_sriov.c ixgbe_ndo_set_vf_spoofchk; man 8 ip-link, \"spoofchk\"",
    }
    /// A tag of its own.
    TAGGED = "sriov.tagged" {
        en: "this function is in VLAN {n} and may not tag frames itself: dropped",
        zh: "这个功能属于 VLAN {n},不能自己打标签:丢弃",
        because: "The host chose its VLAN; the card puts that tag on and takes it off.",
        because_zh: "它的 VLAN 由主机决定,标签由卡来打和取。",
        source: "Linux ixgbe_sriov.c ixgbe_enable_port_vlan, set_vlan_anti_spoofing",
    }
    /// Down.
    LINK_DOWN = "sriov.link-down" {
        en: "the link of this function is down: dropped",
        zh: "这个功能的链路是断开的:丢弃",
        because: "Its state is `disable`, or it follows the cable, which has no carrier.",
        because_zh: "它的状态是 `disable`,或者它跟随网线,而网线没有载波。",
        source: "man 8 ip-link, \"state auto|enable|disable\"; Linux ixgbe_sriov.c ixgbe_ndo_set_vf_link_state",
    }
    /// No such port.
    NO_PORT = "sriov.no-port" {
        en: "there is no function at this port",
        zh: "这个端口上没有功能",
        because: "Nothing is modelled here.",
        because_zh: "这里没有任何东西。",
        source: "model choice",
    }
    /// Not even a header.
    RUNT = "sriov.runt" {
        en: "shorter than an Ethernet header: dropped",
        zh: "比以太网帧头还短:丢弃",
        because: "Without a whole header there is no destination to look at.",
        because_zh: "没有完整的帧头,就没有目的地址可看。",
        source: "IEEE 802.3 §4.2.4.2.2",
    }
}
