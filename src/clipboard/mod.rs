//! Copying, by the first road that leads anywhere, and honest words about how far it led.
//!
//! The roads: a configured command; the clipboard of a local display; tmux; GNU screen; the
//! terminal itself (OSC 52). Only the first three say whether they took the text. Whatever
//! happens, the text is kept for [`write_to_file`].

mod command;
mod config;
mod escape;
mod file;
mod native;

use std::io::{self, Write};
use std::process::Command;
use std::time::Duration;

use thiserror::Error;

use crate::text::Clean;
use command::CommandError;
use native::Native;

pub use config::{Choice, ChoiceError, Env};
pub use escape::{Osc52, ScreenPassthrough, TmuxPassthrough};
pub use file::{WriteError, write_to_file};

/// How long a command or a display may take; the screen stands still meanwhile.
const PATIENCE: Duration = Duration::from_secs(2);

/// Above this many bytes many terminals drop an OSC 52 without a word.
const LARGE: usize = 70_000;

/// Above this many bytes nothing is sent to a terminal: none is known to take it, and it would
/// stand still for long.
const TOO_LARGE: usize = 1_000_000;

/// The clipboard as this program can reach it.
///
/// Has to live as long as the program: on X11 and Wayland the one who copied serves those who paste.
pub struct Clipboard<W> {
    choice: Choice,
    env: Env,
    terminal: W,
    native: Native,
    kept: Option<Clean>,
}

/// How far a copy came.
#[derive(Debug)]
pub enum CopyOutcome {
    /// The clipboard or the command has taken it.
    Copied,
    /// tmux has taken it; it passes it on where the terminal allows that.
    CopiedViaTmux,
    /// It was written to the terminal, which does not say what it did with it.
    Sent {
        /// So much that many terminals would drop it.
        large: bool,
    },
    /// It went nowhere, but can still be written to a file.
    Kept(CopyError),
}

/// Why a text went nowhere.
#[derive(Debug, Error)]
pub enum CopyError {
    /// The user wants no copying.
    #[error("the clipboard is off")]
    Off,
    /// The configured command, or tmux.
    #[error("{name}: {source}")]
    Command {
        /// What was run.
        name: Clean,
        /// What happened.
        source: CommandError,
    },
    /// The display.
    #[error("no local clipboard: {0}")]
    Native(Clean),
    /// The terminal cannot be written to.
    #[error("the terminal: {0}")]
    Terminal(#[from] io::Error),
    /// Too much for a terminal.
    #[error("{} is too much for a terminal", crate::text::human::bytes(*.0 as u64))]
    TooLarge(usize),
}

impl CopyOutcome {
    /// What to tell the user; `write_key` is the key that writes the text to a file.
    pub fn message(&self, write_key: &str) -> String {
        let write = format!("{write_key} writes it to a file");
        match self {
            Self::Copied => "copied".to_owned(),
            Self::CopiedViaTmux => "copied via tmux".to_owned(),
            Self::Sent { large: false } => {
                "sent to the terminal (OSC 52), not confirmed".to_owned()
            }
            Self::Sent { large: true } => format!(
                "sent to the terminal (OSC 52), not confirmed; many take no more than {}: {write}",
                crate::text::human::bytes(LARGE as u64)
            ),
            Self::Kept(why) => format!("not copied ({why}), but kept: {write}"),
        }
    }
}

impl<W: Write> Clipboard<W> {
    /// A clipboard that writes its escape sequences to `terminal`.
    pub fn new(choice: Choice, env: Env, terminal: W) -> Self {
        Self {
            choice,
            env,
            terminal,
            native: Native::default(),
            kept: None,
        }
    }

    /// Copies a text; returns within a few seconds at worst.
    pub fn copy(&mut self, text: Clean) -> CopyOutcome {
        let outcome = match self.choice.clone() {
            Choice::Auto => self.by_the_ladder(&text),
            Choice::Command(line) => by_command(&line, &text),
            Choice::Native => self.native.copy(&text).map(|()| CopyOutcome::Copied),
            Choice::Tmux => self.by_tmux(&text),
            Choice::Osc52 => self.by_terminal(&text),
            Choice::Off => Err(CopyError::Off),
        };
        self.kept = Some(text);
        outcome.unwrap_or_else(CopyOutcome::Kept)
    }

    /// Keeps a text without copying it.
    pub fn keep(&mut self, text: Clean) {
        self.kept = Some(text);
    }

    /// The last text, copied or not.
    pub fn kept(&self) -> Option<&Clean> {
        self.kept.as_ref()
    }

    /// The first road that leads somewhere. One that fails says nothing: the next may do.
    fn by_the_ladder(&mut self, text: &Clean) -> Result<CopyOutcome, CopyError> {
        if self.env.local_display && self.native.copy(text).is_ok() {
            return Ok(CopyOutcome::Copied);
        }
        if self.env.tmux
            && let Ok(outcome) = self.by_tmux(text)
        {
            return Ok(outcome);
        }
        self.by_terminal(text)
    }

    /// `-w` (tmux 3.2) also passes it on. A pass-through is sent as well, for tmux may itself run
    /// where only that gets out; it is dropped where it is not allowed.
    fn by_tmux(&mut self, text: &Clean) -> Result<CopyOutcome, CopyError> {
        run(
            Command::new("tmux").args(["load-buffer", "-w", "-"]),
            "tmux load-buffer",
            text,
        )?;
        if text.len() <= LARGE {
            let _ = self.send(&TmuxPassthrough(Osc52::new(text)).to_string());
        }
        Ok(CopyOutcome::CopiedViaTmux)
    }

    fn by_terminal(&mut self, text: &Clean) -> Result<CopyOutcome, CopyError> {
        if text.len() > TOO_LARGE {
            return Err(CopyError::TooLarge(text.len()));
        }
        let osc52 = Osc52::new(text);
        let bytes = match self.env {
            // Which of the two gets through is for the user's tmux.conf to say.
            Env { tmux: true, .. } => format!("{osc52}{}", TmuxPassthrough(&osc52)),
            Env { screen: true, .. } => ScreenPassthrough(osc52).to_string(),
            Env { .. } => osc52.to_string(),
        };
        self.send(&bytes)?;
        Ok(CopyOutcome::Sent {
            large: text.len() > LARGE,
        })
    }

    fn send(&mut self, bytes: &str) -> io::Result<()> {
        self.terminal.write_all(bytes.as_bytes())?;
        self.terminal.flush()
    }
}

fn by_command(line: &str, text: &Clean) -> Result<CopyOutcome, CopyError> {
    run(Command::new("sh").args(["-c", line]), line, text)?;
    Ok(CopyOutcome::Copied)
}

fn run(command: &mut Command, name: &str, text: &Clean) -> Result<(), CopyError> {
    command::feed(command, text, PATIENCE).map_err(|source| CopyError::Command {
        name: Clean::line(name),
        source,
    })
}

#[cfg(test)]
mod tests;
