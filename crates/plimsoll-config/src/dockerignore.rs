//! `.dockerignore`: which paths of a build context are left at home.
//!
//! Matches as BuildKit does. Does not know which ignore file is in force (a `NAME.dockerignore`
//! beside a Dockerfile goes before `.dockerignore`): that choice is the caller's, as is the disk.

use std::{error, fmt, mem, sync::Arc};

use plimsoll_text::{Source, Span};

/// Patterns after this many are not read.
pub const MAX_PATTERNS: usize = 4_096;

/// A pattern longer than this, in bytes, is not read.
pub const MAX_PATTERN_LENGTH: usize = 1_024;

/// Patterns are not read once they have this many bytes together, since matching one path takes
/// time in proportion to it.
pub const MAX_PATTERN_BYTES: usize = 128 * 1_024;

/// The patterns of one ignore file.
#[derive(Clone, Debug, Default)]
pub struct DockerIgnore {
    patterns: Vec<Pattern>,
}

impl DockerIgnore {
    /// Reads an ignore file. A bad pattern makes Docker refuse the build; here it costs that
    /// pattern.
    pub fn parse(source: &Arc<Source>) -> (Self, Vec<DockerIgnoreError>) {
        let mut res = Self::default();
        let mut errors = Vec::new();
        let mut bytes = 0;
        let mut start = 0;
        for (index, line) in source.text().split_inclusive('\n').enumerate() {
            let (offset, line) = without_mark(start, line, index == 0);
            start += line_length(source, start);
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let span = trimmed_span(offset, line);
            if res.patterns.len() >= MAX_PATTERNS || bytes >= MAX_PATTERN_BYTES {
                errors.push(DockerIgnoreError { span, kind: DockerIgnoreErrorKind::TooMany });
                break;
            }
            bytes += span.len();
            match Pattern::parse(line.trim(), span) {
                Ok(pattern) => res.patterns.push(pattern),
                Err(kind) => errors.push(DockerIgnoreError { span, kind }),
            }
        }
        (res, errors)
    }

    /// Whether `path` (relative to the context, with `/`) stays out of the build, and which pattern
    /// had the last word. What is asked of a folder holds for all in it that no exception names.
    pub fn matches(&self, path: &str) -> Decision {
        let path = clean(path);
        let mut decision = Decision::default();
        if path == "." || path.starts_with("../") || path == ".." {
            return decision;
        }
        let matched: Vec<Vec<bool>> = self.patterns.iter().map(|it| it.matches(&path)).collect();
        // What a parent folder matched is kept for what it holds, as BuildKit does on its way down.
        let mut held = vec![false; self.patterns.len()];
        for depth in 0..=path.matches('/').count() {
            decision = Decision::default();
            let all = self.patterns.iter().zip(&matched).zip(&mut held);
            for ((pattern, matched), held) in all {
                let matches_here = || matched.get(depth).copied().unwrap_or_default();
                if !*held {
                    // A pattern that could not change anything is not asked, nor is it held.
                    if pattern.is_exception != decision.ignored || !matches_here() {
                        continue;
                    }
                    *held = true;
                }
                decision = Decision { ignored: !pattern.is_exception, by: Some(pattern.span) };
            }
        }
        decision
    }

    /// Every pattern, in order.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Whether any pattern takes paths back in; if none does, an ignored folder need not be
    /// entered.
    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|it| it.is_exception)
    }
}

/// What becomes of a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether it stays out of the build.
    pub ignored: bool,
    /// The pattern that had the last word, if any spoke.
    pub by: Option<Span>,
}

/// One pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Its line without the white space around it.
    pub span: Span,
    /// It as Docker uses it: cleaned, without `!` and without the slash before.
    pub text: String,
    /// Whether it starts with `!` and so takes paths back in.
    pub is_exception: bool,
    tokens: Vec<Token>,
}

impl Pattern {
    fn parse(line: &str, span: Span) -> Result<Self, DockerIgnoreErrorKind> {
        if line.len() > MAX_PATTERN_LENGTH {
            return Err(DockerIgnoreErrorKind::TooLong);
        }
        let (is_exception, body) = match line.strip_prefix('!') {
            Some(rest) => (true, rest.trim()),
            None => (false, line),
        };
        if body.is_empty() {
            return Err(DockerIgnoreErrorKind::NoPattern);
        }
        let cleaned = clean(body);
        let text = match cleaned.strip_prefix('/') {
            Some(rest) if !rest.is_empty() => rest.to_owned(),
            _ => cleaned,
        };
        check(&text)?;
        let tokens = tokens_of(&text);
        Ok(Self { span, text, is_exception, tokens })
    }

    /// Whether it matches each parent folder of `path`, outermost first, and at last `path` itself;
    /// a shorter answer means no for the rest. Steps through `path` once while all ways to match
    /// are held at the same time, so the work is at most pattern length times path length.
    fn matches(&self, path: &str) -> Vec<bool> {
        let mut res = Vec::new();
        let mut now = States::new(self.tokens.len());
        let mut next = States::new(self.tokens.len());
        now.reach(0, &self.tokens);
        for char in path.chars() {
            if char == '/' {
                res.push(now.is_at_end());
            }
            next.clear();
            self.advance(&now, char, &mut next);
            mem::swap(&mut now, &mut next);
            if now.active.is_empty() {
                return res;
            }
        }
        res.push(now.is_at_end());
        res
    }

    fn advance(&self, now: &States, char: char, next: &mut States) {
        for at in now.active.iter().copied() {
            match self.tokens.get(at) {
                Some(Token::Literal(it)) if *it == char => next.reach(at + 1, &self.tokens),
                Some(Token::One) if char != '/' => next.reach(at + 1, &self.tokens),
                Some(Token::Class(it)) if it.holds(char) => next.reach(at + 1, &self.tokens),
                Some(Token::InSegment) if char != '/' => next.reach(at, &self.tokens),
                Some(Token::Rest) => next.reach(at, &self.tokens),
                Some(Token::Folders) => {
                    next.reach(at, &self.tokens);
                    if char == '/' {
                        next.reach(at + 1, &self.tokens);
                    }
                }
                _ => (),
            }
        }
    }
}

/// Something wrong with an ignore file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerIgnoreError {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: DockerIgnoreErrorKind,
}

/// What can be wrong with an ignore file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DockerIgnoreErrorKind {
    /// A `!` with nothing after it.
    NoPattern,
    /// A `[` without `]`, an empty or half range, or a `\` at the end.
    BadPattern,
    /// Longer than [`MAX_PATTERN_LENGTH`]; it was passed over.
    TooLong,
    /// More than [`MAX_PATTERNS`] or [`MAX_PATTERN_BYTES`]; from here on nothing was read.
    TooMany,
}

impl fmt::Display for DockerIgnoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            DockerIgnoreErrorKind::NoPattern => "`!` takes nothing back in without a pattern",
            DockerIgnoreErrorKind::BadPattern => {
                "not a pattern: a `[` is not closed, a range is not whole, or a `\\` stands last"
            }
            DockerIgnoreErrorKind::TooLong => "this pattern is too long and was passed over",
            DockerIgnoreErrorKind::TooMany => "too many patterns: from here on none was read",
        })
    }
}

impl error::Error for DockerIgnoreError {}

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Literal(char),
    /// `?`: one character of a name.
    One,
    /// `*`: the rest of a name, or some of it.
    InSegment,
    /// `[...]`.
    Class(Class),
    /// The way into `**`: either none of it, or the [`Token::Folders`] after it.
    MaybeFolders,
    /// One or more folders with the slash after them.
    Folders,
    /// Anything at all.
    Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    fn holds(&self, char: char) -> bool {
        self.ranges.iter().any(|it| it.0 <= char && char <= it.1) != self.negated
    }
}

/// The set of steps that a match may stand before.
struct States {
    seen: Vec<bool>,
    active: Vec<usize>,
}

impl States {
    fn new(n_tokens: usize) -> Self {
        Self { seen: vec![false; n_tokens + 1], active: Vec::new() }
    }

    /// Adds `at` and all that is reached from it without reading a character.
    fn reach(&mut self, at: usize, tokens: &[Token]) {
        let mut at = at;
        loop {
            let Some(seen) = self.seen.get_mut(at) else { return };
            if *seen {
                return;
            }
            *seen = true;
            self.active.push(at);
            match tokens.get(at) {
                Some(Token::InSegment | Token::Rest) => at += 1,
                Some(Token::MaybeFolders) => {
                    // The loop token is entered, but not passed: passing needs a slash.
                    if let Some(seen) = self.seen.get_mut(at + 1)
                        && !*seen
                    {
                        *seen = true;
                        self.active.push(at + 1);
                    }
                    at += 2;
                }
                _ => return,
            }
        }
    }

    fn clear(&mut self) {
        for at in self.active.drain(..) {
            if let Some(seen) = self.seen.get_mut(at) {
                *seen = false;
            }
        }
    }

    fn is_at_end(&self) -> bool {
        self.seen.last().copied().unwrap_or_default()
    }
}

/// Turns a checked pattern into steps.
fn tokens_of(pattern: &str) -> Vec<Token> {
    let chars: Vec<char> = pattern.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    let only_leading_stars =
        pattern.strip_prefix("**").is_some_and(|it| !it.contains(['*', '?', '[', ']', '\\']));
    let mut res = Vec::new();
    let mut index = 0;
    while let Some(char) = at(index) {
        index += 1;
        match char {
            '*' if at(index) == Some('*') => {
                index += 1;
                let has_slash = at(index) == Some('/');
                index += usize::from(has_slash);
                // `**name` with nothing special after it is read by Docker as "ends in name", while
                // with any other wildcard it means whole folders before the name.
                if index >= chars.len() || (only_leading_stars && !has_slash) {
                    res.push(Token::Rest);
                } else {
                    res.extend([Token::MaybeFolders, Token::Folders]);
                }
            }
            '*' => res.push(Token::InSegment),
            '?' => res.push(Token::One),
            '\\' => {
                res.push(Token::Literal(at(index).unwrap_or('\\')));
                index += 1;
            }
            '[' => match read_class(&chars, index) {
                Some((class, end)) => {
                    res.push(Token::Class(class));
                    index = end;
                }
                None => res.push(Token::Literal('[')),
            },
            _ => res.push(Token::Literal(char)),
        }
    }
    res
}

/// Whether Go's `filepath.Match` would accept the pattern.
fn check(pattern: &str) -> Result<(), DockerIgnoreErrorKind> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut index = 0;
    while let Some(char) = chars.get(index) {
        index += 1;
        match char {
            '\\' if index >= chars.len() => return Err(DockerIgnoreErrorKind::BadPattern),
            '\\' => index += 1,
            '[' => {
                index = read_class(&chars, index).ok_or(DockerIgnoreErrorKind::BadPattern)?.1;
            }
            _ => (),
        }
    }
    Ok(())
}

/// The class whose first character (after `[`) is at `index`, and where it ends.
fn read_class(chars: &[char], index: usize) -> Option<(Class, usize)> {
    let mut index = index;
    let mut res = Class::default();
    if chars.get(index) == Some(&'^') {
        res.negated = true;
        index += 1;
    }
    loop {
        if chars.get(index) == Some(&']') && !res.ranges.is_empty() {
            return Some((res, index + 1));
        }
        let (low, end) = class_char(chars, index)?;
        index = end;
        let mut high = low;
        if chars.get(index) == Some(&'-') {
            (high, index) = class_char(chars, index + 1)?;
        }
        res.ranges.push((low, high));
    }
}

fn class_char(chars: &[char], index: usize) -> Option<(char, usize)> {
    match chars.get(index)? {
        '-' | ']' => None,
        '\\' => Some((*chars.get(index + 1)?, index + 2)),
        char => Some((*char, index + 1)),
    }
}

/// A path without `.`, `..`, doubled slashes and a slash at the end, as far as words alone can say.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => (),
            ".." if parts.last().is_some_and(|it| *it != "..") => {
                parts.pop();
            }
            ".." if rooted => (),
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn line_length(source: &Arc<Source>, start: usize) -> usize {
    let rest = source.text().get(start..).unwrap_or_default();
    rest.find('\n').map_or(rest.len(), |it| it + 1)
}

/// The line and its offset without a byte order mark.
fn without_mark(start: usize, line: &str, is_first: bool) -> (usize, &str) {
    match line.strip_prefix('\u{feff}') {
        Some(rest) if is_first => (start + line.len() - rest.len(), rest),
        _ => (start, line),
    }
}

fn trimmed_span(start: usize, line: &str) -> Span {
    let left = line.len() - line.trim_start().len();
    Span::new(start + left, start + left + line.trim().len())
}

#[cfg(test)]
mod tests {
    use super::{DockerIgnore, DockerIgnoreErrorKind, MAX_PATTERNS};
    use plimsoll_text::Source;

    fn parse(text: &str) -> DockerIgnore {
        let (res, errors) = DockerIgnore::parse(&Source::new(".dockerignore", text));
        assert_eq!(errors, [], "{text:?}");
        res
    }

    #[test]
    fn patterns_match_as_docker_reads_them() {
        for (patterns, path, ignored) in CASES {
            let found = parse(patterns).matches(path).ignored;
            assert_eq!(found, *ignored, "{patterns:?} on `{path}`");
        }
    }

    const CASES: &[(&str, &str, bool)] = &[
        // Plain names: from the root of the context only, with all they hold.
        ("a", "a", true),
        ("a", "a/b/c", true),
        ("a", "b/a", false),
        ("a", "ab", false),
        ("/a", "a", true),
        ("a/", "a/b", true),
        ("./a/../b/", "b", true),
        ("a//b", "a/b", true),
        ("..", "a", false),
        ("../a", "a", false),
        ("/", "a", false),
        (".", "a", false),
        ("a", "./a", true),
        ("A", "a", false),
        (".env", ".env", true),
        (".env", ".env.local", false),
        // Wildcards stay within a name.
        ("*", "a", true),
        ("*", "a/b", true),
        ("*.md", "README.md", true),
        ("*.md", "docs/README.md", false),
        ("*/temp*", "a/temporary", true),
        ("*/temp*", "temporary", false),
        ("*/temp*", "a/b/temporary", false),
        ("*/*/temp*", "a/b/temporary.txt", true),
        ("temp?", "tempa", true),
        ("temp?", "temp", false),
        ("temp?", "temp/", false),
        ("a?c", "a/c", false),
        (".env*", ".env.local", true),
        // Two stars reach over folders.
        ("**", "a/b", true),
        ("**/a", "a", true),
        ("**/a", "b/c/a", true),
        ("**/a", "ba", false),
        ("**/a", "b/a/c", true),
        ("**a", "ba", true),
        ("**a*", "ba", false),
        ("**a*", "b/ab", true),
        ("**/*.go", "x.go", true),
        ("**/*.go", "a/b/x.go", true),
        ("**/.env*", "web/.env.prod", true),
        ("a/**", "a", false),
        ("a/**", "a/b", true),
        ("a/**", "a/b/c", true),
        ("a**", "abc/d", true),
        ("a/**/b", "a/b", true),
        ("a/**/b", "a/x/y/b", true),
        ("a/**/b", "a/xb", false),
        ("**/a/**", "x/a/b", true),
        ("**/a/**", "a/b", true),
        ("**/a/**", "a", false),
        ("a**b", "axb", false),
        ("a**b", "ax/b", true),
        ("*/**", "a", false),
        ("*/**", "a/b", true),
        ("***", "a", true),
        // Classes and escapes.
        ("[a-c]x", "bx", true),
        ("[a-c]x", "dx", false),
        ("[^a-c]x", "dx", true),
        ("[!a]x", "!x", true),
        ("a[\\]]b", "a]b", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("\\!a", "!a", true),
        ("a.c", "abc", false),
        ("a+(b)|{c}$", "a+(b)|{c}$", true),
        // Comments, white space, byte order mark, line ends.
        ("# a\na", "a", true),
        (" # a", "# a", true),
        ("  a  ", "a", true),
        ("\u{feff}a", "a", true),
        ("a\r\nb\r\n", "b", true),
        ("\n\n\na", "a", true),
        // Exceptions: the last word counts.
        ("*.md\n!README.md", "README.md", false),
        ("*.md\n!README.md", "OTHER.md", true),
        ("!README.md\n*.md", "README.md", true),
        ("*\n!src", "src/main.go", false),
        ("*\n!src", "secret", true),
        ("*\n!src/**", "src/main.go", false),
        ("*\n!src\nsrc/*.key", "src/a.key", true),
        ("*\n!src\nsrc/*.key", "src/a.go", false),
        ("*\n!a/b/c", "a/b/c", false),
        ("*\n!a/b/c", "a/b/d", true),
        ("*\n! src", "src", false),
        ("**\n!/src/", "src/x", false),
        ("a\n!a/b\na/b/c", "a/b/c", true),
        ("a\n!**/keep", "a/x/keep", false),
        // An exception that was not asked at the folder does not speak for what it holds.
        ("a/b\n!a", "a/b", true),
        ("", "a", false),
        ("*", ".", false),
        ("*", "../a", false),
    ];

    #[test]
    fn a_decision_names_the_pattern_that_had_the_last_word() {
        let source = Source::new(".dockerignore", "# keep\r\n *.md \r\n!README.md\n");
        let (ignore, _) = DockerIgnore::parse(&source);
        let word = |path| ignore.matches(path).by.map(|it| source.slice(it));
        assert_eq!(word("a.md"), Some("*.md"));
        assert_eq!(word("README.md"), Some("!README.md"));
        assert_eq!(word("a"), None);
        assert!(ignore.has_exceptions());
        assert_eq!(ignore.patterns()[1].text, "README.md");
    }

    #[test]
    fn what_docker_refuses_is_an_error_with_its_place() {
        for bad in ["!", "! ", "a[", "a[b", "[]a]", "[-a]", "[a-]", "a\\", "[^]", "\\"] {
            let text = format!("x\n{bad}\ny");
            let source = Source::new(".dockerignore", text);
            let (ignore, errors) = DockerIgnore::parse(&source);
            assert_eq!(errors.len(), 1, "{bad}");
            assert_eq!(source.slice(errors[0].span), bad.trim());
            assert!(ignore.matches("y").ignored);
        }
    }

    #[test]
    fn hostile_files_reach_limits_and_matching_stays_linear() {
        let many = "a\n".repeat(MAX_PATTERNS + 5);
        let (ignore, errors) = DockerIgnore::parse(&Source::new("x", many));
        assert_eq!(ignore.patterns().len(), MAX_PATTERNS);
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].kind, DockerIgnoreErrorKind::TooMany);
        let (_, errors) = DockerIgnore::parse(&Source::new("x", "a".repeat(5_000)));
        assert_eq!(errors[0].kind, DockerIgnoreErrorKind::TooLong);
        // A matcher that goes back would not come to an end here.
        let stars = format!("{}b", "*a".repeat(300));
        assert!(!parse(&stars).matches(&"a".repeat(4_000)).ignored);
        let deep = format!("{}b", "**/a*/".repeat(150));
        assert!(!parse(&deep).matches(&"a/".repeat(1_000)).ignored);
    }
}
