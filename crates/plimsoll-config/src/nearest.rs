//! The known word that an unknown one most likely stands for.
//!
//! Knows nothing of what the words mean.

/// Words longer than this are not compared: no known word comes near.
const MAX_LENGTH: usize = 64;

/// The one of `known` that is nearest to `word`, if any is near enough to be meant. Letter case,
/// `-` and `_` do not count; a missing or added plural costs little.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > MAX_LENGTH {
        return None;
    }
    let word = normal(word);
    let allowed = (word.len() / 4).clamp(1, 3);
    known
        .into_iter()
        .filter(|it| it.len().abs_diff(word.len()) <= allowed)
        .map(|it| (distance(&word, &normal(it)), it))
        .filter(|it| it.0 <= allowed)
        .min_by_key(|it| it.0)
        .map(|it| it.1)
}

fn normal(word: &str) -> Vec<u8> {
    word.bytes().map(|it| if it == b'_' { b'-' } else { it.to_ascii_lowercase() }).collect()
}

/// How many letters must be changed, added or taken away.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (idx, letter) in one.iter().enumerate() {
        let mut next = vec![idx + 1];
        for ((above, left), wanted) in row.iter().zip(row.iter().skip(1)).zip(other) {
            let change = above + usize::from(letter != wanted);
            let behind = next.last().copied().unwrap_or_default() + 1;
            next.push(change.min(behind).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_word_that_was_meant_is_found_and_no_other() {
        let known = ["debug", "log-opts", "insecure-registries", "icc", "ip"];
        for (word, want) in [
            ("log-opt", Some("log-opts")),
            ("log_opts", Some("log-opts")),
            ("insecure-registry", Some("insecure-registries")),
            ("Debug", Some("debug")),
            ("iic", Some("icc")),
            ("storage-driver", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), want, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }
}
