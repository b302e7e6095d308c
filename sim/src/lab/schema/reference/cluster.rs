//! Clusters and the plugins that join their pods.

use super::Sort::{Address, Flag, Ip, Name, Of, Other, Whole, Words};
use super::{Form, Group, Word, words};

const RANGE: super::Sort = Other("range of addresses, `\"10.244.0.0/16\"`");
const NODES: super::Sort = Other("a number, `[\"n1\", \"n2\"]`, or `{\"n1\": (cluster node)}`");
const PODS: super::Sort = Other("a number for every node, or `{\"a\": \"node1\", \"b\": \"node2\"}`");

const CLUSTER: &[Word] = words! {
    /// Nodes with pods.
    Cluster(
        /// What joins the pods.
        plugin["required"]: Of("plugin"),
        /// What the network between the nodes permits.
        environment["BareMetal()"]: Of("environment"),
        /// How many nodes, or which.
        nodes["required"]: NODES,
        /// How many pods a node has, or which pod is on which node.
        pods["1"]: PODS,
        /// All pods have addresses from here.
        pod_network["\"10.244.0.0/16\""]: RANGE,
        /// Length of the subnet a node has for its pods: the first node gets the second one, 10.244.1.0/24.
        pod_subnet["24"]: Whole,
        /// Largest IP packet the cards of the nodes send.
        mtu["1500"]: Whole,
        /// Where nodes send packets for other networks.
        gateway: Ip,
    )
};

const NODE: &[Word] = words! {
    /// A node with an address or a range of its own.
    Node(
        /// Its address and the length of the network part.
        ip["192.0.2.1/24 for the first node"]: Address,
        /// Where it sends packets for other networks.
        gateway["that of the cluster"]: Ip,
        /// The addresses of its pods.
        pods["from `pod_network`"]: RANGE,
    )
};

const PLUGINS: &[Word] = words! {
    /// A bridge on every node, and nothing that leads from node to node.
    Bridge(
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// One Ethernet for all pods: a bridge and a VTEP on every node, which ask a group and learn from the answers.
    MulticastVxlan(
        /// Network identifier.
        vni["42"]: Whole,
        /// Where frames go for which no row fits.
        group["\"239.1.1.1\""]: Ip,
        /// UDP port.
        port["4789"]: Whole,
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Flannel: every node routes between the subnet of its pods and a VXLAN tunnel, `flannel.1`, and has three rows for
    /// every other node.
    FlannelVxlan(
        /// Network identifier.
        vni["1"]: Whole,
        /// UDP port.
        port["8472"]: Whole,
        /// Nodes on the same wire need no envelope.
        direct_routing["false"]: Flag,
        /// Rows are not there from the start: daemons of the nodes find each other in the store of this node.
        store: Name("a node with a `Store`"),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Flannel's first backend: a program that mails packets, `flannel0`.
    FlannelUdp(
        /// UDP port.
        port["8285"]: Whole,
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Flannel with IP in IP, `flannel.ipip`.
    FlannelIpip(
        /// Nodes on the same wire need no envelope.
        direct_routing["false"]: Flag,
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Flannel without an envelope: the other node is the next hop.
    FlannelHostGw(
        /// Routes are not there from the start: daemons of the nodes find each other in the store of this node.
        store: Name("a node with a `Store`"),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Calico without an envelope: no bridge, a route for every pod, blocks of 64 addresses, and the other node is the
    /// next hop. As installed, nodes tell each other of blocks by BGP.
    CalicoNone(
        /// Routes are not there from the start: daemons of the nodes find each other in the store of this node.
        store: Name("a node with a `Store`"),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Calico as it is installed: no bridge, a route for every pod, blocks of 64 addresses, and a BGP daemon on every node
    /// that tells the others of its blocks. Its tables are `bgp`, `peers` and `rib`.
    CalicoBgp(
        /// The AS of all nodes.
        asn["64512"]: Whole,
        /// Every node speaks with every other one, unless there are reflectors.
        mesh["true"]: Flag,
        /// Nodes that pass on inside the AS what they heard there. They speak with each other, and everybody else is a
        /// client of all of them; or of those that name it: `{"node1": (cluster: "192.0.2.1", clients: ["node3"])}`,
        /// where `cluster` is what a reflector signs with, its own address if nothing is said.
        reflectors["none"]: Other("`[\"node1\"]`, or names with `clients` and `cluster`"),
        /// Every node speaks with its gateway too, a router that speaks BGP, of whatever AS.
        tor["false"]: Flag,
        /// Which packets get an IP in IP envelope, `tunl0`: none, all for other nodes, or those for nodes behind a router.
        overlay["None"]: Words(&["None", "Ipip", "CrossSubnet"]),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Calico: no bridge, a route for every pod, blocks of 64 addresses, IP in IP between the nodes, `tunl0`.
    CalicoIpip(
        /// Only nodes behind a router need an envelope.
        cross_subnet["false"]: Flag,
        /// Rows are not there from the start: daemons of the nodes find each other in the store of this node.
        store: Name("a node with a `Store`"),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Calico with VXLAN between the nodes, `vxlan.calico`.
    CalicoVxlan(
        /// Network identifier.
        vni["4096"]: Whole,
        /// UDP port.
        port["4789"]: Whole,
        /// Only nodes behind a router need an envelope.
        cross_subnet["false"]: Flag,
        /// Rows are not there from the start: daemons of the nodes find each other in the store of this node.
        store: Name("a node with a `Store`"),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Docker's overlay: one Ethernet for all containers, in which hosts answer ARP for containers elsewhere. Hosts with
    /// a container tell each other by gossip on UDP port 7946; all others ask the first of them to join.
    DockerOverlay(
        /// Network identifier.
        vni["4097"]: Whole,
        /// UDP port.
        port["4789"]: Whole,
        /// Hosts tell each other; with `false` all rows are there from the start.
        gossip["true"]: Flag,
        /// Largest packet of a container.
        mtu["what fits"]: Whole,
    )
    /// Weave in its user-space mode (sleeve): one Ethernet for all pods; a program on every node takes frames off the
    /// bridge, mails them to its peers, and learns. Encryption is left out.
    Weave(
        /// The kernel wraps frames itself, in VXLAN at the next port, and the program only frames for peers from which no
        /// heartbeat comes back.
        fast["false"]: Flag,
        /// UDP port.
        port["6783"]: Whole,
        /// Largest packet of a pod.
        mtu["1376"]: Whole,
    )
    /// Pods on the underlay: each is a macvlan child of the card of its node, in one network with all others.
    Macvlan(
        /// How pods of one node treat each other.
        mode["Bridge"]: Words(&["Private", "Vepa", "Bridge", "Passthru", "Source"]),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Pods on the underlay behind the MAC address of their node: each is an ipvlan child of its card. In modes L3 and
    /// L3s whoever wants to reach a pod needs a route to the range of its node.
    Ipvlan(
        /// What pods do with frames, which is the same for all of a node.
        mode["L2"]: Words(super::ipvlan::MODES),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// Pods on the underlay, past the stack of their node: each has a virtual function of its card.
    Sriov(
        /// Virtual functions the card of each node has.
        vfs["64"]: Whole,
        /// The VLAN of all pods, 1 to 4094; 0 is none.
        vlan["0"]: Whole,
        /// What a pod sends must have its own address.
        spoofchk["true"]: Flag,
        /// What a pod asks for is granted.
        trust["false"]: Flag,
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// The CNI of AWS: every pod has an address of the VPC, a secondary one of its node's interface. A machine has room for
    /// interfaces x (addresses - 1) pods.
    VpcCni(
        /// The type of machine, which decides how many addresses there are.
        instance["m5.large"]: Name("a type: `t3.nano`, `t3.small`, `m5.large`, `m5.4xlarge`"),
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
    /// The CNI of Alibaba Cloud: every pod has an address of the VPC, on an interface that it shares or has for itself.
    Terway(
        /// The type of machine, which decides how many interfaces and addresses there are.
        instance["ecs.g6.xlarge"]: Name("a type: `ecs.g6.large`, `ecs.g6.xlarge`, `ecs.g6.2xlarge`, `ecs.g6.4xlarge`"),
        /// Each pod has an interface for itself; with `false`, pods share the node's.
        exclusive["false"]: Flag,
        /// Pods share the node's interface as ipvlan children in mode l2; with `false`, each is behind a wire and a route.
        ipvlan["false"]: Flag,
        /// Largest packet of a pod.
        mtu["what fits"]: Whole,
    )
};

const ENVIRONMENTS: &[Word] = words! {
    /// A network of one's own: it carries everything.
    BareMetal()
    /// Virtual machines of OpenStack: a segment whose ports check addresses (port security) and protocols (security group).
    OpenStack(
        /// Its checks are on: port security, source/destination check, no IP forwarding.
        check["true"]: Flag,
        /// IP protocols that may reach a machine, by number.
        open["[1, 6, 17]"]: Other("numbers in square brackets"),
        /// Ranges that every port may use besides its own addresses, where there are address pairs; with `Pods`, each pod
        /// has a pair with its address, and with its hardware address where that is seen, at the port of its node.
        pairs["[]"]: Other("ranges in square brackets, or `Pods`"),
        /// The network has a route for the pods of each node, where it has routes.
        routes["false"]: Flag,
    )
    /// Instances in a VPC of AWS: no broadcast, ARP answered by the network, source/destination check at both ends.
    Aws(
        /// Its checks are on: port security, source/destination check, no IP forwarding.
        check["true"]: Flag,
        /// IP protocols that may reach a machine, by number.
        open["[1, 6, 17]"]: Other("numbers in square brackets"),
        /// Ranges that every port may use besides its own addresses, where there are address pairs.
        pairs["[]"]: Other("ranges in square brackets"),
        /// The network has a route for the pods of each node, where it has routes.
        routes["false"]: Flag,
    )
    /// Instances in a VPC of Google Cloud: packets go by IP address only, and `canIpForward` is off.
    Gcp(
        /// Its checks are on: port security, source/destination check, no IP forwarding.
        check["true"]: Flag,
        /// IP protocols that may reach a machine, by number.
        open["[1, 6, 17]"]: Other("numbers in square brackets"),
        /// Ranges that every port may use besides its own addresses, where there are address pairs.
        pairs["[]"]: Other("ranges in square brackets"),
        /// The network has a route for the pods of each node, where it has routes.
        routes["false"]: Flag,
    )
    /// Machines in a virtual network of Azure: packets go by IP address only, and IPIP and GRE are carried for nobody.
    Azure(
        /// Its checks are on: port security, source/destination check, no IP forwarding.
        check["true"]: Flag,
        /// IP protocols that may reach a machine, by number.
        open["[1, 6, 17]"]: Other("numbers in square brackets"),
        /// Ranges that every port may use besides its own addresses, where there are address pairs.
        pairs["[]"]: Other("ranges in square brackets"),
        /// The network has a route for the pods of each node, where it has routes.
        routes["false"]: Flag,
    )
    /// Instances in a VPC of Alibaba Cloud: packets go by IP address only.
    Alibaba(
        /// Its checks are on: port security, source/destination check, no IP forwarding.
        check["true"]: Flag,
        /// IP protocols that may reach a machine, by number.
        open["[1, 6, 17]"]: Other("numbers in square brackets"),
        /// Ranges that every port may use besides its own addresses, where there are address pairs.
        pairs["[]"]: Other("ranges in square brackets"),
        /// The network has a route for the pods of each node, where it has routes.
        routes["false"]: Flag,
    )
};

/// A lab in which only the cluster may be wrong.
macro_rules! lab {
    ($cluster:literal) => {
        concat!("Lab(format: 1, title: \"t\", idea: \"i\", cluster: ", $cluster, ")")
    };
}

pub const GROUPS: &[Group] = &[
    Group {
        name: "cluster",
        title: "Cluster",
        says: "What stands as `cluster`: nodes with pods, joined by a plugin. Nodes are `node1`, `node2`, … at 192.0.2.1 \
               and so on, pods `a1`, `a2`, … on the first node, `b1` on the second. Nodes that no link names are plugged \
               into a switch called `underlay`, by their numbers. A variant changes the cluster with \
               `set: {\"cluster\": (plugin: FlannelHostGw())}`.",
        form: Form::Plain,
        words: CLUSTER,
        example: lab!("@"),
    },
    Group {
        name: "cluster node",
        title: "Cluster node",
        says: "What stands behind the name of a node in the `nodes` of a cluster.",
        form: Form::Plain,
        words: NODE,
        example: lab!("(plugin: Bridge(), nodes: {\"n\": @})"),
    },
    Group {
        name: "plugin",
        title: "Plugins",
        says: "What stands as `plugin` of a cluster. `overunder plan LAB` shows what one makes, with reasons.",
        form: Form::Kind,
        words: PLUGINS,
        example: lab!("(plugin: @, nodes: 2)"),
    },
    Group {
        name: "environment",
        title: "Environments",
        says: "What stands as `environment` of a cluster. `overunder explain fabric.foreign-ip` and its like tell what a \
               rule forbids; the table `rules` of `underlay/fabric` counts what each has thrown away.",
        form: Form::Kind,
        words: ENVIRONMENTS,
        example: lab!("(plugin: Bridge(), nodes: 2, environment: @)"),
    },
];
