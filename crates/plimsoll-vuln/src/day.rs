//! A calendar day. Dates of support and of catalogues have no time of day.

use std::fmt;

/// A day, as the number of days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// Reads `YYYY-MM-DD`; anything after a `T` or a space is left out. `None` for a day that no
    /// calendar has.
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.split(['T', ' ']).next()?;
        let mut parts = date.split('-');
        let year: i32 = number(parts.next()?, 4)?;
        let month: i32 = number(parts.next()?, 2)?;
        let day: i32 = number(parts.next()?, 2)?;
        if parts.next().is_some() || year < 1 || !(1..=12).contains(&month) {
            return None;
        }
        let res = Self(days_from_civil(year, month, day));
        (day >= 1 && res.civil() == (year, month, day)).then_some(res)
    }

    /// The day of a moment given in seconds since 1970.
    pub fn from_seconds(seconds: i64) -> Self {
        let day = seconds.div_euclid(SECONDS_PER_DAY);
        Self(i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }))
    }

    /// The first second of the day, as seconds since 1970.
    pub fn seconds(self) -> i64 {
        i64::from(self.0) * SECONDS_PER_DAY
    }

    /// Year, month and day of the Gregorian calendar (Howard Hinnant's `civil_from_days`).
    fn civil(self) -> (i32, i32, i32) {
        let shifted = i64::from(self.0) + DAYS_BEFORE_EPOCH;
        let era = shifted.div_euclid(DAYS_PER_ERA);
        let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let narrow = |it: i64| i32::try_from(it).unwrap_or(i32::MAX);
        (narrow(year), narrow(month), narrow(day))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

fn number(text: &str, n_digits: usize) -> Option<i32> {
    let is_number = text.len() == n_digits && text.bytes().all(|it| it.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let day_of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_EPOCH).unwrap_or(i32::MAX)
}

const SECONDS_PER_DAY: i64 = 86_400;

/// Days of 400 years, after which the Gregorian calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;

/// Days from 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_EPOCH: i64 = 719_468;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_and_write() {
        for (text, day) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("2026-07-11", 20_645),
            ("2028-06-30", 21_365),
        ] {
            assert_eq!(Day::parse(text), Some(Day(day)), "{text}");
            assert_eq!(Day(day).to_string(), text);
        }
        assert_eq!(Day::parse("2026-07-11T10:00:00Z"), Some(Day(20_645)));
        assert_eq!(Day::from_seconds(-1), Day(-1));
        assert_eq!(Day(1).seconds(), 86_400);
    }

    #[test]
    fn days_that_no_calendar_has_are_refused() {
        for text in
            ["", "2026", "2026-13-01", "2025-02-29", "2026-00-10", "26-01-01", "2026-1-1", "x"]
        {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_number_of_days_overflows() {
        assert!(!Day(i32::MAX).to_string().is_empty());
        assert!(!Day(i32::MIN).to_string().is_empty());
        assert_eq!(Day::from_seconds(i64::MAX), Day(i32::MAX));
    }
}
