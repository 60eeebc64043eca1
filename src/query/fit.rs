//! Filters that ask for what the rows of a table do not have.

use super::{Expr, QueryError, Term};

/// A filter that asks for what the rows of a table do not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{term}: {has}")]
pub struct UnfitFilter {
    term: String,
    has: &'static str,
}

impl UnfitFilter {
    /// Fails where a filter asks for a term that could never be answered; `has` says what can be asked for.
    pub fn unless(expr: &Expr, fits: fn(&Term) -> bool, has: &'static str) -> Result<(), Self> {
        match expr {
            Expr::All => Ok(()),
            Expr::And(list) | Expr::Or(list) => {
                (list.iter()).try_for_each(|part| Self::unless(part, fits, has))
            }
            Expr::Not(inner) => Self::unless(inner, fits, has),
            Expr::Term(term) if fits(term) => Ok(()),
            Expr::Term(term) => Err(Self {
                term: term.to_string(),
                has,
            }),
        }
    }

    /// The same as an error of the text that was read: at the term where that stands there as it is printed,
    /// else at the whole text.
    pub fn within(&self, text: &str) -> QueryError {
        let at = text.find(&self.term);
        let span = at.map_or(0..text.len(), |at| at..at + self.term.len());
        QueryError::new(span, self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;

    #[test]
    fn the_term_is_found_in_the_text() {
        let unfit = |text: &str| {
            let query = Query::parse(text).unwrap();
            let words = |term: &Term| matches!(term, Term::Anywhere(_));
            let error = UnfitFilter::unless(query.expr(), words, "only words").unwrap_err();
            (error.to_string(), error.within(text).span)
        };
        assert_eq!(
            unfit("a NOT size>1"),
            ("size>1: only words".to_owned(), 6..12)
        );
        assert_eq!(unfit("size>1024k OR b").1.start, 0);
    }
}
