use super::*;

fn shown(text: &str) -> Vec<String> {
    let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Fields::new(text.as_bytes())
        .map(|field| match field {
            Field::Host(peer) => format!("host {} {}", show(peer.name), show(peer.ip)),
            Field::Tag(tag, value) => format!("{}={}", show(tag), show(value)),
            Field::Word(word) => format!("word {}", show(word)),
            Field::Text(text) => format!("text {}", show(text)),
        })
        .collect()
}

#[test]
fn reads_fields_and_text() {
    assert_eq!(
        shown(
            " F=<> P=<\"a b\"@c> R=r T=t S=1 H=a DS [192.0.2.1]:25* X=a:b:1 CV=no DN=\"O=\"x\" y,CN=z\" A=p K C=\"250 \\\"ok\\\" =\" QT=1s"
        ),
        [
            "F=<>",
            "P=\"a b\"@c",
            "R=r",
            "T=t",
            "S=1",
            "host a 192.0.2.1",
            "X=a:b:1",
            "CV=no",
            "DN=O=\"x\" y,CN=z",
            "A=p",
            "word K",
            "C=250 \\\"ok\\\" =",
            "QT=1s",
        ]
    );
    assert_eq!(shown(" R=r: some R=x text"), ["R=r", "text some R=x text"]);
    assert_eq!(shown(" R=r : text"), ["R=r", "text text"]);
    assert_eq!(shown(": text"), ["text text"]);
    assert_eq!(
        shown(" H=a [192.0.2.1]: text"),
        ["host a 192.0.2.1", "text text"]
    );
    assert_eq!(shown(" DN=\"x\": text"), ["DN=x", "text text"]);
    assert_eq!(shown(" X=TLS1:A:256: text"), ["X=TLS1:A:256", "text text"]);
    assert_eq!(
        shown(" routing defer (-51): text"),
        ["word routing", "word defer", "word (-51)", "text text"]
    );
}

#[test]
fn open_quotes_and_brackets_run_to_the_end() {
    assert_eq!(shown(" C=\"250 ok R=r"), ["C=250 ok R=r"]);
    assert_eq!(shown(" F=<a R=r"), ["F=a R=r"]);
    assert_eq!(shown(" DN=\"a R=r"), ["DN=a R=r"]);
    assert_eq!(shown(" "), Vec::<String>::new());
}

#[test]
fn the_delivery_time_is_not_of_the_text() {
    for (text, bare) in [
        ("no such user DT=0.247s", "no such user"),
        ("no such user DT=1w2d3h4m5s", "no such user"),
        ("no such user DT=", "no such user DT="),
        ("no such user DT=x", "no such user DT=x"),
        ("no such user", "no such user"),
        (" DT=0s", ""),
        ("", ""),
    ] {
        assert_eq!(
            without_delivery_time(text.as_bytes()),
            bare.as_bytes(),
            "{text}"
        );
    }
}

#[test]
fn repeated_addresses_with_fields() {
    assert!(repeats_fields(b" R=a@x <\"b R=a\"@x> R=r"));
    assert!(repeats_fields(b" R=a <\"b: c"));
    assert!(!repeats_fields(
        b" R=a F=<\"b R=a\"@x> C=\"250 <\\\"a=b\\\"@x>\""
    ));
    assert!(!repeats_fields(
        b": 550 <\"John Smith\"@example.org>: unknown"
    ));
}
