//! Which parts of a named value must not be shown. For whoever prints variables.

use std::ops::Range;

use crate::{
    secret_name::{SecretName, literal_secret, secret_name},
    secret_value::find_secrets,
};

/// The parts of `value` that are secrets, by the name of the variable and by their own look. The
/// parts may overlap.
pub fn secret_parts(name: &str, value: &str) -> Vec<Range<usize>> {
    let mut res: Vec<Range<usize>> = find_secrets(value).into_iter().map(|it| it.range).collect();
    // Hiding too much costs little, showing too much costs the secret.
    if secret_name(name) != SecretName::Plain
        && let Some(range) = literal_secret(value)
    {
        res.push(range);
    }
    res
}

#[cfg(test)]
mod tests {
    use super::secret_parts;

    #[test]
    fn a_name_or_the_look_of_a_value_hides_it() {
        for (name, value, want) in [
            ("DB_PASSWORD", "hunter2", std::iter::once(0..7).collect::<Vec<_>>()),
            ("DB_PASSWORD_FILE", "/run/secrets/db", vec![]),
            ("DB_PASSWORD", "/run/secrets/db", vec![]),
            ("LOG_LEVEL", "debug", vec![]),
        ] {
            assert_eq!(secret_parts(name, value), want, "{name}={value}");
        }
        assert!(!secret_parts("URL", "postgres://app:hunter2@db/shop").is_empty());
    }
}
