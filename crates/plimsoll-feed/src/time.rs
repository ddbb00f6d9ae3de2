//! Moments as feeds write them.

/// Seconds since 1970 of a moment as RFC 3339 writes it (`2024-11-21T00:39:04.5Z`), or of the start
/// of a day (`2024-11-21`). Anything else is 0, which means "not known" everywhere.
pub fn parse_time(text: &str) -> i64 {
    seconds(text).unwrap_or(0)
}

fn seconds(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_since_1970(year, month, day);
    if text.len() <= 10 {
        return Some(days * 86_400);
    }
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let rest = text.get(19..)?.trim_start_matches(|it: char| it == '.' || it.is_ascii_digit());
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second - offset(rest))
}

/// Seconds that local time is ahead of UTC: `+02:00`, `Z`, or nothing.
fn offset(text: &str) -> i64 {
    let sign = match text.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return 0,
    };
    let number = |range| text.get(range).and_then(|it: &str| it.parse::<i64>().ok()).unwrap_or(0);
    let minutes = if text.as_bytes().get(3) == Some(&b':') { number(4..6) } else { number(3..5) };
    sign * (number(1..3) * 3_600 + minutes * 60)
}

/// Days of the civil calendar; a year is counted from 1 March, so that a leap day is its last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse_time;

    #[test]
    fn moments_are_read_and_anything_else_is_not_known() {
        let table = [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29", 1_709_164_800),
            ("2024-11-21T00:39:04Z", 1_732_149_544),
            ("2025-01-14T07:11:09.793516Z", 1_736_838_669),
            ("2024-02-29T02:00:00+02:00", 1_709_164_800),
            ("2024-02-28T19:00:00-0500", 1_709_164_800),
            ("", 0),
            ("yesterday", 0),
            ("2024-13-01", 0),
            ("２０２４-01-01", 0),
        ];
        for (text, expected) in table {
            assert_eq!(parse_time(text), expected, "{text}");
        }
    }
}
