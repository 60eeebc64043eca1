//! Small pieces that views are made of.

mod badge;
mod row;
mod wrap;

pub use badge::{badge, badge_with_word};
pub use row::{Align, Row};
pub use wrap::wrapped;
