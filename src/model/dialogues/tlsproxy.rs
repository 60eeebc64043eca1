//! What a line about TLS shows of its writer, and TLS that one process lends to another, on connections that are kept
//! for further messages.
//!
//! Postfix's SMTP client tells of these at every log level, so they say nothing of the silence about others. The
//! lender (tlsproxy) is asked for the client's log level, and tells of them only where all are told of.

use crate::model::forget::MovingStrings;
use crate::model::origin::Kept;
use crate::model::{Event, Model, Origin, Strings, Symbol};
use crate::parse::{Direction, Mta, Turn};

use super::same_peer;

/// The longest that Postfix waits for STARTTLS and the handshake.
const HANDSHAKE_MS: i64 = 5 * 60 * 1000;
/// More of them at a time than a host has processes.
const MOST: usize = 256;

/// Connections on which TLS is lent, until the borrower tells of them; oldest first.
#[derive(Debug, Default)]
pub(super) struct Loans(Vec<Loan>);

#[derive(Clone, Copy, Debug)]
struct Loan {
    host: Symbol,
    peer: Symbol,
    time: i64,
    told: bool,
}

impl Loans {
    /// The same with strings of another model.
    pub(super) fn moved(&self, strings: &mut MovingStrings<'_>) -> Self {
        let moved = self.0.iter().map(|loan| Loan {
            host: strings.word(loan.host),
            peer: strings.peer(loan.peer),
            ..*loan
        });
        Self(moved.collect())
    }

    /// The lender connects to a peer.
    fn lends(&mut self, host: Symbol, event: &Event) {
        let time = event.time();
        self.0
            .retain(|loan| (time - loan.time).abs() <= HANDSHAKE_MS);
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push(Loan {
            host,
            peer: event.peer,
            time,
            told: false,
        });
    }

    /// The lender tells of the TLS.
    fn lent(&mut self, strings: &Strings, host: Symbol, event: &Event) {
        let mut untold = self.0.iter_mut().filter(|loan| !loan.told);
        if let Some(loan) = untold.find(|loan| loan.is_with(strings, host, event)) {
            loan.told = true;
        }
    }

    /// The borrower tells of it: whether the lender did so before; `None` where nobody lent it.
    fn borrowed(&mut self, strings: &Strings, host: Symbol, event: &Event) -> Option<bool> {
        let is = |loan: &Loan| loan.is_with(strings, host, event);
        let told = self.0.iter().position(|loan| loan.told && is(loan));
        let at = told.or_else(|| self.0.iter().position(is))?;
        Some(self.0.remove(at).told)
    }
}

impl Loan {
    fn is_with(&self, strings: &Strings, host: Symbol, event: &Event) -> bool {
        self.host == host
            && (event.time() - self.time).abs() <= HANDSHAKE_MS
            && same_peer(strings, self.peer, event.peer)
    }
}

impl Model {
    /// Notes what a process says of TLS that it lends.
    pub(super) fn lent(&mut self, event: &Event, turn: Turn, origin: &Origin) {
        let loans = &mut self.dialogues.loans;
        if turn == Turn::Lends {
            loans.lends(origin.host, event);
        } else {
            loans.lent(&self.strings, origin.host, event);
        }
    }

    /// Notes what a line about TLS with a next host shows of its writer.
    pub(super) fn told(&mut self, event: &Event) {
        let origin = self.origins.get_mut(usize::from(event.origin));
        let outbound = event.direction() == Some(Direction::Out);
        let Some(origin) = origin.filter(|own| outbound && !own.mixed) else {
            return;
        };
        if origin.mta != Mta::Postfix {
            origin.told_outbound = true;
            return;
        }
        let loans = &mut self.dialogues.loans;
        let told = if event.is_reused() {
            Some(false)
        } else {
            loans.borrowed(&self.strings, origin.host, event)
        };
        match (told, origin.kept) {
            (Some(true), _) | (_, Kept::ByBoth) => origin.kept = Kept::ByBoth,
            (Some(false), _) => origin.kept = Kept::Alone,
            (None, _) => {}
        }
        // With some kept, one that was set up without help may have been helped by a process whose lines are missing.
        origin.shows.outbound = origin.kept != Kept::Alone;
        origin.told_outbound = origin.shows.outbound;
    }
}
