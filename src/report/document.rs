//! A text of headings, paragraphs and tables, and its three forms.

use std::fmt::Write;

use crate::text::markdown::escape;

/// What only a person can fill in stands between these in a text. No log can write them: they are
/// characters for private use, which the sanitiser shows as escapes.
pub(super) const BLANK: [char; 2] = ['\u{e000}', '\u{e001}'];

/// One part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Title(String),
    Heading(String),
    /// One line or several.
    Text(String),
    List(Vec<String>),
    /// A command or a line, as it is.
    Verbatim(String),
    Table {
        head: Vec<String>,
        rows: Vec<Vec<String>>,
    },
}

/// The form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// One HTML file without any other.
    Html,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Text, Self::Markdown, Self::Html];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

/// Writes a document; `language` is its tag, such as `de`, `blank` what calls on a person to fill in.
pub(super) fn write(blocks: &[Block], form: Form, language: &str, blank: &str) -> String {
    match form {
        Form::Text => filled(&text(blocks), blank, "[", "]"),
        Form::Markdown => filled(&markdown(blocks), blank, "**[", "]**"),
        Form::Html => filled(&html(blocks, language), blank, "<mark>[", "]</mark>"),
    }
}

fn filled(text: &str, blank: &str, open: &str, close: &str) -> String {
    text.replace(BLANK[0], &format!("{open}{blank}: "))
        .replace(BLANK[1], close)
}

/// Tables stand row by row: no line gets wider than what is in it.
fn text(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        let _ = match block {
            Block::Title(title) => {
                writeln!(out, "{title}\n{}\n", "=".repeat(title.chars().count()))
            }
            Block::Heading(title) => {
                writeln!(out, "{title}\n{}\n", "-".repeat(title.chars().count()))
            }
            Block::Text(text) => writeln!(out, "{text}\n"),
            Block::Verbatim(text) => writeln!(out, "  {}\n", text.replace('\n', "\n  ")),
            Block::List(items) => {
                for item in items {
                    let _ = writeln!(out, "- {item}");
                }
                writeln!(out)
            }
            Block::Table { head, rows } => {
                for row in rows {
                    let mut cells = head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
                    if let Some((name, cell)) = cells.next() {
                        let _ = writeln!(out, "* {name} {cell}");
                    }
                    for (name, cell) in cells {
                        let _ = writeln!(out, "    {name}: {cell}");
                    }
                }
                writeln!(out)
            }
        };
    }
    out
}

fn markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        let _ = match block {
            Block::Title(title) => writeln!(out, "# {}\n", escape(title)),
            Block::Heading(title) => writeln!(out, "## {}\n", escape(title)),
            Block::Text(text) => writeln!(out, "{}\n", broken_lines(text)),
            // Indented, nothing in it is markup.
            Block::Verbatim(text) => writeln!(out, "    {}\n", text.replace('\n', "\n    ")),
            Block::List(items) => {
                for item in items {
                    let _ = writeln!(out, "- {}", escape(item));
                }
                writeln!(out)
            }
            Block::Table { head, rows } => {
                let line = |cells: &[String]| {
                    let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
                    format!("| {} |", cells.join(" | "))
                };
                let _ = writeln!(out, "{}\n|{}", line(head), "---|".repeat(head.len()));
                for row in rows {
                    let _ = writeln!(out, "{}", line(row));
                }
                writeln!(out)
            }
        };
    }
    out
}

/// Text of one line or several in which nothing is markup.
fn broken_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escape).collect();
    lines.join("  \n")
}

const STYLE: &str = "body{font:11pt/1.45 serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}\
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:1.6em;break-after:avoid}\
table{border-collapse:collapse;width:100%;font-size:.85em}\
th,td{border:1px solid #888;padding:.25em .4em;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
tr{break-inside:avoid}thead{display:table-header-group}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85em;background:#f4f4f4;padding:.5em}\
mark{background:#ff9;border:1px dashed #960}\
@media print{body{margin:0;max-width:none;font-size:10pt}@page{margin:18mm}}";

/// As one HTML file without any other; `language` is its tag. Nothing in the blocks is markup.
pub(super) fn html(blocks: &[Block], language: &str) -> String {
    let title = blocks.iter().find_map(|block| match block {
        Block::Title(title) => Some(escaped(title)),
        _ => None,
    });
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n",
        title.unwrap_or_default()
    );
    for block in blocks {
        let _ = match block {
            Block::Title(title) => writeln!(out, "<h1>{}</h1>", escaped(title)),
            Block::Heading(title) => writeln!(out, "<h2>{}</h2>", escaped(title)),
            Block::Text(text) => writeln!(out, "<p>{}</p>", broken(text)),
            Block::Verbatim(text) => writeln!(out, "<pre>{}</pre>", escaped(text)),
            Block::List(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| format!("<li>{}</li>", escaped(item)))
                    .collect();
                writeln!(out, "<ul>\n{}\n</ul>", items.join("\n"))
            }
            Block::Table { head, rows } => {
                let line = |cells: &[String], tag: &str| {
                    let cells = cells
                        .iter()
                        .map(|cell| format!("<{tag}>{}</{tag}>", broken(cell)));
                    format!("<tr>{}</tr>", cells.collect::<String>())
                };
                let body: Vec<String> = rows.iter().map(|row| line(row, "td")).collect();
                writeln!(
                    out,
                    "<table>\n<thead>{}</thead>\n<tbody>\n{}\n</tbody>\n</table>",
                    line(head, "th"),
                    body.join("\n")
                )
            }
        };
    }
    out + "</body>\n</html>\n"
}

/// Text of one line or several.
fn broken(text: &str) -> String {
    escaped(text).replace('\n', "<br>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Vec<Block> {
        vec![Block::Table {
            head: vec!["a|b".to_owned()],
            rows: vec![
                vec!["<script>*x*</script>|".to_owned()],
                vec!["www.evil.example http://evil.example/a ~~x~~\n+ y".to_owned()],
            ],
        }]
    }

    #[test]
    fn nothing_in_a_cell_is_markup() {
        let html = write(&hostile(), Form::Html, "en", "FILL");
        assert!(html.contains("&lt;script&gt;*x*") && !html.contains("<script"));
        let markdown = write(&hostile(), Form::Markdown, "en", "FILL");
        assert!(
            markdown.contains(r"| \<script\>\*x\*\</script\>\| |"),
            "{markdown}"
        );
        assert!(
            markdown.contains(r"| www\.evil.example http\://evil.example/a \~\~x\~\~ + y |"),
            "{markdown}"
        );
    }

    #[test]
    fn every_line_of_a_text_is_escaped_by_itself() {
        let blocks = [Block::Text("1. a\n- b".to_owned())];
        let markdown = write(&blocks, Form::Markdown, "en", "FILL");
        assert_eq!(markdown, "1\\. a  \n\\- b\n\n");
    }

    #[test]
    fn blanks_are_seen_in_every_form() {
        let blocks = [Block::Text(format!("{}name{}", BLANK[0], BLANK[1]))];
        for (form, expected) in [
            (Form::Text, "[FILL: name]"),
            (Form::Markdown, "**[FILL: name]**"),
            (Form::Html, "<mark>[FILL: name]</mark>"),
        ] {
            assert!(write(&blocks, form, "en", "FILL").contains(expected));
        }
    }
}
