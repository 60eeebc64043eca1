//! Work that several threads share.

use std::num::NonZero;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::{panic, thread};

/// Each thread may hold a part of the result, so many of them would take much room.
const MOST_THREADS: usize = 8;

/// Fewer events are hardly worth a thread.
pub const EVENTS: usize = if cfg!(test) { 2 } else { 1 << 16 };

/// Fewer messages, whose events are far apart in memory, are hardly worth a thread.
pub const MESSAGES: usize = if cfg!(test) { 2 } else { 1 << 12 };

/// Fewer things of which each has many events are hardly worth a thread.
const THINGS: usize = if cfg!(test) { 2 } else { 1 << 8 };

/// In so many parts each thread's share of things is cut: some may take a thousand times as long as others.
const PARTS: usize = 32;

/// How many threads may share so much work, of which less than `least` is not worth one.
pub fn threads(work: usize, least: usize) -> usize {
    (work / least).clamp(1, most())
}

/// How many threads there may be in all.
pub fn most() -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    cores.min(MOST_THREADS)
}

/// A range of numbers in as many stretches as threads may share it, of which fewer than `least` are not worth one.
pub fn stretches(numbers: Range<u32>, least: usize) -> Vec<Range<u32>> {
    let threads = u32::try_from(threads(numbers.len(), least)).unwrap_or(1);
    let end = numbers.end.max(numbers.start);
    let length = (end - numbers.start).div_ceil(threads).max(1);
    let starts = numbers.step_by(length as usize);
    starts
        .map(|start| start..end.min(start.saturating_add(length)))
        .collect()
}

/// What the work gives for each of these things.
pub fn each<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let parts = match threads(things.len(), THINGS) {
        1 => 1,
        threads => threads * PARTS,
    };
    let parts = things.chunks(things.len().div_ceil(parts).max(1));
    let done = share(parts.collect(), |part| {
        part.iter().map(&work).collect::<Vec<_>>()
    });
    done.into_iter().flatten().collect()
}

/// Does the work on all parts and gives the results in their order. The calling thread takes its share, and all of it
/// where the system gives no threads.
pub fn share<T: Send, R: Send>(parts: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let more = parts.len().min(most()).saturating_sub(1);
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
        let things: Vec<u32> = (0..1000).collect();
        assert_eq!(each(&things, |thing| *thing), things);
        assert!(each(&[] as &[u32], |thing| *thing).is_empty());
        assert_eq!((threads(0, 10), threads(19, 10)), (1, 1));
        assert!((1..=MOST_THREADS).contains(&threads(usize::MAX, 1)));
    }

    #[test]
    fn stretches_hold_each_number_once() {
        for range in [3..3, 0..1, 7..1000, u32::MAX - 9..u32::MAX] {
            let all = stretches(range.clone(), 2);
            assert!(all.len() <= MOST_THREADS);
            assert!(all.into_iter().flatten().eq(range));
        }
        assert_eq!(stretches(0..99, 50).first(), Some(&(0..99)));
    }
}
