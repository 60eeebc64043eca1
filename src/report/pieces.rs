//! A long text in pieces that several threads make and that are written in their order.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::model::shares;

/// Bytes of a block, more or less. Text is handed on in blocks, so that of a long piece only a few blocks wait to be
/// written.
const BLOCK: usize = if cfg!(test) { 16 } else { 256 << 10 };

/// Blocks of a piece that wait at most.
const WAITING: usize = 2;

/// What a thread hands on of its piece.
enum Part<R> {
    Text(Vec<u8>),
    End(io::Result<R>),
}

/// Writes the text that `make` writes of each piece, one behind the other, and gives what else it gives of them.
pub(super) fn write<T: Send, R: Send>(
    pieces: Vec<T>,
    make: impl Fn(T, &mut dyn Write) -> io::Result<R> + Sync,
    out: &mut dyn Write,
) -> io::Result<Vec<R>> {
    let threads = shares::most().min(pieces.len());
    let most = 2 * threads;
    let (jobs, queue) = sync_channel::<(T, SyncSender<Part<R>>)>(most);
    let queue = Mutex::new(queue);
    let serve = || {
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        while let Ok((piece, parts)) = next() {
            let mut blocks = Blocks::new(&parts);
            let result = make(piece, &mut blocks);
            let result = blocks.flush().and(result);
            // Nobody waits for it any more where writing failed.
            let _ = parts.send(Part::End(result));
        }
    };
    thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, serve).ok();
        // With one thread, or none to be had, nobody waits for another.
        let others = if threads > 1 { threads } else { 0 };
        if (0..others).map_while(spawn).count() == 0 {
            return pieces.into_iter().map(|piece| make(piece, out)).collect();
        }
        let (mut waiting, mut results) = (VecDeque::new(), Vec::new());
        for piece in pieces {
            // Written before the queue is full: a thread that waits for room in the queue writes nothing, and then all
            // threads might wait for each other. The oldest piece is one that a thread has begun.
            if waiting.len() == most
                && let Some(text) = waiting.pop_front()
            {
                results.extend(write_piece(&text, out)?);
            }
            let (parts, text) = sync_channel(WAITING);
            if jobs.send((piece, parts)).is_err() {
                break;
            }
            waiting.push_back(text);
        }
        drop(jobs);
        for text in waiting {
            results.extend(write_piece(&text, out)?);
        }
        Ok(results)
    })
}

/// Writes a piece as its text comes. `None` where its thread failed: its panic goes on when all have ended.
fn write_piece<R>(parts: &Receiver<Part<R>>, out: &mut dyn Write) -> io::Result<Option<R>> {
    for part in parts {
        match part {
            Part::Text(text) => out.write_all(&text)?,
            Part::End(result) => return result.map(Some),
        }
    }
    Ok(None)
}

/// Hands text on in blocks.
struct Blocks<'a, R> {
    text: Vec<u8>,
    parts: &'a SyncSender<Part<R>>,
}

impl<'a, R> Blocks<'a, R> {
    const fn new(parts: &'a SyncSender<Part<R>>) -> Self {
        Self {
            text: Vec::new(),
            parts,
        }
    }
}

impl<R> Write for Blocks<'_, R> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(text);
        if self.text.len() >= BLOCK {
            self.flush()?;
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let block = Part::Text(mem::take(&mut self.text));
        let sent = self.parts.send(block);
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes and no more.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            let left = self.0.checked_sub(text.len());
            self.0 = left.ok_or(io::ErrorKind::StorageFull)?;
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn make(piece: usize, out: &mut dyn Write) -> io::Result<usize> {
        for _ in 0..piece % 50 {
            write!(out, "{piece} ")?;
        }
        Ok(piece)
    }

    #[test]
    fn pieces_of_any_length_are_written_in_order() {
        for count in [0, 1, 2, 300] {
            let pieces: Vec<usize> = (0..count).collect();
            let (mut own, mut wanted) = (Vec::new(), Vec::new());
            let results = write(pieces.clone(), make, &mut own).unwrap();
            assert_eq!(results, pieces);
            for piece in pieces {
                make(piece, &mut wanted).unwrap();
            }
            assert_eq!(own, wanted);
        }
    }

    #[test]
    fn a_failure_ends_it() {
        let full = |room| write((0..300).collect(), make, &mut Full(room));
        for room in [0, 100, 9_000] {
            assert_eq!(full(room).unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
        let fail = |piece, out: &mut dyn Write| match piece {
            70 => Err(io::Error::from(io::ErrorKind::NotFound)),
            _ => make(piece, out),
        };
        let failed = write((0..300).collect(), fail, &mut Vec::new());
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
