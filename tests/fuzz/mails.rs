//! Targets: Received headers, messages, returned messages, files of messages.

use hopgrade::parse::message;
use hopgrade::parse::received::{self, Received};
use hopgrade::source::mbox::{BODY_BYTES, HEADER_BYTES, Piece, Splitter, starts_mbox};
use hopgrade::tls::TlsState;

use crate::common;
use crate::facts::lies_in;
use crate::seeds::{self, HEADER_WORDS};
use crate::target::Target;

/// Received headers of the corpora.
fn dialects() -> Vec<Vec<u8>> {
    let Some(root) = common::corpora() else {
        return Vec::new();
    };
    let rows = common::json_lines(&root.join("received-dialects.jsonl"));
    let raw = |row: &serde_json::Value| {
        let text = row.as_object()?.values().filter_map(|value| value.as_str());
        text.max_by_key(|text| text.len())
            .map(|text| text.as_bytes().to_vec())
    };
    rows.iter().filter_map(raw).collect()
}

pub fn check_received(header: &[u8], hop: &Received<'_>) {
    let texts = [
        hop.name,
        hop.rdns,
        hop.helo,
        hop.ip,
        hop.ident,
        hop.auth,
        hop.by,
        hop.by_ip,
        hop.software,
        hop.via,
        hop.with,
        hop.suite,
        hop.id,
        hop.recipient,
        hop.from_name(),
    ];
    let tls = hop
        .statement
        .map_or([&b""[..]; 3], |tls| [tls.version, tls.cipher, tls.group]);
    for slice in texts.into_iter().chain(tls) {
        assert!(
            lies_in(slice, &[header]),
            "{:?}",
            slice.escape_ascii().to_string()
        );
    }
    assert_eq!(hop.statement.is_some(), hop.tls == TlsState::Yes);
    let mute = matches!(hop.tls, TlsState::NotStated | TlsState::NotApplicable);
    assert!(
        !hop.doubts.ambiguous || mute,
        "ambiguous, yet {:?}",
        hop.tls
    );
    assert_ne!(hop.tls, TlsState::Refused);
}

#[test]
fn received() {
    let mut seeds = seeds::bytes(seeds::RECEIVED);
    seeds.extend(dialects());
    let target = Target {
        name: "received",
        rounds: 4000,
        longest: 4000,
        seeds,
        words: HEADER_WORDS,
    };
    target.run(|header| {
        let hop = received::parse(header);
        check_received(header, &hop);
        let filled = [
            hop.name,
            hop.rdns,
            hop.helo,
            hop.ip,
            hop.ident,
            hop.auth,
            hop.by,
            hop.by_ip,
            hop.software,
            hop.via,
            hop.with,
            hop.suite,
            hop.id,
            hop.recipient,
        ];
        let filled = filled
            .iter()
            .fold(0_u32, |all, part| all * 2 + u32::from(!part.is_empty()));
        let doubts = (hop.doubts.keyword, hop.doubts.ambiguous, hop.doubts.mended);
        let tls = hop.statement.map(|tls| {
            (
                tls.version.is_empty(),
                tls.cipher.is_empty(),
                tls.bits.is_some(),
            )
        });
        (
            filled,
            hop.transport,
            hop.tls,
            tls,
            doubts,
            format!("{:?}", hop.writer),
            hop.date.is_some(),
        )
    });
}

fn mails() -> Vec<Vec<u8>> {
    let mut seeds = seeds::bytes(&[seeds::MAIL, &seeds::bounce()]);
    let eml = seeds::texts(&["mta-lab/eml/", "/eml/"]);
    let step = eml.len().div_ceil(200).max(1);
    let short = eml.into_iter().step_by(step).map(|mut text| {
        text.truncate(8000);
        text
    });
    seeds.extend(short);
    seeds
}

#[test]
fn message_headers() {
    let target = Target {
        name: "message_headers",
        rounds: 2000,
        longest: 12_000,
        seeds: mails(),
        words: HEADER_WORDS,
    };
    target.run(|text| {
        let looks = message::looks_like_headers(text);
        let facts = message::parse(text);
        for (hop, raw) in facts.received().zip(&facts.hops) {
            check_received(raw, &hop);
        }
        assert!(facts.hops.len() <= facts.fields);
        let counts = [
            facts.fields,
            facts.hops.len(),
            facts.from.len(),
            facts.to.len(),
        ];
        (
            (
                looks,
                facts.complete,
                facts.mended,
                counts.map(|count| count.min(4)),
            ),
            (
                facts.subject.is_some(),
                facts.date.is_some(),
                facts.message_id.is_empty(),
            ),
            (
                facts.software.len(),
                facts.charsets.len(),
                facts.return_path.is_some(),
            ),
            (
                facts.eight_bit_body,
                facts.lines.bare_cr,
                facts.lines.bare_lf,
            ),
        )
    });
}

#[test]
fn returned_messages() {
    let mut seeds = mails();
    seeds.extend(std::iter::repeat_n(
        seeds::bounce().into_bytes(),
        seeds.len() / 2 + 1,
    ));
    let target = Target {
        name: "returned_messages",
        rounds: 2000,
        longest: 12_000,
        seeds,
        words: HEADER_WORDS,
    };
    target.run(|text| {
        let back = message::returned(text)?;
        assert!(message::parse(text).may_return);
        let unix = text[..text.len().min(8 << 10)].contains(&b'\n');
        let ends = |byte: &u8| *byte == b'\n' || (*byte == b'\r' && !unix);
        let lines = text.split(ends).count();
        assert!(back.lines.start <= back.lines.end, "{:?}", back.lines);
        assert!(
            back.lines.end as usize <= lines,
            "{:?} of {lines}",
            back.lines
        );
        for (hop, raw) in back.facts.received().zip(&back.facts.hops) {
            check_received(raw, &hop);
        }
        Some((
            back.facts.mended,
            back.facts.fields.min(9),
            back.facts.hops.len(),
            back.facts.complete,
        ))
    });
}

/// A message as the splitter gave it.
type Found = (u32, u32, Vec<u8>);

/// Splits a text that comes in pieces of so many lines.
fn split(text: &[u8], lines: usize) -> Vec<Found> {
    let mut splitter = Splitter::new();
    let mut found = Vec::new();
    let (mut number, mut offset) = (1, 0);
    let all: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let kept = |pieces: Vec<Piece>, lines: &[u8]| -> Vec<Found> {
        let pieces = pieces.iter();
        let kept = pieces.map(|piece| {
            (
                piece.first_line,
                piece.last_line,
                piece.bytes(lines).to_vec(),
            )
        });
        kept.collect()
    };
    for part in all.chunks(lines) {
        let bytes = part.concat();
        found.extend(kept(splitter.take(&bytes, number, offset), &bytes));
        number += u32::try_from(part.len()).expect("few lines");
        offset += bytes.len() as u64;
    }
    found.extend(kept(splitter.end(offset), b""));
    found
}

#[test]
fn mbox_splitter() {
    let mut seeds = seeds::bytes(&[&seeds::mbox(), &seeds::mbox().replace('\n', "\r\n")]);
    seeds.extend(
        seeds::texts(&[".mbox", "/mbox"])
            .into_iter()
            .map(|mut text| {
                text.truncate(16_000);
                text
            }),
    );
    let target = Target {
        name: "mbox_splitter",
        rounds: 1500,
        longest: 24_000,
        seeds,
        words: HEADER_WORDS,
    };
    target.run(|text| {
        let all = text.split_inclusive(|byte| *byte == b'\n').count();
        let found = split(text, all.max(1));
        assert_eq!(found, split(text, 1), "line by line");
        assert_eq!(found, split(text, 7), "in pieces");
        let mut before = 0;
        for (first, last, bytes) in &found {
            assert!(
                before < *first && first <= last && *last as usize <= all,
                "{first} to {last}"
            );
            assert!(bytes.len() <= HEADER_BYTES + BODY_BYTES);
            before = *first;
        }
        (
            starts_mbox(text),
            found.len(),
            found.iter().map(|(first, last, _)| last - first).max(),
        )
    });
}
