//! Targets: the frames around entries, and the reader that puts frames and grammars together.

use hopgrade::parse::{Framing, Grammar, Mta, Reader, Scratch};

use crate::facts::check;
use crate::seeds::{self, FRAME_WORDS, LOG_WORDS};
use crate::target::Target;

fn run(framing: Framing, name: &str, own: &[&str], corpora: &[&str]) {
    let mut seeds = seeds::bytes(own);
    if framing == Framing::Lines {
        seeds.extend(seeds::lines(corpora));
    } else {
        // Some records of a file, not all.
        let texts = seeds::texts(corpora);
        let records = texts.iter().flat_map(|text| records(framing, text));
        seeds.extend(records.step_by(7).take(150).map(<[u8]>::to_vec));
    }
    let target = Target {
        name,
        rounds: 3000,
        longest: 8000,
        seeds,
        words: FRAME_WORDS,
    };
    target.run(|input| {
        let mut way = vec![(Framing::detect(input).map(|found| found as u8), 0)];
        for record in records(framing, input) {
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let mut scratch = b"left over".to_vec();
            let entry = framing.open(record, &mut scratch);
            let filled = entry.map_or(0, |entry| {
                let parts = [entry.host, entry.program, entry.pid, entry.text];
                let filled = parts.map(|part| u8::from(!part.is_empty()));
                filled.iter().fold(1, |all, part| all * 2 + part)
            });
            if way.len() < 6 {
                way.push((None, filled));
            }
        }
        way
    });
}

/// Splits a text; checks that nothing is lost and that it comes to an end.
fn records(framing: Framing, text: &[u8]) -> Vec<&[u8]> {
    let mut records = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = framing.record_end(rest).unwrap_or(rest.len());
        assert!((1..=rest.len()).contains(&end), "a record of {end} bytes");
        let (record, behind) = framing.split(rest);
        assert_eq!(behind, &rest[end..]);
        let whole = &rest[..end];
        assert_eq!(record, whole.strip_suffix(b"\n").unwrap_or(whole));
        records.push(whole);
        rest = behind;
    }
    records
}

#[test]
fn envelope_lines() {
    let corpora = [
        "/syslog/",
        "journalctl.short",
        "journalctl.json",
        "with-unit",
    ];
    run(Framing::Lines, "envelope_lines", seeds::FRAMED, &corpora);
}

#[test]
fn envelope_export() {
    run(
        Framing::Export,
        "envelope_export",
        seeds::EXPORTED,
        &["journalctl.export"],
    );
}

#[test]
fn envelope_json_pretty() {
    run(
        Framing::JsonPretty,
        "envelope_json_pretty",
        seeds::PRETTY,
        &["journalctl.json-pretty"],
    );
}

#[test]
fn envelope_verbose() {
    run(
        Framing::Verbose,
        "envelope_verbose",
        seeds::VERBOSE,
        &["journalctl.verbose"],
    );
}

/// The first byte of an input chooses the reader. Facts borrow from the record or from the scratch, so where
/// their parts lie is not checked.
#[test]
fn reader() {
    let mut readers: Vec<Reader> = Framing::ALL.map(Reader::framed).to_vec();
    for mta in [Mta::Exim, Mta::Postfix, Mta::Sendmail, Mta::OpenSmtpd] {
        let grammar = Grammar::of(mta).expect("a grammar");
        readers.push(Reader::framed(Framing::Lines).forced(grammar));
        if grammar.own_log.is_some() {
            readers.push(Reader::own_log(grammar));
            readers.push(Reader::own_log(grammar).forced(grammar));
        }
    }
    let mut lines = seeds::bytes(seeds::FRAMED);
    lines.extend(seeds::bytes(seeds::EXIM));
    lines.extend(seeds::lines(&["/syslog/"]));
    let mut seeds: Vec<Vec<u8>> = lines
        .chunks(3)
        .zip((0..=u8::MAX).cycle())
        .map(|(lines, nth)| [&[nth], lines.join(&b'\n').as_slice()].concat())
        .collect();
    seeds.extend(
        [
            (1, seeds::EXPORTED),
            (2, seeds::PRETTY),
            (3, seeds::VERBOSE),
        ]
        .map(|(nth, texts)| [&[nth], texts.concat().as_bytes()].concat()),
    );
    let words = [LOG_WORDS, FRAME_WORDS].concat();
    let target = Target {
        name: "reader",
        rounds: 3000,
        longest: 8000,
        seeds,
        words: &words,
    };
    target.run(|input| {
        let Some((nth, text)) = input.split_first() else {
            return Vec::new();
        };
        let reader = readers[usize::from(*nth) % readers.len()];
        let mut scratch = Scratch::new();
        let mut ways = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (record, behind) = reader.framing.split(rest);
            rest = behind;
            let outcome = reader.read(record, rest, &mut scratch);
            ways.push(check(&outcome, None));
            ways.truncate(6);
        }
        ways
    });
}
