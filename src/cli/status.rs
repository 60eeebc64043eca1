//! Exit statuses: what each says, and how the end of a command becomes one.

use std::process::ExitCode;

/// Every exit status with what it says; a number n stands for a signal's.
pub const STATUSES: &[(&str, &str)] = &[
    ("0", "done; also when a pipe was closed early"),
    (
        "1",
        "done, but some input could not be read, or the oldest did not fit into `--memory-limit`: each is named on standard error with its reason",
    ),
    (
        "2",
        "nothing could be done: a mistake in the arguments, or nothing to read",
    ),
    ("3", "`check`: there are new findings, each is printed"),
    ("128+n", "the explorer was ended by signal n"),
];

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// Everything was read.
    Whole,
    /// Some input could not be read; each was named.
    Partly,
    /// Nothing could be done; why was said.
    Nothing,
    /// `check` found what it was to look for.
    Found,
    /// A signal ended it.
    Signal(u8),
}

impl Done {
    const fn status(self) -> u8 {
        match self {
            Self::Whole => 0,
            Self::Partly => 1,
            Self::Nothing => 2,
            Self::Found => 3,
            // As a shell tells of it.
            Self::Signal(signal) => 128 + signal % 128,
        }
    }
}

impl From<Done> for ExitCode {
    fn from(done: Done) -> Self {
        Self::from(done.status())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_told_of_once() {
        let ends = [Done::Whole, Done::Partly, Done::Nothing, Done::Found];
        let mut told: Vec<String> = ends.map(|end| end.status().to_string()).to_vec();
        told.push("128+n".to_owned());
        assert!(told.iter().eq(STATUSES.iter().map(|(status, _)| status)));
        assert_eq!(Done::Signal(15).status(), 143);
    }
}
