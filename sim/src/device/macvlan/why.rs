//! What macvlan devices can say about a frame.

use crate::reasons;

reasons! {
    /// Its address.
    CHILD_ADDRESS = "macvlan.child-address" {
        en: "{dst} is the address of a child: to that child, whoever sent it",
        zh: "{dst} 是某个子接口的地址:交给它,不管是谁发的",
        because: "The parent looks up the destination among the addresses of its children. The source is not asked, \
                  so even a private child can be reached.",
        because_zh: "父接口在子接口的地址里查目的地址,不看来源,所以连 private 子接口也能收到。",
        source: "Linux drivers/net/macvlan.c macvlan_handle_frame, macvlan_hash_lookup",
    }
    /// For the parent itself.
    NO_CHILD = "macvlan.no-child" {
        en: "{dst} is no child's address: up to the host's own stack",
        zh: "{dst} 不是任何子接口的地址:交给主机自己的协议栈",
        because: "What is for no child stays with the parent, as if there were no children.",
        because_zh: "不属于任何子接口的帧留给父接口,就像没有子接口一样。",
        source: "Linux drivers/net/macvlan.c macvlan_handle_frame, RX_HANDLER_PASS",
    }
    /// All of it.
    PASSTHRU = "macvlan.passthru" {
        en: "the only child is in passthru mode: it gets every unicast frame, {dst} too",
        zh: "唯一的子接口处于 passthru 模式:所有单播都归它,{dst} 也不例外",
        because: "In passthru mode the parent gives its card away. Its own stack gets no unicast frame any more.",
        because_zh: "passthru 模式下父接口把网卡让了出去,自己的协议栈再也收不到单播帧。",
        source: "Linux drivers/net/macvlan.c macvlan_handle_frame, macvlan_passthru",
    }
    /// Nothing to send with.
    NO_CARRIER = "macvlan.no-carrier" {
        en: "the card has no carrier, so its children have none: not even a sibling is reached",
        zh: "网卡没有载波,子接口也就没有载波:连兄弟也到不了",
        because: "A child follows the carrier of its parent, and an interface without a carrier sends nothing. A bridge \
                  would go on joining its ports.",
        because_zh: "子接口的载波跟随父接口,没有载波的接口什么都不发。网桥则会继续连接它的端口。",
        source: "Linux drivers/net/macvlan.c macvlan_device_event, netif_stacked_transfer_operstate",
    }
    /// Everybody's.
    GROUP_FROM_OUTSIDE = "macvlan.group-from-outside" {
        en: "{dst} from outside: to every child that listens to it, and to the host",
        zh: "外来的 {dst}:交给每个要听的子接口,也交给主机",
        because: "The sender is no child, so nobody here has this frame yet.",
        because_zh: "发送者不是子接口,所以这里还没有谁收到过这个帧。",
        source: "Linux drivers/net/macvlan.c macvlan_multicast_rx",
    }
    /// Came back.
    REFLECTED_VEPA = "macvlan.reflected-vepa" {
        en: "a vepa child's {dst} has come back from the switch: to its vepa and bridge siblings, and to the host",
        zh: "vepa 子接口发出的 {dst} 被交换机反射回来:交给 vepa 和 bridge 兄弟,也交给主机",
        because: "A vepa child hands nothing to its siblings. The switch does it, if it sends frames back out of the \
                  port they came in.",
        because_zh: "vepa 子接口不直接交给兄弟,而是靠交换机把帧从进来的端口再送回来。",
        source: "Linux drivers/net/macvlan.c macvlan_multicast_rx, MACVLAN_MODE_VEPA",
    }
    /// Came back.
    REFLECTED_BRIDGE = "macvlan.reflected-bridge" {
        en: "a bridge child's {dst} has come back from the switch: only to vepa siblings, and to the host",
        zh: "bridge 子接口发出的 {dst} 被交换机反射回来:只交给 vepa 兄弟,也交给主机",
        because: "Its bridge siblings had their copy when it was sent. A second one would be one too many.",
        because_zh: "bridge 兄弟在发送时已经各得一份,再来一份就重复了。",
        source: "Linux drivers/net/macvlan.c macvlan_multicast_rx, MACVLAN_MODE_BRIDGE",
    }
    /// Came back to its sender.
    REFLECTED_BACK = "macvlan.reflected-back" {
        en: "{dst} sent by this private child has come back: to its sender alone, neither siblings nor the host see it",
        zh: "这个 private 子接口发出的 {dst} 回来了:只还给它自己,兄弟和主机都看不到",
        because: "A private child, and one in passthru or source mode, is kept apart from everybody on its parent: \
                  what the switch reflects is handed back and used up.",
        because_zh: "private(以及 passthru、source)子接口与同一父接口上的所有人隔开:反射回来的帧原样还给它,到此为止。",
        source: "Linux drivers/net/macvlan.c macvlan_handle_frame, \"forward to original port\"",
    }
    /// A listener.
    SOURCE_COPIES = "macvlan.source-copies" {
        en: "children in source mode listen to {src}: they get copies",
        zh: "source 模式的子接口在听 {src}:它们各得一份",
        because: "In source mode the sender decides who hears, not the destination. The frame itself goes on as usual.",
        because_zh: "source 模式由发送者而不是目的地址决定谁能听到,帧本身照常往前走。",
        source: "Linux drivers/net/macvlan.c macvlan_forward_source",
    }
    /// A listener that keeps it.
    SOURCE_TAKES = "macvlan.source-takes" {
        en: "a child in source mode takes what {src} sends: nobody else gets it",
        zh: "source 模式的子接口收走 {src} 发的帧:别人都收不到",
        because: "With the flag nodst the parent does not get what a child listens to.",
        because_zh: "带 nodst 标志时,子接口听走的帧父接口不再收到。",
        source: "Linux drivers/net/macvlan.c macvlan_forward_source, MACVLAN_FLAG_NODST",
    }
    /// To a sibling.
    BRIDGED = "macvlan.bridged" {
        en: "{dst} is a sibling in bridge mode: handed over inside the host, the wire sees nothing",
        zh: "{dst} 是 bridge 模式的兄弟:在主机内直接交过去,网线上什么也看不到",
        because: "Addresses of children are known, so nothing is learned and nothing flooded; no bridge is involved.",
        because_zh: "子接口的地址都是已知的,不用学习也不用泛洪,也没有网桥参与。",
        source: "Linux drivers/net/macvlan.c macvlan_queue_xmit, dev_forward_skb",
    }
    /// Not for a sibling.
    BRIDGE_OUT = "macvlan.bridge-out" {
        en: "{dst} is no sibling in bridge mode: out to the wire",
        zh: "{dst} 不是 bridge 模式的兄弟:送上网线",
        because: "The host's own address is not among the children, so a frame to the host leaves by the wire as \
                  well, and a switch does not send it back.",
        because_zh: "主机自己的地址不在子接口之列,所以发给主机的帧也走网线,而交换机不会把它送回来。",
        source: "Linux drivers/net/macvlan.c macvlan_queue_xmit, xmit_world",
    }
    /// To siblings and the wire.
    BRIDGE_GROUP = "macvlan.bridge-group" {
        en: "{dst} from a bridge child: to its bridge siblings, and out to the wire",
        zh: "bridge 子接口发出的 {dst}:交给 bridge 兄弟,同时送上网线",
        because: "The host's own stack gets no copy: it is no child.",
        because_zh: "主机自己的协议栈得不到副本:它不是子接口。",
        source: "Linux drivers/net/macvlan.c macvlan_queue_xmit, macvlan_broadcast",
    }
    /// Out.
    PRIVATE_OUT = "macvlan.private-out" {
        en: "a private child hands nothing to siblings: out to the wire",
        zh: "private 子接口不直接交给兄弟:送上网线",
        because: "Even a sibling's address is not looked up.",
        because_zh: "连兄弟的地址也不查。",
        source: "Linux drivers/net/macvlan.c macvlan_queue_xmit, xmit_world",
    }
    /// Out.
    VEPA_OUT = "macvlan.vepa-out" {
        en: "a vepa child leaves all switching to the switch: out to the wire",
        zh: "vepa 子接口把交换全部留给交换机:送上网线",
        because: "Siblings are reached only if the switch sends the frame back out of the port it came in (802.1Qbg \
                  reflective relay, hairpin).",
        because_zh: "只有交换机把帧从进来的端口送回(802.1Qbg 反射中继,即 hairpin),才能到达兄弟。",
        source: "Linux drivers/net/macvlan.c macvlan_queue_xmit, xmit_world",
    }
    /// Out.
    PASSTHRU_OUT = "macvlan.passthru-out" {
        en: "the child in passthru mode uses the card alone: out to the wire",
        zh: "passthru 子接口独占网卡:送上网线",
        because: "It has no siblings.",
        because_zh: "它没有兄弟。",
        source: "Linux drivers/net/macvlan.c macvlan_queue_xmit, xmit_world",
    }
    /// Out.
    SOURCE_OUT = "macvlan.source-out" {
        en: "a child in source mode sends to the wire",
        zh: "source 模式的子接口发到网线上",
        because: "The list of sources is about hearing, not about sending.",
        because_zh: "来源表只管听,不管发。",
        source: "Linux drivers/net/macvlan.c macvlan_queue_xmit, xmit_world",
    }
    /// Out.
    HOST_OUT = "macvlan.host-out" {
        en: "the host sends past its macvlan children: out to the wire",
        zh: "主机发送时绕过 macvlan 子接口:送上网线",
        because: "The parent's transmit path does not look at children, so the host cannot reach them without the \
                  switch sending the frame back.",
        because_zh: "父接口发送时不看子接口,所以除非交换机把帧送回来,主机到不了自己的子接口。",
        source: "Linux net/core/dev.c dev_queue_xmit",
    }
    /// No such port.
    NO_PORT = "macvlan.no-port" {
        en: "there is no child at this port",
        zh: "这个端口上没有子接口",
        because: "Nothing is modelled here.",
        because_zh: "这里没有任何东西。",
        source: "model choice",
    }
    /// Not even a header.
    RUNT = "macvlan.runt" {
        en: "shorter than an Ethernet header: dropped",
        zh: "比以太网帧头还短:丢弃",
        because: "Without a whole header there is no destination to look at.",
        because_zh: "没有完整的帧头,就没有目的地址可看。",
        source: "IEEE 802.3 §4.2.4.2.2",
    }
}
