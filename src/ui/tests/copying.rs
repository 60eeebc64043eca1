//! Copies and files.

use std::fs;

use insta::assert_snapshot;

use super::stage::{DEMO, SHOWCASE, Stager, model, model_of};
use crate::source::Input;

const SENT: &str = "sent to the terminal (OSC 52), not confirmed";

#[test]
fn a_row_in_every_form() {
    let mut stage = Stager::of(model(&DEMO)).raise();
    stage.press("y y y i y r y t y f");
    let copied = stage.copied();
    assert_eq!(
        copied[0],
        "2020-02-25 04:55:03 +0100 1j69ZJ-0001iL-S3 to tosa@rx.t-online.de: deferred, R / refused: \
         TLS was required, not offered by rx.t-online.de on 2 connections (5 waits), mainlog line 1"
    );
    assert_eq!(copied[1], "1j69ZJ-0001iL-S3");
    assert_eq!(copied[2], DEMO[0].1.trim_end());
    assert!(copied[3].starts_with("1j69ZJ-0001iL-S3"), "{}", copied[3]);
    assert!(copied[3].contains("attempt 2"), "{}", copied[3]);
    assert_eq!(copied[4], "hopgrade export messages /var/log/exim4/mainlog");
    assert_eq!(
        stage.toast(),
        format!("the filter as a command line: {SENT}")
    );
}

#[test]
fn a_chain_in_every_form() {
    let mut stage = Stager::of(model(&DEMO)).raise();
    stage
        .press("3 y y y r y t")
        .write("/grade=A")
        .press("enter y f");
    let copied = stage.copied();
    assert!(copied[0].contains("3 hops"), "{}", copied[0]);
    assert!(
        copied[1].starts_with("Received: from mailout02.t-online.de"),
        "{}",
        copied[1]
    );
    assert!(copied[2].contains("not observed by us"), "{}", copied[2]);
    assert_eq!(
        copied[3],
        "hopgrade export hops --where grade=A /var/log/exim4/mainlog"
    );
}

#[test]
fn marked_rows_are_counted_and_copied_together_in_display_order() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    stage.press("j j j j j m j j m");
    assert!(
        stage.screen().contains("2 marked · row 10 of 29"),
        "{}",
        stage.screen()
    );
    stage.press("y i");
    assert_eq!(stage.toast(), format!("2 rows: {SENT}"));
    // Marks that a filter hides still count.
    stage.write("/grade=A").press("enter y i s y i u");
    assert_eq!(stage.toast(), "2 unmarked");
    let copied = stage.copied();
    assert_eq!(copied[0].lines().count(), 2);
    assert!(copied[0].starts_with("1vumsI-"), "{}", copied[0]);
    let mut sorted: Vec<Vec<&str>> = copied.iter().map(|text| text.lines().collect()).collect();
    for lines in &mut sorted {
        lines.sort_unstable();
    }
    assert!(sorted.iter().all(|lines| *lines == sorted[0]), "{copied:?}");
}

#[test]
fn the_last_copy_goes_to_a_file_that_was_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evidence.txt");
    let typed = path.to_str().unwrap();
    let mut stage = Stager::of(model(&DEMO)).size(120, 20).raise();
    stage.press("w");
    assert_eq!(stage.toast(), "nothing was copied yet; y copies");
    stage.press("y i w");
    assert!(
        stage
            .screen()
            .contains("write the last copy to: hopgrade.txt")
    );
    stage.press("ctrl-u").write(typed).press("enter");
    assert_eq!(stage.toast(), format!("written to {typed}"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "1j69ZJ-0001iL-S3\n");

    // A name that is taken is told, and can be mended.
    stage.press("w ctrl-u").write(typed).press("enter");
    let screen = stage.screen();
    assert!(screen.contains("is already there"), "{screen}");
    stage.write(".2").press("enter");
    assert_eq!(stage.toast(), format!("written to {typed}.2"));
    stage
        .press("w ctrl-u")
        .write("/nonexistent/x")
        .press("enter");
    assert!(
        stage.screen().contains("No such file"),
        "{}",
        stage.screen()
    );
    stage.press("esc");
    assert!(stage.screen().contains("Enter open"));
}

#[test]
fn the_keys_of_a_copy_fit_the_usual_small_terminal() {
    let mut stage = Stager::of(model(&DEMO)).size(80, 24).raise();
    stage.press("y");
    let screen = stage.screen();
    let keys = screen.lines().last().unwrap();
    assert_eq!(
        keys,
        " y sentence   i ID   r raw   t story   e evidence   n note   f filter   Esc none"
    );
}

#[test]
fn evidence_and_note_about_a_row_of_every_view() {
    let mut stage = Stager::of(model(&DEMO)).raise();
    let views = [
        ("1", true),
        ("2", true),
        ("d", true),
        ("3", false),
        ("4", true),
    ];
    for (view, note) in views {
        let before = stage.copied().len();
        stage.press(view).press("y e");
        assert!(
            stage.toast().starts_with("evidence of ") && stage.toast().contains("pseudonymised"),
            "{view}: {}",
            stage.toast()
        );
        assert!(
            stage.toast().contains("places to fill in"),
            "{}",
            stage.toast()
        );
        assert!(stage.toast().ends_with(SENT), "{}", stage.toast());
        stage.press("y n");
        let copied = stage.copied();
        if note {
            assert!(
                stage.toast().starts_with("note of one finding"),
                "{}",
                stage.toast()
            );
            assert_eq!(copied.len(), before + 2, "{view}");
            assert!(
                copied[before + 1].contains("rx.t-online.de"),
                "{}",
                copied[before + 1]
            );
        } else {
            // What stands in headers is no matter of a postmaster.
            assert_eq!(
                stage.toast(),
                "nothing here is for a postmaster on the other side; ye copies the evidence"
            );
            assert_eq!(copied.len(), before + 1, "{view}");
        }
    }
    let copied = stage.copied();
    // The same finding is told in the same words, from wherever one asks.
    for again in [2, 4, 7] {
        assert_eq!(copied[0], copied[again]);
        assert_eq!(copied[1], copied[again + 1]);
    }
    assert!(copied[0].contains("tls-refused-"), "{}", copied[0]);
    assert!(copied[6].contains("hop-clear-inside-"), "{}", copied[6]);
    assert!(!copied[0].contains("tosa@"), "people are pseudonyms");
}

#[test]
fn a_row_that_nothing_is_found_about_gives_no_text() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    stage.write("/grade=A").press("enter y e");
    assert_eq!(
        stage.toast(),
        "nothing is found about this: there is no text to send"
    );
    assert!(stage.copied().is_empty());
    stage.press("e");
    assert!(stage.app.preview.is_none());
}

#[test]
fn marked_rows_are_told_in_one_text() {
    let mut stage = Stager::of(model(&SHOWCASE)).raise();
    stage.press("4 m m y e");
    assert!(
        stage.toast().starts_with("evidence of 2 findings"),
        "{}",
        stage.toast()
    );
    let text = stage.copied().pop().unwrap();
    let ids: Vec<String> = stage
        .app
        .finds
        .marks
        .iter()
        .filter_map(|row| stage.app.findings.get(*row))
        .map(|own| own.id.clone())
        .collect();
    assert!(
        ids.len() == 2 && ids.iter().all(|id| text.contains(id.as_str())),
        "{text}"
    );
}

#[test]
fn the_language_of_texts_is_chosen() {
    let mut stage = Stager::of(model(&DEMO)).german().raise();
    stage.press("4 y e");
    assert!(
        stage.copied().pop().unwrap().contains("BITTE EINTRAGEN"),
        "{}",
        stage.copied().pop().unwrap()
    );
    stage.press("L");
    assert_eq!(stage.toast(), "texts to send are in English");
    stage.press("y e");
    assert!(stage.copied().pop().unwrap().contains("PLEASE FILL IN"));
}

#[test]
fn a_text_is_read_before_it_is_sent() {
    for (name, columns, lines) in [("small", 80, 24), ("wide", 120, 40)] {
        let mut stage = Stager::of(model(&DEMO)).size(columns, lines).raise();
        stage.press("4 e");
        assert_snapshot!(format!("preview_{name}"), stage.screen());
        stage.press("L");
        assert_snapshot!(format!("preview_german_{name}"), stage.screen());
        stage.press("L t");
        assert_snapshot!(format!("preview_note_{name}"), stage.screen());
        stage.press("L G");
        assert_snapshot!(format!("preview_note_german_{name}"), stage.screen());
    }
}

#[test]
fn a_preview_copies_and_writes_what_it_shows_and_esc_leads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("note.txt");
    let mut stage = Stager::of(model(&DEMO)).raise();
    stage.press("4 enter");
    let before = stage.screen();
    stage.press("e t j j y");
    assert!(
        stage.toast().starts_with("note of one finding"),
        "{}",
        stage.toast()
    );
    let copied = stage.copied().pop().unwrap();
    stage.press("t w esc");
    assert!(stage.app.preview.is_some(), "only the file name is left");
    stage
        .press("t w ctrl-u")
        .write(path.to_str().unwrap())
        .press("enter");
    assert!(stage.toast().starts_with("written to"), "{}", stage.toast());
    assert_eq!(
        fs::read_to_string(&path).unwrap().trim_end(),
        copied.trim_end()
    );
    assert_eq!(
        stage.copied().len(),
        1,
        "what is written to a file is not copied"
    );
    stage.press("esc");
    // But for the footer: there is something to write now.
    let above = |screen: &str| screen.rsplit_once('\n').map(|(above, _)| above.to_owned());
    assert_eq!(above(&stage.screen()), above(&before));
}

#[test]
fn a_preview_from_a_chain_has_no_note() {
    let mut stage = Stager::of(model(&DEMO)).raise();
    stage.press("3 e t");
    assert!(
        stage
            .toast()
            .starts_with("nothing here is for a postmaster"),
        "{}",
        stage.toast()
    );
    assert!(stage.app.preview.is_some());
    stage.press("e");
    assert!(stage.app.preview.is_none());
}

#[test]
fn raw_lines_that_are_gone_are_told_and_not_copied() {
    let entry = |id: u32| {
        format!(
            "2026-03-01 08:00:00 1vwX9{id:x}-000AYt-Tm <= a@example.org H=a.example [192.0.2.1] P=esmtp S=9\n"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let log = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let (kept, cut) = (log("mainlog.1", entry(1)), log("mainlog", entry(2)));
    let inputs = [&kept, &cut].map(|path| Input::File(path.clone()));
    let mut stage = Stager::of(model_of(inputs.to_vec())).raise();
    fs::write(&cut, "").unwrap();

    stage.press("y r");
    let toast = stage.toast();
    assert!(
        toast.starts_with("nothing copied, the raw lines are gone: "),
        "{toast}"
    );
    assert!(toast.contains("changed since it was loaded"), "{toast}");
    assert!(stage.copied().is_empty());
    stage.press("m m y r");
    assert_eq!(stage.toast(), format!("2 rows, 1 of 2 lines gone: {SENT}"));
    let copied = stage.copied().pop().unwrap();
    assert!(copied.contains(entry(1).trim_end()), "{copied}");
    assert!(copied.contains("changed since it was loaded"), "{copied}");
}
