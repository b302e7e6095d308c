//! What is timed: a program that sends, one that has a socket, copies through a pipe, and the waking of a thread.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::output::Output;

/// Rounds of which the fastest counts: what disturbs a round only makes it slower.
pub const ROUNDS: u32 = 7;
/// Bytes of a long datagram.
pub const LONG: usize = 1_400;

/// Bytes of a copy, short and long.
const COPY: [usize; 2] = [64, 4_000];
const COPIES: u32 = 20_000;
const WAKES: u32 = 5_000;

/// Sends datagrams, and tells how many nanoseconds one took.
pub fn blast(to: SocketAddr, count: u32, size: usize) -> io::Result<u64> {
    let socket = UdpSocket::bind((if to.is_ipv4() { "0.0.0.0" } else { "::" }, 0))?;
    socket.connect(to)?;
    let payload = vec![0x5a; size];
    // The first one makes the kernel ask for the neighbour; tables learn from it.
    socket.send(&payload)?;
    thread::sleep(Duration::from_millis(50));
    fastest(|| {
        for _ in 0..count {
            socket.send(&payload)?;
        }
        Ok(())
    })
    .map(|round| (round.as_nanos() / u128::from(count)) as u64)
}

/// Has a socket, says so, waits until its input ends, and tells how many datagrams are in the queue.
pub fn sink(at: SocketAddr, out: &mut Output) -> io::Result<()> {
    let socket = UdpSocket::bind(at)?;
    out.line("ready")?;
    out.finish()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    socket.set_nonblocking(true)?;
    let mut count = 0;
    while socket.recv(&mut [0; LONG]).is_ok() {
        count += 1;
    }
    out.line(&format!("{count}"))
}

/// Nanoseconds of a copy into the kernel or out of it with its system call, and picoseconds for each byte.
pub fn copies() -> io::Result<(u64, u64)> {
    let (mut from, mut to) = io::pipe()?;
    let mut time = |len: usize| {
        let mut bytes = vec![0; len];
        let round = fastest(|| {
            for _ in 0..COPIES {
                to.write_all(&bytes)?;
                from.read_exact(&mut bytes)?;
            }
            Ok(())
        })?;
        io::Result::Ok(round.as_nanos() as u64 * 1_000 / u64::from(2 * COPIES))
    };
    let (short, long) = (time(COPY[0])?, time(COPY[1])?);
    let byte_ps = long.saturating_sub(short) / (COPY[1] - COPY[0]) as u64;
    Ok((short.saturating_sub(byte_ps * COPY[0] as u64) / 1_000, byte_ps))
}

/// Nanoseconds from a write until another thread that waits for it has read, with both calls.
pub fn wakes() -> io::Result<u64> {
    let (mut here, mut there) = io::pipe()?;
    let (mut back, mut answer) = io::pipe()?;
    let echo = thread::spawn(move || {
        let mut byte = [0];
        while here.read_exact(&mut byte).is_ok() && answer.write_all(&byte).is_ok() {}
    });
    let round = fastest(|| {
        for _ in 0..WAKES {
            let mut byte = [1];
            there.write_all(&byte)?;
            back.read_exact(&mut byte)?;
        }
        Ok(())
    });
    drop(there);
    let _ = echo.join();
    Ok(round?.as_nanos() as u64 / u64::from(2 * WAKES))
}

#[expect(clippy::disallowed_methods, reason = "what is measured is the machine, not a model")]
fn fastest(mut round: impl FnMut() -> io::Result<()>) -> io::Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        round()?;
        best = best.min(start.elapsed());
    }
    Ok(best)
}
