//! Small pieces that views are made of.

mod badge;
mod columns;
mod look;
mod row;
mod wrap;

pub use badge::{badge, badge_with_word};
pub use columns::{Cell, Column, Columns, Width, rest};
pub use look::{bar, painted, severity_look};
pub use row::Row;
pub use wrap::wrapped;
