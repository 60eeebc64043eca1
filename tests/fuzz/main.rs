//! A bounded fuzzer: each grammar and each reader is fed changed inputs, the same ones on every run.
//!
//! `HOPGRADE_FUZZ_SECONDS=600 cargo test --release --test fuzz postfix -- --exact --nocapture` runs one target
//! for ten minutes; see `target`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "../common/mod.rs"]
mod common;
mod facts;
mod forged;
mod forged_lines;
mod frames;
mod grammars;
#[path = "../common/hostile.rs"]
mod hostile;
mod mails;
mod mutate;
#[path = "../common/random.rs"]
mod random;
mod remote;
mod seeds;
mod target;
mod words;
