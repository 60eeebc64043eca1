//! Enhanced status codes in plain words.

/// What a code says (RFC 3463 and the IANA registry of its extensions), whatever its class: `4.7.5` is the same
/// as `5.7.5`, for now. `None` for a code that says no more than its class, and for what is no code.
pub(super) fn meaning(code: &[u8]) -> Option<&'static str> {
    let detail = code
        .get(1..)
        .filter(|_| matches!(code.first(), Some(b'4' | b'5')))?;
    MEANINGS
        .iter()
        .find(|(known, _)| known.as_bytes() == detail)
        .map(|(_, meaning)| *meaning)
}

/// Subject and detail, with the point before them.
const MEANINGS: [(&str, &str); 66] = [
    (".1.0", "something is wrong with an address"),
    (".1.1", "no such mailbox there"),
    (".1.2", "no such mail domain"),
    (".1.3", "the recipient's address is malformed"),
    (".1.4", "the address stands for more than one mailbox"),
    (".1.6", "the mailbox has moved, and nobody says where to"),
    (".1.7", "the sender's address is malformed"),
    (".1.8", "the sender's domain does not exist"),
    (
        ".1.9",
        "the message was handed on to a system that takes no such mail",
    ),
    (".1.10", "the recipient's domain takes no mail (null MX)"),
    (".2.0", "something is wrong with the mailbox"),
    (".2.1", "the mailbox is disabled"),
    (".2.2", "the mailbox is full"),
    (".2.3", "the message is too long for the mailbox"),
    (".2.4", "the mailing list could not be expanded"),
    (".3.0", "the mail system there has a trouble of its own"),
    (".3.1", "the mail system there has no room left"),
    (".3.2", "the mail system there takes no messages now"),
    (".3.3", "the mail system there cannot do what was asked"),
    (".3.4", "the message is too big"),
    (".3.5", "the mail system there is not set up well"),
    (".4.0", "something is wrong with the network or the routing"),
    (".4.1", "the host does not answer"),
    (".4.2", "the connection broke or timed out"),
    (".4.3", "a directory or name server could not be asked"),
    (".4.4", "no way to the host is known"),
    (".4.5", "the system is overloaded"),
    (".4.6", "the mail goes round in circles"),
    (".4.7", "it waited too long and was given up"),
    (".5.0", "something is wrong with the protocol"),
    (".5.1", "the command was not expected or not known"),
    (".5.2", "the command could not be understood"),
    (".5.3", "too many recipients at once"),
    (".5.4", "the arguments of the command are wrong"),
    (".5.6", "the line of the authentication was too long"),
    (".6.0", "something is wrong with the content"),
    (".6.1", "the content is of a kind that is not taken"),
    (
        ".6.2",
        "the content would have to be converted, which is forbidden",
    ),
    (
        ".6.3",
        "the content would have to be converted, which cannot be done",
    ),
    (".6.6", "the content is not there any more"),
    (".6.7", "the address needs SMTPUTF8, which is not offered"),
    (".6.9", "the header needs SMTPUTF8, which is not offered"),
    (".7.0", "a policy or security rule says no"),
    (
        ".7.1",
        "a rule there forbids it: sender, recipient or reputation",
    ),
    (".7.2", "the sender may not write to this list"),
    (".7.3", "it would need a conversion that is not possible"),
    (
        ".7.4",
        "a security feature was asked for that is not offered",
    ),
    (
        ".7.5",
        "the encryption failed: handshake, certificate or key",
    ),
    (".7.6", "the encryption method is not supported"),
    (".7.7", "the message was changed on its way"),
    (".7.8", "the login was not accepted"),
    (".7.9", "the way to log in is too weak"),
    (".7.10", "encryption is needed"),
    (".7.11", "encryption is needed to log in this way"),
    (".7.12", "a password has to be changed first"),
    (".7.13", "the account is disabled"),
    (".7.15", "the message has too low a priority"),
    (".7.17", "the mailbox has changed hands"),
    (".7.20", "no DKIM signature passed"),
    (".7.23", "SPF does not allow this sender from this host"),
    (".7.24", "SPF could not be checked"),
    (
        ".7.25",
        "the name of the sending host does not lead back to it",
    ),
    (
        ".7.26",
        "several checks of the sender failed (SPF, DKIM, DMARC)",
    ),
    (".7.27", "the sender's domain takes no mail (null MX)"),
    (".7.28", "too much mail came from there"),
    (".7.30", "the next host does not support REQUIRETLS"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_words() {
        assert_eq!(meaning(b"5.1.1"), Some("no such mailbox there"));
        assert_eq!(meaning(b"4.7.5"), meaning(b"5.7.5"));
        for code in [
            b"2.0.0".as_slice(),
            b"2.1.1",
            b"5.0.0",
            b"5.9.9",
            b"550",
            b"",
        ] {
            assert_eq!(meaning(code), None);
        }
    }

    #[test]
    fn each_is_told_once() {
        let mut codes: Vec<&str> = MEANINGS.iter().map(|(code, _)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), MEANINGS.len());
    }
}
