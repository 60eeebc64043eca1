use super::*;

type Expected<'a> = (&'a str, &'a str, Option<u16>);

fn said(text: &str) -> Option<Expected<'_>> {
    match read(text.as_bytes())? {
        CommentSays::Tls(statement) => Some((
            std::str::from_utf8(statement.version).unwrap(),
            std::str::from_utf8(statement.cipher).unwrap(),
            statement.bits,
        )),
        CommentSays::Plain => Some(("plain", "", None)),
    }
}

#[test]
fn every_writers_spelling() {
    for (text, expected) in [
        (
            "using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519",
            ("TLSv1.3", "TLS_AES_256_GCM_SHA384", Some(256)),
        ),
        ("Using TLS", ("", "", None)),
        (
            "using TLS with cipher A-B (128 bits)",
            ("", "A-B", Some(128)),
        ),
        (
            "version=TLS1_2, cipher=TLS_A_WITH_B_P384",
            ("TLS1_2", "TLS_A_WITH_B_P384", None),
        ),
        (
            "version=TLSv1/SSLv3 cipher=A bits=256 verify=OK",
            ("TLSv1/SSLv3", "A", Some(256)),
        ),
        (
            "version=3DTLS1_0, cipher=3DTLS_A",
            ("TLS1_0", "TLS_A", None),
        ),
        (
            "cipher=A subject=\"/C=US, inc./OU=0:app;1\"",
            ("", "A", None),
        ),
        ("TLSv1.2:A-B:256", ("TLSv1.2", "A-B", Some(256))),
        ("TLS-1.0:RSA_A:32", ("TLS-1.0", "RSA_A", Some(32))),
        ("TLSv1.3:A:256:NO", ("TLSv1.3", "A", Some(256))),
        ("UNKNOWN:A:256", ("UNKNOWN", "A", Some(256))),
        ("Cipher SSLv3:RC4-MD5:128", ("SSLv3", "RC4-MD5", Some(128))),
        ("tls_cipher TLS-1.0:A:32", ("TLS-1.0", "A", Some(32))),
        ("TLSv1:A-B encrypted", ("TLSv1", "A-B", None)),
        ("TLSv1.2 A-B encrypted", ("TLSv1.2", "A-B", None)),
        ("A-B encrypted, authenticated", ("", "A-B", None)),
        ("TLS1.3", ("TLS1.3", "", None)),
        ("TLS1.3 TLS_A", ("TLS1.3", "TLS_A", None)),
        ("TLS", ("", "", None)),
        ("SSL", ("", "", None)),
        ("TLS encrypted", ("", "", None)),
        (
            "AUTH: LOGIN a@b, SSL: TLSv1/SSLv3,128bits,RC4-MD5",
            ("TLSv1/SSLv3", "RC4-MD5", Some(128)),
        ),
        (
            "AUTH: CRAM-MD5 a, TLS: TLS1.3, 128bits, A_B",
            ("TLS1.3", "A_B", Some(128)),
        ),
        (
            "TLS: TLSv1/SSLv3,256bits,A",
            ("TLSv1/SSLv3", "A", Some(256)),
        ),
        ("over TLS-1.3-TLS_A", ("TLS-1.3", "TLS_A", None)),
        ("over plain text!", ("plain", "", None)),
        ("not encrypted", ("plain", "", None)),
    ] {
        assert_eq!(said(text), Some(expected), "{text}");
    }
}

#[test]
fn what_is_not_about_tls() {
    for text in [
        "",
        "Exim 4.93",
        "Postfix",
        "8.17.1/8.17.1",
        "authenticated bits=0",
        "Nemesis",
        "UTC",
        "version 4.8.3.54",
        "encrypted",
        "ORCPT <rfc822;a@b>",
        "mail.example.org [192.0.2.1]",
        "tls.example.org",
        "TLS1.3:A\"@example.org:256",
        "using POP3",
        "may be forged",
        "No client certificate requested",
        "AUTH: LOGIN a@b",
        "TLS Mail Gateway 1.0",
    ] {
        assert_eq!(said(text), None, "{text}");
    }
}

#[test]
fn groups_and_certificates() {
    let group = |text: &'static str| match read(text.as_bytes()) {
        Some(CommentSays::Tls(statement)) => std::str::from_utf8(statement.group).unwrap(),
        _ => "",
    };
    assert_eq!(
        group("using TLSv1.3 with cipher A (256/256 bits) key-exchange X25519 s"),
        "X25519"
    );
    assert_eq!(
        group("using TLSv1.2 with cipher A (256/256 bits) key-exchange ECDHE (P-256) s"),
        "P-256"
    );
    assert_eq!(
        certificate(b"Client CN \"a\", Issuer \"b\" (not verified)"),
        Some(Verify::Unverified)
    );
    assert_eq!(
        certificate(b"Client did not present a certificate"),
        Some(Verify::Anonymous)
    );
    assert_eq!(certificate(b"No client certificate requested"), None);
}

#[test]
fn quoted_printable_damage_is_seen() {
    assert!(is_damaged(b"version=3DTLS1_0, cipher=3DTLS_A"));
    assert!(!is_damaged(b"version=TLS1_0, cipher=TLS_A"));
}
