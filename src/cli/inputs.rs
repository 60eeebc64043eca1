//! What is read: the paths given, standard input, or the usual logs of this host.

use std::fs::{File, Metadata};
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;

use super::cases::{self, Case};
use super::failure::{Failure, complain};
use crate::source::{Given, Input, Stop, usual_logs};

/// The inputs of a run.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// What is to be read.
    pub(super) given: Given,
    /// The paths as one would give them again.
    pub(super) paths: Vec<String>,
}

impl Inputs {
    /// By the rules of CONTRACT for PATH; names the usual logs where it falls back to them.
    pub(super) fn find(paths: &[PathBuf]) -> Result<Self, Failure> {
        if let Some(case) = cases::named(paths)? {
            return Ok(Self::of_case(case));
        }
        if !paths.is_empty() {
            return Ok(Self::of(paths));
        }
        if !io::stdin().is_terminal() {
            return Ok(Self::of(&["-".into()]));
        }
        let usual = usual_logs();
        if usual.is_empty() {
            return Err(Failure::NoUsualLog);
        }
        let inputs = Self::of(&usual);
        complain(&format!(
            "no PATH given, reading {}",
            inputs.paths.join(", ")
        ));
        Ok(inputs)
    }

    fn of_case(case: &Case) -> Self {
        Self {
            given: case.inputs().into(),
            paths: vec![case.path()],
        }
    }

    fn of(paths: &[PathBuf]) -> Self {
        Self {
            given: Given::Paths(paths.to_vec()),
            paths: paths
                .iter()
                .map(|path| path.display().to_string())
                .collect(),
        }
    }

    /// The files behind the inputs, as far as they can be told: no output may go there. Directories are looked
    /// into for it, which may take its time.
    pub(super) fn files(&mut self) -> Vec<Metadata> {
        let never: Stop = Arc::new(|| false);
        let (inputs, errors) = std::mem::take(&mut self.given).expand(&never);
        let files = inputs.iter().filter_map(metadata).collect();
        self.given = Given::Inputs(inputs, errors);
        files
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
