//! Reference implementation of filters: tests every string, event and line of one message at a time.

use crate::model::{
    Event, GradeBook, Lines, Message, MessageGrade, Model, address_list, organisation,
};
use crate::parse::{Fact, Kind, Mta};
use crate::query::*;

use super::super::strings::enhanced_codes;
use super::super::{Sort, SortKey};
use crate::tls::Grade;

pub(super) struct Naive<'a> {
    pub(super) model: &'a Model,
    pub(super) grades: &'a GradeBook,
}

impl Naive<'_> {
    /// Rows of the message table.
    pub(super) fn rows(&self, query: &Query, sort: Sort) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.model.messages.len())
            .filter(|row| query.expr().holds(&mut |term| self.passes(*row, term)))
            .collect();
        let message = |row: &u32| self.model.messages.get(*row).unwrap();
        let model = self.model;
        match sort.key {
            SortKey::Input
            | SortKey::Name
            | SortKey::Deliveries
            | SortKey::Refused
            | SortKey::Trend
            | SortKey::Severity
            | SortKey::Count => {}
            SortKey::Last => rows.sort_by_key(|row| model.span_of(message(row)).1),
            SortKey::First => rows.sort_by_key(|row| model.span_of(message(row)).0),
            SortKey::Grade => {
                rows.sort_by_key(|row| {
                    (
                        self.grades.message(*row).grade,
                        model.span_of(message(row)).1,
                    )
                });
            }
            SortKey::Id => rows.sort_by_key(|row| model.queue_id(message(row))),
            SortKey::From => {
                rows.sort_by_key(|row| model.strings.addresses.get(message(row).sender));
            }
            SortKey::Status => rows.sort_by_key(|row| message(row).status()),
            SortKey::Attempts => rows.sort_by_key(|row| message(row).attempts),
            SortKey::Waits => rows.sort_by_key(|row| message(row).waits),
            SortKey::Size => rows.sort_by_key(|row| message(row).size),
        }
        if sort.descending {
            rows.reverse();
        }
        rows
    }

    fn passes(&self, row: u32, term: &Term) -> bool {
        let model = self.model;
        let message = model.messages.get(row).unwrap();
        let any =
            |test: &dyn Fn(&Event) -> bool| model.events_of(message).any(|event| test(&event));
        let (first, last) = model.span_of(message);
        match term {
            Term::Anywhere(text) => self.shows(message, text),
            Term::Text { field, text } => self.text_passes(message, *field, text),
            Term::Grade(set) => set.contains(self.grades.message(row).grade),
            Term::Version(set) => any(&|event| {
                let version = model.session(event).and_then(|session| session.version);
                version.is_some_and(|version| set.contains(version))
            }),
            Term::Tls(set) => any(&|event| {
                let leg = matches!(
                    event.kind,
                    Kind::Arrival | Kind::Delivery | Kind::TlsRefused | Kind::TlsDowngrade
                );
                let asked = leg || self.model.remark(event).trouble.is_some() || event.session != 0;
                asked && set.contains(model.tls_state(event))
            }),
            Term::Status(set) => set.contains(message.status()),
            Term::Kind(set) => any(&|event| set.contains(event.kind)),
            Term::Ip(range) => any(&|event| range.matches(model.strings.endpoint(event.peer).ip)),
            Term::Code(code) => any(&|event| self.code_passes(event, *code)),
            Term::Number { field, cmp, value } => match field {
                NumberField::Errno => any(&|event| {
                    let errno = self.model.remark(event).errno;
                    errno != 0 && cmp.holds(&i64::from(errno), value)
                }),
                NumberField::Size => message.size > 0 && cmp.holds(&i64::from(message.size), value),
                NumberField::Attempts => cmp.holds(&i64::from(message.attempts), value),
            },
            Term::Delay { cmp, millis } => cmp.holds(&(last - first), millis),
            Term::Time { edge, moment } => {
                let clock = Clock {
                    now: model.newest(),
                    zone: &chrono_tz::UTC,
                };
                match edge {
                    Edge::Since => last >= moment.span(&clock).start,
                    Edge::Until => first < moment.span(&clock).end,
                }
            }
        }
    }

    fn shows(&self, message: &Message, text: &TextMatch) -> bool {
        let events = || self.model.events_of(message);
        text.matches(message.status().name().as_bytes())
            || self.id_passes(message, text)
            || self.address_passes(message, &|address| text.matches(address))
            || events().any(|event| {
                let peer = self.model.strings.endpoint(event.peer);
                let session = self.model.sessions.get(event.session);
                let parts = [peer.name, peer.ip, peer.helo];
                text.matches(event.kind.name().as_bytes())
                    || parts
                        .iter()
                        .any(|part| !part.is_empty() && text.matches(part))
                    || self.known_text_passes(&event, text)
                    || session.is_some_and(|session| cipher_passes(session, text))
            })
    }

    fn text_passes(&self, message: &Message, field: TextField, text: &TextMatch) -> bool {
        let strings = &self.model.strings;
        let any =
            |test: &dyn Fn(&Event) -> bool| self.model.events_of(message).any(|event| test(&event));
        let in_domain = |domain: &[u8]| {
            let lossy = String::from_utf8_lossy(domain);
            text.matches(domain) || text.matches(organisation(&lossy).as_bytes())
        };
        let of_address = |address: &[u8]| {
            let at = address.iter().rposition(|byte| *byte == b'@');
            at.is_some_and(|at| in_domain(&address[at + 1..]))
        };
        match field {
            TextField::Id => self.id_passes(message, text),
            TextField::From => {
                let sender = strings.addresses.get(message.sender);
                !sender.is_empty() && (text.matches(sender) || sender == b"<>" && text.matches(b""))
            }
            TextField::To => {
                self.listed(message, &|address| text.matches(address))
                    || any(&|event| {
                        let own = [event.address, self.model.remark(event).parent]
                            .map(|own| strings.addresses.get(own));
                        event.kind != Kind::Arrival
                            && own.iter().any(|own| !own.is_empty() && text.matches(own))
                    })
            }
            TextField::Addr => self.address_passes(message, &|address| text.matches(address)),
            TextField::Host => any(&|event| {
                let peer = strings.endpoint(event.peer);
                let names = [peer.label(), peer.helo];
                names
                    .iter()
                    .any(|name| !name.is_empty() && text.matches(name))
            }),
            TextField::Barred => any(&|event| {
                let peer = strings.endpoint(event.peer);
                let names = [peer.label(), peer.helo];
                let mut names = names.iter().filter(|name| !name.is_empty());
                self.model.lacked_tls(event) && names.any(|name| text.matches(name))
            }),
            TextField::Domain => {
                self.address_passes(message, &of_address)
                    || any(&|event| {
                        let name = strings.endpoint(event.peer).name;
                        !name.is_empty() && in_domain(name)
                    })
            }
            TextField::Cipher => any(&|event| {
                let session = self.model.session(event);
                session.is_some_and(|session| cipher_passes(session, text))
            }),
            TextField::Text => any(&|event| {
                self.known_text_passes(event, text)
                    || self.model.remark(event).text.is_none()
                        && self.line(event, |fact| text.matches(&fact.mta.unescape(fact.text)))
                    || event.kind == Kind::Arrival
                        && self.line(event, |fact| text.matches(&fact.mta.unescape(fact.subject)))
            }),
            TextField::File => any(&|event| {
                let file = self.model.path(self.model.file_number(event));
                text.matches(file.as_os_str().as_encoded_bytes())
            }),
        }
    }

    fn id_passes(&self, message: &Message, text: &TextMatch) -> bool {
        let id = self
            .model
            .strings
            .message_ids
            .get(message.message_id)
            .text();
        text.matches(&self.model.queue_id(message)) || !id.is_empty() && text.matches(&id)
    }

    /// Tests all addresses of a message.
    fn address_passes(&self, message: &Message, test: &dyn Fn(&[u8]) -> bool) -> bool {
        let addresses = &self.model.strings.addresses;
        let events = self.model.events_of(message);
        let all = events.flat_map(|event| [event.address, self.model.remark(&event).parent]);
        all.chain([message.sender])
            .map(|symbol| addresses.get(symbol))
            .any(|address| !address.is_empty() && test(address))
            || self.listed(message, test)
    }

    /// Tests the recipients of an unfinished message that only its arrival lists.
    fn listed(&self, message: &Message, test: &dyn Fn(&[u8]) -> bool) -> bool {
        let mut arrivals = self.model.events_of(message);
        !message.is_completed()
            && arrivals.any(|event| {
                event.kind == Kind::Arrival
                    && self.line(&event, |fact| {
                        address_list(fact.recipients, b' ').any(|own| !own.is_empty() && test(own))
                    })
            })
    }

    fn known_text_passes(&self, event: &Event, text: &TextMatch) -> bool {
        let known = self.model.strings.texts.get(self.model.remark(event).text);
        let shown = [Mta::Exim, Mta::Sendmail].map(|mta| mta.unescape(known));
        !known.is_empty() && (text.matches(known) || shown.iter().any(|own| text.matches(own)))
    }

    fn code_passes(&self, event: &Event, code: Code) -> bool {
        let known = self.model.strings.texts.get(self.model.remark(event).text);
        let exim = self
            .model
            .origin_of(event)
            .is_some_and(|own| own.mta == Mta::Exim);
        enhanced_codes(known).any(|found| code.matches(found))
            || (self.model.remark(event).text.is_none() || !exim)
                && self.line(event, |fact| {
                    code.matches(fact.enhanced_status)
                        || enhanced_codes(fact.text).any(|found| code.matches(found))
                })
    }

    fn line(&self, event: &Event, test: impl FnOnce(&Fact<'_>) -> bool) -> bool {
        matches!(Lines::new(self.model).recall(event, test), Ok(Some(true)))
    }
}

/// Worst grade of its events; "local" only if every leg is logged.
pub(super) fn grade(model: &Model, grades: &GradeBook, message: &Message) -> MessageGrade {
    let mut all = MessageGrade::default();
    let mut sent_unseen = false;
    for event in model.events_of(message) {
        let tells = event.is_leg()
            || matches!(
                event.kind,
                Kind::Arrival
                    | Kind::Delivery
                    | Kind::Deferral
                    | Kind::Failure
                    | Kind::Rejection
                    | Kind::TlsRefused
                    | Kind::TlsDowngrade
            );
        if tells {
            let own = grades.event(model, &event);
            all.grade = all.grade.worst(own);
            all.incomplete |= event.is_leg() && matches!(own, Grade::S | Grade::Unknown);
            all.incomplete |= event.hides_leg();
            let is_sent = event.kind == Kind::Delivery && event.is_leg();
            sent_unseen |= is_sent && own == Grade::Unknown;
        }
    }
    if sent_unseen && all.grade == Grade::Refused {
        all.grade = Grade::Unknown;
    }
    if all.incomplete && all.grade == Grade::Local {
        all.grade = Grade::Unknown;
    }
    all
}

fn cipher_passes(session: &crate::tls::Session, text: &TextMatch) -> bool {
    let mut names = session.cipher_iana();
    text.matches(session.cipher.as_bytes()) || names.any(|name| text.matches(name.as_bytes()))
}
