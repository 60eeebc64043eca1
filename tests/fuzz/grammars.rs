//! Targets: the log grammars, line by line.

use hopgrade::parse::{Entry, Grammar, Mta};

use crate::facts::check;
use crate::seeds::{self, LOG_WORDS};
use crate::target::Target;

const ROUNDS: u64 = 4000;

fn grammar(mta: Mta) -> &'static Grammar {
    Grammar::of(mta).expect("a grammar")
}

/// `program: text` to an entry of it.
fn run(mta: Mta, name: &str, own: &[&str], corpora: &[&str]) {
    let grammar = grammar(mta);
    let mut seeds = seeds::bytes(own);
    seeds.extend(seeds::entries(corpora));
    let target = Target {
        name,
        rounds: ROUNDS,
        longest: 6000,
        seeds,
        words: LOG_WORDS,
    };
    target.run(|input| {
        let at = input.windows(2).position(|two| two == b": ");
        let (program, text) = at.map_or((&b""[..], input), |at| (&input[..at], &input[at + 2..]));
        let (host, pid) = (b"host".as_slice(), b"42".as_slice());
        let entry = Entry {
            host,
            program,
            pid,
            text,
            ..Entry::default()
        };
        let claimed = (grammar.claims)(program);
        let way = check(
            &grammar.read_entry(&entry),
            Some(&[host, program, pid, text]),
        );
        (claimed, way)
    });
}

#[test]
fn exim_line() {
    let grammar = grammar(Mta::Exim);
    let log = grammar.own_log.expect("a log of its own");
    let mut seeds = seeds::bytes(seeds::EXIM);
    seeds.extend(seeds::lines(&[
        "mainlog",
        "rejectlog",
        "exim-testsuite/exim-4_70/log",
    ]));
    let target = Target {
        name: "exim_line",
        rounds: ROUNDS,
        longest: 6000,
        seeds,
        words: LOG_WORDS,
    };
    target.run(|line| {
        let score = (log.detect)(&[line]);
        assert!(score <= 100);
        (check(&(log.line)(line), Some(&[line])), score)
    });
}

#[test]
fn exim_entry() {
    let own: Vec<String> = seeds::EXIM
        .iter()
        .map(|line| format!("exim: {line}"))
        .collect();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    run(Mta::Exim, "exim_entry", &own, &["/syslog/ex"]);
}

#[test]
fn postfix() {
    run(
        Mta::Postfix,
        "postfix",
        seeds::POSTFIX,
        &["/syslog/pf", "/pf37/", "/pf37q/"],
    );
}

#[test]
fn sendmail() {
    run(Mta::Sendmail, "sendmail", seeds::SENDMAIL, &["/syslog/sm"]);
}

#[test]
fn opensmtpd() {
    run(
        Mta::OpenSmtpd,
        "opensmtpd",
        seeds::OPENSMTPD,
        &["/syslog/os"],
    );
}
