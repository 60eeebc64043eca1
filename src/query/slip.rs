//! Detects misplaced spaces, which would otherwise change the meaning of a filter silently.

use super::error::{QueryError, cite};
use super::field::{Field, FieldInfo, Op};
use super::lex::{Item, Shape, Token, TokenKind};

/// Error for a token that is separated from the one before by mistake.
pub(super) fn slip(before: &Token, next: &Token) -> Option<QueryError> {
    let TokenKind::Plain(word) = &next.kind else {
        return None;
    };
    if word.shape != Shape::Bare {
        return None;
    }
    match &before.kind {
        TokenKind::Plain(item) => spaced_operator(item, word),
        TokenKind::Field(term) => {
            let day = term.items.last()?;
            spaced_time(term.info, day, word)
        }
        _ => None,
    }
}

/// Error for `grade >= C`.
fn spaced_operator(name: &Item, word: &Item) -> Option<QueryError> {
    let op = Op::at_start(&word.text)?;
    let info = FieldInfo::named(&name.text).filter(|_| name.shape == Shape::Bare)?;
    let span = name.span.start..word.span.end;
    let message = format!("there is a space between {} and {}", info.name, op.symbol());
    let hint = format!(
        "write it without, as in {}, or put text in quotes",
        info.example
    );
    Some(QueryError::new(span, message).hint(hint))
}

/// Error for `since:2020-02-25 04:55`.
fn spaced_time(info: &FieldInfo, day: &Item, word: &Item) -> Option<QueryError> {
    let day_only = day.shape == Shape::Bare && day.text.len() == 10 && day.text.contains('-');
    let clock =
        word.text.contains(':') && word.text.chars().all(|c| c.is_ascii_digit() || c == ':');
    if !matches!(info.field, Field::Time(_)) || !day_only || !clock {
        return None;
    }
    let (day, time) = (&day.text, &word.text);
    let message = format!("{} stands apart from its day", cite(time));
    let hint = format!(r#"write {}:"{day} {time}""#, info.name);
    Some(QueryError::new(word.span.clone(), message).hint(hint))
}
