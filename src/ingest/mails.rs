//! Messages into the model: one to a file, or an mbox of them.
//!
//! Of a body only the beginning is looked at, so no more is kept, and of a plain file no more is read.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::model::{FileInfo, Mail};
use crate::parse::message;
use crate::source::mbox::{BODY_BYTES, HEADER_BYTES, Piece, Splitter, is_folded};
use crate::source::{Borders, Chunk, ChunkReader, FileText, SourceError};

use super::Options;
use super::ahead::store_for;
use super::format::envelope;
use super::load::Loader;
use super::sniff::Sniffed;

/// A file of one message.
pub(super) struct Message {
    path: PathBuf,
    text: FileText,
    /// The message, and behind it the one that it returns.
    mails: Vec<Mail>,
    /// Bytes and lines read.
    read: (u64, u32),
    /// Bytes on disk that need not be read.
    unread: u64,
    /// Where its header begins, if that was too long to be read whole.
    cut: Cut,
    failure: Option<io::Error>,
}

impl Message {
    /// Reads a message as far as it is looked at.
    pub(super) fn read(input: Sniffed, options: &Options) -> Result<Self, SourceError> {
        let mut text = store_for(&input, options.asks_once())?;
        let (path, mut bytes, mut rest) = (input.path, input.head, input.rest);
        let (header, failure) = read_on(&mut bytes, &mut rest.reader);
        let mut cut = Cut::default();
        let has_end = header.body.is_some() || failure.is_some();
        if !has_end && goes_on(&mut rest.reader) {
            cut.note(header.first_line);
        }
        let is_torn = header.body.is_none() && (cut.count > 0 || failure.is_some());
        if rest.quiet.is_some() {
            // Who writes into a pipe wants to be read to the end.
            let _ = io::copy(&mut rest.reader, &mut io::sink());
        }
        let length = bytes.len() as u64;
        let message = bytes.get(header.start..).unwrap_or_default();
        let message = if is_torn {
            whole_fields(message)
        } else {
            message
        };
        let mails = mails(message, (header.first_line, header.last_line), options);
        let chunk = Chunk::whole(bytes);
        text.push(&chunk);
        Ok(Self {
            path,
            text,
            mails,
            read: (length, chunk.index.lines),
            unread: rest.disk_bytes.unwrap_or_default().saturating_sub(length),
            cut,
            failure,
        })
    }
}

/// The headers of an input whose ends were not read.
#[derive(Default)]
struct Cut {
    /// Where the first of them begins.
    line: Option<u32>,
    count: usize,
}

impl Cut {
    fn note(&mut self, line: u32) {
        self.line.get_or_insert(line);
        self.count += 1;
    }

    /// What there is to say of them.
    fn sentence(&self, path: &Path) -> Option<SourceError> {
        Some(SourceError::LongHeader {
            path: path.to_owned(),
            line: self.line?,
            more: self.count.saturating_sub(1),
        })
    }
}

/// Whether something follows that was not read.
fn goes_on(rest: &mut impl Read) -> bool {
    let mut next = Vec::new();
    // An error here would not have been met by who needs no more.
    let _ = rest.take(1).read_to_end(&mut next);
    !next.is_empty()
}

/// Part of an mbox, and the messages that end in it.
type Split = (Chunk, Vec<Mail>);

impl Loader {
    /// One message.
    pub(super) fn add_message(&self, message: Message) -> Result<(), SourceError> {
        let (bytes, lines) = message.read;
        self.progress.advance(bytes, u64::from(lines));
        self.progress.skip(message.unread);
        self.write(|model| {
            let file = model.add_file(FileInfo::new(&message.path, None), message.text);
            for (index, mail) in (0..).zip(message.mails) {
                model.add_mail(Mail {
                    file,
                    index,
                    ..mail
                });
            }
        });
        self.stay_within_limit(usize::try_from(bytes).unwrap_or(usize::MAX));
        self.tell(message.cut.sentence(&message.path));
        ended(message.path, lines, message.failure)
    }

    /// All messages of an mbox, in order; they are parsed while further ones are looked for.
    pub(super) fn read_mbox(&self, input: Sniffed) -> Result<(), SourceError> {
        let text = store_for(&input, self.options.asks_once())?;
        let kept = text.is_kept();
        let path = input.path;
        let mut mbox = Mbox {
            file: self.write(|model| model.add_file(FileInfo::new(&path, None), text)),
            mails: 0,
            cut: Cut::default(),
            is_torn: false,
        };
        let most = self.opener.workers.count() + 1;
        let text = Cursor::new(input.head).chain(input.rest.reader);
        let is_live = input.rest.quiet.is_some();
        let reader = ChunkReader::with_borders(text, Borders::Lines, self.options.chunk_bytes);
        let mut reader = reader.live(input.rest.quiet);
        let (mut splitter, mut end, mut failure) = (Splitter::new(), 0, None);
        let mut running = VecDeque::new();
        let mut spent = Vec::new();
        while !self.progress.is_cancelled() {
            let chunk = reader.next(spent.pop().unwrap_or_default());
            let chunk = chunk.or_else(|error| {
                failure = Some(error);
                // What was read before the error is still there.
                reader.next(Vec::new())
            });
            let Some(chunk) = chunk.unwrap_or_default() else {
                break;
            };
            let (text, index) = (chunk.text(), &chunk.index);
            let pieces = splitter.take(text, index.first_line, index.offset);
            end = index.offset + text.len() as u64;
            mbox.note_cut(&pieces);
            running.push_back(self.parse(chunk, pieces, kept));
            // What comes bit by bit is shown at once.
            while running.len() > most || is_live && !running.is_empty() {
                spent.extend(self.add_split(&mut mbox, running.pop_front()));
            }
        }
        if failure.is_some() {
            splitter.break_off();
        }
        let pieces = splitter.end(end);
        mbox.note_cut(&pieces);
        running.push_back(self.parse(Chunk::default(), pieces, false));
        for split in running {
            self.add_split(&mut mbox, Some(split));
        }
        if mbox.is_torn {
            failure.get_or_insert_with(|| io::Error::other("the parsing thread failed"));
        }
        self.tell(mbox.cut.sentence(&path));
        ended(path, reader.lines(), failure)
    }

    /// Has messages parsed that end in a chunk, and the chunk packed if it is kept.
    fn parse(&self, mut chunk: Chunk, pieces: Vec<Piece>, kept: bool) -> Receiver<Split> {
        let options = Arc::clone(&self.options);
        self.opener.workers.ask(move |desk| {
            if kept {
                chunk.pack(&mut desk.packer);
            }
            let found = pieces.iter().flat_map(|piece| {
                let lines = (piece.first_line, piece.last_line);
                mails(piece.bytes(chunk.text()), lines, &options)
            });
            let found = found.collect();
            (chunk, found)
        })
    }

    /// Adds what was parsed to the model. Gives the buffer of the chunk.
    fn add_split(&self, mbox: &mut Mbox, split: Option<Receiver<Split>>) -> Option<Vec<u8>> {
        let Ok((chunk, mails)) = split?.recv() else {
            mbox.is_torn = true;
            return None;
        };
        let (bytes, lines) = (chunk.bytes.len() as u64, chunk.index.lines);
        self.progress.advance(bytes, u64::from(lines));
        self.write(|model| {
            if let Some(text) = model.text.file_mut(mbox.file).filter(|_| bytes > 0) {
                text.push(&chunk);
            }
            for mail in mails {
                model.add_mail(Mail {
                    file: mbox.file,
                    index: mbox.mails,
                    ..mail
                });
                mbox.mails = mbox.mails.saturating_add(1);
            }
        });
        self.stay_within_limit(chunk.bytes.len());
        Some(chunk.bytes)
    }
}

/// How far an mbox was added to the model.
struct Mbox {
    file: u32,
    mails: u32,
    cut: Cut,
    /// Part of it was lost.
    is_torn: bool,
}

impl Mbox {
    fn note_cut(&mut self, pieces: &[Piece]) {
        for piece in pieces.iter().filter(|piece| piece.is_cut) {
            self.cut.note(piece.first_line);
        }
    }
}

/// A message whose header stands on those lines, and behind it the one that it returns if it is a bounce.
fn mails(bytes: &[u8], (first_line, last_line): (u32, u32), options: &Options) -> Vec<Mail> {
    let (trust, inner) = (&options.trust, &options.inner);
    let facts = message::parse(bytes);
    let may_return = facts.may_return;
    let own = Mail {
        first_line,
        last_line,
        ..Mail::new(facts, trust, inner)
    };
    let back = may_return.then(|| message::returned(bytes)).flatten();
    let back = back.map(|back| Mail {
        first_line: first_line.saturating_add(back.lines.start),
        last_line: first_line.saturating_add(back.lines.end).saturating_sub(1),
        ..Mail::returned(back.facts, trust, inner)
    });
    [Some(own), back].into_iter().flatten().collect()
}

/// The fields of a torn header that are whole: half a field could have another meaning. A text without line feeds has
/// other line ends and stays as it is.
fn whole_fields(text: &[u8]) -> &[u8] {
    let mut line_starts = memchr::memrchr_iter(b'\n', text)
        .map(|end| end + 1)
        .peekable();
    if line_starts.peek().is_none() {
        return text;
    }
    let begins_field = |start: &usize| {
        let line = text.get(*start..).unwrap_or_default();
        !line.is_empty() && !is_folded(line)
    };
    let last_field = line_starts.find(begins_field).unwrap_or(0);
    text.get(..last_field).unwrap_or_default()
}

/// How a read ended, after `line` lines.
fn ended(path: PathBuf, line: u32, failure: Option<io::Error>) -> Result<(), SourceError> {
    failure.map_or(Ok(()), |source| {
        Err(SourceError::Read { path, line, source })
    })
}

/// Reads until the header block is whole and the beginning of the body is there. Gives where the header is, and
/// what ended the read, if that was an error.
fn read_on(bytes: &mut Vec<u8>, rest: &mut impl Read) -> (Header, Option<io::Error>) {
    let mut header = Header::of(bytes);
    loop {
        let body = header.body;
        let wanted = body.map_or(bytes.len() + BODY_BYTES, |body| body + BODY_BYTES);
        let missing = wanted.saturating_sub(bytes.len());
        if missing == 0 || body.is_none() && bytes.len() >= HEADER_BYTES {
            return (header, None);
        }
        let before = bytes.len();
        let failure = rest.by_ref().take(missing as u64).read_to_end(bytes).err();
        let read = bytes.len() - before;
        if body.is_none() && read > 0 {
            header = Header::of(bytes);
        }
        if failure.is_some() || read < missing {
            return (header, failure);
        }
    }
}

/// Where the header block of a text is.
#[derive(Debug, Default, PartialEq, Eq)]
struct Header {
    first_line: u32,
    last_line: u32,
    /// Where it begins.
    start: usize,
    /// Where the body begins; `None` when the blank line is not there.
    body: Option<usize>,
}

impl Header {
    /// Blank lines before the header come from pasting; an envelope or a separator of an mbox is no part
    /// of it.
    fn of(bytes: &[u8]) -> Self {
        let mut header = Self::default();
        let envelope = envelope(bytes).len();
        let mut at = 0;
        for number in 1_u32.. {
            let start = at;
            let rest = bytes.get(start..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            at = memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| start + end + 1);
            let line = bytes.get(start..at).unwrap_or_default();
            let blank = matches!(line, b"\n" | b"\r\n");
            if header.first_line > 0 && blank {
                header.body = Some(at);
                break;
            }
            let before = start < envelope || blank || line.starts_with(b"From ");
            if header.first_line == 0 {
                if before {
                    continue;
                }
                header.first_line = number;
                header.start = start;
            }
            header.last_line = number;
        }
        header.first_line = header.first_line.max(1);
        header.last_line = header.last_line.max(1);
        header
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::load;
    use crate::source::Input;

    #[test]
    fn header_blocks() {
        let header = |text: &str| {
            let header = Header::of(text.as_bytes());
            (header.first_line, header.last_line, header.body)
        };
        let postcat = "*** ENVELOPE RECORDS x ***\nsender: a\n*** MESSAGE CONTENTS x ***\nA: b\n\n";
        assert_eq!(header(postcat), (4, 4, Some(postcat.len())));
        assert_eq!(header("A: b\n c\nD: e\n\nbody\n\n"), (1, 3, Some(14)));
        assert_eq!(header("A: b\r\n\r\nbody"), (1, 1, Some(8)));
        assert_eq!(header("\n\nA: b\nC: d"), (3, 4, None));
        assert_eq!(
            header("From x Mon Jan  1 00:00:00 2024\nA: b\n\n"),
            (2, 2, Some(38))
        );
        assert_eq!(header("A: b\n \nC: d\n\n"), (1, 3, Some(13)));
        assert_eq!(header(""), (1, 1, None));
    }

    #[test]
    fn the_last_field_of_a_torn_header_is_dropped() {
        let whole =
            |text: &'static str| std::str::from_utf8(whole_fields(text.as_bytes())).unwrap();
        assert_eq!(whole("A: b\nReceived: from a\n by b with ESMTP"), "A: b\n");
        assert_eq!(whole("A: b\n c\nD: e\n"), "A: b\n c\n");
        assert_eq!(whole("A: b\n c"), "");
        assert_eq!(whole("A: b\rC: d"), "A: b\rC: d");
    }

    /// Cut behind its `P`, the name of a protocol says the opposite of what it says with the next letter.
    #[test]
    fn no_hop_is_read_from_half_a_field() {
        let hop = "Received: from mx.example.net (mx.example.net [192.0.2.7])\n\tby mail.example.org with \
                   ESMTPS id 1vwX9G-000AYt-Tm;\n\tSun, 01 Mar 2026 08:00:00 +0000\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("endless.eml");
        // Where the read ends within a field depends on what stands before.
        for before in (0..hop.len()).step_by(11) {
            let text = format!("X: {}\n{}", "y".repeat(before), hop.repeat(8000));
            std::fs::write(&path, text).unwrap();
            let loaded = load(vec![Input::File(path.clone())], Options::default());
            let [SourceError::LongHeader { line: 1, .. }] = loaded.errors.as_slice() else {
                panic!("{:?}", loaded.errors);
            };
            let hops = &loaded.model.mails[0].hops;
            assert!(hops.len() > HEADER_BYTES / hop.len() - 2);
            assert!(hops.iter().all(|own| own.raw == hops[1].raw), "{before}");
        }
    }

    #[test]
    fn no_more_is_read_than_is_looked_at() {
        let header = "X: y\n".repeat(30_000);
        let text = format!("{header}\n{}", "body\n".repeat(1_000_000));
        let mut rest = text.as_bytes();
        let mut bytes = Vec::new();
        let (found, failure) = read_on(&mut bytes, &mut rest);
        assert!(failure.is_none());
        assert_eq!(found, Header::of(&bytes));
        assert_eq!(bytes.len(), header.len() + 1 + BODY_BYTES);
        let endless = "X: y\n".repeat(1_000_000);
        bytes.clear();
        let (found, failure) = read_on(&mut bytes, &mut endless.as_bytes());
        assert!(failure.is_none());
        assert_eq!(found, Header::of(&bytes));
        assert!((HEADER_BYTES..HEADER_BYTES + BODY_BYTES).contains(&bytes.len()));
    }
}
