use super::*;
use crate::tls::{Grading, Verify, explain_reason, parse_x, standing_rule};

const TODAY: &str = "2026-11-23";
const SEED_DAY: &str = "2020-02-25";

fn profile(name: &str) -> Profile {
    Profile::named(name).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn session(x: &str) -> Session {
    Session::from_statement(&parse_x(x.as_bytes()).unwrap())
}

fn outside(session: &Session) -> Leg<'_> {
    Leg {
        tls: TlsState::Yes,
        session: Some(session),
        network: Network::Outside,
        ..Leg::default()
    }
}

fn graded(name: &str, x: &str, on: &str) -> Grading {
    profile(name).grade(&outside(&session(x)), day(on))
}

/// Letter and reasons, for short tables.
fn short(grading: &Grading) -> String {
    format!("{} {}", grading.grade, grading.reasons.join(" "))
}

/// Every built-in profile, read anew.
fn all() -> impl Iterator<Item = Profile> {
    let read = |(nth, (name, text))| load_built_in(nth, name, text).unwrap();
    BUILT_IN.into_iter().enumerate().map(read)
}

#[test]
fn the_built_in_profiles_load() {
    let names: Vec<_> = all().map(|profile| profile.name).collect();
    assert_eq!(names, ["broken", "default", "bsi", "nist", "strict"]);
    for name in Profile::NAMES {
        assert_eq!(profile(name).name, name);
    }
}

#[test]
fn every_rule_cites_known_texts_and_gives_a_reason_that_is_explained() {
    for profile in all() {
        for rule in &profile.rules {
            for id in &rule.references {
                assert!(standing_rule(id).is_some(), "{}: {id}", rule.id);
            }
            for code in rule.reason.iter().chain(&rule.when.tag) {
                let said = rule.reason.is_none() || rule.reason.as_ref() == Some(code);
                let text = explain_reason(code);
                assert!(!said || text != code.as_ref(), "{code}");
            }
        }
    }
}

#[test]
fn the_case_of_the_demo() {
    let tls10 = "TLSv1:ECDHE-RSA-AES256-SHA";
    let tls12 = "TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256";
    for (name, x, on, expected) in [
        (
            "default",
            tls10,
            TODAY,
            "C PROTO_TLS1_0 CBC_NO_ETM_EVIDENCE",
        ),
        (
            "default",
            tls10,
            SEED_DAY,
            "B PROTO_TLS1_0 CBC_NO_ETM_EVIDENCE",
        ),
        (
            "bsi",
            tls10,
            SEED_DAY,
            "C PROTO_TLS1_0 CBC_NO_ETM_EVIDENCE BSI_EDITION_NOT_AT_HAND",
        ),
        (
            "strict",
            tls10,
            TODAY,
            "D PROTO_TLS1_0 NO_AEAD PROTO_TLS1_2",
        ),
        ("default", tls12, TODAY, "A "),
        ("default", tls12, SEED_DAY, "A "),
        ("bsi", tls12, TODAY, "A BSI_LISTED"),
        ("nist", tls12, TODAY, "A NIST_LISTED"),
        ("strict", tls12, TODAY, "B PROTO_TLS1_2"),
    ] {
        assert_eq!(short(&graded(name, x, on)), expected, "{name} {x} {on}");
    }
    let grading = graded("default", tls10, TODAY);
    assert_eq!(
        grading.explain(),
        "deprecated: TLS 1.0; CBC mode, encrypt-then-MAC not shown"
    );
}

#[test]
fn tls10_and_ssl3_are_judged_by_the_day() {
    for (x, on, grade) in [
        ("TLSv1:ECDHE-RSA-AES256-SHA:256", "2014-01-01", Grade::B),
        ("TLSv1:ECDHE-RSA-AES256-SHA:256", "2017-12-02", Grade::B),
        ("TLSv1:ECDHE-RSA-AES256-SHA:256", "2021-02-28", Grade::B),
        ("TLSv1:ECDHE-RSA-AES256-SHA:256", "2021-03-01", Grade::C),
        ("SSLv3:AES256-SHA:256", "2015-04-30", Grade::C),
        ("SSLv3:AES256-SHA:256", "2015-05-01", Grade::D),
        ("SSLv2:DES-CBC3-MD5:168", "2005-01-01", Grade::D),
        ("TLSv1:RC4-SHA:128", "2015-01-31", Grade::B),
        ("TLSv1:RC4-SHA:128", "2015-02-01", Grade::D),
        (
            "TLSv1.2:DHE-RSA-AES256-GCM-SHA384:256",
            "2022-11-29",
            Grade::A,
        ),
        (
            "TLSv1.2:DHE-RSA-AES256-GCM-SHA384:256",
            "2022-11-30",
            Grade::B,
        ),
        (
            "TLSv1.2:DHE-RSA-AES256-GCM-SHA384:256",
            "2026-07-01",
            Grade::C,
        ),
    ] {
        assert_eq!(graded("default", x, on).grade, grade, "{x} {on}");
    }
}

#[test]
fn the_size_of_the_key_and_of_the_group_count() {
    for (name, x, expected) in [
        (
            "default",
            "TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:56",
            "D LT112",
        ),
        ("default", "TLS1.2:AES-512-XYZ:40", "D LT112 SUITE_UNKNOWN"),
        (
            "default",
            "TLSv1:DES-CBC-SHA:56",
            "D DES LT112 PROTO_TLS1_0 KX_STATIC_RSA CBC_NO_ETM_EVIDENCE",
        ),
        (
            "default",
            "TLSv1.2:ECDHE-RSA-DES-CBC3-SHA:168",
            "C BLOCK64 CBC_NO_ETM_EVIDENCE",
        ),
        (
            "default",
            "TLS1.3:DHE_FFDHE2048__RSA_PSS_RSAE_SHA256__AES_256_GCM:256",
            "A ",
        ),
        (
            "default",
            "TLS1.2:DHE_CUSTOM1024__RSA_SHA256__AES_256_GCM:256",
            "D DH_LT2048 KX_FFDHE_TLS12",
        ),
        (
            "default",
            "TLS1.2:DHE_CUSTOM768__RSA_SHA256__AES_256_GCM:256",
            "D DH_LT1024 DH_LT2048 KX_FFDHE_TLS12",
        ),
        (
            "default",
            "TLS1.3:TLS_AES_256_GCM_SHA384:256:secp160r1",
            "D EC_LT224",
        ),
        (
            "bsi",
            "TLS1.3:DHE_FFDHE2048__RSA_PSS_RSAE_SHA256__AES_256_GCM:256",
            "B BSI_DH_LT3000 BSI_LISTED",
        ),
        (
            "bsi",
            "TLS1.3:DHE_FFDHE3072__RSA_PSS_RSAE_SHA256__AES_256_GCM:256",
            "A BSI_LISTED",
        ),
        (
            "bsi",
            "TLS1.3:TLS_AES_256_GCM_SHA384:256:X25519",
            "A BSI_LISTED BSI_GROUP_NOT_LISTED",
        ),
        (
            "bsi",
            "TLS1.3:TLS_CHACHA20_POLY1305_SHA256:256",
            "B BSI_NOT_LISTED_AEAD_FS",
        ),
    ] {
        assert_eq!(short(&graded(name, x, TODAY)), expected, "{name} {x}");
    }
}

#[test]
fn half_known_sessions() {
    for (x, expected) in [
        ("TLS1.3:fake:256", "A SUITE_UNKNOWN"),
        ("TLS1.2:fake:256", "S SUITE_UNKNOWN"),
        ("TLS1.1:fake:256", "C PROTO_TLS1_1 SUITE_UNKNOWN"),
        ("SSLv3:fake:256", "D PROTO_SSL3 SUITE_UNKNOWN"),
        ("TLS1.x:ke-RSA-AES256-SHAnnn:xxx", "S TLS_UNSPECIFIED"),
        (
            "TLSv1/SSLv3:DHE-RSA-AES256-SHA:256",
            "S VERSION_UNKNOWN KX_FFDHE_TLS12 CBC_NO_ETM_EVIDENCE",
        ),
        (
            "TLSv1/SSLv3:RC4-SHA:128",
            "D RC4 KX_STATIC_RSA VERSION_UNKNOWN",
        ),
        ("TLSv1/SSLv3:ECDHE-RSA-AES256-GCM-SHA384:256", "A "),
        (
            "TLSv1/SSLv3:ECDHE_RSA_AES_256_GCM_SHA384:256",
            "A VERSION_UNKNOWN",
        ),
    ] {
        assert_eq!(short(&graded("default", x, TODAY)), expected, "{x}");
    }
    let leg = |session| Leg {
        tls: TlsState::Yes,
        session,
        network: Network::Outside,
        trouble: None,
    };
    let word_only = Session::default();
    for session in [None, Some(&word_only)] {
        let grading = profile("default").grade(&leg(session), day(TODAY));
        assert_eq!(short(&grading), "S TLS_UNSPECIFIED");
    }
}

#[test]
fn version_and_suite_that_do_not_go_together_are_flagged() {
    for (x, expected) in [
        (
            "TLSv1:ECDHE-RSA-CHACHA20-POLY1305:256",
            "C PROTO_TLS1_0 PROTO_SUITE_MISMATCH",
        ),
        (
            "TLSv1:AES256-GCM-SHA384:256",
            "C PROTO_TLS1_0 KX_STATIC_RSA PROTO_SUITE_MISMATCH",
        ),
        (
            "TLS1.2:TLS_AES_256_GCM_SHA384:256",
            "A PROTO_SUITE_MISMATCH",
        ),
        (
            "TLS1.3:AES256-SHA:256",
            "C KX_STATIC_RSA CBC_NO_ETM_EVIDENCE PROTO_SUITE_MISMATCH",
        ),
        ("TLS1.3:ECDHE_RSA_AES_256_GCM_SHA384:256", "A TLS12_NAME"),
        ("TLS1.3:DHE_RSA_AES_256_GCM_SHA384:256", "A TLS12_NAME"),
    ] {
        assert_eq!(short(&graded("default", x, TODAY)), expected, "{x}");
    }
}

#[test]
fn of_two_suites_the_worse_grade_counts() {
    let grading = graded("default", "TLS1.2:DHE_FFDHE2048__AES_256_GCM:256", TODAY);
    assert_eq!(short(&grading), "C KX_FFDHE_TLS12");
    let grading = graded("bsi", "TLS1.2:ECDHE_X25519__CHACHA20_POLY1305:256", TODAY);
    assert_eq!(grading.grade, Grade::B);
}

#[test]
fn legs_without_tls() {
    for (tls, network, trouble, expected) in [
        (TlsState::NotApplicable, Network::Outside, None, "L LOCAL"),
        (TlsState::No, Network::Loopback, None, "L LOOPBACK"),
        (
            TlsState::Refused,
            Network::Outside,
            Some(Trouble::StarttlsNotSupported),
            "R starttls-not-supported",
        ),
        (TlsState::Refused, Network::Inside, None, "R REFUSED"),
        (TlsState::Refused, Network::Loopback, None, "R REFUSED"),
        (TlsState::No, Network::Inside, None, "E PLAIN_INSIDE"),
        (TlsState::No, Network::Outside, None, "F PLAIN"),
        (
            TlsState::No,
            Network::Outside,
            Some(Trouble::HandshakeFailed),
            "F PLAIN handshake-failed",
        ),
        (
            TlsState::No,
            Network::Unknown,
            None,
            "F PLAIN NETWORK_UNKNOWN",
        ),
        (TlsState::NotStated, Network::Outside, None, "? NOT_STATED"),
        (
            TlsState::NotStated,
            Network::Outside,
            Some(Trouble::HandshakeFailed),
            "? NOT_STATED handshake-failed",
        ),
    ] {
        let leg = Leg {
            tls,
            session: None,
            trouble,
            network,
        };
        let grading = profile("default").grade(&leg, day(TODAY));
        assert_eq!(short(&grading), expected, "{tls:?} {network:?}");
    }
}

#[test]
fn plaintext_inside_is_plaintext_for_bsi_and_strict() {
    let leg = Leg {
        tls: TlsState::No,
        network: Network::Inside,
        ..Leg::default()
    };
    for (name, grade) in [
        ("default", Grade::E),
        ("nist", Grade::E),
        ("bsi", Grade::F),
        ("strict", Grade::F),
    ] {
        assert_eq!(profile(name).grade(&leg, day(TODAY)).grade, grade, "{name}");
    }
}

#[test]
fn verification_never_changes_a_grade() {
    let plain = session("TLS1.3:TLS_AES_256_GCM_SHA384:256");
    for verify in [Verify::Dane, Verify::Unverified, Verify::Anonymous] {
        let session = Session {
            verify: Some(verify),
            ..plain.clone()
        };
        let grading = profile("strict").grade(&outside(&session), day(TODAY));
        assert_eq!(short(&grading), "A ");
    }
}

#[test]
fn bsi_follows_its_editions() {
    let static_ecdh = "TLSv1.2:ECDH-RSA-AES256-GCM-SHA384:256";
    let dhe = "TLSv1.2:DHE-RSA-AES256-GCM-SHA384:256";
    for (x, on, expected) in [
        (static_ecdh, TODAY, "B BSI_TAB2_UNTIL_2026"),
        (static_ecdh, "2027-01-01", "C BSI_TAB2_UNTIL_2026"),
        (dhe, "2025-06-01", "A BSI_LISTED"),
        (dhe, TODAY, "A BSI_LISTED BSI_UNTIL_2029"),
        (dhe, "2030-01-01", "C BSI_UNTIL_2029 BSI_LISTED"),
        (dhe, "2018-01-01", "A BSI_EDITION_NOT_AT_HAND"),
        (
            "TLSv1.2:AES256-GCM-SHA384:256",
            "2018-01-01",
            "B KX_STATIC_RSA BSI_EDITION_NOT_AT_HAND",
        ),
        (
            "TLSv1.2:AES256-GCM-SHA384:256",
            "2020-01-01",
            "C NO_FORWARD_SECRECY KX_STATIC_RSA BSI_EDITION_NOT_AT_HAND",
        ),
        ("TLSv1.2:AES256-GCM-SHA384:256", TODAY, "C BSI_NOT_LISTED"),
    ] {
        assert_eq!(short(&graded("bsi", x, on)), expected, "{x} {on}");
    }
}

#[test]
fn a_grade_changes_only_between_eras() {
    for name in Profile::NAMES {
        let profile = profile(name);
        let eras = profile.eras();
        assert!(eras.is_sorted_by(|a, b| a < b));
        let mut known = eras.iter().peekable();
        let session = session("TLSv1:RC4-SHA:128");
        let mut last = profile.grade(&outside(&session), day("2010-01-01"));
        for date in day("2010-01-02")
            .iter_days()
            .take_while(|d| *d < day("2034-01-01"))
        {
            let now = profile.grade(&outside(&session), date);
            let boundary = known.next_if(|era| **era == date).is_some();
            assert!(now == last || boundary, "{name} {date}");
            let yesterday = date.pred_opt().unwrap();
            assert_eq!(profile.era(date) != profile.era(yesterday), boundary);
            last = now;
        }
        assert_eq!(
            known.next(),
            None,
            "{name}: an era outside the years that were tried"
        );
    }
    let default = profile("default");
    for boundary in ["2015-05-01", "2021-03-01", "2022-11-30", "2026-07-01"] {
        assert!(default.eras().contains(&day(boundary)), "{boundary}");
    }
}

#[test]
fn a_reason_leads_to_the_text_behind_it() {
    let default = profile("default");
    assert_eq!(
        default.references("PROTO_TLS1_0", day(SEED_DAY)),
        ["rfc7525"]
    );
    assert_eq!(default.references("PROTO_TLS1_0", day(TODAY)), ["rfc8996"]);
    assert_eq!(
        default.references("KX_STATIC_RSA", day(TODAY)),
        ["rfc10015"]
    );
    assert_eq!(
        default.references("KX_STATIC_RSA", day(SEED_DAY)),
        ["rfc7525"]
    );
    assert!(
        default
            .references("KX_STATIC_RSA", day("2014-01-01"))
            .is_empty()
    );
    assert!(default.references("PLAIN", day(TODAY)).is_empty());
    let bsi = profile("bsi");
    for (on, id) in [
        ("2022-06-01", "bsi-tr-02102-2-2022"),
        (TODAY, "bsi-tr-02102-2-2026"),
    ] {
        assert_eq!(bsi.references("BSI_NOT_LISTED", day(on)), [id]);
    }
}

#[test]
fn an_unknown_name_says_what_there_is() {
    for name in ["nosuch", "broken", "bsi.toml", ""] {
        let error = Profile::named(name).unwrap_err().to_string();
        assert!(error.contains("default, bsi, nist and strict"), "{error}");
    }
}

#[test]
fn a_file_overrides_single_rules() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("house.toml");
    let text = r#"
        plain_inside = "F"

        [[rule]]
        id = "cbc"
        when = { tag = ["CBC"], version = ["TLS1.2"] }
        cap = "D"
        reason = "HOUSE_NO_CBC"
        from = 2020-01-01
    "#;
    std::fs::write(&path, text).unwrap();
    let house = Profile::load(&path).unwrap();
    assert_eq!(
        (house.name.as_str(), house.title.as_str()),
        ("house", "house")
    );
    let session = session("TLSv1.2:ECDHE-RSA-AES256-SHA384:256");
    for (on, expected) in [("2019-12-31", "A "), ("2020-01-01", "D HOUSE_NO_CBC")] {
        let grading = house.grade(&outside(&session), day(on));
        assert_eq!(short(&grading), expected);
    }
    assert!(house.eras().contains(&day("2020-01-01")));
}

#[test]
fn a_missing_file_is_named() {
    let error = Profile::load(Path::new("/nonexistent/x.toml")).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("cannot read the profile /nonexistent/x.toml: "),
        "{text}"
    );
}

#[test]
fn a_mistake_is_told_with_file_line_and_words() {
    let rule = "[[rule]]\nid = \"x\"\n";
    for (text, message) in [
        (
            "name = \"a\"\nfoo = 1\n".to_owned(),
            "p.toml:2: unknown field `foo`",
        ),
        ("name = [\n".to_owned(), "p.toml:1: "),
        (
            format!("{rule}when = {{}}\ncap = \"A\"\n"),
            "p.toml:2: without tag and version, a rule needs a reason",
        ),
        (
            format!("{rule}when = {{ tag = [\n\"CBC\",\n\"NOSUCH\"] }}\ncap = \"A\"\n"),
            "p.toml:5: no suite tag `NOSUCH`",
        ),
        (
            format!("{rule}when = {{ version = [\"TLS1.9\"] }}\ncap = \"A\"\n"),
            "p.toml:3: no TLS version `TLS1.9`",
        ),
        (
            format!("{rule}when = {{ group = [\"X9\"] }}\nreason = \"G\"\ncap = \"A\"\n"),
            "p.toml:3: no key-exchange group `X9`",
        ),
        (
            format!("{rule}when = {{ tag = [\"CBC\"] }}\ncap = \"F\"\n"),
            "p.toml:4: the grade is one of ABCD",
        ),
        (
            format!("{rule}when = {{ tag = [\"CBC\"] }}\ncap = \"A\"\nreason = \"no good\"\n"),
            "p.toml:5: a reason is a code",
        ),
        (
            format!(
                "{rule}when = {{ tag = [\"CBC\"] }}\ncap = \"A\"\nfrom = 2020-01-02\nto = 2020-01-01\n"
            ),
            "p.toml:2: the rule ends before it begins",
        ),
        (
            format!("{rule}when = {{ tag = [\"CBC\"] }}\ncap = \"A\"\nfrom = 10:00:00\n"),
            "p.toml:5: a day is written as",
        ),
        (
            format!(
                "{rule}when = {{ tag = [\"CBC\"] }}\ncap = \"A\"\n{rule}when = {{ tag = [\"CBC\"] }}\ncap = \"B\"\n"
            ),
            "p.toml:6: a second rule `x`",
        ),
        (
            "inherit = [{ profile = \"nosuch\" }]\n".to_owned(),
            "p.toml:1: no profile `nosuch`",
        ),
        (
            "\nplain_inside = \"A\"\n".to_owned(),
            "p.toml:2: the grade is one of EF",
        ),
    ] {
        let error = file::parse("p.toml", &text, "p", built_in)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(message), "{error}\n{text}");
    }
}
