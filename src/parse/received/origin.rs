//! The `from` part of a Received header: names, address, login of the host that handed the message in.
//!
//! | writer | form |
//! |---|---|
//! | Exim | `RDNS ([IP]:PORT helo=HELO ident=USER)`, `[IP] (port=N helo=HELO)` |
//! | Postfix, Sendmail | `HELO (USER@RDNS [IP])` |
//! | qmail, Yahoo, gateways | `RDNS (HELO HELO) (USER@IP)` |
//! | Microsoft | `HELO (IP)` |

use super::address;
use super::clauses::{Clauses, Place, strip_prefix};
use crate::parse::received::{Writer, comment};

/// Who handed the message in. Empty slices: not written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Origin<'a> {
    pub(super) name: &'a [u8],
    pub(super) rdns: &'a [u8],
    pub(super) helo: &'a [u8],
    pub(super) ip: &'a [u8],
    pub(super) port: Option<u16>,
    pub(super) ident: &'a [u8],
    pub(super) auth: &'a [u8],
    /// The writer says that it found no name for the address.
    pub(super) no_rdns: bool,
    /// `[local]`, `unix socket`: no network.
    pub(super) local: bool,
    /// A comment says HELO by that word, so what stands before it is not the HELO.
    pub(super) labelled_helo: bool,
    /// Comments of the `from` part up to and including the last one with an address.
    pub(super) address_comments: usize,
}

impl<'a> Origin<'a> {
    pub(super) fn read(clauses: &Clauses<'a>, writer: Writer) -> Self {
        let mut origin = Self {
            name: first_name(clauses.from),
            helo: clauses.claimed,
            auth: clauses.user,
            labelled_helo: !clauses.claimed.is_empty(),
            ..Self::default()
        };
        for (index, text) in clauses.comments_at(Place::From).enumerate() {
            if origin.comment(text) {
                origin.address_comments = index + 1;
            }
        }
        origin.address_without_comment(clauses.from);
        origin.assign_names(writer);
        origin
    }

    /// Takes one comment; true when it holds the address.
    fn comment(&mut self, text: &'a [u8]) -> bool {
        if self.labels(text) || self.login(text) || comment::read(text).is_some() {
            return false;
        }
        let Some(found) = address::read(text) else {
            return self.without_address(text);
        };
        if self.ip.is_empty() {
            self.ip = found.ip;
            self.port = found.port;
            self.ident = found.ident;
            self.local |= found.local;
            self.take_rdns(found.rdns);
        }
        let rest = found.rest.trim_ascii();
        if !self.labels(rest) {
            self.exim_pairs(rest);
        }
        true
    }

    /// `HELO name`, and the `port=25 helo=name` that Exim writes beside a bare address.
    fn labels(&mut self, text: &'a [u8]) -> bool {
        for label in [&b"HELO"[..], b"EHLO", b"LHLO"] {
            if let Some(rest) = strip_prefix(text, label)
                && rest.first().is_none_or(u8::is_ascii_whitespace)
            {
                self.labelled_helo = true;
                self.helo = rest.trim_ascii();
                return true;
            }
        }
        let pairs = [&b"helo="[..], b"port=", b"ident="];
        if pairs.iter().any(|key| text.starts_with(key)) {
            self.exim_pairs(text);
            return true;
        }
        false
    }

    fn login(&mut self, text: &'a [u8]) -> bool {
        let Some(user) = login(text) else {
            return false;
        };
        if self.auth.is_empty() {
            self.auth = user;
        }
        // CommuniGate: `account user HELO name`.
        if let Some(at) = memchr::memmem::find(text, b" HELO ") {
            self.labelled_helo = true;
            self.helo = text.get(at + 6..).unwrap_or_default();
        }
        true
    }

    /// `helo=X ident=Y`. The HELO may hold anything, blanks and look-alikes included.
    fn exim_pairs(&mut self, text: &'a [u8]) {
        let text = text.trim_ascii();
        if let Some(rest) = text.strip_prefix(b"port=") {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (port, rest) = rest.split_at(digits);
            self.port = address::port(port);
            self.exim_pairs_behind_port(rest);
        } else {
            self.exim_pairs_behind_port(text);
        }
    }

    fn exim_pairs_behind_port(&mut self, text: &'a [u8]) {
        let text = text.trim_ascii();
        if let Some(rest) = text.strip_prefix(b"helo=") {
            let end = memchr::memmem::rfind(rest, b" ident=");
            let (helo, rest) = rest.split_at(end.unwrap_or(rest.len()));
            self.helo = helo;
            self.labelled_helo = true;
            self.ident = rest.strip_prefix(b" ident=").unwrap_or(self.ident);
        } else if let Some(ident) = text.strip_prefix(b"ident=") {
            self.ident = ident;
        }
    }

    fn without_address(&mut self, text: &'a [u8]) -> bool {
        let is_socket = |part: &[u8]| memchr::memmem::find(text, part).is_some();
        self.local |= text == b"[local]" || is_socket(b"unix socket") || is_socket(b"[UNIX: ");
        if let Some(user) = local_user(text) {
            self.local = true;
            self.ident = user;
        } else if let Some(user) = strip_prefix(text, b"IDENT:") {
            self.ident = user;
        } else if memchr::memchr2(b' ', b'[', text).is_none() {
            match memchr::memrchr(b'@', text) {
                // qmail writes the login in a comment of its own.
                Some(_) if self.auth.is_empty() => self.auth = text,
                None if memchr::memchr(b'.', text).is_some() => self.take_rdns(text),
                _ => {}
            }
        }
        false
    }

    fn take_rdns(&mut self, name: &'a [u8]) {
        if is_unknown(name) {
            self.no_rdns = true;
        } else if self.rdns.is_empty() && address::ip(name).is_none() {
            self.rdns = name;
        }
    }

    /// `from [192.0.2.1] by`, `from 192.0.2.1:45726 by`, fetchmail's `from name [192.0.2.1] by`.
    fn address_without_comment(&mut self, words: &'a [u8]) {
        if !self.ip.is_empty() || self.name.is_empty() {
            return;
        }
        if let Some(found) = address::read(self.name).or_else(|| address::read(words)) {
            self.ip = found.ip;
            self.port = found.port.or(self.port);
        }
    }

    /// Decides whether the first name is the reverse DNS name or the HELO.
    fn assign_names(&mut self, writer: Writer) {
        let literal = address::read(self.name).is_some();
        // Exim leaves a HELO out that is the name it found for the address.
        let is_name = writer == Writer::Exim && !literal && !self.labelled_helo && !self.local;
        if is_name && !self.ip.is_empty() && !is_unknown(self.name) {
            self.helo = self.name;
        }
        if self.labelled_helo || writer == Writer::Exim {
            if literal {
                self.no_rdns |= writer == Writer::Exim && !self.ip.is_empty();
            } else if !self.local && !self.ip.is_empty() {
                self.take_rdns(self.name);
            }
        } else if is_unknown(self.name) && self.rdns.is_empty() {
            self.no_rdns = true;
        } else if self.helo.is_empty() && self.address_comments > 0 {
            self.helo = self.name;
        }
    }
}

/// The words before the first comment are one name, except for the phrase of Microsoft's local drop.
fn first_name(words: &[u8]) -> &[u8] {
    if is_pickup(words) {
        return words;
    }
    let name = first_word(words);
    name.strip_suffix(b",").unwrap_or(name)
}

/// `from mail pickup service`: handed in through a directory.
pub(super) fn is_pickup(words: &[u8]) -> bool {
    words.eq_ignore_ascii_case(b"mail pickup service")
}

/// Sendmail's `user@localhost` without an address: a program on its own host spoke to it, over a pipe.
fn local_user(text: &[u8]) -> Option<&[u8]> {
    let at = memchr::memrchr(b'@', text)?;
    let (user, host) = text.split_at(at);
    let user = user.strip_prefix(b"IDENT:").unwrap_or(user);
    (host.eq_ignore_ascii_case(b"@localhost") && memchr::memchr(b' ', user).is_none())
        .then_some(user)
}

/// What writers put where they know no name: `unknown`, `<unknown.domain>`.
fn is_unknown(name: &[u8]) -> bool {
    let bracketed = name.strip_prefix(b"<");
    bracketed.is_some_and(|name| strip_prefix(name, b"unknown").is_some())
        || [&b"unknown"[..], b"softdnserr", b"unverified"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(name))
}

/// The login that a comment tells; empty where it tells only that there was one.
fn login(text: &[u8]) -> Option<&[u8]> {
    const BEFORE_USER: [&[u8]; 8] = [
        b"Authenticated sender: ",
        b"Authenticated user: ",
        b"Authenticated account: ",
        b"authenticated user ",
        b"authenticated as ",
        b"authenticated by ",
        b"SquirrelMail authenticated user ",
        b"account ",
    ];
    if let Some(rest) = strip_prefix(text, b"AUTH:") {
        // Courier: mechanism, user, and perhaps TLS behind a comma.
        let user = rest.split(|byte| *byte == b',').next()?.trim_ascii();
        return Some(behind_blank(user));
    }
    if let Some(rest) = BEFORE_USER
        .iter()
        .find_map(|start| strip_prefix(text, start))
    {
        return Some(first_word(rest.trim_ascii()));
    }
    strip_prefix(text, b"authenticated")
        .filter(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
        .map(|_| &b""[..])
}

fn first_word(text: &[u8]) -> &[u8] {
    let end = text.iter().position(u8::is_ascii_whitespace);
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

fn behind_blank(text: &[u8]) -> &[u8] {
    let blank = text.iter().position(u8::is_ascii_whitespace);
    blank
        .and_then(|blank| text.get(blank..))
        .unwrap_or_default()
        .trim_ascii()
}
