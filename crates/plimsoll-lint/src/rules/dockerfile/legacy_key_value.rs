use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, Pair};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `ENV` or `LABEL` without an equals sign.
    ///
    /// ## Why
    /// In the old form `ENV KEY value` all that follows is one value: `ENV A 1 B 2` sets `A` only.
    /// With an equals sign what is set is what is read.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV VERSION 1.2
    /// # ^ legacy-key-value
    /// ENV ONE 1 TWO $TWO
    /// # ^ legacy-key-value
    /// LABEL title "An example"
    /// # ^ legacy-key-value
    /// ENV MIXED "a b" c\ d  e
    /// # ^ legacy-key-value
    /// ENV OPTIONS -a=1
    /// # ^ legacy-key-value
    /// ENV PACKAGES \
    /// # ^ legacy-key-value
    ///     curl
    /// ENV MORE \
    /// # ^ legacy-key-value
    ///     curl \
    ///     git
    /// ENV LIST curl \
    /// # ^ legacy-key-value
    ///     git \
    ///     make
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV VERSION=1.2
    /// # ^ legacy-key-value
    /// ENV ONE="1 TWO $TWO"
    /// # ^ legacy-key-value
    /// LABEL title="An example"
    /// # ^ legacy-key-value
    /// ENV MIXED="a b"\ c\ d\ \ e
    /// # ^ legacy-key-value
    /// ENV OPTIONS=-a=1
    /// # ^ legacy-key-value
    /// ENV PACKAGES=\
    /// # ^ legacy-key-value
    /// curl
    /// ENV MORE="\
    /// # ^ legacy-key-value
    /// curl \
    ///     git"
    /// ENV LIST="curl \
    /// # ^ legacy-key-value
    ///     git \
    ///     make"
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV A=1 B="2 3"
    /// LABEL title="An example"
    /// ```
    ///
    /// ## Limits
    /// A value that has quotes in some places, blanks in others and goes over several lines is
    /// reported, but not rewritten.
    ///
    /// ## References
    /// - Docker build checks: legacy key/value format
    "legacy-key-value" for DockerfileSubject {
        aliases: ["buildkit:LegacyKeyValueFormat", "droast:DF082", "dockerfilelint:label_invalid"],
        severity: Info,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Safe,
        check: Check::On(&[Keyword::Env, Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let (InstructionKind::Env(pairs) | InstructionKind::Label(pairs)) = &instruction.kind else {
        return;
    };
    let ([pair], true) = (pairs.pairs.as_slice(), pairs.legacy) else { return };
    let edits = with_equals(subject, pair).unwrap_or_default();
    let name = instruction.keyword.name();
    let message = format!("this is the old form of `{name}`; put `=` between key and value");
    sink.report(instruction.name, message).fix("Use the form `key=value`", Safety::Safe, edits);
}

/// What joins key and value so that the value stays the same to the byte.
fn with_equals(subject: &DockerfileSubject, pair: &Pair) -> Option<Vec<Edit>> {
    let (source, escape) = (&subject.dockerfile.source, subject.dockerfile.escape);
    let gap = Span::new(pair.key.span.end, pair.value.span.start);
    // A key with quotes or escapes is split otherwise in the new form.
    if pair.key.text.contains(['"', '\'', '=', '$', escape]) {
        return None;
    }
    let value = pair.value.text.as_str();
    let bare_spaces = bare_white_space(value, escape)?;
    if bare_spaces.is_empty() {
        return join(source.slice(gap), gap, escape, "=");
    }
    if !value.contains(['"', '\'', escape]) {
        let mut edits = join(source.slice(gap), gap, escape, "=\"")?;
        edits.push(Edit::insert(pair.value.span.end, "\""));
        return Some(edits);
    }
    // Quotes are there already, so each blank outside of them is escaped. The places of the
    // blanks are known only where no line ends inside the value.
    if source.slice(pair.value.span) != value {
        return None;
    }
    let start = pair.value.span.start;
    let mut edits = join(source.slice(gap), gap, escape, "=")?;
    edits.extend(bare_spaces.iter().map(|it| Edit::insert(start + it, escape.to_string())));
    Some(edits)
}

/// Puts `sign` in the place of the white space between key and value. Comments in between stay.
fn join(gap_text: &str, gap: Span, escape: char, sign: &str) -> Option<Vec<Edit>> {
    if !gap_text.contains('#') {
        return Some(vec![Edit::replace(gap, sign)]);
    }
    // Of one line end the white space on both its sides is cut; more of them are left alone.
    let n_ends = gap_text.lines().filter(|it| !it.trim_start().starts_with('#'));
    let n_ends = n_ends.filter(|it| it.contains(escape)).count();
    let first = gap_text.find(escape)?;
    let last_line = gap_text.rfind('\n')? + 1;
    let is_blank = |it: Option<&str>| it.is_some_and(|it| it.trim().is_empty());
    if n_ends != 1 || !is_blank(gap_text.get(..first)) || !is_blank(gap_text.get(last_line..)) {
        return None;
    }
    let (start, end) = (gap.start, gap.end);
    Some(vec![
        Edit::replace(Span::new(start, start + first), sign),
        Edit::delete(Span::new(start + last_line, end)),
    ])
}

/// Where white space stands outside of quotes and without an escape; `None` if a quote stays open.
fn bare_white_space(value: &str, escape: char) -> Option<Vec<usize>> {
    let mut res = Vec::new();
    let mut quote = None;
    let mut chars = value.char_indices();
    while let Some((at, char)) = chars.next() {
        match quote {
            Some(it) if it == char => quote = None,
            None if matches!(char, '"' | '\'') => quote = Some(char),
            None if char.is_whitespace() => res.push(at),
            _ if char == escape && quote != Some('\'') => {
                chars.next()?;
            }
            _ => {}
        }
    }
    quote.is_none().then_some(res)
}
