//! Where data goes: standard output, or a file that appears whole.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::Path;

use super::failure::Failure;
use super::inputs::Inputs;
use super::unfinished;
use crate::report::{OutputError, OutputFile};

/// Bytes written at once: tables may be long.
const BUFFER_BYTES: usize = 64 << 10;

/// The destination of a command's data.
pub(super) enum Output<'a> {
    Stdout(BufWriter<StdoutLock<'static>>),
    File(OutputFile, &'a Path),
}

impl<'a> Output<'a> {
    /// Opens it before anything is loaded: a mistake is told at once.
    pub(super) fn open(path: Option<&'a Path>, inputs: &mut Inputs) -> Result<Self, Failure> {
        Ok(match path {
            None => Self::Stdout(BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock())),
            Some(path) => Self::File(unfinished::create(path, &inputs.files())?, path),
        })
    }

    /// True when a person looks at it as it is written.
    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Stdout(_)) && io::stdout().is_terminal()
    }

    /// Writes everything, then puts it in its place.
    pub(super) fn write(
        self,
        with: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        match self {
            Self::Stdout(mut out) => {
                let written = with(&mut out).and_then(|()| out.flush());
                // What could not be written must not be tried again when the buffer goes.
                written.map_err(|error| {
                    let _ = out.into_parts();
                    Failure::Stdout(error)
                })
            }
            Self::File(mut file, path) => {
                let path = path.to_owned();
                with(&mut file).map_err(|source| OutputError::Write { path, source })?;
                Ok(file.finish()?)
            }
        }
    }
}
