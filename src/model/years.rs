//! Sets the years of events whose lines name none, and corrects them when a later line proves another year.

use super::{Event, Model};

impl Model {
    /// Sets the year of an event whose line names none, and notes the newest event of its file.
    pub(super) fn date(&mut self, file: u32, event: &mut Event) {
        let calendar = (self.files.get_mut(file as usize)).and_then(|info| info.calendar.as_mut());
        if let Some(calendar) = calendar.filter(|_| event.is_yearless()) {
            let (seconds, too_young) = calendar.place(i64::from(event.seconds));
            event.seconds = u32::try_from(seconds).unwrap_or(0);
            self.move_years(file, too_young);
        }
        if let Some(info) = self.files.get_mut(file as usize) {
            info.newest = info.newest.max(Some(event.time()));
        }
    }

    /// Moves events of a file to earlier years, if they would be later than the file's last write.
    pub(super) fn settle_years(&mut self, file: u32) {
        let info = self.files.get(file as usize);
        let calendar = info.and_then(|info| info.calendar.as_ref());
        let too_young = calendar.map_or(0, super::Calendar::too_young);
        self.move_years(file, too_young);
        let info = self.files.get_mut(file as usize);
        if let Some(calendar) = info.and_then(|info| info.calendar.as_mut()) {
            calendar.moved(too_young);
        }
        self.refresh_newest();
    }

    /// Moves the events of a file whose lines name no year to earlier years.
    fn move_years(&mut self, file: u32, years: i32) {
        let Some(info) = self.files.get_mut(file as usize).filter(|_| years != 0) else {
            return;
        };
        let Some(calendar) = &mut info.calendar else {
            return;
        };
        self.redated += 1;
        let mut newest = None;
        self.events.change_from(info.first_event, |event| {
            let origin = self.origins.get(usize::from(event.origin));
            let is_of_file = origin.is_some_and(|origin| origin.file == file);
            let moves = is_of_file && event.is_yearless();
            if moves {
                let seconds = calendar.earlier(i64::from(event.seconds), years);
                event.seconds = u32::try_from(seconds).unwrap_or(0);
            }
            if is_of_file {
                newest = newest.max(Some(event.time()));
            }
            moves
        });
        info.newest = newest;
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::{Calendar, Clock, FileInfo, Partial, Zone};
    use crate::parse::{Fact, Framing, Kind, Mta, Outcome, Reader, Stamp};
    use crate::source::{ChunkReader, FileText};

    fn zone() -> Zone {
        Zone::parse("UTC").unwrap()
    }

    /// A time in seconds since 1970-01-01 UTC.
    fn utc(text: &str) -> i64 {
        let moment = chrono::DateTime::parse_from_rfc3339(&format!("{text}Z"));
        moment.unwrap().timestamp()
    }

    /// Adds a log with stamps such as `02-29T10:00:00`, `per_chunk` in each chunk. Its last write is at the end of 2026.
    fn add(model: &mut Model, stamps: &[&str], per_chunk: usize) {
        let path = Path::new("mail.log");
        let info = FileInfo {
            calendar: Some(Calendar::new(zone(), utc("2026-12-31T00:00:00"), None)),
            ..FileInfo::new(path, Some(Reader::framed(Framing::Lines)))
        };
        let file = model.add_file(info, FileText::kept(path));
        let mut clock = Clock::new(zone());
        for stamps in stamps.chunks(per_chunk) {
            let mut part = Partial::new(b"mx");
            for (line, stamp) in (0..).zip(stamps) {
                let fact = Fact {
                    mta: Mta::Postfix,
                    kind: Kind::Note,
                    queue_id: b"4f9K0x2zzz",
                    stamp: Stamp {
                        civil: utc(&format!("1972-{stamp}")),
                        yearless: true,
                        ..Stamp::default()
                    },
                    ..Fact::default()
                };
                part.take(&Outcome::Fact(fact), b"x", line, &mut clock);
            }
            let text = "x\n".repeat(stamps.len());
            let chunk = ChunkReader::new(text.as_bytes()).next(Vec::new());
            model.merge(file, &chunk.unwrap().unwrap(), &part);
        }
        model.finish_file(file);
    }

    fn times(model: &Model) -> Vec<String> {
        let times = model.events.iter().map(|event| zone().local(event.time()));
        times
            .map(|time| time.format("%Y-%m-%d").to_string())
            .collect()
    }

    #[test]
    fn a_leap_day_moves_the_lines_of_its_file_alone() {
        let mut model = Model::default();
        add(&mut model, &["12-30T00:00:00", "12-31T00:00:00"], 2);
        add(&mut model, &["02-28T23:59:00", "02-29T10:00:00"], 2);
        let wanted = ["2026-12-30", "2026-12-31", "2024-02-28", "2024-02-29"];
        assert_eq!(times(&model), wanted);
        let newest = model.files.iter().map(|file| file.newest);
        assert!(newest.eq([
            Some(utc("2026-12-31T00:00:00") * 1000),
            Some(utc("2024-02-29T10:00:00") * 1000),
        ]));
    }

    /// Each 29 February but the first proves that the lines before are a year older.
    #[test]
    fn a_log_that_turns_the_year_again_and_again_is_moved_a_few_times() {
        let year = [
            "02-29T10:00:00",
            "07-15T10:00:00",
            "12-20T10:00:00",
            "01-25T10:00:00",
        ];
        for (turns, per_chunk) in [(3, 1), (3, 5), (40, 7), (40, 1_000), (5_000, 1_000)] {
            let mut model = Model::default();
            add(&mut model, &year.repeat(turns), per_chunk);
            let times = times(&model);
            assert_eq!(times.len(), 4 * turns);
            // Each proves one year, until the file would begin before 1970.
            let moved = (turns as u32 - 1).min(2024 - 1970);
            assert_eq!(model.redated(), moved, "{turns} turns");
            let first = 2024 - moved;
            assert_eq!(times[1], format!("{first}-07-15"), "{turns} turns");
            let last = &times[times.len() - 4..];
            let wanted = ["2024-02-29", "2024-07-15", "2024-12-20", "2025-01-25"];
            assert_eq!(last, wanted, "{turns} turns");
        }
    }
}
