//! Versions in the words of Go's toolchain and of its linker.
//!
//! It must not know where the words were found.

/// The version of the standard library in what a program says of the Go that built it:
/// `go1.22.3 X:boringcrypto`, `go1.20rc1`, `devel go1.23-26a5b4 Mon Jan 1`.
pub(super) fn release(text: &str) -> Option<String> {
    let word = text.split_whitespace().find(|it| it.starts_with("go"))?;
    let word = word.strip_prefix("go")?;
    if text.starts_with("devel") {
        return word.starts_with(|it: char| it.is_ascii_digit()).then(|| word.to_owned());
    }
    let is_plain = |it: char| it.is_ascii_digit() || it == '.';
    let end = word.find(|it: char| !is_plain(it)).unwrap_or(word.len());
    let (number, rest) = word.split_at_checked(end)?;
    let number = number.trim_end_matches('.');
    if !number.starts_with(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let kind = ["rc", "beta", "alpha"].into_iter().find(|it| rest.starts_with(it));
    let Some(kind) = kind else { return Some(number.to_owned()) };
    let digits = rest.get(kind.len()..).unwrap_or_default();
    let digits = digits.split(|it: char| !it.is_ascii_digit()).next().unwrap_or_default();
    Some(format!("{number}{kind}{digits}"))
}

/// The version of the main module that its makers had the linker lay into it: the value of
/// `-X main.version=1.2.3` and of its like. Of several that are not the same none is taken, unless
/// one lies in the main module's own packages.
pub(super) fn of_linker_flags(flags: &str, main_module: &str) -> Option<String> {
    let mut own = Vec::new();
    let mut foreign = Vec::new();
    let words = flags.split([' ', '\t', '\'', '"', '\\']).filter(|it| !it.is_empty());
    for word in words.take(MAX_WORDS) {
        let word = word.strip_prefix("-X=").unwrap_or(word);
        let Some((variable, value)) = word.split_once('=') else { continue };
        let Some((package, name)) = variable.rsplit_once('.') else { continue };
        let is_name = NAMES.iter().any(|it| it.eq_ignore_ascii_case(name));
        let Some(version) = module_version(value).filter(|_| is_name) else { continue };
        let rest = package.strip_prefix(main_module);
        let is_own =
            package == "main" || rest.is_some_and(|it| it.is_empty() || it.starts_with('/'));
        let versions = if is_own { &mut own } else { &mut foreign };
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    let all = if own.is_empty() { foreign } else { own };
    match all.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

const MAX_WORDS: usize = 10_000;

/// Variables that hold versions, by common custom.
const NAMES: &[&str] = &[
    "version",
    "gitVersion",
    "buildVersion",
    "appVersion",
    "releaseVersion",
    "productVersion",
    "fullVersion",
    "currentVersion",
    "semVer",
    "tag",
    "gitTag",
    "release",
];

/// `1.2.3-rc.1` and `v1.2.3` as a module's version, with its `v`.
fn module_version(text: &str) -> Option<String> {
    let number = text.strip_prefix('v').unwrap_or(text);
    let (main, _) = number.split_once(['-', '+']).unwrap_or((number, ""));
    let mut n_parts = 0;
    for part in main.split('.') {
        n_parts += 1;
        if part.is_empty() || !part.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
    }
    let is_word = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'+');
    (matches!(n_parts, 2..=3) && number.bytes().all(is_word)).then(|| format!("v{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_go() {
        for (text, expected) in [
            ("go1.22.3", Some("1.22.3")),
            ("go1.22.3 X:boringcrypto", Some("1.22.3")),
            ("go1.20rc1", Some("1.20rc1")),
            ("go1.21.0-fips", Some("1.21.0")),
            ("go1.19.4+vendor", Some("1.19.4")),
            ("devel go1.23-26a5b4 Mon Jan 1", Some("1.23-26a5b4")),
            ("devel +abc Mon", None),
            ("gopher", None),
            ("", None),
        ] {
            assert_eq!(release(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn versions_that_the_linker_laid() {
        for (flags, expected) in [
            ("-s -w -X main.version=1.2.3", Some("v1.2.3")),
            ("-X 'a.org/m/pkg.Version=v2.0.0-rc.1' -X main.commit=abc", Some("v2.0.0-rc.1")),
            ("-X b.org/version.gitVersion=v1.30.1", Some("v1.30.1")),
            ("-X b.org/x.Version=1.0.0 -X a.org/m.Version=2.0.0", Some("v2.0.0")),
            ("-X b.org/x.Version=1.0.0 -X c.org/m.Version=2.0.0", None),
            ("-X main.version=dev", None),
            ("-X main.date=2020.01.01", None),
            ("-X a.org/mother.Version=1.0.0 -X main.version=2.0.0", Some("v2.0.0")),
            ("", None),
        ] {
            assert_eq!(of_linker_flags(flags, "a.org/m").as_deref(), expected, "{flags}");
        }
    }
}
