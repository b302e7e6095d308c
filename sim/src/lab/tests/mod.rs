//! Labs as a whole: read, run, judged; damaged in every way.

mod heavy;
mod mutated;
mod samples;
mod whole;
