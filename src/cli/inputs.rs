//! What is read: the paths given, standard input, or the usual logs of this host.

use std::fs::{File, Metadata};
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::path::PathBuf;

use super::failure::{Failure, complain};
use crate::source::{Input, SourceError, USUAL_LOGS, expand, usual_logs};

/// The inputs of a run.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// What is to be read.
    pub(super) list: Vec<Input>,
    /// The paths as one would give them again; empty for the demo.
    pub(super) given: Vec<String>,
    /// What cannot be read, known already.
    pub(super) errors: Vec<SourceError>,
}

impl Inputs {
    /// By the rules of CONTRACT for PATH; names the usual logs where it falls back to them.
    pub(super) fn find(paths: &[PathBuf]) -> Result<Self, Failure> {
        if !paths.is_empty() {
            return Ok(Self::of(paths));
        }
        if !io::stdin().is_terminal() {
            return Ok(Self::of(&["-".into()]));
        }
        let usual = usual_logs();
        if usual.is_empty() {
            let looked_for = USUAL_LOGS.join(", ");
            return Err(Failure::Usage(format!(
                "no PATH was given and no usual mail log can be read here (looked for {looked_for}); \
                 give a log, a message file or a directory, or try `hopgrade demo`"
            )));
        }
        let inputs = Self::of(&usual);
        complain(&format!(
            "no PATH given, reading {}",
            inputs.given.join(", ")
        ));
        Ok(inputs)
    }

    fn of(paths: &[PathBuf]) -> Self {
        let (list, errors) = expand(paths);
        let given = paths.iter().map(|path| path.display().to_string());
        Self {
            list,
            given: given.collect(),
            errors,
        }
    }

    /// The files behind the inputs, as far as they can be told: no output may go there.
    pub(super) fn files(&self) -> Vec<Metadata> {
        self.list.iter().filter_map(metadata).collect()
    }
}

fn metadata(input: &Input) -> Option<Metadata> {
    match input {
        Input::File(path) | Input::Found(path) | Input::Message(path) => path.metadata().ok(),
        Input::Stdin => {
            let stdin = io::stdin().as_fd().try_clone_to_owned().ok()?;
            // A pipe or a terminal is no file that could be replaced.
            File::from(stdin).metadata().ok().filter(Metadata::is_file)
        }
        Input::Bundled { .. } => None,
    }
}
