//! A secret that can be talked about without being told.

use std::fmt;

/// What may be shown of a secret: its first characters where it is long, and its length class.
/// The secret itself is not kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Masked(String);

impl Masked {
    /// Masks `secret`: at most its first three characters stay, and only if at least twelve follow.
    pub fn new(secret: &str) -> Self {
        let n_chars = secret.chars().count();
        let head: String =
            if n_chars < 15 { String::new() } else { secret.chars().take(3).collect() };
        Self(format!("{head}***"))
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
