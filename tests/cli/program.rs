//! The program in a world that is the same everywhere, and files to run it on.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub const LOG: &str = "assets/demo/mainlog";
pub const MAIL: &str = "assets/demo/reply.eml";
pub const ID: &str = "1j69ZJ-0001iL-S3";

/// A log with two lines that nobody understands, and no TLS in it.
pub const ODD_LOG: &str = "\
2026-02-24 08:00:00 1vum00-000000-00 <= anna@example.org H=mail.example.org [192.0.2.1] P=esmtp S=100
2026-02-24 08:00:01 Bertha <bertha@example.net> on mx7.example.net
2026-02-24 08:00:02 1vum00-000000-00 => bo@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9]
anna, \x1b[2J and carla were here
2026-02-24 08:00:02 1vum00-000000-00 Completed
";

/// A log of one message with a sender, a subject and a HELO of a stranger's choice.
pub fn hostile_log() -> Vec<u8> {
    let mut log = Vec::new();
    log.extend_from_slice(b"2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe <= =cmd@example.org ");
    log.extend_from_slice(b"H=client.example.org (\x1b[2J\x9b\xff) [192.0.2.77] P=esmtps ");
    log.extend_from_slice(b"X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no S=1000 id=x@example.org ");
    log.extend_from_slice(b"T=\"=HYPERLINK(1)\\033]52;c;AAAA\\007\" for bo@example.net\n");
    log.extend_from_slice(b"2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe => bo@example.net ");
    log.extend_from_slice(b"R=dnslookup T=remote_smtp H=mx.example.net [198.51.100.9]:25 ");
    log.extend_from_slice(
        b"X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes C=\"250 \x1b]0;x\x07 ok\"\n",
    );
    log.extend_from_slice(b"2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe Completed\n");
    log
}

/// The program in a world that is the same everywhere.
pub fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hopgrade"));
    command
        .args(args)
        .env_clear()
        .envs([("TZ", "UTC"), ("COLUMNS", "100")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null());
    command
}

pub fn run(args: &[&str]) -> Output {
    program(args).output().unwrap()
}

pub fn run_with(args: &[&str], input: &[u8]) -> Output {
    let mut child = program(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// Standard output of a run that went well and had nothing to say beside it.
pub fn good(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(text(&output.stderr), "", "{args:?}");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    text(&output.stdout)
}

/// What a run says that could do nothing; it writes no data.
pub fn refused(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert_eq!(text(&output.stdout), "", "{args:?}");
    text(&output.stderr)
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn rows(ndjson: &str) -> Vec<Value> {
    ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The values of one column.
pub fn column<'a>(rows: &'a [Value], name: &str) -> Vec<&'a Value> {
    rows.iter().map(|row| row.get(name).unwrap()).collect()
}

pub fn write(dir: &Path, name: &str, bytes: &[u8]) -> String {
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}
