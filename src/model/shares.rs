//! Work that several threads share.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::{panic, thread};

/// Each thread may hold a part of the result, so many of them would take much room.
const MOST_THREADS: usize = 8;

/// How many threads may share so much work, of which less than `least` is not worth one.
pub fn threads(work: usize, least: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    (work / least).clamp(1, cores.min(MOST_THREADS))
}

/// Does the work on all parts and gives the results in their order. The calling thread takes its share, and all of it
/// where the system gives no threads.
pub fn share<T: Send, R: Send>(parts: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let more = parts.len().saturating_sub(1).min(MOST_THREADS - 1);
    let parts = Mutex::new(parts.into_iter().enumerate());
    let take = || {
        let next = || (parts.lock().unwrap_or_else(PoisonError::into_inner)).next();
        let done = std::iter::from_fn(next).map(|(nth, part)| (nth, work(part)));
        done.collect::<Vec<_>>()
    };
    let mut done = thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, take).ok();
        let others: Vec<_> = (0..more).map_while(spawn).collect();
        let mut done = take();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(nth, _)| *nth);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_are_done_and_stay_in_order() {
        for count in [0, 1, 2, 100] {
            let done = share((0..count).collect(), |part| part * 2);
            assert!(done.into_iter().eq((0..count).map(|part| part * 2)));
        }
        assert_eq!((threads(0, 10), threads(19, 10)), (1, 1));
        assert!((1..=MOST_THREADS).contains(&threads(usize::MAX, 1)));
    }
}
