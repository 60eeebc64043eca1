//! The command line: arguments in, text and an exit status out.
//!
//! Data goes to standard output and nothing else does; whatever is to be said goes to standard error.

mod args;
mod cases;
mod check;
mod choices;
mod config;
mod demo;
mod evidence;
mod explain;
mod explore;
mod export;
mod failure;
mod filter;
mod inputs;
mod judging;
mod key;
mod live;
mod load;
mod locale;
mod manners;
mod manual;
mod memory;
mod output;
mod past_filters;
mod replay;
mod screen;
mod status;
mod told;
mod unfinished;
mod xdg;

use std::process::ExitCode;

use args::{Cli, Command, Reading};
use failure::{Failure, complain};
use manners::step_back;
use status::Done;

pub use status::STATUSES;

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(error) => return say_usage(&error),
    };
    match dispatch(cli) {
        Ok(done) => done.into(),
        Err(failure) if failure.is_closed_pipe() => Done::Whole.into(),
        Err(failure) => {
            complain(&failure.to_string());
            Done::Nothing.into()
        }
    }
}

fn dispatch(cli: Cli) -> Result<Done, Failure> {
    match cli.command {
        None => {
            let mut args = cli.explore;
            begin(&mut args.reading)?;
            explore::run(&args)
        }
        Some(Command::Demo(args)) => demo::run(args),
        Some(Command::Export(mut args)) => {
            begin(&mut args.reading)?;
            export::run(&args)
        }
        Some(Command::Explain(mut args)) => {
            begin(&mut args.reading)?;
            explain::run(&args)
        }
        Some(Command::Check(mut args)) => {
            begin(&mut args.reading)?;
            check::run(&args)
        }
        Some(Command::Evidence(mut args)) => {
            begin(&mut args.reading)?;
            evidence::run(&args)
        }
        Some(Command::Completions { shell }) => manual::completions(shell),
        Some(Command::Man) => manual::page(),
    }
}

/// What comes before everything else where something is read.
fn begin(reading: &mut Reading) -> Result<(), Failure> {
    step_back(reading)?;
    cases::prepare(reading)
}

/// Help and version are asked for and go to standard output; everything else is a mistake.
fn say_usage(error: &clap::Error) -> ExitCode {
    // Nobody is left to be told when printing fails.
    let _ = error.print();
    let done = if error.use_stderr() {
        Done::Nothing
    } else {
        Done::Whole
    };
    done.into()
}
