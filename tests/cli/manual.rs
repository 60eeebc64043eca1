//! Help, the manual page and completions.

use super::program::{good, refused};

#[test]
fn help_is_the_manual() {
    insta::assert_snapshot!("help", good(&["--help"]));
    insta::assert_snapshot!("help_export", good(&["export", "--help"]));
    insta::assert_snapshot!("help_explain", good(&["explain", "--help"]));
    insta::assert_snapshot!("man", good(&["man"]));
    assert!(good(&["--version"]).starts_with("hopgrade "));
}

#[test]
fn completions_know_commands_tables_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = good(&["completions", shell]);
        for word in ["export", "explain", "demo", "where", "profile"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    refused(&["completions", "tcsh"]);
}
