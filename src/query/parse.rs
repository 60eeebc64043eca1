//! Recursive descent parser: `OR` binds loosest, then juxtaposition, then `NOT`.

use std::ops::Range;

use super::check::{check_field, check_plain};
use super::error::QueryError;
use super::expr::Expr;
use super::lex::{Lexer, Token, TokenKind};
use super::slip::slip;

/// Maximum depth of nested parentheses.
const DEEPEST: usize = 50;
/// Maximum length of a filter in bytes.
const LONGEST: usize = 64 * 1024;

/// Parses a whole filter.
pub(super) fn parse(input: &str) -> Result<Expr, QueryError> {
    if input.len() > LONGEST {
        let end = input.len();
        return Err(QueryError::new(end..end, "this filter is too long"));
    }
    let mut parser = Parser {
        input,
        lexer: Lexer::new(input),
        next: None,
        before: None,
    };
    parser.advance()?;
    if parser.next.is_none() {
        return Ok(Expr::All);
    }
    let expr = parser.any_of(0)?;
    match parser.next {
        Some(token) => Err(
            QueryError::new(token.span, "nothing is open here to be closed")
                .hint(r#"put a parenthesis that is meant as text in quotes: ")""#),
        ),
        None => Ok(expr),
    }
}

struct Parser<'a> {
    input: &'a str,
    lexer: Lexer<'a>,
    /// Next token; `None` at the end.
    next: Option<Token>,
    /// Token before `next`, to detect misplaced spaces.
    before: Option<Token>,
}

impl Parser<'_> {
    /// Moves on by one token.
    fn advance(&mut self) -> Result<(), QueryError> {
        self.before = self.next.take();
        self.next = self.lexer.next()?;
        match (&self.before, &self.next) {
            (Some(before), Some(next)) => slip(before, next).map_or(Ok(()), Err),
            _ => Ok(()),
        }
    }

    fn next_is(&self, kind: &TokenKind) -> bool {
        self.next.as_ref().is_some_and(|token| token.kind == *kind)
    }

    /// Terms separated by `OR`.
    fn any_of(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut list = vec![self.all_of(depth)?];
        while self.next_is(&TokenKind::Or) {
            self.advance()?;
            list.push(self.all_of(depth)?);
        }
        Ok(Expr::or(list))
    }

    /// Terms side by side, with or without `AND` between them.
    fn all_of(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut list = vec![self.one(depth)?];
        loop {
            match self.next.as_ref().map(|token| &token.kind) {
                None | Some(TokenKind::Close | TokenKind::Or) => return Ok(Expr::and(list)),
                Some(TokenKind::And) => self.advance()?,
                Some(_) => {}
            }
            list.push(self.one(depth)?);
        }
    }

    /// A term or a parenthesis, with any number of negations.
    fn one(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut negated = false;
        while self.next_is(&TokenKind::Not) {
            negated = !negated;
            self.advance()?;
        }
        let expr = self.operand(depth)?;
        Ok(if negated { expr.negate() } else { expr })
    }

    fn operand(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let expr = match &self.next {
            Some(Token {
                kind: TokenKind::Open,
                span,
            }) => {
                let open = span.clone();
                return self.group(open, depth + 1);
            }
            Some(Token {
                kind: TokenKind::Plain(item),
                ..
            }) => check_plain(item)?,
            Some(Token {
                kind: TokenKind::Field(term),
                ..
            }) => check_field(term, self.input.len())?,
            _ => return Err(self.missing()),
        };
        self.advance()?;
        Ok(expr)
    }

    /// A parenthesis, whose opening mark is the next token. `()` selects everything.
    fn group(&mut self, open: Range<usize>, depth: usize) -> Result<Expr, QueryError> {
        if depth > DEEPEST {
            return Err(QueryError::new(
                open,
                "the parentheses are nested too deeply",
            ));
        }
        self.advance()?;
        let expr = if self.next_is(&TokenKind::Close) {
            Expr::All
        } else if self.next.is_none() {
            return Err(not_closed(open));
        } else {
            self.any_of(depth)?
        };
        if !self.next_is(&TokenKind::Close) {
            return Err(not_closed(open));
        }
        self.advance()?;
        Ok(expr)
    }

    /// Error for a missing term, at the operator that needs it.
    fn missing(&self) -> QueryError {
        let wants =
            |token: &&Token| matches!(token.kind, TokenKind::And | TokenKind::Or | TokenKind::Not);
        let before = self.before.as_ref().filter(wants);
        let (token, side) = match (before, &self.next) {
            (Some(token), _) => (token, "behind"),
            (None, Some(token)) => (token, "before"),
            (None, None) => {
                let end = self.input.len();
                return QueryError::new(end..end, "a term is missing here").incomplete(true);
            }
        };
        let span = token.span.clone();
        let word = &self.input[span.clone()];
        QueryError::new(span, format!("{word} needs a term {side} it"))
            .hint("put it in quotes to look for the text")
            .incomplete(self.next.is_none())
    }
}

fn not_closed(open: Range<usize>) -> QueryError {
    QueryError::new(open, "this parenthesis is not closed")
        .hint("close it with )")
        .incomplete(true)
}
