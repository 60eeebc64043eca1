//! Where changes begin: lines and texts of our own, and those of the corpora where these are there.

use std::path::Path;

use crate::common;

/// Lines kept of each file of the corpora.
const LINES_OF_A_FILE: usize = 150;

/// Words of the log grammars.
pub const LOG_WORDS: &[&str] = &[
    " H=",
    " [192.0.2.1]",
    " X=TLS1.3:TLS_AES_256_GCM_SHA384:256",
    " CV=yes",
    " P=esmtps",
    " P=local",
    " DN=\"CN=x\"",
    " SNI=",
    " A=plain:u",
    " S=1",
    " id=",
    " T=\"",
    " C=\"250 OK\"",
    " for ",
    " from <",
    " F=<",
    " R=r",
    " T=t",
    " U=u",
    " I=[192.0.2.2]:25",
    " PRX=",
    " QT=1s",
    " DT=0.1s",
    " K",
    " L*",
    "<= ",
    "=> ",
    "-> ",
    "== ",
    "** ",
    ">> ",
    "*> ",
    "(= ",
    " defer (-53): ",
    " defer (111)",
    " Completed",
    " Frozen",
    "1vum00-000000-00 ",
    "1vum00-00000000000-0000 ",
    "2026-02-24 08:00:00 ",
    " +0100 ",
    "[12] ",
    "[1/2] ",
    "TLS error on connection from ",
    "no MAIL in SMTP connection from ",
    " rejected RCPT ",
    "<a@example.org>",
    ": delivering unencrypted to ",
    "a TLS session is required, but ",
    "NOQUEUE: ",
    "4c1Xyz0Abcz1: ",
    "A1B2C3: ",
    "client=",
    "helo=<",
    "to=<",
    "orig_to=<",
    "relay=",
    "mx.example.org[192.0.2.1]:25",
    "delay=1, ",
    "delays=1/2/3/4",
    "tls=may",
    "tls=may:none",
    "dsn=2.0.0, ",
    "status=sent (",
    "status=deferred (",
    "status=bounced (",
    "conn_use=2, ",
    "proto=ESMTPS",
    "connect from ",
    "disconnect from ",
    "starttls=1",
    "Anonymous TLS connection established ",
    "TLS connection reused to ",
    ": TLSv1.3 with cipher ",
    "(256/256 bits)",
    " key-exchange X25519",
    "SSL_accept error from ",
    "SSL_connect error to ",
    "STARTTLS=server, ",
    "STARTTLS=client, ",
    "version=TLSv1.3, ",
    "verify=OK, ",
    "cipher=AES256-SHA, ",
    "bits=256/256",
    "stat=Sent (",
    "stat=Deferred: ",
    "mailer=esmtp, ",
    "pri=1, ",
    "xdelay=00:00:01, ",
    "ctladdr=",
    "ruleset=tls_server, ",
    "arg1=",
    "reject=403 4.7.0 ",
    "msgid=<",
    "nrcpts=1, ",
    "smtp ",
    "mta ",
    "mda ",
    "event=",
    "connected ",
    "tls ",
    "ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256",
    "cert-check ",
    "result=\"",
    "message ",
    "msgid=0123abcd ",
    "envelope ",
    "evpid=0123abcd89abcdef ",
    "delivery ",
    "failed-command ",
    "command=\"",
    "disconnected ",
    "reason=quit",
    "address=192.0.2.1 ",
    "host=h.example ",
    "0123456789abcdef ",
    "smtp-out: ",
    "smtp-in: ",
    "downgrading to plain",
    "\"",
    "\\",
    "\\\"",
    "<",
    ">",
    "(",
    ")",
    "[",
    "]",
    "]: ",
    ": ",
    ", ",
    " ",
    "=",
    "\u{fffd}",
    "99999999999999999999",
    "-1",
    "250 2.0.0 Ok: queued as ",
];

/// Words of frames around entries.
pub const FRAME_WORDS: &[&str] = &[
    "Nov 23 07:33:40 ",
    "Feb 29 00:00:00 ",
    "Mon 2026-11-23 07:33:40 UTC ",
    "2026-11-23T07:33:40.123456+01:00 ",
    "2026-11-23 07:33:40 ",
    "1795419220.123456 ",
    "<22>",
    "<22>1 ",
    "host ",
    "postfix/smtpd[12]: ",
    "exim[12]: ",
    "sm-mta[1]: ",
    "smtpd[1]: ",
    "- ",
    "[x@1 a=\"b\"] ",
    "message repeated 3 times: [ ",
    "]",
    "[ID 1 mail.info] ",
    "{\n",
    "}\n",
    "}",
    "\"MESSAGE\" : \"",
    "\"MESSAGE\":[49,50],",
    "\"_PID\":\"1\",",
    "\\u0000",
    "\\ud83d\\ude00",
    "\"__REALTIME_TIMESTAMP\" : \"1795419220123456\",\n",
    "\"SYSLOG_IDENTIFIER\":\"exim\",",
    "null",
    "[",
    "__REALTIME_TIMESTAMP=1795419220123456\n",
    "_HOSTNAME=h\n",
    "SYSLOG_IDENTIFIER=postfix/smtpd\n",
    "MESSAGE=",
    "MESSAGE\n\u{3}\0\0\0\0\0\0\0abc\n",
    "\0\0\0\0\0\0\0\0",
    "\n\n",
    "\n",
    "    MESSAGE=",
    "    _PID=1\n",
    "[3B blob data]",
    "-- Boot 0 --\n",
    " [s=1;i=2;b=3;m=4;t=5;x=6]\n",
    "data: ",
    "\u{1e}",
    "\r\n",
    "[1/3] ",
    "[2/3] ",
    "[3/3] ",
    "[1\\2] ",
    "last message repeated 2 times",
    "2026-11-23 07:33:40 1vum00-000000-00 => ",
];

/// Words of headers and of files of mails.
pub const HEADER_WORDS: &[&str] = &[
    "from ",
    " by ",
    " with ",
    "ESMTPS",
    "esmtps",
    "SMTP",
    "LMTP",
    "HTTP",
    " id ",
    " for ",
    " via ",
    " tls ",
    "; ",
    "Tue, 24 Feb 2026 08:00:00 +0100",
    "(TLS1.3)",
    "(TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)",
    "(Exim 4.96)",
    "(Postfix)",
    "(8.17.1/8.17.1)",
    "(OpenSMTPD)",
    "([192.0.2.1])",
    "(helo=x)",
    "(HELO x)",
    "[192.0.2.1]",
    "[IPv6:2001:db8::1]",
    "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))",
    "(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256)",
    "(No client certificate requested)",
    "(envelope-from <a@example.org>)",
    "Microsoft SMTP Server ",
    "(authenticated bits=0)",
    "Received: ",
    "From: ",
    "To: ",
    "Subject: ",
    "Date: ",
    "Message-ID: <",
    "Content-Type: multipart/report; boundary=\"b\"",
    "\n--b\n",
    "\n--b--\n",
    "Content-Type: message/rfc822\n\n",
    "Content-Type: text/rfc822-headers\n\n",
    "Return-Path: <>\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "=3D",
    "=\n",
    "=?utf-8?Q?=1b?=",
    "=?utf-8?B?G1s=?=",
    "Content-Length: 10\n",
    "\n\n",
    "\n ",
    "\n\t",
    "\r\n",
    "\r",
    "(",
    ")",
    "((",
    "\\",
    "\"",
    "<",
    ">",
    "From a@example.org Tue Feb 24 08:00:00 2026\n",
    ">From ",
    "\u{1}\u{1}\u{1}\u{1}\n",
    "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n",
    "*** MESSAGE CONTENTS x ***\n",
    "Auto-Submitted: auto-replied\n",
    "\u{feff}",
    ":",
];

pub const EXIM: &[&str] = &[
    "2026-02-24 08:00:00 1vum00-000000-00 <= a@example.org H=mx.example.net (helo.example) [192.0.2.1]:4711 I=[192.0.2.9]:25 P=esmtps X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no DN=\"CN=mx\" SNI=mx.example A=plain:u S=1000 DKIM=example.org id=m1@example.org T=\"a \\\"b\\\"\" from <a@example.org> for b@example.net c@example.net",
    "2026-02-24 08:00:01.123 +0100 [77] 1vum00-00000000000-0000 => b@example.net <c@example.org> F=<a@example.org> R=dnslookup T=remote_smtp S=1 H=mx.example.net [192.0.2.2]:25* X=TLS1.2:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256:X25519* CV=dane DN=\"C=DE,CN=mx\" C=\"250 OK id=1vum01-000000-00\" QT=1s DT=0.2s",
    "2026-02-24 08:00:02 1vum00-000000-00 == b@example.net R=dnslookup T=remote_smtp defer (-38) H=mx.example.net [192.0.2.2]: a TLS session is required, but the server did not offer TLS support",
    "2026-02-24 08:00:03 1vum00-000000-00 ** b@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.2] X=TLS1.2:AES256-SHA:256 CV=yes: SMTP error from remote mail server after RCPT TO:<b@example.net>: 550 5.1.1 no",
    "2026-02-24 08:00:04 H=mx.example.net (h) [192.0.2.1] X=TLS1.2:AES256-SHA:256 CV=no F=<a@example.org> rejected RCPT <b@example.net>: relay not permitted",
    "2026-02-24 08:00:05 TLS error on connection from mx.example.net (h) [192.0.2.1] (gnutls_handshake): no common cipher",
    "2026-02-24 08:00:06 1vum00-000000-00 TLS session: (gnutls_handshake): timed out: delivering unencrypted to H=mx.example.net [192.0.2.2] (not in hosts_require_tls)",
    "2026-02-24 08:00:07 no MAIL in SMTP connection from (h) [192.0.2.1] D=1s X=TLS1.3:TLS_AES_256_GCM_SHA384:256 C=EHLO,STARTTLS,EHLO,QUIT",
    "2026-02-24 08:00:08 1vum00-000000-00 Completed QT=3s",
];

/// Program, colon, text: see the targets of grammars behind syslog.
pub const POSTFIX: &[&str] = &[
    "postfix/smtpd: connect from mx.example.net[192.0.2.1]",
    "postfix/smtpd: Anonymous TLS connection established from mx.example.net[192.0.2.1] to mail.example.org: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256",
    "postfix/smtpd: 4c1Xyz0Abcz1: client=mx.example.net[192.0.2.1], sasl_method=PLAIN, sasl_username=u",
    "postfix/cleanup: 4c1Xyz0Abcz1: message-id=<m1@example.org>",
    "postfix/qmgr: 4c1Xyz0Abcz1: from=<a@example.org>, size=1000, nrcpt=1 (queue active)",
    "postfix/smtp: Verified TLS connection established to mx.example.net[192.0.2.2]:25: TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)",
    "postfix/smtp: 4c1Xyz0Abcz1: to=<b@example.net>, orig_to=<c@example.org>, relay=mx.example.net[192.0.2.2]:25, conn_use=2, delay=1.2, delays=0.1/0.2/0.3/0.6, tls=may, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ABCDEF12)",
    "postfix/smtp: A1B2C3D4E5: to=<b@example.net>, relay=none, delay=1, delays=1/0/0/0, tls=!encrypt, dsn=4.7.4, status=deferred (TLS is required, but was not offered by host mx.example.net[192.0.2.2])",
    "postfix/smtpd: NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 554 5.7.1 <b@example.net>: Relay access denied; from=<a@example.org> to=<b@example.net> proto=ESMTP helo=<h>",
    "postfix/smtpd: disconnect from mx.example.net[192.0.2.1] ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7",
    "postfix/smtp: SSL_connect error to mx.example.net[192.0.2.2]:25: lost connection",
    "postfix/bounce: 4c1Xyz0Abcz1: sender non-delivery notification: 4c1Xyz1Abcz2",
    "postfix/postscreen: CONNECT from [192.0.2.1]:4711 to [192.0.2.9]:25",
];

pub const SENDMAIL: &[&str] = &[
    "sm-mta: STARTTLS=server, relay=mx.example.net [192.0.2.1], version=TLSv1.3, verify=NO, cipher=TLS_AES_256_GCM_SHA384, bits=256/256",
    "sm-mta: 4BQ7Xabc001234: from=<a@example.org>, size=1000, class=0, nrcpts=1, msgid=<m1@example.org>, bodytype=8BITMIME, proto=ESMTPS, daemon=MTA-v4, relay=mx.example.net [192.0.2.1]",
    "sm-mta: STARTTLS=client, relay=mx.example.net., version=TLSv1.2, verify=OK, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256",
    "sm-mta: 4BQ7Xabc001234: to=<b@example.net>, ctladdr=<a@example.org> (1000/1000), delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30000, relay=mx.example.net. [192.0.2.2], dsn=2.0.0, stat=Sent (250 2.0.0 Ok: queued as ABCDEF12)",
    "sm-mta: 4BQ7Xabc001234: to=<b@example.net>, delay=00:00:01, xdelay=00:00:00, mailer=esmtp, pri=1, relay=mx.example.net. [192.0.2.2], dsn=4.0.0, reply=403 4.7.0 TLS handshake failed., stat=Deferred: 403 4.7.0 TLS handshake failed.",
    "sm-mta: ruleset=tls_server, arg1=NONE, relay=mx.example.net, reject=454 4.7.0 encryption too weak 0 less than 128",
    "sm-mta: STARTTLS=server, error: accept failed=-1, reason=wrong version number, SSL_error=1, errno=0, retry=-1, relay=mx.example.net [192.0.2.1]",
    "sendmail: 4BQ7Xabc001234: 4BQ7Xabd001234: DSN: User unknown",
];

pub const OPENSMTPD: &[&str] = &[
    "smtpd: 0123456789abcdef smtp connected address=192.0.2.1 host=mx.example.net",
    "smtpd: 0123456789abcdef smtp tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256",
    "smtpd: 0123456789abcdef smtp message msgid=0123abcd size=1000 nrcpt=1 proto=ESMTP",
    "smtpd: 0123456789abcdef smtp envelope evpid=0123abcd89abcdef from=<a@example.org> to=<b@example.net>",
    "smtpd: 0123456789abcdef smtp failed-command command=\"RCPT TO:<b@example.net>\" result=\"550 Invalid recipient\"",
    "smtpd: 0123456789abcdef smtp disconnected reason=quit",
    "smtpd: 0123456789abcde0 mta connecting address=smtp://192.0.2.2:25 host=mx.example.net",
    "smtpd: 0123456789abcde0 mta tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256",
    "smtpd: 0123456789abcde0 mta cert-check result=\"unverified\" fingerprint=\"SHA256:00\"",
    "smtpd: 0123456789abcde0 mta delivery evpid=0123abcd89abcdef from=<a@example.org> to=<b@example.net> rcpt=<-> source=\"192.0.2.9\" relay=\"192.0.2.2 (mx.example.net)\" delay=1s result=\"Ok\" stat=\"250 2.0.0 Ok: queued as ABCDEF12\"",
    "smtpd: smtp-out: Error on session 0123456789abcde0: opportunistic TLS failed, downgrading to plain",
    "smtpd: smtp-in: Accepted message 0123abcd on session 0123456789abcdef: from=<a@example.org>, to=<b@example.net>, size=1000, ndest=1, proto=ESMTP",
];

pub const FRAMED: &[&str] = &[
    "Nov 23 07:33:40 host postfix/smtpd[12]: connect from mx.example.net[192.0.2.1]",
    "2026-11-23T07:33:40.123456+01:00 host exim[12]: [1/2] 2026-11-23 07:33:40 1vum00-000000-00 => a@example.org R=r T=t\n2026-11-23T07:33:40.123456+01:00 host exim[12]: [2/2]  H=mx.example.net [192.0.2.2]",
    "<22>1 2026-11-23T07:33:40Z host sm-mta 12 - [a@1 b=\"c\\\"]\"] 4BQ7Xabc001234: done; delay=00:00:01, ntries=1",
    "Mon 2026-11-23 07:33:40 UTC host smtpd[12]: 0123456789abcdef smtp disconnected reason=quit",
    "1795419220.123456 host postfix/qmgr[1]: ABCDEF12: removed",
    "{\"__REALTIME_TIMESTAMP\":\"1795419220123456\",\"_HOSTNAME\":\"h\",\"SYSLOG_IDENTIFIER\":\"exim\",\"_PID\":\"1\",\"MESSAGE\":[49,50]}",
    "Nov 23 07:33:40 host postfix/smtpd[12]: message repeated 2 times: [ connect from a[192.0.2.1]]",
    "Nov 23 07:33:40 host last message repeated 3 times",
];

pub const EXPORTED: &[&str] = &[
    "__CURSOR=s\n__REALTIME_TIMESTAMP=1795419220123456\n_HOSTNAME=h\nSYSLOG_IDENTIFIER=postfix/smtpd\n_PID=1\nMESSAGE=connect from a[192.0.2.1]\n\n",
    "__REALTIME_TIMESTAMP=1795419220123456\nSYSLOG_IDENTIFIER=exim\nMESSAGE\n\u{3}\0\0\0\0\0\0\0a\nb\n_PID=2\n\n__REALTIME_TIMESTAMP=1795419220123457\nMESSAGE=x\n\n",
];

pub const PRETTY: &[&str] = &[
    "{\n\t\"__REALTIME_TIMESTAMP\" : \"1795419220123456\",\n\t\"_HOSTNAME\" : \"h\",\n\t\"SYSLOG_IDENTIFIER\" : \"sm-mta\",\n\t\"_PID\" : \"1\",\n\t\"MESSAGE\" : \"a \\\"b\\\" \\u00e4\"\n}\n{\n\t\"MESSAGE\" : [\n\t\t49,\n\t\t50\n\t]\n}\n",
];

pub const VERBOSE: &[&str] = &[
    "Mon 2026-11-23 07:33:40.123456 UTC [s=1;i=2;b=3;m=4;t=5;x=6]\n    _HOSTNAME=h\n    SYSLOG_IDENTIFIER=smtpd\n    _PID=1\n    MESSAGE=two\n            lines\nMon 2026-11-23 07:33:41.123456 UTC [s=1;i=3]\n    MESSAGE=x\n",
];

pub const RECEIVED: &[&str] = &[
    "from mx.example.net ([192.0.2.1]:4711 helo=h.example)\n\tby mail.example.org with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\n\t(Exim 4.96)\n\t(envelope-from <a@example.net>)\n\tid 1vum00-000000-00\n\tfor b@example.org; Tue, 24 Feb 2026 08:00:00 +0100",
    "from h.example (mx.example.net [192.0.2.1])\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n\t key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)\n\t(Client CN \"mx\", Issuer \"ca\" (not verified))\n\tby mail.example.org (Postfix) with ESMTPS id 4c1Xyz0Abcz1\n\tfor <b@example.org>; Tue, 24 Feb 2026 08:00:00 +0100 (CET)",
    "from h.example (mx.example.net [192.0.2.1])\n\tby mail.example.org (8.17.1.9/8.17.1.9) with ESMTPS id 4BQ7Xabc001234\n\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NOT)\n\tfor <b@example.org>; Tue, 24 Feb 2026 08:00:00 +0100",
    "from h.example (mx.example.net [192.0.2.1])\n\tby mail.example.org (OpenSMTPD) with ESMTPS id 0123abcd (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)\n\tfor <b@example.org>;\n\tTue, 24 Feb 2026 08:00:00 +0100 (CET)",
    "from a.example.net (192.0.2.1) by b.example.org (192.0.2.2) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.1.1 via Frontend Transport; Tue, 24 Feb 2026 08:00:00 +0000",
    "(qmail 17 invoked by uid 1); 24 Feb 2026 08:00:00 -0000",
    "by 2002:a05:1:2::3 with SMTP id x1csp1; Tue, 24 Feb 2026 08:00:00 -0800 (PST)",
];

pub const MAIL: &str = "Return-Path: <a@example.net>\nReceived: from h.example (mx.example.net [192.0.2.1])\n\tby mail.example.org (Postfix) with ESMTPS id 4c1Xyz0Abcz1\n\tfor <b@example.org>; Tue, 24 Feb 2026 08:00:00 +0100 (CET)\nFrom: =?utf-8?Q?A=C3=A4?= <a@example.net>\nTo: b@example.org\nSubject: =?utf-8?B?w6Q=?=\nDate: Tue, 24 Feb 2026 08:00:00 +0100\nMessage-ID: <m1@example.net>\nX-Mailer: x\nContent-Type: text/plain; charset=utf-8\n\nText\n";

/// A bounce with the message that it returns in a part of its own.
pub fn bounce() -> String {
    let inner = MAIL.replace('=', "=3D");
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@example.org\nTo: a@example.net\nAuto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; b@example.org\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n{inner}\n--b--\n"
    )
}

pub fn mbox() -> String {
    let from = "From a@example.net Tue Feb 24 08:00:00 2026\n";
    let sized = MAIL.replace("X-Mailer: x", "Content-Length: 5");
    format!(
        "{from}{MAIL}\n{from}{sized}\n{from}{}\n>From here\n",
        bounce()
    )
}

/// Texts as bytes.
pub fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Lines of the logs of the corpora in whose paths one of the names is; none where these are absent.
pub fn lines(names: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for file in texts(names) {
        let lines: Vec<&[u8]> = common::lines(&file).collect();
        let step = lines.len().div_ceil(LINES_OF_A_FILE).max(1);
        found.extend(lines.iter().step_by(step).map(|line| line.to_vec()));
    }
    found
}

/// Lines of syslog files of the corpora as `program: text`.
pub fn entries(names: &[&str]) -> Vec<Vec<u8>> {
    let unframed = |line: Vec<u8>| {
        let mut scratch = Vec::new();
        let entry = hopgrade::parse::Framing::Lines.open(&line, &mut scratch)?;
        Some([entry.program, b": ", entry.text].concat())
    };
    lines(names).into_iter().filter_map(unframed).collect()
}

/// Whole files of the corpora in whose paths one of the names is.
pub fn texts(names: &[&str]) -> Vec<Vec<u8>> {
    let Some(root) = common::corpora() else {
        return Vec::new();
    };
    let read = |path: &Path| std::fs::read(path).expect("a readable file");
    common::files(&root, names)
        .iter()
        .map(|path| read(path))
        .collect()
}
