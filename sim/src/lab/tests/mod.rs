//! Labs as a whole: read, run, judged; damaged in every way.

mod changes;
mod damaged;
mod heavy;
mod level;
mod mutated;
mod samples;
mod whole;
mod words;
