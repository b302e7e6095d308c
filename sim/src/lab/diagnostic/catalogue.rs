//! Every code a finding can have: what it means, and an example with its fix, in both languages.

use crate::lab::diagnostic::Severity;
use crate::lang::Lang;

/// Everything there is to know about one code.
#[derive(Debug)]
pub struct Entry {
    /// The code it describes.
    pub code: Code,
    /// `L010`.
    pub id: &'static str,
    /// How bad.
    pub severity: Severity,
    title: [&'static str; 2],
    means: [&'static str; 2],
    /// A damaged piece of a lab.
    pub wrong: &'static str,
    /// The same piece, mended.
    pub right: &'static str,
}

impl Entry {
    /// A few words.
    pub const fn title(&self, lang: Lang) -> &'static str {
        lang.pick(self.title[0], self.title[1])
    }

    /// What it means, and why it matters.
    pub const fn means(&self, lang: Lang) -> &'static str {
        lang.pick(self.means[0], self.means[1])
    }
}

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident {
        $title:literal / $title_zh:literal, $means:literal / $means_zh:literal, $wrong:literal => $right:literal
    })*) => {
        /// A kind of mistake. Codes never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $name),* }

        /// The catalogue, in the order of the codes.
        pub static CATALOGUE: &[Entry] = &[$(Entry {
            code: Code::$name,
            id: $id,
            severity: Severity::$severity,
            title: [$title, $title_zh],
            means: [$means, $means_zh],
            wrong: $wrong,
            right: $right,
        }),*];
    };
}

impl Code {
    /// Its page in the catalogue.
    pub fn entry(self) -> &'static Entry {
        &CATALOGUE[self as usize]
    }

    /// `L010`.
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// How bad findings of this kind are.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }
}

/// The page of a code written in any case: `L010`, `l010`.
pub fn find(id: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.id.eq_ignore_ascii_case(id))
}

codes! {
    // L001–L009: the shape of the text.
    Syntax "L001" Error {
        "a bracket, quote or comma" / "括号、引号或逗号",
        "A bracket or a quoted text is not closed, a comma or colon is missing, or a character does not belong there. Nothing behind it can be read before it is mended."
        / "有括号或引号没有闭合,缺少逗号或冒号,或出现了不该有的字符。修好之前,它后面的内容无法读取。",
        r#"links: [("ann", "sw:1"]"# => r#"links: [("ann", "sw:1")]"#
    }
    UnknownField "L002" Error {
        "unknown field" / "未知字段",
        "Round brackets hold words of the format, and this is none of them here. The message lists those that are possible."
        / "圆括号里写的是格式规定的词,而这里没有这个词。消息中列出了可用的词。",
        r"Host(ipp: ...)" => r"Host(ip: ...)"
    }
    UnknownWord "L003" Error {
        "unknown word" / "未知的词",
        "Kinds of nodes, traffic, checks and settings are fixed words, and this is none of them."
        / "节点种类、流量、检查和设置都是固定的词,这不是其中之一。",
        r#""sw": Swich()"# => r#""sw": Switch()"#
    }
    Twice "L004" Error {
        "given twice" / "重复给出",
        "The same name or field stands twice in one pair of brackets, so it is unclear which one is meant."
        / "同一对括号里同一个名字或字段出现了两次,无法判断以哪个为准。",
        r#"{"ann": Host(...), "ann": Host(...)}"# => r#"{"ann": Host(...), "bob": Host(...)}"#
    }
    NeedsBrackets "L005" Error {
        "a kind without its brackets" / "种类名后缺少括号",
        "A kind is followed by round brackets, also when there is nothing to put into them."
        / "种类名后面要有圆括号,即使里面没有内容。",
        r#""sw": Switch"# => r#""sw": Switch()"#
    }
    WrongType "L006" Error {
        "another sort of value" / "值的类型不对",
        "A text stands where a number belongs, or the other way round."
        / "该写数字的地方写了文本,或者相反。",
        r#"fdb_size: "1000""# => r"fdb_size: 1000"
    }
    Missing "L007" Error {
        "something is missing" / "缺少内容",
        "A field without which this thing makes no sense is not given."
        / "缺少必不可少的字段。",
        r#"Ping(from: "ann")"# => r#"Ping(from: "ann", to: "bob")"#
    }
    Unquoted "L008" Error {
        "a name without quotes" / "名字没有加引号",
        "What an author names stands in quotes; bare words are words of the format."
        / "作者起的名字要放在引号里;不带引号的是格式规定的词。",
        r"{ann: Host(...)}" => r#"{"ann": Host(...)}"#
    }
    WrongBrackets "L009" Error {
        "the wrong sort of brackets" / "括号种类不对",
        "Round brackets ( ) hold words of the format, braces { } hold names of the author, square brackets [ ] hold lists."
        / "圆括号 ( ) 里是格式的词,花括号 { } 里是作者起的名字,方括号 [ ] 里是列表。",
        r#"nodes: ("ann": Host(...))"# => r#"nodes: {"ann": Host(...)}"#
    }
    // L010–L019: names.
    UnknownName "L010" Error {
        "unknown name" / "未知的名字",
        "Nothing in this lab has this name. All places that use it are shown with the first."
        / "实验里没有叫这个名字的东西。所有用到它的地方一并列出。",
        r#"("evee", "sw:3")"# => r#"("eve", "sw:3")"#
    }
    OtherKind "L011" Error {
        "the name of something else" / "这是别的东西的名字",
        "The name exists, but names another kind of thing than is needed here: a flow where a node is needed, say."
        / "名字存在,但指的是另一类东西,例如需要节点的地方写了流的名字。",
        r#"Delivered("ann")"# => r#"Delivered("ping")"#
    }
    NotAName "L012" Error {
        "not a name or a place" / "不是名字或位置",
        "Names are letters, digits, `-`, `_` and `.`; places are made of them: `node`, `node:port`, `node/device`, `a--b`."
        / "名字由字母、数字、`-`、`_`、`.` 组成;位置由名字组成:`node`、`node:port`、`node/device`、`a--b`。",
        r#"{"web server": Host(...)}"# => r#"{"web-server": Host(...)}"#
    }
    NameTaken "L013" Error {
        "one name for two things" / "两样东西同名",
        "Nodes and flows share one set of names, so that a place needs no prefix."
        / "节点和流共用一套名字,这样位置前面不必加前缀。",
        r#"nodes: {"ping": ...}, traffic: {"ping": ...}"# => r#"nodes: {"ann": ...}, traffic: {"ping": ...}"#
    }
    UnknownReason "L015" Error {
        "unknown reason" / "未知的原因",
        "Devices give each verdict with a reason from a fixed list; this is none of them. `overunder explain` shows the list."
        / "设备的每个判定都带一个固定列表中的原因,这不是其中之一。`overunder explain` 可查看列表。",
        r#"reason: "bridge.full""# => r#"reason: "bridge.table-full""#
    }
    TooDeep "L016" Error {
        "nested too deeply" / "嵌套太深",
        "More than 16 brackets are open at once. No lab needs that, and nobody could read it."
        / "同时打开的括号超过 16 层。没有实验需要这么深,也没人读得懂。",
        r"Not(Not(Not(...)))" => r"Not(...)"
    }
    NotYet "L017" Error {
        "not available in this version" / "此版本尚不支持",
        "The word belongs to the format, but this version of the program cannot run it yet."
        / "这个词属于格式,但当前版本的程序还不能运行它。",
        r"Router(...)" => r"Host(...)"
    }
    NoSuchPort "L018" Error {
        "no such port" / "没有这个端口",
        "A host has one port, `eth0`; the ports of a switch or hub are numbered from 1 and exist when a link or its `ports` names them."
        / "主机只有一个端口 `eth0`;交换机和集线器的端口从 1 编号,在链路或 `ports` 中写到才存在。",
        r#"("ann:eth1", "sw:1")"# => r#"("ann", "sw:1")"#
    }
    UnknownTable "L019" Error {
        "unknown table or column" / "未知的表或列",
        "The device has no table of this name, or the table has no such column."
        / "设备没有这个表,或者表里没有这一列。",
        r#"Rows("sw", "mac", {})"# => r#"Rows("sw", "fdb", {})"#
    }
    // L020–L029: values.
    Unit "L020" Error {
        "a unit is missing or wrong" / "缺少单位或单位不对",
        "Times and rates are texts with a unit and no space: ns us ms s min, bps kbps Mbps Gbps, pps. Bytes and counts are bare numbers."
        / "时间和速率是带单位、不带空格的文本:ns us ms s min、bps kbps Mbps Gbps、pps。字节数和个数是裸数字。",
        "delay: 5" => r#"delay: "5us""#
    }
    Address "L021" Error {
        "not an address" / "不是地址",
        "An IPv4 address has four numbers up to 255; the address of a host also says how long its network part is."
        / "IPv4 地址由四个不超过 255 的数组成;主机地址还要写网络前缀长度。",
        r#"ip: "10.0.0.1""# => r#"ip: "10.0.0.1/24""#
    }
    NetworkAddress "L022" Error {
        "an address no host can have" / "主机不能使用的地址",
        "The first address of a subnet names the subnet, the last one is its broadcast; loopback, multicast and 0.0.0.0 belong to nobody on a cable."
        / "子网的第一个地址代表子网本身,最后一个是广播地址;环回、组播和 0.0.0.0 也不属于任何一台主机。",
        r#"ip: "10.0.0.0/24""# => r#"ip: "10.0.0.1/24""#
    }
    DuplicateAddress "L023" Error {
        "one address for two" / "地址重复",
        "Two hosts with one IP address both answer ARP, and the last answer wins; two with one MAC address take each other's row in the switch. If that is the lesson: allow: [\"duplicate-address\"]."
        / "两台主机用同一个 IP 会都应答 ARP,后应答者生效;同一个 MAC 则互相抢交换机的表项。若这正是要教的:allow: [\"duplicate-address\"]。",
        r#""bob": Host(ip: "10.0.0.1/24")"# => r#""bob": Host(ip: "10.0.0.2/24")"#
    }
    PortTaken "L024" Error {
        "two links on one port" / "一个端口插了两条链路",
        "A port takes one cable."
        / "一个端口只能插一条电缆。",
        r#"[("ann", "sw:1"), ("bob", "sw:1")]"# => r#"[("ann", "sw:1"), ("bob", "sw:2")]"#
    }
    OutOfRange "L025" Error {
        "a value that cannot be" / "不可能的值",
        "The number is outside of what such a thing can have: a table without rows, a VLAN above 4094, a port number of 0."
        / "数值超出了可能的范围:没有行的表、大于 4094 的 VLAN、编号为 0 的端口。",
        r"fdb_size: 0" => r"fdb_size: 1000"
    }
    LinkToSelf "L026" Error {
        "a link from a node to itself" / "节点连到自己",
        "A link joins two different nodes. A switch joined to itself would repeat every broadcast for ever."
        / "链路连接两个不同的节点。交换机连到自己会让每个广播永远循环。",
        r#"("sw:1", "sw:2")"# => r#"("sw:1", "other:1")"#
    }
    UnitsDisagree "L027" Error {
        "values that cannot be compared" / "无法比较的值",
        "A count is compared with a count, a time with a time, names with names."
        / "个数与个数比,时间与时间比,名字与名字比。",
        r#"Is(Count(...), "5ms")"# => r"Is(Count(...), 5)"
    }
    Refused "L028" Error {
        "a change the device refuses" / "设备拒绝的改动",
        "The device has no such setting or row, or it cannot be changed while it runs."
        / "设备没有这样的设置或表项,或者运行中不能改。",
        r#"Set("sw", (speed: 10))"# => r#"Set("sw", (ageing: "10s"))"#
    }
    CardTaken "L029" Error {
        "a card that is taken" / "网卡已被占用",
        "What the kernel refuses on a shared card: a second child beside a macvlan child in passthru mode, ipvlan beside macvlan, and on ipvlan children an IP address twice or a MAC address of one's own. More virtual functions than a card has. Children of a card beside its virtual functions, which the kernel takes, but which are not modelled here."
        / "内核在共用网卡上拒绝的事:passthru 模式的 macvlan 子接口旁再加子接口、ipvlan 与 macvlan 并存,以及 ipvlan 子接口上重复的 IP 或自己的 MAC;超出网卡数目的虚拟功能。网卡的子接口与虚拟功能并存:内核允许,但这里没有建模。",
        r#"{"c1": (mode: Passthru), "c2": (mode: Bridge)}"# => r#"{"c1": (mode: Bridge), "c2": (mode: Bridge)}"#
    }
    // L030–L039: questions.
    Hints "L030" Error {
        "three hints" / "三条提示",
        "Each question and each repair lab has exactly three hints: where to look, which rule applies, and the answer with its reason. A learner asks for them one by one."
        / "每道题和每个修复实验恰好有三条提示:看哪里、用哪条规则、答案和理由。学习者逐条索取。",
        r#"hints: ["{answer}"]"# => r#"hints: ["Look at sw.", "A hub repeats everything.", "{answer}"]"#
    }
    WhyMissing "L031" Error {
        "a wrong option without a reason" / "错误选项缺少理由",
        "Whoever chooses a wrong option is told why it is wrong; only the right one needs no `why`."
        / "选错的人要知道为什么错;只有正确选项不需要 `why`。",
        r#""all": (say: "floods it", holds: ...)"# => r#""all": (say: "floods it", holds: ..., why: "...")"#
    }
    GivenAway "L032" Error {
        "the answer is given away" / "泄露了答案",
        "The answer stands in the question, or in the first or second hint; or the solution of a repair lab does. Only the third hint tells it."
        / "题目或前两条提示里出现了答案,或修复实验的解法。只有第三条提示可以给出答案。",
        r#"hints: ["It is {answer}.", ...]"# => r#"hints: ["Look at sw.", ...]"#
    }
    Fragile "L033" Error {
        "a fragile answer" / "答案不稳",
        "One millisecond after the end of the step the answer is another one, so it depends on where the step happens to stop."
        / "步骤结束后再过 1 毫秒答案就变了,它取决于步骤恰好停在哪里。",
        r#"play: "60s""# => r#"play: Done("ping")"#
    }
    Placeholder "L034" Error {
        "an unknown word in braces" / "花括号里的词未知",
        "`{answer}` in a text is replaced by the right answer, `{solution}` in the third hint of a repair lab by its solution; nothing else can stand in braces there."
        / "文本里的 `{answer}` 会换成正确答案,修复实验第三条提示里的 `{solution}` 会换成解法;花括号里不能写别的。",
        r#"because: "{anwser}: one each""# => r#"because: "{answer}: one each""#
    }
    NoAnswer "L035" Error {
        "a question without one answer" / "题目没有唯一答案",
        "The run gives no value, no option holds or several do, two items are equal, or the set is empty."
        / "运行得不到值、没有选项成立或有多个成立、两项相等,或者集合为空。",
        r#"answer: Size(Frames(flow: "later"))"# => r#"answer: Size(Frames(flow: "ping"))"#
    }
    SameAnswer "L036" Error {
        "a wrong answer that is not wrong" / "错误答案其实不错",
        "A misconception leads to the right answer here, or two of them lead to the same one: it cannot be told who believes what."
        / "某个误解在这里得到正确答案,或两个误解得到同一个答案,无法分辨学习者信的是哪一个。",
        r#"wrong: {"hub": (is: 3, ...), "all": (is: 3, ...)}"# => r#"wrong: {"hub": (is: 3, ...)}"#
    }
    NeverComes "L037" Error {
        "a step that does not end where it says" / "步骤到不了终点",
        "The run of the lab is over, or nothing is left to do, before the moment the step plays to."
        / "在步骤要播放到的时刻之前,实验已经结束,或者已经没有事情可做。",
        r#"play: Done("later")"# => r#"play: Done("ping")"#
    }
    TypedAnswer "L038" Warning {
        "a typed answer" / "答案是手写的",
        "The answer stands in the file. When the lab changes it stays as it is, and no proof notices: let the run give it."
        / "答案写死在文件里。实验改了它也不变,而且没有证明会发现:让运行来给出答案。",
        r"answer: 1" => r#"answer: Count(Frames(into: "eve"))"#
    }
    Echo "L039" Warning {
        "an answer that cannot be another" / "答案只有一种可能",
        "Records are taken at one node only, so whatever happens, the answer is that node. Filter by what happened instead."
        / "只取了一个节点上的记录,无论发生什么,答案都是那个节点。请改按发生的事情来筛选。",
        r#"answer: Nodes(Frames(into: "bob"))"# => r#"answer: Nodes(Frames(carries: "arp"))"#
    }
    // L040–L049: network sense.
    MtuTooSmall "L040" Warning {
        "packets that do not fit" / "报文太大",
        "The sender makes packets that a port on the way drops silently: only large packets are lost, which is why it is hard to find. If the trap is the lesson: allow: [\"mtu-too-small\"]."
        / "发送方的报文在途中某个端口被悄悄丢弃:只丢大报文,所以难查。若陷阱正是要教的:allow: [\"mtu-too-small\"]。",
        r"Host(ip: ..., mtu: 9000)" => r"Host(ip: ...)"
    }
    TwoGateways "L041" Error {
        "two gateways for one network" / "一个网络有两个网关",
        "Two gateways join the same overlay, so it is unclear to which of them its containers send."
        / "两个网关都接入同一个叠加网络,无法判断其中的容器该把报文交给谁。",
        r#"gateways: {"g1": Central(joins: {"blue": ...}), "g2": Central(joins: {"blue": ...})}"# => r#"gateways: {"g1": Central(joins: {"blue": ..., "red": ...})}"#
    }
    Unreachable "L042" Error {
        "no way between the ends" / "两端之间没有路",
        "The ends are in different subnets and no gateway is given, or no cable leads from one to the other. If that is the lesson: allow: [\"unreachable\"]."
        / "两端在不同子网而没有网关,或者没有电缆相通。若这正是要教的:allow: [\"unreachable\"]。",
        r#"Host(ip: "10.0.1.2/24")"# => r#"Host(ip: "10.0.0.2/24")"#
    }
    NotLinked "L043" Warning {
        "a node without a link" / "没有链路的节点",
        "Nothing leads to this node, so nothing happens at it. If that is the lesson: allow: [\"node-without-link\"]."
        / "没有任何链路通到这个节点,那里什么都不会发生。若这正是要教的:allow: [\"node-without-link\"]。",
        "links: []" => r#"links: [("ann", "sw:1")]"#
    }
    NotPromiscuous "L044" Warning {
        "a listener with a filtering card" / "监听者的网卡会过滤",
        "A network card hands up only frames for its own address unless it is promiscuous, so this sniffer will overhear broadcasts only."
        / "网卡若不处于混杂模式,只把发给自己的帧交上去,所以这个嗅探器只能听到广播。",
        r#""eve": Host(ip: ...)"# => r#""eve": Host(ip: ..., promiscuous: true)"#
    }
    GatewayElsewhere "L045" Error {
        "a gateway outside of the subnet" / "网关不在子网内",
        "A host reaches its gateway by ARP, so the gateway must be in the host's own subnet."
        / "主机用 ARP 找网关,所以网关必须在主机自己的子网里。",
        r#"Host(ip: "10.0.0.1/24", gateway: "10.0.1.254")"# => r#"Host(ip: "10.0.0.1/24", gateway: "10.0.0.254")"#
    }
    NeverHappens "L046" Error {
        "waits for itself" / "等待自己",
        "The start of this flow or event waits, perhaps by way of others, for itself. It would never come."
        / "这个流或事件的开始在等待自己(可能绕了一圈),永远不会到来。",
        r#""a": Ping(..., start: Done("b")), "b": Ping(..., start: Done("a"))"# => r#""a": Ping(...), "b": Ping(..., start: Done("a"))"#
    }
    TunnelToSelf "L047" Error {
        "a tunnel to itself" / "通向自己的隧道",
        "The other end of a tunnel is the address of this end, or one that stands for the host itself, as 127.0.0.1 does. Nothing would ever come out at another host."
        / "隧道的对端写成了本端地址,或写成了代表本机的地址(如 127.0.0.1),永远不会从别的主机出来。",
        r#"Vtep(vni: 42, local: "192.0.2.1", remote: "192.0.2.1")"# => r#"Vtep(vni: 42, local: "192.0.2.1", remote: "192.0.2.2")"#
    }
    SameTunnel "L048" Error {
        "two tunnels that want the same packets" / "两条隧道要同样的包",
        "Two tunnels of one node, or two networks, have the same VNI and port, or the same kind and key, so nobody could say whose an arriving packet is. The kernel refuses the second one."
        / "同一节点的两条隧道(或两个网络)VNI 与端口相同,或类型与密钥号相同,到来的包分不清是谁的;内核会拒绝第二条。",
        r#""a": Vtep(vni: 42), "b": Vtep(vni: 42)"# => r#""a": Vtep(vni: 42), "b": Vtep(vni: 43)"#
    }
    OverlappingSubnets "L049" Error {
        "one subnet in two places" / "一个子网出现在两处",
        "In a routed network the subnet says which host a container is on; two hosts with the same subnet answer for each other's containers. To a gateway it says which of its networks a packet is for. If that is the lesson: allow: [\"overlapping-subnets\"]."
        / "在路由型网络里,子网说明容器在哪台主机上;两台主机用同一子网,就会替对方的容器应答。对网关来说,子网说明报文该去它的哪个网络。若这正是要教的:allow: [\"overlapping-subnets\"]。",
        r#"Container(on: "h2", ip: "10.244.1.3/24", ...)"# => r#"Container(on: "h2", ip: "10.244.2.3/24", ...)"#
    }
    // L050–L059: proofs.
    CannotFail "L050" Error {
        "a check that cannot fail" / "不可能失败的检查",
        "The check holds in every other world that was tried too: other variants, no traffic, cut links, hubs for switches. It does not show what it seems to show."
        / "在试过的所有其他世界里(别的变体、没有流量、链路断开、交换机换成集线器)这个检查也成立,说明不了它看起来要说明的事。",
        r#""few": AtMost(Rows("sw", "fdb", {}), 1000)"# => r#""two": Is(Rows("sw", "fdb", {}), 2)"#
    }
    Slow "L059" Warning {
        "a lab that takes long to check" / "检查太慢",
        "All proofs of a lab together should take at most two seconds, so that it is checked again after each change."
        / "一个实验的全部证明最多用两秒,这样每次改动后都会再检查。",
        r#"lasts: "4000s""# => r#"lasts: "400s""#
    }
    // L060–L069: the file as a whole.
    Empty "L060" Error {
        "an empty file" / "空文件",
        "There is nothing in this file."
        / "文件里什么都没有。",
        r"" => r"Lab(format: 1, ...)"
    }
    NotText "L061" Error {
        "not a text file" / "不是文本文件",
        "A lab is a text in UTF-8. This file has bytes that no text has."
        / "实验是 UTF-8 文本,而这个文件含有文本中不会出现的字节。",
        r"\0\0" => r"Lab(format: 1, ...)"
    }
    TooBig "L062" Error {
        "a very large file" / "文件太大",
        "A lab has at most 1 MiB; the shipped ones have a few thousand bytes."
        / "实验文件最大 1 MiB;自带的实验只有几千字节。",
        r"..." => r"..."
    }
    Format "L063" Error {
        "another version of the format" / "格式版本不同",
        "The file says for which version of the format it was written; this program reads format 1."
        / "文件写明了所用的格式版本;本程序读取格式 1。",
        r"format: 2" => r"format: 1"
    }
    OtherFile "L064" Error {
        "another kind of file" / "另一种文件",
        "A lab file is one `Lab( … )`. Suites and translations are other kinds of file, for other commands."
        / "实验文件是一个 `Lab( … )`。对比套件和翻译是另外的文件种类,用于别的命令。",
        r"(format: 1, ...)" => r"Lab(format: 1, ...)"
    }
    TooManyVariants "L065" Error {
        "too many variants" / "变体太多",
        "All values of all axes are combined; more than 64 combinations is a job for a comparison suite."
        / "所有轴的所有取值会两两组合;超过 64 种组合应改用对比套件。",
        r#"variants: {"a": {...}, "b": {...}, "c": {...}}"# => r#"variants: {"a": {...}}"#
    }
    // L070–L079: translations.
    Untranslated "L070" Warning {
        "a text without translation" / "缺少译文",
        "The lab has a text that its translation lacks. Until it is there, the English text is shown, marked [en]."
        / "实验里有一段文字在翻译文件中没有译文。补上之前显示英文,并标有 [en]。",
        r#""hub": (ask: {...})"# => r#""hub": (say: "...", ask: {...})"#
    }
    Stale "L071" Warning {
        "a translation of an old text" / "译文已过时",
        "The English text has changed since it was translated. Read both, mend the translation, and have `overunder check --accept-translation LAB` note that it is up to date."
        / "翻译之后英文原文有改动。请对照两者修改译文,再用 `overunder check --accept-translation 实验` 记下已更新。",
        r#""hub.copies": "1d03""# => r#""hub.copies": "9a41""#
    }
    Elsewhere "L072" Error {
        "a translation of another lab" / "这是别的实验的译文",
        "A translation says which lab it is of and in which language; this does not fit where it lies."
        / "翻译文件写明译的是哪个实验、哪种语言;这里与它所在的位置不符。",
        r#"of: "mac-flod""# => r#"of: "mac-flood""#
    }
    NothingThere "L073" Error {
        "a translation of nothing" / "没有可译的原文",
        "The lab has no text at this place. A translation has words for what the lab says, and nothing of its own."
        / "实验在这个位置没有文字。翻译文件只能译实验里已有的话,不能另加。",
        r#"because: "...""# => r""
    }
    // L080–L089: what the kernel makes of it.
    SharedMode "L080" Warning {
        "ipvlan children that do not agree" / "ipvlan 子接口的设置不一致",
        "Mode and flag of ipvlan belong to the card. Whichever child is made last changes those of all before it, without a word. If that is the lesson: allow: [\"shared-mode\"]."
        / "ipvlan 的模式和标志属于网卡。最后建的子接口会悄悄改掉之前所有子接口的设置。若这正是要教的:allow: [\"shared-mode\"]。",
        r#"{"c1": (mode: L2), "c2": (mode: L3)}"# => r#"{"c1": (mode: L3), "c2": (mode: L3)}"#
    }
    NoAdjacency "L081" Warning {
        "routers that will not be neighbours" / "不会成为邻居的路由器",
        "Two routers on one link where no message ever says what is wrong: other protocols, one end passive, two kinds of network, no designated router possible, no common network, one router id twice. They run, and no route comes. If that is the lesson: allow: [\"no-adjacency\"]."
        / "同一条链路上的两个路由器,没有任何报文说明哪里不对:协议不同、一端是 passive、网络类型不同、谁也不能当指定路由器、不在同一网段、路由器标识重复。它们照样运行,却没有路由。若这正是要教的:allow: [\"no-adjacency\"]。",
        r#"{"r1": (routing: Ospf(network: PointToPoint)), "r2": (routing: Ospf())}"# => r#"{"r1": (routing: Ospf(network: PointToPoint)), "r2": (routing: Ospf(network: PointToPoint))}"#
    }
    OtherFamily "L082" Error {
        "ends of a tunnel that do not reach each other over IPv6" / "隧道两端无法经 IPv6 相连",
        "Both ends of a tunnel speak IPv4, or both IPv6. Over IPv6 each host has an address of its own for it, `ip6`, and all of them one subnet and one link: no router passes IPv6 on here."
        / "隧道两端要么都用 IPv4,要么都用 IPv6。用 IPv6 时每台主机要有自己的 `ip6` 地址,且都在同一子网、同一链路上:这里没有路由器转发 IPv6。",
        r#"Vtep(vni: 42, local: "192.0.2.1", remote: "fd00::2")"# => r#"Vtep(vni: 42, local: "fd00::1", remote: "fd00::2")"#
    }
    TunnelLoop "L083" Error {
        "a tunnel routed into itself" / "隧道的路由通向它自己",
        "The route to the other end of a tunnel leads into the tunnel. Every envelope would go into another one, so the kernel drops the first."
        / "去隧道对端的路由通向隧道自己。每个信封都要再套一个信封,所以内核把第一个就丢掉。",
        r#"AddRow("ip", "routes", {"prefix": "192.0.2.0/24", "dev": "vx"})"# => r#"AddRow("ip", "routes", {"prefix": "10.244.0.0/16", "dev": "vx"})"#
    }
    LocalElsewhere "L084" Error {
        "a tunnel that speaks from an address of somebody else" / "隧道用了不属于本机的地址",
        "A tunnel sends from an address of its host. The kernel finds no route for a packet from any other address, and sends none."
        / "隧道从本机的地址发送。源地址不属于本机时,内核找不到路由,什么也不发。",
        r#"Vtep(vni: 42, local: "192.0.2.77")"# => r#"Vtep(vni: 42, local: "192.0.2.1")"#
    }
    // L090–L099: what the network below does not give.
    Denied "L090" Error {
        "the environment denies what the plugin needs" / "环境不允许插件所需的东西",
        "The lab was tried with two nodes and a pod on each: the network below throws the packets of pods away. The message names the first rule, and what remains. With `--force`, or `allow: [\"denied\"]`, the lab runs and shows it."
        / "用两个节点、每个节点一个 Pod 试过:底层网络丢弃 Pod 的包。消息指出第一条拦住它的规则和可行的办法。加 `--force` 或 `allow: [\"denied\"]`,实验照样运行并展示丢包。",
        r"(plugin: FlannelHostGw(), environment: OpenStack(), nodes: 2)" => r"(plugin: FlannelVxlan(), environment: OpenStack(), nodes: 2)"
    }
    Quota "L091" Error {
        "more pods than the network below has room for" / "Pod 数超出底层网络的限额",
        "A machine has so many interfaces with so many addresses, a port so many address pairs. Pods beyond that get none, and what they send is dropped."
        / "一台机器只有这么多接口和地址,一个端口只有这么多地址对。超出的 Pod 分不到,发出的包会被丢弃。",
        r#"(plugin: VpcCni(instance: "t3.nano"), environment: Aws(), nodes: 2, pods: 8)"# => r#"(plugin: VpcCni(instance: "m5.large"), environment: Aws(), nodes: 2, pods: 8)"#
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_ascend_and_every_page_is_complete() {
        let mut seen = BTreeSet::new();
        for (at, entry) in CATALOGUE.iter().enumerate() {
            assert_eq!(entry.code as usize, at);
            assert_eq!(find(&entry.id.to_lowercase()).map(|found| found.code), Some(entry.code));
            assert!(seen.last().is_none_or(|last| *last < entry.id), "{} is out of order", entry.id);
            seen.insert(entry.id);
            for lang in [Lang::En, Lang::Zh] {
                assert!(!entry.title(lang).is_empty() && !entry.means(lang).is_empty(), "{}", entry.id);
            }
            assert!(entry.code == Code::TooBig || entry.wrong != entry.right, "{}", entry.id);
        }
    }
}
