//! Small and capital letters of keywords. Knows no rule.

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Casing {
    /// All small.
    Lower,
    /// All capital.
    Upper,
    /// Both.
    Mixed,
}

impl Casing {
    /// How `word` is written.
    pub(crate) fn of(word: &str) -> Self {
        let lower = word.chars().any(|it| it.is_ascii_lowercase());
        let upper = word.chars().any(|it| it.is_ascii_uppercase());
        match (lower, upper) {
            (true, true) => Casing::Mixed,
            (true, false) => Casing::Lower,
            _ => Casing::Upper,
        }
    }

    /// `word` written so; as it is for [`Casing::Mixed`].
    pub(crate) fn apply(self, word: &str) -> String {
        match self {
            Casing::Lower => word.to_ascii_lowercase(),
            Casing::Upper => word.to_ascii_uppercase(),
            Casing::Mixed => word.to_owned(),
        }
    }
}
