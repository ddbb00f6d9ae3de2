//! Parser directives: the `# key=value` lines at the very top.

use plimsoll_text::{Source, Span};

use crate::model::{SyntaxError, SyntaxErrorKind, Word};

/// One `# key=value` line at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Which directive.
    pub kind: DirectiveKind,
    /// The key as written.
    pub name: Word,
    /// The value as written.
    pub value: Word,
    /// The line from its `#` on.
    pub span: Span,
    /// Whether an earlier line has the same key, so that this one is an error.
    pub duplicate: bool,
}

/// Which directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DirectiveKind {
    /// `# syntax=`
    Syntax,
    /// `# escape=`
    Escape,
    /// `# check=`
    Check,
    /// Any other key; builders take the line for a comment.
    Unknown,
}

/// What `# check=skip=A,B;error=true;experimental=C` asks for. Names are in the case as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// Checks to leave out; `all` for every one.
    pub skip: Vec<String>,
    /// Whether findings fail the build.
    pub error: bool,
    /// Experimental checks to run; `all` for every one.
    pub experimental: Vec<String>,
}

impl Directive {
    /// Its value read as the options of `check`.
    pub fn check_options(&self) -> CheckOptions {
        let mut res = CheckOptions::default();
        let names = |it: &str| {
            let names = it.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        };
        for option in self.value.text.split(';') {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            match key.trim().to_ascii_lowercase().as_str() {
                "skip" => res.skip = names(value),
                "experimental" => res.experimental = names(value),
                "error" => res.error = value.trim().eq_ignore_ascii_case("true"),
                _ => {}
            }
        }
        res
    }
}

/// The directives at the top, the escape character, and where the rest of the text starts.
pub(crate) struct Head {
    pub(crate) directives: Vec<Directive>,
    pub(crate) escape: char,
    pub(crate) end: usize,
}

/// Reads the directives at the top of `source`.
pub(crate) fn read_head(source: &Source, errors: &mut Vec<SyntaxError>) -> Head {
    let text = source.text();
    let mut end = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut directives: Vec<Directive> = Vec::new();
    let mut escape = '\\';
    while let Some(rest) = text.get(end..).filter(|it| !it.is_empty()) {
        let line_len = rest.find('\n').map_or(rest.len(), |it| it + 1);
        let line = rest.get(..line_len).unwrap_or_default();
        if directives.len() == MAX_DIRECTIVES {
            break;
        }
        let Some(mut directive) = read_directive(line, end) else { break };
        directive.duplicate = directive.kind != DirectiveKind::Unknown
            && directives.iter().any(|it| it.kind == directive.kind);
        check_directive(&directive, errors);
        if directive.kind == DirectiveKind::Escape && !directive.duplicate {
            escape = if directive.value.text == "`" { '`' } else { '\\' };
        }
        directives.push(directive);
        end += line_len;
    }
    Head { directives, escape, end }
}

/// One line of the form `# key = value`; nothing but white space may stand around its parts.
fn read_directive(line: &str, offset: usize) -> Option<Directive> {
    let content = line.trim_end();
    let after_sign = content.trim_start().strip_prefix('#')?.trim_start();
    let (name, value) = after_sign.split_once('=')?;
    let (name, value) = (name.trim_end(), value.trim_start());
    let fine = name.starts_with(|it: char| it.is_ascii_alphabetic())
        && name.chars().all(|it| it.is_ascii_alphanumeric())
        && !value.is_empty();
    if !fine {
        return None;
    }
    let sign = content.len() - content.trim_start().len();
    let kind = match name.to_ascii_lowercase().as_str() {
        "syntax" => DirectiveKind::Syntax,
        "escape" => DirectiveKind::Escape,
        "check" => DirectiveKind::Check,
        _ => DirectiveKind::Unknown,
    };
    let word = |text: &str, start: usize| Word {
        text: text.to_owned(),
        span: Span::new(offset + start, offset + start + text.len()),
        offset: start,
    };
    Some(Directive {
        kind,
        name: word(name, content.len() - after_sign.len()),
        value: word(value, content.len() - value.len()),
        span: Span::new(offset + sign, offset + content.len()),
        duplicate: false,
    })
}

fn check_directive(directive: &Directive, errors: &mut Vec<SyntaxError>) {
    let mut push = |message: String| {
        let kind = SyntaxErrorKind::BadDirective;
        errors.push(SyntaxError { span: directive.span, kind, message });
    };
    let name = &directive.name.text;
    if directive.duplicate {
        push(format!("the parser directive `{name}` stands here a second time; take one away"));
    }
    let value = directive.value.text.as_str();
    if directive.kind == DirectiveKind::Escape && !matches!(value, "\\" | "`") {
        push("`escape` must be a backslash or a backtick".to_owned());
    }
}

/// More lines of this form are no directives.
const MAX_DIRECTIVES: usize = 64;
