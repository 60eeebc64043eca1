//! Enhanced status codes in plain words.

use crate::text::Lang;

/// What a code says (RFC 3463 and the IANA registry of its extensions), whatever its class: `4.7.5` is the same
/// as `5.7.5`, for now. `None` for a code that says no more than its class, and for what is no code.
pub(super) fn meaning(code: &[u8], lang: Lang) -> Option<&'static str> {
    let detail = code
        .get(1..)
        .filter(|_| matches!(code.first(), Some(b'4' | b'5')))?;
    MEANINGS
        .iter()
        .find(|(known, ..)| known.as_bytes() == detail)
        .map(|&(_, english, german)| lang.pick(english, german))
}

/// Subject and detail, with the point before them; what they say in English and in German.
const MEANINGS: [(&str, &str, &str); 66] = [
    (
        ".1.0",
        "something is wrong with an address",
        "mit einer Adresse stimmt etwas nicht",
    ),
    (
        ".1.1",
        "no such mailbox there",
        "dieses Postfach gibt es dort nicht",
    ),
    (
        ".1.2",
        "no such mail domain",
        "diese Mail-Domain gibt es nicht",
    ),
    (
        ".1.3",
        "the recipient's address is malformed",
        "die Adresse des Empfängers hat nicht die vorgeschriebene Form",
    ),
    (
        ".1.4",
        "the address stands for more than one mailbox",
        "die Adresse steht für mehr als ein Postfach",
    ),
    (
        ".1.6",
        "the mailbox has moved, and nobody says where to",
        "das Postfach ist umgezogen, und niemand sagt, wohin",
    ),
    (
        ".1.7",
        "the sender's address is malformed",
        "die Adresse des Absenders hat nicht die vorgeschriebene Form",
    ),
    (
        ".1.8",
        "the sender's domain does not exist",
        "die Domain des Absenders gibt es nicht",
    ),
    (
        ".1.9",
        "the message was handed on to a system that takes no such mail",
        "die Nachricht wurde an ein System weitergegeben, das solche Mail nicht annimmt",
    ),
    (
        ".1.10",
        "the recipient's domain takes no mail (null MX)",
        "die Domain des Empfängers nimmt keine Mail an (Null-MX)",
    ),
    (
        ".2.0",
        "something is wrong with the mailbox",
        "mit dem Postfach stimmt etwas nicht",
    ),
    (
        ".2.1",
        "the mailbox is disabled",
        "das Postfach ist abgeschaltet",
    ),
    (".2.2", "the mailbox is full", "das Postfach ist voll"),
    (
        ".2.3",
        "the message is too long for the mailbox",
        "die Nachricht ist zu lang für das Postfach",
    ),
    (
        ".2.4",
        "the mailing list could not be expanded",
        "die Mailingliste ließ sich nicht auflösen",
    ),
    (
        ".3.0",
        "the mail system there has a trouble of its own",
        "das Mailsystem dort hat selbst eine Störung",
    ),
    (
        ".3.1",
        "the mail system there has no room left",
        "dem Mailsystem dort fehlt Speicherplatz",
    ),
    (
        ".3.2",
        "the mail system there takes no messages now",
        "das Mailsystem dort nimmt zurzeit keine Nachrichten an",
    ),
    (
        ".3.3",
        "the mail system there cannot do what was asked",
        "das Mailsystem dort kann nicht, was verlangt wurde",
    ),
    (
        ".3.4",
        "the message is too big",
        "die Nachricht ist zu groß",
    ),
    (
        ".3.5",
        "the mail system there is not set up well",
        "das Mailsystem dort ist falsch eingerichtet",
    ),
    (
        ".4.0",
        "something is wrong with the network or the routing",
        "mit dem Netz oder dem Routing stimmt etwas nicht",
    ),
    (
        ".4.1",
        "the host does not answer",
        "der Host antwortet nicht",
    ),
    (
        ".4.2",
        "the connection broke or timed out",
        "die Verbindung brach ab oder überschritt die Zeit",
    ),
    (
        ".4.3",
        "a directory or name server could not be asked",
        "ein Verzeichnis- oder Nameserver war nicht zu erreichen",
    ),
    (
        ".4.4",
        "no way to the host is known",
        "kein Weg zum Host bekannt",
    ),
    (
        ".4.5",
        "the system is overloaded",
        "das System ist überlastet",
    ),
    (
        ".4.6",
        "the mail goes round in circles",
        "die Mail läuft im Kreis",
    ),
    (
        ".4.7",
        "it waited too long and was given up",
        "die Nachricht wartete zu lange und wurde aufgegeben",
    ),
    (
        ".5.0",
        "something is wrong with the protocol",
        "mit dem SMTP-Dialog stimmt etwas nicht",
    ),
    (
        ".5.1",
        "the command was not expected or not known",
        "der Befehl wurde nicht erwartet oder ist nicht bekannt",
    ),
    (
        ".5.2",
        "the command could not be understood",
        "der Befehl war nicht verständlich",
    ),
    (
        ".5.3",
        "too many recipients at once",
        "zu viele Empfänger auf einmal",
    ),
    (
        ".5.4",
        "the arguments of the command are wrong",
        "die Argumente des Befehls sind falsch",
    ),
    (
        ".5.6",
        "the line of the authentication was too long",
        "die Zeile der Anmeldung war zu lang",
    ),
    (
        ".6.0",
        "something is wrong with the content",
        "mit dem Inhalt stimmt etwas nicht",
    ),
    (
        ".6.1",
        "the content is of a kind that is not taken",
        "Inhalt dieser Art wird nicht angenommen",
    ),
    (
        ".6.2",
        "the content would have to be converted, which is forbidden",
        "der Inhalt müsste umgewandelt werden, und das ist untersagt",
    ),
    (
        ".6.3",
        "the content would have to be converted, which cannot be done",
        "der Inhalt müsste umgewandelt werden, und das ist nicht möglich",
    ),
    (
        ".6.6",
        "the content is not there any more",
        "der Inhalt ist nicht mehr vorhanden",
    ),
    (
        ".6.7",
        "the address needs SMTPUTF8, which is not offered",
        "die Adresse braucht SMTPUTF8, das nicht angeboten wird",
    ),
    (
        ".6.9",
        "the header needs SMTPUTF8, which is not offered",
        "der Header braucht SMTPUTF8, das nicht angeboten wird",
    ),
    (
        ".7.0",
        "a policy or security rule says no",
        "eine Richtlinie oder Sicherheitsregel lehnt ab",
    ),
    (
        ".7.1",
        "a rule there forbids it: sender, recipient or reputation",
        "eine Regel dort untersagt es: Absender, Empfänger oder Ruf (Reputation)",
    ),
    (
        ".7.2",
        "the sender may not write to this list",
        "der Absender darf nicht an diese Liste schreiben",
    ),
    (
        ".7.3",
        "it would need a conversion that is not possible",
        "es wäre eine Umwandlung nötig, die nicht möglich ist",
    ),
    (
        ".7.4",
        "a security feature was asked for that is not offered",
        "eine Sicherheitsfunktion wurde verlangt, die nicht angeboten wird",
    ),
    (
        ".7.5",
        "the encryption failed: handshake, certificate or key",
        "die Verschlüsselung schlug fehl: Handshake, Zertifikat oder Schlüssel",
    ),
    (
        ".7.6",
        "the encryption method is not supported",
        "das Verschlüsselungsverfahren wird nicht unterstützt",
    ),
    (
        ".7.7",
        "the message was changed on its way",
        "die Nachricht wurde unterwegs verändert",
    ),
    (
        ".7.8",
        "the login was not accepted",
        "die Anmeldung wurde nicht anerkannt",
    ),
    (
        ".7.9",
        "the way to log in is too weak",
        "das Anmeldeverfahren ist zu schwach",
    ),
    (".7.10", "encryption is needed", "Verschlüsselung ist nötig"),
    (
        ".7.11",
        "encryption is needed to log in this way",
        "für diese Art der Anmeldung ist Verschlüsselung nötig",
    ),
    (
        ".7.12",
        "a password has to be changed first",
        "zuerst muss ein Passwort geändert werden",
    ),
    (
        ".7.13",
        "the account is disabled",
        "das Konto ist abgeschaltet",
    ),
    (
        ".7.15",
        "the message has too low a priority",
        "die Nachricht hat eine zu niedrige Priorität",
    ),
    (
        ".7.17",
        "the mailbox has changed hands",
        "das Postfach hat den Inhaber gewechselt",
    ),
    (
        ".7.20",
        "no DKIM signature passed",
        "keine DKIM-Signatur bestand die Prüfung",
    ),
    (
        ".7.23",
        "SPF does not allow this sender from this host",
        "SPF erlaubt diesen Absender von diesem Host nicht",
    ),
    (
        ".7.24",
        "SPF could not be checked",
        "SPF ließ sich nicht prüfen",
    ),
    (
        ".7.25",
        "the name of the sending host does not lead back to it",
        "der Name des sendenden Hosts führt nicht zu ihm zurück",
    ),
    (
        ".7.26",
        "several checks of the sender failed (SPF, DKIM, DMARC)",
        "mehrere Prüfungen des Absenders schlugen fehl (SPF, DKIM, DMARC)",
    ),
    (
        ".7.27",
        "the sender's domain takes no mail (null MX)",
        "die Domain des Absenders nimmt keine Mail an (Null-MX)",
    ),
    (
        ".7.28",
        "too much mail came from there",
        "von dort kam zu viel Mail",
    ),
    (
        ".7.30",
        "the next host does not support REQUIRETLS",
        "der nächste Host unterstützt REQUIRETLS nicht",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_words() {
        let english = |code| meaning(code, Lang::En);
        assert_eq!(english(b"5.1.1"), Some("no such mailbox there"));
        assert_eq!(english(b"4.7.5"), english(b"5.7.5"));
        for code in [
            b"2.0.0".as_slice(),
            b"2.1.1",
            b"5.0.0",
            b"5.9.9",
            b"550",
            b"",
        ] {
            assert_eq!(english(code), None);
        }
    }

    #[test]
    fn every_code_has_words_in_both_languages() {
        for (code, english, german) in MEANINGS {
            assert!(!english.is_empty() && !german.is_empty(), "{code}");
            assert_ne!(english, german, "{code}");
        }
        assert_eq!(meaning(b"5.2.2", Lang::De), Some("das Postfach ist voll"));
    }

    #[test]
    fn each_is_told_once() {
        let mut codes: Vec<&str> = MEANINGS.iter().map(|(code, ..)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), MEANINGS.len());
    }
}
