//! The flags before the arguments, and the options inside `--mount=`.

use std::ops::Range;

use plimsoll_text::Span;

use crate::{
    keyword::Keyword,
    logical::LogicalText,
    model::{Flag, SyntaxError, SyntaxErrorKind},
    payload::{Mount, MountOption, StageReference},
    stage::StageNames,
    words::{skip_white_space, unquote},
};

/// A flag, and where its value stands in the logical text.
pub(crate) struct RawFlag {
    pub(crate) flag: Flag,
    pub(crate) value_range: Option<Range<usize>>,
}

/// Reads the flags from `at` on; returns them and where the arguments start.
pub(crate) fn read_flags(text: &LogicalText, at: usize, escape: char) -> (Vec<RawFlag>, usize) {
    let mut res = Vec::new();
    let mut at = skip_white_space(text.text(), at);
    while text.text().get(at..).is_some_and(|it| it.starts_with("--")) {
        let end = word_end(text.text(), at, escape);
        if end == at + 2 {
            // A bare `--` ends the flags.
            at = skip_white_space(text.text(), end);
            break;
        }
        res.push(flag(text, at..end, escape));
        at = skip_white_space(text.text(), end);
    }
    (res, at)
}

/// Tells of flags that the instruction does not know, or that stand twice.
pub(crate) fn check_flags(keyword: Keyword, flags: &[RawFlag], errors: &mut Vec<SyntaxError>) {
    if let Some(first) = flags.get(MAX_CHECKED_FLAGS) {
        let message = format!("flags after the first {MAX_CHECKED_FLAGS} are not checked");
        let kind = SyntaxErrorKind::LimitExceeded;
        errors.push(SyntaxError { span: first.flag.span, kind, message });
    }
    for (idx, RawFlag { flag, .. }) in flags.iter().enumerate().take(MAX_CHECKED_FLAGS) {
        let name = flag.name.as_str();
        let mut push = |kind, message: String| {
            errors.push(SyntaxError { span: flag.span, kind, message });
        };
        let earlier = flags.iter().take(idx).any(|it| it.flag.name == name);
        if !keyword.flags().contains(&name) {
            let message = format!("`{}` has no flag `--{name}`", keyword.name());
            push(SyntaxErrorKind::UnknownFlag, message);
        } else if earlier && !REPEATABLE.contains(&name) {
            let message = format!("`--{name}` may stand once only");
            push(SyntaxErrorKind::DuplicateFlag, message);
        } else if BOOLEAN.contains(&name) {
            if flag.is_true().is_none() && !flag.text().contains('$') {
                let message = format!("`--{name}` is either `true` or `false`");
                push(SyntaxErrorKind::BadFlagValue, message);
            }
        } else if flag.value.is_none() {
            push(SyntaxErrorKind::BadFlagValue, format!("`--{name}` needs a value"));
        }
    }
}

/// Reads the value of a `--mount` flag.
pub(crate) fn read_mount(
    text: &LogicalText,
    value: Range<usize>,
    names: &StageNames,
    stage: usize,
) -> Mount {
    let mut options = Vec::new();
    let mut start = value.start;
    let raw = text.slice(value.clone());
    let mut in_quotes = false;
    let mut push = |from: usize, to: usize| {
        if from < to {
            options.push(mount_option(text, from..to));
        }
    };
    for (idx, char) in raw.char_indices() {
        in_quotes ^= char == '"';
        if char == ',' && !in_quotes {
            push(start, value.start + idx);
            start = value.start + idx + 1;
        }
    }
    push(start, value.end);
    let find = |key: &str| options.iter().find(|it: &&MountOption| it.key == key);
    let kind = find("type").and_then(|it| it.value.clone()).unwrap_or_else(|| "bind".to_owned());
    let from = find("from").and_then(|it| Some((it.value.clone()?, it.value_span?)));
    let from = from.map(|(text, span)| {
        let target = names.resolve(&text, stage);
        StageReference { text, span, stage: target }
    });
    let span = text.locate(value);
    Mount { kind, options, span, from }
}

fn mount_option(text: &LogicalText, range: Range<usize>) -> MountOption {
    let trim = |it: &str| it.trim_matches('"').to_owned();
    let raw = text.slice(range.clone());
    let span = text.locate(range.clone());
    let Some((key, value)) = raw.split_once('=') else {
        return MountOption {
            key: trim(raw).to_ascii_lowercase(),
            value: None,
            span,
            value_span: None,
        };
    };
    MountOption {
        key: trim(key).to_ascii_lowercase(),
        value: Some(trim(value)),
        span,
        value_span: Some(text.locate(range.end - value.len()..range.end)),
    }
}

fn flag(text: &LogicalText, range: Range<usize>, escape: char) -> RawFlag {
    let raw = text.slice(range.clone());
    let body = raw.strip_prefix("--").unwrap_or(raw);
    let span: Span = text.locate(range.clone());
    let Some((name, value)) = body.split_once('=') else {
        let name = unquote(body, escape);
        let flag = Flag { name, value: None, span, value_span: None };
        return RawFlag { flag, value_range: None };
    };
    let value_range = range.end - value.len()..range.end;
    let flag = Flag {
        name: unquote(name, escape),
        value: Some(unquote(value, escape)),
        span,
        value_span: Some(text.locate(value_range.clone())),
    };
    RawFlag { flag, value_range: Some(value_range) }
}

/// Where the word that starts at `start` ends: at white space outside of quotes and escapes.
fn word_end(text: &str, start: usize, escape: char) -> usize {
    let mut quote = None;
    let rest = text.get(start..).unwrap_or_default();
    let mut chars = rest.char_indices();
    while let Some((idx, char)) = chars.next() {
        match quote {
            None if char.is_whitespace() => return start + idx,
            None if char == '\'' || char == '"' => quote = Some(char),
            Some(it) if it == char => quote = None,
            _ => {}
        }
        if char == escape {
            chars.next();
        }
    }
    text.len()
}

/// Flags that may stand several times.
const REPEATABLE: [&str; 3] = ["mount", "exclude", "device"];
/// Flags that are true or false.
const BOOLEAN: [&str; 4] = ["link", "parents", "keep-git-dir", "unpack"];
/// Flags beyond this are not checked, since each is compared to all before it.
const MAX_CHECKED_FLAGS: usize = 256;
