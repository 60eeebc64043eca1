//! GnuTLS session descriptions: `(TLS1.3)-(ECDHE-X25519)-(RSA-PSS-RSAE-SHA256)-(AES-256-GCM)`.
//!
//! Exim writes the same with `__` between the groups and `_` inside them. A description contains key exchange,
//! signature, cipher and, unless the cipher is an AEAD, the MAC. A resumed session has no signature; Exim may
//! then also omit the key exchange: `(AES_256_GCM`.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Version;
use super::data::{DataError, Row, failure, rows};
use super::suite::{Suite, suites};

const TOKENS: &str = include_str!("../../assets/tls/gnutls.csv");

/// A parsed description; slices are as written.
#[derive(Clone, Copy)]
pub(super) struct Description<'a> {
    /// Version in the first group, if there is one.
    pub(super) version: Option<Version>,
    /// Key-exchange group.
    pub(super) group: Option<&'a str>,
    /// Signature algorithm.
    pub(super) signature: Option<&'a str>,
    kx: Option<&'static Token>,
    auth: Option<&'static str>,
    cipher: &'static Token,
    mac: Option<&'static str>,
}

/// A word of descriptions, and the term of the suite table for it.
#[derive(Deserialize)]
struct Token {
    kind: Kind,
    #[serde(rename = "token")]
    word: String,
    kx: String,
    auth: String,
    enc: String,
    bits: Option<u16>,
    mode: String,
    mac: String,
    tls13: Option<Tls13>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Kx,
    Sign,
    Cipher,
    Mac,
}

/// Use of a key exchange in TLS 1.3: never, in full handshakes, or with a pre-shared key, as in resumed sessions.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tls13 {
    No,
    Yes,
    Psk,
}

impl<'a> Description<'a> {
    /// Parses a description; `None` for other text.
    pub(super) fn parse(written: &'a str) -> Option<Self> {
        let mut groups = written
            .split(['(', ')'])
            .flat_map(|group| group.split("__"))
            .filter(|group| group.contains(|c| c != '-'))
            .peekable();
        let version = groups
            .peek()
            .and_then(|first| Version::parse(first.as_bytes()));
        if version.is_some() {
            groups.next();
        }
        let mut next = groups.next()?;
        let (mut kx, mut group, mut signature) = (None, None, None);
        if exactly(Kind::Cipher, next).is_none() {
            let (token, rest) = leading(Kind::Kx, next)?;
            (kx, group) = (Some(token), rest);
            next = groups.next()?;
            if exactly(Kind::Cipher, next).is_none() {
                signature = Some(next);
                next = groups.next()?;
            }
        }
        let cipher = exactly(Kind::Cipher, next)?;
        let mac = match groups.next() {
            Some(mac) => Some(exactly(Kind::Mac, mac)?.mac.as_str()),
            None => None,
        };
        // With a signature algorithm that is not in the table, only the authentication is unknown.
        let auth = signature
            .and_then(|signature| leading(Kind::Sign, signature))
            .and_then(|(token, _)| token.auth());
        let described = Self {
            version,
            group,
            signature,
            kx,
            auth: kx.and_then(Token::auth).or(auth),
            cipher,
            mac,
        };
        groups.next().is_none().then_some(described)
    }

    /// Suites that the description may mean, RSA before ECDSA. `version` is the version stated with it.
    pub(super) fn candidates(&self, version: Option<Version>) -> Vec<&'static Suite> {
        let version = version.or(self.version);
        let mut found: Vec<_> = suites()
            .iter()
            .filter(|suite| !suite.gnutls.is_empty())
            .filter(|suite| self.fits(suite, version))
            .collect();
        found.sort_by_key(|suite| {
            let same = |token: &Token| token.kind == Kind::Sign && token.auth == suite.auth;
            tokens().iter().position(same)
        });
        found
    }

    /// True when the kind of certificate is unknown.
    pub(super) fn auth_unknown(&self) -> bool {
        self.auth.is_none()
    }

    /// True for a TLS 1.3 session with a pre-shared key or, which looks the same, a resumed one.
    pub(super) fn psk_in_tls13(&self) -> bool {
        self.kx.is_none_or(|kx| kx.tls13 == Some(Tls13::Psk))
    }

    fn fits(&self, suite: &Suite, version: Option<Version>) -> bool {
        let cipher = self.cipher;
        (suite.enc == cipher.enc && Some(suite.bits) == cipher.bits && suite.mode == cipher.mode)
            && self.mac.is_none_or(|mac| suite.mac == mac)
            && if suite.first == Version::Tls13 {
                self.fits_tls13(version)
            } else {
                version != Some(Version::Tls13) && self.fits_kx(suite)
            }
    }

    /// True when the description may be of TLS 1.3, where the suite does not determine the key exchange. Only
    /// TLS 1.3 has descriptions without one.
    fn fits_tls13(&self, version: Option<Version>) -> bool {
        match (version, self.kx) {
            (Some(Version::Tls13), None) => true,
            (Some(Version::Tls13) | None, Some(kx)) => kx.tls13 != Some(Tls13::No),
            _ => false,
        }
    }

    fn fits_kx(&self, suite: &Suite) -> bool {
        self.kx.is_some_and(|kx| kx.kx == suite.kx)
            && self.auth.is_none_or(|auth| suite.auth == auth)
    }
}

impl Token {
    fn auth(&self) -> Option<&str> {
        (!self.auth.is_empty()).then_some(self.auth.as_str())
    }

    /// Rest of a group after this token and a separator; `""` if the token is the whole group.
    fn strip<'a>(&self, group: &'a str) -> Option<&'a str> {
        let (head, rest) = group.split_at_checked(self.word.len())?;
        if !same(head, &self.word) {
            return None;
        }
        rest.is_empty()
            .then_some(rest)
            .or_else(|| rest.strip_prefix(['_', '-']))
    }
}

fn exactly(kind: Kind, group: &str) -> Option<&'static Token> {
    tokens()
        .iter()
        .find(|token| token.kind == kind && same(group, &token.word))
}

/// Longest token at the beginning of a group, and the rest.
fn leading(kind: Kind, group: &str) -> Option<(&'static Token, Option<&str>)> {
    tokens()
        .iter()
        .filter(|token| token.kind == kind)
        .filter_map(|token| Some((token, token.strip(group)?)))
        .max_by_key(|(token, _)| token.word.len())
        .map(|(token, rest)| (token, (!rest.is_empty()).then_some(rest)))
}

/// Compares without regard to case, and with `-` and `_` as equal.
fn same(written: &str, token: &str) -> bool {
    let fold = |byte: u8| match byte {
        b'-' => b'_',
        byte => byte.to_ascii_uppercase(),
    };
    written.len() == token.len() && written.bytes().map(fold).eq(token.bytes())
}

/// Embedded words; a test loads them.
fn tokens() -> &'static [Token] {
    static WORDS: OnceLock<Vec<Token>> = OnceLock::new();
    WORDS.get_or_init(|| load(TOKENS).unwrap_or_default())
}

fn load(text: &str) -> Result<Vec<Token>, DataError> {
    rows::<Token>("gnutls.csv", text)?
        .into_iter()
        .map(|Row { line, record }| {
            let complete = match record.kind {
                Kind::Kx => !record.kx.is_empty() && record.tls13.is_some(),
                Kind::Sign => !record.auth.is_empty(),
                Kind::Cipher => record.bits.is_some() && !record.mode.is_empty(),
                Kind::Mac => !record.mac.is_empty(),
            };
            let missing = || failure("gnutls.csv", line, "a column of this kind is empty");
            complete.then_some(record).ok_or_else(missing)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_load_and_name_suites_that_exist() {
        let tokens = load(TOKENS).unwrap();
        assert_eq!(tokens.len(), 48);
        for token in tokens.iter().filter(|token| token.kind == Kind::Cipher) {
            let known = suites().iter().any(|suite| {
                suite.enc == token.enc && Some(suite.bits) == token.bits && suite.mode == token.mode
            });
            assert!(known, "{}", token.word);
        }
    }

    #[test]
    fn an_incomplete_word_is_refused_with_its_line() {
        let text =
            "kind,token,kx,auth,enc,bits,mode,mac,tls13\nkx,RSA,RSA,RSA,,,,,no\nsign,RSA,,,,,,,\n";
        let error = load(text).err().unwrap().to_string();
        assert_eq!(error, "gnutls.csv:3: a column of this kind is empty");
    }

    #[test]
    fn takes_a_description_apart() {
        let description = Description::parse(
            "(TLS1.3-X.509)-(HYBRID-X25519-MLKEM768)-(RSA-PSS-RSAE-SHA256)-(AES-256-GCM)",
        )
        .unwrap();
        assert_eq!(description.version, Some(Version::Tls13));
        assert_eq!(description.group, Some("X25519-MLKEM768"));
        assert_eq!(description.signature, Some("RSA-PSS-RSAE-SHA256"));
        let names: Vec<_> = description
            .candidates(None)
            .iter()
            .map(|s| s.name())
            .collect();
        assert_eq!(names, ["TLS_AES_256_GCM_SHA384"]);
    }

    #[test]
    fn what_is_no_description_stays_unread() {
        for written in [
            "",
            "()",
            "ke--AES256-SHAnnn",
            "ECDHE_X25519",
            "ECDHE_X25519__RSA_SHA256__AES_256_GCM__AEAD__MORE",
            "ECDHE_X25519__RSA_SHA256__AES_512_GCM",
            "XECDHE__AES_256_GCM",
        ] {
            assert!(Description::parse(written).is_none(), "{written}");
        }
    }

    #[test]
    fn a_bare_cipher_names_a_suite_only_in_tls13() {
        let description = Description::parse("AES-256-GCM").unwrap();
        assert_eq!(description.candidates(Some(Version::Tls13)).len(), 1);
        assert!(description.candidates(Some(Version::Tls12)).is_empty());
        assert!(description.candidates(None).is_empty());
    }
}
