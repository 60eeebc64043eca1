//! Which of the distinct strings a term is about.

use std::sync::Arc;

use crate::model::{Cidr, Endpoint, Interner, Symbol, organisation};
use crate::parse::{Kind, Mta};
use crate::query::{Code, How, TextMatch};

use super::sweep::Sweep;
use super::{Bits, Scene};

/// The strings that a text is looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strings {
    /// Addresses.
    Addresses,
    /// Addresses; the null sender is written `<>` in filters and logs alike, and is empty as well.
    Senders,
    /// Domains of addresses, and their organisations' domains.
    AddressDomains,
    /// Remote hosts by name or HELO.
    Hosts,
    /// Remote hosts by anything that is shown of them.
    Peers,
    /// Domains of remote hosts, and their organisations' domains.
    HostDomains,
    /// Texts as they stand in the log or, with their escapes undone, as they are shown: a text does not know whose
    /// it is.
    Texts,
    /// Recipients that only arrival lines name.
    Listed,
    /// Their domains.
    ListedDomains,
}

/// Strings between two looks at whether the evaluation was cancelled.
const BETWEEN_LOOKS: u32 = 1 << 14;

impl Scene<'_> {
    /// The symbols of the strings that a text finds; `None` when cancelled.
    pub(super) fn found(&self, of: Strings, text: &TextMatch) -> Option<Arc<Bits>> {
        let strings = &self.model.strings;
        let listed = self.index.listed.borrow();
        let known = match of {
            Strings::Addresses | Strings::Senders | Strings::AddressDomains => &strings.addresses,
            Strings::Hosts | Strings::Peers | Strings::HostDomains => &strings.peers,
            Strings::Texts => &strings.texts,
            Strings::Listed | Strings::ListedDomains => listed.addresses(),
        };
        self.index.found(of, text, known.len(), |symbols| {
            let mut sweep = Sweep::new(text, known.len());
            for (nth, symbol) in (0_u32..).zip(symbols) {
                if nth.is_multiple_of(BETWEEN_LOOKS) {
                    self.breaks.go_on()?;
                }
                // The empty string is none.
                if symbol != 0 {
                    ask(&mut sweep, of, known, symbol, text);
                }
            }
            Some(sweep.finish())
        })
    }

    pub(super) fn networks(&self, range: Cidr) -> Bits {
        Bits::of(self.model.strings.peers.len(), |peer| {
            self.is_in_network(range, Symbol(peer))
        })
    }

    /// Whether the address of a remote host lies in a network.
    pub(super) fn is_in_network(&self, range: Cidr, peer: Symbol) -> bool {
        !peer.is_none() && range.matches(self.model.strings.endpoint(peer).ip)
    }

    pub(super) fn codes(&self, code: Code) -> Bits {
        Bits::of(self.model.strings.texts.len(), |text| {
            self.has_code(code, Symbol(text))
        })
    }

    /// Whether an enhanced status code stands in a text.
    pub(super) fn has_code(&self, code: Code, text: Symbol) -> bool {
        enhanced_codes(self.model.strings.texts.get(text)).any(|found| code.matches(found))
    }

    /// TLS sessions by their suite, as written or by IANA name.
    pub(super) fn ciphers(&self, text: &TextMatch) -> Bits {
        self.sessions(|session| {
            text.matches(session.cipher.as_bytes())
                || session
                    .cipher_iana()
                    .any(|name| text.matches(name.as_bytes()))
        })
    }

    /// TLS sessions that pass a test; bit 0 (no session) is never set.
    pub(super) fn sessions(&self, test: impl Fn(&crate::tls::Session) -> bool) -> Bits {
        let mut passed = Bits::empty(u32::from(u16::MAX) + 1);
        let all = self.model.sessions.iter();
        all.filter(|(_, session)| test(session))
            .for_each(|(id, _)| passed.set(u32::from(id)));
        passed
    }
}

/// Hands over what a text is looked for in, of one string.
fn ask(sweep: &mut Sweep<'_>, of: Strings, known: &Interner, symbol: u32, text: &TextMatch) {
    let string = known.get(Symbol(symbol));
    let mut ask_all = |parts: &[&[u8]]| {
        for part in parts.iter().filter(|part| !part.is_empty()) {
            sweep.take(symbol, part);
        }
    };
    match of {
        Strings::Senders if string == b"<>" => {
            sweep.take(symbol, string);
            sweep.take(symbol, b"");
        }
        Strings::Addresses | Strings::Senders | Strings::Listed => ask_all(&[string]),
        Strings::AddressDomains | Strings::ListedDomains => {
            if let Some(domain) = domain_of(string) {
                domains(domain, text, |domain| sweep.take(symbol, domain));
            }
        }
        Strings::Hosts => {
            let peer = Endpoint::unpack(string);
            ask_all(&[peer.name, peer.helo]);
        }
        Strings::Peers if text.heeds_parts(Endpoint::SEPARATOR) => sweep.take(symbol, string),
        Strings::Peers => {
            let peer = Endpoint::unpack(string);
            ask_all(&[peer.name, peer.ip, peer.helo]);
        }
        Strings::HostDomains => {
            let peer = Endpoint::unpack(string);
            if !peer.name.is_empty() {
                domains(peer.name, text, |domain| sweep.take(symbol, domain));
            }
        }
        Strings::Texts => {
            sweep.take(symbol, string);
            if memchr::memchr(b'\\', string).is_some() {
                for mta in [Mta::Exim, Mta::Sendmail] {
                    sweep.take(symbol, &mta.unescape(string));
                }
            }
        }
    }
}

/// Kinds whose name, as shown, a text finds.
pub(super) fn kinds(text: &TextMatch) -> Vec<Kind> {
    Kind::ALL
        .into_iter()
        .filter(|kind| text.matches(kind.name().as_bytes()))
        .collect()
}

/// What is behind the last `@`, if there is one.
fn domain_of(address: &[u8]) -> Option<&[u8]> {
    let at = memchr::memrchr(b'@', address)?;
    address.get(at + 1..)
}

/// A domain, and its organisation's domain where a text that is not in the one may be the other.
fn domains(domain: &[u8], text: &TextMatch, mut ask: impl FnMut(&[u8])) {
    ask(domain);
    if text.how() != How::Contains || !text.text().is_ascii() {
        ask(organisation(&String::from_utf8_lossy(domain)).as_bytes());
    }
}

/// Everything in a text that looks like an enhanced status code (RFC 3463).
pub(super) fn enhanced_codes(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !(byte.is_ascii_digit() || *byte == b'.'))
        .filter(|word| {
            let mut parts = word.split(|&byte| byte == b'.');
            matches!(parts.next(), Some(b"2" | b"4" | b"5"))
                && parts.clone().count() == 2
                && parts.all(|part| (1..=3).contains(&part.len()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_codes_are_found_in_a_reply() {
        let found = |text: &'static str| enhanced_codes(text.as_bytes()).collect::<Vec<_>>();
        assert_eq!(found("550 5.7.1 <x>: rejected from 192.0.2.1"), [b"5.7.1"]);
        assert!(found("lost connection to 4.3.2.1 after 2.5 s").is_empty());
    }
}
