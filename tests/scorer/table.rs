//! The table: what was compared, and how it came out.

use std::fmt::Write as _;

/// How the statements about one thing came out.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub right: usize,
    /// Nothing stated, where the source does not say.
    pub rightly: usize,
    /// Nothing stated, where the source says it.
    pub wrongly: usize,
    pub wrong: usize,
    /// What was wrong or wrongly left open, one line each.
    pub faults: Vec<String>,
}

impl Tally {
    pub fn right(&mut self) {
        self.right += 1;
    }

    pub fn unsaid(&mut self) {
        self.rightly += 1;
    }

    pub fn missed(&mut self, what: impl Into<String>) {
        self.wrongly += 1;
        self.faults.push(format!("not stated: {}", what.into()));
    }

    pub fn wrong(&mut self, what: impl Into<String>) {
        self.wrong += 1;
        self.faults.push(format!("wrong: {}", what.into()));
    }

    /// Right where both are equal, missed where nothing was got, else wrong.
    pub fn compare(&mut self, what: impl FnOnce() -> String, wanted: &str, got: &str) {
        if wanted == got {
            self.right();
        } else if got.is_empty() {
            self.missed(format!("{}: wanted {wanted:?}", what()));
        } else {
            self.wrong(format!("{}: got {got:?}, wanted {wanted:?}", what()));
        }
    }

    pub fn cases(&self) -> usize {
        self.right + self.rightly + self.wrongly + self.wrong
    }
}

/// One line of the table.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub corpus: String,
    pub form: String,
    pub main: Tally,
    /// Further things compared on the same inputs.
    pub aside: Vec<(&'static str, Tally)>,
    pub note: String,
    /// Statements of the log for which no connection was found.
    pub unplaced: Vec<String>,
    /// Why the input could not be read at all.
    pub unread: Option<String>,
}

impl Row {
    pub fn new(corpus: impl Into<String>, form: impl Into<String>) -> Self {
        Self {
            corpus: corpus.into(),
            form: form.into(),
            ..Self::default()
        }
    }

    pub fn unread(mut self, reason: impl Into<String>) -> Self {
        self.unread = Some(reason.into());
        self
    }

    /// The tally of a further thing, made when it is first asked for.
    pub fn aside(&mut self, name: &'static str) -> &mut Tally {
        let at = self.aside.iter().position(|(known, _)| *known == name);
        let at = at.unwrap_or_else(|| {
            self.aside.push((name, Tally::default()));
            self.aside.len() - 1
        });
        &mut self.aside[at].1
    }

    pub fn faults(&self) -> Vec<String> {
        let asides = self.aside.iter().flat_map(|(name, tally)| {
            let faults = tally.faults.iter();
            faults.map(move |fault| format!("{name}: {fault}"))
        });
        let unread = self.unread.iter().map(|why| format!("unread: {why}"));
        unread
            .chain(self.main.faults.iter().cloned())
            .chain(asides)
            .collect()
    }

    fn remarks(&self) -> String {
        let mut remarks: Vec<String> = Vec::new();
        for (name, tally) in &self.aside {
            let said = tally.cases() - tally.rightly;
            let mut remark = format!("{name} {}/{said}", tally.right);
            if tally.rightly > 0 {
                let _ = write!(remark, " (+{} open)", tally.rightly);
            }
            remarks.push(remark);
        }
        remarks.extend((!self.note.is_empty()).then(|| self.note.clone()));
        remarks.extend(self.unread.as_ref().map(|why| format!("UNREAD: {why}")));
        remarks.join(", ")
    }
}

/// The whole table as text, sorted, aligned, the faults below it.
pub fn print(rows: &[Row]) -> String {
    let wide = |width: fn(&Row) -> usize| rows.iter().map(width).max().unwrap_or(0).max(6);
    let corpus = wide(|row| row.corpus.len());
    let form = wide(|row| row.form.len());
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{:corpus$}  {:form$}  {:>6} {:>6} {:>8} {:>8} {:>6}  remarks",
        "corpus", "form", "cases", "right", "open ok", "missed", "wrong"
    );
    for row in rows {
        let main = &row.main;
        let line = format!(
            "{:corpus$}  {:form$}  {:>6} {:>6} {:>8} {:>8} {:>6}  {}",
            row.corpus,
            row.form,
            main.cases(),
            main.right,
            main.rightly,
            main.wrongly,
            main.wrong,
            row.remarks()
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    for row in rows {
        let faults = row.faults();
        if !faults.is_empty() || !row.unplaced.is_empty() {
            let _ = writeln!(
                out,
                "\n{} {}: {} faults",
                row.corpus,
                row.form,
                faults.len()
            );
        }
        for fault in row.unplaced.iter().map(|what| format!("unplaced: {what}")) {
            let _ = writeln!(out, "  {fault}");
        }
        for fault in faults.iter().take(12) {
            let _ = writeln!(out, "  {}", fault.chars().take(300).collect::<String>());
        }
    }
    out
}
