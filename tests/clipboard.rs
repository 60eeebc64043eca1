//! A copy reaches the terminal: through tmux, through GNU screen, and with nothing between.
//!
//! The program that copies is this very test binary, run in a pseudo-terminal.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "common/pty.rs"]
mod pty;

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hopgrade::clipboard::{Choice, Clipboard, Env};
use hopgrade::text::Clean;
use pty::Pty;
use tempfile::TempDir;

/// Long enough for a machine that does much else; nothing waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

const SENT: &str = "sent to the terminal (OSC 52), not confirmed";

/// Copies as many bytes as it is told, says how far that came, ends on Enter: the program that the other
/// tests run in a terminal. By itself it has nothing to do.
#[test]
fn program() {
    let Ok(size) = std::env::var("HOPGRADE_TEST_SIZE") else {
        return;
    };
    let env = Env::read(|name| std::env::var_os(name));
    let mut clipboard = Clipboard::new(Choice::Auto, env, io::stdout());
    let outcome = clipboard.copy(Clean::line(text(size.parse().unwrap())));
    println!("\n<{}>", outcome.message("w"));
    io::stdin().read_line(&mut String::new()).unwrap();
}

fn text(size: usize) -> String {
    "hop ".chars().cycle().take(size).collect()
}

/// A place for the sockets of tmux and GNU screen, apart from those of the user.
struct Scene {
    folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        // GNU screen keeps its sockets in no folder that others can read.
        let own = Permissions::from_mode(0o700);
        Self {
            folder: tempfile::Builder::new().permissions(own).tempdir().unwrap(),
        }
    }

    /// Runs the program under what `wrap` says; gives what the terminal was asked to copy.
    fn copy(&self, wrap: &[&str], size: usize, told: &str) -> Vec<Vec<u8>> {
        let exe = std::env::current_exe().unwrap();
        let mut args: Vec<&str> = wrap.to_vec();
        args.extend([exe.to_str().unwrap(), "--exact", "program", "--nocapture"]);
        let size = size.to_string();
        let folder = self.folder.path().to_str().unwrap();
        let env = [
            ("HOPGRADE_TEST_SIZE", size.as_str()),
            ("SHELL", "/bin/sh"),
            ("HOME", folder),
            ("TMUX_TMPDIR", folder),
            ("SCREENDIR", folder),
        ];
        let mut pty = Pty::open(Path::new("/usr/bin/env"), &args, &env, (100, 20)).unwrap();
        pty.wait_for(&format!("<{told}>"), PATIENCE).unwrap();
        pty.send("<Enter>").unwrap();
        pty.exit(PATIENCE).unwrap();
        let decode = |base64: Vec<u8>| STANDARD.decode(base64).unwrap();
        pty.copied().into_iter().map(decode).collect()
    }

    fn tmux(&self, settings: &str, size: usize) -> Vec<Vec<u8>> {
        // A session whose terminal is gone must not outlive a test that failed.
        let file = self.file(&format!("set -g destroy-unattached on\n{settings}"));
        self.copy(
            &["tmux", "-f", &file, "new-session"],
            size,
            "copied via tmux",
        )
    }

    fn screen(&self, size: usize) -> Vec<Vec<u8>> {
        let file = self.file("autodetach off");
        self.copy(&["screen", "-c", &file], size, SENT)
    }

    fn file(&self, settings: &str) -> String {
        let path = self.folder.path().join("settings");
        fs::write(&path, settings).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn is_missing(program: &str) -> bool {
    let missing = Command::new(program).arg("-V").output().is_err();
    if missing {
        eprintln!("skipped: {program} is absent");
    }
    missing
}

#[test]
fn a_plain_terminal_gets_the_text() {
    let told = "sent to the terminal (OSC 52), not confirmed";
    assert_eq!(
        Scene::new().copy(&[], 3_000, told),
        [text(3_000).into_bytes()]
    );
}

#[test]
fn tmux_passes_the_text_on_however_it_is_set() {
    if is_missing("tmux") {
        return;
    }
    for settings in [
        "",
        "set -g set-clipboard on",
        "set -g set-clipboard off",
        "set -g allow-passthrough on",
        "set -g set-clipboard off\nset -g allow-passthrough on",
    ] {
        let copied = Scene::new().tmux(settings, 3_000);
        assert!(!copied.is_empty(), "{settings}");
        assert!(
            copied.iter().all(|copy| *copy == text(3_000).as_bytes()),
            "{settings}"
        );
    }
    assert_eq!(Scene::new().tmux("", 800_000), [text(800_000).into_bytes()]);
}

#[test]
fn screen_passes_the_text_on_in_pieces() {
    if is_missing("screen") {
        return;
    }
    for size in [30, 400, 3_000] {
        assert_eq!(Scene::new().screen(size), [text(size).into_bytes()]);
    }
}
