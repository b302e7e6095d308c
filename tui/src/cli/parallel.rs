//! Work on all processors. Which thread does a piece, and when, changes no byte of what comes out.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// How many threads this machine can run at once.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Does `count` pieces of work. Each thread makes something for itself first; what is done is handed over on this thread,
/// in the order in which it is done. No more is begun once `take` says no.
pub fn each<S, T: Send>(
    count: usize,
    jobs: usize,
    make: impl Fn() -> S + Sync,
    work: impl Fn(&S, usize) -> T + Sync,
    mut take: impl FnMut(usize, T) -> bool,
) {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, count.max(1)) {
            let sender = sender.clone();
            let (next, stop, make, work) = (&next, &stop, &make, &work);
            scope.spawn(move || {
                let own = make();
                while !stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count || sender.send((at, work(&own, at))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (at, done) in receiver {
            if !take(at, done) {
                stop.store(true, Ordering::Relaxed);
                break;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn every_piece_is_done_once_whatever_the_number_of_threads() {
        for jobs in [0, 1, 3, 50] {
            let mut done = vec![0; 20];
            each(
                20,
                jobs,
                || (),
                |(), at| at,
                |at, same| {
                    assert_eq!(at, same);
                    done[at] += 1;
                    true
                },
            );
            assert_eq!(done, [1; 20]);
        }
        let mut taken = 0;
        each(
            1_000,
            2,
            || (),
            |(), at| at,
            |_, _| {
                taken += 1;
                taken < 5
            },
        );
        assert_eq!(taken, 5, "no more is taken than was wanted");
    }
}
