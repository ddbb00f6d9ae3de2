//! The baseline: the findings that were there when a team began, by fingerprint, so that only new
//! ones fail. One line an entry and sorted, so that the file merges and reads well in a review.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use plimsoll_finding::{Disposition, Finding};
use plimsoll_text::{LineColumn, Source, Span};
use serde_json::{Value, json};

use crate::error::PolicyError;

/// The findings of a baseline file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<String, BaselineEntry>,
}

/// One finding of a baseline, beside its fingerprint: for the reader, and to know which are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineEntry {
    /// The rule.
    pub rule: String,
    /// The file, from the folder of the settings.
    pub file: String,
    /// What was said.
    pub message: String,
}

impl Baseline {
    /// The baseline of `findings`: all that nobody waived. `relative` gives the path of a file from
    /// the folder of the settings.
    pub fn of(
        findings: impl IntoIterator<Item = Finding>,
        relative: impl Fn(&str) -> String,
    ) -> Self {
        let is_kept = |it: &Finding| !matches!(it.disposition, Disposition::Waived { .. });
        let entry = |it: Finding| {
            let (rule, file) = (it.rule.id.to_owned(), relative(&it.target().name));
            (it.fingerprint, BaselineEntry { rule, file, message: it.message })
        };
        Self { entries: findings.into_iter().filter(is_kept).map(entry).collect() }
    }

    /// Reads a baseline file.
    pub fn parse(source: &Arc<Source>) -> Result<Self, PolicyError> {
        let whole = |message: &str| {
            PolicyError::new(source, source.line_span(1).unwrap_or_default(), message)
                .hint("take a new baseline")
        };
        let value: Value = serde_json::from_str(source.text()).map_err(|it| {
            let position = LineColumn { line: it.line(), column: it.column().max(1) };
            let at = source.offset(position).unwrap_or(source.text().len());
            PolicyError::new(source, Span::empty(at), format!("not a baseline: {it}"))
        })?;
        match value.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(_) => {
                return Err(whole("a baseline of another version than `plimsoll-baseline/v1`"));
            }
            None => return Err(whole("not a baseline: there is no `schema`")),
        }
        let Some(findings) = value.get("findings").and_then(Value::as_array) else {
            return Err(whole("not a baseline: there is no list `findings`"));
        };
        let mut entries = BTreeMap::new();
        for (idx, finding) in findings.iter().enumerate() {
            let text = |key: &str| finding.get(key).and_then(Value::as_str).map(str::to_owned);
            let entry = text("rule").zip(text("file")).zip(text("message"));
            let Some((fingerprint, ((rule, file), message))) = text("fingerprint").zip(entry)
            else {
                let message = format!(
                    "entry {} of the baseline lacks `fingerprint`, `rule`, `file` or `message`",
                    idx + 1
                );
                return Err(whole(&message));
            };
            entries.insert(fingerprint, BaselineEntry { rule, file, message });
        }
        Ok(Self { entries })
    }

    /// The file that [`Baseline::parse`] reads: the same findings always give the same bytes.
    pub fn to_json(&self) -> String {
        let mut lines: Vec<_> = self.entries.iter().collect();
        lines.sort_by_key(|(fingerprint, it)| (&it.file, &it.rule, *fingerprint));
        let mut res = format!("{{\"schema\": \"{SCHEMA}\", \"findings\": [");
        for (idx, (fingerprint, entry)) in lines.into_iter().enumerate() {
            res.push_str(if idx == 0 { "\n" } else { ",\n" });
            let BaselineEntry { rule, file, message } = entry;
            // The keys are laid down here, so that their order is nobody else's setting.
            let [file, rule, message, fingerprint] =
                [file, rule, message, fingerprint].map(|it| json!(it));
            let _ = write!(
                res,
                "{{\"file\": {file}, \"rule\": {rule}, \"message\": {message}, \
                 \"fingerprint\": {fingerprint}}}"
            );
        }
        res.push_str("\n]}\n");
        res
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries by fingerprint.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &BaselineEntry)> {
        self.entries.iter().map(|(fingerprint, entry)| (fingerprint.as_str(), entry))
    }

    /// Disposes of the open findings that it holds; gives how many it holds, open or not.
    pub fn apply(&self, findings: &mut [Finding]) -> usize {
        let mut n_held = 0;
        for finding in findings {
            let Some(entry) = self.entries.get(&finding.fingerprint) else { continue };
            // A fingerprint belongs to one rule; another rule under it is not what was accepted.
            if entry.rule != finding.rule.id {
                continue;
            }
            n_held += 1;
            if finding.disposition == Disposition::Open {
                finding.disposition = Disposition::Baseline;
            }
        }
        n_held
    }
}

/// The name of this form of the file.
const SCHEMA: &str = "plimsoll-baseline/v1";

#[cfg(test)]
mod tests {
    use plimsoll_finding::{Disposition, Finding, Sink};
    use plimsoll_text::{Source, Span};

    use super::Baseline;
    use crate::{
        decide::assign_fingerprints,
        sample_rules::{LATEST_TAG, ROOT_USER},
    };

    fn findings(text: &str) -> Vec<Finding> {
        let source = Source::new("/repo/web/Dockerfile", text);
        let mut res = Vec::new();
        for (start, _) in text.match_indices("USER root") {
            Sink::new(&ROOT_USER, &source, &mut res).report(Span::new(start, start + 9), "root\"");
        }
        for (start, _) in text.match_indices("FROM a") {
            Sink::new(&LATEST_TAG, &source, &mut res).report(Span::new(start, start + 6), "latest");
        }
        assign_fingerprints(&mut res, "web/Dockerfile");
        res
    }

    fn relative(name: &str) -> String {
        name.trim_start_matches("/repo/").to_owned()
    }

    #[test]
    fn only_new_findings_stay_open_even_when_lines_move() {
        let baseline = Baseline::of(findings("FROM a\nUSER root\n"), relative);
        let mut later = findings("# moved\n\nFROM a\nUSER root\nUSER root\n");
        assert_eq!((baseline.apply(&mut later), baseline.len()), (2, 2));
        let open: Vec<_> =
            later.iter().map(|it| (it.rule.id, it.disposition == Disposition::Open)).collect();
        assert_eq!(open, [("root-user", false), ("root-user", true), ("latest-tag", false)]);
        let mut mended = findings("FROM b\n");
        assert_eq!(baseline.apply(&mut mended), 0);
    }

    #[test]
    fn a_baseline_file_is_stable_and_comes_back_whole() {
        let mut all = findings("FROM a\nUSER root\n");
        let baseline = Baseline::of(all.clone(), relative);
        let text = baseline.to_json();
        assert_eq!(text.lines().count(), 4);
        assert!(text.starts_with("{\"schema\": \"plimsoll-baseline/v1\", \"findings\": [\n"));
        assert!(text.contains("\"file\": \"web/Dockerfile\", \"rule\": \"latest-tag\""));
        assert_eq!(Baseline::parse(&Source::new("b.json", text.clone())), Ok(baseline));
        all.reverse();
        assert_eq!(Baseline::of(all.clone(), relative).to_json(), text);
        let empty = Baseline::default();
        assert_eq!(Baseline::parse(&Source::new("b", empty.to_json())), Ok(empty));
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        for (text, expected) in [
            ("", "b.json:1:1: not a baseline: "),
            ("{\"schema\": \"plimsoll-baseline/v1\",\n ?", "b.json:2:2: not a baseline: "),
            ("[]", "there is no `schema`"),
            ("{\"schema\": \"plimsoll-baseline/v2\"}", "another version"),
            ("{\"schema\": \"plimsoll-baseline/v1\"}", "no list `findings`"),
            (
                "{\"schema\": \"plimsoll-baseline/v1\", \"findings\": [{}]}",
                "entry 1 of the baseline lacks",
            ),
        ] {
            let error = Baseline::parse(&Source::new("b.json", text)).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let deep = "[".repeat(100_000);
        assert!(Baseline::parse(&Source::new("b.json", deep)).is_err());
    }
}
