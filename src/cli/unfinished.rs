//! Leaves no half of a file behind when a signal ends the program.

use std::fs::{self, Metadata};
use std::path::Path;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::report::{OutputError, OutputFile};

/// [`OutputFile::create`], once for the whole program: SIGINT, SIGTERM and SIGHUP from now on remove what is there of
/// the file, and end the program as they would have without us.
pub(super) fn create(path: &Path, inputs: &[Metadata]) -> Result<OutputFile, OutputError> {
    let failed = |source| OutputError::Write {
        path: path.to_owned(),
        source,
    };
    // Before there is a file: a signal that comes in between waits.
    let mut signals = Signals::new(heeded()).map_err(failed)?;
    let file = OutputFile::create(path, inputs)?;
    let temporary = file.temporary().map(Path::to_owned);
    let listener = thread::Builder::new().name("signals".into());
    let listens = listener.spawn(move || {
        for signal in signals.forever() {
            // Once the file is in its place, nothing has that name.
            temporary.as_ref().map(fs::remove_file);
            let _ = emulate_default_handler(signal);
        }
    });
    listens.map_err(failed)?;
    Ok(file)
}

/// The signals that end us. A signal that was ignored when the program was started stays ignored: `nohup` ignores
/// SIGHUP, and a shell ignores SIGINT for the jobs it runs in the background.
fn heeded() -> impl Iterator<Item = i32> {
    let ignored = ignored();
    let all = [SIGINT, SIGTERM, SIGHUP].into_iter();
    all.filter(move |signal| ignored >> (signal - 1) & 1 == 0)
}

/// A bit for each signal that is ignored. Where the system does not tell, SIGHUP is: a night's work is worth more than
/// a clean directory.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or(1 << (SIGHUP - 1))
}
