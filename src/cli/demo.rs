//! `hopgrade demo`: the case everything is measured by, without a file.

use super::args::Demo;
use super::explore::Session;
use super::failure::Failure;
use super::inputs::Inputs;
use super::{Done, filter};
use crate::ingest::Options;
use crate::model::Zone;
use crate::source::Input;

/// A log and the headers of the answer that came of it.
const FILES: [Input; 2] = [
    Input::Bundled {
        name: "demo/mainlog",
        bytes: include_bytes!("../../assets/demo/mainlog"),
    },
    Input::Bundled {
        name: "demo/reply.eml",
        bytes: include_bytes!("../../assets/demo/reply.eml"),
    },
];

/// The host that wrote the log, as the headers name it.
const HOST: &str = "userserver";

/// Where that host stands: its log carries no zone.
const ZONE: &str = "Europe/Berlin";

pub(super) fn run(args: &Demo) -> Result<Done, Failure> {
    filter::parse(&args.filter)?;
    let zone = Zone::parse(ZONE).map_err(|error| Failure::Usage(error.to_string()))?;
    let session = Session {
        inputs: Inputs {
            given: FILES.to_vec().into(),
            ..Inputs::default()
        },
        options: Options {
            zone,
            host: Some(HOST.to_owned()),
            ..Options::default()
        },
        filter: &args.filter,
        view: &args.view,
        screen: &args.screen,
        stats: false,
        command: "hopgrade demo",
    };
    session.run()
}
