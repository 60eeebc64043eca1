//! Recognises by their names which files are parts of one log, and which part is older.
//!
//! logrotate counts (`mail.log.2.gz`) or dates (`maillog-20240501`, also with a time or as Unix seconds),
//! newsyslog counts from `.0`, exicyclog pads (`mainlog.01`), Exim puts a date where its `log_file_path` says
//! (`mainlog-20240501`, `20240501.mainlog`).

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};

/// Sort key of a part within its log: an older part is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Age {
    /// False for dated parts, which come before counted ones and the log itself.
    undated: bool,
    /// Unix time in the name, in seconds; 0 for none.
    moment: i64,
    /// Number of rotations since; 0 for the log itself.
    rotations: Reverse<u32>,
    /// Whether the part is compressed. An uncompressed copy of it comes first.
    packed: bool,
}

/// Path of the log that a file is part of, and the age of that part.
pub(super) fn rotation(path: &Path) -> (PathBuf, Age) {
    let mut age = Age {
        undated: true,
        moment: 0,
        rotations: Reverse(0),
        packed: false,
    };
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return (path.to_owned(), age);
    };
    let plain = unpacked(name);
    age.packed = plain.len() < name.len();
    let mut log = plain.to_owned();
    if let Some((rest, rotations)) = counted(&log) {
        age.rotations = Reverse(rotations);
        log = rest;
    }
    if let Some((rest, moment)) = dated(&log) {
        age.undated = false;
        age.moment = moment;
        log = rest;
    }
    (path.with_file_name(log), age)
}

/// Whether the file names suggest the same log: parts of one rotation, the same name in two directories, or a
/// name with an addition (`mainlog.bak`, `copy-of-mainlog`).
pub fn named_alike(one: &Path, other: &Path) -> bool {
    let (one, other) = (log_name(one), log_name(other));
    is_within(&one, &other) || is_within(&other, &one)
}

/// Whether, of two files with the same text, the names suggest that `kept` is an archived copy and `live` the
/// one still written: `live` is uncompressed, or the log itself and not a name with an addition, or the younger
/// part of a log.
pub fn is_older_copy(kept: &Path, live: &Path) -> bool {
    let (age, other_age) = (rotation(kept).1, rotation(live).1);
    if age.packed != other_age.packed {
        return age.packed;
    }
    let (name, other_name) = (log_name(kept), log_name(live));
    if name == other_name {
        age < other_age
    } else {
        is_within(&other_name, &name)
    }
}

/// File name of the log that a file is part of.
fn log_name(path: &Path) -> String {
    let log = rotation(path).0;
    let name = log.file_name().and_then(|name| name.to_str());
    name.unwrap_or_default().to_owned()
}

fn is_within(short: &str, long: &str) -> bool {
    !short.is_empty() && long.contains(short)
}

fn unpacked(name: &str) -> &str {
    let packed = [".gz", ".xz", ".zst", ".bz2"];
    let plain = packed.iter().find_map(|end| name.strip_suffix(end));
    plain.filter(|plain| !plain.is_empty()).unwrap_or(name)
}

/// `mainlog.2`, `mail.log.old`, `mail.2.log`: the name without its count, and the number of rotations.
fn counted(name: &str) -> Option<(String, u32)> {
    let (log, mark) = name.rsplit_once(['.', '-'])?;
    if log.is_empty() {
        return None;
    }
    if mark == "old" {
        return Some((log.to_owned(), 1));
    }
    if mark == "log" {
        let (first, rotations) = counted(log)?;
        return Some((format!("{first}.log"), rotations));
    }
    let digits = mark.bytes().all(|byte| byte.is_ascii_digit());
    // Neither the day of `mail-2024-05-01` nor the month of `maillog.2024-05` is a count.
    let in_date = name
        .rfind(mark)
        .and_then(|at| date_around(name, at))
        .is_some();
    if !digits || in_date || !(1..=4).contains(&mark.len()) {
        return None;
    }
    // newsyslog counts from 0, the others from 1.
    mark.parse::<u32>()
        .ok()
        .map(|rotations| (log.to_owned(), rotations + 1))
}

/// Start and end of a date in a name, and its Unix time in seconds.
type Date = (usize, usize, i64);

fn date_around(name: &str, at: usize) -> Option<Date> {
    find_date(name).filter(|(start, end, _)| (*start..*end).contains(&at))
}

/// The name without its date, and the Unix time.
fn dated(name: &str) -> Option<(String, i64)> {
    let (start, end, moment) = find_date(name)?;
    let (before, after) = (name.get(..start)?, name.get(end..)?);
    let is_mark = |letter: char| matches!(letter, '.' | '-' | '_');
    let log = if before.is_empty() {
        after.strip_prefix(is_mark).unwrap_or(after).to_owned()
    } else {
        let before = before.strip_suffix(is_mark).unwrap_or(before);
        format!("{before}{after}")
    };
    (!log.is_empty()).then_some((log, moment))
}

/// First run of digits in a name that is a date, with the time after it.
fn find_date(name: &str) -> Option<Date> {
    let bytes = name.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if !byte.is_ascii_digit() {
            at += 1;
            continue;
        }
        if let Some((length, moment)) = date_at(name.get(at..)?) {
            return Some((at, at + length, moment));
        }
        at += digits(name.get(at..)?);
    }
    None
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Date at the beginning of `text`: its length in bytes, and the Unix time.
fn date_at(text: &str) -> Option<(usize, i64)> {
    let first = digits(text);
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let (day, mut length) = match first {
        // Unix seconds, by `dateformat -%s`.
        10 if text.starts_with('1') => return text.get(..10)?.parse().ok().map(|at| (10, at)),
        6 => (day(number(0, 4)?, number(4, 6)?, 1)?, 6),
        8 | 10 | 12 | 14 => (day(number(0, 4)?, number(4, 6)?, number(6, 8)?)?, 8),
        4 => separated(text)?,
        _ => return None,
    };
    let mut clock = text.get(length..)?;
    if first <= 8 && length >= 8 {
        clock = clock.strip_prefix(['-', '_', 'T', '.']).unwrap_or_default();
    }
    let run = digits(clock);
    let mut time = NaiveTime::MIN;
    if let Some(clock_time) = time_of(clock.get(..run)?) {
        length += text.get(length..)?.len() - clock.len() + run;
        time = clock_time;
    }
    Some((length, day.and_time(time).and_utc().timestamp()))
}

/// Date such as `2024-05-01` or `2024-05`, with `-`, `_` or `.` as separator, and its length.
fn separated(text: &str) -> Option<(NaiveDate, usize)> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let bytes = text.as_bytes();
    let mark = bytes.get(4).filter(|mark| b"-_.".contains(mark))?;
    let month = number(5, 7)?;
    let has_day = bytes.get(7) == Some(mark) && digits(text.get(8..)?) == 2;
    if has_day {
        return Some((day(number(0, 4)?, month, number(8, 10)?)?, 10));
    }
    let is_whole = digits(text.get(5..)?) == 2;
    is_whole.then_some((day(number(0, 4)?, month, 1)?, 7))
}

fn day(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year)
        .ok()
        .filter(|year| (1990..2100).contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// Time of day as `03`, `0312` or `031259`.
fn time_of(text: &str) -> Option<NaiveTime> {
    if !matches!(text.len(), 2 | 4 | 6) {
        return None;
    }
    let part = |at: usize| {
        text.get(at..at + 2)
            .map_or(Some(0), |part| part.parse().ok())
    };
    NaiveTime::from_hms_opt(part(0)?, part(2)?, part(4)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row is one log, its parts oldest first.
    const LOGS: [&[&str]; 16] = [
        &[
            "mainlog.10.gz",
            "mainlog.9.gz",
            "mainlog.2.gz",
            "mainlog.1",
            "mainlog",
        ],
        &["mainlog.11", "mainlog.02.gz", "mainlog.01", "mainlog"],
        &["maillog.2.bz2", "maillog.1.bz2", "maillog.0.bz2", "maillog"],
        &["mainlog-20240430.xz", "mainlog-20240501", "mainlog"],
        &["mail.log-20231231.gz", "mail.log-20240101.gz", "mail.log"],
        &[
            "exim_mainlog-2024-04-30",
            "exim_mainlog-2024-05-01",
            "exim_mainlog",
        ],
        &["mainlog.20240430", "mainlog.20240501", "mainlog"],
        &["mail-2024-04-30.log", "mail-2024-05-01.log.zst", "mail.log"],
        &["maillog.2024-04", "maillog.2024-05", "maillog"],
        &[
            "mainlog-20240501-0312",
            "mainlog-20240501-1200.gz",
            "mainlog-20240502",
            "mainlog",
        ],
        &["mainlog-1714521600.gz", "mainlog-1714608000", "mainlog"],
        &["mail.log.2024050103", "mail.log.2024050112", "mail.log"],
        &["mail.log.old", "mail.log"],
        &["20240430.mainlog", "20240501.mainlog", "mainlog"],
        &["mainlog202404", "mainlog202405", "mainlog"],
        &["mail.2.log", "mail.1.log", "mail.log"],
    ];

    #[test]
    fn parts_of_one_log_are_ordered() {
        for log in LOGS {
            let parts: Vec<_> = log.iter().map(|name| rotation(Path::new(name))).collect();
            let whole = &parts[parts.len() - 1];
            for (part, name) in parts.iter().zip(log) {
                assert_eq!(part.0, whole.0, "{name}");
            }
            assert!(parts.is_sorted_by(|a, b| a.1 < b.1), "{log:?}: {parts:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_log_is_an_older_copy_of_it() {
        let is_older_copy =
            |one: &str, other: &str| is_older_copy(Path::new(one), Path::new(other));
        for (kept, live) in [
            ("mainlog.1", "mainlog"),
            ("mainlog.1.gz", "mainlog"),
            ("mainlog.2.gz", "mainlog.1.gz"),
            ("mainlog.1.gz", "mainlog.1"),
            ("mainlog.old", "mainlog"),
            ("mainlog.bak", "mainlog"),
            ("copy-of-mainlog", "mainlog"),
            ("maillog-20240501", "maillog"),
            ("maillog-20240501", "maillog-20240502"),
            ("x/mainlog.1", "y/mainlog"),
            ("kept.gz", "mainlog"),
        ] {
            assert!(is_older_copy(kept, live), "{kept} {live}");
            assert!(!is_older_copy(live, kept), "{live} {kept}");
        }
        // These names do not show which one is older.
        for (one, other) in [("kept", "mainlog.1"), ("x/mainlog", "y/mainlog")] {
            assert!(!is_older_copy(one, other) && !is_older_copy(other, one));
        }
    }

    #[test]
    fn other_files_are_alone() {
        let log = |name: &str| rotation(Path::new(name)).0;
        for name in [
            "mainlog", "a.eml", "mail.log", "42", "20240501", "v1.12345", ".5", "mx-relay",
        ] {
            assert_eq!(log(name), Path::new(name));
        }
        assert_ne!(log("mainlog.1"), log("rejectlog.1"));
        assert_ne!(log("x/mainlog.1"), log("y/mainlog.1"));
        // No such day.
        assert_eq!(log("mainlog-20241399"), Path::new("mainlog-20241399"));
    }
}
