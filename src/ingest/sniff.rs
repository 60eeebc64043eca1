//! Looks at the beginning of an input: enough of it to tell the format.

use std::io::{self, Read};
use std::path::PathBuf;

use crate::parse::looks_like_cat;
use crate::source::{
    Compression, Foreign, Input, Opened, SourceError, Stop, open, open_bundled, open_stdin,
};

use super::{Forced, Format};

/// Bytes from which a format is told.
pub(super) const HEAD_BYTES: usize = 64 << 10;

/// An input whose beginning was looked at.
pub(super) struct Sniffed {
    pub path: PathBuf,
    /// The beginning of the text; the whole text if `rest` has ended.
    pub head: Vec<u8>,
    /// What follows. An error that ended the beginning comes out of it again.
    pub rest: Opened,
    pub format: Format,
}

/// Opens an input and tells its format, or takes the one that is forced.
pub(super) fn sniff(
    input: &Input,
    forced: Option<Forced>,
    stop: &Stop,
) -> Result<Sniffed, SourceError> {
    let (path, mut rest) = match input {
        Input::File(path) | Input::Found(path) | Input::Message(path) => {
            (path.clone(), open(path, stop)?)
        }
        Input::Stdin => (PathBuf::from("-"), open_stdin(stop)?),
        Input::Bundled { name, bytes } => (PathBuf::from(name), open_bundled(bytes)),
    };
    let (head, failure) = read_head(&mut rest, forced.is_none());
    if head.is_empty() {
        return Err(match failure {
            Some(source) => SourceError::Read {
                path,
                line: 0,
                source,
            },
            None => SourceError::Empty { path, more: 0 },
        });
    }
    if let Some(failure) = failure {
        rest.reader = Box::new(Failing(Some(failure)));
    }
    let format = match forced {
        Some(forced) => Some(Format::forced(forced, &head)),
        None => Format::detect(&head),
    };
    let format = match (input, format) {
        (Input::Message(_), Some(Format::Mbox | Format::Message)) => Some(Format::Message),
        (Input::Message(_), _) if forced.is_none() => None,
        (_, format) => format,
    };
    match format {
        Some(format) => Ok(Sniffed {
            path,
            head,
            rest,
            format,
        }),
        None => Err(not_understood(path, &head)),
    }
}

/// Reads the beginning. What comes through a pipe is not waited for once whole lines tell the format.
fn read_head(input: &mut Opened, detect: bool) -> (Vec<u8>, Option<io::Error>) {
    // A message of a few kilobytes needs no more room than that.
    let size = input
        .disk_bytes
        .filter(|_| input.compression == Compression::None);
    let size = size.and_then(|size| usize::try_from(size).ok());
    let mut head = vec![0; size.map_or(HEAD_BYTES, |size| size.saturating_add(1).min(HEAD_BYTES))];
    let mut length = 0;
    let mut failure = None;
    while let Some(room) = head.get_mut(length..).filter(|room| !room.is_empty()) {
        match input.reader.read(room) {
            Ok(0) => {
                // Its file need not stay open.
                input.reader = Box::new(io::empty());
                break;
            }
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
        let so_far = head.get(..length).unwrap_or_default();
        if input.quiet.is_some()
            && so_far.ends_with(b"\n")
            && (!detect || Format::detect(so_far).is_some())
        {
            break;
        }
    }
    head.truncate(length);
    head.shrink_to_fit();
    (head, failure)
}

fn not_understood(path: PathBuf, head: &[u8]) -> SourceError {
    match Foreign::detect(head) {
        Some(Foreign {
            name,
            advice,
            one_text,
        }) => SourceError::Foreign {
            path,
            name,
            advice,
            one_text,
        },
        None if looks_like_cat(head) => SourceError::Foreign {
            path,
            name: "what journalctl -o cat prints",
            advice: "it tells neither time nor host nor program; have it printed with -o short-iso or -o export",
            one_text: true,
        },
        None => SourceError::Unknown {
            path,
            first: first_line(head),
        },
    }
}

fn first_line(head: &[u8]) -> String {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.get(..60).unwrap_or(line);
    format!("{:?}", String::from_utf8_lossy(line))
}

/// Gives an error that came earlier.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
