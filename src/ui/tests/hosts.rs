//! The view of hosts and domains: rows, detail, the way to the messages and back.

use std::fmt::Write;

use insta::assert_snapshot;

use super::stage::{SHOWCASE, Stage, Stager, looks_of, model};
use crate::insight::posture::Level;
use crate::query::eval::Table;
use crate::ui::theme::Name;

const A: &str = " X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";
const C: &str = " X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no";

/// Two weeks: a host that became worse, one that became better, one with a blip, one that refuses.
fn fleet() -> String {
    let mut log = String::new();
    let mut number = 0;
    for day in 1..=14 {
        let tls = [
            ("mx1.worse.example", Some(if day < 9 { A } else { C })),
            ("mx.better.example", Some(if day < 6 { "" } else { A })),
            ("mx.blip.example", Some(if day == 7 { "" } else { A })),
            ("mx.refused.example", if day < 12 { Some(A) } else { None }),
            ("mx2.worse.example", Some(A)),
        ];
        for (host, tls) in tls {
            number += 1;
            let time = format!("2026-02-{day:02} 10:{:02}:00", number % 60);
            let id = format!("1vuGFQ-{number:06}-6a");
            let remote = format!("H={host} [203.0.113.{}]", number % 5 + 10);
            let _ = writeln!(log, "{time} {id} <= anna@example.org U=anna P=local S=300");
            let to = "bo@example.net R=dnslookup T=remote_smtp";
            let _ = if let Some(x) = tls {
                writeln!(log, "{time} {id} => {to} {remote}{x}")
            } else {
                let why = "a TLS session is required, but the server did not offer TLS support";
                writeln!(log, "{time} {id} == {to} defer (-38) {remote}: {why}")
            };
        }
    }
    log
}

fn stage(columns: u16, lines: u16) -> Stage {
    let mut stage = Stager::of(model(&[("mainlog", &fleet())]))
        .size(columns, lines)
        .raise();
    stage.press("2");
    stage
}

/// The list, with the row of a host selected.
fn at(host: &str, stage: &mut Stage) {
    stage.press("g");
    for _ in 0..10 {
        if stage.selected().contains(host) {
            return;
        }
        stage.press("j");
    }
    unreachable!("{host} is not in the list:\n{}", stage.screen());
}

#[test]
fn hosts_and_domains_in_a_wide_terminal() {
    let mut stage = stage(120, 40);
    assert_snapshot!("hosts_wide", stage.screen());
    stage.press("d");
    assert_eq!(stage.app.level, Level::Domain);
    assert_snapshot!("domains_wide", stage.screen());
    at("worse", &mut stage);
    stage.press("enter");
    assert_snapshot!("domain_detail_wide", stage.screen());
}

#[test]
fn hosts_in_the_usual_small_terminal() {
    let mut stage = stage(80, 24);
    assert_snapshot!("hosts_small", stage.screen());
    at("mx1.worse", &mut stage);
    stage.press("enter");
    assert_snapshot!("host_detail_small", stage.screen());
}

#[test]
fn from_a_host_to_its_like_and_to_the_domains() {
    let mut stage = stage(80, 24);
    stage.press("enter s");
    assert!(stage.toast().starts_with("sorted by "), "{}", stage.toast());
    let open = stage.app.detail.as_ref().unwrap().content.row;
    assert_eq!(stage.app.list().selected_row(), Some(open));
    stage.press("d");
    assert!(stage.app.detail.is_none());
    assert_eq!(stage.app.level, Level::Domain);
    stage.press("d enter H");
    assert!(stage.app.detail.is_none());
    assert!(!stage.app.filter.query().is_all());
}

#[test]
fn how_hosts_look() {
    for (name, theme) in [("dark", Name::Dark), ("mono", Name::Mono)] {
        let log = fleet();
        let model = model(&[("mainlog", &log)]);
        let mut stage = Stager::of(model).size(120, 14).theme(theme).raise();
        stage.press("2 j m");
        assert_snapshot!(format!("how_hosts_look_{name}"), looks_of(&stage.buffer()));
    }
}

#[test]
fn the_showcase_has_hosts_of_both_directions() {
    let mut stage = Stager::of(model(&SHOWCASE)).size(120, 40).raise();
    stage.press("2 s");
    assert_snapshot!("hosts_of_the_showcase", stage.screen());
}

#[test]
fn a_run_leads_to_its_messages_and_esc_back() {
    let mut stage = stage(120, 40);
    at("mx1.worse", &mut stage);
    stage.press("enter");
    let before = stage.screen();
    stage.press("enter");
    assert_eq!(stage.app.table, Table::Messages);
    assert_eq!(stage.app.messages.rows.len(), 6, "{}", stage.screen());
    let filter = stage.app.filter.text().to_owned();
    assert_eq!(
        filter,
        "host=mx1.worse.example since:\"2026-02-09 10:41:00\" until:\"2026-02-14 10:06:00\""
    );
    // A message opened there closes into the list first.
    stage.press("enter esc");
    assert_eq!(
        (stage.app.table, stage.app.messages.rows.len()),
        (Table::Messages, 6)
    );
    stage.press("esc");
    assert_eq!(stage.screen(), before);
    // The run before has the eight good ones.
    stage.press("down enter");
    assert_eq!(stage.app.messages.rows.len(), 8);
    stage.press("esc esc");
    assert_eq!(
        (stage.app.table, stage.app.detail.is_none()),
        (Table::Hosts, true)
    );
    assert!(stage.selected().contains("mx1.worse.example"));
}

#[test]
fn filter_sort_marks_and_copies_are_those_of_every_list() {
    let mut stage = stage(120, 40);
    stage.write("/host:worse").press("enter");
    assert_eq!((stage.app.hosts.rows.len(), stage.app.hosts.total), (2, 5));
    // Seen by both: the filter of the messages is the same.
    assert_eq!(stage.app.messages.rows.len(), 28);
    stage.press("s");
    assert!(
        stage.toast().contains("grade, worst first"),
        "{}",
        stage.toast()
    );
    assert!(stage.selected().contains("mx1.worse.example"));
    stage.press("m m y i");
    assert_eq!(stage.copied(), ["mx1.worse.example\nmx2.worse.example"]);
    stage.press("u g y y");
    let copied = stage.copied().pop().unwrap();
    assert!(
        copied.starts_with("mx1.worse.example (out): regressed, now C - deprecated since 2026-02-09 10:41:00 +0100; 14 deliveries (A 8, C 6), 0 refused"),
        "{copied}"
    );
    stage.press("y f");
    let command = stage.copied().pop().unwrap();
    assert!(
        command.starts_with("hopgrade export hosts --where host:worse"),
        "{command}"
    );
    stage.press("y t");
    let story = stage.copied().pop().unwrap();
    assert!(
        story.contains("It has become worse: A current first, C deprecated now."),
        "{story}"
    );
    stage.press("esc");
    assert_eq!(stage.app.hosts.rows.len(), 5);
}

#[test]
fn the_next_bad_host_is_one_that_is_bad_now() {
    let mut stage = stage(120, 40);
    let mut bad = Vec::new();
    for _ in 0..3 {
        stage.press("n");
        bad.push(stage.selected());
    }
    assert!(
        bad.iter().any(|row| row.contains("mx.refused.example")),
        "{bad:?}"
    );
    assert!(
        bad.iter().any(|row| row.contains("mx1.worse.example")),
        "{bad:?}"
    );
    assert!(
        stage.toast().contains("no bad grade below"),
        "{}",
        stage.toast()
    );
}

#[test]
fn hosts_are_asked_for_when_they_are_looked_at() {
    let log = fleet();
    let mut stage = Stager::of(model(&[("mainlog", &log)])).raise();
    assert_eq!(stage.app.hosts.total, 0);
    stage.press("2");
    assert_eq!(stage.app.hosts.total, 5);
    let first = log
        .lines()
        .take(20)
        .fold(String::new(), |text, line| text + line + "\n");
    stage.press("1").grow(model(&[("mainlog", &first)]));
    stage.press("2");
    let postures = &stage.app.peers.postures;
    let places = 0..postures.briefs().len() as u32;
    let deliveries: u32 = places.map(|at| postures.deliveries(at)).sum();
    assert_eq!(deliveries, 10);
}

#[test]
fn a_masked_client_keeps_its_name() {
    let text = format!(
        "2026-02-01 08:00:00 1v0001-000001-00 <= a@example.net H=dyn-77.pool.example.net [198.51.100.77] P=esmtps{A} S=900\n"
    );
    let mut stage = Stager::of(model(&[("mainlog", &text)])).masked().raise();
    stage.press("2 enter");
    let screen = stage.screen();
    assert!(
        !screen.contains("dyn-77") && !screen.contains("100.77"),
        "{screen}"
    );
    assert!(screen.contains("198.51.100.0/24"), "{screen}");
    stage.press("enter");
    assert_eq!(stage.app.table, Table::Hosts);
    assert!(stage.toast().contains("masked"), "{}", stage.toast());
    stage.press("y y");
    assert!(!stage.copied().pop().unwrap().contains("dyn-77"));
}

#[test]
fn an_empty_view_says_why() {
    let mut stage = Stager::of(model(&[])).size(80, 24).raise();
    stage.press("2");
    assert!(
        stage
            .screen()
            .contains("No log was loaded that tells of a remote host.")
    );
}
