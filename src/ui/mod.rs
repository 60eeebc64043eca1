//! The explorer: state, keys, views, and the loop that ties them to the terminal.
//!
//! An [`Action`] changes the [`App`], which asks for I/O by effects; [`run`] has them done and draws.
//!
//! ```text
//!  input -> run -> app -> effects -> worker, evidence_writer -> run     views -> paint -> terminal
//! ```
//!
//! | to change                                  | look in |
//! |--------------------------------------------|---------|
//! | what there is to do, and by which key      | `action`, `keymap` |
//! | what a key does to the state               | [`app`], one file for each part of it; `app/command` has every action |
//! | what is done outside of the state          | `effects`; threads: `worker` (rows), `evidence_writer` (texts to send) |
//! | what a row is: its sentence, ID, story     | `row`; `raw` (its lines), `joined` (the rows that belong to it) |
//! | the rows of hosts, findings, the overview  | [`peers`], [`findings`], `overview` |
//! | what the screen looks like                 | `views`, made of `widgets`; [`theme`] gives roles their look |
//! | texts that are copied as well as shown     | [`report`](crate::report): `lines`, `posture`, `finding`, `overview` |
//! | lines that were not understood             | `not_understood` |
//! | values that Tab completes                  | `completion_values` |
//! | bytes on the terminal, and what comes back | `paint`, [`terminal`], [`input`] |

mod action;
pub mod app;
mod completion_values;
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
