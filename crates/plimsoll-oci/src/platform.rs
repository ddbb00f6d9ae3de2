//! What machine an image is for, and which of several images fits one.
//!
//! Knows nothing of the machine it runs on; the wanted platform is given.

use std::{fmt, str::FromStr};

/// An operating system on a processor, in the words of Go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// `linux`, `windows`.
    pub os: String,
    /// `amd64`, `arm64`.
    pub architecture: String,
    /// `v7` of `arm`; empty where there is none.
    pub variant: String,
    /// The build of Windows; empty elsewhere.
    pub os_version: String,
}

impl Platform {
    /// With the words that people and tools use for the same processor made one.
    pub fn new(os: &str, architecture: &str, variant: &str) -> Self {
        let os = os.to_ascii_lowercase();
        let (architecture, variant) =
            normalized(&architecture.to_ascii_lowercase(), &variant.to_ascii_lowercase());
        Self { os, architecture, variant, os_version: String::new() }
    }

    /// How well an image for `self` runs where `wanted` is wanted: lower is better, `None` is not
    /// at all.
    pub fn fits(&self, wanted: &Self) -> Option<u32> {
        if self.os != wanted.os || self.architecture != wanted.architecture {
            return None;
        }
        let level = |it: &Self| it.variant.strip_prefix('v').and_then(|it| it.parse::<u32>().ok());
        let by_variant = match (level(self), level(wanted)) {
            _ if self.variant == wanted.variant => 0,
            // A processor runs what is made for its lesser kin.
            (Some(own), Some(wanted)) => wanted.checked_sub(own)?.min(90),
            (None, Some(_)) => 95,
            (Some(own), None) => own.min(90),
            (None, None) => return None,
        };
        let is_same_build =
            wanted.os_version.is_empty() || self.os_version.starts_with(&wanted.os_version);
        Some(by_variant + if is_same_build { 0 } else { 100 })
    }
}

/// Of several, the first that fits best.
pub fn choose_platform<'a, T>(
    candidates: impl IntoIterator<Item = (&'a Platform, T)>,
    wanted: &Platform,
) -> Option<T> {
    let fitting = candidates.into_iter().filter_map(|(it, value)| Some((it.fits(wanted)?, value)));
    // Of equals, this keeps the first, since the maker of an index puts that first which is meant.
    fitting.min_by_key(|it| it.0).map(|it| it.1)
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        if !self.variant.is_empty() {
            write!(f, "/{}", self.variant)?;
        }
        Ok(())
    }
}

/// Why a text is no platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformError;

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a platform is written as `linux/amd64` or `linux/arm/v7`")
    }
}

impl std::error::Error for PlatformError {}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let parts: Vec<&str> = text.split('/').collect();
        let is_word = |it: &&str| {
            !it.is_empty()
                && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"_.-".contains(&it))
        };
        if !parts.iter().all(is_word) {
            return Err(PlatformError);
        }
        match parts[..] {
            [os @ ("linux" | "windows" | "darwin" | "freebsd")] => Ok(Self::new(os, "amd64", "")),
            [architecture] => Ok(Self::new("linux", architecture, "")),
            [os, architecture] => Ok(Self::new(os, architecture, "")),
            [os, architecture, variant] => Ok(Self::new(os, architecture, variant)),
            _ => Err(PlatformError),
        }
    }
}

fn normalized(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = match (architecture, variant) {
        ("x86_64" | "x86-64" | "amd64", "v1" | "") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "") => ("arm64", ""),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) | ("arm", "6") => ("arm", "v6"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "8") => ("arm", "v8"),
        ("i386" | "i486" | "i586" | "i686", _) => ("386", ""),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Platform, choose_platform};

    #[test]
    fn platforms_are_read() {
        let cases = [
            ("linux/amd64", Some("linux/amd64")),
            ("linux/x86_64/v1", Some("linux/amd64")),
            ("linux/arm64/v8", Some("linux/arm64")),
            ("aarch64", Some("linux/arm64")),
            ("linux/arm", Some("linux/arm/v7")),
            ("Linux/armhf", Some("linux/arm/v7")),
            ("linux/riscv64", Some("linux/riscv64")),
            ("linux", Some("linux/amd64")),
            ("", None),
            ("linux/", None),
            ("a/b/c/d", None),
            ("linux/am d64", None),
        ];
        for (text, expected) in cases {
            let platform = text.parse::<Platform>().ok().map(|it| it.to_string());
            assert_eq!(platform.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_best_that_runs_is_chosen() {
        let cases: &[(&str, &[&str], Option<usize>)] = &[
            ("linux/amd64", &["linux/arm64", "linux/amd64", "linux/amd64"], Some(1)),
            ("linux/arm/v7", &["linux/arm/v5", "linux/arm/v6", "linux/arm/v8"], Some(1)),
            ("linux/arm/v5", &["linux/arm/v6", "linux/arm/v7"], None),
            ("linux/amd64", &["linux/amd64/v3", "linux/amd64/v2"], Some(1)),
            ("linux/amd64/v3", &["linux/amd64", "linux/amd64/v2"], Some(1)),
            ("linux/s390x", &["linux/amd64", "unknown/unknown"], None),
        ];
        for (wanted, offered, expected) in cases {
            let offered: Vec<Platform> = offered.iter().map(|it| it.parse().unwrap()).collect();
            let candidates = offered.iter().enumerate().map(|(index, it)| (it, index));
            assert_eq!(
                choose_platform(candidates, &wanted.parse().unwrap()),
                *expected,
                "{wanted}"
            );
        }
    }
}
