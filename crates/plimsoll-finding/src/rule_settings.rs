//! What a team can tell single rules: facts about the team that no file says.
//!
//! Knows nothing of where the settings came from.

use std::collections::BTreeMap;

/// The parameters of the rules that have some. The default asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSettings {
    /// Registries, or repositories in them, that images may come from; empty allows all.
    pub allowed_registries: Vec<String>,
    /// The labels that an image must carry, and what their values must be.
    pub required_labels: BTreeMap<String, LabelKind>,
    /// Whether labels that are not in `required_labels` are unwelcome.
    pub strict_labels: bool,
}

impl RuleSettings {
    /// Whether an image may come from `repository`: its full name without tag and digest, such as
    /// `docker.io/library/nginx`. An allowed name covers everything below it, and `*` in it stands
    /// for any characters but `/`.
    pub fn allows_image(&self, repository: &str) -> bool {
        let covers = |allowed: &String| {
            let mut segments = repository.split('/');
            let allowed = allowed.trim_end_matches('/');
            allowed
                .split('/')
                .all(|pattern| segments.next().is_some_and(|it| matches_segment(pattern, it)))
        };
        self.allowed_registries.is_empty() || self.allowed_registries.iter().any(covers)
    }
}

/// What the value of a label must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelKind {
    /// Any text that is not empty.
    Text,
    /// A URL.
    Url,
    /// A semantic version.
    SemVer,
    /// A time as RFC 3339 writes it.
    Rfc3339,
    /// An SPDX licence expression.
    Spdx,
    /// A git commit hash.
    GitHash,
    /// An e-mail address.
    Email,
}

impl LabelKind {
    /// All of them.
    pub const ALL: [LabelKind; 7] = [
        Self::Text,
        Self::Url,
        Self::SemVer,
        Self::Rfc3339,
        Self::Spdx,
        Self::GitHash,
        Self::Email,
    ];

    /// The word for it in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Url => "url",
            Self::SemVer => "semver",
            Self::Rfc3339 => "rfc3339",
            Self::Spdx => "spdx",
            Self::GitHash => "hash",
            Self::Email => "email",
        }
    }

    /// The kind called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Whether `text` is what `pattern` says, with `*` for any characters; letter case does not count.
fn matches_segment(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = strip_prefix_ignoring_case(text, first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let found = (0..=rest.len())
            .find_map(|at| rest.get(at..).and_then(|tail| strip_prefix_ignoring_case(tail, part)));
        let Some(tail) = found else { return false };
        rest = tail;
    }
    let tail = rest.len().checked_sub(last.len()).and_then(|at| rest.get(at..));
    tail.is_some_and(|it| it.eq_ignore_ascii_case(last))
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

#[cfg(test)]
mod tests {
    use super::{LabelKind, RuleSettings};

    #[test]
    fn an_allowed_name_covers_what_is_below_it_and_nothing_beside() {
        let allows = |allowed: &str, repository: &str| {
            let allowed_registries = vec![allowed.to_owned()];
            RuleSettings { allowed_registries, ..RuleSettings::default() }.allows_image(repository)
        };
        for (allowed, repository, expected) in [
            ("docker.io", "docker.io/library/nginx", true),
            ("docker.io/library", "docker.io/library/nginx", true),
            ("docker.io/library/", "docker.io/library/nginx", true),
            ("docker.io/lib", "docker.io/library/nginx", false),
            ("ghcr.io/acme/*", "ghcr.io/acme/web", true),
            ("ghcr.io/acme/*", "ghcr.io/acme", false),
            ("ghcr.io/acme/*", "ghcr.io/acme-evil/web", false),
            ("*.example.com", "eu.Example.com/web", true),
            ("*.example.com", "example.com.evil.io/web", false),
            ("*.example.com", "evil.io/x.example.com", false),
            ("a*b*c/x", "a1b2c/x/y", true),
            ("a*b*c/x", "a1c/x", false),
        ] {
            assert_eq!(allows(allowed, repository), expected, "{allowed} {repository}");
        }
        assert!(RuleSettings::default().allows_image("anything.io/x"));
    }

    #[test]
    fn every_kind_of_label_has_a_word() {
        assert!(LabelKind::ALL.into_iter().all(|it| LabelKind::parse(it.name()) == Some(it)));
    }
}
