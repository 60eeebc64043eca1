//! Exim: main log, reject log and panic log of the releases 4.50 to 4.100.
//!
//! Each line gives one fact, without any state. Fields are found by tag, never by position. Text that remote hosts
//! can put on a line (addresses, HELO names, idents, certificate names, subjects, Message-IDs, replies) is never
//! taken for a field of Exim: where both readings are possible, the fact is ambiguous and has no TLS session.
//!
//! Kinds of facts that the log does not determine:
//! - A line about a connection before the `==`, `**` or `=>` of the same attempt (`H=name [ip] Connection
//!   refused`) is a [`Kind::Note`] with the peer and direction out. Only lines about TLS have kinds of their
//!   own. They belong to the attempt of the line after them.
//! - `*>` (`-N`, nothing was sent) is a [`Kind::Delivery`] with direction local and without TLS.
//! - A recipient that failed or was deferred without reaching a host has no direction.
//! - Unknown text with a message ID (`logwrite` of an ACL) is a [`Kind::Note`]; without an ID it is not
//!   understood.
//!
//! Sources: Exim specification, chapters "Log files" and "Message IDs"; log texts in the source of the releases.

mod address;
mod arrival;
mod deferral;
mod delivery;
mod detail;
mod detect;
mod errors;
mod fields;
mod frame;
mod host;
mod inbound;
mod lifecycle;
mod note;
mod plain;
mod queue_id;
mod session;
mod tail;
mod tls;
mod x;

pub use detect::detect;
pub use queue_id::arrival_seconds;

use super::{Entry, Fact, Flag, Kind, Outcome, Piece, Plain, Stamp, stamp};
use frame::Part;

/// `Err` has the reason why a line was not understood.
type Parsed = Result<(), &'static str>;

/// Reads one line, without its line feed. A carriage return at the end is ignored.
pub fn line(line: &[u8]) -> Outcome<'_> {
    let bare = line.strip_suffix(b"\r").unwrap_or(line);
    let (piece, bare) = frame::piece(bare);
    if piece == Part::Later {
        return Outcome::Continuation;
    }
    match frame::stamped(bare) {
        Some((stamp, rest)) => parse_any(stamp, rest, piece == Part::Cut),
        None if frame::continues(bare) => Outcome::Continuation,
        None => Outcome::NotMine,
    }
}

/// Queue ID of a line that [`line()`] reads, empty for none and on continuation lines; `None` for lines of
/// other logs. Much faster than reading the line.
pub fn own_queue_id(line: &[u8]) -> Option<&[u8]> {
    let bare = line.strip_suffix(b"\r").unwrap_or(line);
    match frame::stamped(bare) {
        Some((_, rest)) => Some(frame::message_id(frame::without_pid(rest)).0),
        None => frame::continues(bare).then_some(b""),
    }
}

/// True for program names of Exim in syslog: `exim`, `exim4`, and common names made by `syslog_processname` or
/// systemd units: `exim-out`, `exim_mx2`, `exim4.service`.
pub fn claims(program: &[u8]) -> bool {
    let Some(more) = program.strip_prefix(b"exim") else {
        return false;
    };
    let end = more.iter().position(|byte| !byte.is_ascii_digit());
    match more.get(end.unwrap_or(more.len())..) {
        None | Some([]) => true,
        Some([b'-' | b'_' | b'.' | b'/' | b'@' | b':', name @ ..]) => {
            // Tools that transfer no mail: exim_exporter, exim_tidydb, exim_dumpdb, exim_dbmbuild, ...
            !HELPERS.iter().any(|helper| name.starts_with(helper))
        }
        Some(_) => false,
    }
}

const HELPERS: [&[u8]; 8] = [
    b"exporter",
    b"tidydb",
    b"dumpdb",
    b"fixdb",
    b"dbmbuild",
    b"lock",
    b"checkaccess",
    b"stats",
];

/// Reads the mark of an entry that Exim split because of its length; `None` for whole entries, and for the
/// lines of a reject log entry.
pub fn piece(text: &[u8]) -> Option<Piece<'_>> {
    frame::length_piece(text)
}

/// Reads a syslog entry. Exim's own time stamp (absent with `syslog_timestamp = false`) is used unless only
/// that of the frame has an offset.
pub fn entry<'a>(entry: &Entry<'a>) -> Outcome<'a> {
    let (piece, rest) = frame::piece(entry.text);
    if piece == Part::Later {
        return Outcome::Continuation;
    }
    let (logged, rest) = frame::stamped(rest).unwrap_or((entry.stamp, rest));
    let stamp = if logged.offset.is_none() && entry.stamp.offset.is_some() {
        entry.stamp
    } else {
        logged
    };
    let mut outcome = text(stamp, rest, piece == Part::Cut);
    if let Outcome::Fact(fact) = &mut outcome {
        fact.host = entry.host;
        fact.program = entry.program;
        fact.dialogue = entry.pid;
    }
    outcome
}

/// Splits a line into `plain` if it is in a common form, else returns false. Into an existing value, because
/// copying it is measurable.
pub fn glance<'a>(line: &'a [u8], plain: &mut Plain<'a>) -> bool {
    let bare = line.strip_suffix(b"\r").unwrap_or(line);
    if bare.get(10) == Some(&b' ')
        && let Some((civil, rest)) = stamp::bare_second(bare)
    {
        *plain = Plain::default();
        plain.stamp.civil = civil;
        return split(rest, plain);
    }
    let Some((stamp, rest)) = frame::stamped(bare) else {
        return false;
    };
    *plain = Plain {
        stamp,
        ..Plain::default()
    };
    split(rest, plain)
}

/// Splits the text after the time stamp.
fn split<'a>(rest: &'a [u8], plain: &mut Plain<'a>) -> bool {
    let (queue_id, rest) = frame::message_id(frame::without_pid(rest));
    plain.queue_id = queue_id;
    plain::split(plain, rest).is_some()
}

/// Parses the words of a line in a common form; see [`Plain::read_words`].
pub(super) fn plain_words<'a>(plain: &Plain<'a>) -> Option<Fact<'a>> {
    plain::read(plain)
}

/// Parses a line in a common form; see [`Plain::fact`].
pub(super) fn plain_fact<'a>(plain: &Plain<'a>) -> Option<Fact<'a>> {
    plain::whole(plain)
}

/// Parses the text after the time stamp, by the fast parser if the line is in a common form.
fn text(stamp: Stamp, rest: &[u8], cut: bool) -> Outcome<'_> {
    let mut plain = Plain {
        stamp,
        ..Plain::default()
    };
    if !cut
        && split(rest, &mut plain)
        && let Some(fact) = plain.fact()
    {
        return Outcome::Fact(fact);
    }
    parse_any(stamp, rest, cut)
}

/// Parses the text after the time stamp by the parser for all forms.
fn parse_any(stamp: Stamp, rest: &[u8], cut: bool) -> Outcome<'_> {
    let (queue_id, rest) = frame::message_id(frame::without_pid(rest));
    let mut fact = Fact {
        stamp,
        queue_id,
        ..Fact::default()
    };
    let parsed = if queue_id.is_empty() {
        without_message(&mut fact, rest)
    } else {
        of_message(&mut fact, rest, cut)
    };
    match parsed {
        Ok(()) => Outcome::Fact(fact),
        Err(reason) => Outcome::NotUnderstood(reason),
    }
}

/// Parses a line with a message ID: a mark and fields, or words.
fn of_message<'a>(fact: &mut Fact<'a>, rest: &'a [u8], cut: bool) -> Parsed {
    match rest {
        [b'<', b'=', b' ', text @ ..] => arrival::read(fact, text, Flag::Arrived, cut),
        [b'(', b'=', b' ', text @ ..] => arrival::read(fact, text, Flag::FakeReject, cut),
        [b'=', b'>', b' ', text @ ..] => delivery::read(fact, text, Flag::Delivered, cut),
        [b'-', b'>', b' ', text @ ..] => delivery::read(fact, text, Flag::Also, cut),
        [b'>', b'>', b' ', text @ ..] => delivery::read(fact, text, Flag::Cutthrough, cut),
        [b'*', b'>', b' ', text @ ..] => delivery::read(fact, text, Flag::Suppressed, cut),
        [b'*', b'*', b' ', text @ ..] => delivery::read(fact, text, Flag::Failed, cut),
        [b'=', b'=', b' ', text @ ..] => deferral::read(fact, text, cut),
        [] => Err("nothing behind the message ID"),
        [b'<' | b'(' | b'=' | b'-' | b'>' | b'*', b'=' | b'>' | b'*'] => {
            Err("nothing behind the mark")
        }
        _ => {
            words(fact, rest);
            Ok(())
        }
    }
}

fn words<'a>(fact: &mut Fact<'a>, text: &'a [u8]) {
    fact.text = text;
    let read = lifecycle::read(fact, text)
        || detail::read(fact, text)
        || inbound::read(fact, text)
        || session::read(fact, text);
    if !read {
        fact.kind = Kind::Note;
    }
}

/// Parses a line about a connection, the daemon or a queue run.
fn without_message<'a>(fact: &mut Fact<'a>, text: &'a [u8]) -> Parsed {
    fact.text = text;
    if detail::read(fact, text) || inbound::read(fact, text) || session::read(fact, text) {
        return Ok(());
    }
    if note::is_administrative(text) {
        fact.kind = Kind::Note;
        return Ok(());
    }
    Err(if text.is_empty() {
        "nothing behind the time stamp"
    } else {
        "words of no known kind"
    })
}

#[cfg(test)]
mod tests;
