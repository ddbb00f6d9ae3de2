//! Reads the data files in `detectors/`.
//!
//! A file is a row of entries. An entry starts with `secret ID` and goes on with one fact a line,
//! `KEY VALUE`; `#` starts a comment line. Keys:
//!
//! - `name`, `provider`, `see` (where the format is published), `alias` (what other tools call it);
//! - `token PATTERN`: the secret, known by its start, which is the keyword unless `keyword` says
//!   otherwise; with `near NAMES` it has no start of its own and stands behind one of the names
//!   (`+` in a name is an optional separator);
//! - `pattern PATTERN` with `keyword`s, `before N` and `after N`: looked for around a keyword; the
//!   first group is the secret;
//! - `builtin NAME`: code looks for it; `label` is for private keys;
//! - `keyword` (letter case counts) and `word` (it does not), several parted by blanks; a blank in
//!   one is written `\s`;
//! - `entropy`, `check`, `severity`, `confidence`, `path`, `filler` (a filled form is one, too);
//! - `digits N` (so many at least), `strict` (a stand-in is no secret, and behind the name of a
//!   service a word such as `key` must lead to it; `weak` lets common passwords pass), `bounded` (a
//!   pattern's secret is no part of a longer word);
//! - `exact NAMES`: a setting whose name has one of these in it has a value of this form or none;
//!   `ids`: the word `id` leads to it, too;
//! - `audience hygiene`: only teams that ask for it hear of it; `image hygiene`: in images;
//!   `rank N`: who wins where two match the same text;
//! - `yes` and `no`: examples. `~` is left out of them, so that no example is a secret to the eyes
//!   of other scanners; `\n` is a line end and a backslash keeps the next character.

use plimsoll_finding::{Audience, Confidence, Severity};

use crate::{
    checksum::Checksum,
    detector::{Builtin, Detector, Form, Pattern, Strict},
    passport::{Passport, passport},
    prefilter::Keyword,
};

/// A data file: its path from the root of the project, and its text.
pub(crate) type DataFile = (&'static str, &'static str);

/// The detectors of a file, and what is wrong in it, with the line.
pub(crate) fn parse(file: DataFile) -> (Vec<Detector>, Vec<String>) {
    let mut res = Vec::new();
    let mut faults = Vec::new();
    let mut entry: Option<Entry> = None;
    for (idx, line) in file.1.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        let value = value.trim();
        if key == "secret" {
            res.extend(entry.take().and_then(|it| it.finish(file.0, &mut faults)));
            entry = Some(Entry { id: value, ..Entry::default() });
            continue;
        }
        let is_read = entry.as_mut().is_some_and(|it| it.set(key, value).is_some());
        if !is_read {
            faults.push(format!("{}:{}: cannot read `{key}`", file.0, idx + 1));
        }
    }
    res.extend(entry.and_then(|it| it.finish(file.0, &mut faults)));
    (res, faults)
}

/// An entry as it is read.
#[derive(Default)]
struct Entry {
    id: &'static str,
    name: &'static str,
    provider: &'static str,
    token: Option<&'static str>,
    pattern: Option<&'static str>,
    builtin: Option<Builtin>,
    near: Vec<Keyword>,
    keywords: Vec<Keyword>,
    before: usize,
    after: usize,
    entropy: Option<f32>,
    checksum: Option<Checksum>,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
    image_audience: Option<Audience>,
    rank: Option<u8>,
    may_be_filler: bool,
    digits: usize,
    strict: Strict,
    is_bounded: bool,
    is_id: bool,
    exact: Vec<&'static str>,
    audience: Option<Audience>,
    paths: Vec<&'static str>,
    labels: Vec<&'static str>,
    aliases: Vec<&'static str>,
    examples: Vec<&'static str>,
    counterexamples: Vec<&'static str>,
    reference: &'static str,
}

impl Entry {
    /// Takes one line; `None` where it means nothing.
    fn set(&mut self, key: &str, value: &'static str) -> Option<()> {
        let words = || value.split_whitespace();
        match key {
            "name" => self.name = value,
            "provider" => self.provider = value,
            "see" => self.reference = value,
            "alias" => self.aliases.extend(words()),
            "token" => self.token = Some(value),
            "pattern" => self.pattern = Some(value),
            "builtin" => self.builtin = Some(Builtin::parse(value)?),
            "near" => self.near.extend(words().flat_map(spellings)),
            "keyword" => self.keywords.extend(words().map(|it| keyword(it, true))),
            "word" => self.keywords.extend(words().map(|it| keyword(it, false))),
            "before" => self.before = value.parse().ok()?,
            "after" => self.after = value.parse().ok()?,
            "entropy" => self.entropy = Some(value.parse().ok()?),
            "check" => self.checksum = Some(Checksum::parse(value)?),
            "severity" => self.severity = Some(Severity::parse(value)?),
            "confidence" => self.confidence = Some(confidence(value)?),
            "image" => self.image_audience = Some(Audience::parse(value)?),
            "rank" => self.rank = Some(value.parse().ok()?),
            "filler" => self.may_be_filler = true,
            "digits" => self.digits = value.parse().ok()?,
            "strict" => self.strict = if value == "weak" { Strict::Weak } else { Strict::Yes },
            "bounded" => self.is_bounded = true,
            "ids" => self.is_id = true,
            "exact" => self.exact.extend(words()),
            "audience" => self.audience = Some(Audience::parse(value)?),
            "path" => self.paths.extend(words()),
            "label" => self.labels.extend(value.split('|').map(str::trim)),
            "yes" => self.examples.push(value),
            "no" => self.counterexamples.push(value),
            _ => return None,
        }
        Some(())
    }

    fn finish(self, file: &'static str, faults: &mut Vec<String>) -> Option<Detector> {
        let id = self.id;
        let (form, pattern, keywords) = self.form().or_else(|| {
            faults.push(format!("{file}: `{id}` says not how it looks"));
            None
        })?;
        let (rank, confidence, entropy) = match form {
            Form::Token => (6, Confidence::High, 2.0),
            Form::Pattern { .. } => (4, Confidence::High, 0.0),
            Form::Near => (3, Confidence::Medium, 2.0),
            Form::Builtin(_) => (1, Confidence::Medium, 0.0),
        };
        let confidence = self.confidence.unwrap_or(confidence);
        let info = passport(&Passport {
            id,
            name: self.name,
            provider: self.provider,
            aliases: self.aliases,
            severity: self.severity.unwrap_or(Severity::High),
            confidence,
            audience: self.audience.unwrap_or(Audience::Default),
            examples: &self.examples,
            reference: self.reference,
            file,
        });
        Some(Detector {
            id,
            name: self.name,
            provider: self.provider,
            info,
            form,
            pattern,
            keywords,
            entropy: self.entropy.unwrap_or(entropy),
            checksum: self.checksum,
            paths: self.paths,
            labels: self.labels,
            image_audience: self.image_audience.unwrap_or(info.audience),
            may_be_filler: self.may_be_filler,
            digits: self.digits,
            strict: self.strict,
            is_bounded: self.is_bounded,
            is_id: self.is_id,
            exact: self.exact,
            rank: self.rank.unwrap_or(rank),
            examples: self.examples,
            counterexamples: self.counterexamples,
            reference: self.reference,
        })
    }

    fn form(&self) -> Option<(Form, Option<Pattern>, Vec<Keyword>)> {
        let keywords = self.keywords.clone();
        if let Some(builtin) = self.builtin {
            return Some((Form::Builtin(builtin), None, keywords));
        }
        if let Some(text) = self.pattern {
            let form = Form::Pattern { before: self.before, after: self.after };
            return Some((form, Some(Pattern::new(text, false)), keywords));
        }
        let text = self.token?;
        let pattern = Some(Pattern::new(text, true));
        if !self.near.is_empty() {
            return Some((Form::Near, pattern, self.near.clone()));
        }
        let keywords = if keywords.is_empty() { vec![literal_start(text)] } else { keywords };
        Some((Form::Token, pattern, keywords))
    }
}

/// The letters that every match of a pattern starts with.
fn literal_start(pattern: &str) -> Keyword {
    let mut text = Vec::new();
    let mut bytes = pattern.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let literal = match byte {
            b'\\' if bytes.peek().is_some_and(u8::is_ascii_punctuation) => bytes.next(),
            b'\\' | b'[' | b'(' | b'.' | b'|' | b'^' | b'$' | b'{' => None,
            _ => Some(byte),
        };
        let Some(literal) = literal else { break };
        if bytes.peek().is_some_and(|it| matches!(it, b'?' | b'*' | b'{')) {
            break;
        }
        text.push(literal);
    }
    Keyword { text, is_exact: true }
}

/// The ways to write a name in which each `+` may be a separator.
fn spellings(name: &str) -> Vec<Keyword> {
    let parts: Vec<&str> = name.split('+').collect();
    if parts.len() == 1 {
        return vec![keyword(name, false)];
    }
    let separators = ["", "_", "-", " ", "."];
    separators.iter().map(|it| keyword(&parts.join(it), false)).collect()
}

fn keyword(text: &str, is_exact: bool) -> Keyword {
    let mut text = text.as_bytes().to_vec();
    if text.contains(&b'\\') {
        text = String::from_utf8_lossy(&text).replace("\\s", " ").into_bytes();
    }
    if !is_exact {
        text.make_ascii_lowercase();
    }
    Keyword { text, is_exact }
}

fn confidence(name: &str) -> Option<Confidence> {
    [Confidence::Low, Confidence::Medium, Confidence::High].into_iter().find(|it| it.name() == name)
}

#[cfg(test)]
mod tests {
    use super::{literal_start, parse, spellings};

    #[test]
    fn an_entry_is_read() {
        let text = "# a comment\nsecret acme-key\n  name Acme key\n  token acme_[0-9a-f]{8}\n  severity low\n";
        let (detectors, faults) = parse(("x.txt", text));
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(detectors[0].info().id, "secret-acme-key");
        assert_eq!(detectors[0].keywords[0].text, b"acme_");
        assert_eq!(parse(("x.txt", "secret a\nname x\n")).1.len(), 1);
        assert_eq!(parse(("x.txt", "secret a\nfoo x\ntoken abc\n")).1.len(), 1);
    }

    #[test]
    fn the_start_of_a_token_is_its_keyword() {
        for (pattern, start) in [
            (r"sk_live_[a-z]", "sk_live_"),
            (r"SG\.[a-z]", "SG."),
            (r"ab?c", "a"),
            (r"dop_v1_\w", "dop_v1_"),
        ] {
            assert_eq!(literal_start(pattern).text, start.as_bytes(), "{pattern}");
        }
        let words: Vec<_> = spellings("abstract+api").into_iter().map(|it| it.text).collect();
        assert_eq!(words[..2], [b"abstractapi".to_vec(), b"abstract_api".to_vec()]);
    }
}
