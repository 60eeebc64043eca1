//! The cases that come with the program: `assets/demo/cases.toml`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Deserialize;

use super::args::Reading;
use super::failure::Failure;
use crate::model::Zone;
use crate::source::Input;

const INDEX: &str = include_str!("../../assets/demo/cases.toml");

/// The files of a folder, each with the name that tables show.
macro_rules! bundled {
    ($($name:literal)+) => {
        [$((concat!("demo/", $name), include_bytes!(concat!("../../assets/demo/", $name)))),+]
    };
}

/// The files that the index may name.
const FILES: &[(&str, &[u8])] = &bundled![
    "mainlog" "reply.eml" "three-days/mainlog" "improved/mail.log" "rc4/mainlog" "downgrade/mainlog"
    "spelling/mainlog"
];

/// What stands before the name of a case in place of a path.
const SCHEME: &str = "demo:";

/// A bundled case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// Name by which the case is asked for.
    pub(super) name: String,
    /// What happened, in a sentence or two.
    pub(super) about: String,
    /// The host that wrote the logs, as the headers name it.
    host: String,
    /// Where that host stands: its logs may carry no zone.
    zone: String,
    files: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    case: Vec<Case>,
}

/// All cases, the one that everything is measured by first.
pub(super) fn all() -> &'static [Case] {
    static CASES: OnceLock<Index> = OnceLock::new();
    // A test loads them.
    &CASES
        .get_or_init(|| toml::from_str(INDEX).unwrap_or_default())
        .case
}

/// Name of the case that a path names: `demo:rc4`, or `demo` for the first one where no file has this name.
fn name(path: &Path) -> Option<&str> {
    match path.to_str()? {
        "demo" if !path.exists() => Some(&all().first()?.name),
        text => text.strip_prefix(SCHEME),
    }
}

/// The case that the paths name, if they name one, alone.
pub(super) fn named(paths: &[PathBuf]) -> Result<Option<&'static Case>, Failure> {
    let Some(name) = paths.iter().find_map(|path| name(path)) else {
        return Ok(None);
    };
    if paths.len() > 1 {
        let told = format!("{SCHEME}{name} is a case by itself: give no other PATH");
        return Err(Failure::Usage(told));
    }
    let case = all().iter().find(|case| case.name == name);
    case.map(Some).ok_or_else(|| {
        let told = format!("there is no case {name:?}; `hopgrade demo --list` names them");
        Failure::Usage(told)
    })
}

/// Where a case is read, its own zone and host are the default.
pub(super) fn prepare(reading: &mut Reading) -> Result<(), Failure> {
    if let Some(case) = named(&reading.paths)? {
        let zone = Zone::parse(&case.zone).map_err(|error| Failure::Usage(error.to_string()))?;
        reading.tz.get_or_insert(zone);
        reading.host.get_or_insert_with(|| case.host.clone());
    }
    Ok(())
}

impl Case {
    /// The case in place of a path: `demo:rc4`.
    pub(super) fn path(&self) -> String {
        format!("{SCHEME}{}", self.name)
    }

    /// The files of the case.
    pub(super) fn inputs(&self) -> Vec<Input> {
        let of = |file: &String| {
            let own = |(name, _): &&(&str, &[u8])| name.strip_prefix("demo/") == Some(file);
            let (name, bytes) = *FILES.iter().find(own)?;
            Some(Input::Bundled { name, bytes })
        };
        self.files.iter().filter_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_names_every_file_and_no_other() {
        let index: Index = toml::from_str(INDEX).unwrap();
        let mut named: Vec<String> = Vec::new();
        for case in &index.case {
            assert_eq!(case.inputs().len(), case.files.len(), "{}", case.name);
            assert!(Zone::parse(&case.zone).is_ok());
            named.extend(case.files.iter().map(|file| format!("demo/{file}")));
        }
        let known: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, known);
    }

    #[test]
    fn a_case_stands_alone() {
        let paths = |all: &[&str]| all.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert!(named(&paths(&["mainlog", "./demo:rc4"])).unwrap().is_none());
        let case = named(&paths(&["demo:rc4"])).unwrap().unwrap();
        assert_eq!(case.path(), "demo:rc4");
        let case = named(&paths(&["demo"])).unwrap().unwrap();
        assert_eq!(case.path(), "demo:refused");
        assert!(named(&paths(&["./demo"])).unwrap().is_none());
        assert!(named(&paths(&["demo:rc4", "mainlog"])).is_err());
        assert!(named(&paths(&["demo:x"])).is_err());
    }
}
