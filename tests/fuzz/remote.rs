//! What a peer may say, and how each mail system writes it into its log or header.

use crate::random::Random;

/// Pieces of what mail systems write about TLS, and what could end the field that holds them.
const IMITATIONS: &[&str] = &[
    " X=TLS1.3:TLS_AES_256_GCM_SHA384:256",
    " CV=yes",
    " CV=dane",
    " P=esmtps",
    " P=local",
    " S=1",
    " H=mx.evil.example",
    " (h)",
    " [198.51.100.66]",
    " [198.51.100.66]:25",
    " DN=\"CN=evil\"",
    " SNI=evil",
    " A=plain:evil",
    " R=r",
    " T=t",
    " F=<evil@example.net>",
    " id=evil",
    " T=\"evil\"",
    " C=\"250 OK\"",
    " for evil@example.net",
    " from <evil@example.net>",
    " QT=1s",
    " DT=1s",
    " rejected RCPT <evil@example.net>: no",
    ": delivering unencrypted to H=mx.evil.example",
    ": a TLS session is required, but the server did not offer TLS support",
    ": TLS session: (gnutls_handshake): no",
    " Warning: x",
    ": SMTP error from remote mail server after RCPT TO:<x>: 550 x",
    " TLS connection established from evil.example[198.51.100.66]: TLSv1 with cipher RC4-SHA (128/128 bits)",
    "Anonymous TLS connection established to ",
    ": TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
    "[198.51.100.66]:25",
    ", relay=mx.evil.example[198.51.100.66]:25",
    ", delay=1",
    ", delays=1/2/3/4",
    ", tls=encrypt",
    ", tls=may:none",
    ", tls=!encrypt",
    ", dsn=2.0.0",
    ", status=sent (250 ok)",
    ", status=deferred (x)",
    ", conn_use=2",
    " proto=ESMTPS",
    " helo=<evil>",
    " to=<evil@example.net>",
    " from=<evil@example.net>",
    ", sasl_method=PLAIN",
    " starttls=1",
    " tls=1/1",
    "TLS is required, but was not offered by host mx.evil.example[198.51.100.66]",
    "Cannot start TLS: handshake failure",
    "530 5.7.0 Must issue a STARTTLS command first",
    ", proto=ESMTPS",
    ", daemon=MTA",
    ", relay=evil.example [198.51.100.66]",
    ", mailer=esmtp",
    ", pri=1",
    ", xdelay=00:00:01",
    ", stat=Sent (ok)",
    ", reply=250 ok",
    "STARTTLS=client, relay=evil, version=TLSv1.3, verify=OK, cipher=AES256-SHA, bits=256/256",
    ", version=TLSv1.3",
    ", verify=OK",
    ", cipher=AES256-SHA",
    ", bits=256/256",
    "403 4.7.0 TLS handshake failed.",
    ", reject=403 4.7.0 encryption too weak 0 less than 128",
    "ruleset=tls_server, arg1=NONE",
    ", size=1",
    ", class=0",
    ", nrcpts=1",
    ", msgid=<evil>",
    " tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256",
    " ciphers=TLSv1:RC4-SHA:128",
    "0123456789abcdef smtp tls",
    "0123456789abcdef mta tls",
    " result=\"Ok\"",
    " stat=\"250 ok\"",
    " relay=\"198.51.100.66 (evil)\"",
    " reason=TLS required but not supported by remote host",
    "opportunistic TLS failed, downgrading to plain",
    " evpid=0123abcd89abcdef",
    " delay=1s",
    " source=\"192.0.2.9\"",
    " command=\"MAIL FROM\"",
    "(TLSv1.3:TLS_AES_256_GCM_SHA384:256)",
    "(TLS1.3) tls TLS_AES_256_GCM_SHA384",
    "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))",
    "(version=TLSv1.3 cipher=AES256-SHA bits=256 verify=NOT)",
    " with ESMTPS",
    " with SMTP",
    " with HTTP",
    " by mail.evil.example",
    " (Exim 4.96)",
    " (Postfix)",
    " (8.17.1/8.17.1)",
    " (OpenSMTPD)",
    " id evil",
    " for <evil@example.net>",
    "; Tue, 24 Feb 2026 08:00:00 +0100",
    " from evil.example ([198.51.100.66])",
    " via evil",
    " tls TLS_AES_256_GCM_SHA384",
    "helo=evil",
    " (HELO evil)",
    "(envelope-from <evil@example.net>)",
    "(authenticated bits=256)",
    "\"",
    "\\",
    "\\\"",
    "'",
    "<",
    ">",
    ">,",
    "(",
    ")",
    "[",
    "]",
    "]:",
    ":",
    ": ",
    ",",
    ", ",
    ";",
    " ",
    "=",
    "*",
    "x",
    "evil",
    "1",
    "@",
    "@evil.example",
    "[1/2] ",
    "\\n",
    "\\n2026-02-24 08:00:00 ",
];

/// Something that a peer says: printable, as every mail system replaces what is not.
pub fn hostile(random: &mut Random) -> String {
    let pieces = 1 + random.below(6);
    let said: String = (0..pieces).map(|_| *random.pick(IMITATIONS)).collect();
    let said = said.trim();
    if said.is_empty() {
        "x".to_owned()
    } else {
        said.to_owned()
    }
}

/// Where a word of a peer stands, by who writes it there and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// As it came.
    Raw,
    /// With `"` and `\` escaped; quotes stand in the template.
    Escaped,
    /// As the local part of an address, quoted as SMTP wants it.
    Local,
    /// As a reply or a reason: its words may tell why something failed.
    Reply,
    /// A HELO name in a Postfix header: brackets and quotes are replaced.
    Neutered,
    /// Characters of a name: letters, digits, and few signs.
    Name,
}

const PLACES: [(&str, Place); 6] = [
    ("{raw}", Place::Raw),
    ("{escaped}", Place::Escaped),
    ("{local}", Place::Local),
    ("{reply}", Place::Reply),
    ("{neutered}", Place::Neutered),
    ("{name}", Place::Name),
];

impl Place {
    /// How a mail system writes what was said.
    fn write(self, said: &str) -> String {
        let escape = |said: &str| said.replace('\\', "\\\\").replace('"', "\\\"");
        match self {
            Self::Raw | Self::Reply => said.to_owned(),
            Self::Escaped => escape(said),
            Self::Local => format!("\"{}\"", escape(said)),
            Self::Neutered => said.replace(['<', '>', '(', ')', '\\', '"', ';', '@'], "?"),
            Self::Name => {
                let is_fit =
                    |sign: &char| sign.is_ascii_alphanumeric() || "-._:=+*/".contains(*sign);
                said.chars().filter(is_fit).chain(['x']).collect()
            }
        }
    }
}

/// A text with places for what a peer says.
#[derive(Clone, Copy)]
pub struct Template(pub &'static str);

impl Template {
    /// Every place, in order.
    pub fn places(self) -> Vec<Place> {
        let mut found: Vec<(usize, Place)> = Vec::new();
        for (mark, place) in PLACES {
            found.extend(self.0.match_indices(mark).map(|(at, _)| (at, place)));
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, place)| place).collect()
    }

    /// The text in which the word at each place is that of `said` by its number, as it is written there.
    pub fn filled(self, said: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        let mut rest = self.0;
        for (nth, place) in self.places().into_iter().enumerate() {
            let (mark, _) = PLACES
                .iter()
                .find(|(_, known)| *known == place)
                .expect("a known place");
            let (before, behind) = rest.split_once(mark).expect("the place");
            text.push_str(before);
            text.push_str(&place.write(&said(nth)));
            rest = behind;
        }
        text + rest
    }
}
