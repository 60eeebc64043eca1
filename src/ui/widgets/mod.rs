//! Small pieces that views are made of.

mod badge;
mod columns;
mod paint;
mod row;
mod shares;
mod wrap;

pub use badge::{badge, badge_with_word};
pub use columns::{Cell, Column, Columns, Width, rest};
pub use paint::{bar, painted, severity_look};
pub use row::Row;
pub use shares::lengths;
pub use wrap::wrapped;
