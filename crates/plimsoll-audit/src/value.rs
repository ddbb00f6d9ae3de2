//! Reading the engine's answers: every field is optional and may be of a wrong type.

use serde_json::Value;

/// The text at a pointer such as `/Swarm/NodeID`; empty if there is none.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The whole number at a pointer.
pub(crate) fn number(value: &Value, pointer: &str) -> Option<i64> {
    value.pointer(pointer).and_then(Value::as_i64)
}

/// Whether the value at a pointer is `true`.
pub(crate) fn is_true(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).and_then(Value::as_bool).unwrap_or_default()
}

/// The entries of the list at a pointer.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts in the list at a pointer.
pub(crate) fn texts<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a str> {
    list(value, pointer).iter().filter_map(Value::as_str)
}

/// The entries of the object at a pointer.
pub(crate) fn entries<'a>(
    value: &'a Value,
    pointer: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let object = value.pointer(pointer).and_then(Value::as_object);
    object.into_iter().flatten().map(|(key, it)| (key.as_str(), it))
}

/// Seconds since 1970 of a time as RFC 3339 writes it; `None` for the year 1, which the engine
/// writes for "never".
pub(crate) fn seconds(time: &str) -> Option<i64> {
    let part = |from: usize, to: usize| time.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let clock = part(11, 13)? * 3_600 + part(14, 16)? * 60 + part(17, 19)?;
    // Days since 1970 of a date of the Gregorian calendar, the year taken from March.
    let years = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = years * 365 + years / 4 - years / 100 + years / 400 + day_of_year - 719_468;
    let rest = time.get(19..)?.trim_start_matches(|it: char| it == '.' || it.is_ascii_digit());
    Some(days * 86_400 + clock - offset(rest))
}

/// The seconds that a zone is ahead of UTC.
fn offset(zone: &str) -> i64 {
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let part = |from: usize, to: usize| zone.get(from..to).and_then(|it| it.parse::<i64>().ok());
    sign * (part(1, 3).unwrap_or_default() * 3_600 + part(4, 6).unwrap_or_default() * 60)
}

/// The text that base64 stands for, as far as it is one; what is no base64 ends it.
pub(crate) fn decoded(text: &str) -> String {
    let digit = |it: u8| match it {
        b'A'..=b'Z' => Some(it - b'A'),
        b'a'..=b'z' => Some(it - b'a' + 26),
        b'0'..=b'9' => Some(it - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let (mut res, mut bits, mut n_bits) = (Vec::new(), 0_u32, 0);
    for digit in text.bytes().map_while(digit) {
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            res.extend((bits >> n_bits).to_le_bytes().first());
        }
    }
    String::from_utf8_lossy(&res).into_owned()
}

/// The days between two moments, in words.
pub(crate) fn days(seconds: i64) -> String {
    match seconds / 86_400 {
        1 => "1 day".to_owned(),
        it => format!("{it} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::{decoded, seconds};

    #[test]
    fn times_are_read() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2026-11-22T20:47:00.123456789Z"), Some(1_795_380_420));
        assert_eq!(seconds("2024-02-29T01:00:00+01:00"), Some(1_709_164_800));
        assert_eq!(seconds("0001-01-01T00:00:00Z"), None);
        assert_eq!(seconds("2024-13-01T00:00:00Z"), None);
        assert_eq!(seconds("é024"), None);
    }

    #[test]
    fn base64_is_read_up_to_its_end() {
        assert_eq!(decoded("dXNlcj1hCg=="), "user=a\n");
        assert_eq!(decoded("dXNl*"), "use");
        assert_eq!(decoded(""), "");
    }
}
