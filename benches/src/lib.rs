//! Workloads shared by the benches and the `workload` binary.
