//! What is done of a sweep that is under way, beside its file: written point by point, so that nothing is lost when it is
//! interrupted.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::file::Head;
use crate::cli::failure::Failure;
use crate::cli::write;

/// The file of what is done.
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens or begins it; what it holds already comes by the numbers of the points.
    pub fn open(output: &Path, head: &Head) -> Result<(Self, BTreeMap<usize, String>), Failure> {
        let mut name = output.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let path = output.with_file_name(name);
        let told = |error: io::Error| write::told(&path, &error);
        let mut options = OpenOptions::new();
        let mut file = options.create(true).read(true).write(true).truncate(false).open(&path).map_err(told)?;
        // A file system without locks has to do without.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            let hint = "wait until it is done, or end it; what it has done is kept";
            let what = format!("{} is being written by another process, which does the same part", path.display());
            return Err(Failure::usage(what, hint));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| Failure::File(path.display().to_string(), error))?;
        let text = String::from_utf8_lossy(&bytes);
        let (done, kept) = read(&text, head).map_err(|what| {
            let hint = format!("finish that one first, name another file, or remove {}", path.display());
            Failure::usage(format!("{} is of another sweep: {what}", path.display()), hint)
        })?;
        // A line that was being written when it was interrupted is not whole.
        file.set_len(kept as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(told)?;
        if kept == 0 {
            file.write_all(format!("{}\n", json!(head)).as_bytes()).map_err(told)?;
        }
        Ok((Self { path, file }, done))
    }

    /// Adds a point.
    pub fn add(&mut self, number: usize, text: &str) -> Result<(), Failure> {
        let line = format!("{}\n", json!([number, text]));
        self.file.write_all(line.as_bytes()).map_err(|error| {
            let what = format!("{} could not be written: {error}", self.path.display());
            Failure::usage(what, "the points before it are kept; make room there, and the same command goes on")
        })
    }

    /// All of it is in the file of the sweep.
    pub fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The points of a journal, and how many of its bytes are whole lines; or what sweep it is of instead.
fn read(text: &str, head: &Head) -> Result<(BTreeMap<usize, String>, usize), String> {
    let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let Some(first) = lines.next() else { return Ok((BTreeMap::new(), 0)) };
    match serde_json::from_str::<Head>(first) {
        Ok(there) if there == *head => {}
        Ok(there) => {
            return Err(there.differs(head).unwrap_or_else(|| format!("part {} of {}", there.part, there.of)));
        }
        Err(_) => return Err("it cannot be read".to_owned()),
    }
    let (mut done, mut kept) = (BTreeMap::new(), first.len());
    for line in lines {
        let Ok(Value::Array(pair)) = serde_json::from_str(line) else { break };
        let [Value::Number(number), Value::String(text)] = pair.as_slice() else { break };
        let Some(number) = number.as_u64() else { break };
        done.insert(number as usize, text.clone());
        kept += line.len();
    }
    Ok((done, kept))
}
