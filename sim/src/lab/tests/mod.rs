//! Labs as a whole: read, run, judged; damaged in every way.

mod damaged;
mod heavy;
mod mutated;
mod samples;
mod whole;
