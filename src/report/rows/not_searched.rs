//! What a filter could not search, because its file was truncated or replaced since it was loaded.

use std::collections::BTreeSet;

use super::{Facts, Kind};
use crate::model::Zone;
use crate::query::Query;
use crate::query::eval::{Index, Table};
use crate::text::{clean, human};

impl Facts<'_> {
    /// A sentence for each file with lines that [`Facts::select`] asked for and that cannot be read any more. `index` is
    /// that of the selection.
    pub fn not_searched(
        &self,
        table: Kind,
        query: &Query,
        zone: Zone,
        index: &Index,
    ) -> Vec<String> {
        let asked = match table {
            Kind::Messages => Table::Messages,
            Kind::Events | Kind::Hosts | Kind::Domains => Table::Hosts,
            Kind::Hops | Kind::Findings | Kind::NotUnderstood => return Vec::new(),
        };
        let unreadable = self.scene(zone, index).unreadable(asked, query);
        // Nobody cancels it.
        let unreadable = unreadable.unwrap_or_default();
        let events = unreadable.ones().filter(|event| *event >= self.first_event);
        let events = events.filter_map(|event| self.model.events.get(event));
        // A line may state several facts.
        let lines: BTreeSet<(u32, u32)> = events
            .map(|event| {
                let file = self.model.file_number(&event);
                (file, self.model.events.line(&event))
            })
            .collect();
        let lines: Vec<(u32, u32)> = lines.into_iter().collect();
        let of_files = lines.chunk_by(|(file, _), (other, _)| file == other);
        of_files.filter_map(|lines| self.sentence(lines)).collect()
    }

    /// The sentence for lines of one file.
    fn sentence(&self, lines: &[(u32, u32)]) -> Option<String> {
        let (file, _) = lines.first()?;
        let path = clean(self.model.path(*file).as_os_str().as_encoded_bytes());
        let count = human::counted(lines.len() as u64, "line");
        Some(format!(
            "{path}: {count} that --where asks for cannot be read any more and were not searched"
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use super::*;
    use crate::ingest::{Options, load};
    use crate::model::{AsOf, GradeBook};
    use crate::source::Input;
    use crate::tls::Profile;

    /// Three lines: subject and reply of the first and the last are not stored, the words of the second are.
    fn log(folder: &Path, name: &str, id: &str) -> PathBuf {
        let refusal =
            "== b@example.net R=dnslookup T=remote_smtp defer (-53): retry time not reached";
        let path = folder.join(name);
        let text = format!(
            "2026-03-01 08:00:00 {id} <= a@example.org H=a.example [192.0.2.1] P=esmtp S=9 T=\"Hello\"\n\
             2026-03-01 08:00:01 {id} {refusal}\n\
             2026-03-01 08:00:02 {id} => c@example.net R=r T=t H=mx.example.net [192.0.2.2] C=\"250 Ok {id}\"\n"
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn lines_that_a_filter_cannot_read_are_counted_by_file() {
        let folder = tempfile::tempdir().unwrap();
        let kept = log(folder.path(), "mainlog.1", "1vwX91-000AYt-Tm");
        let cut = log(folder.path(), "mainlog", "1vwX92-000AYt-Tm");
        let inputs = [&kept, &cut].map(|path| Input::File(path.clone()));
        let model = load(inputs.to_vec(), Options::default()).model;
        let profile = Arc::new(Profile::named("default").unwrap());
        let grades = GradeBook::of(&model, profile, AsOf::Event);
        let facts = Facts::new(&model, &grades, "");
        let zone = Zone::parse("UTC").unwrap();
        let asked = |table, filter: &str, index: &Index| {
            let query = Query::parse(filter).unwrap();
            let rows = facts.select(table, &query, zone, index).len();
            (rows, facts.not_searched(table, &query, zone, index))
        };
        let before = Index::default();
        let filter = "text:hello OR text:ok";
        assert_eq!(asked(Kind::Messages, filter, &before), (2, Vec::new()));

        std::fs::write(&cut, "").unwrap();
        assert_eq!(
            asked(Kind::Messages, filter, &before),
            (2, Vec::new()),
            "the lines were read before"
        );
        let fresh = Index::default();
        let gone = |lines: &str| {
            let path = cut.display();
            vec![format!(
                "{path}: {lines} that --where asks for cannot be read any more and were not searched"
            )]
        };
        assert_eq!(asked(Kind::Messages, filter, &fresh), (1, gone("2 lines")));
        let narrower = "text:hello. OR text:ok.";
        assert_eq!(
            asked(Kind::Messages, narrower, &fresh),
            (0, gone("2 lines")),
            "a filter that extends another does not read the lines again"
        );
        assert_eq!(asked(Kind::Events, filter, &fresh), (1, gone("2 lines")));
        assert_eq!(asked(Kind::Messages, "from:a", &fresh), (2, Vec::new()));
        assert!(asked(Kind::Findings, filter, &fresh).1.is_empty());
    }
}
