//! Words for bytes and days in messages about images. Knows no rule.

/// A number of bytes for people: `512 bytes`, `3.4 MB`.
pub(crate) fn bytes(n: u64) -> String {
    let tenths = |unit: u64| {
        let whole = n / unit;
        let rest = (n % unit) / (unit / 10);
        if whole >= 10 { whole.to_string() } else { format!("{whole}.{rest}") }
    };
    match n {
        0..1_000 => format!("{n} bytes"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// Days since 1970-01-01 of the date that a time begins with: `2026-11-22T10:00:00Z`.
pub(crate) fn day_of(time: &str) -> Option<i64> {
    let date = time.get(..10)?;
    let mut parts = date.split('-');
    let mut number = || parts.next()?.parse::<i64>().ok();
    let (year, month, day) = (number()?, number()?, number()?);
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day) && year >= 0;
    is_date.then(|| days_before(year, month) + day - 1)
}

/// Days from 1970-01-01 to the first of a month of the Gregorian calendar.
fn days_before(year: i64, month: i64) -> i64 {
    // Counted from March, the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 - DAYS_TO_1970
}

/// Days from the first of March of the year 0.
const DAYS_TO_1970: i64 = 719_468;

#[cfg(test)]
mod tests {
    use super::{bytes, day_of};

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        for (time, day) in [
            ("1970-01-01", Some(0)),
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2000-03-01", Some(11_017)),
            ("2024-02-29T23:59:59.5+02:00", Some(19_782)),
            ("2026-11-22", Some(20_779)),
            ("2026-13-01", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(day_of(time), day, "{time}");
        }
    }

    #[test]
    fn bytes_are_told_in_round_numbers() {
        for (n, words) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_500, "1.5 kB"),
            (12_345_678, "12 MB"),
            (9_990_000, "9.9 MB"),
            (2_000_000_000, "2.0 GB"),
        ] {
            assert_eq!(bytes(n), words);
        }
    }
}
