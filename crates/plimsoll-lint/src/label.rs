//! What labels must hold, by their well-known names or by what a team asks for. Knows no rule.

use plimsoll_dockerfile::{Instruction, InstructionKind, Pair};
use plimsoll_finding::LabelKind;

use crate::subject::dockerfile::DockerfileSubject;

/// A label of an instruction with the value that it comes to.
pub(crate) struct Label<'a> {
    /// The pair.
    pub(crate) pair: &'a Pair,
    /// The value without quotes and with variables put in; `None` where one is not known.
    pub(crate) value: Option<String>,
}

/// The labels of a `LABEL` instruction.
pub(crate) fn labels<'a>(
    subject: &DockerfileSubject,
    instruction: &'a Instruction,
) -> Vec<Label<'a>> {
    let InstructionKind::Label(pairs) = &instruction.kind else { return Vec::new() };
    let label = |pair: &'a Pair| {
        let value = subject.dockerfile.expand_word(instruction, &pair.value).value;
        Label { pair, value }
    };
    pairs.pairs.iter().map(label).collect()
}

/// The labels whose value must be a `kind` and is not. Empty and unknown values are not judged.
pub(crate) fn labels_not<'a>(
    subject: &DockerfileSubject,
    instruction: &'a Instruction,
    kind: LabelKind,
) -> Vec<Label<'a>> {
    let mut res = labels(subject, instruction);
    res.retain(|it| {
        let value = it.value.as_deref().map(str::trim).filter(|it| !it.is_empty());
        wanted_kind(subject, &it.pair.name) == Some(kind)
            && value.is_some_and(|it| !is_kind(it, kind))
    });
    res
}

/// What the value of the label called `name` must be, if anything is known about it.
fn wanted_kind(subject: &DockerfileSubject, name: &str) -> Option<LabelKind> {
    if let Some(kind) = subject.settings.required_labels.get(name) {
        return Some(*kind);
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_email = last == "email" || last.ends_with("-email");
    let known = WELL_KNOWN.iter().find(|it| it.0 == name).map(|it| it.1);
    known.or(is_email.then_some(LabelKind::Email))
}

/// Whether `value` is a `kind`.
fn is_kind(value: &str, kind: LabelKind) -> bool {
    match kind {
        LabelKind::Text => true,
        LabelKind::Url => is_url(value),
        LabelKind::SemVer => is_semantic_version(value),
        LabelKind::Rfc3339 => is_rfc3339(value),
        LabelKind::Spdx => is_licence_expression(value),
        LabelKind::GitHash => {
            (7..=64).contains(&value.len()) && value.bytes().all(|it| it.is_ascii_hexdigit())
        }
        LabelKind::Email => is_email(value),
    }
}

fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    let is_scheme_char = |it: u8| it.is_ascii_alphanumeric() || b"+-.".contains(&it);
    let has_scheme = scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.bytes().all(is_scheme_char);
    let has_host = rest.strip_prefix("//").is_some_and(|it| !it.is_empty() && !it.starts_with('/'));
    has_scheme && has_host && !value.contains(char::is_whitespace)
}

fn is_semantic_version(value: &str) -> bool {
    let is_identifier =
        |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    let is_number = |it: &str| {
        !it.is_empty()
            && it.bytes().all(|it| it.is_ascii_digit())
            && (it == "0" || !it.starts_with('0'))
    };
    let (version, build) = value.split_once('+').unwrap_or((value, "x"));
    let (core, before) = version.split_once('-').unwrap_or((version, "x"));
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && before.split('.').all(is_identifier)
        && build.split('.').all(is_identifier)
}

/// `2024-05-06T07:08:09.5Z`, with `+02:00` or such in the place of the `Z` too.
fn is_rfc3339(value: &str) -> bool {
    let number = |from: usize, to: usize| value.get(from..to).and_then(|it| it.parse::<u32>().ok());
    let sign = |at: usize, signs: &str| value.get(at..=at).is_some_and(|it| signs.contains(it));
    let date = number(0, 4).is_some()
        && number(5, 7).is_some_and(|it| (1..=12).contains(&it))
        && number(8, 10).is_some_and(|it| (1..=31).contains(&it));
    let time = number(11, 13).is_some_and(|it| it < 24)
        && number(14, 16).is_some_and(|it| it < 60)
        && number(17, 19).is_some_and(|it| it <= 60);
    let signs = sign(4, "-") && sign(7, "-") && sign(10, "Tt ") && sign(13, ":") && sign(16, ":");
    let rest = value.get(19..).unwrap_or_default();
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let digits = fraction.trim_start_matches(|it: char| it.is_ascii_digit());
            if digits.len() == fraction.len() { "" } else { digits }
        }
        None => rest,
    };
    date && time && signs && is_zone(rest)
}

fn is_zone(text: &str) -> bool {
    if matches!(text, "Z" | "z") {
        return true;
    }
    let Some(rest) = text.strip_prefix(['+', '-']) else { return false };
    let Some((hours, minutes)) = rest.split_once(':') else { return false };
    let below =
        |it: &str, limit: u32| it.len() == 2 && it.parse::<u32>().is_ok_and(|it| it < limit);
    below(hours, 24) && below(minutes, 60)
}

/// Identifiers joined by `AND`, `OR` and `WITH`, with parentheses. Which licences exist is not
/// asked: a name that is new would be wrong for ever in an old program.
fn is_licence_expression(value: &str) -> bool {
    let spaced = value.replace('(', " ( ").replace(')', " ) ");
    let mut depth = 0_usize;
    let mut wants_name = true;
    for word in spaced.split_whitespace() {
        match word {
            "(" if wants_name => depth += 1,
            ")" if !wants_name && depth > 0 => depth -= 1,
            "AND" | "OR" | "WITH" if !wants_name => wants_name = true,
            _ if wants_name && is_licence_name(word) => wants_name = false,
            _ => return false,
        }
    }
    !wants_name && depth == 0
}

fn is_licence_name(word: &str) -> bool {
    let bare = word.strip_suffix('+').unwrap_or(word);
    let fine = bare.bytes().all(|it| it.is_ascii_alphanumeric() || b"-.:".contains(&it));
    fine && bare.starts_with(|it: char| it.is_ascii_alphanumeric()) && !OFTEN_WRONG.contains(&bare)
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let fine =
        |it: &str| !it.is_empty() && !it.contains(|it: char| it.is_whitespace() || it == '@');
    let labels = domain.split('.').count() > 1 && domain.split('.').all(|it| !it.is_empty());
    fine(local) && fine(domain) && labels
}

/// Names of licences that people write and that the list of SPDX does not have.
static OFTEN_WRONG: &[&str] = &[
    "Apache",
    "Apache2",
    "Apache-2",
    "Apache2.0",
    "GPL",
    "GPLv2",
    "GPLv3",
    "LGPL",
    "LGPLv3",
    "BSD",
    "AGPL",
    "AGPLv3",
    "Proprietary",
    "proprietary",
    "Commercial",
    "MPL",
    "CC-BY",
    "BSD3",
];

/// Labels whose meaning is written down for all images.
static WELL_KNOWN: &[(&str, LabelKind)] = &[
    ("org.opencontainers.image.url", LabelKind::Url),
    ("org.opencontainers.image.documentation", LabelKind::Url),
    ("org.opencontainers.image.source", LabelKind::Url),
    ("org.opencontainers.image.created", LabelKind::Rfc3339),
    ("org.opencontainers.image.licenses", LabelKind::Spdx),
    ("org.opencontainers.image.revision", LabelKind::GitHash),
    ("org.opencontainers.image.version", LabelKind::SemVer),
    ("org.label-schema.url", LabelKind::Url),
    ("org.label-schema.vcs-url", LabelKind::Url),
    ("org.label-schema.build-date", LabelKind::Rfc3339),
    ("org.label-schema.vcs-ref", LabelKind::GitHash),
    ("org.label-schema.version", LabelKind::SemVer),
];

#[cfg(test)]
mod tests {
    use plimsoll_finding::LabelKind;

    use super::is_kind;

    #[test]
    fn values_are_told_apart() {
        for (kind, value, expected) in [
            (LabelKind::Url, "https://example.com/x", true),
            (LabelKind::Url, "example.com", false),
            (LabelKind::Url, "https:///x", false),
            (LabelKind::SemVer, "1.2.3", true),
            (LabelKind::SemVer, "1.2.3-rc.1+5", true),
            (LabelKind::SemVer, "1.2", false),
            (LabelKind::SemVer, "01.2.3", false),
            (LabelKind::SemVer, "v1.2.3", false),
            (LabelKind::Rfc3339, "2024-05-06T07:08:09Z", true),
            (LabelKind::Rfc3339, "2024-05-06T07:08:09.123+02:00", true),
            (LabelKind::Rfc3339, "2024-05-06", false),
            (LabelKind::Rfc3339, "2024-13-06T07:08:09Z", false),
            (LabelKind::Rfc3339, "ééééééééééééé", false),
            (LabelKind::Spdx, "MIT", true),
            (LabelKind::Spdx, "(Apache-2.0 OR MIT) AND GPL-2.0-only WITH LLVM-exception", true),
            (LabelKind::Spdx, "GPLv3", false),
            (LabelKind::Spdx, "MIT License", false),
            (LabelKind::Spdx, "(MIT", false),
            (LabelKind::GitHash, "2dbc1a3", true),
            (LabelKind::GitHash, "main", false),
            (LabelKind::Email, "me@example.com", true),
            (LabelKind::Email, "me", false),
            (LabelKind::Email, "me@localhost", false),
        ] {
            assert_eq!(is_kind(value, kind), expected, "{value}");
        }
    }
}
