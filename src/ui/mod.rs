//! The explorer: state, keys, views, and the loop that ties them to the terminal.
//!
//! An [`Action`] changes the [`App`], which asks for I/O by effects; [`run`] has them done and draws.

mod action;
pub mod app;
mod effects;
mod evidence_writer;
pub mod findings;
pub mod input;
mod joined;
mod keymap;
mod not_understood;
mod overview;
mod paint;
pub mod peers;
mod raw;
mod row;
mod run;
mod seen;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
mod views;
mod widgets;
mod worker;

pub use action::{ACTIONS, Action, ActionInfo};
pub use app::{App, Case, Cases, Setup};
pub use effects::{Remember, TerminalClipboard};
pub use keymap::{DEFAULT_KEYS, Keymap, KeymapError, Scope};
pub use run::{Ended, run};
pub use theme::Theme;
pub use views::view;
