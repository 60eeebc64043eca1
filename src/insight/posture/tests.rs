mod brief;
mod gathered;

use std::cmp::Ordering;
use std::fmt::Write;

use super::*;
use crate::model::sample::hosts::Sample;
use crate::model::{AsOf, Model};
use gathered::Gathered;

const A13: &str = "X=TLS1.3:TLS_AES_256_GCM_SHA384:256";
const A12: &str = "X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256";
const OLD_SPELLING: &str = "X=TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256";
const GNUTLS: &str = "X=TLS1.2:ECDHE_SECP256R1__RSA_SHA256__AES_256_GCM:256";
const C10: &str = "X=TLS1.0:ECDHE-RSA-AES256-SHA:256";
const PLAIN: &str = "";
const REFUSED: &str = "refused";

/// A log of January 2026.
#[derive(Default)]
struct Log {
    text: String,
    messages: u32,
}

impl Log {
    fn id(&mut self) -> String {
        self.messages += 1;
        format!("1v0000-{:06}-00", self.messages)
    }

    /// A message to `host` on a day counted from 2026-01-01; `x` is its TLS.
    fn out(mut self, day: u32, host: &str, x: &str) -> Self {
        let id = self.id();
        let date = chrono::NaiveDate::from_yo_opt(2026, 1).unwrap() + chrono::Days::new(day.into());
        let time = format!(
            "{date} 10:{:02}:{:02}",
            self.messages / 60 % 60,
            self.messages % 60
        );
        let remote = format!("bo@example.net R=r T=t H={host} [192.0.2.1]");
        let _ = writeln!(self.text, "{time} {id} <= a@example.org U=a P=local S=300");
        let _ = match x {
            REFUSED => {
                let why = "a TLS session is required, but the server did not offer TLS support";
                let _ = writeln!(self.text, "{time} {id} H={host} [192.0.2.1]: {why}");
                let remote = remote.replace(" H=", " defer (-38) H=");
                writeln!(self.text, "{time} {id} == {remote}: {why}")
            }
            x => writeln!(
                self.text,
                "{}",
                format!("{time} {id} => {remote} {x}").trim_end()
            ),
        };
        self
    }

    /// Messages on days that follow each other.
    fn days(self, first: u32, host: &str, all: &[&str]) -> Self {
        let numbered = (first..).zip(all);
        numbered.fold(self, |log, (day, x)| log.out(day, host, x))
    }

    fn model(&self) -> Model {
        Sample::default().exim("gate", &self.text).0
    }
}

fn contacts(model: &Model) -> Gathered {
    Gathered::of(model, AsOf::Day("2026-08-01".parse().unwrap()))
}

/// The one host of a log. A host that shows TLS stands beside it, so that silence means plaintext.
fn host(log: Log) -> Posture {
    let model = log.out(0, "other.example.com", A13).model();
    let hosts = contacts(&model).hosts(&model);
    let found = hosts
        .all
        .iter()
        .find(|host| &*host.name == "mx.example.net");
    found.unwrap().clone()
}

fn of(all: &[&str]) -> Posture {
    host(Log::default().days(0, "mx.example.net", all))
}

fn grades(posture: &Posture) -> String {
    posture.runs.iter().map(|run| run.grade.letter()).collect()
}

#[test]
fn the_same_again_and_again_is_steady() {
    let posture = of(&[A13, A13, A13]);
    assert_eq!(
        (posture.trend, grades(&posture)),
        (Trend::Steady, "A".into())
    );
    assert_eq!(posture.tally.of(Grade::A), 3);
    assert_eq!(
        (posture.deliveries(), posture.refused, posture.waits),
        (3, 0, 0)
    );
    assert_eq!(posture.runs[0].contacts, 3);
    assert_eq!(posture.since(), Some(posture.first));
}

#[test]
fn two_worse_ones_are_a_regression_and_two_better_ones_an_improvement() {
    let worse = of(&[A13, A13, C10, C10]);
    assert_eq!(
        (worse.trend, grades(&worse)),
        (Trend::Regressed, "AC".into())
    );
    assert_eq!(worse.since(), Some(worse.runs[1].first));
    assert_eq!(
        (worse.best(), worse.worst(), worse.latest),
        (Grade::A, Grade::C, Grade::C)
    );
    let better = of(&[C10, C10, A13, A13]);
    assert_eq!(
        (better.trend, grades(&better)),
        (Trend::Improved, "CA".into())
    );
    assert_eq!(better.runs[1].change, Change::Better);
}

#[test]
fn there_and_back_is_mixed() {
    let posture = of(&[A13, A13, C10, C10, A13, A13]);
    assert_eq!(
        (posture.trend, grades(&posture)),
        (Trend::Mixed, "ACA".into())
    );
}

#[test]
fn a_single_connection_is_a_blip() {
    let posture = of(&[A13, A13, PLAIN, A13, A13]);
    assert_eq!(
        (posture.trend, grades(&posture)),
        (Trend::Steady, "A".into())
    );
    assert_eq!(posture.runs[0].strays, 1);
    assert_eq!(posture.worst(), Grade::F);
    // At the end nobody knows yet whether more will follow.
    let last = of(&[A13, A13, PLAIN]);
    assert_eq!((last.trend, last.latest), (Trend::Steady, Grade::F));
    assert_eq!(last.runs[0].strays, 1);
}

#[test]
fn several_recipients_of_one_connection_are_no_two_connections() {
    let mut log = Log::default().days(0, "mx.example.net", &[A13, A13, PLAIN]);
    let again = log
        .text
        .lines()
        .last()
        .unwrap()
        .replace("=> bo@", "-> carla@");
    let _ = writeln!(log.text, "{again}");
    let posture = host(log.days(3, "mx.example.net", &[A13]));
    assert_eq!(
        (posture.trend, posture.tally.of(Grade::F)),
        (Trend::Steady, 2)
    );
}

#[test]
fn now_so_and_now_so_is_mixed() {
    let posture = of(&[A13, PLAIN, A13, PLAIN, A13]);
    assert_eq!((posture.trend, posture.runs[0].strays), (Trend::Mixed, 2));
}

#[test]
fn blips_far_apart_are_blips() {
    let log = Log::default().days(0, "mx.example.net", &[A13, PLAIN, A13]);
    let posture = host(log.days(40, "mx.example.net", &[A13, PLAIN, A13]));
    assert_eq!((posture.trend, posture.runs[0].strays), (Trend::Steady, 2));
}

#[test]
fn worse_in_two_ways_is_worse() {
    let posture = of(&[A13, A13, C10, PLAIN]);
    assert_eq!(posture.trend, Trend::Regressed);
}

#[test]
fn another_spelling_is_no_change() {
    let posture = of(&[OLD_SPELLING, OLD_SPELLING, A12, A12, GNUTLS, GNUTLS]);
    assert_eq!((posture.trend, posture.runs.len()), (Trend::Steady, 1));
    assert_eq!(posture.runs[0].sessions.len(), 1);
    assert_eq!(posture.runs[0].sessions[0].1, 6);
}

#[test]
fn another_version_of_the_same_grade_is_a_run_and_no_trend() {
    let posture = of(&[A12, A12, A13, A13]);
    assert_eq!(
        (posture.trend, grades(&posture)),
        (Trend::Steady, "AA".into())
    );
    assert_eq!(posture.runs[1].change, Change::Version);
    assert_eq!(posture.newest, Some(Version::Tls13));
}

#[test]
fn what_changed_within_a_month_is_a_fall_and_what_changed_at_all_a_trend() {
    let turned = |day, before: &[&str], then: &[&str]| {
        let log = Log::default().days(0, "mx.example.net", before);
        host(log.days(day, "mx.example.net", then))
    };
    for (day, falls) in [(30, true), (31, false)] {
        let own = turned(day, &[A13, A13], &[C10, C10]);
        assert_eq!(own.trend, Trend::Regressed, "{day}");
        assert_eq!(own.runs[1].change, Change::Worse, "{day}");
        assert_eq!(own.runs[1].apart, !falls, "{day}");
        assert_eq!(own.latest_fall().is_some(), falls, "{day}");
    }
    let better = turned(60, &[PLAIN, PLAIN, PLAIN], &[A13, A13]);
    assert_eq!(better.trend, Trend::Improved);
    let same = turned(60, &[A13, A13], &[A13, A13]);
    assert_eq!((same.trend, same.runs.len()), (Trend::Steady, 1));
}

#[test]
fn a_fall_ends_where_nobody_looked() {
    let log = Log::default().days(0, "mx.example.net", &[A13, A13, C10, C10]);
    let own = host(log.days(60, "mx.example.net", &[PLAIN, PLAIN]));
    let fall = own.latest_fall().unwrap();
    assert_eq!((fall.runs.len(), fall.after), (1, None));
    assert_eq!(own.trend, Trend::Regressed);
}

#[test]
fn a_later_rule_is_no_change_of_the_peer() {
    // TLS 1.0 was discouraged first and forbidden by RFC 8996 in March 2021.
    let log = |month: &str| {
        let line = |id: u32, day: u32| {
            format!(
                "2021-{month}-{day:02} 10:00:00 1v0{month}0-{id:06}-00 => bo@example.net R=r T=t H=mx.example.net [192.0.2.1] {C10}\n"
            )
        };
        line(1, 20) + &line(2, 21) + &line(3, 22)
    };
    let model = Sample::default()
        .exim("gate", &(log("02") + &log("03") + &log("04")))
        .0;
    let hosts = Gathered::of(&model, AsOf::Event).hosts(&model);
    let posture = &hosts.all[0];
    let both: Vec<Grade> = posture.tally.graded().collect();
    assert_eq!(both.len(), 2, "{both:?}");
    assert_eq!((posture.trend, posture.runs.len()), (Trend::Steady, 1));
}

#[test]
fn a_peer_that_stops_offering_tls_regresses_and_refusals_count_by_attempt() {
    let posture = of(&[A13, A13, REFUSED, REFUSED]);
    assert_eq!(
        (posture.trend, grades(&posture)),
        (Trend::Regressed, "AR".into())
    );
    assert_eq!((posture.refused, posture.deliveries()), (2, 2));
    assert_eq!(posture.latest, Grade::Refused);
    let only = of(&[REFUSED, REFUSED]);
    assert_eq!(
        (only.best(), only.worst()),
        (Grade::Refused, Grade::Refused)
    );
    // In clear or refused: no TLS either way.
    assert_eq!(of(&[PLAIN, PLAIN, REFUSED, REFUSED]).trend, Trend::Steady);
}

#[test]
fn strength_that_is_not_stated_is_neither_better_nor_worse() {
    for (one, other, expected) in [
        (Grade::A, Grade::S, Ordering::Equal),
        (Grade::S, Grade::C, Ordering::Equal),
        (Grade::S, Grade::F, Ordering::Less),
        (Grade::E, Grade::S, Ordering::Greater),
        (Grade::C, Grade::A, Ordering::Greater),
        (Grade::F, Grade::Refused, Ordering::Equal),
    ] {
        assert_eq!(runs::compare(one, other), expected, "{one} {other}");
    }
}

#[test]
fn the_case_of_the_house() {
    let text = include_str!("../../../assets/demo/mainlog");
    let model = Sample::default().exim("gate", text).0;
    let contacts = contacts(&model);
    let hosts = contacts.hosts(&model);
    let domains = contacts.domains(&model, &hosts);
    assert_eq!((hosts.all.len(), domains.all.len()), (1, 1));
    assert_eq!(&*domains.all[0].name, "t-online.de");
    assert_eq!(domains.all[0].members, [0]);
    for posture in [&hosts.all[0], &domains.all[0]] {
        assert_eq!(
            (posture.refused, posture.waits, posture.deliveries()),
            (2, 5, 0)
        );
        assert_eq!(posture.trend, Trend::Steady);
    }
    assert_eq!(hosts.events_of(&hosts.all[0]).len(), 7);
    let address = "194.25.134.67".parse().unwrap();
    assert_eq!(hosts.all[0].addresses, Addresses::One(address));
    assert_eq!(&*contacts.addresses(&model).all[0].name, "194.25.134.67");
}

#[test]
fn hosts_of_a_domain_that_differ_make_it_mixed() {
    let log = Log::default().days(0, "mx1.example.net", &[A13, A13, A13]);
    let log = log.days(0, "mx2.example.net", &[C10, C10, C10]);
    let log = log.days(0, "mx1.example.com", &[A13, A13]);
    let model = log.days(0, "mx2.example.com", &[A12, A12]).model();
    let contacts = contacts(&model);
    let hosts = contacts.hosts(&model);
    let domains = contacts.domains(&model, &hosts);
    let domain = |name| domains.all.iter().find(|own| &*own.name == name).unwrap();
    let net = domain("example.net");
    assert_eq!(
        (net.trend, net.differs, net.members.len()),
        (Trend::Mixed, true, 2)
    );
    let com = domain("example.com");
    assert_eq!(
        (com.trend, com.differs, com.members.len()),
        (Trend::Steady, false, 2)
    );
    assert!(hosts.all.iter().all(|host| host.trend == Trend::Steady));
}

#[test]
fn the_hosts_of_a_domain_are_told_side_by_side() {
    let log = Log::default().days(0, "mx1.example.net", &[A13, A13, A13, A13]);
    let log = log.days(0, "mx2.example.net", &[A13, A13, A13, A13]);
    let log = log.days(0, "mx3.example.net", &[A13, A13, REFUSED, REFUSED]);
    let log = log.days(0, "mx4.example.net", &[A12, A12]);
    // One contact proves nothing.
    let model = log.days(3, "mx5.example.net", &[C10]).model();
    let contacts = contacts(&model);
    let hosts = contacts.hosts(&model);
    let domains = contacts.domains(&model, &hosts);
    let domain = &domains.all[0];
    let standings = domain.standings.iter().map(|own| {
        let names = own
            .hosts
            .iter()
            .map(|(name, _)| name.split('.').next().unwrap());
        let version = own.version.map(Version::spoken);
        (own.grade.letter(), version, names.collect::<Vec<_>>())
    });
    assert_eq!(
        standings.collect::<Vec<_>>(),
        [
            ('A', Some("TLS 1.3"), vec!["mx1", "mx2"]),
            ('A', Some("TLS 1.2"), vec!["mx4"]),
            ('R', None, vec!["mx3"]),
        ]
    );
    assert_eq!((domain.compared(), domain.members.len()), ((4, 3), 5));
    let mx3 = hosts.all.iter().find(|host| host.name.starts_with("mx3"));
    assert_eq!(
        domain.standings[2].hosts[0].1,
        mx3.unwrap().since().unwrap()
    );
    let story = PostureStory::of(&model, &domains, domain.clone(), Vec::new());
    assert_eq!(
        story.headline,
        "Its hosts differ: 3 of 4 are A current, the other is worse."
    );
}

#[test]
fn directions_stay_apart() {
    let inbound = "2026-01-01 11:00:00 1v0001-000001-00 <= bo@example.net H=mx.example.net [192.0.2.1] P=esmtps X=TLS1.0:ECDHE-RSA-AES256-SHA:256 S=300\n";
    let mut log = Log::default().days(0, "mx.example.net", &[A13]);
    log.text += inbound;
    let model = log.model();
    let hosts = contacts(&model).hosts(&model);
    let seen: Vec<_> = hosts
        .all
        .iter()
        .map(|host| (host.direction, host.worst()))
        .collect();
    assert_eq!(
        seen,
        [(Direction::Out, Grade::A), (Direction::In, Grade::C)]
    );
}

#[test]
fn our_own_side_may_be_the_limit() {
    let fleet = |peers: u32, newest: &str| {
        let log = (0..peers).fold(Log::default(), |log, peer| {
            log.out(0, &format!("mx{peer}.example.net"), A12)
        });
        let model = log.out(1, "mx0.example.net", newest).model();
        let hosts = contacts(&model).hosts(&model);
        hosts.own_limit(&model, Direction::Out)
    };
    assert_eq!(fleet(10, A12), Some(Version::Tls12));
    assert_eq!(fleet(10, A13), None);
    assert_eq!(fleet(9, A12), None);
}

#[test]
fn a_series_tells_when_what_was_seen() {
    let log = Log::default().days(0, "mx.example.net", &[A13, A13]);
    let model = log
        .days(6, "mx.example.net", &[C10, C10])
        .out(9, "other.example.com", A13)
        .model();
    let hosts = contacts(&model).hosts(&model);
    let posture = &hosts.all[0];
    let span = (posture.first, hosts.all[1].last);
    let series = hosts.series(&model, posture, span, 10);
    let seen = |grade| Bucket::Seen(grade);
    assert_eq!(series.len(), 10);
    assert_eq!((series[0], series[1]), (seen(Grade::A), seen(Grade::A)));
    assert_eq!((series[6], series[7]), (seen(Grade::C), seen(Grade::C)));
    assert!(
        [2, 3, 4, 5, 8, 9]
            .iter()
            .all(|at| series[*at] == Bucket::Nothing),
        "{series:?}"
    );
}

#[test]
fn every_contact_belongs_to_one_posture_of_each_level() {
    let log = Log::default().days(0, "mx1.example.net", &[A13, REFUSED, PLAIN, C10]);
    let model = log.days(0, "mx2.example.net", &[C10, A13]).model();
    let contacts = contacts(&model);
    let hosts = contacts.hosts(&model);
    for postures in [
        contacts.addresses(&model),
        contacts.domains(&model, &hosts),
        hosts,
    ] {
        let mut events: Vec<u32> = Vec::new();
        for posture in &postures.all {
            let own = postures.events_of(posture);
            let count = posture.deliveries() + posture.refused + posture.waits;
            assert_eq!(own.len(), count as usize);
            let times = own.iter().map(|at| model.events.get(*at).unwrap().time());
            assert!(times.is_sorted());
            let in_runs: usize = posture
                .runs
                .iter()
                .map(|run| postures.events_of_run(posture, run).len())
                .sum();
            assert_eq!(in_runs, own.len());
            events.extend(own);
        }
        events.sort_unstable();
        events.dedup();
        assert_eq!(events.len(), 6);
    }
}

/// The story of the first host of a log.
fn story(log: &Log) -> PostureStory {
    let model = log.model();
    let hosts = contacts(&model).hosts(&model);
    PostureStory::of(&model, &hosts, hosts.all[0].clone(), Vec::new())
}

#[test]
fn a_story_begins_with_the_answer() {
    let told = |all: &[&str]| story(&Log::default().days(0, "mx.example.net", all)).headline;
    assert_eq!(told(&[A13, A13]), "Steady: A current.");
    assert_eq!(
        told(&[A13, A13, C10, C10]),
        "It has become worse: A current first, C deprecated now."
    );
    assert_eq!(
        told(&[C10, C10, A13, A13]),
        "It has become better: C deprecated first, A current now."
    );
    assert_eq!(
        told(&[A13, C10, A13, C10, A13]),
        "Mostly A current, but again and again otherwise."
    );
    assert_eq!(
        told(&[REFUSED, REFUSED]),
        "TLS was wanted and not had on 2 attempts; nothing was sent."
    );
}

#[test]
fn a_story_tells_suites_refusals_and_limits() {
    let log = Log::default().days(0, "mx.example.net", &[OLD_SPELLING, A12, REFUSED, REFUSED]);
    let told = story(&log);
    assert_eq!((told.runs.len(), told.earlier), (2, 0));
    let (latest, first) = (&told.runs[0], &told.runs[1]);
    assert_eq!((latest.run.grade, latest.suites.len()), (Grade::Refused, 0));
    let suites: Vec<(&str, u32)> = first.suites.iter().map(|(text, n)| (&**text, *n)).collect();
    assert_eq!(
        suites,
        [("TLS 1.2  ECDHE-RSA-AES256-GCM-SHA384  256 bit", 2)]
    );
    let refusals: Vec<u32> = told.refusals.iter().map(|(_, count)| *count).collect();
    assert_eq!(refusals, [2]);
    assert!(
        told.refusals[0].0.contains("did not offer TLS"),
        "{:?}",
        told.refusals
    );
    assert_eq!(told.notes.len(), 1);
    assert!(told.notes[0].contains(NEGOTIATED));
    let many = (0..10).fold(Log::default(), |log, peer| {
        log.out(0, &format!("mx{peer}.example.net"), A12)
    });
    let notes = story(&many).notes;
    assert_eq!(
        notes[1..],
        ["Our own side may be the limit: TLS 1.2 is the newest version with any peer."]
    );
}

#[test]
fn of_very_many_runs_the_latest_are_told() {
    let days: Vec<&str> = (0..220).flat_map(|_| [A13, A13, C10, C10]).collect();
    let told = story(&Log::default().days(0, "mx.example.net", &days));
    assert_eq!((told.runs.len(), told.earlier), (100, 340));
    assert_eq!(told.runs[0].run.last, told.posture.last);
}

#[test]
fn the_worst_peers_are_those_that_are_bad_now_first() {
    let log = Log::default()
        .days(0, "was.example", &[PLAIN, A13, A13, A13, A13, A13, A13])
        .days(0, "old.example", &[C10, C10])
        .days(0, "older.example", &[C10, C10, C10])
        .days(0, "gate.example", &[REFUSED, REFUSED])
        .days(0, "plain.example", &[PLAIN])
        .days(0, "good.example", &[A13]);
    let model = log.model();
    let hosts = contacts(&model).hosts(&model);
    let told = |most| -> Vec<String> {
        let worst = hosts.worst(&model, most).into_iter().map(|own| {
            let name = &hosts.all[own.place as usize].name;
            format!("{name} {} {}/{}", own.grade, own.count, own.of)
        });
        worst.collect()
    };
    assert_eq!(
        told(9),
        [
            "plain.example F 1/1",
            "gate.example R 2/2",
            "older.example C 3/3",
            "old.example C 2/2",
            "was.example F 1/7",
        ]
    );
    assert_eq!(told(1), ["plain.example F 1/1"]);
}
