//! Names and numbers of signals. Knows no rule.

/// The name of the signal that `text` means, in its full form: `SIGTERM` for `term` and `15`.
/// `None` if there is no such signal.
pub(crate) fn canonical_name(text: &str) -> Option<String> {
    if let Ok(number) = text.parse::<usize>() {
        return name_of(number);
    }
    let upper = text.to_ascii_uppercase();
    let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
    if NAMES.contains(&bare) || matches!(bare, "IOT" | "POLL" | "CLD") {
        return Some(format!("SIG{bare}"));
    }
    is_real_time(bare).then(|| format!("SIG{bare}"))
}

fn name_of(number: usize) -> Option<String> {
    let name = number.checked_sub(1).and_then(|it| NAMES.get(it));
    match (name, number) {
        (Some(name), _) => Some(format!("SIG{name}")),
        (None, 34) => Some("SIGRTMIN".to_owned()),
        (None, 35..=49) => Some(format!("SIGRTMIN+{}", number - 34)),
        (None, 50..=63) => Some(format!("SIGRTMAX-{}", 64 - number)),
        (None, 64) => Some("SIGRTMAX".to_owned()),
        _ => None,
    }
}

/// `RTMIN`, `RTMIN+3`, `RTMAX-1` and so on.
fn is_real_time(bare: &str) -> bool {
    let offset = match (bare.strip_prefix("RTMIN"), bare.strip_prefix("RTMAX")) {
        (Some(rest), _) => rest.strip_prefix('+').or(rest.is_empty().then_some("0")),
        (_, Some(rest)) => rest.strip_prefix('-').or(rest.is_empty().then_some("0")),
        _ => None,
    };
    offset.and_then(|it| it.parse::<u8>().ok()).is_some_and(|it| it <= 15)
}

/// By number, from 1, as Linux has them.
static NAMES: &[&str] = &[
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

#[cfg(test)]
mod tests {
    use super::canonical_name;

    #[test]
    fn signals_are_known_by_name_and_number() {
        for (text, expected) in [
            ("SIGTERM", Some("SIGTERM")),
            ("term", Some("SIGTERM")),
            ("15", Some("SIGTERM")),
            ("9", Some("SIGKILL")),
            ("37", Some("SIGRTMIN+3")),
            ("RTMIN+3", Some("SIGRTMIN+3")),
            ("SIGRTMIN+99", None),
            ("0", None),
            ("65", None),
            ("SIGFOO", None),
        ] {
            assert_eq!(canonical_name(text).as_deref(), expected, "{text}");
        }
    }
}
