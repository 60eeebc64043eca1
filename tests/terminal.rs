//! The terminal is given back whatever happens: the guard and its input in a real terminal.
//!
//! The program that is run is this very test binary, told by a variable which part to play.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "common/pty.rs"]
mod pty;

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use hopgrade::ui::input::{Input, listen};
use hopgrade::ui::terminal::Terminal;
use pty::Pty;
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

/// Long enough for a machine that does much else; nothing waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

/// A small explorer: shows what came in, ends on `q`, writes down why it ended.
#[test]
fn program() {
    let Ok(part) = std::env::var("HOPGRADE_TEST_PART") else {
        return;
    };
    let (sender, receiver) = mpsc::channel();
    let mut terminal = Terminal::open().unwrap();
    listen(&sender, |input| input).unwrap();
    let mut log = vec![Line::from("ready")];
    loop {
        // A terminal that cannot be drawn on ends no loop here: the input has to say so.
        let _ = terminal.draw(|frame| {
            let badge = Span::styled("badge", Style::new().fg(Color::Red).bold().reversed());
            let sample = Line::from(vec![Span::raw("plain"), badge]);
            frame.render_widget(sample, frame.area());
            for (row, line) in frame.area().rows().skip(1).zip(&log) {
                frame.render_widget(line, row);
            }
        });
        let Ok(input) = receiver.recv() else { return };
        match input {
            Input::Stop(_) if part == "deaf" => {}
            Input::Stop(_) | Input::Gone => {
                if let Ok(report) = std::env::var("HOPGRADE_TEST_REPORT") {
                    std::fs::write(report, format!("{input:?}")).unwrap();
                }
                return;
            }
            Input::Suspend => terminal.suspend().unwrap(),
            // A hang-up continues the program too, and then there is nothing to take.
            Input::Continue => drop(terminal.resume()),
            Input::Key(key) if key.code.to_string() == "q" => return,
            Input::Key(key) if key.code.to_string() == "p" => panic!("the drawing thread fell"),
            Input::Key(key) if key.code.to_string() == "w" => {
                let worker = std::thread::spawn(|| panic!("a worker\x1b[31m fell"));
                assert!(worker.join().is_err());
            }
            _ => {}
        }
        log.push(Line::from(format!("{input:?}")));
    }
}

const ARGS: [&str; 3] = ["--exact", "program", "--nocapture"];

fn start(env: &[(&str, &str)]) -> Pty {
    open(&std::env::current_exe().unwrap(), &ARGS, env)
}

/// The program as `"$0" "$@"` of a script.
fn start_by_shell(script: &str, env: &[(&str, &str)]) -> Pty {
    let program = std::env::current_exe().unwrap();
    let mut args = vec!["-c", script, program.to_str().unwrap()];
    args.extend(ARGS);
    open(Path::new("/bin/sh"), &args, env)
}

fn open(program: &Path, args: &[&str], env: &[(&str, &str)]) -> Pty {
    let env = [&[("HOPGRADE_TEST_PART", "a small explorer")], env].concat();
    let pty = Pty::open(program, args, &env, (100, 20)).unwrap();
    pty.wait_for("ready", PATIENCE).unwrap();
    pty
}

/// What has to be true of a terminal that its user can go on with.
fn assert_given_back(pty: &Pty) {
    let screen = pty.screen();
    assert!(!screen.alternate_screen(), "still on the alternate screen");
    assert!(!screen.bracketed_paste(), "bracketed paste is still on");
    assert!(!screen.hide_cursor(), "the cursor is still hidden");
    assert!(!pty.is_raw().unwrap(), "still in raw mode");
}

#[test]
fn the_terminal_is_taken_and_given_back() {
    let mut pty = start(&[]);
    let screen = pty.screen();
    assert!(screen.alternate_screen() && screen.bracketed_paste() && screen.hide_cursor());
    assert!(pty.is_raw().unwrap());
    let bytes = pty.bytes();
    let begins = bytes
        .windows(8)
        .filter(|window| window == b"\x1b[?2026h")
        .count();
    let ends = bytes
        .windows(8)
        .filter(|window| window == b"\x1b[?2026l")
        .count();
    assert!(begins == 1 && ends == 1, "one frame, in one piece");
    pty.send("q").unwrap();
    assert!(pty.exit(PATIENCE).unwrap().success());
    assert_given_back(&pty);
}

#[test]
fn a_paste_is_one_event_and_no_keys() {
    let mut pty = start(&[]);
    pty.send("\x1b[200~q\rquit\x1b[201~").unwrap();
    pty.wait_for(r#"Paste("q quit")"#, PATIENCE).unwrap();
}

#[test]
fn a_resize_is_drawn() {
    let pty = start(&[]);
    pty.resize(60, 10).unwrap();
    pty.wait_for("Resize", PATIENCE).unwrap();
}

#[test]
fn signals_end_the_program_and_give_the_terminal_back() {
    for name in ["TERM", "HUP", "INT"] {
        let mut pty = start(&[]);
        pty.signal(name).unwrap();
        assert!(pty.exit(PATIENCE).unwrap().success(), "{name}");
        assert_given_back(&pty);
    }
}

#[test]
fn a_program_that_does_not_listen_is_ended() {
    let mut pty = start(&[("HOPGRADE_TEST_PART", "deaf")]);
    pty.signal("TERM").unwrap();
    assert_eq!(pty.exit(PATIENCE).unwrap().exit_code(), 128 + 15);
    assert_given_back(&pty);
}

#[test]
fn a_stopped_program_leaves_the_terminal_and_comes_back() {
    let pty = start(&[]);
    pty.signal("TSTP").unwrap();
    pty.wait_until(PATIENCE, |text| !text.contains("ready"))
        .unwrap();
    while !pty.is_stopped().unwrap() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_given_back(&pty);
    pty.signal("CONT").unwrap();
    pty.wait_for("Continue", PATIENCE).unwrap();
    assert!(pty.screen().alternate_screen() && pty.is_raw().unwrap());
    assert!(
        pty.text().contains("ready"),
        "the whole screen is drawn again"
    );
}

#[test]
fn a_panic_is_shown_on_the_restored_screen() {
    let mut pty = start(&[]);
    pty.send("p").unwrap();
    pty.wait_for("the drawing thread fell", PATIENCE).unwrap();
    assert!(!pty.exit(PATIENCE).unwrap().success());
    assert_given_back(&pty);
}

#[test]
fn the_panic_of_a_worker_waits_until_the_screen_is_given_back() {
    let mut pty = start(&[]);
    pty.send("w").unwrap();
    pty.wait_for("Char('w')", PATIENCE).unwrap();
    assert!(!pty.text().contains("fell"));
    pty.send("q").unwrap();
    pty.exit(PATIENCE).unwrap();
    pty.wait_for(r"a worker\x1b[31m fell", PATIENCE).unwrap();
    assert_given_back(&pty);
}

#[test]
fn a_hang_up_ends_the_program() {
    let report = tempfile::NamedTempFile::new().unwrap();
    let mut pty = start(&[("HOPGRADE_TEST_REPORT", report.path().to_str().unwrap())]);
    pty.hang_up().unwrap();
    pty.exit(PATIENCE).unwrap();
    // Whoever is first: the signal, or the one who looks whether the terminal is still there.
    let cause = std::fs::read_to_string(report.path()).unwrap();
    assert!(cause == "Stop(1)" || cause == "Gone", "{cause:?}");
}

#[test]
fn a_vanished_terminal_ends_the_program_even_if_no_signal_says_so() {
    let report = tempfile::NamedTempFile::new().unwrap();
    let env = [("HOPGRADE_TEST_REPORT", report.path().to_str().unwrap())];
    // The shell is the one whom the system tells; it does not pass that on.
    let mut pty = start_by_shell(r#"trap "" HUP; "$0" "$@"; true"#, &env);
    pty.hang_up().unwrap();
    pty.exit(PATIENCE).unwrap();
    assert_eq!(std::fs::read_to_string(report.path()).unwrap(), "Gone");
}

#[test]
fn keys_come_from_the_terminal_when_standard_input_is_data() {
    let mut pty = start_by_shell(r#"printf 'qqq' | "$0" "$@""#, &[]);
    pty.send("x").unwrap();
    pty.wait_for("Char('x')", PATIENCE).unwrap();
    assert!(!pty.text().contains("Char('q')"));
    pty.send("q").unwrap();
    assert!(pty.exit(PATIENCE).unwrap().success());
    assert_given_back(&pty);
}

#[test]
fn attributes_survive_no_color() {
    let pty = start(&[("NO_COLOR", "1")]);
    let screen = pty.screen();
    let cell = screen.cell(0, 5).unwrap();
    assert!(cell.inverse() && cell.bold());
}
