//! Postfix: the log of its daemons, of the releases 2.x to 3.12.
//!
//! Each entry gives one fact, without any state. Postfix logs TLS on lines that name no message; the process
//! number relates them to the messages on the connection ([`crate::parse::Turn`]).
//!
//! Remote text (addresses, HELO names, replies, header lines) is never taken for a field of Postfix. The end of
//! such a field is found by the text that Postfix writes after it; where two readings are possible, the fact is
//! ambiguous and has no TLS session.
//!
//! Kinds of facts that the log does not determine:
//! - `status=deferred` is a [`Kind::Deferral`] if a connection was attempted: there is a relay, or the reason
//!   begins with `connect to ...`. Otherwise it is a [`Kind::RetryWait`], caused by the queue manager, a
//!   look-up or the configuration.
//! - `from=<...>, status=expired, returned to sender` is a [`Kind::Failure`] without an address: the remaining
//!   recipients have failed, and have no lines of their own.
//! - A line about a server before the `status=` of the same attempt is a [`Kind::Note`], or has a kind of its
//!   own if TLS was refused or failed. A line that ends the connection has
//!   [`Turn::Closes`](crate::parse::Turn::Closes): the next one, even to the same server, may be in clear.
//! - `certificate verification failed for ...` is a note. At higher log levels Postfix logs it at TLS level
//!   `may` as well, where it has no effect. Its effect on a delivery is on the `status=` line.
//! - tlsproxy logs a session only from log level 1 on, while smtp logs the sessions of tlsproxy at every level.
//!   So only the lines of smtp state a session.
//!
//! Sources: Postfix documentation (`TLS_README`, `postconf(5)`), log texts in the source of the releases.

mod action;
mod client;
mod counts;
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

/// `Err` has the reason why a line was not understood.
type Parsed = Result<(), &'static str>;

/// True for programs of Postfix: `postfix/smtpd`, `postfix/submission/smtpd`, `mx1/qmgr`, `postfix`. A program
/// named just `smtpd` belongs to another mail system.
pub fn claims(program: &[u8]) -> bool {
    let name = daemon::name(program);
    program == b"postfix" || (name.len() < program.len() && Daemon::named(name).is_some())
}

/// Reads one entry of a syslog or journal.
pub fn entry<'a>(entry: &Entry<'a>) -> Outcome<'a> {
    let mut outcome = Outcome::Foreign;
    entry_into(entry, &mut outcome);
    outcome
}

/// Reads one entry, into an existing outcome.
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

/// A fact without any field.
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
    // The lines of these parsers do not begin like lines about an action.
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
            Daemon::Other => note::restart(fact, body) || message::read(fact, daemon, body),
            _ => message::read(fact, daemon, body),
        };
    if understood || fact.queue_id.is_empty() || note::is_known(body) {
        return Ok(());
    }
    Err("message line of no known kind")
}

#[cfg(test)]
mod tests;
