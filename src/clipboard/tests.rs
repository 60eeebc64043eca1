use std::time::Instant;

use super::*;

fn clipboard(choice: Choice, env: Env) -> Clipboard<Vec<u8>> {
    Clipboard::new(choice, env, Vec::new())
}

fn sent(clipboard: &Clipboard<Vec<u8>>) -> &str {
    std::str::from_utf8(&clipboard.terminal).unwrap()
}

#[test]
fn without_anything_around_the_terminal_is_asked() {
    let mut clipboard = clipboard(Choice::Auto, Env::default());
    let outcome = clipboard.copy(Clean::line("mail"));
    assert_eq!(
        outcome.message("w"),
        "sent to the terminal (OSC 52), not confirmed"
    );
    assert_eq!(sent(&clipboard), "\x1b]52;c;bWFpbA==\x1b\\");
    assert_eq!(clipboard.kept().unwrap().as_str(), "mail");
}

#[test]
fn screen_gets_its_wrapping() {
    let mut clipboard = clipboard(
        Choice::Auto,
        Env {
            screen: true,
            ..Env::default()
        },
    );
    clipboard.copy(Clean::line("mail"));
    assert_eq!(sent(&clipboard), "\x1bP\x1b]52;c;bWFpbA==\x07\x1b\\");
}

#[test]
fn a_large_text_is_sent_with_a_warning_and_a_huge_one_is_not() {
    let mut clipboard = clipboard(Choice::Osc52, Env::default());
    let large = clipboard.copy(Clean::line("x".repeat(LARGE_BYTES + 1)));
    assert!(
        large
            .message("w")
            .ends_with("no more than 70 kB: w writes it to a file")
    );
    clipboard.terminal.clear();
    let huge = clipboard.copy(Clean::line("x".repeat(MAX_BYTES + 1)));
    assert_eq!(
        huge.message("ctrl-s"),
        "not copied (1.0 MB is too much for a terminal), but kept: ctrl-s writes it to a file"
    );
    assert!(clipboard.terminal.is_empty());
    assert_eq!(clipboard.kept().unwrap().len(), MAX_BYTES + 1);
}

#[test]
fn a_command_takes_the_text_and_nothing_else_does() {
    let target = tempfile::NamedTempFile::new().unwrap();
    let line = format!("cat > '{}'", target.path().display());
    let env = Env {
        tmux: true,
        local_display: true,
        ..Env::default()
    };
    let mut clipboard = clipboard(Choice::Command(line), env);
    let outcome = clipboard.copy(Clean::block("one\ntwo"));
    assert_eq!(outcome.message("w"), "copied");
    assert_eq!(std::fs::read_to_string(target.path()).unwrap(), "one\ntwo");
    assert!(clipboard.terminal.is_empty());
}

#[test]
fn a_command_that_fails_is_not_called_a_copy() {
    let mut clipboard = clipboard(Choice::Command("exit 7".into()), Env::default());
    let outcome = clipboard.copy(Clean::line("mail"));
    assert_eq!(
        outcome.message("w"),
        "not copied (exit 7: exit status: 7), but kept: w writes it to a file"
    );
    assert!(clipboard.terminal.is_empty());
}

#[test]
fn off_is_off() {
    let env = Env {
        tmux: true,
        local_display: true,
        ..Env::default()
    };
    let mut clipboard = clipboard(Choice::Off, env);
    let outcome = clipboard.copy(Clean::line("mail"));
    assert_eq!(
        outcome.message("w"),
        "not copied (the clipboard is off), but kept: w writes it to a file"
    );
    assert!(clipboard.terminal.is_empty() && clipboard.kept().is_some());
}

/// Tests run without a display. A display that is announced but missing must not block.
#[test]
fn a_display_that_is_not_there_leads_to_the_next_road() {
    if Env::read(|name| std::env::var_os(name)).local_display {
        eprintln!("skipped: there is a display");
        return;
    }
    let begin = Instant::now();
    let mut clipboard = clipboard(
        Choice::Auto,
        Env {
            local_display: true,
            ..Env::default()
        },
    );
    for _ in 0..2 {
        let outcome = clipboard.copy(Clean::line("mail"));
        assert!(matches!(outcome, CopyOutcome::Sent { large: false }));
    }
    let mut native = super::tests::clipboard(Choice::Native, Env::default());
    let told = native.copy(Clean::line("mail")).message("w");
    assert!(
        told.starts_with("not copied (no local clipboard: "),
        "{told}"
    );
    assert!(begin.elapsed() < 4 * TIME_LIMIT);
}

#[test]
fn a_terminal_that_is_gone_is_told() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut clipboard = Clipboard::new(Choice::Auto, Env::default(), Gone);
    let told = clipboard.copy(Clean::line("mail")).message("w");
    assert_eq!(
        told,
        "not copied (the terminal: gone), but kept: w writes it to a file"
    );
}
