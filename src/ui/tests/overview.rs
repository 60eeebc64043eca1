//! The overview: grades over time, looking closer and back, the worst peers, copies.

use std::fmt::Write;

use insta::assert_snapshot;

use super::stage::{DEMO, SHOWCASE, Stage, Stager, looks_of, model};
use crate::insight::overview::{Slot, Step};
use crate::query::eval::Table;
use crate::ui::theme::Name;

const A: &str = " X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes";
const B: &str = " X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=yes";
const C: &str = " X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no";

/// Ten days over the end of summer time: quiet nights, an outage of TLS on the 27th, one bad client.
fn weeks() -> String {
    let mut log = String::new();
    let mut number = 0;
    for day in 20..30 {
        for hour in 0..24 {
            let busy = if (7..19).contains(&hour) { 9 } else { 2 };
            for nth in 0..busy {
                number += 1;
                let time = format!("2026-10-{day} {hour:02}:{:02}:{:02}", nth * 6, number % 60);
                let id = format!("1vuGFQ-{number:06}-6a");
                let _ = match (nth % 4, day, hour) {
                    (0, 27, 9..=11) => writeln!(
                        log,
                        "{time} {id} == bo@example.net R=r T=t defer (-38) H=mx.example.net [203.0.113.5]: a TLS session is required, but the server did not offer TLS support"
                    ),
                    (0, 27, 12..=14) => writeln!(
                        log,
                        "{time} {id} => bo@example.net R=r T=t H=mx.example.net [203.0.113.5]"
                    ),
                    (0, ..) => writeln!(
                        log,
                        "{time} {id} => bo@example.net R=r T=t H=mx.example.net [203.0.113.5]{A}"
                    ),
                    (1, _, 8) => writeln!(
                        log,
                        "{time} {id} <= a@old.example H=printer.old.example [203.0.113.9] P=esmtps{C} S=900"
                    ),
                    (2, ..) => writeln!(
                        log,
                        "{time} {id} <= a@example.com H=mx.example.com [203.0.113.7] P=esmtps{B} S=900"
                    ),
                    _ => writeln!(
                        log,
                        "{time} {id} <= a@example.com H=mx.example.com [203.0.113.7] P=esmtps{A} S=900"
                    ),
                };
            }
        }
    }
    log + "2026-10-29 23:59:59 what is this\n"
}

fn stage(columns: u16, lines: u16) -> Stage {
    let mut stage = Stager::of(model(&[("mainlog", &weeks())]))
        .size(columns, lines)
        .raise();
    stage.press("5");
    stage
}

fn counted(stage: &Stage) -> u32 {
    let overview = stage.app.overview.as_ref().unwrap();
    let slots = overview.histogram.slots.iter();
    let sum = slots.map(Slot::all).sum();
    assert_eq!(sum, overview.peers.figures.all());
    sum
}

fn step(stage: &Stage) -> Step {
    stage.app.overview.as_ref().unwrap().histogram.step
}

#[test]
fn the_overview_in_a_wide_terminal() {
    let mut stage = stage(120, 40);
    assert_snapshot!("overview_wide", stage.screen());
    stage.press("y t");
    assert_snapshot!("overview_as_text", stage.copied().pop().unwrap());
}

#[test]
fn the_overview_in_the_usual_small_terminal() {
    let mut stage = stage(80, 24);
    assert_snapshot!("overview_small", stage.screen());
    stage.press("down down");
    assert_snapshot!("overview_small_peers", stage.screen());
    stage.press("G");
    assert_snapshot!("overview_small_end", stage.screen());
    stage.press("g");
    assert_eq!(stage.app.below, crate::ui::app::Below::default());
}

#[test]
fn the_overview_of_the_case() {
    for (name, columns, lines) in [("wide", 120, 40), ("small", 80, 24)] {
        let mut stage = Stager::of(model(&DEMO)).size(columns, lines).raise();
        stage.press("5");
        assert_snapshot!(format!("overview_of_the_case_{name}"), stage.screen());
        assert_eq!(counted(&stage), 2);
    }
}

#[test]
fn how_the_overview_looks() {
    for (name, theme) in [("dark", Name::Dark), ("mono", Name::Mono)] {
        let mut stage = Stager::of(model(&SHOWCASE))
            .size(100, 24)
            .theme(theme)
            .raise();
        stage.press("5");
        assert_snapshot!(
            format!("how_the_overview_looks_{name}"),
            looks_of(&stage.buffer())
        );
    }
}

#[test]
fn the_slots_add_up_to_what_the_filter_selects() {
    let log = weeks();
    let lines = |what: &[&str]| {
        let has = |line: &&str| what.iter().any(|what| line.contains(what));
        u32::try_from(log.lines().filter(has).count()).unwrap()
    };
    let mut stage = stage(120, 40);
    assert_eq!(counted(&stage), lines(&[" <= ", " => ", " == "]));
    for (filter, what) in [
        ("kind:arrival", &[" <= "][..]),
        ("host:printer", &["H=printer"]),
        ("grade:F", &["[203.0.113.5]\n"]),
        ("tls:refused", &[" == "]),
        ("since:2026-10-25 until:2026-10-25", &["2026-10-25"]),
    ] {
        stage
            .press("ctrl-l")
            .write("/")
            .write(filter)
            .press("enter");
        let expected = match filter {
            "grade:F" => {
                let plain = |line: &&str| line.contains(" => ") && line.ends_with("[203.0.113.5]");
                u32::try_from(log.lines().filter(plain).count()).unwrap()
            }
            _ => lines(what),
        };
        assert!(expected > 0);
        assert_eq!(counted(&stage), expected, "{filter}");
    }
}

#[test]
fn looking_closer_shows_what_was_counted_and_esc_leads_back() {
    let mut stage = stage(80, 24);
    let (mut screens, mut slots) = (Vec::new(), Vec::new());
    assert_eq!(step(&stage), Step::Minutes(360));
    stage.press("left left left left left left left left");
    while stage.app.table == Table::Overview {
        let slot = stage.app.slot().unwrap().clone();
        screens.push(stage.screen());
        stage.press("enter");
        if stage.app.table == Table::Overview {
            assert_eq!(counted(&stage), slot.all(), "{}", stage.app.filter.text());
            assert!(step(&stage) != Step::Minutes(360));
        }
        slots.push(slot);
        assert!(slots.len() < 9);
    }
    let last = slots.last().unwrap();
    assert_eq!(stage.app.messages.rows.len() as u32, last.all());
    let filter = stage.app.filter.text();
    assert_eq!(filter.matches("since:").count(), 1, "{filter}");
    for screen in screens.into_iter().rev() {
        stage.press("esc");
        assert_eq!(stage.screen(), screen);
    }
    assert_eq!(stage.app.filter.text(), "");
}

#[test]
fn every_slot_of_the_longest_day_has_its_own_filter() {
    // 25 hours: the clock shows 2 to 3 twice.
    let mut log = String::new();
    for (number, utc) in (0..50).map(|half| (half, 1_792_879_200 + half * 1800)) {
        let time = chrono::DateTime::from_timestamp(utc, 0).unwrap();
        let time = time.format("%Y-%m-%d %H:%M:%S");
        let id = format!("1vuGFQ-{number:06}-6a");
        for _ in 0..=number {
            let _ = writeln!(
                log,
                "{time} +0000 {id} => bo@example.net R=r T=t H=mx.example.net [203.0.113.5]{A}"
            );
        }
    }
    let mut stage = Stager::of(model(&[("mainlog", &log)])).size(80, 24).raise();
    stage.press("5");
    assert_eq!(step(&stage), Step::Minutes(60));
    let hours = stage.app.overview.as_ref().unwrap().histogram.slots.len();
    assert_eq!(hours, 25);
    for hour in 0..hours {
        let slot = stage.app.slot().unwrap().clone();
        stage.press("o");
        assert_eq!(stage.app.table, Table::Messages);
        let filter = stage.app.filter.text().to_owned();
        assert_eq!(stage.app.messages.rows.len(), 2, "{hour} {filter}");
        stage.press("5");
        assert_eq!(counted(&stage), slot.all(), "{hour} {filter}");
        stage.press("ctrl-l g");
        assert_eq!(counted(&stage), 50 * 51 / 2);
        for _ in 0..=hour {
            stage.press("left");
        }
    }
}

#[test]
fn the_filter_in_force_stays_in_force() {
    let mut stage = stage(120, 40);
    stage
        .write("/host:printer OR host:mx.example.net since:2026-10-21")
        .press("enter");
    let slot = stage.app.slot().unwrap().clone();
    stage.press("o");
    let filter = stage.app.filter.text();
    assert!(
        filter.starts_with("(host:printer OR host:mx.example.net since:2026-10-21) since:"),
        "{filter}"
    );
    stage.press("5");
    assert_eq!(counted(&stage), slot.all());
}

#[test]
fn a_worst_peer_leads_to_its_row_and_to_its_messages() {
    let mut stage = stage(120, 40);
    stage.press("down");
    let before = stage.screen();
    assert!(stage.selected().contains("printer.old.example"), "{before}");
    stage.press("enter");
    assert_eq!(stage.app.table, Table::Hosts);
    assert!(
        stage.selected().contains("printer.old.example"),
        "{}",
        stage.screen()
    );
    stage.press("esc");
    assert_eq!(stage.screen(), before);
    stage.press("o");
    assert_eq!(stage.app.table, Table::Messages);
    assert_eq!(stage.app.filter.text(), "host=printer.old.example");
    stage.press("esc");
    assert_eq!(stage.screen(), before);
    stage.press("y y");
    assert_eq!(
        stage.copied().pop().unwrap(),
        "printer.old.example (in): deprecated 20 of 20"
    );
}

#[test]
fn back_from_a_worst_peer_hosts_are_by_domain_again() {
    let mut stage = stage(120, 40);
    stage.press("2 d j");
    let before = stage.screen();
    stage.press("5 down enter");
    assert!(stage.screen().contains("HOST "), "{}", stage.screen());
    stage.press("esc 2");
    assert_eq!(stage.screen(), before);
}

#[test]
fn evidence_here_is_about_the_chosen_host() {
    let mut stage = stage(120, 40);
    stage.press("y e");
    assert!(
        stage.toast().contains("no host is chosen"),
        "{}",
        stage.toast()
    );
    stage.press("down y n");
    let note = stage.copied().pop().unwrap();
    assert!(note.contains("printer.old.example"), "{note}");
}

#[test]
fn bad_times_can_be_sought() {
    let mut stage = stage(120, 40);
    stage.press("n n n");
    let slot = stage.app.slot().unwrap();
    assert!(slot.of(crate::tls::Grade::F) > 0, "{}", stage.screen());
}

#[test]
fn what_means_nothing_here_says_so() {
    let mut stage = stage(120, 40);
    let before = stage.screen();
    for keys in ["m", "r", "y i", "y r", "H"] {
        stage.press(keys);
        assert!(!stage.toast().is_empty(), "{keys}");
        assert_eq!(stage.app.table, Table::Overview);
    }
    stage.press("y f");
    let command = stage.copied().pop().unwrap();
    assert!(command.starts_with("hopgrade export events"), "{command}");
    stage.press("U");
    assert!(
        stage.screen().contains("what is this"),
        "{}",
        stage.screen()
    );
    stage.press("esc M M");
    stage.app.toast = None;
    assert_eq!(stage.screen().lines().nth(3), before.lines().nth(3));
    stage.press("P");
    assert!(stage.toast().contains("bsi"), "{}", stage.toast());
    assert!(counted(&stage) > 0);
}

#[test]
fn the_chosen_time_stays_while_the_log_grows() {
    let log = weeks();
    let part = |lines: usize| {
        let lines: Vec<&str> = log.lines().take(lines).collect();
        model(&[("mainlog", &lines.join("\n"))])
    };
    let mut stage = Stager::of(part(300)).following().size(80, 24).raise();
    stage.press("5");
    let newest = stage.app.slot().unwrap().clone();
    stage.grow(part(400));
    // Untouched it follows.
    assert!(stage.app.slot().unwrap().start > newest.start);
    stage.press("left left left left");
    let chosen = stage.app.slot().unwrap().clone();
    stage.grow(part(1200));
    let now = stage.app.slot().unwrap();
    assert!(now.start <= chosen.start && chosen.start < now.end);
    assert!(now.end - now.start > chosen.end - chosen.start);
}

#[test]
fn another_width_is_another_question() {
    let mut stage = stage(120, 40);
    let before = stage.screen();
    stage.resize(80, 24);
    assert_eq!(step(&stage), Step::Minutes(360));
    stage.press("1").resize(200, 40);
    stage.press("5");
    assert_eq!(step(&stage), Step::Minutes(180));
    stage.resize(120, 40);
    assert_eq!(stage.screen(), before);
}

#[test]
fn a_masked_overview_names_no_client() {
    let text = format!(
        "2026-02-01 08:00:00 1v0001-000001-00 <= a@example.net H=dyn-77.pool.example.net [198.51.100.77] P=esmtp S=900\n{}",
        weeks()
    );
    let mut stage = Stager::of(model(&[("mainlog", &text)])).masked().raise();
    stage.press("5");
    assert!(
        stage.screen().contains("198.51.100.0/24"),
        "{}",
        stage.screen()
    );
    stage.press("y t");
    let copied = stage.copied().pop().unwrap();
    for shown in [stage.screen(), copied] {
        assert!(
            !shown.contains("dyn-77") && !shown.contains("100.77"),
            "{shown}"
        );
    }
}

#[test]
fn an_empty_overview_says_why() {
    let mut stage = Stager::of(model(&[])).size(80, 24).raise();
    stage.press("5 enter left right down o n y t");
    let screen = stage.screen();
    assert!(
        screen.contains("No log was loaded that tells of a delivery."),
        "{screen}"
    );
}

#[test]
fn the_smallest_screens_hold_it() {
    let mut stage = stage(120, 40);
    for (columns, lines) in [(40, 8), (41, 9), (60, 12), (99, 15), (300, 100)] {
        stage.resize(columns, lines).press("down down G g left");
        assert!(stage.screen().contains("one column"), "{columns}x{lines}");
    }
}
