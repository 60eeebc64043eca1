//! Messages of many mail projects: none may lose a hop.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::{all_files, corpora, received_lines};
use hopgrade::ingest::{self, Options};
use hopgrade::insight::headers;
use hopgrade::model::Trust;
use hopgrade::model::chain::{self, Evidence};
use hopgrade::model::{Hop, Mail};
use hopgrade::parse::message;
use hopgrade::source::{Given, SourceError, Twin};
use hopgrade::text::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The messages of a file: several in an mbox.
fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts = vec![0];
    if bytes.starts_with(b"From ") {
        let marks = bytes.windows(7).enumerate();
        starts.extend(
            marks
                .filter(|(_, window)| window == b"\n\nFrom ")
                .map(|(at, _)| at + 2),
        );
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| bytes.get(*start..end))
        .collect()
}

#[test]
fn every_message_loads_and_loses_no_hop() {
    let Some(corpora) = corpora() else {
        return;
    };
    let files = all_files(&corpora.join("eml"));
    let mut count = 0;
    let mut hops = 0;
    let mut with_by = 0;
    let mut with_date = 0;
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        for bytes in messages(&bytes) {
            let facts = message::parse(bytes);
            count += 1;
            assert!(facts.fields > 0, "{}", path.display());
            assert_eq!(
                facts.hops.len(),
                received_lines(bytes),
                "{}",
                path.display()
            );
            hops += facts.hops.len();
            let received: Vec<_> = facts.received().collect();
            for hop in &received {
                with_by += usize::from(!hop.by.is_empty());
                with_date += usize::from(hop.date.is_some());
            }
            let chain = chain::evaluate(&received, &Trust::default(), |_| false);
            assert_eq!(chain.hops.len(), received.len(), "{}", path.display());
            for finding in headers::findings(&facts, &chain, Lang::En) {
                assert!(
                    !finding.summary.contains(char::is_control),
                    "{}: {finding:?}",
                    path.display()
                );
                *found.entry(finding.id).or_default() += 1;
            }
        }
    }
    println!(
        "{} files, {count} messages, {hops} Received, {with_by} with by, {with_date} with date",
        files.len()
    );
    println!("findings: {found:?}");
    assert_eq!((files.len(), count, hops), (1160, 1213, 2777));
}

/// What is loaded from a path: for each mail its hops, by file and index.
fn loaded(paths: &[PathBuf]) -> (BTreeMap<(PathBuf, u32), usize>, Vec<SourceError>) {
    let loaded = ingest::load(Given::Paths(paths.to_vec()), Options::default());
    let model = &loaded.model;
    let mut own: BTreeMap<PathBuf, u32> = BTreeMap::new();
    // What bounces return is counted apart.
    let mails = model.mails.iter().filter(|mail| !mail.returned);
    let mails = mails.map(|mail| {
        let path = model.path(mail.file).to_owned();
        // The header block can be had back, from its first line to its last.
        let line = |number| model.record(mail.file, number).unwrap();
        assert!(
            !line(mail.first_line).starts_with(b"From "),
            "{}",
            path.display()
        );
        assert!(!line(mail.last_line).is_empty(), "{}", path.display());
        let index = own.entry(path.clone()).or_default();
        *index += 1;
        ((path, *index - 1), mail.hops.len())
    });
    (mails.collect(), loaded.errors)
}

#[test]
fn every_message_of_every_file_gets_into_the_model() {
    let Some(corpora) = corpora() else {
        return;
    };
    let directory = corpora.join("eml");
    let mut wanted = BTreeMap::new();
    for path in all_files(&directory) {
        let bytes = std::fs::read(&path).unwrap();
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
        for (index, message) in (0_u32..).zip(messages(&text)) {
            wanted.insert((path.clone(), index), received_lines(message));
        }
    }
    // File by file, so that copies within the corpus are read as well.
    let mut found = BTreeMap::new();
    for path in all_files(&directory) {
        let (mails, errors) = loaded(&[path]);
        assert!(errors.is_empty(), "{errors:?}");
        found.extend(mails);
    }
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(key, hops)| found.get(*key) != Some(*hops))
        .collect();
    let added: Vec<_> = found
        .keys()
        .filter(|key| !wanted.contains_key(*key))
        .collect();
    println!(
        "{} mails, {} hops",
        found.len(),
        found.values().sum::<usize>()
    );
    assert!(
        missing.is_empty() && added.is_empty(),
        "missing {missing:#?}, added {added:#?}"
    );

    // As one directory: the same but for copies under the same name, which are counted.
    let (mails, errors) = loaded(std::slice::from_ref(&directory));
    let left_out = match &errors[..] {
        [] => 0,
        [
            SourceError::Twin {
                twin: Twin::Text,
                more,
                ..
            },
        ] => more + 1,
        _ => panic!("{errors:?}"),
    };
    let files: BTreeSet<&PathBuf> = found.keys().map(|(path, _)| path).collect();
    let read: BTreeSet<&PathBuf> = mails.keys().map(|(path, _)| path).collect();
    assert_eq!(files.len() - read.len(), left_out, "{errors:?}");
    assert!(mails.iter().all(|(key, hops)| found.get(key) == Some(hops)));
}

#[test]
fn bounces_give_their_messages_back() {
    let Some(corpora) = corpora() else {
        return;
    };
    let (mut count, mut hops) = (0, 0);
    for path in all_files(&corpora.join("eml")) {
        let bytes = std::fs::read(&path).unwrap();
        let Some(returned) = message::returned(&bytes) else {
            continue;
        };
        assert!(returned.facts.fields > 0, "{}", path.display());
        let mail = Mail::returned(returned.facts, &Trust::default(), &[]);
        let believed = |hop: &Hop| matches!(hop.evidence, Evidence::Own | Evidence::Peer);
        assert!(!mail.hops.iter().any(believed), "{}", path.display());
        count += 1;
        hops += mail.hops.len();
    }
    println!("{count} returned messages with {hops} hops");
    assert_eq!((count, hops), (744, 1242));
}
