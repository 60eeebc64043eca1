//! Test table: the Received headers of each family of mail systems, one row for each form.

use super::*;

/// Version, suite and bits of a TLS session; `no`, `?` and `-` for plaintext, not stated and not applicable.
type Tls<'a> = (&'a str, &'a str, u16);

const PLAIN: Tls<'_> = ("no", "", 0);
const UNKNOWN: Tls<'_> = ("?", "", 0);
const NONE: Tls<'_> = ("-", "", 0);
const BARE: Tls<'_> = ("", "", 0);

/// Header, TLS, HELO, address.
type Row<'a> = (&'a str, Tls<'a>, &'a str, &'a str);

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn check(rows: &[Row<'_>]) {
    for (header, expected, helo, ip) in rows {
        let hop = parse(header.as_bytes());
        let statement = hop.statement.unwrap_or_default();
        let said = match hop.tls {
            TlsState::Yes => (
                text(statement.version),
                text(statement.cipher),
                statement.bits.unwrap_or_default(),
            ),
            TlsState::No => PLAIN,
            TlsState::NotApplicable => NONE,
            _ => UNKNOWN,
        };
        assert_eq!(said, *expected, "{header}");
        assert_eq!((text(hop.helo), text(hop.ip)), (*helo, *ip), "{header}");
        assert!(!hop.doubts.ambiguous, "{header}");
    }
}

#[test]
fn exim() {
    check(&[
        (
            "from a.example ([192.0.2.1]) by b with esmtp (Exim 3.36 #1 (Debian)) id 1; 1 Mar 2003 10:00:00 +0000",
            PLAIN,
            "a.example",
            "192.0.2.1",
        ),
        (
            "from a.example [192.0.2.1] by b with smtp (Exim 3.35 #1) id 1",
            PLAIN,
            "a.example",
            "192.0.2.1",
        ),
        (
            "from a.example ([192.0.2.1] helo=c.example ident=x) by b with asmtp (TLSv1:RC4-MD5:128) (Exim 4.34) id 1",
            ("TLSv1", "RC4-MD5", 128),
            "c.example",
            "192.0.2.1",
        ),
        (
            "from a.example ([192.0.2.1]:47) by b with esmtps (TLS1.0:DHE_RSA_AES_256_CBC_SHA1:32) (Exim 4.80) id 1",
            ("TLS1.0", "DHE_RSA_AES_256_CBC_SHA1", 32),
            "a.example",
            "192.0.2.1",
        ),
        (
            "from a.example ([192.0.2.1] helo=c) by b with esmtps (TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_256_GCM:256) (Exim 4.92) id 1",
            ("TLS1.2", "ECDHE_SECP256R1__RSA_SHA256__AES_256_GCM", 256),
            "c",
            "192.0.2.1",
        ),
        (
            "from [2001:db8::1] (helo=c) by b with utf8esmtpsa  (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.98) id 1",
            ("TLS1.3", "TLS_AES_256_GCM_SHA384", 0),
            "c",
            "2001:db8::1",
        ),
        (
            "from mail by b with spam-scanned (Exim 4.60) id 1",
            NONE,
            "",
            "",
        ),
    ]);
}

#[test]
fn postfix() {
    check(&[
        (
            "from a (unknown[192.0.2.1]) by b (Postfix) with SMTP id 1; 1 Mar 2003 10:00:00 +0000",
            PLAIN,
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) (using TLSv1 with cipher EXP-RC4-MD5 (40/128 bits)) (Client did not present a certificate) by b (Postfix) with ESMTPS id 1",
            ("TLSv1", "EXP-RC4-MD5", 40),
            "a",
            "192.0.2.1",
        ),
        (
            "from [10.0.0.5] (c [192.0.2.1]) (using TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 (128/128 bits) key-exchange X25519MLKEM768 server-signature ECDSA (prime256v1) server-digest SHA256) (No client certificate requested) (Authenticated sender: x@example.org) by b (Postfix) with ESMTPSA id 1",
            ("TLSv1.3", "TLS_AES_128_GCM_SHA256", 128),
            "[10.0.0.5]",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (Client CN \"using SSLv3 with cipher X\", Issuer \"y\" (not verified)) by b (Postfix) with UTF8SMTPS id 1",
            ("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256),
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) by b (Postfix) with ESMTPSA id 1",
            BARE,
            "a",
            "192.0.2.1",
        ),
        (
            "by b (Postfix) id 1; 1 Mar 2026 10:00:00 +0000",
            UNKNOWN,
            "",
            "",
        ),
        // Without a date, it may be a release that wrote ESMTP for TLS sessions.
        (
            "from a (c [192.0.2.1]) by b (Postfix) with ESMTP id 1",
            UNKNOWN,
            "a",
            "192.0.2.1",
        ),
    ]);
}

#[test]
fn sendmail_and_what_comes_from_it() {
    check(&[
        (
            "from a (c [192.0.2.1] (may be forged)) by b (8.8.8/8.8.8) with ESMTP id 1",
            PLAIN,
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) (using TLSv1/SSLv3 with cipher RC4-MD5 (128 bits) verified NO) by b (8.11.6/8.11.6) with ESMTP id 1",
            ("TLSv1/SSLv3", "RC4-MD5", 128),
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) by b (8.11.6/8.11.6) with ESMTP id 1 (using TLSv1 with cipher EDH-RSA-DES-CBC3-SHA (168 bits) verified NO)",
            ("TLSv1", "EDH-RSA-DES-CBC3-SHA", 168),
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) (authenticated bits=256) by b (8.14.4/8.14.4) with ESMTPSA id 1 (version=TLSv1/SSLv3 cipher=DHE-RSA-CAMELLIA256-SHA bits=256 verify=NOT)",
            ("TLSv1/SSLv3", "DHE-RSA-CAMELLIA256-SHA", 256),
            "a",
            "192.0.2.1",
        ),
        (
            "from localhost (root@localhost) by b (8.9.3/8.9.3) with ESMTP id 1",
            NONE,
            "",
            "",
        ),
        (
            "from localhost (localhost [[UNIX: localhost]]) by b (8.12.11/8.12.11) with ESMTP id 1",
            NONE,
            "",
            "",
        ),
        (
            "from <unavailable> by b (8.12.11/8.12.11) with ESMTP id 1",
            UNKNOWN,
            "",
            "",
        ),
        (
            "from a ([192.0.2.1]) by b (PPS) with ESMTPS id 1-1 (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NOT)",
            ("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256),
            "a",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1]) by b with ESMTP id 1-1 (version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NO) CN",
            ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", 256),
            "a",
            "192.0.2.1",
        ),
    ]);
}

#[test]
fn opensmtpd() {
    check(&[
        (
            "from a (c [192.0.2.1]); by b (OpenSMTPD) with ESMTP id 1; for <d@example.org>; 1 Mar 2014 10:00:00 +0100",
            PLAIN,
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) by b (OpenSMTPD) with ESMTPSA id 1 TLS version=TLSv1/SSLv3 cipher=AES256-SHA bits=256 verify=NO for <d@example.org>",
            ("TLSv1/SSLv3", "AES256-SHA", 256),
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) by b (OpenSMTPD) with ESMTPS id 1 TLS version=TLSv1/SSLv3 cipher=AES256-SHA bits=256; for <d@example.org>",
            ("TLSv1/SSLv3", "AES256-SHA", 256),
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) by b (OpenSMTPD) with ESMTPS id 1 (TLSv1.3:AEAD-AES256-GCM-SHA384:256:NO)",
            ("TLSv1.3", "AEAD-AES256-GCM-SHA384", 256),
            "a",
            "192.0.2.1",
        ),
    ]);
}

#[test]
fn qmail_and_its_kin() {
    check(&[
        (
            "from unknown (HELO a) (x@192.0.2.1) by b with SMTP; 1 Mar 2010 10:00:00 -0000",
            UNKNOWN,
            "a",
            "192.0.2.1",
        ),
        (
            "from c (HELO a) (192.0.2.1) by b with (AES256-SHA encrypted) SMTP",
            ("", "AES256-SHA", 0),
            "a",
            "192.0.2.1",
        ),
        (
            "from c (HELO a) (192.0.2.1) by b (qpsmtpd/0.84) with (TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384 encrypted) ESMTPS",
            ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", 0),
            "a",
            "192.0.2.1",
        ),
        (
            "from c (HELO a) (x@192.0.2.1) de/crypted with TLSv1.3: TLS_AES_256_GCM_SHA384 [256/256] DN=none by b with ESMTPSA",
            ("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256),
            "a",
            "192.0.2.1",
        ),
        (
            "from c (HELO a) (192.0.2.1) de/crypted with TLSv1.2: ECDHE-ECDSA-CHACHA20-POLY1305 [unknown/unknown] DN=none by b with ESMTPS",
            ("TLSv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305", 0),
            "a",
            "192.0.2.1",
        ),
        (
            "from c (HELO a) (192.0.2.1) de/crypted with TLSv1.3: TLS_AES_256_GCM_SHA384 [256/256] DN=none by b with ESMTP",
            UNKNOWN,
            "a",
            "192.0.2.1",
        ),
        (
            "from a.example(192.0.2.1, HELO c.example) by b via smap (V1.3) id 1",
            UNKNOWN,
            "c.example",
            "192.0.2.1",
        ),
    ]);
}

#[test]
fn gateways() {
    check(&[
        (
            "from a (a [192.0.2.1]) (Using TLS) by b with ESMTP id 1",
            BARE,
            "a",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1]) by b with ESMTP/TLS/TLS_AES_256_GCM_SHA384; 01 Jan 2024 00:00:00 -0500",
            ("", "TLS_AES_256_GCM_SHA384", 0),
            "a",
            "192.0.2.1",
        ),
        (
            "from source ([192.0.2.1]) (using TLSv1) by b ([192.0.2.2]) with SMTP ID x; 1 Jan 2012 00:00:00 PST",
            ("TLSv1", "", 0),
            "source",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) by b (version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NO); 1 Jan 2024 00:00:00 +0000",
            ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", 256),
            "a",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1]) by b with AES128-SHA encrypted SMTP;1 Jan 2014 00:00:00 -0000",
            ("", "AES128-SHA", 0),
            "a",
            "192.0.2.1",
        ),
        (
            "from a ([127.0.0.1]) by localhost (c [127.0.0.1]) (amavis, port 10024) with LMTP id 1",
            NONE,
            "a",
            "127.0.0.1",
        ),
        (
            "from a (c [192.0.2.1]) by b (RZmta 49.1 AUTH) with ESMTPSA id 1 (using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (curve X9_62_prime256v1 with 256 ECDH bits, eq. 3072 bits RSA))",
            ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", 0),
            "a",
            "192.0.2.1",
        ),
    ]);
}

#[test]
fn other_mail_servers() {
    check(&[
        (
            "from a ([192.0.2.1]) by b with MailEnable ESMTP",
            UNKNOWN,
            "a",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1]) by b with MailEnable ESMTPSA",
            BARE,
            "a",
            "192.0.2.1",
        ),
        (
            "from a (c [192.0.2.1]) by b with SMTP (version=Tls12 cipher=Aes256 bits=256)",
            ("Tls12", "Aes256", 256),
            "a",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1]) by b (Merak 8.9.1) with ASMTP (SSL) id 1",
            BARE,
            "a",
            "192.0.2.1",
        ),
        (
            "from a (EHLO c) ([192.0.2.1]) by b (JAMES SMTP Server 3.8) with ESMTPS (TLSv1.3, TLS_AES_256_GCM_SHA384) ID 1",
            ("TLSv1.3", "TLS_AES_256_GCM_SHA384", 0),
            "c",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1]) by b (chasquid) with ESMTPS tls TLS_AES_128_GCM_SHA256 (over SMTP, TLS-1.3, envelope from \"x@example.org\") ; 1 Jan 2024 00:00:00 +0000",
            ("TLS-1.3", "TLS_AES_128_GCM_SHA256", 0),
            "a",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1]) by b (chasquid) with ESMTP (over SMTP, plain text!, envelope from \"x@example.org\") ; 1 Jan 2024 00:00:00 +0000",
            PLAIN,
            "a",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1:47] helo=c) by b (envelope-from <x@example.org>) (ecelerity 4.7 r(x:y)) with ESMTPS (cipher=AES256-SHA subject=\"/O=x, inc./CN=y cipher=NULL-MD5 version=SSLv2\") id 1",
            ("", "AES256-SHA", 0),
            "c",
            "192.0.2.1",
        ),
        (
            "from a ([192.0.2.1]) by b with ESMTPS (TLS_AES_256_GCM_SHA384) id 1",
            ("", "TLS_AES_256_GCM_SHA384", 0),
            "a",
            "192.0.2.1",
        ),
        (
            "from a (<unknown.domain>[192.0.2.1]) by b (c) with SMTP id <1>",
            UNKNOWN,
            "a",
            "192.0.2.1",
        ),
        (
            "from a.example(192.0.2.1), claiming to be \"c.example\" via SMTP by b, id 1",
            UNKNOWN,
            "c.example",
            "192.0.2.1",
        ),
    ]);
    let claimed =
        parse(b"from a.example(192.0.2.1), claiming to be \"c.example\" via SMTP by b, id 1");
    assert_eq!(claimed.rdns, b"a.example");
}

#[test]
fn words_that_name_no_session() {
    for remark in [
        "(version=NONE cipher=NONE bits=0)",
        "(version= cipher= bits= verify=NOT)",
        "(cipher=none)",
        "(cipher=(NONE))",
        "(TLSv1.2 refused)",
        "(TLSv1.2 not offered)",
        "(TLS disabled)",
        "(no TLS)",
        "(TLS_relay_host_x)",
        "(SASL mechanism=SCRAM-SHA-256 version=1)",
        "(DKIM cipher=rsa-sha256)",
    ] {
        let header = format!("from a ([192.0.2.1]) by b with ESMTP {remark} id 1");
        let hop = parse(header.as_bytes());
        if remark.starts_with("(DKIM") || remark.starts_with("(SASL") {
            assert_eq!(hop.statement, None, "{header}");
        }
        assert_eq!(hop.tls, TlsState::NotStated, "{header}");
    }
}

#[test]
fn ways_without_a_greeting() {
    check(&[
        (
            "from a.example ([192.0.2.1]) (SquirrelMail authenticated user x); by b with HTTP; 1 Jan 2010 00:00:00 +0100",
            NONE,
            "",
            "192.0.2.1",
        ),
        (
            "from a.example ([192.0.2.1]) by b with HTTPS (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384)",
            NONE,
            "",
            "192.0.2.1",
        ),
        (
            "from a.example ([fe80::1]) by b ([fe80::1%5]) with mapi id 15.1",
            NONE,
            "",
            "fe80::1",
        ),
        (
            "from a.example (a.example [192.0.2.1]) by b with IMAP (fetchmail-6.4.1) for <x@localhost>",
            NONE,
            "",
            "192.0.2.1",
        ),
    ]);
}

#[test]
fn what_cannot_be_true_together_states_nothing() {
    for header in [
        "from a ([192.0.2.1]) by b with ESMTPS (not encrypted) id 1",
        "from a ([192.0.2.1]) by b (chasquid) with ESMTPS (over SMTP, plain text!, envelope from \"x\")",
        "from a ([192.0.2.1]) by b with ESMTPS (TLSv1.3:TLS_AES_256_GCM_SHA384:256) id 1 (version=TLSv1 cipher=AES256-SHA)",
        "from a ([192.0.2.1]) by b with ESMTP (TLSv1.2 A-B) (not encrypted) id 1",
    ] {
        let hop = parse(header.as_bytes());
        assert!(hop.doubts.ambiguous && hop.statement.is_none(), "{header}");
        assert_eq!(hop.tls, TlsState::NotStated, "{header}");
    }
    // The same session stated twice, in other words or in part, is no contradiction.
    for header in [
        "from a ([192.0.2.1]) by b with ESMTPS (TLS) id 1 (version=TLSv1.2 cipher=AES256-SHA)",
        "from a ([192.0.2.1]) by b with ESMTPS (TLSv1.2) id 1 (cipher=AES256-SHA)",
        "from a (a [192.0.2.1]) by b with ESMTP with STARTTLS (version=TLSv1.3, cipher=TLS_A) id 1",
    ] {
        let hop = parse(header.as_bytes());
        assert!(
            !hop.doubts.ambiguous && hop.tls == TlsState::Yes,
            "{header}"
        );
    }
}
