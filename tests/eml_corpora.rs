//! Messages of many mail projects: none may lose a hop.

mod common;

use common::{all_files, corpora, received_lines};
use hopgrade::insight::headers;
use hopgrade::model::chain::{self, Evidence, Trust};
use hopgrade::model::{Hop, Mail};
use hopgrade::parse::message;
use std::collections::BTreeMap;

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
            for finding in headers::findings(&facts, &chain) {
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
