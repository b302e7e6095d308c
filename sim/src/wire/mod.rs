//! Bytes: frames, header formats, the layer walk and the capture writer.
//!
//! # Contract
//!
//! Reading never trusts a length field: every reader checks before it slices and says which check failed. Formats
//! that `smoltcp::wire` has are read and written through it; this folder adds what it lacks and the few helpers of
//! the per-frame path.

pub mod addr;
pub mod frame;

pub use addr::MacAddr;
pub use frame::{Frame, LinkType, Origin, Pool};
