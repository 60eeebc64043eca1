//! What holds for every fact, whoever wrote the line.

use hopgrade::parse::{Direction, Fact, Kind, Outcome, Turn};

/// Words that a grammar puts in where a line has none or another.
const PUT_IN: [&[u8]; 2] = [b"mda", b"<>"];

/// True if `part` lies in one of the texts. Empty ones lie anywhere.
pub fn lies_in(part: &[u8], texts: &[&[u8]]) -> bool {
    let place = part.as_ptr_range();
    part.is_empty()
        || texts.iter().any(|text| {
            let text = text.as_ptr_range();
            text.start <= place.start && place.end <= text.end
        })
}

/// Every slice of a fact.
pub fn slices<'a>(fact: &Fact<'a>) -> Vec<&'a [u8]> {
    let mut slices = vec![
        fact.host,
        fact.program,
        fact.dialogue,
        fact.queue_id,
        fact.sender,
        fact.address,
        fact.parent_address,
        fact.recipients,
        fact.router,
        fact.transport,
        fact.peer.name,
        fact.peer.helo,
        fact.peer.ip,
        fact.protocol,
        fact.enhanced_status,
        fact.message_id,
        fact.reference,
        fact.notification,
        fact.former_id,
        fact.subject,
        fact.text,
        fact.peer_queue_id(),
    ];
    if let Some(tls) = fact.tls {
        slices.extend([tls.version, tls.cipher, tls.group]);
    }
    slices
}

/// Checks an outcome, whose parts lie in `texts` if these are given; gives the way in which it was read.
pub fn check(outcome: &Outcome<'_>, texts: Option<&[&[u8]]>) -> Way {
    match outcome {
        Outcome::Fact(fact) => {
            check_fact(fact, texts);
            way(fact)
        }
        Outcome::Continuation => (1, 0, 0, 0),
        Outcome::NotMine => (2, 0, 0, 0),
        Outcome::Foreign | Outcome::LinesLost(_) => (3, 0, 0, 0),
        Outcome::NotUnderstood(reason) => {
            assert!(!reason.is_empty() && reason.len() < 80);
            (4, 0, 0, reason.len())
        }
    }
}

fn check_fact(fact: &Fact<'_>, texts: Option<&[&[u8]]>) {
    for slice in slices(fact) {
        let lies = texts.is_none_or(|texts| lies_in(slice, texts) || PUT_IN.contains(&slice));
        assert!(lies, "{:?}", slice.escape_ascii().to_string());
    }
    assert!(
        !(fact.ambiguous && fact.tls.is_some()),
        "ambiguous, yet states TLS"
    );
    if fact.turn == Turn::Secured {
        assert!(fact.tls.is_some(), "TLS was set up, yet none is stated");
    }
    if fact.direction == Some(Direction::Local) {
        assert!(fact.tls.is_none(), "no network, yet TLS");
    }
    if fact.kind == Kind::TlsRefused {
        assert!(fact.tls.is_none(), "TLS was refused, yet is stated");
    }
}

pub type Way = (u8, u64, u64, usize);

fn way(fact: &Fact<'_>) -> Way {
    let filled = slices(fact)
        .iter()
        .enumerate()
        .map(|(nth, slice)| u64::from(!slice.is_empty()) << nth)
        .sum();
    let flags = [
        fact.ambiguous,
        fact.tls.is_some(),
        fact.peer.reused,
        fact.errno.is_some(),
        fact.size.is_some(),
    ];
    let flags = flags.iter().fold(0, |all, flag| all * 2 + u64::from(*flag));
    let words = [
        fact.kind as u64,
        fact.turn as u64,
        fact.absence as u64,
        fact.trouble.map_or(9, |trouble| trouble as u64),
        fact.direction.map_or(9, |direction| direction as u64),
        fact.flag.map_or(9, |flag| flag as u64),
    ];
    let words = words.iter().fold(flags, |all, word| all * 32 + word);
    (0, filled, words, fact.text.len().min(1))
}
