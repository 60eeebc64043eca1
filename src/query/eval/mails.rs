//! The loaded mails that match a term. Mails are few, so each one is tested.

use crate::model::{Hop, Mail, Status, organisation};
use crate::query::{Term, TextField, TextMatch};
use crate::tls::{Grade, TlsState};

use super::{Bits, Scene, Sort, SortKey};

impl Scene<'_> {
    /// Mails that match a term.
    pub(super) fn mails_where(&self, term: &Term) -> Bits {
        let count = u32::try_from(self.model.mails.len()).unwrap_or(u32::MAX);
        Bits::of(count, |row| {
            self.model
                .mails
                .get(row as usize)
                .is_some_and(|mail| self.mail_passes(mail, term))
        })
    }

    /// True when a mail matches a term, either by its own headers or by one of its hops.
    pub fn mail_passes(&self, mail: &Mail, term: &Term) -> bool {
        match term {
            Term::Grade(set) => {
                let grades = mail.grades(self.grades);
                set.contains(grades.witnessed)
                    || grades.claimed.is_some_and(|grade| set.contains(grade))
            }
            Term::Text { field, text } => match field {
                TextField::From => text.matches(mail.from().as_bytes()),
                TextField::Text => text.matches(mail.subject().as_bytes()),
                TextField::File => self.in_file(mail, text),
                TextField::Id => {
                    text.matches(mail.message_id().as_bytes()) || self.any_hop(mail, term)
                }
                TextField::To => text.matches(mail.to().as_bytes()) || self.any_hop(mail, term),
                TextField::Addr => {
                    [mail.from(), mail.to()]
                        .iter()
                        .any(|header| text.matches(header.as_bytes()))
                        || self.any_hop(mail, term)
                }
                TextField::Domain => {
                    let mailboxes = mail.facts.from.iter().chain(&mail.facts.to);
                    mailboxes
                        .into_iter()
                        .any(|mailbox| address_domain_fits(&mailbox.address, text))
                        || self.any_hop(mail, term)
                }
                TextField::Host | TextField::Cipher => self.any_hop(mail, term),
                // A header tells of no attempt that came to nothing.
                TextField::Barred => false,
            },
            Term::Anywhere(text) => {
                let (from, to) = (mail.from(), mail.to());
                let headers = [from.as_str(), &to, mail.subject(), mail.message_id()];
                headers.iter().any(|part| text.matches(part.as_bytes())) || self.any_hop(mail, term)
            }
            Term::Delay { cmp, millis } => {
                let total = mail
                    .first_time()
                    .zip(mail.time())
                    .map(|(first, last)| last - first);
                total.is_some_and(|total| cmp.holds(&total, millis)) || self.any_hop(mail, term)
            }
            Term::Time { edge, moment } => {
                let passes = self.in_time(*edge, *moment);
                mail.first_time()
                    .zip(mail.time())
                    .is_some_and(|(first, last)| passes(first, last))
            }
            // A header says nothing about the fate of its mail.
            Term::Status(set) => set.contains(Status::Unknown),
            // Only logs have these.
            Term::Kind(_) | Term::Code(_) | Term::Number { .. } => false,
            Term::Tls(_) | Term::Version(_) | Term::Ip(_) => self.any_hop(mail, term),
        }
    }

    fn any_hop(&self, mail: &Mail, term: &Term) -> bool {
        mail.hops.iter().any(|hop| self.hop_passes(mail, hop, term))
    }

    /// True when a hop matches a term. The sender and the subject of a hop are those of its mail.
    pub fn hop_passes(&self, mail: &Mail, hop: &Hop, term: &Term) -> bool {
        match term {
            Term::Grade(set) => set.contains(hop.grading(self.grades).grade),
            Term::Tls(set) => hop.tls != TlsState::NotApplicable && set.contains(hop.tls),
            Term::Version(set) => {
                let session = hop.session.as_ref();
                session
                    .and_then(|s| s.version)
                    .is_some_and(|version| set.contains(version))
            }
            Term::Ip(range) => range.matches(&hop.from_ip),
            Term::Delay { cmp, millis } => hop
                .delay
                .is_some_and(|delay| cmp.holds(&(delay * 1000), millis)),
            Term::Time { edge, moment } => {
                let passes = self.in_time(*edge, *moment);
                hop.time.is_some_and(|time| passes(time, time))
            }
            Term::Anywhere(text) => {
                let parts = [
                    &hop.from_name,
                    &hop.from_helo,
                    &hop.from_ip,
                    &hop.by,
                    &hop.with,
                    &hop.queue_id,
                ];
                parts.iter().any(|part| text.matches(part)) || cipher_fits(hop, text)
            }
            Term::Text { field, text } => match field {
                TextField::Id => {
                    text.matches(&hop.queue_id) || text.matches(mail.message_id().as_bytes())
                }
                TextField::From => text.matches(mail.from().as_bytes()),
                TextField::To | TextField::Addr => text.matches(&hop.recipient),
                TextField::Host => {
                    let names = [&hop.from_name, &hop.from_helo, &hop.by];
                    names.iter().any(|name| text.matches(name))
                }
                TextField::Domain => [&hop.from_name, &hop.by].iter().any(|name| {
                    text.matches(name)
                        || text.matches(organisation(&String::from_utf8_lossy(name)).as_bytes())
                }),
                TextField::Barred => false,
                TextField::Cipher => cipher_fits(hop, text),
                TextField::Text => text.matches(&hop.raw),
                TextField::File => self.in_file(mail, text),
            },
            Term::Status(_) | Term::Kind(_) | Term::Code(_) | Term::Number { .. } => false,
        }
    }

    fn in_file(&self, mail: &Mail, text: &TextMatch) -> bool {
        text.matches(self.model.path(mail.file).as_os_str().as_encoded_bytes())
    }

    /// Sorts mails; equal ones stay in load order.
    pub(super) fn order_mails(&self, rows: &mut [u32], sort: Sort) {
        let mail = |row: &u32| self.model.mails.get(*row as usize);
        match sort.key {
            SortKey::Grade => rows.sort_by_cached_key(|row| {
                mail(row).map(|mail| {
                    let grades = mail.grades(self.grades);
                    let worst: Grade = grades.witnessed.worst(grades.claimed.unwrap_or_default());
                    (worst, mail.time())
                })
            }),
            SortKey::First => rows.sort_by_key(|row| mail(row).and_then(Mail::first_time)),
            SortKey::Last => rows.sort_by_key(|row| mail(row).and_then(Mail::time)),
            SortKey::Id => rows.sort_by_key(|row| mail(row).map(Mail::message_id)),
            SortKey::From => rows.sort_by_cached_key(|row| mail(row).map(Mail::from)),
            _ => {}
        }
        if sort.descending {
            rows.reverse();
        }
    }
}

fn cipher_fits(hop: &Hop, text: &TextMatch) -> bool {
    hop.session.as_ref().is_some_and(|session| {
        text.matches(session.cipher.as_bytes())
            || session
                .cipher_iana()
                .any(|name| text.matches(name.as_bytes()))
    })
}

fn address_domain_fits(address: &str, text: &TextMatch) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    !domain.is_empty()
        && (text.matches(domain.as_bytes()) || text.matches(organisation(domain).as_bytes()))
}
