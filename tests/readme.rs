//! The README tells what the program does: its tables of keys, filter fields and exit statuses
//! are those in force.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::fmt::Write;

use hopgrade::cli::STATUSES;
use hopgrade::query::{FIELDS, Query};
use hopgrade::tls::Grade;
use hopgrade::ui::{ACTIONS, Keymap, Scope};

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

fn keys() -> String {
    let keymap = Keymap::new(&BTreeMap::new()).unwrap();
    let mut table = String::from("| key | action | what it does |\n|---|---|---|\n");
    for info in ACTIONS {
        let mut keys = keymap.keys_of(Scope::List, info.action);
        let elsewhere = [Scope::Detail, Scope::Overview];
        for key in elsewhere
            .map(|scope| keymap.keys_of(scope, info.action))
            .concat()
        {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        let _ = writeln!(
            table,
            "| {} | {} | {} |",
            keys.join(" "),
            info.name,
            info.help
        );
    }
    table
}

fn fields() -> String {
    let mut table = String::from("| field | what it is | for instance |\n|---|---|---|\n");
    for info in FIELDS {
        let _ = writeln!(
            table,
            "| `{}` | {} | `{}` |",
            info.name, info.help, info.example
        );
    }
    table
}

fn grades() -> String {
    let mut table = String::from("| grade | mark | word | meaning |\n|---|---|---|---|\n");
    for grade in Grade::ALL {
        let (letter, mark, word) = (grade.letter(), grade.mark(), grade.word());
        let _ = writeln!(
            table,
            "| {letter} | `{mark}` | {word} | {} |",
            grade.meaning()
        );
    }
    table
}

fn statuses() -> String {
    let mut table = String::from("| status | meaning |\n|---|---|\n");
    for (status, meaning) in STATUSES {
        let _ = writeln!(table, "| {status} | {meaning} |");
    }
    // Nor does the README's go on below.
    table + "\n"
}

#[test]
fn the_tables_are_those_in_force() {
    let readme = readme();
    for (name, table) in [
        ("keys", keys()),
        ("fields", fields()),
        ("grades", grades()),
        ("exit statuses", statuses()),
    ] {
        assert!(
            readme.contains(&table),
            "the README's table of {name} should read:\n{table}"
        );
    }
}

#[test]
fn every_filter_shown_is_a_filter() {
    for info in FIELDS {
        assert!(Query::parse(info.example).is_ok(), "{}", info.example);
    }
    let readme = readme();
    let shown = readme
        .split("--where '")
        .skip(1)
        .map(|rest| rest.split('\'').next().unwrap());
    let mut checked = 0;
    for filter in shown {
        assert!(Query::parse(filter).is_ok(), "{filter}");
        checked += 1;
    }
    assert!(checked >= 2);
}

#[test]
fn the_pictures_exist() {
    for part in readme().split("](").skip(1) {
        let target = part.split(')').next().unwrap();
        if !target.contains("://") && !target.starts_with('#') {
            let path = format!("{}/{target}", env!("CARGO_MANIFEST_DIR"));
            assert!(
                std::path::Path::new(&path).exists(),
                "{target} is not there"
            );
        }
    }
}
