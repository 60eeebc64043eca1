//! Exim's error numbers (`defer (-38)`) in plain words.
//!
//! Numbers from -1 to -50 never moved. From -51 on they did: "retry time not reached for any host" is
//! -53 up to 4.94, -54 from 4.95 to 4.99, and has no number in the log from 4.100 on. So the text is
//! asked first, and a number of the moving block alone is explained only as far as all releases agree.
//! Source: `src/macros.h` and `src/errno` use of the releases 4.50 to 4.100.

/// Explains an error by its text, else by its number. `None` when neither says anything.
///
/// Positive numbers are errors of the operating system as Linux counts them.
pub fn errno_meaning(number: i16, text: &[u8]) -> Option<&'static str> {
    by_text(text).or_else(|| by_number(number))
}

/// Texts that say by themselves what happened, with their explanation.
const TEXTS: [(&[u8], &str); 19] = [
    (
        b"retry time not reached for any host",
        "no host of the domain is due for another try yet; no connection was made",
    ),
    (
        b"retry time not reached",
        "the address is not due for another try yet; no connection was made",
    ),
    (
        b"all hosts",
        "every host of the domain has been failing for a long time",
    ),
    (
        b"all host address lookups",
        "no host of the domain could be looked up",
    ),
    (
        b"some host address lookups failed",
        "some hosts could not be looked up and the others are not due yet",
    ),
    (
        b"connection limit reached",
        "the limit of simultaneous connections was reached; no connection was made",
    ),
    (
        b"concurrency limit reached",
        "the transport was at its limit of parallel deliveries",
    ),
    (
        b"SMTP delivery explicitly queued",
        "remote delivery was put off by an option; no connection was made",
    ),
    (
        b"remote deliveries suppressed",
        "remote delivery was put off by an option; no connection was made",
    ),
    (b"domain is held", "the domain is held by configuration"),
    (
        b"a TLS session is required, but the server did not offer TLS support",
        "TLS is required, and STARTTLS was not offered on this connection; nothing was sent",
    ),
    (
        b"a TLS session is required, but an attempt to start TLS failed",
        "TLS is required, and the server answered STARTTLS with an error; nothing was sent",
    ),
    (
        b"a TLS session is required",
        "TLS is required and was not had on this connection; nothing was sent",
    ),
    (
        b"TLS session: (certificate",
        "the server's certificate did not pass; nothing was sent",
    ),
    (
        b"TLS session: ",
        "the TLS handshake failed; nothing was sent",
    ),
    (
        b"failure while setting up TLS session",
        "the TLS handshake failed; nothing was sent",
    ),
    (
        b"DANE error: ",
        "the DANE records of the host could not be used; nothing was sent",
    ),
    (
        b"Remote host closed connection",
        "the remote host closed the connection",
    ),
    (
        b"Malformed SMTP reply",
        "the remote host sent something that is no SMTP reply",
    ),
];

fn by_text(text: &[u8]) -> Option<&'static str> {
    TEXTS
        .iter()
        .find(|(beginning, _)| text.starts_with(beginning))
        .map(|(_, meaning)| *meaning)
}

fn by_number(number: i16) -> Option<&'static str> {
    match number {
        1.. => system(number),
        0 => None,
        -25..=-1 => first_half(number),
        -50..=-26 => second_half(number),
        -58..=-51 => Some(
            "a retry time was not reached, or the delivery was put off by a limit, an option or an event; \
             the meaning of this number differs between releases",
        ),
        _ => None,
    }
}

const fn system(number: i16) -> Option<&'static str> {
    Some(match number {
        2 => "a file or directory does not exist",
        11 => "a resource is temporarily not available",
        12 => "out of memory",
        13 => "permission denied",
        28 => "no space left on the device",
        30 => "the file system is read-only",
        32 => "the other side closed the connection while we were writing",
        101 => "the network is unreachable",
        104 => "the connection was reset by the other side",
        110 => "the connection timed out",
        111 => "the connection was refused",
        112 => "the host is down",
        113 => "no route to the host",
        122 => "the disk quota is exceeded",
        _ => return None,
    })
}

const fn first_half(number: i16) -> Option<&'static str> {
    Some(match number {
        -2 => "the user name contains a slash",
        -3 => "a file appeared while it was being created",
        -4 => "the mailbox is not a regular file",
        -5 => "the mailbox directory is not a directory",
        -6 => "the mailbox has the wrong owner",
        -7 => "the mailbox has the wrong permissions",
        -8 => "the mailbox was replaced during delivery",
        -9 => "the mailbox could not be locked",
        -10 => "an alias or forward file holds a bad address",
        -11 => "delivery to a pipe is not allowed",
        -12 => "delivery to a file is not allowed",
        -13 => "an automatic reply is not allowed",
        -14 => "no transport is set for pipes",
        -15 => "no transport is set for files",
        -16 => "no transport is set for automatic replies",
        -17 => "the alias or forward data is bad",
        -18 => "the remote host closed the connection",
        -19 => "the remote host sent something that is no SMTP reply",
        -20 => "the spool file is malformed",
        -21 => "a path is not absolute",
        -22 => "the mailbox is over its quota",
        -23 => "the domain is held by configuration",
        -24 => "the transport filter failed",
        -25 => "adding or removing header lines failed",
        _ => return None,
    })
}

const fn second_half(number: i16) -> Option<&'static str> {
    Some(match number {
        -26 => "a write was incomplete",
        -27 => "a string of the configuration could not be expanded",
        -28 => "the group could not be determined",
        -29 => "the user could not be determined",
        -30 => "the transport is not set or not known",
        -31 => "the MBX mailbox has a wrong length",
        -32 => "the host could not be looked up",
        -33 => "the mailbox format is not recognised",
        -34 => "the file would lie outside the home directory",
        -35 => "the look-up of a list was put off",
        -36 => "a DNS look-up was put off",
        -37 => "TLS could not be started, or the certificate did not pass",
        -38 => "TLS is required and was not had; nothing was sent",
        -39 => "the owner of a file could not be changed",
        -40 => "a pipe could not be created",
        -41 => "the verification callout was put off",
        -42 => "authentication is required and failed",
        -43 => "the connection timed out",
        -44 => "the remote host put the recipient off (4xx)",
        -45 => "the remote host put the sender off (4xx)",
        -46 => "the remote host put the message off (4xx)",
        -47 => "the proxy could not be used",
        -48 => "the authenticator failed",
        -49 => "the address needs SMTPUTF8, which the remote host does not offer",
        -50 => "the host is this host itself",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_decides_where_numbers_moved() {
        let text = b"retry time not reached for any host for 'example.org'";
        let meaning = errno_meaning(-53, text).expect("a known text");
        assert!(meaning.contains("no connection was made"));
        // 4.95 and later, and 4.100 without a number.
        assert_eq!(errno_meaning(-54, text), Some(meaning));
        assert_eq!(errno_meaning(0, text), Some(meaning));
        // In 4.95 and later -53 is a local delivery.
        assert_ne!(errno_meaning(-53, b"retry time not reached"), Some(meaning));
    }

    #[test]
    fn a_moving_number_alone_is_hedged() {
        for number in -58..=-51 {
            let meaning = errno_meaning(number, b"").expect("a number of the block");
            assert!(meaning.contains("differs between releases"), "{number}");
        }
    }

    #[test]
    fn the_seed() {
        let text = b"a TLS session is required, but the server did not offer TLS support";
        assert_eq!(
            errno_meaning(-38, text),
            Some(
                "TLS is required, and STARTTLS was not offered on this connection; nothing was sent"
            )
        );
        assert_eq!(
            errno_meaning(111, b"Connection refused"),
            Some("the connection was refused")
        );
    }

    #[test]
    fn fixed_numbers_all_have_words() {
        for number in (-50..=-2_i16).chain([101, 104, 110, 111, 113]) {
            assert!(errno_meaning(number, b"").is_some(), "{number}");
        }
        for number in [0, -1, -59, -100, 9999] {
            assert_eq!(errno_meaning(number, b""), None, "{number}");
        }
    }
}
