//! How much memory a load may take: what was asked for, or half of what the system has left.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ingest::MemoryLimit;

/// A limit as a person gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Bytes(u64),
    /// Hundredths of what the system has left.
    Percent(u64),
    Unlimited,
}

/// The limit when nothing was asked for.
const USUAL: Asked = Asked::Percent(50);

/// Reads `500M`, `1.5GiB`, `25%`, `none`.
pub(super) fn parse(text: &str) -> Result<Asked, String> {
    let text = text.trim().to_ascii_lowercase();
    if matches!(text.as_str(), "0" | "none") {
        return Ok(Asked::Unlimited);
    }
    let digits = text.find(|letter: char| letter != '.' && !letter.is_ascii_digit());
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let number: f64 = number.parse().map_err(|_| usage())?;
    let unit = unit.trim();
    if unit == "%" {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 1 and 100"
        )]
        return match number {
            1.0..=100.0 => Ok(Asked::Percent(number as u64)),
            _ => Err("a percentage is from 1% to 100% of the memory that is left".to_owned()),
        };
    }
    let factor = factor(unit).ok_or_else(usage)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "nothing is below 0, and what is too large becomes the largest"
    )]
    let bytes = (number * factor) as u64;
    if bytes < MemoryLimit::LEAST {
        return Err("no less than 8M makes sense; 0 or none is no limit".to_owned());
    }
    Ok(Asked::Bytes(bytes))
}

fn usage() -> String {
    "give a size such as 500M or 2G, a percentage such as 25%, or none".to_owned()
}

/// Bytes of a unit: decimal, or binary with an `i`.
fn factor(unit: &str) -> Option<f64> {
    let unit = unit.strip_suffix('b').unwrap_or(unit);
    let (letter, base) = match unit.strip_suffix('i') {
        Some(letter) => (letter, 1024_f64),
        None => (unit, 1000_f64),
    };
    let power = ["", "k", "m", "g", "t"]
        .iter()
        .position(|known| *known == letter)?;
    let power = i32::try_from(power)
        .ok()
        .filter(|power| *power > 0 || base < 1024.0);
    Some(base.powi(power?))
}

/// The limit of a load. Without one asked for, where the system does not say what it has left: none.
pub(super) fn limit(asked: Option<Asked>) -> Option<MemoryLimit> {
    let percent = match asked.unwrap_or(USUAL) {
        Asked::Unlimited => return None,
        Asked::Bytes(bytes) => return Some(MemoryLimit::new(bytes)),
        Asked::Percent(percent) => percent,
    };
    let left = available(&|path| fs::read_to_string(path).ok())?;
    let bytes = (left / 100).saturating_mul(percent);
    Some(MemoryLimit::new(bytes.max(MemoryLimit::LEAST)))
}

/// Gives the text of a file of the system.
type Read<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// What Linux has left for us, in bytes: of the machine, and of each control group that we are in.
fn available(read: Read<'_>) -> Option<u64> {
    let machine = read(Path::new("/proc/meminfo"))
        .and_then(|text| field(&text, "MemAvailable:"))
        .map(|kilobytes| kilobytes.saturating_mul(1024));
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let groups = groups.lines().filter_map(|line| left_in_group(line, read));
    machine.into_iter().chain(groups).min()
}

/// The files in which a control group tells of its memory.
struct Accounts {
    root: &'static str,
    limit: &'static str,
    used: &'static str,
    /// Of what is used, what the system takes back when it is needed.
    cache: &'static str,
}

const UNIFIED: Accounts = Accounts {
    root: "/sys/fs/cgroup",
    limit: "memory.max",
    used: "memory.current",
    cache: "inactive_file",
};

const FIRST_VERSION: Accounts = Accounts {
    root: "/sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    cache: "total_inactive_file",
};

/// What is left in a group, and in those around it; `line` is one of `/proc/self/cgroup`.
fn left_in_group(line: &str, read: Read<'_>) -> Option<u64> {
    let mut parts = line.splitn(3, ':');
    let (number, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    let accounts = if number == "0" && controllers.is_empty() {
        UNIFIED
    } else if controllers.split(',').any(|name| name == "memory") {
        FIRST_VERSION
    } else {
        return None;
    };
    let own = PathBuf::from(format!("{}{path}", accounts.root));
    let around = own
        .ancestors()
        .take_while(|dir| dir.starts_with(accounts.root));
    around.filter_map(|dir| left_in(dir, &accounts, read)).min()
}

fn left_in(dir: &Path, accounts: &Accounts, read: Read<'_>) -> Option<u64> {
    let number = |name: &str| read(&dir.join(name))?.trim().parse::<u64>().ok();
    let limit = number(accounts.limit)?;
    let cache = read(&dir.join("memory.stat")).and_then(|text| field(&text, accounts.cache));
    let used = number(accounts.used)?.saturating_sub(cache.unwrap_or(0));
    Some(limit.saturating_sub(used))
}

/// The number behind a name that begins a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().map(str::split_ascii_whitespace);
    let mut words = lines.find_map(|mut words| (words.next()? == name).then_some(words))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_people_write_them() {
        for (text, bytes) in [
            ("500M", 500_000_000),
            ("500 mb", 500_000_000),
            ("1.5GiB", 1_610_612_736),
            ("2Gi", 2 << 30),
            ("8000000", 8_000_000),
        ] {
            assert_eq!(parse(text), Ok(Asked::Bytes(bytes)), "{text}");
        }
        assert_eq!(parse("25%"), Ok(Asked::Percent(25)));
        for text in ["0", "none", "NONE"] {
            assert_eq!(parse(text), Ok(Asked::Unlimited));
        }
        for text in [
            "", "M", "5", "1k", "7M", "0%", "101%", "-5M", "5 X", "1.2.3G", "8000000i",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    /// A system with these files.
    fn left(files: &[(&str, &str)]) -> Option<u64> {
        available(&|path| {
            let found = files.iter().find(|(name, _)| path == Path::new(name));
            found.map(|(_, text)| (*text).to_owned())
        })
    }

    const MEMINFO: (&str, &str) = (
        "/proc/meminfo",
        "MemTotal: 8000 kB\nMemFree: 10 kB\nMemAvailable:   4000 kB\n",
    );

    #[test]
    fn the_least_of_machine_and_groups_is_what_is_left() {
        assert_eq!(left(&[]), None);
        assert_eq!(left(&[MEMINFO]), Some(4_096_000));
        let unified = [
            MEMINFO,
            ("/proc/self/cgroup", "0::/a.slice/b.scope\n"),
            ("/sys/fs/cgroup/a.slice/b.scope/memory.max", "max\n"),
            ("/sys/fs/cgroup/a.slice/b.scope/memory.current", "5\n"),
            ("/sys/fs/cgroup/a.slice/memory.max", "3000000\n"),
            ("/sys/fs/cgroup/a.slice/memory.current", "1000000\n"),
            (
                "/sys/fs/cgroup/a.slice/memory.stat",
                "anon 7\ninactive_file 400000\n",
            ),
        ];
        assert_eq!(left(&unified), Some(2_400_000));
        let first_version = [
            MEMINFO,
            ("/proc/self/cgroup", "9:cpu:/x\n4:hugetlb,memory:/x\n0::/\n"),
            (
                "/sys/fs/cgroup/memory/x/memory.limit_in_bytes",
                "9223372036854771712\n",
            ),
            ("/sys/fs/cgroup/memory/x/memory.usage_in_bytes", "1000\n"),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "100\n"),
            ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "130\n"),
            (
                "/sys/fs/cgroup/memory/memory.stat",
                "total_inactive_file 50\n",
            ),
        ];
        assert_eq!(left(&first_version), Some(20));
    }

    #[test]
    fn what_is_asked_for_is_the_limit() {
        assert_eq!(limit(Some(Asked::Unlimited)), None);
        let bytes = limit(Some(Asked::Bytes(9_000_000))).map(MemoryLimit::bytes);
        assert_eq!(bytes, Some(9_000_000));
        let (half, all) = (limit(None), limit(Some(Asked::Percent(100))));
        assert_eq!(half.is_some(), all.is_some());
        assert!(half.map(MemoryLimit::bytes) <= all.map(MemoryLimit::bytes));
    }
}
