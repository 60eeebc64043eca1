//! The view of findings: rows, detail, the way to what is behind them and back.

use std::fmt::Write;

use insta::assert_snapshot;

use super::stage::{DEMO, SHOWCASE, Stage, Stager, looks_of, model};
use crate::query::eval::Table;
use crate::ui::theme::Name;

const A: &str = " X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";
const OLD: &str = " X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no";

/// A host with good TLS, one with old, one without any, one that is refused; twenty-five messages to the second.
fn troubles() -> String {
    let mut log = String::new();
    let mut line = |number: u32, text: &str| {
        let (day, minute) = (number / 30 + 1, number % 60);
        let id = format!("1vuGFQ-{number:06}-6a");
        let _ = writeln!(log, "2026-02-{day:02} 10:{minute:02}:00 {id} {text}");
    };
    for number in 1..=30 {
        let (host, tls) = match number {
            1..6 => ("H=mx.good.example [203.0.113.19]", A),
            _ => ("H=mx.open.example [203.0.113.20]", ""),
        };
        line(number, "<= anna@example.org U=anna P=local S=300");
        line(
            number,
            &format!("=> bo@example.net R=dnslookup T=remote_smtp {host}{tls}"),
        );
    }
    for number in 31..=33 {
        let host = "H=mx.old.example [203.0.113.21]";
        line(
            number,
            &format!("=> bo@example.net R=dnslookup T=remote_smtp {host}{OLD}"),
        );
    }
    for number in [40, 41] {
        let host = "H=mx.refused.example [203.0.113.22]";
        let why = "a TLS session is required, but the server did not offer TLS support";
        line(
            number,
            &format!("== bo@example.net R=dnslookup T=remote_smtp defer (-38) {host}: {why}"),
        );
    }
    log
}

fn stage(columns: u16, lines: u16) -> Stage {
    let mut stage = Stager::of(model(&[("mainlog", &troubles())]))
        .size(columns, lines)
        .raise();
    stage.press("4");
    stage
}

fn demo(columns: u16, lines: u16) -> Stage {
    let mut stage = Stager::of(model(&DEMO)).size(columns, lines).raise();
    stage.press("4");
    stage
}

#[test]
fn a_finding_of_another_year_tells_its_month_whole() {
    let before = troubles().replace("2026-02-", "2024-11-");
    let log = before + "2026-02-01 10:00:00 1vuGFQ-000099-6a Completed\n";
    for (columns, lines) in [(80, 24), (120, 40)] {
        let model = model(&[("mainlog", &log)]);
        let mut stage = Stager::of(model).size(columns, lines).raise();
        stage.press("4");
        let screen = stage.screen();
        assert!(screen.contains(" 2024-11"), "{screen}");
    }
}

#[test]
fn the_case_in_a_wide_terminal() {
    let mut stage = demo(120, 40);
    assert_snapshot!("findings_wide", stage.screen());
    stage.press("enter");
    assert_snapshot!("finding_detail_wide", stage.screen());
    stage.press("J J J J J");
    assert_snapshot!("finding_of_a_header_wide", stage.screen());
}

#[test]
fn the_case_in_the_usual_small_terminal() {
    let mut stage = demo(80, 24);
    assert_snapshot!("findings_small", stage.screen());
    stage.press("enter");
    assert_snapshot!("finding_detail_small", stage.screen());
}

#[test]
fn how_findings_look() {
    for (name, theme) in [("dark", Name::Dark), ("mono", Name::Mono)] {
        let mut stage = Stager::of(model(&[("mainlog", &troubles())]))
            .size(120, 10)
            .theme(theme)
            .raise();
        stage.press("4 j m");
        assert_snapshot!(
            format!("how_findings_look_{name}"),
            looks_of(&stage.buffer())
        );
    }
}

#[test]
fn a_finding_leads_to_its_messages_and_esc_back() {
    let mut stage = stage(120, 40);
    stage.write("/host:refused").press("enter enter");
    let before = stage.screen();
    stage.press("enter");
    assert_eq!(stage.app.table, Table::Messages);
    assert_eq!(
        stage.app.filter.text(),
        "id=1vuGFQ-000040-6a,1vuGFQ-000041-6a"
    );
    assert_eq!(stage.app.messages.rows.len(), 2, "{}", stage.screen());
    stage.press("enter esc esc");
    assert_eq!(stage.screen(), before);
    // More than can be named are found by what happened.
    stage
        .press("esc esc")
        .write("/host:open")
        .press("enter enter enter");
    assert_eq!(
        stage.app.filter.text(),
        "kind=delivery tls=no host=mx.open.example ip=203.0.113.20"
    );
    assert_eq!(stage.app.messages.rows.len(), 25, "{}", stage.screen());
    stage.press("esc");
    assert_eq!(stage.app.table, Table::Findings);
    assert!(stage.app.detail.is_some());
}

#[test]
fn a_finding_of_a_header_leads_to_its_chain_and_esc_back() {
    let mut stage = demo(120, 40);
    stage.write("/hop-clear-inside").press("enter enter");
    let before = stage.screen();
    stage.press("enter");
    assert_eq!(stage.app.table, Table::Chains);
    assert!(
        stage.screen().contains("mailout02.t-online.de"),
        "{}",
        stage.screen()
    );
    stage.press("esc");
    assert_eq!(stage.screen(), before);
    stage.press("esc");
    assert_eq!(
        (stage.app.table, stage.app.detail.is_none()),
        (Table::Findings, true)
    );
}

#[test]
fn filter_sort_marks_and_copies_are_those_of_every_list() {
    let mut stage = stage(120, 40);
    let all = stage.app.finds.rows.len();
    assert_eq!(all, 3, "{}", stage.screen());
    assert!(stage.selected().contains("mx.open.example"), "worst first");
    stage.press("s");
    assert_eq!(stage.toast(), "sorted by count, descending");
    assert!(stage.selected().contains("mx.open.example"));
    stage.press("S");
    assert!(stage.selected().contains("mx.refused.example"));
    stage.press("m m y i");
    let ids = stage.copied().pop().unwrap();
    assert_eq!(ids.lines().count(), 2);
    assert!(ids.starts_with("tls-refused-"), "{ids}");
    stage.press("u g y y");
    let row = stage.copied().pop().unwrap();
    assert!(
        row.starts_with("warning: We required TLS and did not have it with mx.refused.example: 2 connection attempts"),
        "{row}"
    );
    stage.press("y r");
    let raw = stage.copied().pop().unwrap();
    assert_eq!(raw.lines().count(), 2);
    assert!(raw.contains("defer (-38)"), "{raw}");
    stage.press("y t");
    let story = stage.copied().pop().unwrap();
    assert!(
        story.contains("hopgrade export events --where 'tls=refused host=mx.refused.example ip=203.0.113.22' --as-of event /var/log/exim4/mainlog"),
        "{story}"
    );
    stage.write("/severity").press("enter y f");
    let command = stage.copied().pop().unwrap();
    assert_eq!(
        command,
        "hopgrade export findings --where severity /var/log/exim4/mainlog"
    );
}

#[test]
fn a_row_keeps_its_number_when_more_is_found() {
    let log = troubles();
    let later: String = log
        .lines()
        .skip(60)
        .fold(String::new(), |text, line| text + line + "\n");
    let mut stage = Stager::of(model(&[("mainlog", &later)])).raise();
    stage.press("4 j m");
    let before = stage.selected();
    let marked = stage.app.finds.marks.clone();
    stage.press("k").grow(model(&[("mainlog", &log)]));
    stage.press("4");
    assert_eq!(stage.app.finds.rows.len(), 3, "{}", stage.screen());
    assert_eq!(stage.app.finds.marks, marked);
    assert!(before.contains("mx."), "{before}");
}

#[test]
fn a_finding_that_is_gone_says_so() {
    let log = troubles();
    let mut stage = Stager::of(model(&[("mainlog", &log)])).raise();
    stage.press("4").write("/host:refused").press("enter enter");
    let first = log
        .lines()
        .take(30)
        .fold(String::new(), |text, line| text + line + "\n");
    stage.grow(model(&[("mainlog", &first)]));
    let screen = stage.screen();
    assert!(screen.contains("This is no longer found"), "{screen}");
    stage.press("enter");
    assert_eq!(stage.toast(), "this is no longer found");
}

#[test]
fn the_day_of_utc_is_told_where_it_is_another() {
    let line = "2026-02-01 00:30:00 1vuGFQ-000001-6a => bo@example.net R=dnslookup T=remote_smtp";
    let log = format!("{line} H=mx.old.example [203.0.113.21]{OLD}\n");
    let mut stage = Stager::of(model(&[("mainlog", &log)])).raise();
    stage.press("4 enter");
    let screen = stage.screen();
    assert!(
        screen.contains("2026-02-01 00:30:00 +0100 (2026-01-31 23:30:00 UTC)"),
        "{screen}"
    );
}

#[test]
fn the_host_of_a_finding_is_a_filter_for_every_view() {
    let mut stage = stage(120, 40);
    stage.write("/host:old").press("enter H");
    assert_eq!(stage.app.filter.text(), "host=mx.old.example");
    assert_eq!(stage.app.finds.rows.len(), 1);
    assert_eq!(stage.app.messages.rows.len(), 3);
    let mut stage = demo(120, 40);
    stage.write("/header-software").press("enter H");
    assert_eq!(stage.toast(), "this row names no remote host");
}

#[test]
fn what_a_finding_does_not_have_is_told_where_it_is_typed() {
    let mut stage = stage(80, 24);
    stage.write("/host:old size>1");
    let screen = stage.screen();
    assert!(
        screen.contains("size>1: a finding has no such field"),
        "{screen}"
    );
    assert_eq!(stage.app.finds.rows.len(), 1, "the last good filter stays");
    stage.press("enter");
    assert!(stage.app.filter.is_editing());
    // Typed elsewhere, it is a filter; here it selects nothing, and why is told.
    stage.press("esc 1").write("/to:bo").press("enter");
    assert!(!stage.app.messages.rows.is_empty());
    stage.press("4");
    let screen = stage.screen();
    assert!(stage.app.finds.rows.is_empty());
    assert!(
        screen.contains("Nothing passes the filter. to:bo: a finding has no such field"),
        "{screen}"
    );
}

#[test]
fn the_next_bad_finding_is_more_than_an_info() {
    let mut stage = demo(120, 40);
    let mut seen = 0;
    loop {
        stage.press("n");
        if stage.toast().contains("nothing but infos below") {
            break;
        }
        assert!(!stage.selected().contains("info"), "{}", stage.selected());
        seen += 1;
    }
    assert!(seen > 2);
}

#[test]
fn findings_are_judged_by_their_own_day() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    stage.press("4").write("/old-tls").press("enter enter");
    let screen = stage.screen();
    assert!(screen.contains("Rules in force on the day"), "{screen}");
    // The messages are graded by the rules of today all the while.
    let of_messages = stage.app.grades.as_of();
    assert_ne!(
        Some(of_messages),
        stage.app.findings.grades.as_ref().map(|own| own.as_of())
    );
}

#[test]
fn an_empty_view_says_why() {
    let mut stage = Stager::of(model(&[])).size(80, 24).raise();
    stage.press("4");
    assert!(
        stage
            .screen()
            .contains("Nothing was found that somebody should act on.")
    );
}
