//! Waivers in other tools' files: `.trivyignore`, `.trivyignore.yaml`, `.checkov.yaml`,
//! `.hadolint.yaml`.
//!
//! Knows no YAML: the engine reads it and hands over what is in it, with the places.

use std::sync::Arc;

use plimsoll_finding::{LabelKind, Origin, RuleInfo, Severity};
use plimsoll_text::{Location, Source, Span};

use crate::{
    names::{Tool, find_tool_rules},
    others::{is_explanation, last_day},
    path_patterns::PathPatterns,
    rules::MALFORMED_WAIVER,
    settings::{FailOn, RuleOverride, Settings},
    waiver::{Scope, WaivedName, Waiver, Waivers, rule_ids},
};

/// A file that lists what a tool is not to report.
#[derive(Clone, Debug)]
pub struct IgnoreFile {
    /// The file.
    pub source: Arc<Source>,
    /// Whose it is.
    pub tool: Tool,
    /// What it lists.
    pub entries: Vec<IgnoreEntry>,
}

/// One thing that is not to be reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoreEntry {
    /// The tool's name for the check.
    pub name: String,
    /// Where it stands.
    pub place: Span,
    /// Path patterns where it holds; none is everywhere.
    pub paths: Vec<String>,
    /// From when it holds no longer, as it is written.
    pub expires: Option<String>,
    /// Why, if that is said.
    pub statement: Option<String>,
}

/// Reads a `.trivyignore`: a check or an advisory a line, `exp:YYYY-MM-DD` behind it, comments. A
/// comment right above an entry is taken as its reason.
pub fn parse_trivyignore(source: &Arc<Source>) -> IgnoreFile {
    let mut entries = Vec::new();
    let mut statement = None;
    for line in 1..=source.line_count() {
        let span = source.line_span(line).unwrap_or_default();
        let text = source.slice(span).trim_start_matches('\u{feff}').trim();
        if let Some(comment) = text.strip_prefix('#') {
            statement = Some(comment.trim().to_owned());
            continue;
        }
        let said = statement.take();
        let (text, behind) = text.split_once(" #").unwrap_or((text, ""));
        let mut words = text.split_whitespace();
        let Some(name) = words.next() else { continue };
        let expires = words.find_map(|it| it.strip_prefix("exp:")).map(str::to_owned);
        let behind = if is_explanation(behind) { Some(behind.trim().to_owned()) } else { None };
        let statement = behind.or(said);
        let entry = IgnoreEntry { name: name.to_owned(), place: span, ..IgnoreEntry::default() };
        entries.push(IgnoreEntry { expires, statement, ..entry });
    }
    IgnoreFile { source: Arc::clone(source), tool: Tool::Trivy, entries }
}

/// Turns what `file` lists into waivers. Names without a rule here (advisories, say) waive nothing.
pub fn read_ignore_file(file: &IgnoreFile, rules: &[&'static RuleInfo]) -> Waivers {
    let mut res = Waivers::default();
    for entry in &file.entries {
        if res.waivers.len() >= MAX_ENTRIES {
            let message =
                format!("more than {MAX_ENTRIES} entries for rules; the rest is not read");
            res.report(&MALFORMED_WAIVER, &file.source, entry.place, message);
            break;
        }
        let place = Location::new(&file.source, entry.place);
        let found = find_tool_rules(file.tool, &entry.name, rules);
        if found.is_empty() {
            res.unmapped.push(place);
            continue;
        }
        match read_entry(file, entry, WaivedName { place, rules: rule_ids(&found) }) {
            Ok(waiver) => res.waivers.push(waiver),
            Err(why) => res.report(&MALFORMED_WAIVER, &file.source, entry.place, why),
        }
    }
    res
}

/// What a `.hadolint.yaml` says.
#[derive(Clone, Debug)]
pub struct HadolintFile {
    /// The file.
    pub source: Arc<Source>,
    /// `ignored`: codes and their places.
    pub ignored: Vec<(String, Span)>,
    /// `override`: codes under the word for their new severity.
    pub overrides: Vec<HadolintOverride>,
    /// `trustedRegistries`.
    pub trusted_registries: Vec<String>,
    /// `label-schema`: labels and the words for their kinds.
    pub label_schema: Vec<(String, String)>,
    /// `strict-labels`.
    pub strict_labels: Option<bool>,
    /// `failure-threshold`, or `none` where `no-fail` is set.
    pub failure_threshold: Option<String>,
}

impl HadolintFile {
    /// A file that says nothing.
    pub fn new(source: &Arc<Source>) -> Self {
        Self {
            source: Arc::clone(source),
            ignored: Vec::new(),
            overrides: Vec::new(),
            trusted_registries: Vec::new(),
            label_schema: Vec::new(),
            strict_labels: None,
            failure_threshold: None,
        }
    }
}

/// A code that gets another severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HadolintOverride {
    /// The code.
    pub name: String,
    /// Where it stands.
    pub place: Span,
    /// `error`, `warning`, `info` or `style`.
    pub severity: String,
}

/// Takes over what a `.hadolint.yaml` says, before `plimsoll.toml` is read on top of it. What it
/// ignores becomes waivers, so that it stays counted; its threshold holds for Dockerfiles only.
pub fn adopt_hadolint(
    settings: &mut Settings,
    file: &HadolintFile,
    rules: &[&'static RuleInfo],
) -> Waivers {
    for said in &file.overrides {
        let Some(severity) = hadolint_severity(&said.severity) else { continue };
        for rule in find_tool_rules(Tool::Hadolint, &said.name, rules) {
            let place = Location::new(&file.source, said.place);
            let severity = Some(severity);
            let said = RuleOverride { enabled: None, severity, audience: None, place };
            settings.rules.insert(rule.id, said);
        }
    }
    settings.rule_settings.allowed_registries.extend(file.trusted_registries.iter().cloned());
    for (label, word) in &file.label_schema {
        let kind = LabelKind::parse(word).unwrap_or(LabelKind::Text);
        settings.rule_settings.required_labels.insert(label.clone(), kind);
    }
    if let Some(strict) = file.strict_labels {
        settings.rule_settings.strict_labels = strict;
    }
    let threshold = file.failure_threshold.as_deref();
    settings.dockerfile_fail_on = threshold.and_then(|word| match word {
        "none" | "ignore" => Some(FailOn::Never),
        _ => hadolint_severity(word).map(FailOn::From),
    });
    let entry = |(name, place): &(String, Span)| IgnoreEntry {
        name: name.clone(),
        place: *place,
        ..IgnoreEntry::default()
    };
    let entries = file.ignored.iter().map(entry).collect();
    let source = Arc::clone(&file.source);
    read_ignore_file(&IgnoreFile { source, tool: Tool::Hadolint, entries }, rules)
}

fn read_entry(file: &IgnoreFile, entry: &IgnoreEntry, name: WaivedName) -> Result<Waiver, String> {
    let until = match &entry.expires {
        None => None,
        Some(text) => Some(
            last_day(text).ok_or("entry whose day of expiry is not a day; it waives nothing")?,
        ),
    };
    let paths = match &entry.paths[..] {
        [] => None,
        paths => Some(
            PathPatterns::new(paths.to_vec())
                .map_err(|(_, why)| format!("entry with a bad path waives nothing: {why}"))?,
        ),
    };
    let statement = entry.statement.as_deref().map(str::trim).filter(|it| is_explanation(it));
    let reason = match statement {
        Some(statement) => statement.to_owned(),
        None => format!("ignored by `{}`", file.source.name()),
    };
    Ok(Waiver {
        origin: Origin::Settings(name.place.clone()),
        names: vec![name],
        scope: Scope::Files { paths, fingerprint: None },
        reason,
        until,
        owner: None,
        tool: Some(file.tool),
    })
}

fn hadolint_severity(word: &str) -> Option<Severity> {
    match word {
        "error" => Some(Severity::High),
        "warning" => Some(Severity::Medium),
        "info" => Some(Severity::Low),
        "style" => Some(Severity::Info),
        _ => None,
    }
}

/// The most waivers made from one file: each is held against each finding.
const MAX_ENTRIES: usize = 2000;

#[cfg(test)]
mod tests {
    use plimsoll_finding::{LabelKind, Severity};
    use plimsoll_text::{Source, Span};

    use super::{
        HadolintFile, HadolintOverride, IgnoreEntry, IgnoreFile, adopt_hadolint, parse_trivyignore,
        read_ignore_file,
    };
    use crate::{
        names::Tool,
        sample_rules::{LATEST_TAG, RULES},
        settings::{FailOn, Settings},
        waiver::Scope,
    };

    #[test]
    fn a_trivyignore_waives_checks_with_its_days_and_comments() {
        let source = Source::new(
            ".trivyignore",
            "# The vendor needs root.\nAVD-DS-0002\n\nDS001 exp:2027-03-02 # until the move\n\
             CVE-2020-1234\nDS-0001 exp:soon\n",
        );
        let read = read_ignore_file(&parse_trivyignore(&source), RULES);
        let [root, latest] = &read.waivers[..] else { panic!("{read:?}") };
        assert_eq!(
            (root.names[0].rules[0], &*root.reason),
            ("root-user", "The vendor needs root.")
        );
        assert_eq!(root.until, None);
        assert_eq!((latest.names[0].rules[0], &*latest.reason), ("latest-tag", "until the move"));
        assert_eq!(latest.until.unwrap().to_string(), "2027-03-01");
        assert_eq!(latest.place().start().line, 4);
        assert_eq!(read.unmapped[0].text(), "CVE-2020-1234");
        assert_eq!(
            read.findings[0].message,
            "entry whose day of expiry is not a day; it waives nothing"
        );
    }

    #[test]
    fn entries_hold_where_they_say() {
        let source = Source::new(".trivyignore.yaml", "x");
        let entry = |name: &str, path: &str| IgnoreEntry {
            name: name.to_owned(),
            paths: vec![path.to_owned()],
            ..IgnoreEntry::default()
        };
        let entries = vec![entry("AVD-DS-0002", "old/**"), entry("AVD-DS-0002", "a[")];
        let read = read_ignore_file(&IgnoreFile { source, tool: Tool::Trivy, entries }, RULES);
        assert_eq!((read.waivers.len(), read.findings.len()), (1, 1));
        assert_eq!(read.waivers[0].reason, "ignored by `.trivyignore.yaml`");
        let Scope::Files { paths: Some(paths), .. } = &read.waivers[0].scope else { panic!() };
        assert!(paths.matches("old/Dockerfile") && !paths.matches("Dockerfile"));
    }

    #[test]
    fn a_hadolint_file_is_adopted_and_plimsoll_toml_stands_above_it() {
        let source = Source::new(".hadolint.yaml", "ignored: [DL3002, DL9999]");
        let file = HadolintFile {
            ignored: vec![
                ("DL3002".to_owned(), Span::new(10, 16)),
                ("DL9999".to_owned(), Span::new(18, 24)),
            ],
            overrides: vec![HadolintOverride {
                name: "DL3007".to_owned(),
                place: Span::new(0, 1),
                severity: "error".to_owned(),
            }],
            trusted_registries: vec!["ghcr.io".to_owned()],
            label_schema: vec![("version".to_owned(), "semver".to_owned())],
            strict_labels: Some(true),
            failure_threshold: Some("error".to_owned()),
            ..HadolintFile::new(&source)
        };
        let mut settings = Settings::default();
        let waivers = adopt_hadolint(&mut settings, &file, RULES);
        assert_eq!(waivers.waivers[0].place().text(), "DL3002");
        assert_eq!(waivers.waivers[0].reason, "ignored by `.hadolint.yaml`");
        assert_eq!(waivers.unmapped[0].text(), "DL9999");
        let terms = settings.for_path("Dockerfile");
        assert_eq!(terms.severity(&LATEST_TAG), Some(Severity::High));
        assert_eq!(terms.fail_on(&LATEST_TAG), FailOn::From(Severity::High));
        assert_eq!(terms.fail_on(&crate::sample_rules::HOST_PORT), FailOn::default());
        assert_eq!(settings.rule_settings.required_labels["version"], LabelKind::SemVer);
        assert!(settings.rule_settings.strict_labels);
        let toml = Source::new("plimsoll.toml", "rules = { latest-tag = 'low' }\nfail-on = 'low'");
        let terms = settings.parse_over(&toml, RULES).unwrap().for_path("Dockerfile");
        assert_eq!(terms.severity(&LATEST_TAG), Some(Severity::Low));
        assert_eq!(terms.fail_on(&LATEST_TAG), FailOn::From(Severity::Low));
    }
}
