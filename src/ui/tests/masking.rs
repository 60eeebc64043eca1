//! With people masked, nobody can be told: not on any screen, not in any copy.

use super::stage::{SHOWCASE, Stage, Stager, model};
use crate::model::Model;

/// Clients that handed in mail in clear and with old TLS, so that their names stand in sentences and findings, too.
const CLIENTS: &str = "\
2026-02-24 10:00:00 1vuoAA-000001-00 <= gast@provider.example H=p5b0.dip0.provider.example (laptop-gast) [203.0.113.177]:50011 P=esmtp S=900 T=\"Geheim 1\" for anna@example.org
2026-02-24 10:00:01 1vuoAA-000001-00 => anna <anna@example.org> R=local_user T=maildir_home
2026-02-24 10:00:01 1vuoAA-000001-00 Completed
2026-02-24 10:01:00 1vuoBA-000002-00 <= gast@provider.example H=(laptop-gast) [203.0.113.178]:50011 P=esmtp S=900 T=\"Geheim 2\" for anna@example.org
2026-02-24 10:01:00 1vuoBA-000002-00 Completed
2026-02-24 10:02:00 1vuoCA-000003-00 <= gast@provider.example H=p5b0.dip0.provider.example (laptop-gast) [203.0.113.177]:50012 P=esmtps X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no S=900 T=\"Geheim 3\" for anna@example.org
2026-02-24 10:02:00 1vuoCA-000003-00 Completed
2026-02-24 10:03:00 1vuoDA-000004-00 <= gast@provider.example H=(laptop-gast) [203.0.113.178]:50013 P=esmtps X=TLS1.0:ECDHE-RSA-AES256-SHA:256 CV=no S=900 T=\"Geheim 4\" for anna@example.org
2026-02-24 10:03:00 1vuoDA-000004-00 Completed
";

/// What must not be seen: local parts, subjects, and the computers of people.
const SECRETS: [&str; 22] = [
    "anna@",
    "bo@",
    "carla@",
    "dora@",
    "kunde@",
    "gast@",
    "kanzlei@",
    "hans.m",
    "山田",
    "Vollmacht",
    "Rundbrief",
    "Ihre Anfrage",
    "Geheim",
    "Grüße",
    "p4fd12a",
    "203.0.113.222",
    "desktop-anna",
    "p5b0",
    "203.0.113.177",
    "203.0.113.178",
    "laptop-gast",
    "h7Kq2mPz8",
];

/// The showcase with those clients at its end.
fn files() -> Model {
    let [(name, log), mail] = SHOWCASE;
    model(&[(name, &format!("{log}{CLIENTS}")), mail])
}

fn stage(columns: u16, lines: u16) -> Stage {
    Stager::of(files()).size(columns, lines).masked().raise()
}

fn reveals(text: &str) -> Option<&'static str> {
    SECRETS.into_iter().find(|secret| text.contains(secret))
}

#[test]
fn the_secrets_are_there_without_a_mask() {
    let mut stage = Stager::of(files()).size(200, 100).raise();
    let mut seen = walk(&mut stage);
    stage.press("r");
    seen.push_str(&walk(&mut stage));
    for secret in SECRETS {
        assert!(
            seen.contains(secret),
            "{secret} is no secret that could be told"
        );
    }
}

/// Every screen of these lists and of every detail.
fn walk(stage: &mut Stage) -> String {
    let mut seen = String::new();
    for list in ["1", "3", "4"] {
        stage.press(list);
        seen.push_str(&stage.screen());
        stage.press("enter");
        while stage.toast().is_empty() {
            seen.push_str(&stage.screen());
            stage.press("r");
            seen.push_str(&stage.screen());
            stage.press("r J");
        }
    }
    seen
}

#[test]
fn no_screen_tells_a_person() {
    for (columns, lines) in [(200, 100), (90, 60)] {
        let mut stage = stage(columns, lines);
        for screen in walk(&mut stage).split("hopgrade  ") {
            assert_eq!(reveals(screen), None, "{screen}");
        }
    }
}

#[test]
fn no_copy_tells_a_person() {
    let mut stage = stage(120, 60);
    let mut rows = 0;
    for list in ["1", "3", "4"] {
        stage.press(list);
        rows += stage.app.list().rows.len();
        loop {
            let before = stage.app.list().selected;
            stage.press("y y y i y t y r");
            assert_eq!(
                stage.toast(),
                "raw lines cannot be masked; M shows people again"
            );
            stage.press("j");
            if stage.app.list().selected == before {
                break;
            }
        }
    }
    let copied = stage.copied();
    assert!(rows > 31 + 1);
    assert_eq!(copied.len(), 3 * rows);
    for text in copied {
        assert_eq!(reveals(&text), None, "{text}");
    }
}

#[test]
fn a_name_without_an_address_is_told_neither() {
    let mail = "From: Anna Secret\nTo: Bert Hidden\nSubject: x\nMessage-ID: <1@example.org>\n\n";
    let mut stage = Stager::of(model(&[("a.eml", mail)])).masked().raise();
    stage.press("3 y y y t enter");
    let screen = stage.screen();
    for text in stage.copied().iter().chain([&screen]) {
        for name in ["Anna", "Secret", "Bert", "Hidden"] {
            assert!(!text.contains(name), "{name} in {text}");
        }
    }
    assert_eq!(stage.copied().len(), 2);
}

#[test]
fn the_same_person_has_the_same_name_everywhere() {
    let mut stage = stage(120, 40);
    stage.resize(200, 40).write("/telko").press("enter");
    let name = |text: &str| {
        let at = text.find("p-").unwrap();
        text[at..at + 8].to_owned()
    };
    let in_list = name(&stage.selected());
    stage.press("enter");
    assert!(
        stage.screen().matches(&in_list).count() >= 2,
        "{}",
        stage.screen()
    );
}

#[test]
fn neither_completion_nor_the_host_filter_tell() {
    let mut stage = stage(120, 40);
    stage.write("/to:").press("tab");
    assert_eq!(stage.app.filter.text(), "to:");
    stage.press("esc").write("/203.0.113.177").press("enter H");
    assert_eq!(
        stage.toast(),
        "this host is masked: a filter would tell its name"
    );
}

#[test]
fn the_filter_as_a_command_masks_what_the_screen_does() {
    let mut stage = stage(120, 40);
    stage.press("y f M y f");
    let copied = stage.copied();
    assert_eq!(
        copied,
        [
            "hopgrade export messages --mask /var/log/exim4/mainlog",
            "hopgrade export messages /var/log/exim4/mainlog"
        ]
    );
}

#[test]
fn an_open_detail_is_masked_and_shown_again_at_once() {
    let mut stage = Stager::of(model(&SHOWCASE)).size(120, 40).raise();
    stage.press("enter");
    let before = stage.screen();
    stage.press("M");
    assert_eq!(reveals(&stage.screen()), None, "{}", stage.screen());
    stage.press("M j k");
    assert_eq!(stage.screen(), before);
}

#[test]
fn texts_to_send_tell_nobody_whether_masked_or_not() {
    for masked in [false, true] {
        let stager = Stager::of(files()).size(200, 60);
        let mut stage = if masked { stager.masked() } else { stager }.raise();
        for list in ["1", "2", "3", "4"] {
            stage.press(list);
            for _ in 0..stage.app.list().rows.len() {
                stage.press("m");
            }
            stage.press("y e y n");
        }
        let copied = stage.copied();
        assert_eq!(copied.len(), 7, "headers are no matter of a postmaster");
        for text in copied {
            assert_eq!(reveals(&text), None, "{text}");
        }
    }
}
