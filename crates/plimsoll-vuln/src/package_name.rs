//! How an ecosystem compares names of packages. The builder and the matcher must do it alike.

use std::borrow::Cow;

use plimsoll_package::Ecosystem;

/// A name in the form in which the ecosystem compares it.
pub(crate) fn normal(ecosystem: Ecosystem, name: &str) -> Cow<'_, str> {
    match ecosystem {
        Ecosystem::PyPi => python(name),
        Ecosystem::NuGet | Ecosystem::Packagist | Ecosystem::Hex | Ecosystem::SwiftUrl
            if name.bytes().any(|it| it.is_ascii_uppercase()) =>
        {
            Cow::Owned(name.to_ascii_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}

/// Lower case, and each run of `-`, `_` and `.` is one `-` (PEP 503).
fn python(name: &str) -> Cow<'_, str> {
    let is_normal = |pair: (u8, u8)| {
        let (it, before) = pair;
        !it.is_ascii_uppercase() && it != b'_' && it != b'.' && !(it == b'-' && before == b'-')
    };
    if name.bytes().zip(std::iter::once(b' ').chain(name.bytes())).all(is_normal) {
        return Cow::Borrowed(name);
    }
    let mut res = String::with_capacity(name.len());
    for it in name.chars() {
        match it {
            '-' | '_' | '.' if res.ends_with('-') => {}
            '-' | '_' | '.' => res.push('-'),
            _ => res.push(it.to_ascii_lowercase()),
        }
    }
    Cow::Owned(res)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_their_ecosystem_does() {
        for (ecosystem, name, wanted) in [
            (Ecosystem::PyPi, "Zope.Interface", "zope-interface"),
            (Ecosystem::PyPi, "a__b-.c", "a-b-c"),
            (Ecosystem::PyPi, "a--b", "a-b"),
            (Ecosystem::PyPi, "requests", "requests"),
            (Ecosystem::NuGet, "Newtonsoft.Json", "newtonsoft.json"),
            (Ecosystem::Packagist, "Symfony/HTTP", "symfony/http"),
            (Ecosystem::Npm, "JSONStream", "JSONStream"),
            (Ecosystem::Debian, "libA", "libA"),
        ] {
            assert_eq!(normal(ecosystem, name), wanted);
        }
    }
}
