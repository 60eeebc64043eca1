use super::*;

fn fit(text: &str) -> Option<Fit> {
    Tail::read(text.as_bytes()).map(|(fit, _)| fit)
}

#[test]
fn known_and_later_fields_fit() {
    for text in [
        "esmtp S=1",
        "esmtps L X=a:b:1 CV=no DN=\"a b\" SNI=x A=p:q:r PRDR PRX=192.0.2.1 K S=1 M8S=8 DKIM=x ARC RT=1s Q=q id=a@b T=\"\" from <> for a@b",
        "esmtps SPF=pass X=a:b:1 NEWTAG=1 FLAG S=1",
        "esmtps SNI=\"a b\" S=sss id=\"a b\"@c",
        "local-smtp S=1 id*=a@b",
    ] {
        assert_eq!(fit(text), Some(Fit::Exact), "{text}");
    }
}

#[test]
fn unknown_words_and_open_quotes_fit_loosely() {
    for text in [
        "esmtp S=1 what is this",
        "esmtp S=1 T=\"cut",
        "esmtp S=1 id=\"cut",
        "esmtp S=1 for \"cut",
        "esmtp S=1 from <cut",
        "esmtp S=1 A=a\"b",
        "esmtp S=1 T=\"a\"b",
        "esmtp S=1 x=y",
    ] {
        assert_eq!(fit(text), Some(Fit::Loose), "{text}");
    }
}

#[test]
fn what_belongs_before_the_protocol_does_not_fit() {
    for text in [
        "esmtp S=1 P=smtp",
        "esmtp H=x",
        "esmtp (b) [192.0.2.1] S=1",
        "esmtp b) S=1",
        "x [192.0.2.1]",
    ] {
        assert_eq!(fit(text), None, "{text}");
    }
}
