//! How far two words are apart. Knows no rule.

/// The word of `known` that `text` most likely means: one or two slips away, and not the same.
pub(crate) fn meant<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let n_chars = text.chars().count();
    if !(2..=MAX_WORD).contains(&n_chars) {
        return None;
    }
    let allowed = if n_chars < 5 { 1 } else { 2 };
    let lower = text.to_ascii_lowercase();
    let distances = known.into_iter().map(|it| (distance(&lower, &it.to_ascii_lowercase()), it));
    let best = distances.min_by_key(|it| it.0)?;
    (best.0 > 0 && best.0 <= allowed).then_some(best.1)
}

/// How many letters have to be added, taken away, changed or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (i, char) in left.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, other) in right.iter().enumerate() {
            let at = |row: &[usize], idx: usize| row.get(idx).copied().unwrap_or(usize::MAX - 1);
            let changed = at(&row, j) + usize::from(char != *other);
            let mut cost = changed.min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = j > 0 && last == Some(*other) && right.get(j - 1) == Some(&char);
            if swapped {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(char);
    }
    row.last().copied().unwrap_or_default()
}

/// Longer words are no misspelt ones of those that are known here.
const MAX_WORD: usize = 24;

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let known = ["RUN", "COPY", "ENTRYPOINT", "CMD"];
        for (text, expected) in [
            ("RNU", Some("RUN")),
            ("COPPY", Some("COPY")),
            ("ENTRYPONT", Some("ENTRYPOINT")),
            ("run", None),
            ("apt-get", None),
            ("X", None),
        ] {
            assert_eq!(meant(text, known), expected, "{text}");
        }
    }
}
