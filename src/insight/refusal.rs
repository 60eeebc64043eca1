//! TLS that was not had: one table of what that means, for all the places where it is told.

use super::words::counted;
use crate::parse::Mta;
use crate::text::{Lang, fill};
use crate::tls::Trouble;

/// The words for one cause. Never more than was seen: the connection, not the server.
pub struct Refusal {
    /// Why nothing was sent: `TLS was required, not offered on this connection`.
    pub(super) meaning: &'static str,
    /// What failed, whether TLS was required or not: `TLS was not offered on this connection`.
    pub(super) failure: &'static str,
    /// What came of it with `{who}`, and `{on}` how many connections.
    deed: &'static str,
    /// All of it in short, in English: so are the sentences that are copied.
    short: &'static str,
}

impl Refusal {
    /// What is said of it, also where the log does not tell the cause.
    pub const fn of(trouble: Option<Trouble>, mta: Mta, lang: Lang) -> Self {
        let Some(trouble) = trouble else {
            return Self::not_had(lang);
        };
        match trouble {
            Trouble::HandshakeFailed if is_required(Some(trouble), mta) => Self {
                meaning: lang.pick(
                    "TLS was required; the handshake failed",
                    "TLS war vorgeschrieben; der Handshake schlug fehl",
                ),
                short: "TLS was required, the handshake failed with {who}{on}",
                ..Self::handshake_failed(lang)
            },
            Trouble::HandshakeFailed => Self::handshake_failed(lang),
            Trouble::StarttlsNotSupported => Self::not_offered(lang),
            Trouble::StarttlsFailed => Self::not_started(lang),
            Trouble::ValidationFailure => Self::certificate(lang),
            Trouble::DnssecInvalid => Self::no_dnssec(lang),
            Trouble::TlsaInvalid => Self::no_tlsa(lang),
            Trouble::PeerRequiresTls => Self::required_of_us(lang),
            Trouble::StarttlsNotUsed => Self::not_used(lang),
            Trouble::TooWeak => Self::too_weak(lang),
        }
    }

    /// What failed, where the cause may not be known.
    pub(super) const fn failure_of(trouble: Option<Trouble>, mta: Mta, lang: Lang) -> &'static str {
        Self::of(trouble, mta, lang).failure
    }

    /// `We required TLS; mx.example.org did not offer it on 2 connections; mx.example.net failed the handshake on one
    /// connection`, for each cause with the hosts and the number of connections; nothing of connections where that
    /// is 0.
    pub(super) fn told(
        causes: &[(Option<Trouble>, String, usize)],
        mta: Mta,
        lang: Lang,
    ) -> String {
        let mut told = String::new();
        let mut wish = None;
        for (trouble, who, connections) in causes {
            let required = is_required(*trouble, mta);
            if wish != Some(required) {
                let new = if required {
                    lang.pick("We required TLS", "TLS war vorgeschrieben")
                } else {
                    lang.pick("We tried TLS", "TLS wurde versucht")
                };
                told += if wish.is_some() { ". " } else { "" };
                told += new;
                wish = Some(required);
            }
            let deed = Self::of(*trouble, mta, lang).deed;
            told += "; ";
            told += &filled(deed, who, *connections, lang);
        }
        told
    }

    /// `TLS was required, not offered by mx.example.org on 2 connections`, in English.
    pub fn in_short(&self, who: &str, connections: usize) -> String {
        filled(self.short, who, connections, Lang::En)
    }

    const fn handshake_failed(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "TLS was tried, the handshake failed; nothing was sent",
                "TLS wurde versucht, der Handshake schlug fehl; nichts gesendet",
            ),
            failure: lang.pick("the TLS handshake failed", "der TLS-Handshake schlug fehl"),
            deed: lang.pick(
                "{who} failed the handshake{on}",
                "der Handshake mit {who} schlug{on} fehl",
            ),
            short: "TLS was tried, the handshake failed with {who}{on}",
        }
    }

    const fn not_offered(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "TLS was required, not offered on this connection",
                "TLS war vorgeschrieben, auf dieser Verbindung nicht angeboten",
            ),
            failure: lang.pick(
                "TLS was not offered on this connection",
                "TLS wurde auf dieser Verbindung nicht angeboten",
            ),
            deed: lang.pick(
                "{who} did not offer it{on}",
                "es wurde von {who}{on} nicht angeboten",
            ),
            short: "TLS was required, not offered by {who}{on}",
        }
    }

    const fn not_started(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "TLS was required; STARTTLS was offered, then refused",
                "TLS war vorgeschrieben; STARTTLS wurde angeboten, dann verweigert",
            ),
            failure: lang.pick(
                "STARTTLS was offered, then refused",
                "STARTTLS wurde angeboten, dann verweigert",
            ),
            deed: lang.pick(
                "{who} offered it and then refused to start it{on}",
                "STARTTLS wurde von {who}{on} angeboten, dann verweigert",
            ),
            short: "TLS was required, offered and then refused by {who}{on}",
        }
    }

    const fn certificate(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "TLS was required; the peer's certificate did not pass",
                "TLS war vorgeschrieben; das Zertifikat der Gegenseite bestand die Prüfung nicht",
            ),
            failure: lang.pick(
                "the peer's certificate did not pass",
                "das Zertifikat der Gegenseite bestand die Prüfung nicht",
            ),
            deed: lang.pick(
                "{who} showed a certificate that did not pass{on}",
                "die Prüfung des Zertifikats von {who} schlug{on} fehl",
            ),
            short: "TLS was required, no certificate that passes from {who}{on}",
        }
    }

    const fn too_weak(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "TLS was had, weaker than required; nothing was sent",
                "TLS kam zustande, schwächer als vorgeschrieben; nichts gesendet",
            ),
            failure: lang.pick(
                "the encryption was weaker than required",
                "die Verschlüsselung war schwächer als vorgeschrieben",
            ),
            deed: lang.pick(
                "with {who} it was weaker than required{on}",
                "mit {who} war es{on} schwächer als vorgeschrieben",
            ),
            short: "TLS was had, weaker than required with {who}{on}",
        }
    }

    const fn not_had(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "TLS was required and not had",
                "TLS war vorgeschrieben und kam nicht zustande",
            ),
            failure: lang.pick("TLS failed", "TLS schlug fehl"),
            deed: lang.pick(
                "it was not had with {who}{on}",
                "mit {who} kam es{on} nicht zustande",
            ),
            short: "TLS was required, not had with {who}{on}",
        }
    }

    const fn no_dnssec(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "DANE is required; the TLSA records were not secured by DNSSEC",
                "DANE ist vorgeschrieben; die TLSA-Einträge waren nicht durch DNSSEC gesichert",
            ),
            failure: lang.pick(
                "the TLSA records were not secured by DNSSEC",
                "die TLSA-Einträge waren nicht durch DNSSEC gesichert",
            ),
            deed: lang.pick(
                "{who} could not be checked by DANE{on}",
                "die Prüfung von {who} über DANE schlug{on} fehl",
            ),
            short: "DANE was required, TLSA records not secured by DNSSEC for {who}{on}",
        }
    }

    const fn no_tlsa(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "DANE is required; no TLSA record could be used",
                "DANE ist vorgeschrieben; kein TLSA-Eintrag war verwendbar",
            ),
            failure: lang.pick(
                "no TLSA record could be used",
                "kein TLSA-Eintrag war verwendbar",
            ),
            short: "DANE was required, no TLSA record could be used for {who}{on}",
            ..Self::no_dnssec(lang)
        }
    }

    const fn not_used(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "TLS was required, not used on this connection",
                "TLS war vorgeschrieben, auf dieser Verbindung nicht benutzt",
            ),
            failure: lang.pick(
                "TLS was not used on this connection",
                "TLS wurde auf dieser Verbindung nicht benutzt",
            ),
            deed: lang.pick(
                "{who} did not use it{on}",
                "es wurde von {who}{on} nicht benutzt",
            ),
            short: "TLS was required, not used by {who}{on}",
        }
    }

    const fn required_of_us(lang: Lang) -> Self {
        Self {
            meaning: lang.pick(
                "the peer requires TLS of us",
                "die Gegenseite verlangt TLS von uns",
            ),
            failure: lang.pick(
                "the peer requires TLS of us",
                "die Gegenseite verlangt TLS von uns",
            ),
            deed: lang.pick(
                "{who} required it of us{on}",
                "es wurde von {who}{on} von uns verlangt",
            ),
            short: "TLS is required of us by {who}{on}",
        }
    }
}

/// Exim alone goes on in clear at once where TLS is optional; the others put the message off first, and of a handshake
/// that failed their logs do not tell whether TLS was required.
const fn is_required(trouble: Option<Trouble>, mta: Mta) -> bool {
    !matches!(trouble, Some(Trouble::HandshakeFailed)) || matches!(mta, Mta::Exim)
}

fn filled(template: &str, who: &str, connections: usize, lang: Lang) -> String {
    let who = match who {
        "" => lang.pick("the peer", "der Gegenseite"),
        who => who,
    };
    let counted = counted(
        connections,
        lang.pick("one connection", "einer Verbindung"),
        lang.pick("connections", "Verbindungen"),
    );
    let on = match connections {
        0 => String::new(),
        _ => format!(" {} {counted}", lang.pick("on", "auf")),
    };
    fill(template, &[("who", who), ("on", &on)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exim_tells_of_a_failed_handshake_that_tls_was_required() {
        for (mta, lang, expected) in [
            (Mta::Exim, Lang::En, "We required TLS"),
            (Mta::Postfix, Lang::En, "We tried TLS"),
            (Mta::Exim, Lang::De, "TLS war vorgeschrieben"),
            (Mta::Postfix, Lang::De, "TLS wurde versucht"),
        ] {
            let trouble = Some(Trouble::HandshakeFailed);
            let causes = [(trouble, "mx.example.org".to_owned(), 1)];
            let sentence = Refusal::told(&causes, mta, lang);
            assert!(sentence.starts_with(expected), "{sentence}");
            let told = Refusal::of(trouble, mta, lang);
            let tried = told
                .meaning
                .contains(lang.pick("was tried", "wurde versucht"));
            assert_eq!(tried, mta != Mta::Exim, "{}", told.meaning);
            assert_eq!(told.short.contains("was tried"), mta != Mta::Exim);
        }
    }

    #[test]
    fn every_cause_is_told_of_a_host_and_its_connections() {
        for trouble in Trouble::ALL.map(Some).into_iter().chain([None]) {
            let both = [Lang::En, Lang::De].map(|lang| Refusal::of(trouble, Mta::Postfix, lang));
            let [english, german] = &both;
            assert_ne!(english.meaning, german.meaning);
            assert_ne!(english.failure, german.failure);
            for lang in [Lang::En, Lang::De] {
                let own = Refusal::of(trouble, Mta::Exim, lang);
                let told = |who: &str, on| {
                    Refusal::told(&[(trouble, who.to_owned(), on)], Mta::Exim, lang)
                };
                let two = told("mx.example.org", 2);
                let on = lang.pick(" on 2 connections", " auf 2 Verbindungen");
                assert!(two.contains("mx.example.org") && two.contains(on), "{two}");
                assert!(told("", 0).contains(lang.pick("the peer", "der Gegenseite")));
                assert!(
                    own.in_short("mx.example.org", 1)
                        .contains("mx.example.org on one connection")
                );
            }
        }
    }
}
