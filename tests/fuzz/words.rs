//! Targets: the filter language, and what makes a stranger's text fit to be shown.

use hopgrade::query::{NothingSeen, Query, complete};
use hopgrade::text::{
    clean, clean_block, shape, truncate_end, truncate_middle, unescape_exim, width,
};

use crate::hostile;
use crate::seeds;
use crate::target::Target;

const FILTERS: &[&str] = &[
    "grade>=C tls<1.2 since:2020-02-25 NOT host:/^mx\\d/",
    "from:a@example.org,b@example.org (status=deferred OR status:failed) -ip:192.0.2.0/24",
    "\"a \\\"b\\\" c\" delay>1h size<=10M until:-2h errno:-53 code:x id=1vum00-000000-00",
    "kind!=note,session version=1.3 cipher:/GCM/ attempts>3 domain:example.org text:x",
    "((a OR b) AND (c)) ()",
];

const FILTER_WORDS: &[&str] = &[
    "grade",
    "tls",
    "since",
    "until",
    "host",
    "ip",
    "from",
    "to",
    "size",
    "delay",
    "errno",
    "code",
    "kind",
    ":",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    ",",
    "(",
    ")",
    " OR ",
    " AND ",
    "NOT ",
    "-",
    "!",
    "\"",
    "\\\"",
    "/",
    "\\/",
    "/(a|b)+/",
    "(?i)",
    "[[:alpha:]",
    "{1,9}",
    "A",
    "F",
    "?",
    "1.2",
    "192.0.2",
    "::1",
    "/33",
    "2020-02-30",
    "2020-02-25T08:00",
    "-2h",
    "9999999999999999999d",
    "1e9",
    "10M",
    "\u{e4}",
    "\u{1f4e7}",
    "\u{202e}",
    "\u{0}",
    " ",
];

#[test]
fn filter_language() {
    let target = Target {
        name: "filter_language",
        rounds: 2000,
        longest: 300,
        seeds: seeds::bytes(FILTERS),
        words: FILTER_WORDS,
    };
    target.run(|input| {
        let text = String::from_utf8_lossy(input);
        let cursor = text
            .char_indices()
            .map(|(at, _)| at)
            .nth(text.len() / 2)
            .unwrap_or(text.len());
        let _ = complete(&text, cursor, &NothingSeen);
        match Query::parse(&text) {
            Ok(query) => {
                let canonical = query.to_string();
                let again = Query::parse(&canonical);
                assert_eq!(again.as_ref(), Ok(&query), "{canonical}");
                assert_eq!(query.to_string(), canonical);
                (
                    query.is_all(),
                    canonical.len() / 8,
                    format!("{:?}", query.expr()).len() / 16,
                )
            }
            Err(error) => {
                let span = error.span.clone();
                assert!(text.get(span.clone()).is_some(), "{span:?} in {text:?}");
                (false, 1000, error.to_string().len())
            }
        }
    });
}

#[test]
fn sanitising() {
    let target = Target {
        name: "sanitising",
        rounds: 3000,
        longest: 2000,
        seeds: vec![
            hostile::ATTACK.to_vec(),
            hostile::log(),
            hostile::mail(),
            "Gr\u{fc}\u{df}e \u{65e5}\u{672c} e\u{301}".into(),
        ],
        words: &[
            "\u{1b}[31m",
            "\u{9b}",
            "\u{202e}",
            "\u{301}",
            "\u{200d}",
            "\u{fe0f}",
            "\u{1f468}\u{200d}\u{1f469}",
            "\u{ad}",
            "\u{2028}",
            "\u{e0001}",
            "\u{3164}",
            "\u{1160}",
            "\u{ff9e}",
            "\t",
            "\n",
            "\r\n",
            "\\033",
            "\\n",
            "\\",
            "\u{65e5}",
        ],
    };
    target.run(|bytes| {
        let line = clean(bytes);
        assert_eq!(hostile::danger(line.as_bytes()), None);
        assert!(!line.contains('\n'));
        assert_eq!(
            clean(line.as_bytes()),
            line,
            "cleaning twice changes something"
        );
        let block = clean_block(bytes);
        assert_eq!(hostile::danger(block.as_bytes()), None);
        let decoded = unescape_exim(bytes);
        assert!(decoded.len() <= bytes.len());
        assert_eq!(hostile::danger(clean(&decoded).as_bytes()), None);
        let _ = shape(bytes);
        for cells in [0, 1, 2, 7, 40] {
            for cut in [truncate_end(&line, cells), truncate_middle(&line, cells)] {
                assert!(width(&cut) <= cells, "{cut:?} in {cells} cells");
            }
        }
        (
            line.len().max(1).ilog2(),
            width(&line).min(50),
            line.matches('\\').count().min(20),
        )
    });
}
