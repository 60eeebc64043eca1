#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        reason = "test sizes are small and known"
    )
)]
//! hopgrade shows how a mail really travelled: in a sealed envelope or as a postcard.
//!
//! Data flows one way: [`source`] -> [`parse`] -> [`model`] -> [`query`] -> views. Each layer may use
//! the layers below it in this list and none above; `tests/layers.rs` holds that rule.
//!
//! `cli` > `ui` > `clipboard` > `report` > `insight` > `query` > `ingest` > `model` > `parse` >
//! `source` > `tls` > `text`

pub mod cli;
pub mod clipboard;
pub mod ingest;
pub mod insight;
pub mod model;
pub mod parse;
pub mod query;
pub mod report;
pub mod source;
pub mod text;
pub mod tls;
pub mod ui;
