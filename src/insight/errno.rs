//! Exim's error numbers (`defer (-38)`) in plain words.
//!
//! Numbers from -1 to -50 never moved. From -51 on they did: "retry time not reached for any host" is
//! -53 up to 4.94, -54 from 4.95 to 4.99, and has no number in the log from 4.100 on. So the text is
//! asked first, and a number of the moving block alone is explained only as far as all releases agree.
//! Source: `src/macros.h` and `src/errno` use of the releases 4.50 to 4.100.

use crate::text::Lang;

/// Explains an error by its text, else by its number. `None` when neither says anything.
///
/// Positive numbers are errors of the operating system as Linux counts them.
pub(super) fn meaning(number: i16, text: &[u8], lang: Lang) -> Option<&'static str> {
    let (english, german) = by_text(text).or_else(|| by_number(number))?;
    Some(lang.pick(english, german))
}

/// An explanation in English and in German.
type Meaning = (&'static str, &'static str);

/// Texts that say by themselves what happened, with their explanation.
const TEXTS: [(&[u8], &str, &str); 19] = [
    (
        b"retry time not reached for any host",
        "no host of the domain is due for another try yet; no connection was made",
        "für keinen Host der Domain steht schon der nächste Versuch an; es wurde keine Verbindung aufgebaut",
    ),
    (
        b"retry time not reached",
        "the address is not due for another try yet; no connection was made",
        "für die Adresse steht der nächste Versuch noch nicht an; es wurde keine Verbindung aufgebaut",
    ),
    (
        b"all hosts",
        "every host of the domain has been failing for a long time",
        "seit langem ist kein Host der Domain erreichbar",
    ),
    (
        b"all host address lookups",
        "no host of the domain could be looked up",
        "kein Host der Domain ließ sich im DNS auflösen",
    ),
    (
        b"some host address lookups failed",
        "some hosts could not be looked up and the others are not due yet",
        "einige Hosts ließen sich im DNS nicht auflösen, für die übrigen steht der nächste Versuch noch nicht an",
    ),
    (
        b"connection limit reached",
        "the limit of simultaneous connections was reached; no connection was made",
        "die Höchstzahl gleichzeitiger Verbindungen war erreicht; es wurde keine Verbindung aufgebaut",
    ),
    (
        b"concurrency limit reached",
        "the transport was at its limit of parallel deliveries",
        "die Höchstzahl paralleler Zustellungen des Transports war erreicht",
    ),
    (
        b"SMTP delivery explicitly queued",
        "remote delivery was put off by an option; no connection was made",
        "die Zustellung an andere Hosts wurde durch eine Option aufgeschoben; es wurde keine Verbindung aufgebaut",
    ),
    (
        b"remote deliveries suppressed",
        "remote delivery was put off by an option; no connection was made",
        "die Zustellung an andere Hosts wurde durch eine Option aufgeschoben; es wurde keine Verbindung aufgebaut",
    ),
    (
        b"domain is held",
        "the domain is held by configuration",
        "die Domain ist durch die Konfiguration angehalten",
    ),
    (
        b"a TLS session is required, but the server did not offer TLS support",
        "TLS is required, and STARTTLS was not offered on this connection; nothing was sent",
        "TLS ist vorgeschrieben, und STARTTLS wurde auf dieser Verbindung nicht angeboten; nichts gesendet",
    ),
    (
        b"a TLS session is required, but an attempt to start TLS failed",
        "TLS is required, and the server answered STARTTLS with an error; nothing was sent",
        "TLS ist vorgeschrieben, und der Server beantwortete STARTTLS mit einem Fehler; nichts gesendet",
    ),
    (
        b"a TLS session is required",
        "TLS is required and was not had on this connection; nothing was sent",
        "TLS ist vorgeschrieben und kam auf dieser Verbindung nicht zustande; nichts gesendet",
    ),
    (
        b"TLS session: (certificate",
        "the server's certificate did not pass; nothing was sent",
        "das Zertifikat des Servers bestand die Prüfung nicht; nichts gesendet",
    ),
    (
        b"TLS session: ",
        "the TLS handshake failed; nothing was sent",
        "der TLS-Handshake schlug fehl; nichts gesendet",
    ),
    (
        b"failure while setting up TLS session",
        "the TLS handshake failed; nothing was sent",
        "der TLS-Handshake schlug fehl; nichts gesendet",
    ),
    (
        b"DANE error: ",
        "the DANE records of the host could not be used; nothing was sent",
        "die DANE-Einträge des Hosts waren nicht verwendbar; nichts gesendet",
    ),
    (
        b"Remote host closed connection",
        "the remote host closed the connection",
        "die Gegenseite hat die Verbindung geschlossen",
    ),
    (
        b"Malformed SMTP reply",
        "the remote host sent something that is no SMTP reply",
        "die Gegenseite sendete etwas, das keine SMTP-Antwort ist",
    ),
];

fn by_text(text: &[u8]) -> Option<Meaning> {
    TEXTS
        .iter()
        .find(|(beginning, ..)| text.starts_with(beginning))
        .map(|&(_, english, german)| (english, german))
}

fn by_number(number: i16) -> Option<Meaning> {
    if (-58..=-51).contains(&number) {
        return Some(MOVED);
    }
    let found = NUMBERS.iter().find(|(own, ..)| *own == number);
    found.map(|&(_, english, german)| (english, german))
}

/// What a number of the moving block says by itself.
const MOVED: Meaning = (
    "a retry time was not reached, or the delivery was put off by a limit, an option or an event; \
     the meaning of this number differs between releases",
    "ein Zeitpunkt für den nächsten Versuch war noch nicht erreicht, oder die Zustellung wurde durch eine \
     Grenze, eine Option oder ein Ereignis aufgeschoben; was diese Nummer bedeutet, hängt von der Version ab",
);

/// Errors of the operating system, then Exim's own that never moved; each in English and in German.
const NUMBERS: [(i16, &str, &str); 63] = [
    (
        2,
        "a file or directory does not exist",
        "eine Datei oder ein Verzeichnis ist nicht vorhanden",
    ),
    (
        11,
        "a resource is temporarily not available",
        "eine Ressource ist vorübergehend nicht verfügbar",
    ),
    (12, "out of memory", "kein Arbeitsspeicher mehr frei"),
    (13, "permission denied", "keine Berechtigung"),
    (
        28,
        "no space left on the device",
        "kein Speicherplatz mehr auf dem Datenträger",
    ),
    (
        30,
        "the file system is read-only",
        "das Dateisystem ist schreibgeschützt",
    ),
    (
        32,
        "the other side closed the connection while we were writing",
        "die Gegenseite schloss die Verbindung, während gesendet wurde",
    ),
    (
        101,
        "the network is unreachable",
        "das Netz ist nicht erreichbar",
    ),
    (
        104,
        "the connection was reset by the other side",
        "die Gegenseite hat die Verbindung abgebrochen",
    ),
    (
        110,
        "the connection timed out",
        "Zeitüberschreitung der Verbindung",
    ),
    (
        111,
        "the connection was refused",
        "die Verbindung wurde abgelehnt",
    ),
    (112, "the host is down", "der Host ist außer Betrieb"),
    (113, "no route to the host", "kein Weg zum Host"),
    (
        122,
        "the disk quota is exceeded",
        "das Speicherkontingent ist überschritten",
    ),
    (
        -2,
        "the user name contains a slash",
        "der Benutzername enthält einen Schrägstrich",
    ),
    (
        -3,
        "a file appeared while it was being created",
        "eine Datei entstand, während sie angelegt wurde",
    ),
    (
        -4,
        "the mailbox is not a regular file",
        "das Postfach ist keine gewöhnliche Datei",
    ),
    (
        -5,
        "the mailbox directory is not a directory",
        "das Verzeichnis des Postfachs ist kein Verzeichnis",
    ),
    (
        -6,
        "the mailbox has the wrong owner",
        "das Postfach hat den falschen Eigentümer",
    ),
    (
        -7,
        "the mailbox has the wrong permissions",
        "das Postfach hat die falschen Zugriffsrechte",
    ),
    (
        -8,
        "the mailbox was replaced during delivery",
        "das Postfach wurde während der Zustellung ersetzt",
    ),
    (
        -9,
        "the mailbox could not be locked",
        "das Postfach ließ sich nicht sperren",
    ),
    (
        -10,
        "an alias or forward file holds a bad address",
        "eine Alias- oder Weiterleitungsdatei enthält eine ungültige Adresse",
    ),
    (
        -11,
        "delivery to a pipe is not allowed",
        "Zustellung an ein Programm (Pipe) ist nicht erlaubt",
    ),
    (
        -12,
        "delivery to a file is not allowed",
        "Zustellung in eine Datei ist nicht erlaubt",
    ),
    (
        -13,
        "an automatic reply is not allowed",
        "eine automatische Antwort ist nicht erlaubt",
    ),
    (
        -14,
        "no transport is set for pipes",
        "für Programme (Pipes) ist kein Transport eingestellt",
    ),
    (
        -15,
        "no transport is set for files",
        "für Dateien ist kein Transport eingestellt",
    ),
    (
        -16,
        "no transport is set for automatic replies",
        "für automatische Antworten ist kein Transport eingestellt",
    ),
    (
        -17,
        "the alias or forward data is bad",
        "die Alias- oder Weiterleitungsdaten sind fehlerhaft",
    ),
    (
        -18,
        "the remote host closed the connection",
        "die Gegenseite hat die Verbindung geschlossen",
    ),
    (
        -19,
        "the remote host sent something that is no SMTP reply",
        "die Gegenseite sendete etwas, das keine SMTP-Antwort ist",
    ),
    (
        -20,
        "the spool file is malformed",
        "die Spool-Datei ist fehlerhaft",
    ),
    (-21, "a path is not absolute", "ein Pfad ist nicht absolut"),
    (
        -22,
        "the mailbox is over its quota",
        "das Postfach hat sein Kontingent überschritten",
    ),
    (
        -23,
        "the domain is held by configuration",
        "die Domain ist durch die Konfiguration angehalten",
    ),
    (
        -24,
        "the transport filter failed",
        "der Transport-Filter schlug fehl",
    ),
    (
        -25,
        "adding or removing header lines failed",
        "Headerzeilen ließen sich nicht hinzufügen oder entfernen",
    ),
    (
        -26,
        "a write was incomplete",
        "ein Schreibvorgang blieb unvollständig",
    ),
    (
        -27,
        "a string of the configuration could not be expanded",
        "eine Zeichenkette der Konfiguration ließ sich nicht auswerten",
    ),
    (
        -28,
        "the group could not be determined",
        "die Gruppe ließ sich nicht bestimmen",
    ),
    (
        -29,
        "the user could not be determined",
        "der Benutzer ließ sich nicht bestimmen",
    ),
    (
        -30,
        "the transport is not set or not known",
        "der Transport ist nicht eingestellt oder nicht bekannt",
    ),
    (
        -31,
        "the MBX mailbox has a wrong length",
        "das MBX-Postfach hat eine falsche Länge",
    ),
    (
        -32,
        "the host could not be looked up",
        "der Host ließ sich im DNS nicht auflösen",
    ),
    (
        -33,
        "the mailbox format is not recognised",
        "das Format des Postfachs ist nicht erkennbar",
    ),
    (
        -34,
        "the file would lie outside the home directory",
        "die Datei läge außerhalb des Home-Verzeichnisses",
    ),
    (
        -35,
        "the look-up of a list was put off",
        "die Abfrage einer Liste wurde aufgeschoben",
    ),
    (
        -36,
        "a DNS look-up was put off",
        "eine DNS-Abfrage wurde aufgeschoben",
    ),
    (
        -37,
        "TLS could not be started, or the certificate did not pass",
        "TLS kam nicht zustande, oder das Zertifikat bestand die Prüfung nicht",
    ),
    (
        -38,
        "TLS is required and was not had; nothing was sent",
        "TLS ist vorgeschrieben und kam nicht zustande; nichts gesendet",
    ),
    (
        -39,
        "the owner of a file could not be changed",
        "der Eigentümer einer Datei ließ sich nicht ändern",
    ),
    (
        -40,
        "a pipe could not be created",
        "eine Pipe ließ sich nicht anlegen",
    ),
    (
        -41,
        "the verification callout was put off",
        "die Prüfung der Adresse bei der Gegenseite (Callout) wurde aufgeschoben",
    ),
    (
        -42,
        "authentication is required and failed",
        "Anmeldung ist vorgeschrieben und schlug fehl",
    ),
    (
        -43,
        "the connection timed out",
        "Zeitüberschreitung der Verbindung",
    ),
    (
        -44,
        "the remote host put the recipient off (4xx)",
        "die Gegenseite hat den Empfänger vorläufig abgewiesen (4xx)",
    ),
    (
        -45,
        "the remote host put the sender off (4xx)",
        "die Gegenseite hat den Absender vorläufig abgewiesen (4xx)",
    ),
    (
        -46,
        "the remote host put the message off (4xx)",
        "die Gegenseite hat die Nachricht vorläufig abgewiesen (4xx)",
    ),
    (
        -47,
        "the proxy could not be used",
        "der Proxy war nicht verwendbar",
    ),
    (
        -48,
        "the authenticator failed",
        "das Anmeldeverfahren schlug fehl",
    ),
    (
        -49,
        "the address needs SMTPUTF8, which the remote host does not offer",
        "die Adresse braucht SMTPUTF8, das die Gegenseite nicht anbietet",
    ),
    (
        -50,
        "the host is this host itself",
        "der Host ist dieser Host selbst",
    ),
];

#[cfg(test)]
mod tests;
