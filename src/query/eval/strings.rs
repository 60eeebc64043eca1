//! Which of the distinct strings a term is about.

use crate::model::{Cidr, Endpoint, Interner, Symbol, organisation};
use crate::parse::{Kind, Mta};
use crate::query::{Code, TextMatch};

use super::{Bits, Scene};

impl Scene<'_> {
    pub(super) fn addresses(&self, text: &TextMatch) -> Bits {
        strings(&self.model.strings.addresses, |address| {
            text.matches(address)
        })
    }

    /// Remote hosts by name or HELO.
    pub(super) fn hosts(&self, text: &TextMatch) -> Bits {
        self.peers(|peer| {
            [peer.name, peer.helo]
                .iter()
                .any(|name| !name.is_empty() && text.matches(name))
        })
    }

    /// Remote hosts by anything that is shown of them.
    pub(super) fn peers_anywhere(&self, text: &TextMatch) -> Bits {
        self.peers(|peer| {
            let parts = [peer.name, peer.ip, peer.helo];
            parts
                .iter()
                .any(|part| !part.is_empty() && text.matches(part))
        })
    }

    pub(super) fn networks(&self, range: Cidr) -> Bits {
        self.peers(|peer| range.matches(peer.ip))
    }

    /// Texts as they stand in the log or, with its escapes undone, as they are shown: a text does not know
    /// whose it is.
    pub(super) fn texts(&self, text: &TextMatch) -> Bits {
        strings(&self.model.strings.texts, |known| {
            text.matches(known)
                || known.contains(&b'\\')
                    && [Mta::Exim, Mta::Sendmail]
                        .iter()
                        .any(|mta| text.matches(&mta.unescape(known)))
        })
    }

    pub(super) fn codes(&self, code: Code) -> Bits {
        strings(&self.model.strings.texts, |text| {
            enhanced_codes(text).any(|found| code.matches(found))
        })
    }

    /// Addresses whose domain, or whose organisation's domain, fits.
    pub(super) fn address_domains(&self, text: &TextMatch) -> Bits {
        strings(&self.model.strings.addresses, |address| {
            domain_of_address_fits(address, text)
        })
    }

    /// Remote hosts whose name lies in such a domain.
    pub(super) fn host_domains(&self, text: &TextMatch) -> Bits {
        self.peers(|peer| !peer.name.is_empty() && domain_fits(peer.name, text))
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
        Bits::of(u32::from(u16::MAX), |id| {
            let id = u16::try_from(id).unwrap_or(0);
            self.model.sessions.get(id).is_some_and(&test)
        })
    }

    fn peers(&self, test: impl Fn(&Endpoint<'_>) -> bool) -> Bits {
        let strings = &self.model.strings;
        Bits::of(strings.peers.len(), |peer| {
            peer != 0 && test(&strings.endpoint(Symbol(peer)))
        })
    }
}

/// Kinds whose name, as shown, a text finds.
pub(super) fn kinds(text: &TextMatch) -> Vec<Kind> {
    Kind::ALL
        .into_iter()
        .filter(|kind| text.matches(kind.name().as_bytes()))
        .collect()
}

fn strings(known: &Interner, test: impl Fn(&[u8]) -> bool) -> Bits {
    Bits::of(known.len(), |symbol| {
        symbol != 0 && test(known.get(Symbol(symbol)))
    })
}

/// True when the domain of an address, or its organisation's domain, fits.
pub(super) fn domain_of_address_fits(address: &[u8], text: &TextMatch) -> bool {
    let domain = address.rsplit(|&byte| byte == b'@').next();
    let domain = domain.filter(|domain| domain.len() < address.len());
    domain.is_some_and(|domain| domain_fits(domain, text))
}

fn domain_fits(domain: &[u8], text: &TextMatch) -> bool {
    text.matches(domain) || text.matches(organisation(&String::from_utf8_lossy(domain)).as_bytes())
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
