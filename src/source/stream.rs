//! Pipes and devices, read through a thread so that a load that waits for them can be stopped.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Returns true when the load should stop.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// Returns true when a pipe has nothing waiting to be read at the moment.
pub type Quiet = Box<dyn Fn() -> bool + Send>;

const PIECE_BYTES: usize = 64 << 10;
/// Interval at which a waiting read checks `stop`.
const PATIENCE: Duration = Duration::from_millis(50);

/// Reader of a pipe; ends early when the load is stopped.
pub(super) struct Stream {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    stop: Stop,
    /// Number of pieces that were read and not yet taken.
    waiting: Arc<AtomicUsize>,
}

impl Stream {
    /// Opens and reads `open` on a thread, since opening a named pipe waits for its other end.
    pub(super) fn new<R: Read>(
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
        stop: Stop,
    ) -> Self {
        let (pieces_in, pieces) = sync_channel(4);
        let waiting = Arc::new(AtomicUsize::new(0));
        let read = Arc::clone(&waiting);
        thread::spawn(move || match open() {
            Ok(source) => pump(source, &pieces_in, &read),
            // The receiver is gone when the load was stopped.
            Err(error) => drop(pieces_in.send(Err(error))),
        });
        Self {
            pieces,
            piece: Vec::new(),
            at: 0,
            stop,
            waiting,
        }
    }

    /// Whether no piece is waiting. This is a hint only: more may arrive at once.
    pub(super) fn quiet(&self) -> Quiet {
        let waiting = Arc::clone(&self.waiting);
        Box::new(move || waiting.load(Ordering::Relaxed) == 0)
    }
}

fn pump(mut source: impl Read, out: &SyncSender<io::Result<Vec<u8>>>, waiting: &AtomicUsize) {
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let read = match source.read(&mut piece) {
            Ok(0) => return,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read,
        };
        let failed = read.is_err();
        let piece = read.map(|length| {
            piece.truncate(length);
            piece
        });
        waiting.fetch_add(1, Ordering::Relaxed);
        if out.send(piece).is_err() || failed {
            return;
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let ready = self.piece.get(self.at..).unwrap_or_default();
            let length = ready.len().min(buf.len());
            if length > 0 || buf.is_empty() {
                let (Some(from), Some(to)) = (ready.get(..length), buf.get_mut(..length)) else {
                    return Ok(0);
                };
                to.copy_from_slice(from);
                self.at += length;
                return Ok(length);
            }
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    self.piece = piece?;
                    self.at = 0;
                }
                Err(RecvTimeoutError::Timeout) if !(self.stop)() => {}
                Err(_) => return Ok(0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn gives_everything_in_order() {
        let text: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let (source, never) = (io::Cursor::new(text.clone()), Arc::new(|| false));
        let mut out = Vec::new();
        let mut stream = Stream::new(move || Ok(source), never);
        stream.read_to_end(&mut out).unwrap();
        assert!(out == text);
    }

    #[test]
    fn a_pipe_that_says_nothing_can_be_left() {
        let (reader, writer) = io::pipe().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        let mut stream = Stream::new(
            move || Ok(reader),
            Arc::new(move || asked.load(Ordering::Relaxed)),
        );
        let reading = thread::spawn(move || stream.read(&mut [0; 10]).unwrap());
        stop.store(true, Ordering::Relaxed);
        assert_eq!(reading.join().unwrap(), 0);
        drop(writer);
    }
}
