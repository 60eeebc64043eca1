//! The grade badge: letter and mark, always the same width.

use ratatui::text::Span;

use crate::tls::Grade;
use crate::ui::Theme;

/// Letter and mark, four cells: `A ++`.
pub fn badge(theme: &Theme, grade: Grade) -> Span<'static> {
    Span::styled(grade.badge(), theme.grade(grade))
}

/// Letter, mark and word: `A ++ current`.
pub fn badge_with_word(theme: &Theme, grade: Grade) -> Span<'static> {
    Span::styled(grade.named(), theme.grade(grade))
}
