//! What a fabric can say about a frame.

use crate::reasons;

reasons! {
    /// Not readable.
    MALFORMED = "fabric.malformed" {
        en: "no sound frame: the fabric cannot tell what it is",
        zh: "帧不完整或内容有误:网络无法识别",
        because: "A rule that cannot read what it must compare lets nothing through.",
        because_zh: "规则读不出要比较的内容,就一律不放行。",
        source: "OVN ovn-northd(8), logical flow tables: what matches no flow is dropped",
    }
    /// A group sends.
    GROUP_SOURCE = "fabric.group-source" {
        en: "the sender {src} is a group: no machine has such an address",
        zh: "发送方 {src} 是组播地址:没有机器会有这样的地址",
        because: "Groups are destinations. A group as sender is a mistake or a forgery.",
        because_zh: "组播地址只能作目的;作源地址要么是错误,要么是伪造。",
        source: "OVN ovn-northd(8), ingress table 0: multicast source addresses are dropped",
    }
    /// A VLAN tag.
    TAGGED = "fabric.tagged" {
        en: "the frame has a VLAN tag, and the port carries none",
        zh: "帧带有 VLAN 标签,而此端口不承载标签",
        because: "The provider uses tags itself to keep tenants apart.",
        because_zh: "提供商自己用标签来隔离租户。",
        source: "OVN ovn-northd(8), ingress table 0: frames with a VLAN header are dropped",
    }
    /// Not its hardware address.
    FOREIGN_MAC = "fabric.foreign-mac" {
        en: "{src} is not a hardware address of this port",
        zh: "{src} 不是此端口的硬件地址",
        because: "A virtual port believes in the addresses it was given; another sender is a forgery, however innocent.",
        because_zh: "虚拟端口只认分配给它的地址;别的源地址一律视为伪造,哪怕并无恶意。",
        source: "Neutron port security (anti-spoofing by MAC); AWS VPC: frames from other addresses are dropped",
    }
    /// ARP for others.
    FOREIGN_ARP = "fabric.foreign-arp" {
        en: "this ARP packet speaks for an address that the port does not have",
        zh: "这个 ARP 报文替端口并不拥有的地址说话",
        because: "Who may answer for an address may take its traffic: so the sender in ARP is checked like that of a packet.",
        because_zh: "谁能替一个地址应答,就能拿走它的流量;所以 ARP 里的发送方也要检查。",
        source: "Neutron port security (anti-spoofing of ARP)",
    }
    /// Not its IP address.
    FOREIGN_IP = "fabric.foreign-ip" {
        en: "the packet's source is not an IP address of this port",
        zh: "包的源地址不是此端口的 IP 地址",
        because: "The provider hands out addresses and lets nobody use others. A tunnel hides the pod's address in an outer packet \
                  with the host's; without one the pod's own address is seen here.",
        because_zh: "提供商分配地址,不许使用别的。隧道把 Pod 的地址藏在以主机地址为源的外层包里;不用隧道,Pod 自己的地址就暴露在这里。",
        source: "Neutron port security; AWS VPC source/destination check; GCP canIpForward; Azure enableIPForwarding",
    }
    /// No IPv4 and no ARP.
    NOT_IP = "fabric.not-ip" {
        en: "neither IPv4 nor ARP: a network of routers carries nothing else",
        zh: "既不是 IPv4 也不是 ARP:由路由器组成的网络不承载别的",
        because: "There is no segment behind it over which other protocols could go.",
        because_zh: "它背后没有可以承载其他协议的二层网段。",
        source: "AWS VPC user guide; GCP VPC documentation",
    }
    /// Everybody.
    BROADCAST = "fabric.broadcast" {
        en: "a broadcast: there is no segment here on which everybody could hear it",
        zh: "广播:这里没有能让所有人听到的网段",
        because: "A cloud subnet is a router that looks like Ethernet. It answers ARP itself and carries no broadcast.",
        because_zh: "云上的子网是看起来像以太网的路由器:它自己应答 ARP,不传广播。",
        source: "AWS VPC user guide (broadcast is not supported); Azure VNet FAQ; GCP VPC documentation",
    }
    /// A group.
    GROUP = "fabric.group" {
        en: "the destination {dst} is a group, and the fabric carries no multicast",
        zh: "目的 {dst} 是组播地址,而此网络不传组播",
        because: "Copies for a group need state in the fabric for every tenant's group; providers do not offer it.",
        because_zh: "组播复制要在网络里为每个租户的每个组保存状态;提供商不提供。",
        source: "AWS VPC user guide; Azure VNet FAQ; GCP VPC documentation",
    }
    /// Carried for nobody.
    BLOCKED = "fabric.blocked-protocol" {
        en: "IP protocol {n} is carried for nobody here",
        zh: "此网络不承载 IP 协议号 {n}",
        because: "The provider's own virtual switch uses or refuses this envelope.",
        because_zh: "提供商自己的虚拟交换机占用或拒绝这种封装。",
        source: "Azure VNet FAQ: IP-in-IP and GRE packets are blocked",
    }
    /// Not open.
    CLOSED = "fabric.closed-protocol" {
        en: "IP protocol {n} is not open towards this machine",
        zh: "安全组没有对这台机器放行 IP 协议号 {n}",
        because: "A security group lists protocols. \"All TCP, UDP and ICMP\" sounds like everything and leaves tunnels like IPIP out.",
        because_zh: "安全组按协议放行。“TCP、UDP、ICMP 全部放行”听起来是全部,却漏掉了 IPIP 这样的隧道。",
        source: "Neutron security groups; AWS VPC security groups; Calico documentation, public clouds",
    }
    /// Not its IP address.
    FOREIGN_DESTINATION = "fabric.foreign-destination" {
        en: "the packet is for an IP address that the interface does not have",
        zh: "包的目的不是该接口拥有的 IP 地址",
        because: "The check asks both ends: a machine that is no router gets only what is addressed to it.",
        because_zh: "两端都要检查:不是路由器的机器只收发给自己的包。",
        source: "AWS VPC user guide, source/destination checks; GCP canIpForward",
    }
    /// By hardware address.
    BY_MAC = "fabric.by-mac" {
        en: "{dst} was handed out behind port {out}",
        zh: "{dst} 是分配给端口 {out} 的地址",
        because: "Nothing is learned: the provider knows where each interface is, because it made it.",
        because_zh: "不靠学习:接口是提供商建的,它知道在哪里。",
        source: "OVN ovn-northd(8), destination lookup",
    }
    /// Everybody on the segment.
    FLOODED = "fabric.flooded" {
        en: "for everybody on the segment: a copy to each other port",
        zh: "发给网段上所有人:其他端口各一份",
        because: "A tenant network of OpenStack is a real segment: broadcast and groups reach its ports.",
        because_zh: "OpenStack 的租户网络是真正的网段:广播和组播能到达各端口。",
        source: "OVN ovn-northd(8), broadcast and multicast handling",
    }
    /// Alone.
    NO_OTHER_PORT = "fabric.no-other-port" {
        en: "for everybody on the segment, and nobody else is plugged in",
        zh: "发给网段上所有人,但没有别的机器接入",
        because: "Copies go to the other ports, and there is none.",
        because_zh: "副本发往其他端口,而这里没有其他端口。",
        source: "OVN ovn-northd(8), broadcast and multicast handling",
    }
    /// Nobody has it.
    UNKNOWN_MAC = "fabric.unknown-mac" {
        en: "{dst} was handed out to nobody, and nothing is flooded",
        zh: "{dst} 没有分配给任何人,也不泛洪",
        because: "A switch that learns floods what it does not know. This one knows all there is.",
        because_zh: "会学习的交换机把不认识的泛洪出去;这里认识所有存在的地址。",
        source: "OVN ovn-northd(8), destination lookup",
    }
    /// Nobody has it, and ports are not checked.
    UNKNOWN_FLOODED = "fabric.unknown-flooded" {
        en: "{dst} was handed out to nobody; ports without port security may have anybody behind them: a copy to each",
        zh: "{dst} 没有分配给任何人;关闭端口安全的端口后面可能是任何人:各送一份",
        because: "Without port security a port counts as one behind which unknown addresses live.",
        because_zh: "关闭端口安全后,端口被视为后面有未知地址。",
        source: "OVN ovn-nb(5), Logical_Switch_Port addresses: \"unknown\"; Neutron sets it without port security",
    }
    /// By IP address.
    BY_ADDRESS = "fabric.by-address" {
        en: "the packet's destination is an interface behind port {out}",
        zh: "包的目的地址是端口 {out} 上的接口",
        because: "A cloud subnet carries packets by IP address, whatever hardware address the frame had.",
        because_zh: "云子网按 IP 地址转发,不看帧的硬件地址。",
        source: "AWS VPC (mapping service); GCP VPC documentation",
    }
    /// By the next hop.
    BY_HOP = "fabric.by-hop" {
        en: "nobody has the packet's destination, but the frame is for {dst}, an interface of this subnet behind port {out}",
        zh: "没有人拥有该目的地址,但帧发给 {dst},是本子网端口 {out} 上的接口",
        because: "Inside one subnet a machine may be the next hop of another, if the check of its interface is off.",
        because_zh: "在同一子网内,只要关闭接口检查,一台机器可以作另一台的下一跳。",
        source: "Calico documentation, AWS: cross-subnet encapsulation",
    }
    /// By a route of the network.
    BY_ROUTE = "fabric.by-route" {
        en: "a route of the network sends this prefix to the interface behind port {out}",
        zh: "网络的路由把这个前缀送往端口 {out} 上的接口",
        because: "What no interface has may still have a route in the provider's own table.",
        because_zh: "没有接口拥有的地址,仍可在提供商的路由表里有路由。",
        source: "AWS VPC route tables; GCP custom routes; Azure user-defined routes",
    }
    /// No route of the network.
    NO_ROUTE = "fabric.no-route" {
        en: "no interface has the packet's destination, and the network has no route for it",
        zh: "没有接口拥有包的目的地址,网络也没有它的路由",
        because: "The fabric routes by its own table. What a machine believes to be the next hop does not count.",
        because_zh: "网络按自己的路由表转发;机器以为的下一跳不算数。",
        source: "AWS VPC route tables; GCP custom routes; Azure user-defined routes",
    }
    /// Asked for nobody.
    NOBODY = "fabric.nobody" {
        en: "the question is for an address that no interface of this subnet has",
        zh: "询问的地址不属于本子网的任何接口",
        because: "The fabric answers for the interfaces it has handed out, and for its router. It asks nobody.",
        because_zh: "网络只替它分配的接口和自己的路由器应答,不会去问任何人。",
        source: "AWS VPC (mapping service)",
    }
    /// Taken.
    ARP_TAKEN = "fabric.arp-taken" {
        en: "a question of ARP: the fabric answers it, no machine hears it",
        zh: "ARP 询问:网络自己应答,没有机器听到",
        because: "There is no segment over which the question could go.",
        because_zh: "没有能承载这个询问的网段。",
        source: "AWS VPC (mapping service); GCP VPC documentation",
    }
    /// Not passed on.
    ARP_KEPT = "fabric.arp-kept" {
        en: "an ARP answer or announcement: the fabric knows already, nobody else hears it",
        zh: "ARP 应答或通告:网络早已知道,没有别人听到",
        because: "Where an address lives is decided by the provider, not by whoever announces it.",
        because_zh: "地址在哪里由提供商决定,而不是由谁通告决定。",
        source: "AWS VPC (mapping service)",
    }
    /// The answer.
    ANSWERED = "fabric.answered" {
        en: "the fabric answers for {src}",
        zh: "网络替 {src} 应答",
        because: "It looks like a neighbour's answer and comes from the provider.",
        because_zh: "看起来像邻居的应答,其实来自提供商。",
        source: "AWS VPC (mapping service); GCP VPC documentation",
    }
}
