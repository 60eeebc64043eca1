//! Explanations in German: they say all that the English ones say, leave nothing in English and hide the same people.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use hopgrade::ingest::{self, Options};
use hopgrade::insight::{ChainStory, JourneyStory, Timeline};
use hopgrade::model::{AsOf, GradeBook, Model, Zone};
use hopgrade::report::explain::{self, Stories};
use hopgrade::report::mask::Mask;
use hopgrade::source::Given;
use hopgrade::text::{Lang, clean};
use hopgrade::tls::Profile;

const ID: &str = "1j69ZJ-0001iL-S3";
const LOG: &str = "assets/demo/mainlog";
const ANSWER: [&str; 3] = [
    "20260223122629.77@telko.example",
    "assets/showcase/mainlog",
    "assets/showcase/answer.eml",
];

fn run(locale: &[(&str, &str)], args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hopgrade"))
        .arg("explain")
        .args(args)
        .args(["--tz", "Europe/Berlin", "--as-of", "2026-08-01"])
        .env_clear()
        .envs(locale.iter().copied())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn told(locale: &[(&str, &str)], args: &[&str]) -> String {
    let output = run(locale, args);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_case_in_german() {
    for form in ["text", "markdown", "html"] {
        let german = ["--lang", "de", "--format", form];
        let message = told(&[], &[&[ID, LOG][..], &german].concat());
        insta::assert_snapshot!(format!("german_{form}"), message);
        let chain = told(&[], &[&ANSWER[..], &german].concat());
        insta::assert_snapshot!(format!("german_{form}_chain"), chain);
    }
    let english = told(&[], &[ID, LOG, "--format", "html"]);
    assert!(english.contains("<html lang=\"en\">"));
}

#[test]
fn the_language_is_that_of_the_locale_unless_one_is_asked_for() {
    let (english, german) = (&["--lang", "en"], &["--lang", "de"]);
    let asked = |lang: &[&str]| told(&[], &[&[ID, LOG][..], lang].concat());
    let (english_text, german_text) = (asked(english), asked(german));
    assert_ne!(english_text, german_text);
    for (locale, lang, expected) in [
        (&[][..], &[][..], &english_text),
        (&[("LANG", "de_DE.UTF-8")], &[], &german_text),
        (
            &[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")],
            &[],
            &english_text,
        ),
        (&[("LANG", "de_DE.UTF-8")], english, &english_text),
        (&[("LANG", "en_GB.UTF-8")], german, &german_text),
    ] {
        let own = told(locale, &[&[ID, LOG][..], lang].concat());
        assert_eq!(own, *expected, "{locale:?} {lang:?}");
    }
    let output = run(&[], &[ID, LOG, "--lang", "fr"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn programs_are_told_the_same_in_every_language() {
    for about in [&[ID, LOG][..], &ANSWER] {
        let ndjson = [about, &["--format", "ndjson"]].concat();
        let plain = told(&[], &ndjson);
        assert!(plain.contains("\"headline\":"));
        assert_eq!(told(&[], &[&ndjson[..], &["--lang", "de"]].concat()), plain);
        assert_eq!(told(&[("LC_ALL", "de_DE.UTF-8")], &ndjson), plain);
    }
}

/// What is loaded, told in both languages.
struct Case {
    model: Model,
    grades: GradeBook,
}

impl Case {
    fn of(path: &Path) -> Self {
        let options = Options {
            year: Some(2025),
            zone: Zone::parse("UTC").unwrap(),
            ..Options::default()
        };
        let model = ingest::load(Given::Paths(vec![path.to_owned()]), options).model;
        let profile = Arc::new(Profile::named("default").unwrap());
        let grades = GradeBook::of(&model, profile, AsOf::Event);
        Self { model, grades }
    }

    fn message(&self, number: u32, lang: Lang, mask: Option<&Mask>) -> String {
        let (model, grades) = (&self.model, &self.grades);
        let mut timeline = Timeline::of(model, grades, number, lang).unwrap();
        let mut journeys = JourneyStory::all(model, grades, &[number], lang);
        if let Some(mask) = mask {
            mask.timeline(&mut timeline);
            for own in &mut journeys {
                mask.journey(own);
            }
        }
        self.text(&[timeline], &journeys, &[], lang)
    }

    fn mail(&self, row: u32, lang: Lang, mask: Option<&Mask>) -> String {
        let mut chain = ChainStory::of(&self.model, &self.grades, row, lang).unwrap();
        if let Some(mask) = mask {
            mask.chain(&mut chain);
        }
        self.text(&[], &[], &[chain], lang)
    }

    fn text(
        &self,
        timelines: &[Timeline],
        journeys: &[JourneyStory],
        chains: &[ChainStory],
        lang: Lang,
    ) -> String {
        let stories = Stories {
            timelines,
            journeys,
            chains,
            lang,
        };
        explain::text(stories, Zone::parse("UTC").unwrap(), &self.grades)
    }

    /// The text in English and in German of each of the first messages and mails, and what stands in the lines and
    /// headers that it is about.
    fn told(&self, most: u32, mask: Option<&Mask>) -> Vec<[String; 3]> {
        let messages = 0..self.model.messages.len().min(most);
        let messages = messages.map(|number| {
            let [english, german] =
                [Lang::En, Lang::De].map(|lang| self.message(number, lang, mask));
            [english, german, self.lines_of(number)]
        });
        let mails = 0..u32::try_from(self.model.mails.len()).unwrap().min(most);
        let mails = mails.map(|row| {
            let [english, german] = [Lang::En, Lang::De].map(|lang| self.mail(row, lang, mask));
            [english, german, self.header_of(row)]
        });
        messages.chain(mails).collect()
    }

    /// The lines of a message and of those that it names.
    fn lines_of(&self, number: u32) -> String {
        let model = &self.model;
        let journey = model.journey_of(number);
        let mut numbers: Vec<u32> = journey.iter().map(|leg| leg.message).collect();
        numbers.push(number);
        let notices = numbers.iter().flat_map(|&own| model.notices_of(own));
        let notices: Vec<u32> = notices.map(|notice| notice.other).collect();
        numbers.extend(notices);
        let mut lines = String::new();
        for number in numbers {
            for event in model.events_of(model.messages.get(number).unwrap()) {
                let (file, line) = (model.file_number(&event), model.events.line(&event));
                let line = model.record(file, line).unwrap();
                let unescaped = model.unescaped_text(&event);
                let shown = clean(&unescaped);
                lines = format!("{lines}\n{}\n{shown}", String::from_utf8_lossy(&line));
            }
        }
        lines
    }

    /// The header of a mail, as it stands and decoded.
    fn header_of(&self, row: u32) -> String {
        let mail = &self.model.mails[row as usize];
        let lines = mail.first_line..=mail.last_line;
        let lines = lines.map(|line| self.model.record(mail.file, line).unwrap());
        let lines: Vec<u8> = lines.collect::<Vec<_>>().join(&b'\n');
        let header = String::from_utf8_lossy(&lines);
        format!("{header}\n{} {} {}", mail.subject(), mail.from(), mail.to())
    }
}

/// An Exim log with every grade and more than one way to fail.
const EXIM: &str = "\
2024-05-01 10:00:00 1s2AbC-000000001aB-1cDe <= anna@example.org H=mail.example.org [192.0.2.1] P=esmtps X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no S=100
2024-05-01 10:00:01 1s2AbC-000000001aB-1cDe => bo@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9] X=TLS1.2:RC4-SHA:128 CV=no C=\"250 OK\"
2024-05-01 10:00:02 1s2AbC-000000001aB-1cDe ** cy@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9]: 550 5.7.26 no
2024-05-01 10:00:04 1s2AbC-000000001aB-1cDe Completed
2024-05-01 10:01:00 1s2AbD-000000001aB-1cDe <= anna@example.org U=anna P=local S=100
2024-05-01 10:01:01 1s2AbD-000000001aB-1cDe == bo@example.com R=dnslookup T=remote_smtp defer (-38) H=mx.example.com [192.0.2.20]: a TLS session is required, but the server did not offer TLS support
2024-05-01 10:11:01 1s2AbD-000000001aB-1cDe == bo@example.com R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host for 'example.com'
2024-05-03 12:41:01 1s2AbD-000000001aB-1cDe == bo@example.com R=dnslookup T=remote_smtp defer (111) H=mx.example.com [192.0.2.20]: Connection refused
2024-05-03 12:42:01 1s2AbD-000000001aB-1cDe Frozen
2024-05-03 12:43:01 1s2AbD-000000001aB-1cDe Unfrozen by root
2024-05-03 12:44:01 1s2AbD-000000001aB-1cDe removed by root
2024-05-03 12:50:00 1s2AbE-000000001aB-1cDe <= anna@example.org H=[10.0.0.7] P=esmtp S=100
2024-05-03 12:50:01 1s2AbE-000000001aB-1cDe => bo <bo@example.org> R=local T=maildir
2024-05-03 12:50:01 1s2AbE-000000001aB-1cDe *> di@example.org R=local T=maildir
2024-05-03 12:50:01 1s2AbE-000000001aB-1cDe => :blackhole: <ed@example.org> R=system_filter
2024-05-03 12:50:02 1s2AbE-000000001aB-1cDe Completed
2024-05-03 13:00:00 1s2AbF-000000001aB-1cDe TLS error on connection to mx.example.com [192.0.2.20] (gnutls_handshake): A packet with illegal or unsupported version was received.
2024-05-03 13:00:00 1s2AbF-000000001aB-1cDe H=mx.example.com [192.0.2.20]: a TLS session is required, but an attempt to start TLS failed
2024-05-03 13:00:01 1s2AbF-000000001aB-1cDe ** bo@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.20]: 530 5.7.0 Must issue a STARTTLS command first
";

/// Headers of which most is wrong.
const HEADERS: [&str; 3] = [
    "Received: from unknown (HELO unknown) (198.51.100.9) by mx.example.org with NNFMP; Fri, 1 Mar 2024 13:00:00 +0000\n\
     Received: from mx.example.org (mail.example.net [198.51.100.8]) by relay.example.org (Postfix 3.7) with ESMTP id A1; Fri, 1 Mar 2024 10:00:00 +0000\n\
     Received: from box (box.lan [192.168.1.5]) by mx.example.net with SMTP id B2; Fri, 1 Mar 2024 09:00:00 +0000\n\
     From: anna@example.org\nFrom: anna@example.org\nSubject: gr\u{fc}n\nX-Mailer: Post 1.2\nX-Originating-IP: 192.0.2.77\n\
     X-Authenticated-User: anna@example.org\nDate: yesterday\nMessage-ID: none\nContent-Type: text/plain; charset=latin1\n\nx\n",
    "Received: from a.example.net (a.example.net [198.51.100.7]) by b.example.org with ESMTPS (TLSv1:RC4-SHA:128) id C3; Fri, 1 Mar 2024 09:00:00 +0000\n\
     Received: from a.example.net (a.example.net [198.51.100.7]) by b.example.org with ESMTPS (TLSv1:RC4-SHA:128) id C3; Fri, 1 Mar 2024 09:00:00 +0000\n\
     Subject: x\n\nx\n",
    "Subject: no hop\nMessage-ID: <a@example.org>\nMessage-ID: <b@example.org>\n\nx\n",
];

/// Bundled logs and mails, some made up here, and where the corpora are beside the project some of them.
fn samples(folder: &Path) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut samples: Vec<PathBuf> = ["assets/demo", "assets/showcase", "tests/logs"]
        .iter()
        .flat_map(|below| common::all_files(&root.join(below)))
        .filter(|path| path.extension().is_none_or(|ending| ending != "toml"))
        .collect();
    samples.push(folder.join("exim.log"));
    fs::write(folder.join("exim.log"), EXIM).unwrap();
    for (nth, header) in HEADERS.iter().enumerate() {
        let path = folder.join(format!("{nth}.eml"));
        fs::write(&path, header).unwrap();
        samples.push(path);
    }
    if let Some(corpora) = common::corpora() {
        for below in ["exim-testsuite", "mta-lab/logs", "mta-lab/eml", "eml"] {
            let files = common::all_files(&corpora.join(below));
            samples.extend(files.into_iter().step_by(12));
        }
    }
    samples
}

/// Of each file no more than so many messages and mails.
const MOST: u32 = 40;

/// Names of protocols, of software and of header fields, and terms that stay as they are in German.
const TERMS: [&str; 16] = [
    "(4xx)",
    "Encrypt-then-MAC",
    "Forward Secrecy",
    "log_selector",
    "Message-ID",
    "Quoted-Printable",
    "Received-Header",
    "Reverse-DNS",
    "Queue-ID",
    "(encrypt)",
    "Feld Date",
    "Feld From",
    "Felder From",
    "Profil default",
    "tls_certificate_verified",
    "tls_peerdn",
];

/// Words of both languages: German ones that look English, terms of the field, and what was written in a code.
const COMMON: [&str; 46] = [
    "alias",
    "an",
    "ascii",
    "bit",
    "bounce",
    "bytes",
    "cbc",
    "cipher",
    "dane",
    "dkim",
    "dmarc",
    "dns",
    "dnssec",
    "domain",
    "exim",
    "handshake",
    "header",
    "headers",
    "helo",
    "hop",
    "hops",
    "host",
    "iana",
    "in",
    "iso",
    "kb",
    "mac",
    "mail",
    "min",
    "name",
    "option",
    "rc",
    "reputation",
    "rsa",
    "server",
    "smtp",
    "so",
    "spf",
    "starttls",
    "status",
    "suite",
    "text",
    "tls",
    "utc",
    "version",
    "was",
];

#[test]
fn nothing_is_left_in_english() {
    let folder = tempfile::tempdir().unwrap();
    let (mut english_words, mut left) = (BTreeSet::new(), BTreeMap::new());
    for path in samples(folder.path()) {
        let case = Case::of(&path);
        let named = words(&path.display().to_string());
        for [english, german, source] in case.told(MOST, None) {
            let quoted = &words(&source) | &named;
            let own = &words(&english) - &quoted;
            let german = TERMS
                .iter()
                .fold(german, |text, term| text.replace(term, ""));
            let both = &own & &words(&german);
            left.extend(both.into_iter().map(|word| (word, path.clone())));
            english_words.extend(own);
        }
    }
    // The samples make the program say much: without its words the comparison would mean little.
    println!("{} words", english_words.len());
    assert!(english_words.len() > 250, "{english_words:?}");
    left.retain(|word, _| !COMMON.contains(&word.as_str()));
    assert!(left.is_empty(), "in both languages: {left:?}");
}

/// What stands for people and their computers in a text, in order of the alphabet.
fn pseudonyms(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| c.is_whitespace() || "(),:[];„“".contains(c));
    let hidden =
        |part: &&str| part.starts_with("p-") || part.contains("/24") || part.contains("/48");
    // A name may end a sentence in one language and not in the other.
    let parts = parts.map(|part| part.trim_end_matches('.'));
    let mut found: Vec<&str> = parts.filter(hidden).collect();
    found.sort_unstable();
    found
}

#[test]
fn the_same_people_are_hidden_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let mask = Mask::new([7; 16]);
    let mut count = 0;
    for path in samples(folder.path()) {
        let case = Case::of(&path);
        let masked = case.told(MOST, Some(&mask));
        for ([english, german, _], [plain, ..]) in masked.iter().zip(case.told(MOST, None)) {
            let found = pseudonyms(german);
            assert_eq!(found, pseudonyms(english), "{german}");
            count += found.len();
            for address in plain.split_whitespace().filter(|word| word.contains('@')) {
                let shown = !english.contains(address);
                assert!(!shown || !german.contains(address), "{address}: {german}");
            }
        }
    }
    assert!(count > 100, "{count} pseudonyms");
}

/// The words of a text that may be English, in small letters; one that was cut off is none.
fn words(text: &str) -> BTreeSet<String> {
    let whole = text.split_inclusive('…').map(|piece| {
        let cut = piece.strip_suffix('…');
        cut.map_or(piece, |cut| cut.trim_end_matches(char::is_alphabetic))
    });
    let whole = whole.collect::<String>();
    let words = whole.split(|c: char| !c.is_alphabetic());
    let words = words.map(str::to_lowercase);
    words
        .filter(|word| word.len() > 1 && word.is_ascii())
        .collect()
}
