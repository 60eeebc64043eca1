//! Postfix: what its daemons write, of every release from 2.x to 3.12.
//!
//! One entry in, one fact out; no state is kept. Postfix tells of TLS on lines that name no message; the
//! process number ties them to the messages that went over the connection ([`crate::parse::Turn`]).
//!
//! What others wrote into a line (addresses, HELO names, replies, header lines) is never taken for a field
//! of Postfix's own. Field ends are found by what Postfix writes behind them; where two readings of one
//! line stand, the fact is marked ambiguous and states nothing about TLS.
//!
//! How kinds are chosen where Postfix's own words leave room:
//! - `status=deferred` is a [`Kind::Deferral`] only where a connection was tried: with a relay, or with
//!   `connect to ...` in its reason. Without a relay it is a [`Kind::RetryWait`]: the queue manager, a
//!   look-up or the configuration held it back.
//! - `from=<...>, status=expired, returned to sender` is a [`Kind::Failure`] without an address: the
//!   recipients left are given up, and no line of their own says so.
//! - A line about one server that precedes the `status=` of the same attempt is a [`Kind::Note`], or a kind of
//!   its own where TLS was refused or failed. Those that end the connection say
//!   [`Turn::Closes`](crate::parse::Turn::Closes): the next one, to the same server too, may be in clear.
//! - `certificate verification failed for ...` is a note: with a higher log level Postfix writes it at
//!   level `may` as well, where it stops nothing. What stops the delivery stands in the `status=` line.
//! - tlsproxy repeats what smtp says, but from log level 1 on only, while smtp tells of what tlsproxy does for it at
//!   every level; its lines state nothing.
//!
//! Sources: Postfix documentation (`TLS_README`, `postconf(5)`), log texts of the releases.

mod action;
mod client;
mod daemon;
mod delivery;
mod fields;
mod host;
mod message;
mod nameless;
mod note;
mod queue_id;
mod reason;
mod screen;
mod server;
mod tls_line;
mod tls_status;

use super::{Entry, Fact, Kind, Outcome};
use daemon::Daemon;

/// Filled the fact, or why the line was not understood.
type Parsed = Result<(), &'static str>;

/// Whether entries of a program of that name are its own: `postfix/smtpd`, `postfix/submission/smtpd`,
/// `mx1/qmgr`, `postfix`. A bare `smtpd` is another system's.
pub fn claims(program: &[u8]) -> bool {
    let name = daemon::name(program);
    program == b"postfix" || (name.len() < program.len() && Daemon::named(name).is_some())
}

/// Reads one entry.
pub fn entry<'a>(entry: &Entry<'a>) -> Outcome<'a> {
    let mut outcome = Outcome::Foreign;
    entry_into(entry, &mut outcome);
    outcome
}

/// The same into a place that is there already.
pub(super) fn entry_into<'a>(entry: &Entry<'a>, outcome: &mut Outcome<'a>) {
    let daemon = match entry.program {
        b"postfix" => Some(nameless::daemon(entry.text)),
        program => Daemon::named(daemon::name(program)),
    };
    let Some(daemon) = daemon else {
        *outcome = Outcome::Foreign;
        return;
    };
    *outcome = EMPTY;
    if let Outcome::Fact(fact) = outcome {
        (fact.stamp, fact.host, fact.program) = (entry.stamp, entry.host, entry.program);
        if let Err(reason) = read(fact, daemon, entry.pid, entry.text.trim_ascii_end()) {
            *outcome = Outcome::NotUnderstood(reason);
        }
    }
}

/// A fact that says nothing yet.
const EMPTY: Outcome<'static> = Outcome::Fact(Fact::EMPTY);

fn read<'a>(fact: &mut Fact<'a>, daemon: Daemon, pid: &'a [u8], text: &'a [u8]) -> Parsed {
    fact.kind = Kind::Note;
    fact.text = text;
    if note::leveled(fact, daemon, pid, text) {
        return Ok(());
    }
    let (queue_id, body) = queue_id::split(text);
    fact.queue_id = queue_id.unwrap_or_default();
    fact.text = body;
    if body.starts_with(b"to=") && !fact.queue_id.is_empty() {
        return delivery::read(fact, daemon, pid, body);
    }
    // None of these begins as the lines about an action do.
    let usual = match daemon {
        Daemon::Smtpd => server::connection(fact, pid, body),
        Daemon::Queue | Daemon::Cleanup => message::usual(fact, daemon, body),
        _ => false,
    };
    let understood = usual
        || action::read(fact, daemon, pid, body)
        || match daemon {
            Daemon::Smtpd => server::read(fact, pid, body),
            Daemon::Smtp | Daemon::Lmtp => client::read(fact, daemon, pid, body),
            Daemon::Postscreen | Daemon::Tlsproxy | Daemon::Dnsblog => {
                screen::read(fact, daemon, body)
            }
            _ => message::read(fact, daemon, body),
        };
    if understood || fact.queue_id.is_empty() || note::is_known(body) {
        return Ok(());
    }
    Err("message line of no known kind")
}

#[cfg(test)]
mod tests;
