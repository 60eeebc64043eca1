//! Splits work among threads.

use std::num::NonZero;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::{panic, thread};

/// Maximum number of threads. Each may hold a part of the result in memory.
const MAX_THREADS: usize = 8;

/// Number of events that are worth a thread.
pub const EVENTS: usize = if cfg!(test) { 2 } else { 1 << 16 };

/// Number of messages that are worth a thread. Lower, because their events are far apart in memory.
pub const MESSAGES: usize = if cfg!(test) { 2 } else { 1 << 12 };

/// Number of items with many events each that are worth a thread.
const ITEMS: usize = if cfg!(test) { 2 } else { 1 << 8 };

/// Number of parts for each thread in [`each`]: one item may take a thousand times as long as another.
const PARTS: usize = 32;

/// Number of threads for an amount of work, of which at least `least` is worth a thread.
pub fn threads(work: usize, least: usize) -> usize {
    (work / least).clamp(1, most())
}

/// Maximum number of threads on this machine.
pub fn most() -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    cores.min(MAX_THREADS)
}

/// Splits a range into one part for each thread, of which at least `least` numbers are worth one.
pub fn stretches(numbers: Range<u32>, least: usize) -> Vec<Range<u32>> {
    let threads = u32::try_from(threads(numbers.len(), least)).unwrap_or(1);
    let end = numbers.end.max(numbers.start);
    let length = (end - numbers.start).div_ceil(threads).max(1);
    let starts = numbers.step_by(length as usize);
    starts
        .map(|start| start..end.min(start.saturating_add(length)))
        .collect()
}

/// Does the work on each item, on several threads if there are many; gives the results in order.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let parts = match threads(items.len(), ITEMS) {
        1 => 1,
        threads => threads * PARTS,
    };
    let parts = items.chunks(items.len().div_ceil(parts).max(1));
    let done = share(parts.collect(), |part| {
        part.iter().map(&work).collect::<Vec<_>>()
    });
    done.into_iter().flatten().collect()
}

/// Does the work on all parts, on several threads; gives the results in order. The calling thread works as well, and
/// alone if the system starts no threads.
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
        assert!((1..=MAX_THREADS).contains(&threads(usize::MAX, 1)));
    }

    #[test]
    fn stretches_hold_each_number_once() {
        for range in [3..3, 0..1, 7..1000, u32::MAX - 9..u32::MAX] {
            let all = stretches(range.clone(), 2);
            assert!(all.len() <= MAX_THREADS);
            assert!(all.into_iter().flatten().eq(range));
        }
        assert_eq!(stretches(0..99, 50).first(), Some(&(0..99)));
    }
}
