//! Labs as a whole: read, run, judged; damaged in every way.

mod samples;
mod whole;
