//! Which services of a project can talk to each other, and which have reason to. Knows no rule.

use std::collections::BTreeSet;

use plimsoll_posture::Service;

/// The networks of the project that the service is in: the default one where it names none, and
/// none at all where it uses the network of something else.
pub(crate) fn networks_of(service: &Service) -> BTreeSet<&str> {
    if service.network_mode.is_some() {
        return BTreeSet::new();
    }
    if service.networks.is_empty() {
        return BTreeSet::from(["default"]);
    }
    service.networks.iter().map(|it| it.value.as_str()).collect()
}

/// Whether one of the two names the other: in what it waits for, in what it is told, in what it
/// runs.
pub(crate) fn are_related(one: &Service, other: &Service) -> bool {
    names(one, &other.name) || names(other, &one.name)
}

/// Whether `service` names the host `name` anywhere.
pub(crate) fn names(service: &Service, name: &str) -> bool {
    let in_words = |words: &[String]| words.iter().any(|it| holds_word(it, name));
    service.depends_on.iter().any(|it| it.value.split(':').next() == Some(name))
        || service
            .environment
            .iter()
            .any(|it| it.value.as_ref().is_some_and(|it| holds_word(&it.value, name)))
        || service.labels.iter().any(|(_, it)| holds_word(&it.value, name))
        || service.command.as_ref().is_some_and(|it| in_words(&it.value))
        || service.entrypoint.as_ref().is_some_and(|it| in_words(&it.value))
}

/// Whether `name` stands in `text` with no letter, digit, `-` or `_` beside it.
fn holds_word(text: &str, name: &str) -> bool {
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|it| it.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::holds_word;

    #[test]
    fn a_name_is_found_as_a_word_only() {
        for (text, expected) in [
            ("postgres://app@db/shop", true),
            ("db", true),
            ("db:5432", true),
            ("my-db", false),
            ("dbs", false),
            ("", false),
        ] {
            assert_eq!(holds_word(text, "db"), expected, "{text}");
        }
    }
}
