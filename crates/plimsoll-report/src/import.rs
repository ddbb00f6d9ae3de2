//! Reads the findings of other tools from SARIF 2.1.0, so that they come under the same policy,
//! waivers and report. Pure: who opens the log and the files it names is someone else.

use std::{collections::BTreeMap, error, fmt};

use plimsoll_finding::{
    Audience, Confidence, Disposition, Finding, FixKind, Place, RuleInfo, Severity, SubjectKind,
};
use plimsoll_text::{LineColumn, Location, Source, Span};
use serde::Deserialize;
use serde_json::Value;

use std::sync::Arc;

/// What a SARIF log holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// The findings, in the order of the log.
    pub findings: Vec<ImportedFinding>,
    /// What was read but is no finding, and why, with its number: gaps to report, never silence.
    pub passed_over: BTreeMap<&'static str, usize>,
}

/// A finding of another tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedFinding {
    /// The tool, in lower case, as it stands before the colon of an alias.
    pub tool: String,
    /// The tool's name for the rule.
    pub rule_id: String,
    /// What the rule looks for, in one line.
    pub title: String,
    /// How bad the tool thinks it is.
    pub severity: Severity,
    /// What is wrong here.
    pub message: String,
    /// The file: relative to the root that the tool worked in, or absolute. Foreign: whoever opens
    /// it must keep it inside of the tree under judgement.
    pub uri: String,
    /// Where in the file; nothing where the file as a whole is meant.
    pub region: Option<ImportedRegion>,
    /// The tool's stable name of the finding.
    pub fingerprint: Option<String>,
    /// What the tool says about the rule; Markdown.
    pub help: Arc<str>,
    /// Why the log says that it is accepted; nothing where it is not.
    pub suppressed: Option<String>,
}

/// A region of a file, in 1-based lines and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedRegion {
    /// The first position.
    pub start: LineColumn,
    /// The position after the last; nothing where the first line is meant from there on.
    pub end: Option<LineColumn>,
    /// What the columns count.
    pub columns: ColumnKind,
}

/// What a column of a log counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColumnKind {
    /// UTF-16 code units; what a log means that does not say.
    #[default]
    Utf16,
    /// Unicode scalar values.
    CodePoints,
}

/// Why a log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// The text is longer than [`LOG_BYTES`].
    TooLong,
    /// The log has more runs, results or rules than this reads; the word says which.
    TooMany(&'static str),
    /// The text is no SARIF; the words say where and why.
    NotSarif(String),
    /// The log is of a version that this does not know.
    Version(String),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the log is longer than {LOG_BYTES} bytes: split it"),
            Self::TooMany(what) => write!(f, "the log holds too many {what}: split it"),
            Self::NotSarif(why) => write!(f, "not a SARIF log: {why}"),
            Self::Version(version) => {
                write!(f, "SARIF version `{version}` is not known: convert the log to 2.1.0")
            }
        }
    }
}

impl error::Error for ImportError {}

/// Reads a SARIF 2.1.0 log.
pub fn read_sarif(text: &str) -> Result<Import, ImportError> {
    if text.len() > LOG_BYTES {
        return Err(ImportError::TooLong);
    }
    let text = text.trim_start_matches('\u{feff}');
    let log: Log =
        serde_json::from_str(text).map_err(|it| ImportError::NotSarif(it.to_string()))?;
    if log.version != "2.1.0" {
        return Err(ImportError::Version(log.version.chars().take(40).collect()));
    }
    if log.runs.len() > RUNS {
        return Err(ImportError::TooMany("runs"));
    }
    let n_results: usize = log.runs.iter().map(|it| it.results.as_ref().map_or(0, Vec::len)).sum();
    if n_results > RESULTS {
        return Err(ImportError::TooMany("results"));
    }
    let mut import = Import::default();
    for run in &log.runs {
        let reader = RunReader::new(run);
        for result in run.results.iter().flatten() {
            match reader.read(result) {
                Ok(finding) => import.findings.push(finding),
                Err(why) => *import.passed_over.entry(why).or_default() += 1,
            }
        }
    }
    Ok(import)
}

impl ImportedRegion {
    /// The region as a span of `source`; cut to the text where the log and the file disagree.
    pub fn span(&self, source: &Source) -> Span {
        let start = self.offset(source, self.start);
        let end = match self.end {
            Some(end) => self.offset(source, end),
            None => source.line_span(self.start.line).map_or(start, |it| it.end),
        };
        Span::new(start, end)
    }

    fn offset(&self, source: &Source, position: LineColumn) -> usize {
        let Some(line) = source.line_span(position.line) else { return source.text().len() };
        if self.columns == ColumnKind::CodePoints {
            return source.offset(position).unwrap_or(line.end);
        }
        let mut n_units = 0;
        for (at, letter) in source.slice(line).char_indices() {
            if n_units + 1 >= position.column {
                return line.start + at;
            }
            n_units += letter.len_utf16();
        }
        line.end
    }
}

impl ImportedFinding {
    /// The finding in our words, in `source`, the text of its file, under `rule`, its interned
    /// passport.
    pub fn finding(&self, rule: &'static RuleInfo, source: &Arc<Source>) -> Finding {
        let span = self.region.map(|it| it.span(source)).unwrap_or_default();
        let evidence = match &self.suppressed {
            Some(reason) => vec![format!("{} accepts it: {reason}", self.tool)],
            None => Vec::new(),
        };
        Finding {
            rule,
            severity: self.severity,
            confidence: rule.confidence,
            message: self.message.clone(),
            place: Place::Text(Location::new(source, span)),
            related: Vec::new(),
            evidence,
            fixes: Vec::new(),
            secrets: Vec::new(),
            disposition: Disposition::Open,
            names: Vec::new(),
            fingerprint: self.fingerprint.clone().unwrap_or_default(),
        }
    }
}

/// Makes passports for rules of other tools. A passport lives as long as the program, because a
/// finding points to it for ever, so each rule gets one only, and there is a limit to their number
/// and size.
#[derive(Debug, Default)]
pub struct Interner {
    known: BTreeMap<(String, String), &'static RuleInfo>,
}

impl Interner {
    /// The passport for the rule of `finding`, which judges subjects of the kind `subject`.
    pub fn intern(
        &mut self,
        finding: &ImportedFinding,
        subject: SubjectKind,
    ) -> Result<&'static RuleInfo, ImportError> {
        let key = (finding.tool.clone(), finding.rule_id.clone());
        if let Some(rule) = self.known.get(&key) {
            return Ok(rule);
        }
        if self.known.len() >= RULES {
            return Err(ImportError::TooMany("rules"));
        }
        let tool = &finding.tool;
        let id: &'static str = keep(format!("{tool}/{}", finding.rule_id));
        let alias: &'static str = keep(format!("{tool}:{}", finding.rule_id));
        let rule: &'static RuleInfo = Box::leak(Box::new(RuleInfo {
            id,
            aliases: Box::leak(Box::new([alias])),
            severity: finding.severity,
            confidence: Confidence::Medium,
            audience: Audience::Default,
            subject,
            controls: &[],
            fix: FixKind::None,
            doc: keep(format!("{}\n\n{}", finding.title, finding.help)),
            file: "",
        }));
        self.known.insert(key, rule);
        Ok(rule)
    }
}

fn keep(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

struct RunReader<'a> {
    run: &'a LogRun,
    tool: String,
    columns: ColumnKind,
    rules: BTreeMap<&'a str, &'a Rule>,
    helps: BTreeMap<&'a str, Arc<str>>,
}

impl<'a> RunReader<'a> {
    fn new(run: &'a LogRun) -> Self {
        let driver = &run.tool.driver;
        let tool: String =
            driver.name.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
        let extensions = run.tool.extensions.iter().flatten();
        let mut rules = BTreeMap::new();
        for rule in extensions.chain([driver]).flat_map(|it| it.rules.iter().flatten()) {
            rules.insert(rule.id.as_str(), rule);
        }
        let columns = match run.column_kind.as_deref() {
            Some("unicodeCodePoints") => ColumnKind::CodePoints,
            _ => ColumnKind::Utf16,
        };
        let help = |it: &Rule| Arc::from(cut(it.help().unwrap_or_default(), HELP_BYTES));
        let helps = rules.iter().map(|it| (*it.0, help(it.1))).collect();
        let tool = if tool.is_empty() { String::from("unknown") } else { name(&tool) };
        Self { run, tool, columns, rules, helps }
    }

    fn read(&self, result: &LogResult) -> Result<ImportedFinding, &'static str> {
        match result.kind.as_deref() {
            None | Some("fail" | "review" | "open") => {}
            Some(_) => return Err("the result says that all is well"),
        }
        if result.baseline_state.as_deref() == Some("absent") {
            return Err("the finding is gone since the baseline of the log");
        }
        let rule = self.rule(result);
        let reference = result.rule.as_ref().and_then(|it| it.id.as_deref());
        let rule_id = result.rule_id.as_deref().or(reference).or(rule.map(|it| it.id.as_str()));
        let rule_id = rule_id.filter(|it| !it.is_empty()).ok_or("the result names no rule")?;
        let location =
            result.locations.iter().flatten().find_map(|it| it.physical_location.as_ref());
        let location = location.ok_or("the result has no place in a file")?;
        let uri = self.uri(location.artifact_location.as_ref()).ok_or("the place names no file")?;
        let title = rule.and_then(Rule::title).unwrap_or(rule_id);
        let message = self.message(result, rule).unwrap_or_else(|| title.to_owned());
        Ok(ImportedFinding {
            tool: self.tool.clone(),
            rule_id: name(rule_id),
            title: cut(title.lines().next().unwrap_or_default(), TITLE_BYTES),
            severity: severity(result, rule),
            message: cut(message.trim().trim_end_matches('.'), MESSAGE_BYTES),
            uri: cut(&uri, URI_BYTES),
            region: location.region.as_ref().and_then(|it| self.region(it)),
            fingerprint: fingerprint(result),
            help: rule.and_then(|it| self.helps.get(it.id.as_str())).cloned().unwrap_or_default(),
            suppressed: suppressed(result),
        })
    }

    fn rule(&self, result: &LogResult) -> Option<&'a Rule> {
        let reference = result.rule.as_ref();
        let component = reference.and_then(|it| it.tool_component.as_ref()).and_then(|it| it.index);
        let holder = match component {
            Some(index) => self.run.tool.extensions.as_ref()?.get(usize::try_from(index).ok()?)?,
            None => &self.run.tool.driver,
        };
        let index = result.rule_index.or(reference.and_then(|it| it.index));
        let index = index.and_then(|it| usize::try_from(it).ok());
        if let Some(rule) = index.and_then(|it| holder.rules.as_ref()?.get(it)) {
            return Some(rule);
        }
        let id = result.rule_id.as_deref().or(reference.and_then(|it| it.id.as_deref()))?;
        // `A1/sub` belongs to the rule `A1` where no rule has the whole name.
        let parent = id.rsplit_once('/').map_or(id, |it| it.0);
        self.rules.get(id).or_else(|| self.rules.get(parent)).copied()
    }

    fn message(&self, result: &LogResult, rule: Option<&Rule>) -> Option<String> {
        let message = result.message.as_ref()?;
        let by_id = || {
            let id = message.id.as_deref()?;
            let own = rule.and_then(|it| it.message_strings.as_ref()?.get(id));
            let all = || self.run.tool.driver.global_message_strings.as_ref()?.get(id);
            own.or_else(all)?.text.as_deref()
        };
        let text = message.text.as_deref().or_else(by_id).or(message.markdown.as_deref())?;
        let mut res = cut(text, MESSAGE_BYTES);
        for (number, argument) in message.arguments.iter().flatten().take(ARGUMENTS).enumerate() {
            // An argument that names an argument must not grow the text without end.
            let argument = cut(argument, NAME_BYTES);
            res = cut(&res.replace(&format!("{{{number}}}"), &argument), MESSAGE_BYTES);
        }
        (!res.trim().is_empty()).then_some(res)
    }

    fn uri(&self, artifact: Option<&Artifact>) -> Option<String> {
        let mut artifact = artifact?;
        if artifact.uri.is_none() {
            let index = usize::try_from(artifact.index?).ok()?;
            artifact = self.run.artifacts.as_ref()?.get(index)?.location.as_ref()?;
        }
        let mut uri = artifact.uri.clone()?;
        let mut base = artifact.uri_base_id.as_deref();
        for _ in 0..BASES {
            let Some(id) = base.filter(|_| !is_absolute(&uri)) else { break };
            let Some(parent) = self.run.original_uri_base_ids.as_ref().and_then(|it| it.get(id))
            else {
                break;
            };
            if let Some(before) = &parent.uri {
                let slash = if before.ends_with('/') || before.is_empty() { "" } else { "/" };
                uri = cut(&format!("{before}{slash}{uri}"), URI_BYTES);
            }
            base = parent.uri_base_id.as_deref();
        }
        let path = uri.strip_prefix("file://localhost").or(uri.strip_prefix("file://"));
        let path = decode(path.unwrap_or(&uri));
        (!path.is_empty() && !path.contains('\0')).then_some(path)
    }

    fn region(&self, region: &Region) -> Option<ImportedRegion> {
        let line = position(region.start_line)?;
        let start = LineColumn { line, column: position(region.start_column).unwrap_or(1) };
        let end_line = position(region.end_line).unwrap_or(line).max(line);
        let end = match position(region.end_column) {
            Some(column) => Some(LineColumn { line: end_line, column }),
            // Without a column the last line is meant to its end.
            None if end_line > line => Some(LineColumn { line: end_line, column: usize::MAX }),
            None => None,
        };
        Some(ImportedRegion { start, end, columns: self.columns })
    }
}

fn position(number: Option<i64>) -> Option<usize> {
    usize::try_from(number?).ok().filter(|it| *it > 0)
}

fn is_absolute(uri: &str) -> bool {
    uri.starts_with('/') || uri.split('/').next().is_some_and(|it| it.contains(':'))
}

/// The severity: the number that GitHub reads, else the level of the result, else that of the rule.
fn severity(result: &LogResult, rule: Option<&Rule>) -> Severity {
    let score = |properties: &Option<Value>| {
        let value = properties.as_ref()?.get("security-severity")?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
    };
    let score = score(&result.properties).or_else(|| score(&rule?.properties));
    if let Some(score) = score {
        return match score {
            it if it >= 9.0 => Severity::Critical,
            it if it >= 7.0 => Severity::High,
            it if it >= 4.0 => Severity::Medium,
            it if it > 0.0 => Severity::Low,
            _ => Severity::Info,
        };
    }
    let default = || rule?.default_configuration.as_ref()?.level.as_deref();
    match result.level.as_deref().or_else(default).unwrap_or("warning") {
        "error" => Severity::High,
        "note" => Severity::Low,
        "none" => Severity::Info,
        _ => Severity::Medium,
    }
}

/// The tool's name of the finding; of several, the first by key, so that it is the same in each
/// run.
fn fingerprint(result: &LogResult) -> Option<String> {
    let named = result.fingerprints.iter().chain(&result.partial_fingerprints);
    let first = named.filter_map(|it| it.values().next()).find(|it| !it.is_empty());
    first.map(|it| cut(it, NAME_BYTES))
}

fn suppressed(result: &LogResult) -> Option<String> {
    let accepted = result
        .suppressions
        .iter()
        .flatten()
        .find(|it| it.status.as_deref().is_none_or(|status| status == "accepted"))?;
    let reason = accepted.justification.as_deref().filter(|it| !it.trim().is_empty());
    Some(cut(reason.unwrap_or("no reason is given"), MESSAGE_BYTES))
}

/// Turns `%20` and its like into characters; what is no valid number or no UTF-8 stays as it is.
fn decode(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let hex = pair.filter(|it| *first == b'%' && it.bytes().all(|it| it.is_ascii_hexdigit()));
        if let Some(byte) = hex.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| uri.to_owned())
}

/// A name that can stand in a waiver, a setting and an address: other characters become `-`.
fn name(text: &str) -> String {
    let fits = |it: char| it.is_alphanumeric() || "-_./:".contains(it);
    let short = text.get(..crate::mask::floor_boundary(text, NAME_BYTES)).unwrap_or_default();
    short.chars().map(|it| if fits(it) { it } else { '-' }).collect()
}

/// The first `n_bytes` of `text`, with a sign where it was longer.
fn cut(text: &str, n_bytes: usize) -> String {
    if text.len() <= n_bytes {
        return text.to_owned();
    }
    let end = crate::mask::floor_boundary(text, n_bytes);
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[derive(Deserialize)]
struct Log {
    version: String,
    runs: Vec<LogRun>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogRun {
    tool: Tool,
    results: Option<Vec<LogResult>>,
    artifacts: Option<Vec<ArtifactEntry>>,
    original_uri_base_ids: Option<BTreeMap<String, Artifact>>,
    column_kind: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Component,
    extensions: Option<Vec<Component>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    name: String,
    rules: Option<Vec<Rule>>,
    global_message_strings: Option<BTreeMap<String, Text>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    name: Option<String>,
    short_description: Option<Text>,
    full_description: Option<Text>,
    help: Option<Text>,
    message_strings: Option<BTreeMap<String, Text>>,
    default_configuration: Option<Configuration>,
    properties: Option<Value>,
}

impl Rule {
    fn title(&self) -> Option<&str> {
        let texts = [&self.short_description, &self.full_description];
        let described = texts.into_iter().flatten().find_map(|it| it.text.as_deref());
        described.or(self.name.as_deref()).filter(|it| !it.trim().is_empty())
    }

    fn help(&self) -> Option<&str> {
        let help = self.help.as_ref();
        let markdown = help.and_then(|it| it.markdown.as_deref());
        let text = markdown.or_else(|| help.and_then(|it| it.text.as_deref()));
        text.or_else(|| self.full_description.as_ref()?.text.as_deref())
    }
}

#[derive(Deserialize)]
struct Text {
    text: Option<String>,
    markdown: Option<String>,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogResult {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<RuleReference>,
    kind: Option<String>,
    level: Option<String>,
    message: Option<Message>,
    locations: Option<Vec<LogLocation>>,
    fingerprints: Option<BTreeMap<String, String>>,
    partial_fingerprints: Option<BTreeMap<String, String>>,
    baseline_state: Option<String>,
    suppressions: Option<Vec<Suppression>>,
    properties: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleReference {
    id: Option<String>,
    index: Option<i64>,
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    index: Option<i64>,
}

#[derive(Deserialize)]
struct Message {
    text: Option<String>,
    markdown: Option<String>,
    id: Option<String>,
    arguments: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogLocation {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<Artifact>,
    region: Option<Region>,
}

#[derive(Deserialize)]
struct ArtifactEntry {
    location: Option<Artifact>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: Option<String>,
    uri_base_id: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<i64>,
    start_column: Option<i64>,
    end_line: Option<i64>,
    end_column: Option<i64>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
    justification: Option<String>,
}

/// A longer log is refused.
pub const LOG_BYTES: usize = 128 * 1024 * 1024;
/// A log with more runs is refused.
pub const RUNS: usize = 200;
/// A log with more results is refused.
pub const RESULTS: usize = 100_000;
/// So many rules of other tools are taken in the life of the program.
pub const RULES: usize = 2000;
/// Names and fingerprints are cut to so many bytes.
const NAME_BYTES: usize = 200;
/// Titles are cut to so many bytes.
const TITLE_BYTES: usize = 300;
/// Messages are cut to so many bytes.
const MESSAGE_BYTES: usize = 2000;
/// Addresses are cut to so many bytes.
const URI_BYTES: usize = 4096;
/// Help is cut to so many bytes.
const HELP_BYTES: usize = 4096;
/// So many arguments of a message are filled in.
const ARGUMENTS: usize = 20;
/// So many base addresses are followed.
const BASES: usize = 8;
