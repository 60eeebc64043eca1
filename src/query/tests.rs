//! Tests of the whole language: parsing, printing, and error messages.

pub(super) mod arbitrary;
mod properties;

use super::*;
use crate::model::Status;
use crate::tls::{Grade, Version};

fn read(input: &str) -> Query {
    Query::parse(input).unwrap_or_else(|error| panic!("{input}: {error}"))
}

fn canonical(input: &str) -> String {
    read(input).to_string()
}

fn error(input: &str) -> QueryError {
    match Query::parse(input) {
        Ok(query) => panic!("{input} is read as {query}"),
        Err(error) => error,
    }
}

/// Filters and their canonical text.
const FILTERS: &[(&str, &str)] = &[
    ("", ""),
    ("  ", ""),
    ("()", ""),
    ("a AND b", "a b"),
    ("a b OR c", "a b OR c"),
    ("a (b OR c)", "a (b OR c)"),
    ("(a OR b) host:mx", "(a OR b) host:mx"),
    ("(a b) (c (d))", "a b c d"),
    ("NOT a !b -c --d", "-a -b -c d"),
    ("-(a OR b)", "-(a OR b)"),
    ("-(a b)", "-(a b)"),
    ("-to:example.org", "-to:example.org"),
    ("\"a b\" \"AND\" or", "\"a b\" \"AND\" or"),
    ("10:30 a@b.example", "\"10:30\" a@b.example"),
    ("/a\\/b/", "/a\\/b/"),
    ("host:/^mx\\d/", "host:/^mx\\d/"),
    ("FROM:a", "from:a"),
    ("to:a,\"b, c\",/d/", "to:a,\"b, c\",/d/"),
    ("to:a OR to:b OR from:c", "to:a,b OR from:c"),
    ("-to:a,b x", "-to:a,b x"),
    ("to!=a", "-to=a"),
    ("id=a,b", "id=a,b"),
    ("from=<>", "from=\"\""),
    ("from:<>", "from=\"\""),
    ("id:<x@example.org>", "id:x@example.org"),
    ("grade>=C", "grade>=C"),
    ("grade>b", "grade>=S"),
    ("grade:C,D,F", "grade:C,D,F"),
    ("grade:c,d,e,f", "grade>=C"),
    ("grade:?,R", "grade:R,?"),
    ("grade!=A", "-grade:A"),
    ("tls<1.2", "version<=TLS1.1"),
    ("tls:no", "tls:no"),
    ("tls:not-stated,NO", "tls:no,not_stated"),
    ("tls=TLS1.0", "version:TLS1.0"),
    ("tls:no,1.0", "tls:no OR version:TLS1.0"),
    ("version:1.0,TLSv1.1", "version:TLS1.0,TLS1.1"),
    ("status:deferred", "status:deferred"),
    ("kind:deferral,delivery", "kind:delivery,deferral"),
    ("kind:retry-wait", "kind:retry_wait"),
    ("errno=-38 errno:-53", "errno=-38 errno=-53"),
    ("size>10M attempts>=2", "size>10M attempts>=2"),
    ("delay>90m", "delay>1h30m"),
    ("code:4.7.5", "code:4.7.5"),
    ("ip:192.0.2.0/24", "ip=192.0.2.0/24"),
    ("ip:192.0.2,2001:db8:", "ip=192.0.2.0/24,2001:db8::/32"),
    ("since:2020-02-25", "since:2020-02-25"),
    ("since:\"2020-02-25 04:55\"", "since:2020-02-25T04:55"),
    ("since:-2h until:-1d", "since:-2h until:-1d"),
    ("since:10:30", "since:10:30"),
    ("text:=>", "text:\"=>\""),
    ("größe:x", "\"größe:x\""),
];

#[test]
fn filters_have_one_canonical_text() {
    for (input, text) in FILTERS {
        let query = read(input);
        assert_eq!(query.to_string(), *text, "{input}");
        assert_eq!(read(text), query, "{input}");
    }
}

#[test]
fn nobody_is_told_of_a_mistake_on_the_way_to_a_right_filter() {
    let examples = FIELDS.iter().map(|info| info.example);
    for input in FILTERS.iter().map(|(input, _)| *input).chain(examples) {
        for (end, _) in input.char_indices() {
            let typed = &input[..end];
            if let Err(error) = Query::parse(typed) {
                assert!(error.incomplete, "{typed}: {error}");
            }
        }
    }
}

#[test]
fn an_ip_address_is_a_word_though_it_looks_like_a_field() {
    assert_eq!(
        canonical("dead:beef::1 fe80::1"),
        "\"dead:beef::1\" \"fe80::1\""
    );
}

#[test]
fn terms_are_typed() {
    let term = |input| match read(input).expr().clone() {
        Expr::Term(term) => term,
        other => panic!("{input}: {other:?}"),
    };
    let worse = [Grade::C, Grade::D, Grade::E, Grade::F];
    assert_eq!(term("grade>=C"), Term::Grade(worse.into_iter().collect()));
    let old = [Version::Ssl2, Version::Ssl3, Version::Tls10, Version::Tls11];
    assert_eq!(term("tls<1.2"), Term::Version(old.into_iter().collect()));
    let deferred = [Status::Deferred].into_iter().collect();
    assert_eq!(term("status=deferred"), Term::Status(deferred));
    let size = Term::Number {
        field: NumberField::Size,
        cmp: Cmp::Gt,
        value: 10 << 20,
    };
    assert_eq!(term("size>10M"), size);
    let delay = Term::Delay {
        cmp: Cmp::Le,
        millis: -1500,
    };
    assert_eq!(term("delay<=-1s500ms"), delay);
    let Term::Text { field, text } = term("host:/^MX\\d/") else {
        panic!("no text term");
    };
    assert_eq!((field, text.how()), (TextField::Host, How::Regex));
    assert!(text.matches(b"MX1") && !text.matches(b"mx1"));
}

#[test]
fn every_field_reads_its_example_and_names_itself() {
    for info in FIELDS {
        let query = read(info.example);
        assert!(info.example.starts_with(info.name), "{}", info.name);
        assert_ne!(query, Query::default());
        assert_eq!(info.field.name(), info.name);
        for other in info.also {
            assert!(FieldInfo::named(other).is_none(), "{other}");
            let hint = error(&format!("{other}:x")).hint.unwrap();
            assert_eq!(hint, format!("did you mean {}?", info.name), "{other}");
        }
    }
}

/// Filters, each with its error message below the marked range. A wavy line marks an input that is incomplete.
const MISTAKES: &str = r#"
a hots:x
  ^^^^ unknown field "hots": did you mean host?

H=mx.example.org
^ unknown field "H": did you mean host?

https://x
^^^^^ unknown field "https": put the term in quotes to look for the text

status:deferd
       ^^^^^^ "deferd" is not a status: did you mean deferred?

status:def
       ~~~ "def" is not a status: use one of delivered, partial, deferred, failed, rejected, discarded, queued, unknown

status:def x
       ^^^ "def" is not a status: use one of delivered, partial, deferred, failed, rejected, discarded, queued, unknown

grade>=G
       ^ "G" is not a grade: use one of A, B, S, C, D, E, F, R, L, ?

grade>=R
       ^ R has no place on the scale: write grade=R

grade>F
      ^ no grade is worse than F

tls<no
    ^^ no has no place on the scale of versions: write tls:no

tls<1.
    ~~ "1." is not a TLS state or version: use one of yes, no, not_stated, refused, not_applicable, SSLv2, SSLv3, TLS1.0, TLS1.1, TLS1.2, TLS1.3

host>=a
    ^^ host does not go with >=: it takes : = !=

since<2020-02-25
     ^ since does not go with <: until:… selects what is not after

until>=-2h
     ^^ until does not go with >=: since:… selects what is not before

size>1M,2M
        ^^ a list of values does not go with >: use : or =, or several terms

host=/a/
     ^^^ a regex does not go with =: write host:/…/, with ^ and $ for the whole value

host!=/a/
      ^^^ a regex does not go with !=: write -host:/…/, with ^ and $ for the whole value

ip:/a/
   ^^^ ip takes no regex: for example ip:192.0.2.0/24

ip:192.0.2.0/33
   ^^^^^^^^^^^^ "192.0.2.0/33" is not an IP address or network: the length of this network is 0 to 32

code:550
     ^^^ "550" is not an enhanced status code: a reply code is part of the text: text:550

attempts>x
         ^ "x" is not a whole number: for example attempts>=2

since:2h
      ^^ "2h" is not a time: did you mean -2h?

since:2020-02-25 04:55
                 ^^^^^ "04:55" stands apart from its day: write since:"2020-02-25 04:55"

grade >= C
^^^^^^^^ there is a space between grade and >=: write it without, as in grade>=C, or put text in quotes

x /a(/
  ^^^^ the regex is wrong: unclosed group

"a"b
^^^ something follows this quote without a space: inside quotes write \" for a quote

file:/var/log/mail
     ^^^^^ something follows this regex without a space: inside a regex write \/ for a slash, or put a path in quotes

"abc
~ this quote is not closed: end the text with "

a (b OR c
  ~ this parenthesis is not closed: close it with )

a)
 ^ nothing is open here to be closed: put a parenthesis that is meant as text in quotes: ")"

grade>=
~~~~~~~ grade>= needs a value: write it right behind, without a space

grade:C,
~~~~~~~~ the comma needs a value: write it right behind, without a space

grade: C
^^^^^^ grade: needs a value: write it right behind, without a space

to:(a OR b)
^^^ to: needs a value: give a list without parentheses, to:a,b

a OR
  ~~ OR needs a term behind it: put it in quotes to look for the text

a OR )
  ^^ OR needs a term behind it: put it in quotes to look for the text

OR a
^^ OR needs a term before it: put it in quotes to look for the text

a -
  ~ - needs a term behind it: put it in quotes to look for the text

""
~~ there is nothing to look for: use = for an empty value, as in from=""
"#;

#[test]
fn mistakes_are_told_in_words_and_in_place() {
    let mut lines = MISTAKES.lines().filter(|line| !line.is_empty());
    while let (Some(input), Some(below)) = (lines.next(), lines.next()) {
        let caret = |c| matches!(c, '^' | '~');
        let start = below.find(caret).unwrap();
        let length = below[start..].find(' ').unwrap();
        let error = error(input);
        assert_eq!(error.to_string(), below[start + length + 1..], "{input}");
        assert_eq!(error.span, start..start + length, "{input}");
        assert_eq!(error.incomplete, below[start..].starts_with('~'), "{input}");
    }
}

#[test]
fn hostile_input_ends_quickly() {
    let deep = "(".repeat(60_000);
    assert!(error(&deep).message.contains("too deeply"));
    assert!(!error(&"-".repeat(60_000)).message.is_empty());
    assert!(error(&"a ".repeat(40_000)).message.contains("too long"));
    let words = "ab ".repeat(300);
    assert!(read(&words).narrows(&read(&words)));
    let list = format!("id={}", vec!["1j69ZJ-0001iL-S3"; 3000].join(","));
    assert_eq!(canonical(&list), list);
}

#[test]
fn typing_on_narrows_and_other_edits_are_not_claimed_to() {
    for (longer, shorter) in [
        ("a", ""),
        ("ab", "a"),
        ("ab c", "ab"),
        ("ab to:x", "ab"),
        ("to:example.org", "to:Exam"),
        ("grade>=D", "grade>=C"),
        ("grade:F", "grade:E,F"),
        ("size>20", "size>=20"),
        ("size<10", "size<=9"),
        ("attempts=3", "attempts>1"),
        ("delay<1s", "delay<=2s"),
        ("ip:192.0.2.1", "ip:192.0"),
        ("code:4.7.5", "code:4.7"),
        ("since:-1h", "since:-2h"),
        ("until:-2h", "until:-1h"),
        ("-a", "-ab"),
        ("to:ab OR to:ac", "to:a"),
        ("a (b OR c)", "(b OR c OR d)"),
        ("status:deferred -x", "status:deferred,failed"),
    ] {
        let (longer, shorter) = (read(longer), read(shorter));
        assert!(longer.narrows(&shorter), "{longer} narrows {shorter}");
    }
    for (a, b) in [
        ("", "a"),
        ("a", "ab"),
        ("a OR b", "a"),
        ("-ab", "-a"),
        ("from:ab", "to:a"),
        ("to:ab", "a"),
        ("/ab/", "/a/"),
        ("size<20", "size>10"),
        ("size<=10", "size<10"),
        ("since:-2h", "since:-1h"),
        ("since:2020-02-26", "since:-1h"),
    ] {
        assert!(!read(a).narrows(&read(b)), "{a} does not narrow {b}");
    }
}
