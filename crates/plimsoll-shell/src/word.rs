//! Words: what the shell splits a command into, with their quotes and expansions.
//!
//! Knows nothing of commands but that a substitution holds some.

use std::borrow::Cow;

use plimsoll_text::Span;

use crate::{command::Arithmetic, few::Few, script::List, text::Text};

/// One word as it is written.
#[derive(Clone, Debug)]
pub struct Word {
    /// Its bytes in the file.
    pub span: Span,
    /// What it is made of, in order. Empty for an empty value as in `x=`.
    pub parts: Few<WordPart>,
    /// The word as it is written in the logical text, quotes and all.
    pub raw: Text,
}

impl Word {
    /// The word after quote removal, if nothing in it depends on the run: no expansion, no live
    /// pattern, no brace expansion, no tilde.
    pub fn literal(&self) -> Option<Cow<'_, str>> {
        if let [part] = self.parts.as_slice() {
            return match &part.kind {
                WordPartKind::Literal(text) | WordPartKind::SingleQuoted(text) => {
                    Some(Cow::Borrowed(text.as_str()))
                }
                _ => self.collect_literal(),
            };
        }
        self.collect_literal()
    }

    /// The word after quote removal, with expansions, patterns and tildes kept as they are written.
    pub fn text(&self) -> Cow<'_, str> {
        if let [part] = self.parts.as_slice() {
            match &part.kind {
                WordPartKind::Literal(text) | WordPartKind::SingleQuoted(text) => {
                    return Cow::Borrowed(text.as_str());
                }
                WordPartKind::DoubleQuoted(_)
                | WordPartKind::LocaleQuoted(_)
                | WordPartKind::AnsiQuoted(_)
                | WordPartKind::Escaped(_) => {}
                _ => return Cow::Borrowed(self.raw_of(part)),
            }
        }
        let mut res = String::with_capacity(self.raw.len());
        self.push_text(&self.parts, &mut res);
        Cow::Owned(res)
    }

    /// Whether the word is exactly `text` after quote removal.
    pub fn is(&self, text: &str) -> bool {
        self.literal().is_some_and(|it| it == text)
    }

    /// Whether any part of it is quoted (a lone backslash counts).
    pub fn is_quoted(&self) -> bool {
        self.parts.iter().any(|it| it.kind.is_quoting())
    }

    /// Whether a parameter, command or arithmetic expansion stands outside of quotes, so that its
    /// result is split and globbed.
    pub fn has_unquoted_expansion(&self) -> bool {
        self.parts.iter().any(|it| it.kind.is_splittable())
    }

    /// Whether anything expands, in quotes or out of them.
    pub fn has_expansion(&self) -> bool {
        fn expands(part: &WordPart) -> bool {
            match &part.kind {
                WordPartKind::DoubleQuoted(parts) | WordPartKind::LocaleQuoted(parts) => {
                    parts.iter().any(expands)
                }
                kind => kind.is_splittable() || matches!(kind, WordPartKind::Process(_)),
            }
        }
        self.parts.iter().any(expands)
    }

    /// The name before `=` where the word reads as an assignment (`FOO=x`, as `env` and `export`
    /// take them).
    pub fn assignment_name(&self) -> Option<&str> {
        let Some(WordPart { kind: WordPartKind::Literal(text), .. }) = self.parts.first() else {
            return None;
        };
        let (name, _) = text.as_str().split_once('=')?;
        let name = name.strip_suffix('+').unwrap_or(name);
        is_name(name).then_some(name)
    }

    /// The text of `part` as it is written. The part must be of this word, at any depth outside of
    /// substitutions.
    pub fn raw_of(&self, part: &WordPart) -> &str {
        self.raw.sibling(part.start, part.end)
    }

    fn collect_literal(&self) -> Option<Cow<'_, str>> {
        let mut res = String::with_capacity(self.raw.len());
        push_literal(&self.parts, &mut res).then_some(Cow::Owned(res))
    }

    fn push_text(&self, parts: &[WordPart], res: &mut String) {
        for part in parts {
            match &part.kind {
                WordPartKind::DoubleQuoted(inner) | WordPartKind::LocaleQuoted(inner) => {
                    self.push_text(inner, res);
                }
                kind => res.push_str(kind.static_text().unwrap_or_else(|| self.raw_of(part))),
            }
        }
    }
}

/// One piece of a word.
#[derive(Clone, Debug)]
pub struct WordPart {
    /// Its bytes in the file, with its quotes.
    pub span: Span,
    /// What it is.
    pub kind: WordPartKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// What a piece of a word is.
#[derive(Clone, Debug)]
pub enum WordPartKind {
    /// Plain characters.
    Literal(Text),
    /// A backslash and the character that it makes plain (given without the backslash).
    Escaped(Text),
    /// `'…'`, given without the quotes.
    SingleQuoted(Text),
    /// `"…"`.
    DoubleQuoted(Vec<WordPart>),
    /// `$'…'`, with its escapes resolved. A bashism.
    AnsiQuoted(Text),
    /// `$"…"`. A bashism.
    LocaleQuoted(Vec<WordPart>),
    /// `$x`, `${x}`, `${x:-y}`.
    Parameter(Box<Parameter>),
    /// `$(…)` or backticks.
    Command(Box<CommandSubstitution>),
    /// `$((…))`.
    Arithmetic(Box<Arithmetic>),
    /// `<(…)` or `>(…)`. A bashism.
    Process(Box<ProcessSubstitution>),
    /// `~` or `~user` where it expands.
    Tilde(Text),
    /// A live `*`, `?`, `[` or the `]` that closes it.
    Glob(Text),
    /// `@(…)` and its kin, as it is written. A bashism.
    ExtendedGlob(Text),
    /// The `{` or `}` of a brace expansion (`{a,b}`, `{1..3}`). A bashism.
    Brace(Text),
    /// The `(…)` of an array value. A bashism.
    Array(Vec<Word>),
}

impl WordPartKind {
    /// Whether it is a quote of some kind.
    pub fn is_quoting(&self) -> bool {
        matches!(
            self,
            Self::Escaped(_)
                | Self::SingleQuoted(_)
                | Self::DoubleQuoted(_)
                | Self::AnsiQuoted(_)
                | Self::LocaleQuoted(_)
        )
    }

    /// Whether its result is split into fields where it stands outside of quotes.
    pub fn is_splittable(&self) -> bool {
        matches!(self, Self::Parameter(_) | Self::Command(_) | Self::Arithmetic(_))
    }

    fn static_text(&self) -> Option<&str> {
        match self {
            Self::Literal(text)
            | Self::Escaped(text)
            | Self::SingleQuoted(text)
            | Self::AnsiQuoted(text) => Some(text.as_str()),
            _ => None,
        }
    }
}

/// A parameter expansion.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The bytes in the file, from `$` on.
    pub span: Span,
    /// The name: an identifier, digits, or one of `@*#?-$!`. Empty where the text names nothing
    /// that can be expanded (a syntax error).
    pub name: Text,
    /// The bytes of the name.
    pub name_span: Span,
    /// Whether it is written with braces.
    pub braced: bool,
    /// `#` for the length (`${#x}`) or `!` for indirection (`${!x}`, a bashism).
    pub prefix: Option<char>,
    /// What stands in brackets after the name. A bashism.
    pub subscript: Option<Word>,
    /// What is done to the value.
    pub operator: Option<ParameterOperator>,
}

impl Parameter {
    /// Whether the shell sets it itself: `$@`, `$?`, `$1` and so on.
    pub fn is_special(&self) -> bool {
        !self.name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
    }

    /// Whether the result is a number or a status and so cannot hold blanks or patterns:
    /// `$#`, `$?`, `$$`, `$!`, `${#x}`.
    pub fn is_numeric(&self) -> bool {
        self.prefix == Some('#') || matches!(self.name.as_str(), "#" | "?" | "$" | "!")
    }
}

/// The operator of `${name…}` with what follows it.
#[derive(Clone, Debug)]
pub struct ParameterOperator {
    /// As it is written: `:-`, `-`, `:=`, `:?`, `:+`, `#`, `##`, `%`, `%%`, and the bashisms `/`,
    /// `//`, `/#`, `/%`, `^`, `^^`, `,`, `,,`, `@`, `:`.
    pub text: Text,
    /// Its bytes.
    pub span: Span,
    /// What follows up to the closing brace; may be empty.
    pub argument: Word,
}

/// A command substitution.
#[derive(Clone, Debug)]
pub struct CommandSubstitution {
    /// The bytes in the file with the delimiters.
    pub span: Span,
    /// The commands inside.
    pub list: List,
    /// How it is written.
    pub style: SubstitutionStyle,
}

/// How a command substitution is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubstitutionStyle {
    /// `$(…)`.
    Dollar,
    /// Backticks.
    Backtick,
}

/// A process substitution.
#[derive(Clone, Debug)]
pub struct ProcessSubstitution {
    /// The bytes in the file with the delimiters.
    pub span: Span,
    /// The commands inside.
    pub list: List,
    /// Whether it is `>(…)`: the command writes into it.
    pub is_output: bool,
}

/// Whether `text` is a name that a variable can have.
pub(crate) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
        && bytes.all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

fn push_literal(parts: &[WordPart], res: &mut String) -> bool {
    parts.iter().all(|part| match &part.kind {
        WordPartKind::DoubleQuoted(inner) | WordPartKind::LocaleQuoted(inner) => {
            push_literal(inner, res)
        }
        kind => kind.static_text().is_some_and(|text| {
            res.push_str(text);
            true
        }),
    })
}
