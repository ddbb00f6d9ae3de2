//! What the program must be told from outside: settings, time, the folder it runs in, its input.

use std::{
    collections::BTreeMap,
    env,
    io::stdin,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    error::Error,
    read::{into_text, read_limited},
};

/// The environment variables whose name and value are UTF-8.
pub fn environment() -> BTreeMap<String, String> {
    env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The folder the program runs in.
pub fn current_dir() -> Result<PathBuf, Error> {
    env::current_dir().map_err(|it| Error::io(Path::new("."), it))
}

/// Standard input up to its end, if it has at most `limit` bytes.
pub fn read_stdin(limit: u64) -> Result<String, Error> {
    let path = Path::new("-");
    into_text(path, read_limited(path, stdin().lock(), 0, limit)?)
}

/// The time.
pub fn now() -> SystemTime {
    SystemTime::now()
}

/// The day in UTC, as `YYYY-MM-DD`.
pub fn today() -> String {
    format_day(now())
}

/// The time in UTC as RFC 3339 writes it, to the second: `2026-11-22T15:04:05Z`.
pub fn timestamp() -> String {
    let time = now();
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs()) % 86_400;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", format_day(time))
}

/// This moment, in seconds since 1970-01-01 UTC; 0 for a clock before that.
pub fn unix_seconds() -> u64 {
    now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs())
}

/// The day of `time` in UTC, as `YYYY-MM-DD`. A clock before 1970 counts as 1970.
pub fn format_day(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
    // Days are counted from 1 March of the year 0, so that a leap day is the last of its year;
    // 400 years are one era of always 146,097 days.
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::format_day;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn seconds_become_days_of_the_calendar() {
        let cases = [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (86_400, "1970-01-02"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_709_164_800, "2024-02-29"),
            (1_735_689_599, "2024-12-31"),
            (4_107_542_400, "2100-03-01"),
        ];
        for (seconds, day) in cases {
            assert_eq!(format_day(UNIX_EPOCH + Duration::from_secs(seconds)), day);
        }
        assert_eq!(format_day(UNIX_EPOCH - Duration::from_secs(1)), "1970-01-01");
    }
}
