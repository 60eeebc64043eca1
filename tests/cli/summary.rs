//! The plain summary, where standard output is no terminal.

use std::fs;

use super::program::{LOG, MAIL, good, write};

#[test]
fn the_summary_of_the_case() {
    insta::assert_snapshot!(good(&["demo", "--as-of", "2026-08-01"]));
    let none = good(&["demo", "--where", "status:delivered"]);
    assert!(none.contains("no message is graded C or worse"), "{none}");
}

#[test]
fn the_summary_of_a_log_says_how_to_see_more() {
    let told = good(&["--tz", "Europe/Berlin", "--where", "grade=R", LOG]);
    assert!(
        told.contains("\n  hopgrade explain 1j69ZJ-0001iL-S3 assets/demo/mainlog\n"),
        "{told}"
    );
    assert!(told.contains("\n1 message with grade=R\n"), "{told}");
    let none = good(&["--where", "grade=F", LOG]);
    assert!(none.contains("\n0 messages with grade=F\n"), "{none}");
}

#[test]
fn a_summary_of_many_files_fits_a_screen() {
    let dir = tempfile::tempdir().unwrap();
    let mail = fs::read(MAIL).unwrap();
    for nth in 0..30 {
        // A copy would be read once.
        let mail = [&mail[..], format!("\nX-Number: {nth}\n").as_bytes()].concat();
        write(dir.path(), &format!("{nth:02}.eml"), &mail);
    }
    let told = good(&[dir.path().to_str().unwrap()]);
    assert!(told.contains("\nand 25 more files\n"), "{told}");
    assert!(told.lines().count() < 24, "{told}");
}
