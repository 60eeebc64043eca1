//! Fails where loading a log has become dearer: by more than [`TOLERANCE`] in instructions for each byte or in
//! heap for each message. Both are counted, not timed, so that a busy machine changes little.
//!
//! ```text
//! cargo bench --profile gate --bench gate               # compare with tests/bench/baseline.toml
//! cargo bench --profile gate --bench gate -- --renew    # write what is measured there
//! ```
//!
//! Instructions are those of `hopgrade export messages --stats --where id:nosuchid`, which loads everything, as
//! valgrind's callgrind counts them.
//! They depend on the compiler: with another one than that of the baseline they are measured, not judged. Heap
//! is what a loaded model holds, whoever allocated it.

use std::alloc::System;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use cap::Cap;
use generator::Kind;
use hopgrade::ingest::{self, Options};
use hopgrade::model::Zone;
use hopgrade::source::Input;
use serde::{Deserialize, Serialize};

#[path = "../generator/mod.rs"]
mod generator;

/// Counts, and forbids nothing.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// How much dearer is too dear, as a share.
const TOLERANCE: f64 = 0.05;

/// Runs of the program under valgrind for each log.
const RUNS: usize = 3;

const LOG_BYTES: u64 = 5_000_000;

const LOGS: [(&str, Kind); 2] = [("exim", Kind::Exim), ("postfix", Kind::Postfix)];

const PROGRAM: &str = env!("CARGO_BIN_EXE_hopgrade");

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/baseline.toml");

/// The first lines of the file of the baseline.
const ABOUT: &str = "\
# What loading a generated log of 5 MB costs; tests/bench/gate.rs compares with it. To renew it:
# cargo bench --profile gate --bench gate -- --renew
";

/// What loading costs.
#[derive(Serialize, Deserialize)]
struct Costs {
    /// The compiler, and what it compiles for.
    toolchain: String,
    /// By log. Without valgrind they are not known.
    #[serde(default)]
    instructions_per_byte: BTreeMap<String, f64>,
    /// By log.
    heap_bytes_per_message: BTreeMap<String, f64>,
}

fn main() -> Result<ExitCode> {
    let profile = Path::new(PROGRAM).parent().and_then(Path::file_name);
    if profile.is_none_or(|name| name != "gate") {
        bail!(
            "instructions are compared in one profile only: cargo bench --profile gate --bench gate"
        );
    }
    let now = measure()?;
    if std::env::args().any(|arg| arg == "--renew") {
        ensure!(
            !now.instructions_per_byte.is_empty(),
            "a baseline needs valgrind"
        );
        fs::write(BASELINE, format!("{ABOUT}{}", toml::to_string(&now)?))?;
        println!("{}", fs::read_to_string(BASELINE)?);
        return Ok(ExitCode::SUCCESS);
    }
    let baseline = fs::read_to_string(BASELINE).context(BASELINE)?;
    let dearer = compare(&now, &toml::from_str(&baseline)?);
    Ok(if dearer {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn measure() -> Result<Costs> {
    let mut costs = Costs {
        toolchain: toolchain()?,
        instructions_per_byte: BTreeMap::new(),
        heap_bytes_per_message: BTreeMap::new(),
    };
    let has_valgrind = Command::new("valgrind").arg("--version").output().is_ok();
    for (name, kind) in LOGS {
        let (log, bytes) = write_log(name, kind)?;
        let heap = heap_per_message(&log)?;
        costs.heap_bytes_per_message.insert(name.to_owned(), heap);
        if has_valgrind {
            let instructions = instructions(&log)? as f64 / bytes as f64;
            let known = &mut costs.instructions_per_byte;
            known.insert(name.to_owned(), rounded(instructions));
        }
        fs::remove_file(log)?;
    }
    Ok(costs)
}

fn write_log(name: &str, kind: Kind) -> Result<(PathBuf, u64)> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gate-{name}.log"));
    let mut out = BufWriter::new(File::create(&path)?);
    let bytes = generator::write(kind, LOG_BYTES, 1, &mut out)?;
    out.flush()?;
    Ok((path, bytes))
}

/// What a model of this log holds, whatever is freed once it is loaded.
fn heap_per_message(log: &Path) -> Result<f64> {
    let options = Options {
        zone: Zone::parse("UTC")?,
        year: Some(2026),
        jobs: 1,
        ..Options::default()
    };
    let inputs = vec![Input::File(log.to_owned())];
    let before = HEAP.allocated();
    let loaded = ingest::load(inputs, options);
    let held = HEAP.allocated().saturating_sub(before);
    ensure!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    Ok(rounded(
        held as f64 / f64::from(loaded.model.messages.len()),
    ))
}

/// The instructions of the program that loads this log and shows none of it: the fewest of some runs, for threads
/// that wait for each other spin for a while, and how long depends on what else the machine does.
fn instructions(log: &Path) -> Result<u64> {
    let counts: Result<Vec<u64>> = (0..RUNS).map(|_| instructions_once(log)).collect();
    counts?.into_iter().min().context("nothing was run")
}

fn instructions_once(log: &Path) -> Result<u64> {
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            PROGRAM,
        ])
        .args([
            "export",
            "messages",
            "--stats",
            "--where",
            "id:nosuchid",
            "--jobs",
            "1",
        ])
        .args(["--tz", "UTC", "--year", "2026", "--as-of", "2026-03-02"])
        .arg(log)
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{told}");
    let count = told
        .lines()
        .find_map(|line| Some(line.split_once("Collected :")?.1.trim().parse()));
    Ok(count.context("valgrind counted nothing")??)
}

/// The compiler that `cargo` calls here.
fn toolchain() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output()?;
    let told = String::from_utf8(output.stdout)?;
    let version = told.lines().next().context("rustc has no version")?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(format!("{version} for {}", host.unwrap_or("?")))
}

fn rounded(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}

/// Prints what was measured beside the baseline; true when something is too dear.
fn compare(now: &Costs, baseline: &Costs) -> bool {
    println!("Loading a generated log of 5 MB on one thread, against tests/bench/baseline.toml:");
    let same_compiler = now.toolchain == baseline.toolchain;
    let mut judge = Judge::default();
    for (name, _) in LOGS {
        let instructions = (&now.instructions_per_byte, &baseline.instructions_per_byte);
        judge.row(name, "instructions per byte", instructions, same_compiler);
        let heap = (
            &now.heap_bytes_per_message,
            &baseline.heap_bytes_per_message,
        );
        judge.row(name, "heap bytes per message", heap, true);
    }
    if !same_compiler {
        println!(
            "Instructions are not judged: the baseline was made with {},",
            baseline.toolchain
        );
        println!("this program with {}.", now.toolchain);
    }
    if judge.dearer {
        println!(
            "Too dear: more than {:.0} % over the baseline.",
            TOLERANCE * 100.0
        );
    }
    if judge.dearer || judge.cheaper {
        println!("If that is meant: cargo bench --profile gate --bench gate -- --renew");
    }
    judge.dearer
}

#[derive(Default)]
struct Judge {
    dearer: bool,
    cheaper: bool,
}

impl Judge {
    /// One figure: now and in the baseline, by log.
    fn row(
        &mut self,
        log: &str,
        what: &str,
        (now, baseline): (&BTreeMap<String, f64>, &BTreeMap<String, f64>),
        is_comparable: bool,
    ) {
        let Some(now) = now.get(log) else {
            println!("  {log:8} {what:23} not measured: valgrind is not installed");
            return;
        };
        let Some(baseline) = baseline.get(log) else {
            println!("  {log:8} {what:23} {now:9.2}  the baseline has none");
            self.dearer = true;
            return;
        };
        let (limit, change) = (baseline * (1.0 + TOLERANCE), now / baseline - 1.0);
        println!(
            "  {log:8} {what:23} {now:9.2}  baseline {baseline:9.2}  limit {limit:9.2}  {:+.1} %{}",
            change * 100.0,
            if change < -TOLERANCE {
                ": renew it"
            } else {
                ""
            }
        );
        self.dearer |= is_comparable && change > TOLERANCE;
        self.cheaper |= is_comparable && change < -TOLERANCE;
    }
}
