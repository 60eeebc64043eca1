//! Copies a text in the first way that works, and reports the result.
//!
//! The ways are: a configured command, the clipboard of a local display, tmux, GNU screen, and the terminal
//! (OSC 52). Only the first three report success. In any case the text is kept for [`write_to_file`].

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

/// Time limit of a command or a display, during which the screen is not updated.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// Size in bytes above which many terminals ignore an OSC 52 without an error.
const LARGE_BYTES: usize = 70_000;

/// Size in bytes above which nothing is sent to a terminal: no terminal is known to accept it, and it would be
/// blocked for long.
const MAX_BYTES: usize = 1_000_000;

/// Access to the clipboard.
///
/// Must live as long as the program: on X11 and Wayland the program that copied a text serves it.
pub struct Clipboard<W> {
    choice: Choice,
    env: Env,
    terminal: W,
    native: Native,
    kept: Option<Clean>,
}

/// Result of a copy.
#[derive(Debug)]
pub enum CopyOutcome {
    /// Taken by the clipboard or the command.
    Copied,
    /// Taken by tmux, which passes it on if the terminal allows that.
    CopiedViaTmux,
    /// Written to the terminal, whose result is unknown.
    Sent {
        /// Whether many terminals would ignore a text of this size.
        large: bool,
    },
    /// Not copied, but kept for a file.
    Kept(CopyError),
}

/// Why a text was not copied.
#[derive(Debug, Error)]
pub enum CopyError {
    /// Copying is switched off.
    #[error("the clipboard is off")]
    Off,
    /// The configured command or tmux failed.
    #[error("{name}: {source}")]
    Command {
        /// Name of the command.
        name: Clean,
        /// Cause.
        source: CommandError,
    },
    /// The local display failed.
    #[error("no local clipboard: {0}")]
    Native(Clean),
    /// The terminal cannot be written to.
    #[error("the terminal: {0}")]
    Terminal(#[from] io::Error),
    /// The text is too large for a terminal.
    #[error("{} is too much for a terminal", crate::text::human::bytes(*.0 as u64))]
    TooLarge(usize),
}

impl CopyOutcome {
    /// Message for the user. `write_key` is the key that writes the text to a file.
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
                crate::text::human::bytes(LARGE_BYTES as u64)
            ),
            Self::Kept(why) => format!("not copied ({why}), but kept: {write}"),
        }
    }
}

impl<W: Write> Clipboard<W> {
    /// A clipboard that writes escape sequences to `terminal`.
    pub fn new(choice: Choice, env: Env, terminal: W) -> Self {
        Self {
            choice,
            env,
            terminal,
            native: Native::default(),
            kept: None,
        }
    }

    /// Copies a text; takes a few seconds at most.
    pub fn copy(&mut self, text: Clean) -> CopyOutcome {
        let outcome = match self.choice.clone() {
            Choice::Auto => self.copy_in_first_way(&text),
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

    /// Last text, copied or not.
    pub fn kept(&self) -> Option<&Clean> {
        self.kept.as_ref()
    }

    /// Copies in the first way that works. Failures are not reported if a later way works.
    fn copy_in_first_way(&mut self, text: &Clean) -> Result<CopyOutcome, CopyError> {
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

    /// `-w` (tmux 3.2) also passes the text on. In addition, a pass-through sequence is sent, because tmux may
    /// itself run where only that reaches the terminal. tmux ignores it when it is not allowed.
    fn by_tmux(&mut self, text: &Clean) -> Result<CopyOutcome, CopyError> {
        run(
            Command::new("tmux").args(["load-buffer", "-w", "-"]),
            "tmux load-buffer",
            text,
        )?;
        if text.len() <= LARGE_BYTES {
            let _ = self.send(&TmuxPassthrough(Osc52::new(text)).to_string());
        }
        Ok(CopyOutcome::CopiedViaTmux)
    }

    fn by_terminal(&mut self, text: &Clean) -> Result<CopyOutcome, CopyError> {
        if text.len() > MAX_BYTES {
            return Err(CopyError::TooLarge(text.len()));
        }
        let osc52 = Osc52::new(text);
        let bytes = match self.env {
            // The user's tmux.conf decides which of the two gets through.
            Env { tmux: true, .. } => format!("{osc52}{}", TmuxPassthrough(&osc52)),
            Env { screen: true, .. } => ScreenPassthrough(osc52).to_string(),
            Env { .. } => osc52.to_string(),
        };
        self.send(&bytes)?;
        Ok(CopyOutcome::Sent {
            large: text.len() > LARGE_BYTES,
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
    command::feed(command, text, TIME_LIMIT).map_err(|source| CopyError::Command {
        name: Clean::line(name),
        source,
    })
}

#[cfg(test)]
mod tests;
