//! Messages into the model: one to a file, or an mbox of them.
//!
//! Of a body only the beginning is looked at, so no more is kept, and of a plain file no more is read.

use std::io::{self, Cursor, Read};
use std::path::PathBuf;

use crate::model::{FileInfo, Mail};
use crate::parse::message;
use crate::source::mbox::{BODY_BYTES, HEADER_BYTES, Piece, Splitter};
use crate::source::{Borders, ChunkReader, SourceError};

use super::format::envelope;
use super::load::{Loader, store_for};
use super::sniff::Sniffed;

impl Loader {
    /// One message.
    pub(super) fn read_message(&self, input: Sniffed) -> Result<(), SourceError> {
        let mut text = store_for(&input.path, input.rest.rereadable)?;
        let Sniffed {
            path,
            head,
            mut rest,
            ..
        } = input;
        let mut bytes = head;
        let failure = read_on(&mut bytes, &mut rest.reader).err();
        if rest.quiet.is_some() {
            // Who writes into a pipe wants to be read to the end.
            let _ = io::copy(&mut rest.reader, &mut io::sink());
        }
        let mut reader = ChunkReader::new(bytes.as_slice());
        while let Some(chunk) = reader.next(Vec::new()).unwrap_or_default() {
            self.progress
                .advance(chunk.bytes.len() as u64, u64::from(chunk.index.lines));
            text.push(&chunk);
        }
        let unread = rest.disk_bytes.unwrap_or_default();
        self.progress
            .skip(unread.saturating_sub(bytes.len() as u64));
        let read = bytes.len();
        let header = Header::of(&bytes);
        let bytes = bytes.get(header.start..).unwrap_or_default();
        let mails = self.mail(bytes, (header.first_line, header.last_line));
        self.write(|model| {
            let file = model.add_file(FileInfo::new(&path, None), text);
            for (index, mail) in (0..).zip(mails) {
                model.add_mail(Mail {
                    file,
                    index,
                    ..mail
                });
            }
        });
        self.stay_within_limit(read);
        ended(path, reader.lines(), failure)
    }

    /// All messages of an mbox, in order; each is there as soon as its chunk was read.
    pub(super) fn read_mbox(&self, input: Sniffed) -> Result<(), SourceError> {
        let text = store_for(&input.path, input.rest.rereadable)?;
        let path = input.path;
        let file = self.write(|model| model.add_file(FileInfo::new(&path, None), text));
        let text_of = Cursor::new(input.head).chain(input.rest.reader);
        let size = self.options.chunk_bytes;
        let reader = ChunkReader::with_borders(text_of, Borders::Lines, size);
        let mut reader = reader.live(input.rest.quiet);
        let (mut splitter, mut index, mut end) = (Splitter::new(), 0, 0);
        let mut failure = None;
        let mut buffer = Vec::new();
        while !self.progress.is_cancelled() {
            let chunk = reader.next(buffer).or_else(|error| {
                failure = Some(error);
                // What was read before the error is still there.
                reader.next(Vec::new())
            });
            let Some(chunk) = chunk.unwrap_or_default() else {
                break;
            };
            splitter.take(&chunk.bytes, chunk.index.first_line, chunk.index.offset);
            end = chunk.index.offset + chunk.bytes.len() as u64;
            let mails = self.mails(splitter.pieces(), &mut index);
            self.progress
                .advance(chunk.bytes.len() as u64, u64::from(chunk.index.lines));
            self.write(|model| {
                if let Some(text) = model.text.file_mut(file) {
                    text.push(&chunk);
                }
                for mail in mails {
                    model.add_mail(Mail { file, ..mail });
                }
            });
            self.stay_within_limit(chunk.bytes.len());
            buffer = chunk.bytes;
        }
        splitter.end(end);
        let mails = self.mails(splitter.pieces(), &mut index);
        self.write(|model| {
            for mail in mails {
                model.add_mail(Mail { file, ..mail });
            }
        });
        ended(path, reader.lines(), failure)
    }

    fn mails(&self, pieces: Vec<Piece>, index: &mut u32) -> Vec<Mail> {
        let mails = pieces
            .into_iter()
            .flat_map(|piece| self.mail(&piece.bytes, (piece.first_line, piece.last_line)));
        let mut numbered = Vec::new();
        for mail in mails {
            numbered.push(Mail {
                index: *index,
                ..mail
            });
            *index = index.saturating_add(1);
        }
        numbered
    }

    /// A message whose header stands on those lines, and behind it the one that it returns if it is a bounce.
    fn mail(&self, bytes: &[u8], (first_line, last_line): (u32, u32)) -> Vec<Mail> {
        let (trust, inner) = (&self.options.trust, &self.options.inner);
        let own = Mail {
            first_line,
            last_line,
            ..Mail::new(message::parse(bytes), trust, inner)
        };
        let back = message::returned(bytes).map(|back| Mail {
            first_line: first_line.saturating_add(back.lines.start),
            last_line: first_line.saturating_add(back.lines.end).saturating_sub(1),
            ..Mail::returned(back.facts, trust, inner)
        });
        [Some(own), back].into_iter().flatten().collect()
    }
}

/// How a read ended, after so many lines.
fn ended(path: PathBuf, line: u32, failure: Option<io::Error>) -> Result<(), SourceError> {
    failure.map_or(Ok(()), |source| {
        Err(SourceError::Read { path, line, source })
    })
}

/// Reads until the header block is whole and the beginning of the body is there.
fn read_on(bytes: &mut Vec<u8>, rest: &mut impl Read) -> io::Result<()> {
    loop {
        let body = Header::of(bytes).body;
        let wanted = body.map_or(bytes.len() + BODY_BYTES, |body| body + BODY_BYTES);
        let missing = wanted.saturating_sub(bytes.len());
        if missing == 0 || body.is_none() && bytes.len() >= HEADER_BYTES {
            return Ok(());
        }
        let read = rest.by_ref().take(missing as u64).read_to_end(bytes)?;
        if read < missing {
            return Ok(());
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
        let lines = bytes.split_inclusive(|&byte| byte == b'\n');
        for (number, line) in (1_u32..).zip(lines) {
            let start = at;
            at += line.len();
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
    fn no_more_is_read_than_is_looked_at() {
        let header = "X: y\n".repeat(30_000);
        let text = format!("{header}\n{}", "body\n".repeat(1_000_000));
        let mut rest = text.as_bytes();
        let mut bytes = Vec::new();
        read_on(&mut bytes, &mut rest).unwrap();
        assert_eq!(bytes.len(), header.len() + 1 + BODY_BYTES);
        let endless = "X: y\n".repeat(1_000_000);
        bytes.clear();
        read_on(&mut bytes, &mut endless.as_bytes()).unwrap();
        assert!((HEADER_BYTES..HEADER_BYTES + BODY_BYTES).contains(&bytes.len()));
    }
}
