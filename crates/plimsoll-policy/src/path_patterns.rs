//! Path patterns as people know them from `.gitignore`, without its negation.
//!
//! Knows no disk: a path is a text relative to the folder of the settings file, with `/` between
//! names.

use std::fmt;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns of which one must match. A pattern without `/` means a name at any depth, one with `/`
/// starts at the folder of the settings file; a pattern that matches a folder covers all below it.
#[derive(Clone, Default)]
pub struct PathPatterns {
    patterns: Vec<String>,
    set: GlobSet,
}

impl PathPatterns {
    /// The most patterns that one list may hold.
    pub const MAX_PATTERNS: usize = 1000;
    /// The longest pattern, in bytes.
    pub const MAX_LENGTH: usize = 1024;

    /// Reads `patterns`; the error is the index of the pattern that is none, and why.
    pub fn new(patterns: Vec<String>) -> Result<Self, (usize, String)> {
        if patterns.len() > Self::MAX_PATTERNS {
            let why = format!("more than {} patterns in one list", Self::MAX_PATTERNS);
            return Err((Self::MAX_PATTERNS, why));
        }
        let mut builder = GlobSetBuilder::new();
        for (idx, pattern) in patterns.iter().enumerate() {
            for glob in globs(pattern).map_err(|why| (idx, why))? {
                builder.add(glob);
            }
        }
        let set = builder.build().map_err(|it| (0, it.to_string()))?;
        Ok(Self { patterns, set })
    }

    /// Whether any pattern matches `path`.
    pub fn matches(&self, path: &str) -> bool {
        let path = path.strip_prefix("./").unwrap_or(path);
        !self.patterns.is_empty() && self.set.is_match(path)
    }

    /// The patterns as they were written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

impl fmt::Debug for PathPatterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.patterns).finish()
    }
}

impl PartialEq for PathPatterns {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

impl Eq for PathPatterns {}

/// The globs for `pattern`: the thing itself, and all that is below it.
fn globs(pattern: &str) -> Result<[Glob; 2], String> {
    if pattern.len() > PathPatterns::MAX_LENGTH {
        return Err(format!("a pattern is longer than {} bytes", PathPatterns::MAX_LENGTH));
    }
    let name = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
    if name.starts_with('!') {
        return Err("a pattern cannot be negated; list what is meant".to_owned());
    }
    let rooted = if name.contains('/') {
        name.trim_start_matches('/').to_owned()
    } else {
        format!("**/{name}")
    };
    if name.is_empty() || rooted.is_empty() {
        return Err("an empty pattern matches nothing".to_owned());
    }
    let glob = |text: &str| {
        GlobBuilder::new(text)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|it| it.kind().to_string())
    };
    Ok([glob(&rooted)?, glob(&format!("{rooted}/**"))?])
}

#[cfg(test)]
mod tests {
    use super::PathPatterns;

    #[test]
    fn a_pattern_covers_what_its_writer_means() {
        for (pattern, path, expected) in [
            ("Dockerfile", "web/Dockerfile", true),
            ("Dockerfile", "web/Dockerfile.dev", false),
            ("vendor", "a/vendor/b/Dockerfile", true),
            ("vendor/", "vendor/b/Dockerfile", true),
            ("legacy/*", "legacy/Dockerfile", true),
            ("legacy/*.yml", "legacy/deep/compose.yml", false),
            ("legacy/**/*.yml", "legacy/deep/compose.yml", true),
            ("/web/Dockerfile", "web/Dockerfile", true),
            ("/web", "other/web/Dockerfile", false),
            ("./web/**", "web/Dockerfile", true),
            ("web/Dockerfile", "./web/Dockerfile", true),
            ("*.{yml,yaml}", "x/compose.yaml", true),
            ("**", "x/y", true),
        ] {
            let patterns = PathPatterns::new(vec![pattern.to_owned()]).unwrap();
            assert_eq!(patterns.matches(path), expected, "{pattern} {path}");
        }
        assert!(!PathPatterns::default().matches("x"));
    }

    #[test]
    fn a_pattern_that_is_none_is_named() {
        let error = |patterns: &[&str]| {
            let patterns = patterns.iter().map(|it| (*it).to_owned()).collect();
            PathPatterns::new(patterns).unwrap_err().0
        };
        assert_eq!(error(&["ok", "a[b"]), 1);
        assert_eq!(error(&["", "x"]), 0);
        assert_eq!(error(&["/"]), 0);
        assert_eq!(error(&["!x"]), 0);
        assert_eq!(error(&[&"a".repeat(2000)]), 0);
    }
}
