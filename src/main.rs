//! The `hopgrade` binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    hopgrade::cli::run()
}
