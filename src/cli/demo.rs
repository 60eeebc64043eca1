//! `hopgrade demo`: the explorer on a bundled case, without a file.

use super::args::{Demo, Explore, Reading};
use super::failure::Failure;
use super::inputs::Inputs;
use super::output::Output;
use super::{Done, cases, explore};
use crate::text::pad_right;

pub(super) fn run(args: Demo) -> Result<Done, Failure> {
    if args.list {
        return list();
    }
    let all = cases::all().iter();
    let asked = args.case.as_deref();
    let case = all
        .clone()
        .find(|case| asked.is_none_or(|name| case.name == name));
    let mut reading = Reading {
        paths: case.iter().map(|case| case.path().into()).collect(),
        ..Reading::default()
    };
    cases::prepare(&mut reading)?;
    explore::run(&Explore {
        filter: args.filter,
        view: args.view,
        screen: args.screen,
        reading,
    })
}

/// One line for each case.
fn list() -> Result<Done, Failure> {
    let mut all = cases::all().iter();
    let name = all.clone().map(|case| case.name.len()).max().unwrap_or(0);
    let output = Output::open(None, &mut Inputs::default())?;
    output.write(|out| {
        all.try_for_each(|case| writeln!(out, "{}  {}", pad_right(&case.name, name), case.about))
    })?;
    Ok(Done::Whole)
}
