//! The real program in a pseudo-terminal, as a person at a keyboard uses it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "common/hostile.rs"]
mod hostile;
#[path = "common/pty.rs"]
mod pty;

use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pty::Pty;

/// Long enough for a machine that does much else; nothing waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

const PROGRAM: &str = env!("CARGO_BIN_EXE_hopgrade");

const SHOWCASE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/showcase/mainlog");

fn start(args: &[&str], env: &[(&str, &str)], size: (u16, u16)) -> Pty {
    Pty::open(Path::new(PROGRAM), args, env, size).unwrap()
}

fn demo(env: &[(&str, &str)], size: (u16, u16)) -> Pty {
    let pty = start(&["demo"], env, size);
    see(&pty, "1j69ZJ-0001iL-S3");
    pty
}

fn see(pty: &Pty, text: &str) {
    pty.wait_for(text, PATIENCE).unwrap();
}

fn press(pty: &mut Pty, keys: &str, then: &str) {
    pty.send(keys).unwrap();
    see(pty, then);
}

fn decoded(pty: &Pty) -> Vec<String> {
    let texts = pty
        .copied()
        .into_iter()
        .map(|base64| STANDARD.decode(base64).unwrap());
    texts.map(|text| String::from_utf8(text).unwrap()).collect()
}

fn leave(mut pty: Pty) {
    pty.send("q").unwrap();
    assert!(pty.exit(PATIENCE).unwrap().success());
    assert_given_back(&pty);
}

fn assert_given_back(pty: &Pty) {
    let screen = pty.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
    assert!(!pty.is_raw().unwrap());
}

#[test]
fn what_was_found_is_handed_over_as_the_command_writes_it() {
    let home = tempfile::tempdir().unwrap();
    let env = [("HOME", home.path().to_str().unwrap())];
    let mut pty = start(
        &["--lang", "de", "--tz", "Europe/Berlin", SHOWCASE],
        &env,
        (120, 30),
    );
    see(&pty, "Enter open");
    press(&mut pty, "4", "tls-refused");
    press(&mut pty, "/mx.recht<Enter>", "row 1 of 1");
    press(&mut pty, "e", "To an authority");
    press(&mut pty, "y", "evidence of one finding");
    let copied = decoded(&pty).pop().unwrap();
    let args = [
        "evidence",
        "--lang",
        "de",
        "--tz",
        "Europe/Berlin",
        "--where",
        "mx.recht",
        SHOWCASE,
    ];
    let written = std::process::Command::new(PROGRAM)
        .args(args)
        .output()
        .unwrap();
    let written = String::from_utf8(written.stdout).unwrap();
    // Each run has pseudonyms of its own.
    let pseudonym = regex::Regex::new("p-[0-9a-z]{6}").unwrap();
    let bare = |text: &str| pseudonym.replace_all(text.trim_end(), "p-").into_owned();
    assert_eq!(bare(&copied), bare(&written));
    press(&mut pty, "<Esc>", "Enter open");
    leave(pty);
}

#[test]
fn open_filter_drill_down_copy_resize_quit() {
    let home = tempfile::tempdir().unwrap();
    let env = [("HOME", home.path().to_str().unwrap())];
    let mut pty = demo(&env, (120, 30));
    press(&mut pty, "/grade:R to:t-online", "row 1 of 1");
    press(&mut pty, "<Enter>", "Enter open");
    press(&mut pty, "<Enter>", "attempt 2");
    assert!(
        pty.text()
            .contains("We required TLS; rx.t-online.de did not offer it on 2 connections.")
    );
    press(&mut pty, "r", "2020-02-25 10:55:03 1j69ZJ-0001iL-S3");
    press(
        &mut pty,
        "yi",
        "the ID: sent to the terminal (OSC 52), not confirmed",
    );
    press(
        &mut pty,
        "yy",
        "the row: sent to the terminal (OSC 52), not confirmed",
    );
    let copied = decoded(&pty);
    assert_eq!(copied[0], "1j69ZJ-0001iL-S3");
    assert!(
        copied[1].starts_with("2020-02-25 04:55:03 +0100 1j69ZJ-0001iL-S3"),
        "{}",
        copied[1]
    );
    pty.resize(80, 24).unwrap();
    pty.settle(Duration::from_millis(300)).unwrap();
    assert!(!pty.text().contains("STATE"));
    press(&mut pty, "<Esc>", "STATE");
    press(&mut pty, "<C-l>3<Enter>", "not observed by us");
    leave(pty);
    let kept = fs::read_to_string(home.path().join(".local/state/hopgrade/filters")).unwrap();
    assert_eq!(kept, "grade:R to:t-online\n");
}

#[test]
fn no_filter_is_kept_under_the_mask() {
    let home = tempfile::tempdir().unwrap();
    let env = [("HOME", home.path().to_str().unwrap())];
    let mut pty = start(&["demo", "--mask"], &env, (120, 30));
    see(&pty, "1j69ZJ-0001iL-S3");
    press(&mut pty, "/to:tosa<Enter>", "Enter open");
    leave(pty);
    assert!(!home.path().join(".local/state/hopgrade/filters").exists());
}

#[test]
fn another_case_is_shown_in_the_same_explorer() {
    let mut pty = start(&["demo", "spelling", "--where", "grade=A"], &[], (120, 30));
    see(&pty, "1jaaMg-00030h-Xb");
    press(&mut pty, "C", "shown now");
    press(&mut pty, "kk", "hands mail in with RC4");
    press(&mut pty, "<Enter>", "1iMRIE-0003o1-Pg");
    assert!(!pty.text().contains("grade=A") && !pty.text().contains("1jaaMg"));
    press(
        &mut pty,
        "yf",
        "the filter as a command line: sent to the terminal",
    );
    let copied = decoded(&pty);
    assert_eq!(
        copied,
        ["hopgrade export messages --tz Europe/Berlin --host gate.example.org demo:rc4"]
    );
    press(&mut pty, "Cg", "A sender hands mail in");
    press(&mut pty, "<Enter>", "1j69ZJ-0001iL-S3");
    leave(pty);
}

#[test]
fn a_copy_takes_the_road_that_the_environment_tells() {
    let folder = tempfile::tempdir().unwrap();
    // No tmux is found there, and none would answer.
    let path = ("PATH", folder.path().to_str().unwrap());
    let wrapped = "\x1bPtmux;\x1b\x1b]52;c;MWo2OVpKLTAwMDFpTC1TMw==\x1b\x1b\\\x1b\\";
    let plain = "\x1b]52;c;MWo2OVpKLTAwMDFpTC1TMw==\x1b\\";
    for (variable, sent) in [
        (("TERM", "xterm-256color"), plain.to_owned()),
        (("STY", "1.pts-1.host"), "\x1bP\x1b]52;c;".to_owned()),
        (("TMUX", "/nonexistent,1,0"), format!("{plain}{wrapped}")),
    ] {
        let mut pty = demo(&[path, variable], (100, 24));
        press(&mut pty, "yi", "the ID: sent to the terminal");
        let bytes = pty.bytes();
        let found = bytes
            .windows(sent.len())
            .any(|window| window == sent.as_bytes());
        assert!(found, "{variable:?}");
        leave(pty);
    }
}

#[test]
fn over_ssh_no_display_is_asked() {
    // The display is another person's, or nobody's; asking it would take seconds.
    let ssh = ("SSH_CONNECTION", "192.0.2.1 22 192.0.2.2 22");
    let mut pty = demo(&[ssh, ("DISPLAY", "localhost:10")], (100, 24));
    press(
        &mut pty,
        "yi",
        "the ID: sent to the terminal (OSC 52), not confirmed",
    );
    assert_eq!(decoded(&pty), ["1j69ZJ-0001iL-S3"]);
    leave(pty);
}

#[test]
fn a_dumb_terminal_gets_the_plain_summary() {
    let mut pty = start(&["demo"], &[("TERM", "dumb")], (100, 24));
    assert!(pty.exit(PATIENCE).unwrap().success());
    let bytes = pty.bytes();
    assert!(
        bytes.starts_with(b"demo/mainlog: 9 lines"),
        "{}",
        pty.text()
    );
    assert!(!bytes.contains(&0x1b), "{}", pty.text());
}

#[test]
fn signals_give_the_terminal_back_and_are_told_by_the_exit_status() {
    for (name, status) in [("TERM", 128 + 15), ("HUP", 128 + 1), ("QUIT", 128 + 3)] {
        let mut pty = demo(&[], (80, 24));
        pty.signal(name).unwrap();
        assert_eq!(pty.exit(PATIENCE).unwrap().exit_code(), status, "{name}");
        assert_given_back(&pty);
    }
}

#[test]
fn a_vanished_terminal_ends_the_program() {
    let mut pty = demo(&[], (80, 24));
    pty.hang_up().unwrap();
    pty.exit(PATIENCE).unwrap();
}

#[test]
fn without_colour_the_selection_and_the_grades_are_seen_all_the_same() {
    let pty = start(
        &[SHOWCASE, "--tz", "Europe/Berlin"],
        &[("NO_COLOR", "1")],
        (80, 24),
    );
    see(&pty, "1vumwo-");
    let screen = pty.screen();
    let cells = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
    let mut reversed = 0;
    for cell in cells.filter_map(|(row, column)| screen.cell(row, column)) {
        let (front, back) = (cell.fgcolor(), cell.bgcolor());
        assert_eq!(
            (front, back),
            (vt100::Color::Default, vt100::Color::Default)
        );
        reversed += usize::from(cell.inverse());
    }
    assert!(
        reversed > 60,
        "the selected row stands out: {reversed} cells"
    );
    let text = pty.text();
    for badge in ["A ++", "D x", "R /", "L @", "E o", "B +"] {
        assert!(text.contains(badge), "{badge}");
    }
    leave(pty);
}

#[test]
fn keys_come_from_the_terminal_while_the_log_comes_by_a_pipe() {
    let script = r#"cat "$1" | "$0" - --tz Europe/Berlin"#;
    let args = ["-c", script, PROGRAM, SHOWCASE];
    let mut pty = Pty::open(Path::new("/bin/sh"), &args, &[], (100, 24)).unwrap();
    see(&pty, "1vumwo-");
    press(
        &mut pty,
        "/to:pager<Enter><Enter>",
        "We required TLS; mx.dienst.example",
    );
    press(
        &mut pty,
        "r",
        "H=mx.dienst.example [203.0.113.33]: a TLS session is",
    );
    leave(pty);
}

#[test]
fn a_long_log_can_be_used_while_it_is_read() {
    // The log goes on: whoever writes it has not ended.
    let script = r#"(cat "$1"; sleep 60) | "$0" - --tz Europe/Berlin"#;
    let args = ["-c", script, PROGRAM, SHOWCASE];
    let mut pty = Pty::open(Path::new("/bin/sh"), &args, &[], (100, 24)).unwrap();
    see(&pty, "Ctrl-C stops");
    press(&mut pty, "?", "one row up");
    press(&mut pty, "<Esc>", "/ filter");
    press(&mut pty, "<C-c>", "loading stopped");
    pty.send("q").unwrap();
}

#[test]
fn the_screen_is_there_before_the_inputs_are() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody will ever write to it.
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut pty = start(&[pipe.to_str().unwrap()], &[], (100, 24));
    see(&pty, "Ctrl-C stops");
    press(&mut pty, "?", "one row up");
    press(&mut pty, "<Esc>", "/ filter");
    press(&mut pty, "<C-c>", "loading stopped");
    leave(pty);
}

#[test]
fn nothing_hostile_reaches_terminal_clipboard_or_exports() {
    let folder = tempfile::tempdir().unwrap();
    let (log, mail) = (
        folder.path().join("mainlog"),
        folder.path().join("evil.eml"),
    );
    fs::write(&log, hostile::log()).unwrap();
    fs::write(&mail, hostile::mail()).unwrap();
    let files = [log.to_str().unwrap(), mail.to_str().unwrap()];
    let mut pty = start(&files, &[], (140, 40));
    see(&pty, "1vum00");
    press(&mut pty, "<Enter>", "attempt 1");
    press(&mut pty, "yyytyr", "raw lines: sent");
    press(&mut pty, "r", "r story");
    // Esc and a key in one write would be Alt and that key.
    press(&mut pty, "<Esc>", "Enter open");
    press(&mut pty, "U", "lines were not understood");
    press(&mut pty, "<Esc>", "Enter open");
    press(&mut pty, "3<Enter>", "witnessed");
    press(&mut pty, "yyytyr", "raw lines: sent");
    let copied = decoded(&pty);
    assert_eq!(copied.len(), 6);
    for text in &copied {
        assert_eq!(hostile::danger(text.as_bytes()), None, "{text}");
    }
    // What is left when drawing and our own copies are taken out.
    let mut bytes = hostile::without_drawing(&pty.bytes());
    for text in &copied {
        let copy = format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text));
        let at = bytes
            .windows(copy.len())
            .position(|window| window == copy.as_bytes());
        bytes.drain(at.unwrap()..at.unwrap() + copy.len());
    }
    assert_eq!(hostile::danger(&bytes), None);
    leave(pty);
    for table in ["messages", "events", "hops"] {
        for format in ["table", "csv", "ndjson"] {
            let args = [&["export", table, "--format", format], &files[..]].concat();
            let out = std::process::Command::new(PROGRAM)
                .args(args)
                .output()
                .unwrap();
            assert!(!out.stdout.is_empty(), "{table} {format}");
            let text = String::from_utf8(out.stdout).unwrap().replace('\r', "");
            assert_eq!(hostile::danger(text.as_bytes()), None, "{table} {format}");
        }
    }
    for args in [&["explain", "1vum00-000000-00"][..], &[][..]] {
        let args = [args, &files[..]].concat();
        let out = std::process::Command::new(PROGRAM)
            .args(args)
            .output()
            .unwrap();
        assert!(!out.stdout.is_empty());
        assert_eq!(hostile::danger(&out.stdout), None);
    }
}

/// One message of a log; the number is in its ID and its sender.
fn arrival(number: u32) -> String {
    format!(
        "2026-02-25 04:55:{number:02} 1vum{number:02}-00000000001-0001 <= n{number}@example.org U=n P=local S=300\n"
    )
}

fn append(log: &Path, text: &str) {
    use std::io::Write;
    let mut file = fs::File::options()
        .append(true)
        .create(true)
        .open(log)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn selected(pty: &Pty) -> String {
    let text = pty.text();
    let line = text.lines().find(|line| line.starts_with('▌'));
    line.unwrap_or_default().to_owned()
}

#[test]
fn a_log_is_followed_through_its_rotation_and_the_cursor_stays() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("mainlog");
    // It is not there yet.
    let mut pty = start(&["-f", log.to_str().unwrap()], &[], (120, 30));
    see(&pty, "following");
    append(&log, &(arrival(1) + &arrival(2) + &arrival(3)[..30]));
    see(&pty, "1vum02");
    press(&mut pty, "j", "row 2 of 2");
    assert!(selected(&pty).contains("1vum01"), "{}", pty.text());
    append(&log, &arrival(3)[30..]);
    see(&pty, "1vum03");
    assert!(selected(&pty).contains("1vum01"), "{}", pty.text());
    fs::rename(&log, folder.path().join("mainlog.1")).unwrap();
    append(&folder.path().join("mainlog.1"), &arrival(4));
    append(&log, &arrival(5));
    see(&pty, "mainlog was rotated; the new file is followed");
    see(&pty, "1vum05");
    assert!(pty.text().contains("1vum04"), "{}", pty.text());
    assert!(selected(&pty).contains("1vum01"), "{}", pty.text());
    // Its line is had back although its file has another name now.
    press(&mut pty, "r", "<= n1@example.org U=n");
    press(&mut pty, "<Esc>", "Enter open");
    press(&mut pty, "f", "the logs are no longer followed");
    append(&log, &arrival(6));
    press(&mut pty, "f", "1vum06");
    leave(pty);
}
