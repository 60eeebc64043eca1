//! Filters with terms that the rows of a table cannot match.

use super::{Expr, QueryError, Term};

/// Error: a filter has a term that the rows of a table cannot match.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{term}: {has}")]
pub struct UnfitFilter {
    term: String,
    has: &'static str,
}

impl UnfitFilter {
    /// Fails when a term of the filter does not pass `fits`. `has` says what can be filtered by.
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

    /// The same as a parse error: at the term, where it is written in `text` as it is printed, else at the
    /// whole text.
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
