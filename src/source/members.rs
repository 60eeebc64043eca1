//! Text of all members of a compressed file.
//!
//! Each of the four formats allows several complete streams in one file: `cat a.gz b.gz`, a log compressed anew
//! at every rotation, parallel compressors. Zeros after the last member are skipped, as tapes and block devices
//! leave them. Any other trailing data is an error, returned after the text before it.

use std::io::{self, BufRead, Read};

use super::compression::Compression;
use super::gzip_member::GzipMember;
use super::peeked::Peeked;
use super::xz_stream::XzMember;
use super::zstd_frame::ZstdFrame;

/// Largest read from a decoder that loses the bytes it has decoded when the same call then fails.
const STEP: usize = 16 << 10;

/// Reader of the text of all members.
pub(super) struct Members<R: Read> {
    compression: Compression,
    state: State<R>,
}

enum State<R: Read> {
    /// Before a member; `any`: whether there was a member before it.
    Between {
        source: Peeked<R>,
        any: bool,
    },
    Inside(Member<R>),
    Ended,
}

enum Member<R: Read> {
    Gzip(Box<GzipMember<Peeked<R>>>),
    Xz(Box<XzMember<Peeked<R>>>),
    Bzip2(Box<bzip2::bufread::BzDecoder<Peeked<R>>>),
    Zstd(Box<ZstdFrame<Peeked<R>>>),
}

impl<R: Read> Member<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let step = buf.len().min(STEP);
        let few = buf.get_mut(..step).unwrap_or_default();
        match self {
            Self::Gzip(member) => member.read(buf),
            Self::Xz(member) => member.read(few),
            Self::Bzip2(member) => member.read(few),
            Self::Zstd(member) => member.read(few),
        }
    }

    fn into_source(self) -> Peeked<R> {
        match self {
            Self::Gzip(member) => member.into_inner(),
            Self::Xz(member) => member.into_inner(),
            Self::Bzip2(member) => member.into_inner(),
            Self::Zstd(member) => member.into_inner(),
        }
    }
}

impl<R: Read> Members<R> {
    pub(super) fn new(source: Peeked<R>, compression: Compression) -> Self {
        Self {
            compression,
            state: State::Between { source, any: false },
        }
    }

    /// Opens the next member; `None` at the end. `any`: whether there was a member before it.
    fn next(&self, mut source: Peeked<R>, any: bool) -> io::Result<Option<Member<R>>> {
        if any {
            pass_over_zeros(&mut source)?;
        }
        let head = source.peek(8)?;
        if head.is_empty() {
            return Ok(None);
        }
        if any && Compression::detect(head) != self.compression {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("what follows the {} data is none", self.compression.name()),
            ));
        }
        Ok(Some(match self.compression {
            Compression::Gzip => Member::Gzip(Box::new(GzipMember::new(source))),
            Compression::Xz => Member::Xz(Box::new(XzMember::new(source))),
            Compression::Bzip2 => Member::Bzip2(Box::new(bzip2::bufread::BzDecoder::new(source))),
            Compression::Zstd => Member::Zstd(Box::new(ZstdFrame::open(source)?)),
            Compression::None => return Ok(None),
        }))
    }
}

fn pass_over_zeros(source: &mut impl BufRead) -> io::Result<()> {
    loop {
        let ready = source.fill_buf()?;
        let zeros = ready.iter().take_while(|byte| **byte == 0).count();
        let more = zeros > 0 && zeros == ready.len();
        source.consume(zeros);
        if !more {
            return Ok(());
        }
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between { source, any } => {
                    let Some(member) = self.next(source, any)? else {
                        return Ok(0);
                    };
                    self.state = State::Inside(member);
                }
                State::Inside(mut member) => {
                    let read = member.read(buf)?;
                    if read > 0 || buf.is_empty() {
                        self.state = State::Inside(member);
                        return Ok(read);
                    }
                    self.state = State::Between {
                        source: member.into_source(),
                        any: true,
                    };
                }
            }
        }
    }
}
