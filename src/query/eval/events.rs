//! The events that match a term.

use std::sync::Arc;

use crate::model::tried::Laid;
use crate::model::{Cidr, Event, Model};
use crate::parse::Kind;
use crate::query::{Code, NumberField, Set, Term, TextField, TextMatch};
use crate::tls::Version;

use super::strings::{self, Strings};
use super::{Bits, Scene};

/// Test of an event.
pub(super) type EventTest<'a> = Box<dyn Fn(&Event) -> bool + 'a>;

impl Scene<'_> {
    /// Events from `first` on that match a term, counted from 0; `None` when cancelled. Sender, size and status
    /// of an event are those of its message. The host of a wait is the one that it is laid to.
    pub(super) fn events_where(&self, term: &Term, first: u32) -> Option<Bits> {
        let all = &self.model.events;
        let by_line = self.events_by_line(term)?;
        let by_message = self.by_message_of(term, first)?;
        let test = self.event_test(term, first)?;
        let mut passed = Bits::empty(all.len().saturating_sub(first));
        for (place, event) in (0_u32..).zip(all.range(first, all.len())) {
            if place.is_multiple_of(0x1_0000) {
                self.breaks.go_on()?;
            }
            if by_line.has(event.number) || by_message(event.message) || test(&event) {
                passed.set(place);
            }
        }
        Some(passed)
    }

    /// The test that a term is for a single event from `first` on; `None` when cancelled. Where `first` is not the
    /// first event of all, strings are asked as they come: so few events have a small part of them.
    fn event_test(&self, term: &Term, first: u32) -> Option<EventTest<'_>> {
        let (model, grades) = (self.model, self.grades);
        Some(match term {
            Term::Anywhere(text) => self.anywhere_test(text, first)?,
            Term::Text { field, text } => self.text_test(*field, text, first)?,
            Term::Grade(set) => {
                let set = *set;
                Box::new(move |event| set.contains(grades.event(model, event)))
            }
            Term::Version(set) => self.version_test(*set),
            Term::Tls(set) => {
                // A row says of every event what is known of TLS, even where that is no question.
                let set = *set;
                Box::new(move |event| set.contains(model.tls_state(event)))
            }
            Term::Kind(set) => {
                let set = *set;
                Box::new(move |event| set.contains(event.kind))
            }
            Term::Ip(range) => self.network_test(*range, first),
            Term::Code(code) => self.code_test(*code, first),
            Term::Number {
                field: NumberField::Errno,
                cmp,
                value,
            } => {
                let (cmp, value) = (*cmp, *value);
                Box::new(move |event| {
                    let errno = model.remark(event).errno;
                    errno != 0 && cmp.holds(&i64::from(errno), &value)
                })
            }
            Term::Time { edge, moment } => {
                let passes = self.in_time(*edge, *moment);
                Box::new(move |event| passes(event.time(), event.time()))
            }
            Term::Status(_) | Term::Delay { .. } | Term::Number { .. } => Box::new(|_| false),
        })
    }

    /// The test whether anything that an event tells has the text; `None` when cancelled.
    fn anywhere_test(&self, text: &TextMatch, first: u32) -> Option<EventTest<'_>> {
        let model = self.model;
        let addresses = self.found(Strings::Addresses, text)?;
        let peers = self.host_test(self.found(Strings::Peers, text)?, first);
        let texts = self.found(Strings::Texts, text)?;
        let kinds = strings::kinds(text);
        let ciphers = self.ciphers(text);
        Some(Box::new(move |event| {
            addresses.has(event.address.0)
                || addresses.has(model.remark(event).parent.0)
                || peers(event)
                || texts.has(model.remark(event).text.0)
                || kinds.contains(&event.kind)
                || ciphers.has(u32::from(event.session))
        }))
    }

    fn version_test(&self, set: Set<Version>) -> EventTest<'_> {
        let sessions = self.sessions(|s| s.version.is_some_and(|version| set.contains(version)));
        Box::new(move |event| !event.is_ambiguous() && sessions.has(u32::from(event.session)))
    }

    fn network_test(&self, range: Cidr, first: u32) -> EventTest<'_> {
        if first > 0 {
            let laid = self.laid(first);
            return Box::new(move |event| self.is_in_network(range, laid.host(event)));
        }
        self.host_test(Arc::new(self.networks(range)), first)
    }

    /// The test whether the host of an event is one of these.
    fn host_test(&self, hosts: Arc<Bits>, first: u32) -> EventTest<'_> {
        if hosts.is_empty() {
            return Box::new(|_| false);
        }
        let laid = self.laid(first);
        Box::new(move |event| hosts.has(laid.host(event).0))
    }

    /// The hosts that waits from `first` on are laid to.
    fn laid(&self, first: u32) -> Arc<Laid> {
        if first > 0 {
            return Arc::new(Laid::of(self.model, first..self.model.events.len()));
        }
        self.index.laid(self.model)
    }

    fn code_test(&self, code: Code, first: u32) -> EventTest<'_> {
        let model = self.model;
        if first > 0 {
            return Box::new(move |event| self.has_code(code, model.remark(event).text));
        }
        let texts = self.codes(code);
        Box::new(move |event| texts.has(model.remark(event).text.0))
    }

    /// The test of a text field; `None` when cancelled.
    fn text_test(&self, field: TextField, text: &TextMatch, first: u32) -> Option<EventTest<'_>> {
        let model = self.model;
        Some(match field {
            TextField::To => {
                let addresses = self.found(Strings::Addresses, text)?;
                Box::new(move |event| {
                    event.kind != Kind::Arrival
                        && (addresses.has(event.address.0)
                            || addresses.has(model.remark(event).parent.0))
                })
            }
            TextField::Addr => {
                let addresses = self.found(Strings::Addresses, text)?;
                Box::new(move |event| {
                    addresses.has(event.address.0) || addresses.has(model.remark(event).parent.0)
                })
            }
            TextField::Host => self.host_test(self.found(Strings::Hosts, text)?, first),
            TextField::Barred => self.barred_test(self.found(Strings::Hosts, text)?, first)?,
            TextField::Domain => {
                let addresses = self.found(Strings::AddressDomains, text)?;
                let hosts = self.host_test(self.found(Strings::HostDomains, text)?, first);
                Box::new(move |event| {
                    addresses.has(event.address.0)
                        || addresses.has(model.remark(event).parent.0)
                        || hosts(event)
                })
            }
            TextField::Cipher => {
                let ciphers = self.ciphers(text);
                Box::new(move |event| {
                    !event.is_ambiguous() && ciphers.has(u32::from(event.session))
                })
            }
            TextField::Text => {
                let texts = self.found(Strings::Texts, text)?;
                Box::new(move |event| texts.has(model.remark(event).text.0))
            }
            TextField::File => {
                let files = self.files(text);
                Box::new(move |event| files.has(model.file_number(event)))
            }
            // Facts of the message: [`Scene::by_message_of`] asks those.
            TextField::Id | TextField::From => Box::new(|_| false),
        })
    }
}

/// True for events of which it matters whether TLS was used.
pub(super) fn is_leg_or_refusal(model: &Model, event: &Event) -> bool {
    matches!(
        event.kind,
        Kind::Arrival | Kind::Delivery | Kind::TlsRefused | Kind::TlsDowngrade
    ) || event.session != 0
        || event.is_leg()
        || model.remark(event).trouble.is_some()
}
