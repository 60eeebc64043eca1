//! The zone of this system.

use std::path::Path;

use chrono::FixedOffset;
use chrono_tz::Tz;

use super::Zone;

/// A zone of this system that cannot be had from what the system says. The text says what that is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SystemZoneError {
    /// `TZ` has another form than an IANA name or a fixed offset, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    #[error("TZ={0:?} is neither an IANA name such as Europe/Berlin nor a fixed offset")]
    Form(String),
    /// There is a zone, but it has no name.
    #[error("the settings of this system name none")]
    NoName,
}

impl Zone {
    /// UTC.
    pub const UTC: Self = Self::Named(Tz::UTC);

    /// Zone of this system, from `TZ` or the system settings; UTC where nothing is set.
    ///
    /// # Errors
    /// When something is set that cannot be read.
    pub fn system() -> Result<Self, SystemZoneError> {
        let variable = std::env::var_os("TZ").filter(|value| !value.is_empty());
        match variable {
            Some(value) => from_variable(&value.to_string_lossy(), from_settings),
            None => from_settings(),
        }
    }
}

/// The zone of a value of `TZ`, which tzset(3) describes; one that names the settings of the system is theirs.
fn from_variable(
    value: &str,
    settings: impl FnOnce() -> Result<Zone, SystemZoneError>,
) -> Result<Zone, SystemZoneError> {
    let name = value.strip_prefix(':').unwrap_or(value);
    if name == SETTINGS {
        return settings();
    }
    let name = name.split_once("/zoneinfo/").map_or(name, |(_, name)| name);
    let zone = Zone::parse(name).ok().or_else(|| fixed(name));
    zone.ok_or_else(|| SystemZoneError::Form(value.to_owned()))
}

/// The file that holds the zone of a system.
const SETTINGS: &str = "/etc/localtime";

fn from_settings() -> Result<Zone, SystemZoneError> {
    let name = iana_time_zone::get_timezone().ok();
    match name.and_then(|name| Zone::parse(&name).ok()) {
        Some(zone) => Ok(zone),
        None if Path::new(SETTINGS).exists() => Err(SystemZoneError::NoName),
        None => Ok(Zone::UTC),
    }
}

/// The zone of a POSIX text without summer time: `UTC0`, `CET-1`, `<+0330>-3:30`. West of Greenwich counts as
/// positive there.
fn fixed(text: &str) -> Option<Zone> {
    let offset = if let Some(quoted) = text.strip_prefix('<') {
        quoted.split_once('>')?.1
    } else {
        let offset = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        (text.len() - offset.len() >= 3).then_some(offset)?
    };
    let (sign, time) = match offset.strip_prefix('-') {
        Some(time) => (1, time),
        None => (-1, offset.strip_prefix('+').unwrap_or(offset)),
    };
    let mut seconds = 0;
    let mut unit = 3600;
    for part in time.split(':') {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        let number = part.parse::<i32>().ok();
        let number = number.filter(|number| digits && *number < 60 && unit > 0)?;
        seconds += number * unit;
        unit /= 60;
    }
    FixedOffset::east_opt(sign * seconds).map(Zone::Fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tzset_reads_is_read_or_told() {
        let settings = || Zone::parse("Asia/Tokyo").map_err(|_| SystemZoneError::NoName);
        let name = |value: &str| from_variable(value, settings).map(|zone| zone.name());
        for (value, zone) in [
            ("Europe/Berlin", "Europe/Berlin"),
            (":Europe/Berlin", "Europe/Berlin"),
            ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
            (":/etc/localtime", "Asia/Tokyo"),
            ("EST5EDT", "EST5EDT"),
            ("UTC0", "+00:00"),
            ("CET-1", "+01:00"),
            ("EST+5", "-05:00"),
            ("<+0330>-3:30", "+03:30"),
        ] {
            assert_eq!(name(value), Ok(zone.to_owned()), "{value}");
        }
        for value in [
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "CET-1CEST",
            "XX1",
            "ABC",
            "ABC-",
            "ABC25",
            "ABC1:2:3:4",
            "ABC++1",
            "<+03",
        ] {
            assert_eq!(name(value), Err(SystemZoneError::Form(value.to_owned())));
        }
    }
}
