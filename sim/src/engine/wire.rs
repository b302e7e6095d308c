//! Wires: cables between nodes, and the map of what is joined to what.
//!
//! A transmitter is a clock that says until when it is busy, not an event. A cable owns its frames in flight, in
//! arrival order; the queue holds the cable's number only. A cable never reorders: frames arrive as they were sent.

use std::collections::VecDeque;

use crate::explain::Reason;
use crate::id::{CableId, DeviceId, NodeId, PortNo};
use crate::reasons;
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};
use crate::wire::layers::Content;
use crate::wire::{Frame, LinkType};

reasons! {
    /// The transmit queue is full.
    QUEUE_FULL = "cable.queue-full" {
        en: "the transmit queue of port {out} is full ({n} bytes wait): the newest frame is dropped",
        zh: "端口 {out} 的发送队列已满(排队 {n} 字节):丢弃最新的帧",
        because: "A port sends at its cable's rate and holds a bounded number of bytes; what comes when it is full is lost (drop-tail).",
        because_zh: "端口按线速发送,队列有上限;队列满时后来的帧被丢弃(尾部丢弃)。",
        source: "Linux net/sched/sch_fifo.c", linux: "QDISC_DROP",
    }
    /// The cable is cut.
    CABLE_DOWN = "cable.down" {
        en: "port {out} has no carrier",
        zh: "端口 {out} 没有载波",
        because: "Nothing can be sent on a cable that is cut or whose other end is switched off.",
        because_zh: "电缆断开或对端断电时,什么也发不出去。",
        source: "Linux net/core/dev.c (netif_carrier_ok)", linux: "DEV_READY",
    }
    /// Lost by chance.
    CABLE_LOST = "cable.lost" {
        en: "lost on the cable at port {out} (it loses {n} frames of a million)",
        zh: "在端口 {out} 的电缆上丢失(百万分之 {n} 的丢失率)",
        because: "This cable was told to lose frames by chance; the choice is drawn from a stream of its own, so every run loses the same ones.",
        because_zh: "这条电缆被设为随机丢帧;随机数来自它自己的序列,所以每次运行丢的都一样。",
        source: "model choice",
    }
    /// Lost for what it carries.
    CABLE_FILTERED = "cable.filtered" {
        en: "lost on the cable at port {out}, which was told to lose what carries {layer}",
        zh: "在端口 {out} 的电缆上丢失:这条电缆被设为丢弃携带 {layer} 的帧",
        because: "This cable was told to lose frames that carry one protocol, and only those: what rides on it stays away, all else gets over.",
        because_zh: "这条电缆被设为只丢携带某一种协议的帧:靠它运载的都过不去,其余的照常通过。",
        source: "model choice",
    }
    /// In flight when the cable was cut.
    CABLE_CUT = "cable.cut" {
        en: "was on the cable when it was cut",
        zh: "电缆被切断时正在途中",
        because: "Bits between two ends are gone when the cable is cut; no device notices until a protocol does.",
        because_zh: "电缆切断时,途中的比特就没了;直到某个协议发现,没有设备知道。",
        source: "model choice",
    }
    /// A port with no cable in it.
    NOT_WIRED = "port.not-wired" {
        en: "port {out} has no cable",
        zh: "端口 {out} 没有插电缆",
        because: "A device may send out of a port into which nothing is plugged; the frame ends there.",
        because_zh: "设备可以从没插线的端口发送,帧就此消失。",
        source: "model choice", linux: "DEV_READY",
    }
    /// Inside a node, or put into one, when it had no power.
    POWER_OFF = "node.power-off" {
        en: "was inside the node when it had no power",
        zh: "节点断电时正在其内部",
        because: "A node without power holds no frame: what passes between its devices is gone, and nothing enters.",
        because_zh: "断电的节点保存不了帧:设备之间的帧丢失,也不接收新的帧。",
        source: "model choice",
    }
    /// Too many wait for the processor.
    RING_FULL = "node.ring-full" {
        en: "{n} frames wait for the processor core already, and the card has no room for one more: dropped",
        zh: "已有 {n} 个帧在等处理器核,网卡放不下更多:丢弃",
        because: "A card puts what comes in into a ring of buffers, from which the core takes it when it is free. A core that is too slow leaves the ring full, and the card drops by itself.",
        because_zh: "网卡把收到的帧放进环形缓冲区,核空闲时来取。核太慢,环就一直是满的,网卡自己丢弃。",
        source: "Linux drivers/net/ethernet (rx_missed_errors); ethtool -g", linux: "rx_missed_errors",
    }
}

/// How many reasons [`ALL`] has.
pub const LOSSES: usize = 8;

/// What a cable is like. Both directions are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CableConfig {
    /// Bits a second, at least 1.
    pub rate_bps: u64,
    /// Propagation delay.
    pub delay: SimDuration,
    /// Bytes that may be ahead of a frame at each end, counted as on the wire ([`wire_bytes`]); the unsent rest of the
    /// frame being sent is among them.
    pub queue_bytes: u64,
    /// Frames lost by chance, in millionths.
    pub loss_ppm: u32,
    /// Whether it has carrier at the start.
    pub up: bool,
}

impl Default for CableConfig {
    fn default() -> Self {
        // 1000 full frames, as Linux's txqueuelen of 1000 (include/net/pkt_sched.h DEFAULT_TX_QUEUE_LEN).
        let queue_bytes = 1_000 * wire_bytes(1_514);
        Self { rate_bps: 10_000_000_000, delay: SimDuration::from_us(5), queue_bytes, loss_ppm: 0, up: true }
    }
}

/// Preamble and start delimiter 8, FCS 4, inter-frame gap 12 (IEEE 802.3 §4.2.3.2): on the wire but not in a frame.
pub const WIRE_EXTRA: u64 = 24;
/// Shortest Ethernet frame without FCS; shorter ones occupy the wire as long (IEEE 802.3 §4.2.3.3).
pub const MIN_FRAME: u64 = 60;

/// A byte at one bit a second takes so many nanoseconds.
const BIT_NS: u128 = 8_000_000_000;

/// Bytes' worth of time a frame occupies an Ethernet cable.
pub const fn wire_bytes(frame_len: u64) -> u64 {
    (if frame_len < MIN_FRAME { MIN_FRAME } else { frame_len }) + WIRE_EXTRA
}

/// What went over one direction of a cable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CableStats {
    /// Frames put on the cable.
    pub frames: u64,
    /// Their bytes, without what [`WIRE_EXTRA`] adds.
    pub bytes: u64,
    /// Frames lost, by reason: [`ALL`] in order.
    pub lost: [u64; LOSSES],
}

/// One direction of a cable. What each frame needs comes first, in one line of the cache.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(in crate::engine) struct Direction {
    /// When the last frame has left: so many nanoseconds, and `carry` parts of one that `rate_bps` parts make up.
    pub busy_until: SimTime,
    pub carry: u64,
    pub rate_bps: u64,
    pub delay: SimDuration,
    /// Time the bytes of a full queue take, likewise.
    pub queue_limit: (SimDuration, u64),
    pub to: (DeviceId, PortNo),
    pub loss_ppm: u32,
    /// Only what carries this is lost.
    pub loss_of: Option<Content>,
    pub up: bool,
    pub in_flight: VecDeque<(u64, Frame)>,
    pub stats: CableStats,
    pub random: Stream,
}

impl Direction {
    pub fn new(config: &CableConfig, to: (DeviceId, PortNo), random: Stream) -> Self {
        // The upper bound keeps the sums of `offer` within 64 bits.
        let rate = config.rate_bps.clamp(1, u64::MAX >> 1);
        let limit = u128::from(config.queue_bytes) * BIT_NS;
        let (whole, part) = (limit / u128::from(rate), limit % u128::from(rate));
        Self {
            busy_until: SimTime::ZERO,
            carry: 0,
            rate_bps: rate,
            delay: config.delay,
            queue_limit: (SimDuration(u64::try_from(whole).unwrap_or(u64::MAX)), part as u64),
            to,
            up: config.up,
            loss_ppm: config.loss_ppm,
            loss_of: None,
            in_flight: VecDeque::new(),
            random,
            stats: CableStats::default(),
        }
    }

    /// No IPv4 packet gets over.
    pub fn loses_all(&self) -> bool {
        self.loss_ppm >= 1_000_000 && self.loss_of.is_none_or(Content::is_every_packet)
    }

    /// Takes a frame for transmission: when it arrives, or why it never will, with a number for the reason's text.
    /// Only the arrival is rounded, up to whole nanoseconds, so it is always later than now.
    #[inline]
    pub fn offer(&mut self, now: SimTime, frame: &Frame) -> Result<SimTime, (Reason, u64)> {
        if !self.up {
            return Err((&CABLE_DOWN, 0));
        }
        if self.busy_until < now {
            (self.busy_until, self.carry) = (now, 0);
        }
        let ahead = self.busy_until.since(now);
        if (ahead, self.carry) > self.queue_limit {
            let parts = u128::from(ahead.0) * u128::from(self.rate_bps) + u128::from(self.carry);
            return Err((&QUEUE_FULL, (parts / BIT_NS) as u64));
        }
        let len = frame.len();
        let parts = wire_bytes(len as u64) * BIT_NS as u64 + self.carry;
        self.busy_until += SimDuration(parts / self.rate_bps);
        self.carry = parts % self.rate_bps;
        self.stats.frames += 1;
        self.stats.bytes += len as u64;
        if self.loss_ppm > 0 {
            self.survives(frame)?;
        }
        Ok(self.busy_until + SimDuration(u64::from(self.carry > 0)) + self.delay)
    }

    /// Draws lots for a frame that may be lost; what a filter does not mean draws none.
    #[cold]
    fn survives(&mut self, frame: &Frame) -> Result<(), (Reason, u64)> {
        let lost = match self.loss_of {
            Some(content) if !content.within(frame.link(), frame.bytes()) => return Ok(()),
            Some(content) => (&CABLE_FILTERED, content.number()),
            None => (&CABLE_LOST, u64::from(self.loss_ppm)),
        };
        if self.random.chance(self.loss_ppm) { Err(lost) } else { Ok(()) }
    }
}

/// What is at the far side of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing.
    None,
    /// A port of a device of the same node: a veth pair, a bridge port, a tunnel's way to the stack.
    Internal(DeviceId, PortNo),
    /// A direction of a cable: twice the cable's number, plus one for the way back.
    Cable(u32),
}

/// A cable's name and ends.
#[derive(Clone, Debug)]
pub struct CableInfo {
    /// `ann--sw`, or the name the author gave.
    pub name: String,
    /// Device and port at each end.
    pub ends: [(DeviceId, PortNo); 2],
}

/// Where a device's own begin in the lists of all devices.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Bases {
    pub ports: u32,
    pub timers: u32,
    pub counts: u32,
}

/// What never changes while a world runs; shared by all its checkpoints.
#[derive(Clone, Debug, Default)]
pub struct Wiring {
    pub(in crate::engine) bases: Vec<Bases>,
    pub(in crate::engine) ends: Vec<End>,
    pub(in crate::engine) reasons: Vec<&'static [Reason]>,
    pub(in crate::engine) device_node: Vec<NodeId>,
    pub(in crate::engine) device_names: Vec<String>,
    pub(in crate::engine) cables: Vec<CableInfo>,
    pub(in crate::engine) links: Vec<LinkType>,
}

impl Wiring {
    /// What a port is joined to; [`End::None`] also for a port that does not exist.
    #[inline]
    pub fn end(&self, device: DeviceId, port: PortNo) -> End {
        let Some(bases) = self.bases.get(device.index()) else { return End::None };
        self.ends.get(bases.ports as usize + port.index()).copied().unwrap_or(End::None)
    }

    /// All cables.
    pub fn cables(&self) -> &[CableInfo] {
        &self.cables
    }

    /// The cable called `name`.
    pub fn cable(&self, name: &str) -> Option<CableId> {
        self.cables.iter().position(|cable| cable.name == name).map(|at| CableId(at as u32))
    }
}
