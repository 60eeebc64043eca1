//! The distinct strings that match a term.

use std::sync::Arc;

use crate::model::{Cidr, Endpoint, Interner, Symbol, organisation};
use crate::parse::{Kind, Mta};
use crate::query::{Code, How, TextMatch};

use super::batch_search::BatchSearch;
use super::{Bits, Scene};

/// Strings in which a text is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strings {
    Addresses,
    /// Addresses of senders. The null sender matches as `<>`, as filters and logs write it, and as the empty text.
    Senders,
    /// Domains of addresses, and the organisational domains of these.
    AddressDomains,
    /// Names and HELO names of remote hosts; the address of one that has no name.
    Hosts,
    /// Remote hosts by anything that is shown: name, address and HELO name.
    Peers,
    /// Domains of remote hosts, and the organisational domains of these.
    HostDomains,
    /// Error texts, both as logged and as shown, with the escapes of Exim and of sendmail undone: the string
    /// itself does not say which system wrote it.
    Texts,
    /// Recipients that only the line of an arrival names.
    Listed,
    /// Domains of these recipients.
    ListedDomains,
}

/// Strings between two checks for cancellation.
const BETWEEN_LOOKS: u32 = 1 << 14;

impl Scene<'_> {
    /// Symbols of the strings that match a text; `None` when cancelled.
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
            let mut search = BatchSearch::new(text, known.len());
            for (nth, symbol) in (0_u32..).zip(symbols) {
                if nth.is_multiple_of(BETWEEN_LOOKS) {
                    self.breaks.go_on()?;
                }
                // Symbol 0 is the empty string, which stands for no string.
                if symbol != 0 {
                    ask(&mut search, of, known, symbol, text);
                }
            }
            Some(search.finish())
        })
    }

    pub(super) fn networks(&self, range: Cidr) -> Bits {
        Bits::of(self.model.strings.peers.len(), |peer| {
            self.is_in_network(range, Symbol(peer))
        })
    }

    /// True when the IP address of a remote host is in a network.
    pub(super) fn is_in_network(&self, range: Cidr, peer: Symbol) -> bool {
        !peer.is_none() && range.matches(self.model.strings.endpoint(peer).ip)
    }

    pub(super) fn codes(&self, code: Code) -> Bits {
        Bits::of(self.model.strings.texts.len(), |text| {
            self.has_code(code, Symbol(text))
        })
    }

    /// True when a text contains an enhanced status code.
    pub(super) fn has_code(&self, code: Code, text: Symbol) -> bool {
        enhanced_codes(self.model.strings.texts.get(text)).any(|found| code.matches(found))
    }

    /// TLS sessions whose cipher suite matches, as logged or by IANA name.
    pub(super) fn ciphers(&self, text: &TextMatch) -> Bits {
        self.sessions(|session| {
            text.matches(session.cipher.as_bytes())
                || session
                    .cipher_iana()
                    .any(|name| text.matches(name.as_bytes()))
        })
    }

    /// TLS sessions that pass a test. Bit 0 (no session) is never set.
    pub(super) fn sessions(&self, test: impl Fn(&crate::tls::Session) -> bool) -> Bits {
        let mut passed = Bits::empty(u32::from(u16::MAX) + 1);
        let all = self.model.sessions.iter();
        all.filter(|(_, session)| test(session))
            .for_each(|(id, _)| passed.set(u32::from(id)));
        passed
    }
}

/// Adds to `search` all texts of a string in which `text` is searched.
fn ask(search: &mut BatchSearch<'_>, of: Strings, known: &Interner, symbol: u32, text: &TextMatch) {
    let string = known.get(Symbol(symbol));
    let mut ask_all = |parts: &[&[u8]]| {
        for part in parts.iter().filter(|part| !part.is_empty()) {
            search.add(symbol, part);
        }
    };
    match of {
        Strings::Senders if string == b"<>" => {
            search.add(symbol, string);
            search.add(symbol, b"");
        }
        Strings::Addresses | Strings::Senders | Strings::Listed => ask_all(&[string]),
        Strings::AddressDomains | Strings::ListedDomains => {
            if let Some(domain) = domain_of(string) {
                domains(domain, text, |domain| search.add(symbol, domain));
            }
        }
        Strings::Hosts => {
            let peer = Endpoint::unpack(string);
            ask_all(&[peer.label(), peer.helo]);
        }
        Strings::Peers if text.heeds_parts(Endpoint::SEPARATOR) => search.add(symbol, string),
        Strings::Peers => {
            let peer = Endpoint::unpack(string);
            ask_all(&[peer.name, peer.ip, peer.helo]);
        }
        Strings::HostDomains => {
            let peer = Endpoint::unpack(string);
            if !peer.name.is_empty() {
                domains(peer.name, text, |domain| search.add(symbol, domain));
            }
        }
        Strings::Texts => {
            search.add(symbol, string);
            if memchr::memchr(b'\\', string).is_some() {
                for mta in [Mta::Exim, Mta::Sendmail] {
                    search.add(symbol, &mta.unescape(string));
                }
            }
        }
    }
}

/// Kinds whose displayed name matches a text.
pub(super) fn kinds(text: &TextMatch) -> Vec<Kind> {
    Kind::ALL
        .into_iter()
        .filter(|kind| text.matches(kind.name().as_bytes()))
        .collect()
}

/// Domain of an address: the part after the last `@`.
fn domain_of(address: &[u8]) -> Option<&[u8]> {
    let at = memchr::memrchr(b'@', address)?;
    address.get(at + 1..)
}

/// Passes a domain to `ask`, and its organisational domain where that could match although the domain does not.
/// An ASCII text that is contained in the organisational domain is contained in the domain as well.
fn domains(domain: &[u8], text: &TextMatch, mut ask: impl FnMut(&[u8])) {
    ask(domain);
    if text.how() != How::Contains || !text.text().is_ascii() {
        ask(organisation(&String::from_utf8_lossy(domain)).as_bytes());
    }
}

/// All parts of a text in the form of an enhanced status code (RFC 3463).
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
