//! What type an unquoted word has.
//!
//! Follows the YAML 1.2 core schema with what Docker's and Kubernetes' readers add: `0755` is
//! octal, `0b1` binary, underscores may part digits.

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarType {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction, `.inf` or `.nan`.
    Float,
    /// Text.
    String,
}

/// The type of an unquoted word.
pub fn resolve_plain(text: &str) -> ScalarType {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => ScalarType::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => ScalarType::Bool,
        _ if parse_int(text).is_some() => ScalarType::Int,
        _ if parse_float(text).is_some() => ScalarType::Float,
        _ => ScalarType::String,
    }
}

/// The truth a word stands for in YAML 1.2.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// The truth a word stands for where a reader expects one and takes YAML 1.1 words as well.
pub(crate) fn parse_bool_word(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => parse_bool(text),
    }
}

/// The whole number a word stands for.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    // The longest sensible number with parting underscores is far below this.
    if text.len() > 128 {
        return None;
    }
    let first = text.bytes().next()?;
    if !matches!(first, b'0'..=b'9' | b'+' | b'-') {
        return None;
    }
    let joined = text.replace('_', "");
    let (sign, digits) = match joined.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", joined.strip_prefix('+').unwrap_or(&joined)),
    };
    let (radix, digits) = if let Some(rest) = digits.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = digits.strip_prefix("0o") {
        (8, rest)
    } else if let Some(rest) = digits.strip_prefix("0b") {
        (2, rest)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, digits.get(1..)?)
    } else {
        (10, digits)
    };
    if digits.is_empty() || !digits.chars().all(|it| it.is_digit(radix)) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
}

/// The number a word stands for.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Some(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let numeric = |it: u8| matches!(it, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-' | b'_');
    let has_digit = text.bytes().any(|it| it.is_ascii_digit());
    if text.len() > 128 || !has_digit || !text.bytes().all(numeric) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{ScalarType, parse_int, resolve_plain};

    #[test]
    fn words_have_the_type_that_docker_gives_them() {
        use ScalarType::{Bool, Float, Int, Null, String};
        let table = [
            ("", Null),
            ("~", Null),
            ("true", Bool),
            ("yes", String),
            ("12", Int),
            ("-0x1F", Int),
            ("1_000", Int),
            ("0755", Int),
            ("089", Float),
            ("1.5", Float),
            (".5", Float),
            ("1e3", Float),
            (".inf", Float),
            ("1.2.3", String),
            ("-", String),
            ("0x", String),
            ("10m", String),
            ("22:22", String),
        ];
        for (text, expected) in table {
            assert_eq!(resolve_plain(text), expected, "{text}");
        }
        assert_eq!(parse_int("0755"), Some(0o755));
        assert_eq!(parse_int("0o755"), Some(0o755));
        assert_eq!(parse_int("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(parse_int("99999999999999999999"), None);
    }
}
