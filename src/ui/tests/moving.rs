//! Moving about: rows, details, the way back.

use super::stage::{SHOWCASE, Stage, Stager, model};

fn showcase(columns: u16, lines: u16) -> Stage {
    Stager::of(model(&SHOWCASE)).size(columns, lines).raise()
}

/// The showcase as it was before its last lines were written.
fn earlier() -> crate::model::Model {
    let (name, log) = SHOWCASE[0];
    let lines: Vec<&str> = log.lines().collect();
    model(&[(name, &lines[..60].join("\n")), SHOWCASE[1]])
}

#[test]
fn the_selection_stays_on_its_row_when_rows_arrive() {
    let mut stage = Stager::of(earlier()).size(100, 15).raise();
    stage.press("j j j j j j j j j j j j k");
    let before = stage.selected();
    let line = stage
        .screen()
        .lines()
        .position(|line| line.starts_with('▌'));
    stage.grow(model(&SHOWCASE));
    assert_eq!(stage.selected(), before);
    assert_eq!(
        stage
            .screen()
            .lines()
            .position(|line| line.starts_with('▌')),
        line
    );
    assert_eq!(stage.app.list().total, 29);
}

#[test]
fn an_untouched_list_shows_the_newest() {
    let mut stage = Stager::of(earlier()).size(100, 15).raise();
    stage.grow(model(&SHOWCASE));
    assert!(
        stage.selected().contains("24 Feb 09:12:45"),
        "{}",
        stage.selected()
    );
    assert!(stage.screen().contains("row 1 of 29"));
}

#[test]
fn an_open_detail_learns_what_is_loaded_meanwhile() {
    let mut stage = Stager::of(earlier()).size(100, 60).raise();
    stage.write("/info@example.org").press("enter enter");
    assert!(!stage.screen().contains("attempt 7"));
    stage.grow(model(&SHOWCASE));
    assert!(stage.screen().contains("attempt 7"), "{}", stage.screen());
}

#[test]
fn n_goes_to_the_next_bad_row_and_tells_when_there_is_none() {
    let mut stage = showcase(100, 24);
    let mut met = String::new();
    while stage.toast().is_empty() {
        stage.press("n");
        met.push_str(stage.selected().split_whitespace().nth(1).unwrap());
    }
    assert_eq!(met, "RDREFFECC", "the last one stays when nothing is below");
    assert_eq!(stage.toast(), "no bad grade below");
    stage.press("N");
    assert!(
        stage.selected().starts_with("▌ E o"),
        "{}",
        stage.selected()
    );
    stage.press("g N");
    assert_eq!(stage.toast(), "no bad grade above");
}

#[test]
fn esc_leads_from_a_detail_to_the_same_row_on_the_same_line() {
    let mut stage = showcase(100, 12);
    stage.press("G k k k pgup k");
    let list = stage.screen();
    stage.press("enter pgdn j r G");
    assert_ne!(stage.screen(), list);
    stage.press("esc");
    assert_eq!(stage.screen(), list);
}

#[test]
fn esc_leads_from_a_filter_to_the_detail_it_was_typed_over() {
    for columns in [100, 140] {
        let mut stage = showcase(columns, 16);
        stage.press("j j enter j");
        let before = stage.screen();
        assert!(stage.app.detail.is_some());
        stage.write("/from:example.org").press("enter");
        assert!(stage.app.detail.is_none());
        stage.press("esc");
        assert_eq!(stage.screen(), before);
        // From a detail among what was found, too.
        stage
            .write("/from:example.org")
            .press("enter enter esc esc");
        assert_eq!(stage.screen(), before);
        stage.press("esc");
        assert!(stage.app.detail.is_none() && stage.app.filter.text().is_empty());
    }
}

#[test]
fn esc_and_a_key_in_one_packet_are_both_done() {
    let mut stage = showcase(100, 24);
    stage.press("enter");
    // This is how a terminal's reader takes it: as Alt and the key.
    stage.press("alt-j");
    assert!(stage.app.detail.is_none());
    assert_eq!(stage.app.list().selected, 1);
    stage.write("/from:example.org").press("enter alt-n");
    assert!(stage.app.filter.text().is_empty());
    assert!(
        stage.selected().starts_with("▌ D x"),
        "{}",
        stage.selected()
    );
}

#[test]
fn esc_leads_back_out_of_a_joined_journey() {
    for columns in [100, 140] {
        let mut stage = showcase(columns, 16);
        stage.write("/telko").press("enter enter j j");
        let before = stage.screen();
        assert!(before.contains("o headers"), "{before}");
        stage.press("o");
        assert!(
            stage
                .screen()
                .contains("postmaster@telko.example → anna@example.org")
        );
        stage.press("j r esc");
        assert_eq!(stage.screen(), before);
        stage.press("o o esc esc");
        assert_eq!(stage.screen(), before, "one step back for each step there");
        stage.press("esc");
        assert!(stage.app.detail.is_none());
    }
}

#[test]
fn a_message_and_a_mail_are_one_journey_by_the_queue_id() {
    let mut stage = showcase(120, 60);
    stage.write("/telko").press("enter enter");
    let screen = stage.screen();
    assert!(
        screen.contains("The same journey, as the headers tell it:"),
        "{screen}"
    );
    assert!(screen.contains("TLS 1.0  ECDHE-RSA-AES256-SHA"), "{screen}");
    stage.press("1").press("o");
    let screen = stage.screen();
    assert!(
        screen.contains("The same journey, as the log tells it:"),
        "{screen}"
    );
    assert!(
        screen.contains("received from mailout02.telko.example"),
        "{screen}"
    );
}

#[test]
fn esc_leads_back_out_of_the_rows_of_a_host() {
    let mut stage = showcase(100, 14);
    stage
        .write("/from:example.org")
        .press("enter G k k enter j");
    let (before, filter) = (stage.screen(), stage.app.filter.text().to_owned());
    stage.press("h");
    assert_eq!(stage.app.filter.text(), "host=mail.altbau.example");
    assert!(stage.app.detail.is_none());
    stage.press("esc");
    assert_eq!(stage.app.filter.text(), filter);
    assert_eq!(stage.screen(), before);
    stage.press("esc esc");
    assert_eq!(stage.toast(), "filter dropped; / and ↑ bring it back");
    assert!(
        stage.selected().contains("07:58:06"),
        "{}",
        stage.selected()
    );
    stage.write("/").press("up enter");
    assert_eq!(stage.app.filter.text(), filter);
}

#[test]
fn rows_are_stepped_through_under_an_open_detail() {
    for columns in [100, 140] {
        let mut stage = showcase(columns, 20);
        stage.press("enter J J");
        let shown = stage.app.detail.as_ref().unwrap().content.row;
        assert_eq!(Some(shown), stage.app.list().selected_row());
        assert_eq!(stage.app.list().selected, 2);
        stage.press("r K");
        assert!(
            stage.app.detail.as_ref().unwrap().raw,
            "raw lines stay raw lines"
        );
        stage.press("r n");
        let screen = stage.screen();
        assert!(
            screen.contains("We required TLS; mx.dienst.example did not offer it"),
            "{screen}"
        );
    }
}

#[test]
fn a_host_without_a_name_is_found_by_its_address() {
    let log = "2026-02-24 08:00:00 1vum00-000000-00 <= a@example.org H=[192.0.2.9] P=esmtp S=100\n\
               2026-02-24 08:00:00 1vum00-000000-01 <= a@example.org H=[192.0.2.7] P=esmtp S=100\n";
    let mut stage = Stager::of(model(&[("mainlog", log)])).raise();
    stage.press("G H");
    assert_eq!(stage.app.filter.text(), "ip=192.0.2.9");
    assert_eq!(stage.app.list().rows.len(), 1);
}

#[test]
fn a_smaller_terminal_keeps_the_selection_in_sight() {
    let mut stage = showcase(120, 40);
    stage.press("G");
    let row = stage.app.list().selected_row();
    for (columns, lines) in [(80, 24), (40, 10), (200, 60), (40, 8)] {
        stage.resize(columns, lines);
        assert_eq!(stage.app.list().selected_row(), row);
        assert!(
            stage.selected().contains("anna@") || columns < 60,
            "{}",
            stage.screen()
        );
        assert!(
            stage.screen().lines().any(|line| line.starts_with('▌')),
            "{columns}x{lines}"
        );
    }
}

#[test]
fn a_larger_terminal_shows_no_emptiness_below_a_scrolled_detail() {
    let mut stage = showcase(80, 12);
    stage.write("/telko").press("enter enter G");
    assert!(stage.screen().contains("Seen in"));
    stage.resize(80, 100);
    assert_eq!(stage.app.detail.as_ref().unwrap().top, 0);
}

#[test]
fn the_order_goes_round_and_is_told() {
    let mut stage = showcase(120, 40);
    stage.press("s");
    assert_eq!(stage.toast(), "sorted by grade, worst first");
    assert!(stage.selected().contains("F !"), "{}", stage.selected());
    assert!(stage.screen().contains("GRD▼"));
    stage.press("S");
    assert!(stage.selected().contains("L @"), "{}", stage.selected());
    let mut orders = 0;
    while !stage.screen().contains("LAST▼") {
        stage.press("s");
        orders += 1;
    }
    assert_eq!(orders, 8);
}

#[test]
fn a_profile_regrades_rows_and_detail() {
    let mut stage = showcase(120, 40);
    stage.write("/printer").press("enter enter");
    assert!(
        stage.screen().contains("E o plain inside"),
        "{}",
        stage.screen()
    );
    stage.press("P");
    let screen = stage.screen();
    assert!(
        screen.contains("F ! plain") && !screen.contains("E o"),
        "{screen}"
    );
    assert_eq!(stage.toast(), "graded by profile bsi");
}
