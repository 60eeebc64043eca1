//! Where data goes: a pipe that is closed, a file that appears whole, a signal in between.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::program::{LOG, good, program, refused, text, write};

#[test]
fn a_closed_pipe_ends_quietly() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(
        dir.path(),
        "mainlog",
        &fs::read(LOG).unwrap().repeat(20_000),
    );
    for format in ["ndjson", "csv", "table"] {
        let mut child = program(&["export", "events", "--format", format, &log])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 100];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(text(&output.stderr), "", "{format}");
        assert_eq!(output.status.code(), Some(0), "{format}");
    }
}

#[test]
fn an_output_file_is_never_an_input() {
    let dir = tempfile::tempdir().unwrap();
    let before = fs::read(LOG).unwrap();
    let log = write(dir.path(), "mainlog", &before);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&log, &link).unwrap();
    let folder = dir.path().to_str().unwrap();
    for (output, input) in [
        (&*log, &*log),
        (link.to_str().unwrap(), &log),
        (&log, folder),
    ] {
        let told = refused(&["export", "events", "-o", output, input]);
        assert!(
            told.contains(output) && told.contains("is an input"),
            "{told}"
        );
    }
    let told = program(&["export", "events", "-o", &log])
        .stdin(fs::File::open(&log).unwrap())
        .output()
        .unwrap();
    assert_eq!(told.status.code(), Some(2));
    assert_eq!(fs::read(&log).unwrap(), before);
    let out = dir.path().join("out.ndjson");
    assert_eq!(
        good(&["export", "events", "-o", out.to_str().unwrap(), &log]),
        ""
    );
    assert_eq!(
        fs::read_to_string(&out).unwrap(),
        good(&["export", "events", &log])
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
}

#[test]
fn an_output_that_cannot_be_is_said() {
    let told = refused(&["export", "events", "-o", "/nonexistent/out.csv", LOG]);
    assert!(
        told.starts_with("hopgrade: /nonexistent/out.csv: cannot write: "),
        "{told}"
    );
}

/// Begins to write a file in a directory while the log is still on its way: its standard input stays open.
fn begin_writing(command: &mut Command, dir: &Path) -> Child {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while fs::read_dir(dir).unwrap().count() == 0 {
        thread::sleep(Duration::from_millis(10));
    }
    child
}

fn kill(child: &Child, name: &str) {
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-s", name, &id]).status();
    assert!(killed.unwrap().success());
}

/// Whether whoever runs the tests has that signal ignored, and with it everybody who is started from here.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or_default() >> (signal - 1) & 1 == 1
}

#[test]
fn a_signal_leaves_nothing_of_a_file_behind() {
    for (name, signal) in [("TERM", 15), ("INT", 2), ("HUP", 1)] {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let out = out.to_str().unwrap();
        for args in [
            &["export", "events", "-o", out, "-"][..],
            &["check", "--state", out, "-"],
        ] {
            if is_ignored(signal) {
                continue;
            }
            let mut child = begin_writing(&mut program(args), dir.path());
            let _still_open = child.stdin.take();
            kill(&child, name);
            assert_eq!(child.wait().unwrap().signal(), Some(signal), "{args:?}");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "{args:?}");
        }
    }
}

#[test]
fn a_signal_that_was_ignored_stays_so() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_hopgrade"))
        .args(["export", "events", "-o", out.to_str().unwrap(), "-"]);
    let mut child = begin_writing(&mut shell, dir.path());
    kill(&child, "HUP");
    let log = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(LOG)).unwrap();
    child.stdin.take().unwrap().write_all(&log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(fs::metadata(out).unwrap().len() > 0);
}
