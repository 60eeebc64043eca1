//! Runs a command that reads a text, with a time limit.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::text::Clean;

/// Interval at which a running command is checked.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Maximum number of bytes of an error message.
const MAX_ERROR_BYTES: u64 = 200;

/// Why a command did not take the text.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The command could not be started.
    #[error("{0}")]
    Start(#[from] io::Error),
    /// The command exceeded the time limit and was killed.
    #[error("no end after {} s", .0.as_secs())]
    Late(Duration),
    /// The command failed.
    #[error("{status}{}{complaint}", if complaint.is_empty() { "" } else { ": " })]
    Failed {
        status: ExitStatus,
        /// First line on its standard error.
        complaint: Clean,
    },
}

/// Runs a command with `text` as its standard input, for at most `time_limit`.
///
/// The command runs in a process group of its own, so that it is stopped if it tries to read from the terminal.
/// Its output is discarded, so that a command that stays to serve the clipboard, such as xclip, does not hold
/// our terminal open.
pub(super) fn feed(
    command: &mut Command,
    text: &str,
    time_limit: Duration,
) -> Result<(), CommandError> {
    let complaints = tempfile::tempfile()?;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(complaints.try_clone()?)
        .process_group(0)
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let text = text.to_owned();
        // On a thread, because a pipe holds 64 KiB and the command may read nothing.
        thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
    }
    let status = wait(&mut child, time_limit)?;
    if status.success() {
        return Ok(());
    }
    Err(CommandError::Failed {
        status,
        complaint: first_line(complaints)?,
    })
}

fn wait(child: &mut Child, time_limit: Duration) -> Result<ExitStatus, CommandError> {
    let deadline = Instant::now() + time_limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Err(CommandError::Late(time_limit));
        }
        thread::sleep(POLL_INTERVAL);
    }
}

fn first_line(mut file: File) -> io::Result<Clean> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(MAX_ERROR_BYTES).read_to_end(&mut bytes)?;
    let line = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    Ok(Clean::line(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, text: &str, time_limit: Duration) -> Result<(), CommandError> {
        feed(Command::new("sh").args(["-c", script]), text, time_limit)
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn the_text_arrives_whole() {
        let target = tempfile::NamedTempFile::new().unwrap();
        let text = "zeile\n".repeat(100_000);
        shell(&format!("cat > '{}'", target.path().display()), &text, LONG).unwrap();
        assert_eq!(std::fs::read_to_string(target.path()).unwrap(), text);
    }

    #[test]
    fn a_failure_is_told_in_its_own_words_cleaned() {
        let told = shell("printf 'no \\033display\\nmore' >&2; exit 3", "", LONG).unwrap_err();
        assert_eq!(told.to_string(), r"exit status: 3: no \x1bdisplay");
        assert_eq!(
            shell("exit 1", "", LONG).unwrap_err().to_string(),
            "exit status: 1"
        );
        let missing = feed(&mut Command::new("/nonexistent/copy"), "", LONG).unwrap_err();
        assert!(matches!(missing, CommandError::Start(_)));
    }

    #[test]
    fn nobody_waits_for_a_command_that_hangs() {
        let begin = Instant::now();
        let text = "x".repeat(1_000_000);
        let late = shell("exec sleep 30", &text, Duration::from_millis(100)).unwrap_err();
        assert!(matches!(late, CommandError::Late(_)));
        assert!(begin.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn one_that_stays_behind_is_not_waited_for() {
        let begin = Instant::now();
        shell("cat > /dev/null; sleep 15 &", "text", LONG).unwrap();
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}
