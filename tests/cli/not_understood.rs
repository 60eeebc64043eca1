//! `hopgrade export not-understood`, and a log that says nothing of TLS.

use super::program::{ODD_LOG, column, good, refused, rows, write};

#[test]
fn lines_not_understood_are_a_table_that_can_be_shown_to_others() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "odd", ODD_LOG.as_bytes());
    let told = rows(&good(&["export", "not-understood", &log]));
    assert_eq!(column(&told, "line"), [2, 4]);
    let shapes = column(&told, "shape");
    assert_eq!(
        shapes,
        [
            "<date> <time> <word> <<addr>> on <host>",
            "<word>, <word>[<id> and <word> were here",
        ]
    );
    assert_eq!(told[1]["text"], "anna, \\x1b[2J and carla were here");
    assert_eq!(told[1]["file"], log.as_str());
    let masked = good(&["export", "not-understood", "--mask", &log]);
    assert!(
        !masked.contains("anna") && !masked.contains("ertha"),
        "{masked}"
    );
    let masked = rows(&masked);
    assert_eq!(column(&masked, "shape"), shapes);
    assert!(masked.iter().all(|row| row["text"].is_null()));
}

#[test]
fn lines_not_understood_are_filtered_and_sorted() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "odd", ODD_LOG.as_bytes());
    let lines = |args: &[&str]| -> Vec<u64> {
        let told = rows(&good(&[&["export", "not-understood", &log], args].concat()));
        column(&told, "line")
            .iter()
            .map(|line| line.as_u64().unwrap())
            .collect()
    };
    assert_eq!(lines(&["--sort", "line:desc"]), [4, 2]);
    assert_eq!(lines(&["--where", "text:carla"]), [4]);
    assert_eq!(lines(&["--where", "bertha OR /^anna/"]), [2, 4]);
    assert_eq!(lines(&["--where", "-carla file:odd"]), [2]);
    assert_eq!(lines(&["--where", "file:other"]), [0; 0]);
    for filter in ["since:-2h", "grade>=C", "carla OR NOT to:anna"] {
        let told = refused(&["export", "not-understood", "--where", filter, &log]);
        assert!(
            told.contains("not understood") && told.contains("file:"),
            "{told}"
        );
    }
}

#[test]
fn a_log_that_says_nothing_of_tls_is_told_the_setting() {
    let dir = tempfile::tempdir().unwrap();
    let log = write(dir.path(), "odd", ODD_LOG.as_bytes());
    let sentence = "This log does not say whether TLS was used for one delivery and one arrival by exim. \
        log_selector = +tls_cipher would log it";
    let story = good(&["explain", "1vum00-000000-00", &log]);
    assert!(
        story
            .trim_end()
            .lines()
            .last()
            .unwrap()
            .starts_with(sentence),
        "{story}"
    );
    let markdown = good(&["explain", "1vum00-000000-00", "--format", "markdown", &log]);
    assert!(markdown.contains("\n\nThis log does not say"), "{markdown}");
    let summary = good(&[&log]);
    assert_eq!(
        summary.matches("This log does not say").count(),
        1,
        "{summary}"
    );
    assert!(
        summary.contains("2 of 5 lines not understood: "),
        "{summary}"
    );
    assert!(
        summary.contains("  hopgrade export not-understood "),
        "{summary}"
    );
    let shown = ODD_LOG.replace(
        "[192.0.2.9]",
        "[192.0.2.9] X=TLS1.3:TLS_AES_256_GCM_SHA384:256",
    );
    let shown = write(dir.path(), "shown", shown.as_bytes());
    for told in [
        good(&["explain", "1vum00-000000-00", &shown]),
        good(&[&shown]),
    ] {
        assert!(!told.contains("log_selector"), "{told}");
    }
}
