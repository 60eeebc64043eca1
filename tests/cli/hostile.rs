//! What a stranger wrote: it neither steers a terminal nor writes markup.

use super::program::{good, hostile_log, refused, write};

#[test]
fn what_a_stranger_wrote_reaches_no_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "mainlog", &hostile_log());
    let id = "1s2AbC-000000001aB-1cDe";
    for args in [
        &["export", "messages", &log][..],
        &["export", "events", &log],
        &["export", "events", "--format", "table", &log],
        &["export", "messages", "--format", "table", &log],
        &["explain", id, &log],
        &["explain", id, "--format", "markdown", &log],
        &["explain", id, "--format", "html", &log],
        &["explain", id, "--format", "ndjson", &log],
        &[&log],
    ] {
        let told = good(args);
        assert!(!told.is_empty());
        let bad = told.chars().find(|&c| c.is_control() && c != '\n');
        assert_eq!(bad, None, "{args:?}: {told}");
    }
    let unknown = refused(&["explain", "\x1b[2J", &log]);
    assert!(!unknown.contains('\x1b'), "{unknown:?}");
}

/// A mail whose every part a stranger has written, markup and controls in it.
const HOSTILE_MAIL: &[u8] = b"Received: from <script>alert(1)</script>.example ([192.0.2.1])\n\
\tby gate.example.org with esmtps (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256)\n\
\tid </td><td>1; Wed, 1 May 2024 10:00:00 +0000\n\
Received: from \"><img/src=x>.example ([192.0.2.2]) by <script>.example with SMTP id &lt;2;\n\
\tWed, 1 May 2024 09:59:00 +0000\n\
From: \x1b[2J<b>Anna</b> <anna@example.com>\n\
Subject: <script>alert(2)</script> \xe2\x80\xae \xee\x80\x80\n\
Message-ID: <hostile@example.com>\n\
X-Mailer: <style>*{display:none}</style>\n\n";

#[test]
fn a_page_is_one_file_in_which_a_stranger_writes_nothing_but_text() {
    let dir = tempfile::tempdir().unwrap();
    let mail = write(dir.path(), "hostile.eml", HOSTILE_MAIL);
    for mask in [&[][..], &["--mask"]] {
        let asked = ["explain", "hostile@example.com", "--format", "html", &mail];
        let page = good(&[&asked[..], mask].concat());
        assert!(page.contains("&lt;script&gt;"), "{page}");
        let tags = page.match_indices('<').map(|(at, _)| {
            let tag = page[at + 1..].trim_start_matches(['/', '!']);
            let end = tag.find(|c: char| !c.is_ascii_alphanumeric());
            &tag[..end.unwrap_or(tag.len())]
        });
        let known = "DOCTYPE html head meta title style body h1 h2 p br table thead tbody tr th td";
        for tag in tags {
            assert!(known.split(' ').any(|own| own == tag), "<{tag}>");
        }
        assert_eq!(page.matches("<style>").count(), 1);
        // Nothing is fetched, nothing runs.
        for never in ["src=", "href=", "url(", "@import"] {
            let mut places = page.match_indices(never);
            assert!(
                places.all(|(at, _)| page[..at].ends_with("&lt;img/")),
                "{never}"
            );
        }
        let bad = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{e000}".contains(c);
        assert!(!page.contains(bad), "{page}");
    }
}
