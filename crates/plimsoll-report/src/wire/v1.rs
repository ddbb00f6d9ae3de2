//! Version 1 of the documents for machines: the serde twins of the vocabulary, as the machine
//! contract names them. The docs here are the descriptions in the printed JSON schema. Fields are
//! added, never renamed, removed or given another meaning.

pub mod comply;
pub mod host;
pub mod image;

use std::{borrow::Cow, collections::BTreeMap, ops::Deref, sync::Arc};

use plimsoll_finding as domain;
use plimsoll_policy as policy;
use plimsoll_policy::{Chunk, Verdict};
use plimsoll_text::{LineColumn, Location};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    mask::{MASK, Masks},
    run::Run,
    tally::{self, Tally},
};

/// The value of `schema` in every document of this version.
pub const SCHEMA: &str = "plimsoll/v1";

/// The report of a run: every finding, and how far the run looked.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// Always `plimsoll/v1`.
    pub schema: &'static str,
    /// The program that wrote this.
    pub tool: Tool,
    /// When and how it ran.
    pub run: RunInfo,
    /// What it comes to.
    pub outcome: Outcome,
    /// Every finding, whatever became of it, in a stable order.
    pub findings: Vec<Finding>,
    /// Every unit that was looked at, and every gap.
    pub coverage: Vec<Coverage>,
    /// Counts.
    pub stats: Stats,
}

impl Report {
    /// The document without its findings.
    pub(crate) fn frame(verdict: &Verdict, run: &Run, masks: &Masks) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool { name: "plimsoll", version: run.version.clone() },
            run: RunInfo {
                started: (!run.started.is_empty()).then(|| run.started.clone()),
                command: (!run.command.is_empty()).then(|| masks.text(&run.command)),
                working_directory: run.working_directory.clone(),
                fail_on: verdict.fail_on.map(Severity::from),
            },
            outcome: verdict.outcome.into(),
            findings: Vec::new(),
            coverage: verdict
                .coverage
                .iter()
                .map(Coverage::from)
                .map(|it| Coverage { why: masks.text(&it.why), ..it })
                .collect(),
            stats: Stats::new(verdict),
        }
    }
}

/// Turns findings into their twins.
pub(crate) struct Twins<'a> {
    masks: &'a Masks,
    passports: BTreeMap<&'static str, Passport>,
}

impl<'a> Twins<'a> {
    /// For the findings of `verdict`.
    pub(crate) fn new(verdict: &Verdict, masks: &'a Masks) -> Self {
        let mut passports = BTreeMap::new();
        for rule in verdict.findings.heads().map(|it| it.rule) {
            passports.entry(rule.id).or_insert_with(|| Passport::of(rule));
        }
        Self { masks, passports }
    }

    /// The twins of all findings of `chunk`, in its order, one for one.
    pub(crate) fn of(&self, chunk: &Chunk) -> impl Iterator<Item = Finding> {
        self.pairs(chunk).map(|it| it.1)
    }

    /// All findings of `chunk` and their twins.
    pub(crate) fn pairs(&self, chunk: &Chunk) -> impl Iterator<Item = (domain::Finding, Finding)> {
        let mut n_equal: BTreeMap<(&str, String, String), usize> = BTreeMap::new();
        chunk.iter().map(move |finding| {
            let mut twin = self.twin(&finding);
            if twin.fingerprint.is_empty() {
                // Code hosts take findings without a name for one and the same.
                let text = finding.place.text().map(Location::text).unwrap_or_default();
                let key = (finding.rule.id, twin.target.name.clone(), text.to_owned());
                let nth = n_equal.entry(key).or_default();
                let target = &twin.target.name;
                twin.fingerprint = domain::fingerprint(finding.rule.id, target, text, *nth);
                *nth += 1;
            }
            (finding, twin)
        })
    }

    /// The twin of `finding`, secrets masked.
    fn twin(&self, finding: &domain::Finding) -> Finding {
        let masks = self.masks;
        let passport = self.passports.get(finding.rule.id).cloned();
        let Passport { title, aliases, controls } =
            passport.unwrap_or_else(|| Passport::of(finding.rule));
        let target = finding.target();
        let words = |text: &str| masks.words(finding, text);
        let related = |it: &domain::Related| Related {
            message: words(&it.message),
            place: Place::from(&it.place).masked(masks, finding),
        };
        Finding {
            rule: finding.rule.id,
            title,
            aliases,
            severity: finding.severity.into(),
            confidence: finding.confidence.into(),
            disposition: Disposition::from(&finding.disposition),
            waiver: Waiver::new(&finding.disposition, masks),
            message: words(&finding.message),
            fingerprint: finding.fingerprint.clone(),
            target: Target { kind: target.kind.into(), name: target.name },
            place: Place::from(&finding.place).masked(masks, finding),
            related: finding.related.iter().map(related).collect(),
            evidence: finding.evidence.iter().map(|it| words(it)).collect(),
            controls,
            fixes: finding.fixes.iter().map(|it| Fix::new(it, finding, masks)).collect(),
        }
    }
}

/// What all findings of one rule say alike.
#[derive(Clone)]
struct Passport {
    title: Written<&'static str>,
    aliases: Written<&'static [&'static str]>,
    controls: Written<Arc<[String]>>,
}

impl Passport {
    fn of(rule: &'static domain::RuleInfo) -> Self {
        Self {
            title: Written::new(rule.title()),
            aliases: Written::new(rule.aliases),
            controls: Written::new(rule.control_ids().into()),
        }
    }
}

/// A value with its JSON, which is written once and then repeated.
#[derive(Clone, Debug)]
pub struct Written<T> {
    value: T,
    /// Absent where it could not be written; the error comes up when the value is.
    json: Option<Arc<RawValue>>,
}

impl<T: Serialize> Written<T> {
    fn new(value: T) -> Self {
        let json = to_raw_value(&value).ok().map(Arc::from);
        Self { value, json }
    }
}

impl<T> Deref for Written<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Serialize> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.json {
            Some(json) => json.serialize(serializer),
            None => self.value.serialize(serializer),
        }
    }
}

impl<T: JsonSchema> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// The program that wrote a document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Tool {
    /// Always `plimsoll`.
    pub name: &'static str,
    /// Its version.
    pub version: String,
}

/// When and how the program ran.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunInfo {
    /// When it started, as RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// The command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The folder that relative files start from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
    /// The severity from which an open finding fails the run; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<Severity>,
}

/// What a run comes to, as its exit code says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing open at the threshold (exit code 0).
    Clean,
    /// At least one open finding at the threshold (exit code 1).
    Findings,
    /// Less was looked at than was asked for (exit code 3).
    Incomplete,
}

impl From<policy::Outcome> for Outcome {
    fn from(outcome: policy::Outcome) -> Self {
        match outcome {
            policy::Outcome::Clean => Self::Clean,
            policy::Outcome::Findings => Self::Findings,
            policy::Outcome::Incomplete => Self::Incomplete,
        }
    }
}

/// One judgement against one target.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// The id of the rule that judged.
    pub rule: &'static str,
    /// What the rule looks for, in one line.
    pub title: Written<&'static str>,
    /// Names that other tools gave the rule, as `tool:name`.
    pub aliases: Written<&'static [&'static str]>,
    /// How bad it is, policy applied.
    pub severity: Severity,
    /// How sure the rule is here.
    pub confidence: Confidence,
    /// What became of it.
    pub disposition: Disposition,
    /// Who waived it, why, and until when; only for waived findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
    /// What is wrong here, in one phrase.
    pub message: String,
    /// Stable name of this finding across runs and edits elsewhere.
    pub fingerprint: String,
    /// What was looked at.
    pub target: Target,
    /// The place to look first.
    pub place: Place,
    /// Further places that explain the first.
    pub related: Vec<Related>,
    /// Facts that the judgement rests on, secrets masked.
    pub evidence: Vec<String>,
    /// The demands of standards that it speaks against, as `framework:id`.
    pub controls: Written<Arc<[String]>>,
    /// Ways to mend it, best first.
    pub fixes: Vec<Fix>,
}

/// How bad a finding is when its rule is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Hardening.
    Low,
    /// Weakens the container.
    Medium,
    /// Opens the container.
    High,
    /// Opens the host, or gives a secret away.
    Critical,
}

impl From<domain::Severity> for Severity {
    fn from(severity: domain::Severity) -> Self {
        match severity {
            domain::Severity::Info => Self::Info,
            domain::Severity::Low => Self::Low,
            domain::Severity::Medium => Self::Medium,
            domain::Severity::High => Self::High,
            domain::Severity::Critical => Self::Critical,
        }
    }
}

/// How often a rule is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A smell; expect false positives.
    Low,
    /// Usually right.
    Medium,
    /// Right by construction.
    High,
}

impl From<domain::Confidence> for Confidence {
    fn from(confidence: domain::Confidence) -> Self {
        match confidence {
            domain::Confidence::Low => Self::Low,
            domain::Confidence::Medium => Self::Medium,
            domain::Confidence::High => Self::High,
        }
    }
}

/// What policy made of a finding. Nothing is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// It counts.
    Open,
    /// Someone accepted it, with a reason.
    Waived,
    /// It was there when the baseline was taken.
    Baseline,
    /// A statement of the vendor says that it does not apply.
    NotAffected,
}

impl From<&domain::Disposition> for Disposition {
    fn from(disposition: &domain::Disposition) -> Self {
        match disposition {
            domain::Disposition::Open => Self::Open,
            domain::Disposition::Waived { .. } => Self::Waived,
            domain::Disposition::Baseline => Self::Baseline,
            domain::Disposition::NotAffected { .. } => Self::NotAffected,
        }
    }
}

/// Why a finding is accepted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Waiver {
    /// Why, in their words.
    pub reason: String,
    /// The last day it holds, as `YYYY-MM-DD`; absent where it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether a comment beside the finding or an entry of a settings file says it.
    pub origin: WaiverOrigin,
    /// Where it was said.
    pub place: Place,
}

impl Waiver {
    fn new(disposition: &domain::Disposition, masks: &Masks) -> Option<Self> {
        let domain::Disposition::Waived { reason, until, origin } = disposition else {
            return None;
        };
        let (origin, location) = match origin {
            domain::Origin::Comment(location) => (WaiverOrigin::Comment, location),
            domain::Origin::Settings(location) => (WaiverOrigin::Settings, location),
        };
        let reason = masks.text(reason);
        Some(Self { reason, until: until.clone(), origin, place: Place::from(location) })
    }
}

/// What kind of text a waiver stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverOrigin {
    /// A comment in the judged text.
    Comment,
    /// An entry of a settings or ignore file.
    Settings,
}

/// A thing that was looked at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Its name; for a file its path as it was given.
    pub name: String,
}

/// The kind of thing that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A file, or a service that files describe.
    File,
    /// An image.
    Image,
    /// A container, running or not.
    Container,
    /// A host as a whole.
    Host,
    /// The engine's daemon.
    Daemon,
    /// A network of the engine.
    Network,
    /// A swarm, or a service of one.
    Swarm,
}

impl From<domain::TargetKind> for TargetKind {
    fn from(kind: domain::TargetKind) -> Self {
        match kind {
            domain::TargetKind::File => Self::File,
            domain::TargetKind::Image => Self::Image,
            domain::TargetKind::Container => Self::Container,
            domain::TargetKind::Host => Self::Host,
            domain::TargetKind::Daemon => Self::Daemon,
            domain::TargetKind::Network => Self::Network,
            domain::TargetKind::Swarm => Self::Swarm,
        }
    }
}

/// Where a finding points.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Place {
    /// The file, as it was given; `-` is standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Position>,
    /// Where it ends: the position after the last character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Position>,
    /// The digest of the layer, for a place in an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// The instruction that made the layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// The file in the image, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The line of the file in the image, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The setting: of an image configuration as its JSON calls it, of a host as its source does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// The file or the object of a host that holds the setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl From<&Location> for Place {
    fn from(location: &Location) -> Self {
        Self {
            file: Some(location.source.name().to_owned()),
            start: Some(location.start().into()),
            end: Some(location.end().into()),
            ..Self::default()
        }
    }
}

impl Place {
    /// The same, with secrets hidden: an instruction may hold the secret that it is about.
    fn masked(self, masks: &Masks, finding: &domain::Finding) -> Self {
        let words = |it: Option<String>| it.map(|it| masks.words(finding, &it));
        Self { instruction: words(self.instruction), setting: words(self.setting), ..self }
    }
}

impl From<&domain::Place> for Place {
    fn from(place: &domain::Place) -> Self {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let text = place.text().map(Self::from).unwrap_or_default();
        match place {
            domain::Place::Image(place) => Self {
                layer: some(&place.layer),
                instruction: some(&place.instruction),
                path: some(&place.path),
                line: (place.line > 0).then_some(place.line),
                setting: some(&place.setting),
                ..text
            },
            domain::Place::Host(place) => {
                Self { setting: some(&place.setting), source: some(&place.source), ..text }
            }
            _ => text,
        }
    }
}

/// A position in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in Unicode scalar values, from 1.
    pub column: usize,
}

impl From<LineColumn> for Position {
    fn from(position: LineColumn) -> Self {
        Self { line: position.line, column: position.column }
    }
}

/// A further place, and what is to be seen there.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Related {
    /// What is to be seen there; may be empty.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// A way to mend a finding: edits of one file that stand or fall together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Fix {
    /// What it does, as an order.
    pub title: String,
    /// May it be applied without a human looking?
    pub safety: Safety,
    /// The edits; positions are those of the text before any of them.
    pub edits: Vec<Edit>,
}

impl Fix {
    fn new(fix: &domain::Fix, finding: &domain::Finding, masks: &Masks) -> Self {
        let mut edits = Vec::with_capacity(fix.edits.len());
        for edit in &fix.edits {
            let text = masks.edit(&fix.source, &masks.words(finding, &edit.text));
            edits.push(Edit {
                file: fix.source.name().to_owned(),
                start: fix.source.line_column(edit.span.start).into(),
                end: fix.source.line_column(edit.span.end).into(),
                bytes: ByteRange { start: edit.span.start, end: edit.span.end },
                masked: text != edit.text && text.contains(MASK),
                text,
            });
        }
        Self { title: masks.words(finding, &fix.title), safety: fix.safety.into(), edits }
    }
}

/// How far a fix may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// Shown only.
    Display,
    /// Applied on request; the behaviour may change.
    Unsafe,
    /// Applied by default; the meaning is kept.
    Safe,
}

impl From<domain::Safety> for Safety {
    fn from(safety: domain::Safety) -> Self {
        match safety {
            domain::Safety::Display => Self::Display,
            domain::Safety::Unsafe => Self::Unsafe,
            domain::Safety::Safe => Self::Safe,
        }
    }
}

/// Replaces a piece of a file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Edit {
    /// The file.
    pub file: String,
    /// Where the replaced text starts.
    pub start: Position,
    /// The position after the replaced text.
    pub end: Position,
    /// The same as byte offsets.
    pub bytes: ByteRange,
    /// The new text.
    pub text: String,
    /// Whether a secret in the new text is masked. Such an edit is for reading, not for applying.
    #[serde(skip_serializing_if = "is_false")]
    #[schemars(default)]
    pub masked: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A half-open range of byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ByteRange {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

/// How far one unit was looked at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Coverage {
    /// What: a path, or `rule:ID`.
    pub unit: String,
    /// How far. Anything but `ran` is a gap.
    pub state: CoverageState,
    /// Why not all of it; empty for `ran`.
    pub why: String,
}

impl From<&domain::Coverage> for Coverage {
    fn from(coverage: &domain::Coverage) -> Self {
        let state = match coverage.state {
            domain::CoverageState::Ran => CoverageState::Ran,
            domain::CoverageState::Partial => CoverageState::Partial,
            domain::CoverageState::Skipped => CoverageState::Skipped,
            domain::CoverageState::Broke => CoverageState::Broke,
        };
        Self { unit: coverage.unit.clone(), state, why: coverage.why.clone() }
    }
}

/// How far a unit was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageState {
    /// All of it.
    Ran,
    /// Some of it.
    Partial,
    /// None of it, on purpose.
    Skipped,
    /// None of it, because something failed.
    Broke,
}

/// Counts over a report.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Stats {
    /// All findings.
    pub findings: usize,
    /// Findings that count.
    pub open: usize,
    /// Findings that someone accepted.
    pub waived: usize,
    /// Findings that the baseline holds.
    pub baseline: usize,
    /// Findings that a statement (VEX) says do not apply.
    pub not_affected: usize,
    /// Open findings of each severity, by its name.
    pub by_severity: BTreeMap<String, usize>,
    /// Open findings of each rule, by its id.
    pub by_rule: BTreeMap<String, usize>,
    /// Subjects that were judged, by kind.
    pub judged: BTreeMap<String, usize>,
    /// Units that were not looked at wholly.
    pub gaps: usize,
    /// Rules in force.
    pub rules: usize,
}

impl Stats {
    /// The counts over `verdict`.
    pub(crate) fn new(verdict: &Verdict) -> Self {
        let tally = Tally::of(verdict.findings.heads());
        let by_rule = tally::by_rule(verdict).into_iter().filter(|it| it.1.open > 0);
        Self {
            findings: verdict.findings.len(),
            open: tally.open,
            waived: tally.waived,
            baseline: tally.baseline,
            not_affected: tally.not_affected,
            by_severity: tally.severities().map(|it| (it.0.name().to_owned(), it.1)).collect(),
            by_rule: by_rule.map(|it| (it.0.to_owned(), it.1.open)).collect(),
            judged: verdict.judged.iter().map(|it| (it.0.name().to_owned(), *it.1)).collect(),
            gaps: tally::gaps(verdict).count(),
            rules: verdict.rules.len(),
        }
    }
}

/// The passport of a rule, as `plimsoll rules` prints it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Rule {
    /// Its stable name.
    pub id: String,
    /// What it looks for, in one line.
    pub title: String,
    /// How bad it is when it is right, before policy.
    pub severity: Severity,
    /// How often it is right.
    pub confidence: Confidence,
    /// Who wants to hear it: `default`, `hygiene` or `style`.
    pub audience: String,
    /// Names that other tools gave it, as `tool:name`.
    pub aliases: Vec<String>,
    /// The demands of standards that its findings speak against, as `framework:id`.
    pub controls: Vec<String>,
    /// The best fix it can offer.
    pub fix: FixKind,
    /// What it judges.
    pub subject: String,
}

impl From<&domain::RuleInfo> for Rule {
    fn from(rule: &domain::RuleInfo) -> Self {
        Self {
            id: rule.id.to_owned(),
            title: rule.title().to_owned(),
            severity: rule.severity.into(),
            confidence: rule.confidence.into(),
            audience: rule.audience.name().to_owned(),
            aliases: strings(rule.aliases),
            controls: rule.control_ids(),
            fix: rule.fix.into(),
            subject: rule.subject.name().to_owned(),
        }
    }
}

/// The best fix a rule can offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FixKind {
    /// No machine can mend it.
    None,
    /// A fix that may change what the program does.
    Unsafe,
    /// A fix that keeps the meaning.
    Safe,
}

impl From<domain::FixKind> for FixKind {
    fn from(kind: domain::FixKind) -> Self {
        match kind {
            domain::FixKind::None => Self::None,
            domain::FixKind::Unsafe => Self::Unsafe,
            domain::FixKind::Safe => Self::Safe,
        }
    }
}

/// What a run of `plimsoll fix` did and left.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FixReport {
    /// Always `plimsoll/v1`.
    pub schema: &'static str,
    /// Whether files were written; otherwise this is what would be done.
    pub written: bool,
    /// The fixes that were applied, by file and rule.
    pub applied: Vec<AppliedFix>,
    /// The findings that are left, and why.
    pub left: Vec<LeftFinding>,
}

/// A fix that was applied.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AppliedFix {
    /// The mended file.
    pub file: String,
    /// The rule whose finding is gone.
    pub rule: String,
    /// How far the fix may be trusted.
    pub safety: Safety,
}

/// A finding that was not mended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LeftFinding {
    /// The file it is in.
    pub file: String,
    /// The rule that found it.
    pub rule: String,
    /// Why it is left.
    pub why: String,
}

/// Each service as it will effectively run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PostureReport {
    /// Always `plimsoll/v1`.
    pub schema: &'static str,
    /// The services, in the order of the project.
    pub services: Vec<PostureService>,
    /// The merged compose project, in the shape of `docker compose config --format json`.
    pub project: serde_json::Value,
}

/// One service as it will effectively run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PostureService {
    /// Its name in the project.
    pub name: String,
    /// Its settings, by name.
    pub settings: BTreeMap<String, PostureSetting>,
}

/// The effective value of a setting, and what decided it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PostureSetting {
    /// The value that is in force.
    pub value: serde_json::Value,
    /// The file and place that decided it; absent where it is a default of the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<DecidedBy>,
}

/// A place that decided a setting.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DecidedBy {
    /// The file.
    pub file: String,
    /// Where in it; absent where the file as a whole decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Position>,
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}
