use std::collections::HashMap;

use plimsoll_config::env_file::EnvEntry;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::{Edit, Span};

use crate::{rule::rule, subject::env_file::EnvFileSubject};

rule! {
    /// A `.env` file sets the same name twice.
    ///
    /// ## Why
    /// The last one counts. Whoever changes the first wonders why nothing happens.
    ///
    /// ## Bad
    /// ```ini
    /// PORT=80
    /// # ^ env-file-duplicate-key
    /// HOST=a
    /// PORT=8080
    /// ```
    ///
    /// ## Fixed
    /// ```ini
    /// # ^ env-file-duplicate-key
    /// HOST=a
    /// PORT=8080
    /// ```
    ///
    /// ## Good
    /// ```ini
    /// PORT=80
    /// port=81
    /// ```
    ///
    /// ## Limits
    /// No fix is offered where a value in between may use the first one.
    ///
    /// ## References
    /// - Docker documentation: `.env` file syntax
    "env-file-duplicate-key" for EnvFileSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &EnvFileSubject, sink: &mut Sink<'_>) {
    let mut last = HashMap::new();
    for (idx, entry) in subject.file.entries.iter().enumerate() {
        last.insert(entry.key.as_str(), idx);
    }
    // Whether a value behind the entry at hand may use what stands before it.
    let last_use = subject.file.entries.iter().rposition(interpolates);
    for (idx, entry) in subject.file.entries.iter().enumerate() {
        let later_idx = last.get(entry.key.as_str()).copied().filter(|it| *it > idx);
        let Some(later) = later_idx.and_then(|it| subject.file.entries.get(it)) else { continue };
        let key = &entry.key;
        let message = format!("`{key}` is set again further down, and the last one counts");
        let draft = sink.report(entry.key_span, message).related(later.key_span, "this one counts");
        if last_use.is_none_or(|it| it <= idx) {
            let line = whole_lines(subject.source.text(), entry);
            draft.fix(
                format!("Take the first `{key}` away"),
                Safety::Safe,
                vec![Edit::delete(line)],
            );
        }
    }
}

fn interpolates(entry: &EnvEntry) -> bool {
    entry.value.as_ref().is_some_and(|it| it.interpolates)
}

/// The entry with the rest of its lines: `export` before it, a comment after it, the line end.
fn whole_lines(text: &str, entry: &EnvEntry) -> Span {
    let span = entry.span();
    let before = text.get(..span.start).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let after = text.get(span.end..).unwrap_or_default();
    let end = after.find('\n').map_or(text.len(), |it| span.end + it + 1);
    Span::new(start, end)
}
