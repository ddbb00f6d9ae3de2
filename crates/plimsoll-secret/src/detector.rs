//! One kind of secret: how it looks, what stands beside it, and how sure a match is.

use std::{fmt, ops::Range, sync::OnceLock};

use plimsoll_finding::{Audience, Confidence, RuleInfo, Severity};
use regex::bytes::{Regex, RegexBuilder};

use crate::{
    checksum::Checksum,
    detectors::Detectors,
    found::{FileContext, Found, Limits},
    prefilter::{Keyword, MIN_KEYWORD},
};

/// Where a text comes from, for what is worth saying about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A folder of sources and settings.
    Folder,
    /// The layers of an image, where most text is other people's.
    Image,
}

/// One kind of secret.
#[derive(Debug)]
pub struct Detector {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) provider: &'static str,
    pub(crate) info: &'static RuleInfo,
    pub(crate) form: Form,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) keywords: Vec<Keyword>,
    pub(crate) entropy: f32,
    pub(crate) checksum: Option<Checksum>,
    pub(crate) paths: Vec<&'static str>,
    pub(crate) labels: Vec<&'static str>,
    pub(crate) image_audience: Audience,
    pub(crate) may_be_filler: bool,
    pub(crate) digits: usize,
    pub(crate) strict: Strict,
    pub(crate) is_bounded: bool,
    pub(crate) is_id: bool,
    pub(crate) exact: Vec<&'static str>,
    pub(crate) rank: u8,
    pub(crate) examples: Vec<&'static str>,
    pub(crate) counterexamples: Vec<&'static str>,
    pub(crate) reference: &'static str,
}

impl Detector {
    /// Its id without the `secret-` of the rule: `github-personal-access-token`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What it finds, in words: `GitHub personal access token`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whose format it is.
    pub fn provider(&self) -> &'static str {
        self.provider
    }

    /// The passport of its rule.
    pub fn info(&self) -> &'static RuleInfo {
        self.info
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.info.severity
    }

    /// How sure a match is, before its checksum is looked at.
    pub fn confidence(&self) -> Confidence {
        self.info.confidence
    }

    /// Who wants to hear of it there.
    pub fn audience(&self, setting: Setting) -> Audience {
        match setting {
            Setting::Folder => self.info.audience,
            Setting::Image => self.image_audience,
        }
    }

    /// Where the format is published; may be empty.
    pub fn reference(&self) -> &'static str {
        self.reference
    }

    /// The secrets that it finds by itself, even where another detector knows better.
    pub fn find_alone(
        &'static self,
        text: &[u8],
        context: FileContext<'_>,
        limits: Limits,
    ) -> Found {
        Detectors::builtin().find_with(text, context, limits, Some(self))
    }

    /// Texts that it must find a secret in.
    pub fn examples(&self) -> impl Iterator<Item = String> + '_ {
        self.examples.iter().map(|it| whole(it))
    }

    /// Texts that it must not.
    pub fn counterexamples(&self) -> impl Iterator<Item = String> + '_ {
        self.counterexamples.iter().map(|it| whole(it))
    }

    /// What is wrong with it; nothing, in the data that comes with the program.
    pub fn faults(&self) -> Vec<String> {
        let mut res = Vec::new();
        if self.pattern.as_ref().is_some_and(|it| !it.is_sound()) {
            res.push("its pattern cannot be compiled".to_owned());
        }
        if self.keywords.is_empty() {
            res.push("it has no keyword".to_owned());
        }
        for keyword in self.keywords.iter().filter(|it| it.text.len() < MIN_KEYWORD) {
            let text = String::from_utf8_lossy(&keyword.text);
            res.push(format!("keyword `{text}` is too short to be found"));
        }
        if self.examples.is_empty() && self.paths.is_empty() {
            res.push("it has no example".to_owned());
        }
        res
    }

    /// Whether it looks into a file of this path at all.
    pub(crate) fn wants(&self, path: &str) -> bool {
        if self.paths.is_empty() {
            return true;
        }
        let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        self.paths.iter().any(|it| name.ends_with(it) || path.ends_with(it))
    }
}

/// Whether stand-ins such as `changeme` are left alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Strict {
    /// No: the form is so special that nobody makes it up.
    #[default]
    No,
    /// Yes, but a common password is one.
    Weak,
    /// Yes.
    Yes,
}

/// How the place of a secret follows from that of a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The keyword is the start of the secret.
    Token,
    /// The keyword is the name of the service; the secret stands behind it.
    Near,
    /// The pattern is looked for so many bytes before and after the keyword.
    Pattern {
        /// Bytes before it.
        before: usize,
        /// Bytes after its end.
        after: usize,
    },
    /// Code knows what to do.
    Builtin(Builtin),
}

/// What code looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    /// `api_key = "..."`
    Key,
    /// `acme_key = "..."`
    MaybeKey,
    /// `password = "..."`
    Password,
    /// `scheme://user:password@host`
    Address,
    /// What [`Builtin::Key`] finds where its maker is known and would never make it.
    Misfit,
    /// A private key between its marks.
    PrivateKey,
    /// The values of a Kubernetes `Secret`.
    Manifest,
    /// `"auth": "dXNlcjpwYXNz"`
    DockerAuth,
    /// `curl -u user:password`
    CurlUser,
    /// `Authorization: Bearer ...`
    Header,
}

impl Builtin {
    /// What the data files call it.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let res = match name {
            "key" => Self::Key,
            "maybe-key" => Self::MaybeKey,
            "password" => Self::Password,
            "address" => Self::Address,
            "misfit" => Self::Misfit,
            "private-key" => Self::PrivateKey,
            "manifest" => Self::Manifest,
            "docker-auth" => Self::DockerAuth,
            "curl-user" => Self::CurlUser,
            "header" => Self::Header,
            _ => return None,
        };
        Some(res)
    }
}

/// A pattern that is compiled when it is first needed.
pub(crate) struct Pattern {
    text: &'static str,
    is_anchored: bool,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// `text` as a pattern; an anchored one matches at the start of what it is given only.
    pub(crate) fn new(text: &'static str, is_anchored: bool) -> Self {
        Self { text, is_anchored, regex: OnceLock::new() }
    }

    /// Whether it can be compiled.
    pub(crate) fn is_sound(&self) -> bool {
        self.regex().is_some()
    }

    /// The compiled form; `None` where the data is wrong, which a test rules out.
    pub(crate) fn regex(&self) -> Option<&Regex> {
        let compile = || {
            let anchored;
            let text = if self.is_anchored {
                anchored = format!(r"\A(?:{})", self.text);
                &anchored
            } else {
                self.text
            };
            RegexBuilder::new(text).unicode(false).size_limit(MAX_REGEX).build().ok()
        };
        self.regex.get_or_init(compile).as_ref()
    }

    /// The whole match and the secret in it: what the first group matched, or all.
    pub(crate) fn find_at(&self, text: &[u8], at: usize) -> Option<(Range<usize>, Range<usize>)> {
        let regex = self.regex()?;
        if regex.captures_len() == 1 {
            let range = regex.find_at(text, at)?.range();
            return Some((range.clone(), range));
        }
        let captures = regex.captures_at(text, at)?;
        let whole = captures.get(0)?.range();
        let secret =
            captures.iter().skip(1).flatten().next().map_or(whole.clone(), |it| it.range());
        Some((whole, secret))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// An example as it is meant: without the breaks that keep other scanners from taking the data for
/// a leak, and with its escapes resolved.
pub(crate) fn whole(example: &str) -> String {
    let mut res = String::new();
    let mut chars = example.chars();
    while let Some(char) = chars.next() {
        match char {
            '~' => {}
            '\\' => match chars.next() {
                Some('n') => res.push('\n'),
                Some('t') => res.push('\t'),
                Some(other) => res.push(other),
                None => {}
            },
            _ => res.push(char),
        }
    }
    res
}

/// How big a compiled pattern may be.
const MAX_REGEX: usize = 1 << 20;
