//! What a run cost: CPU time and memory of this process, and the object that is printed.
//!
//! CPU time, not wall time: other work on the machine then matters less. Elsewhere than on Unix both read as zero.

use serde_json::{Map, Value, json};

/// CPU time of this process so far, in seconds.
pub fn cpu_s() -> f64 {
    #[cfg(unix)]
    return clock(rustix::time::ClockId::ProcessCPUTime);
    #[cfg(not(unix))]
    0.0
}

/// CPU time of this thread so far, in seconds.
pub fn thread_cpu_s() -> f64 {
    #[cfg(unix)]
    return clock(rustix::time::ClockId::ThreadCPUTime);
    #[cfg(not(unix))]
    0.0
}

#[cfg(unix)]
fn clock(id: rustix::time::ClockId) -> f64 {
    let time = rustix::time::clock_gettime(id);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The most memory this process had resident, in MB of 2^20 bytes. Known where there is a `/proc`.
pub fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// What a workload did and how long it took.
#[derive(Clone, Debug)]
pub struct Report {
    /// Name of the workload.
    pub workload: &'static str,
    /// Its sizes, in the order of the command line.
    pub sizes: Vec<(&'static str, u64)>,
    /// What is counted: `events`, `frames` or `hosts`.
    pub unit: &'static str,
    /// How many of them.
    pub count: u64,
    /// CPU seconds of the run, without what it took to build.
    pub cpu_s: f64,
    /// CPU seconds to build.
    pub setup_cpu_s: f64,
    /// Further exact numbers.
    pub more: Vec<(&'static str, u64)>,
}

impl Report {
    /// One JSON object.
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("workload".into(), json!(self.workload));
        for (name, size) in &self.sizes {
            object.insert((*name).into(), json!(size));
        }
        object.insert(self.unit.into(), json!(self.count));
        for (name, number) in &self.more {
            object.insert((*name).into(), json!(number));
        }
        object.insert("cpu_s".into(), json!(self.cpu_s));
        object.insert("setup_cpu_s".into(), json!(self.setup_cpu_s));
        object.insert("per_cpu_s".into(), json!((self.count as f64 / self.cpu_s.max(1e-9)).round()));
        object.insert("peak_mb".into(), json!((peak_mb() * 10.0).round() / 10.0));
        Value::Object(object)
    }
}
