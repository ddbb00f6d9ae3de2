//! Turns what judging gave into a verdict, file by file: waives, compares with the baseline,
//! weighs. Files are decided apart from each other, in any order and on any core; only what the
//! settings say outside of the judged files waits for the end.
//!
//! Drops no finding: whatever becomes of it, it stays in the verdict.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use plimsoll_finding::{
    Coverage, CoverageState, Disposition, Finding, Origin, RuleInfo, Sink, SubjectKind, fingerprint,
};
use plimsoll_text::Span;

use crate::{
    baseline::Baseline,
    date::Date,
    names::is_vulnerability,
    rules::{EXPIRED_WAIVER, FORBIDDEN_WAIVER, UNUSED_WAIVER},
    settings::{Force, PathTerms, Selection, Settings},
    verdict::Outcome,
    waiver::{RuleId, Scope, WaivedName, Waiver, Waivers},
};

/// By what the findings are weighed.
#[derive(Clone, Copy)]
pub struct Policy<'a> {
    /// What the team wants.
    pub settings: &'a Settings,
    /// What the command line says about which rules are asked.
    pub selection: &'a Selection,
    /// What was there before.
    pub baseline: Option<&'a Baseline>,
    /// The day of this run.
    pub today: Date,
    /// Whether the command line demands that all could be read.
    pub strict: bool,
    /// How much of the tree was judged.
    pub reach: Reach,
    /// The path of a file from the folder of the settings, by its name as it was given.
    pub relative: &'a (dyn Fn(&str) -> String + Sync),
}

/// How much of the tree that the settings speak of was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of it: what the settings waive and nobody found is stale.
    Whole,
    /// Some of it.
    Part,
}

/// What judging said of one file.
#[derive(Clone, Debug, Default)]
pub struct JudgedFile {
    /// Its path from the folder of the settings.
    pub path: String,
    /// The findings in it, all open.
    pub findings: Vec<Finding>,
    /// The waivers that stand in it.
    pub waivers: Waivers,
    /// How far it was looked at, as far as [`Decider::new`] was not told.
    pub coverage: Vec<Coverage>,
}

/// Decides over files. All of it is known before the first file is decided.
pub struct Decider<'a> {
    policy: Policy<'a>,
    in_force: InForce,
    /// The waivers that stand outside of the judged files.
    common: WaiverSet,
    /// Findings about those, by path.
    own: BTreeMap<String, Vec<Finding>>,
    gaps: BTreeSet<String>,
}

impl<'a> Decider<'a> {
    /// `rules` are those in force for at least one file, `waivers` those that stand outside of the
    /// judged files (those of the settings are added here), `coverage` is what is known of it
    /// before the files are decided.
    pub fn new<'c>(
        policy: Policy<'a>,
        rules: &[&'static RuleInfo],
        waivers: Waivers,
        coverage: impl IntoIterator<Item = &'c Coverage>,
    ) -> Self {
        let in_force: InForce = rules.iter().map(|it| (it.id, *it)).collect();
        let mut all = waivers.waivers;
        all.extend(policy.settings.waivers.iter().cloned());
        let (common, complaints) = WaiverSet::of(all, &in_force, &policy);
        let mut own: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for finding in waivers.findings.into_iter().chain(complaints) {
            own.entry((policy.relative)(&finding.target().name)).or_default().push(finding);
        }
        let gaps = coverage.into_iter().filter(|it| is_gap(it)).map(|it| it.unit.clone());
        Self { policy, in_force, common, own, gaps: gaps.collect() }
    }

    /// The paths of the files that can be decided only when all others are, whether they were
    /// judged or not: waivers for others stand in them, which may turn out to be unused.
    pub fn late_paths(&self) -> BTreeSet<String> {
        let places = self.common.waivers.iter().flat_map(|it| &it.names);
        let paths = places.map(|it| (self.policy.relative)(it.place.source.name()));
        paths.chain(self.own.keys().cloned()).collect()
    }

    /// Decides over a file that is not late.
    pub fn decide(&self, file: JudgedFile) -> DecidedFile {
        self.close(self.open(file), Vec::new())
    }

    /// Decides what is left: the late files, and what the run comes to. `late` is what judging said
    /// of some of them, `decided` what all other files came to, `judged` how many subjects there
    /// were, `coverage` the whole of it.
    pub fn finish(
        &self,
        late: Vec<JudgedFile>,
        mut decided: Tally,
        judged: &BTreeMap<SubjectKind, usize>,
        mut coverage: Vec<Coverage>,
    ) -> Finish {
        let paths = self.late_paths();
        let mut late: BTreeMap<String, JudgedFile> =
            late.into_iter().map(|it| (it.path.clone(), it)).collect();
        for path in paths {
            let untouched = || JudgedFile { path: path.clone(), ..JudgedFile::default() };
            late.entry(path.clone()).or_insert_with(untouched);
        }
        let open: Vec<OpenFile> = late.into_values().map(|it| self.open(it)).collect();
        for file in &open {
            decided.used.extend(&file.used.common);
        }
        let mut unused: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for finding in self.unused_common(&decided.used, &coverage) {
            let path = (self.policy.relative)(&finding.target().name);
            unused.entry(path).or_default().push(finding);
        }
        let mut files = Vec::with_capacity(open.len());
        for file in open {
            let path = file.path.clone();
            let more = unused.remove(&path).unwrap_or_default();
            let DecidedFile { findings, tally } = self.close(file, more);
            decided.add(tally);
            files.push((path, findings));
        }
        if let Some(baseline) = self.policy.baseline {
            let n_stale = baseline.len().saturating_sub(decided.n_in_baseline);
            coverage.extend(stale_note(n_stale, self.policy.reach));
        }
        let outcome = self.outcome(&decided, judged, &coverage);
        Finish { late: files, coverage, outcome }
    }

    /// Names the findings of a file and disposes of those that are waived.
    fn open(&self, file: JudgedFile) -> OpenFile {
        let JudgedFile { path, mut findings, waivers, coverage } = file;
        let terms = self.policy.settings.for_path(&path);
        sort(&mut findings);
        assign_fingerprints(&mut findings, &path);
        let (set, complaints) = WaiverSet::of(waivers.waivers, &self.in_force, &self.policy);
        let mut own = waivers.findings;
        own.extend(complaints);
        own.extend(self.own.get(&path).into_iter().flatten().cloned());
        findings.extend(self.choose_own(own, &path, &terms));
        let mut res = OpenFile { path, terms, findings, set, coverage, used: Used::default() };
        self.apply_waivers(&mut res, 0);
        res
    }

    /// Tells of the file's own waivers that are unused, and weighs.
    fn close(&self, mut file: OpenFile, mut unused: Vec<Finding>) -> DecidedFile {
        unused.extend(self.unused_own(&file));
        let n_before = file.findings.len();
        let unused = self.choose_own(unused, &file.path, &file.terms);
        file.findings.extend(unused);
        self.apply_waivers(&mut file, n_before);
        let OpenFile { path: _, terms, mut findings, set: _, coverage: _, used } = file;
        for finding in &mut findings {
            weigh(finding, &terms, self.policy.selection);
        }
        let baseline = self.policy.baseline;
        let n_in_baseline = baseline.map_or(0, |it| it.apply(&mut findings));
        sort(&mut findings);
        let fails = findings.iter().any(|it| {
            let threshold = terms.fail_on(it.rule).severity();
            it.disposition == Disposition::Open && threshold.is_some_and(|from| it.severity >= from)
        });
        DecidedFile { findings, tally: Tally { fails, n_in_baseline, used: used.common } }
    }

    /// Those of our own findings whose rule is in force where they stand, with fingerprints.
    fn choose_own(&self, mut own: Vec<Finding>, path: &str, terms: &PathTerms) -> Vec<Finding> {
        let selection = self.policy.selection;
        own.retain(|it| {
            self.in_force.contains_key(it.rule.id) && terms.force(it.rule, selection) == Force::On
        });
        sort(&mut own);
        assign_fingerprints(&mut own, path);
        own
    }

    /// Disposes of what is waived among the findings from `first` on; notes the names that covered
    /// anything. What is said of this very file comes before what is said of many.
    fn apply_waivers(&self, file: &mut OpenFile, first: usize) {
        let OpenFile { path, findings, set, used, .. } = file;
        let common = &self.common;
        for finding in findings.iter_mut().skip(first) {
            let source = finding.place.text().map(|it| Arc::clone(&it.source));
            let name = source.as_ref().map_or("", |it| it.name());
            let rule = finding.rule.id;
            common.waive(finding, path, common.of_source(name, rule), &mut used.common);
            set.waive(finding, path, set.of_source(name, rule), &mut used.own);
            common.waive(finding, path, common.of_rule(rule), &mut used.common);
            set.waive(finding, path, set.of_rule(rule), &mut used.own);
        }
    }

    /// Complains of the names of the file's waivers that covered nothing, where something could
    /// have been found.
    fn unused_own(&self, file: &OpenFile) -> Vec<Finding> {
        let is_gap = |unit: &str| {
            let mut own = file.coverage.iter().filter(|it| is_gap(it));
            self.gaps.contains(unit) || own.any(|it| it.unit == unit)
        };
        let is_asked = |waiver: &Waiver, rule: &RuleInfo| {
            let is_bound = waiver.scope.source().is_some();
            !is_bound || file.terms.force(rule, self.policy.selection) == Force::On
        };
        self.unused(&file.set, &file.used.own, &is_gap, &is_asked)
    }

    /// The same for the waivers that stand outside of the judged files.
    fn unused_common(&self, used: &BTreeSet<ActiveName>, coverage: &[Coverage]) -> Vec<Finding> {
        let gaps: BTreeSet<&str> =
            coverage.iter().filter(|it| is_gap(it)).map(|it| it.unit.as_str()).collect();
        // They speak of many files: one that could not be read may hold what they waive.
        if self.policy.reach == Reach::Part || !gaps.is_empty() {
            return Vec::new();
        }
        self.unused(&self.common, used, &|_| false, &|_, _| true)
    }

    fn unused(
        &self,
        set: &WaiverSet,
        used: &BTreeSet<ActiveName>,
        is_gap: &dyn Fn(&str) -> bool,
        is_asked: &dyn Fn(&Waiver, &RuleInfo) -> bool,
    ) -> Vec<Finding> {
        let mut res = Vec::new();
        for active in set.active.iter().filter(|it| !used.contains(it)) {
            let Some((waiver, name)) = set.get(*active) else { continue };
            if waiver.tool.is_some() || waiver.scope.source().is_some_and(|it| is_gap(it.name())) {
                continue;
            }
            // With several rules under one name, all must have been asked.
            let was_asked = |id: &RuleId| {
                *id != UNUSED_WAIVER.id
                    && !is_gap(&format!("rule:{id}"))
                    && self.in_force.get(id).is_some_and(|it| is_asked(waiver, it))
            };
            if !name.rules.iter().all(was_asked) {
                continue;
            }
            let what = match &waiver.scope {
                Scope::Files { fingerprint: Some(_), .. } => "the finding with this fingerprint",
                _ => name.place.text().trim_matches(['"', '\'']),
            };
            let message = format!("this waiver of {} waives nothing", quoted(what));
            let mut sink = Sink::new(&UNUSED_WAIVER, &name.place.source, &mut res);
            sink.report(name.place.span, message);
        }
        res
    }

    fn outcome(
        &self,
        decided: &Tally,
        judged: &BTreeMap<SubjectKind, usize>,
        coverage: &[Coverage],
    ) -> Outcome {
        if decided.fails {
            return Outcome::Findings;
        }
        let is_strict = self.policy.strict || self.policy.settings.strict;
        let n_judged: usize = judged.values().sum();
        if n_judged == 0 || (is_strict && coverage.iter().any(is_gap)) {
            return Outcome::Incomplete;
        }
        Outcome::Clean
    }
}

/// A file that was decided over.
#[derive(Debug)]
pub struct DecidedFile {
    /// All its findings, by place, rule and message.
    pub findings: Vec<Finding>,
    /// What it adds to the whole.
    pub tally: Tally,
}

/// What decided files add to the whole.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    fails: bool,
    n_in_baseline: usize,
    /// The names outside of the judged files that waived anything.
    used: BTreeSet<ActiveName>,
}

impl Tally {
    /// Adds what other files came to.
    pub fn add(&mut self, other: Tally) {
        self.fails |= other.fails;
        self.n_in_baseline += other.n_in_baseline;
        self.used.extend(other.used);
    }
}

/// A file whose findings are named and held against all waivers.
struct OpenFile {
    path: String,
    terms: PathTerms,
    findings: Vec<Finding>,
    set: WaiverSet,
    coverage: Vec<Coverage>,
    used: Used,
}

/// The names that covered anything.
#[derive(Default)]
struct Used {
    common: BTreeSet<ActiveName>,
    own: BTreeSet<ActiveName>,
}

/// What [`Decider::finish`] gives.
#[derive(Debug)]
pub struct Finish {
    /// The late files, each by its path with its findings.
    pub late: Vec<(String, Vec<Finding>)>,
    /// What was looked at, and every gap.
    pub coverage: Vec<Coverage>,
    /// What the run comes to.
    pub outcome: Outcome,
}

/// The rules that were in force for at least one file, by id.
type InForce = BTreeMap<RuleId, &'static RuleInfo>;

/// A name of a waiver that holds today, by its indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ActiveName {
    waiver: usize,
    name: usize,
}

/// Waivers, sorted so that few are held against each finding.
#[derive(Default)]
struct WaiverSet {
    waivers: Vec<Waiver>,
    active: Vec<ActiveName>,
    by_source: BTreeMap<String, BTreeMap<RuleId, Vec<ActiveName>>>,
    by_rule: BTreeMap<RuleId, Vec<ActiveName>>,
}

impl WaiverSet {
    /// Sorts out what is expired or not allowed, and complains of it.
    fn of(waivers: Vec<Waiver>, in_force: &InForce, policy: &Policy<'_>) -> (Self, Vec<Finding>) {
        let mut res = Self::default();
        let mut complaints = Vec::new();
        for (waiver_idx, waiver) in waivers.iter().enumerate() {
            let expired = waiver.until.filter(|it| *it < policy.today);
            for (name_idx, name) in waiver.names.iter().enumerate() {
                let complaint = match expired {
                    Some(day) => Some((
                        &EXPIRED_WAIVER,
                        format!("this waiver held until {day} and does no more"),
                    )),
                    None => {
                        forbidden(waiver, &name.rules, policy).map(|it| (&FORBIDDEN_WAIVER, it))
                    }
                };
                let Some((rule, message)) = complaint else {
                    res.add(ActiveName { waiver: waiver_idx, name: name_idx }, waiver);
                    continue;
                };
                if name.rules.iter().any(|it| in_force.contains_key(it)) {
                    let mut sink = Sink::new(rule, &name.place.source, &mut complaints);
                    sink.report(name.place.span, message);
                }
            }
        }
        res.waivers = waivers;
        (res, complaints)
    }

    fn add(&mut self, active: ActiveName, waiver: &Waiver) {
        self.active.push(active);
        let by_rule = match waiver.scope.source() {
            Some(source) => self.by_source.entry(source.name().to_owned()).or_default(),
            None => &mut self.by_rule,
        };
        for rule in waiver.names.get(active.name).into_iter().flat_map(|it| &it.rules) {
            by_rule.entry(rule).or_default().push(active);
        }
    }

    fn get(&self, active: ActiveName) -> Option<(&Waiver, &WaivedName)> {
        let waiver = self.waivers.get(active.waiver)?;
        Some((waiver, waiver.names.get(active.name)?))
    }

    /// What is bound to the text called `name` and may cover findings of `rule`.
    fn of_source(&self, name: &str, rule: RuleId) -> &[ActiveName] {
        self.by_source.get(name).and_then(|it| it.get(rule)).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is bound to no text and may cover findings of `rule`.
    fn of_rule(&self, rule: RuleId) -> &[ActiveName] {
        self.by_rule.get(rule).map(Vec::as_slice).unwrap_or_default()
    }

    /// Disposes of `finding` if one of `names` covers it; notes all that do.
    fn waive(
        &self,
        finding: &mut Finding,
        path: &str,
        names: &[ActiveName],
        used: &mut BTreeSet<ActiveName>,
    ) {
        for name in names {
            let Some((waiver, said)) = self.get(*name) else { continue };
            if !waiver.scope.covers(finding, path) || !speaks_of(said, finding) {
                continue;
            }
            used.insert(*name);
            if finding.disposition == Disposition::Open {
                finding.disposition = Disposition::Waived {
                    reason: waiver.reason.clone(),
                    until: waiver.until.map(|it| it.to_string()),
                    origin: waiver.origin.clone(),
                };
            }
        }
    }
}

/// Whether a name that is a vulnerability's is one of the finding's; any other name is the rule's.
fn speaks_of(name: &WaivedName, finding: &Finding) -> bool {
    let text = name.place.text().trim_matches(['"', '\'']);
    !is_vulnerability(text) || finding.names.iter().any(|it| it.eq_ignore_ascii_case(text))
}

/// Why the settings do not allow `waiver` for `rules`.
fn forbidden(waiver: &Waiver, rules: &[RuleId], policy: &Policy<'_>) -> Option<String> {
    let terms = &policy.settings.waiver_terms;
    let is_inline = matches!(waiver.origin, Origin::Comment(_));
    if let Some(rule) = rules.iter().find(|it| is_inline && terms.forbid_inline.contains(it)) {
        return Some(format!("the settings forbid to waive `{rule}` by a comment"));
    }
    match (waiver.until, terms.max_days) {
        (None, _) if terms.require_until || terms.max_days.is_some() => {
            Some("the settings demand a last day of every waiver; add `until`".to_owned())
        }
        (Some(until), Some(max_days)) if policy.today.days_until(until) > i64::from(max_days) => {
            Some(format!("the last day of this waiver is more than {max_days} days away"))
        }
        _ => None,
    }
}

fn quoted(what: &str) -> String {
    if what.contains(' ') { what.to_owned() } else { format!("`{what}`") }
}

/// Sets the severity that holds in the place, and disposes of a finding of a rule that is off
/// there: a rule that judges several files together may find something in one where it is not
/// wanted.
fn weigh(finding: &mut Finding, terms: &PathTerms, selection: &Selection) {
    if let Some(severity) = terms.severity(finding.rule) {
        finding.severity = severity;
    }
    let Force::OffAt(place) = terms.force(finding.rule, selection) else { return };
    if finding.disposition == Disposition::Open {
        finding.disposition = Disposition::Waived {
            reason: "the settings turn this rule off here".to_owned(),
            until: None,
            origin: Origin::Settings(place),
        };
    }
}

fn stale_note(n_stale: usize, reach: Reach) -> Option<Coverage> {
    if n_stale == 0 || reach == Reach::Part {
        return None;
    }
    let why = format!(
        "{n_stale} of its findings are no longer there; take a new baseline to forget them"
    );
    Some(Coverage { unit: "baseline".to_owned(), state: CoverageState::Skipped, why })
}

/// Whether something was to be looked at and could not be.
fn is_gap(coverage: &Coverage) -> bool {
    matches!(coverage.state, CoverageState::Partial | CoverageState::Broke)
}

/// Sorts findings of one file by place, rule and message.
fn sort(findings: &mut [Finding]) {
    fn key(finding: &Finding) -> (Span, &'static str, &str, Option<&String>) {
        let span = finding.place.text().map(|it| it.span).unwrap_or_default();
        (span, finding.rule.id, &finding.message, finding.names.first())
    }
    findings.sort_by(|one, other| key(one).cmp(&key(other)));
}

/// Gives each of `findings`, which are sorted, its stable name. Equal ones are told apart by their
/// order in the file. `path` is the file's from the folder of the settings, so that a baseline
/// holds on every machine.
pub(crate) fn assign_fingerprints(findings: &mut [Finding], path: &str) {
    let mut n_equal: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let quoted = finding.quoted();
        let name = |nth| fingerprint(finding.rule.id, path, &quoted, nth);
        let first = name(0);
        let n_before = n_equal.entry(first.clone()).or_default();
        finding.fingerprint = if *n_before == 0 { first } else { name(*n_before) };
        *n_before += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use plimsoll_finding::{
        Coverage, CoverageState, Disposition, Finding, RuleInfo, Severity, Sink, SubjectKind,
    };
    use plimsoll_text::{Source, Span};

    use super::{DecidedFile, Decider, JudgedFile, Policy, Reach};
    use crate::{
        baseline::Baseline,
        comments::{CommentFormat, comment_scopes, read_comments},
        date::Date,
        rules::POLICY_RULES,
        sample_rules::{HOST_PORT, LATEST_TAG, ROOT_USER, RULES, UNQUOTED},
        settings::{Selection, Settings, select_rules},
        verdict::{Outcome, Verdict},
    };

    /// A run over one Dockerfile, in which each word that is a rule's bad pattern gives a finding.
    struct Run<'a> {
        name: &'a str,
        text: &'a str,
        settings: &'a str,
        select: &'a [&'a str],
        baseline: Option<&'a Baseline>,
        strict: bool,
        reach: Reach,
        coverage: Vec<Coverage>,
    }

    impl Default for Run<'_> {
        fn default() -> Self {
            Self {
                name: "Dockerfile",
                text: "",
                settings: "",
                select: &[],
                baseline: None,
                strict: false,
                reach: Reach::Whole,
                coverage: Vec::new(),
            }
        }
    }

    static PATTERNS: &[(&str, &RuleInfo)] = &[
        ("USER root", &ROOT_USER),
        (":latest", &LATEST_TAG),
        ("$unquoted", &UNQUOTED),
        ("PORT", &HOST_PORT),
    ];

    impl Run<'_> {
        fn decide(self) -> Verdict {
            let all: Vec<_> = RULES.iter().chain(POLICY_RULES).copied().collect();
            let file = Source::new("plimsoll.toml", self.settings);
            let settings = Settings::parse(&file, &all).unwrap();
            let words: Vec<String> = self.select.iter().map(|it| (*it).to_owned()).collect();
            let selection = Selection::parse(&words, &[], &all).unwrap();
            let rules = select_rules(&all, &settings, &selection, self.name);
            let source = Source::new(self.name, self.text);
            let findings = judge(&source, &rules);
            let waivers = waivers(&source, &all);
            let judged = BTreeMap::from([(SubjectKind::Dockerfile, 1)]);
            let policy = Policy {
                settings: &settings,
                selection: &selection,
                baseline: self.baseline,
                today: Date::parse("2026-01-15").unwrap(),
                strict: self.strict,
                reach: self.reach,
                relative: &str::to_owned,
            };
            let path = self.name.to_owned();
            let file = JudgedFile { path, findings, waivers, coverage: Vec::new() };
            decide(&policy, &rules, file, &judged, self.coverage)
        }

        /// Each finding as `rule@line disposition`, and the outcome.
        fn tell(self) -> String {
            let verdict = self.decide();
            let mut res: Vec<String> = verdict.findings.iter().map(|it| tell(&it)).collect();
            res.push(format!("{:?}", verdict.outcome));
            res.join(", ")
        }
    }

    fn tell(finding: &Finding) -> String {
        let line = finding.place.text().unwrap().start().line;
        format!("{}@{line} {}", finding.rule.id, finding.disposition.name())
    }

    fn judge(source: &Arc<Source>, rules: &[&'static RuleInfo]) -> Vec<Finding> {
        let mut res = Vec::new();
        for (pattern, rule) in PATTERNS.iter().filter(|it| rules.iter().any(|r| r.id == it.1.id)) {
            for (start, text) in source.text().match_indices(pattern) {
                let span = Span::new(start, start + text.len());
                Sink::new(rule, source, &mut res).report(span, "bad");
            }
        }
        res
    }

    /// The verdict on one file.
    fn decide(
        policy: &Policy<'_>,
        rules: &[&'static RuleInfo],
        file: JudgedFile,
        judged: &BTreeMap<SubjectKind, usize>,
        coverage: Vec<Coverage>,
    ) -> Verdict {
        let decider = Decider::new(*policy, rules, crate::Waivers::default(), &coverage);
        let DecidedFile { mut findings, tally } = decider.decide(file);
        let finish = decider.finish(Vec::new(), tally, judged, coverage);
        findings.extend(finish.late.into_iter().flat_map(|it| it.1));
        Verdict {
            findings: findings.into_iter().collect(),
            coverage: finish.coverage,
            fail_on: policy.settings.fail_on.severity(),
            outcome: finish.outcome,
            ..Verdict::default()
        }
    }

    fn waivers(source: &Arc<Source>, rules: &[&'static RuleInfo]) -> crate::Waivers {
        let lines: Vec<Span> =
            (1..=source.line_count()).filter_map(|it| source.line_span(it)).collect();
        let (comments, entries): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|it| source.slice(*it).starts_with('#'));
        let scopes = comment_scopes(source, &comments, &entries);
        read_comments(source, CommentFormat::Dockerfile, &scopes, rules)
    }

    #[test]
    fn a_finding_at_the_threshold_fails_the_run() {
        for (settings, expected) in [
            ("", "latest-tag@1 open, Findings"),
            ("fail-on = 'high'", "latest-tag@1 open, Clean"),
            ("fail-on = 'never'", "latest-tag@1 open, Clean"),
            (
                "fail-on = 'high'\nrules = { latest-tag = 'critical' }",
                "latest-tag@1 open, Findings",
            ),
            ("rules = { DL3007 = 'info' }", "latest-tag@1 open, Clean"),
            ("rules = { latest-tag = 'off' }", "Clean"),
            ("[[paths]]\nmatch = 'Dockerfile'\nfail-on = 'high'", "latest-tag@1 open, Clean"),
            ("[[paths]]\nmatch = 'other'\nfail-on = 'high'", "latest-tag@1 open, Findings"),
        ] {
            let run = Run { text: "FROM a:latest\n", settings, ..Run::default() };
            assert_eq!(run.tell(), expected, "{settings}");
        }
    }

    #[test]
    fn a_comment_waives_its_instruction_and_nothing_else() {
        let text = "# plimsoll: allow root-user reason=x\nUSER root\nUSER root\n";
        let run = Run { text, ..Run::default() };
        assert_eq!(run.tell(), "root-user@2 waived, root-user@3 open, Findings");
        let text = "USER root\n# plimsoll: allow-file DL3002 reason=x\nUSER root\n";
        let verdict = Run { text, ..Run::default() }.decide();
        assert_eq!(verdict.outcome, Outcome::Clean);
        let first = verdict.findings.iter().next().unwrap();
        let Disposition::Waived { reason, until, .. } = &first.disposition else {
            panic!("{verdict:?}")
        };
        assert_eq!((&**reason, until), ("x", &None));
        let text = "# hadolint ignore=DL3002\nUSER root\nUSER root\n";
        let run = Run { text, ..Run::default() };
        assert_eq!(run.tell(), "root-user@2 waived, root-user@3 open, Findings");
    }

    #[test]
    fn a_waiver_holds_until_its_last_day() {
        for (day, expected) in [
            ("2026-01-15", "root-user@2 waived, Clean"),
            ("2026-01-14", "expired-waiver@1 open, root-user@2 open, Findings"),
        ] {
            let text = format!("# plimsoll: allow root-user until={day} reason=x\nUSER root\n");
            assert_eq!(Run { text: &text, ..Run::default() }.tell(), expected, "{day}");
        }
        let text = "# trivy:ignore:DS002:exp:2026-01-15\nUSER root\n";
        let expected = "expired-waiver@1 open, root-user@2 open, Findings";
        assert_eq!(Run { text, ..Run::default() }.tell(), expected);
    }

    #[test]
    fn a_waiver_that_waives_nothing_is_told_where_that_is_certain() {
        let text = "# plimsoll: allow root-user reason=x\nUSER app\n";
        let unused = "unused-waiver@1 open, Clean";
        let gap = |unit: &str| {
            let unit = unit.to_owned();
            vec![Coverage { unit, state: CoverageState::Broke, why: "x".to_owned() }]
        };
        let run = || Run { text, ..Run::default() };
        assert_eq!(run().tell(), unused);
        assert_eq!(Run { reach: Reach::Part, ..run() }.tell(), unused);
        // The rule was not asked, or could not judge.
        assert_eq!(Run { settings: "rules = { root-user = 'off' }", ..run() }.tell(), "Clean");
        assert_eq!(Run { select: &["latest-tag", "unused-waiver"], ..run() }.tell(), "Clean");
        assert_eq!(Run { coverage: gap("Dockerfile"), ..run() }.tell(), "Clean");
        assert_eq!(Run { coverage: gap("rule:root-user"), ..run() }.tell(), "Clean");
        assert_eq!(Run { coverage: gap("rule:host-port"), ..run() }.tell(), unused);
        // Other tools may need theirs still.
        let text = "# hadolint ignore=DL3002\nUSER app\n";
        assert_eq!(Run { text, ..Run::default() }.tell(), "Clean");
        // Of two names one is stale.
        let text = "# plimsoll: allow root-user, latest-tag reason=x\nUSER root\n";
        let verdict = Run { text, ..Run::default() }.decide();
        assert_eq!(
            verdict.findings.iter().next().unwrap().place.text().unwrap().text(),
            "latest-tag"
        );
        // A rule that is asked elsewhere only is not asked here.
        let text = "# plimsoll: allow unquoted-variable reason=x\nUSER app\n";
        let settings = "audience = 'hygiene'\n[[paths]]\nmatch = '**'\naudience = 'default'\n";
        assert_eq!(Run { text, settings, ..Run::default() }.tell(), "Clean");
    }

    #[test]
    fn settings_waive_by_path_and_by_fingerprint() {
        let settings = "[[waiver]]\nrule = 'root-user'\npaths = 'old'\nreason = 'x'\n";
        let run = |name, reach| Run { name, text: "USER root", settings, reach, ..Run::default() };
        assert_eq!(run("old/Dockerfile", Reach::Whole).tell(), "root-user@1 waived, Clean");
        let elsewhere = "root-user@1 open, Findings";
        assert_eq!(run("Dockerfile", Reach::Part).tell(), elsewhere);
        let with_stale = "root-user@1 open, unused-waiver@2 open, Findings";
        assert_eq!(run("Dockerfile", Reach::Whole).tell(), with_stale);
        let text = "USER root\nUSER root\n";
        let verdict = Run { text, ..Run::default() }.decide();
        let names: Vec<String> = verdict.findings.iter().map(|it| it.fingerprint).collect();
        let [first, second] = &names[..] else { panic!("{verdict:?}") };
        assert_ne!(first, second);
        let settings = format!("[[waiver]]\nfingerprint = '{second}'\nreason = 'x'\n");
        let run = Run { text, settings: &settings, ..Run::default() };
        assert_eq!(run.tell(), "root-user@1 open, root-user@2 waived, Findings");
    }

    #[test]
    fn the_settings_can_forbid_waivers() {
        let comment = "# plimsoll: allow root-user reason=x\nUSER root\n";
        let dated = "# plimsoll: allow root-user until=2026-03-01 reason=x\nUSER root\n";
        let foreign = "# hadolint ignore=DL3002\nUSER root\n";
        let refused = "forbidden-waiver@1 open, root-user@2 open, Findings";
        let waived = "root-user@2 waived, Clean";
        for (settings, text, expected) in [
            ("waivers = { forbid-inline = 'root-user' }", comment, refused),
            ("waivers = { forbid-inline = 'root-user' }", foreign, refused),
            ("waivers = { forbid-inline = 'latest-tag' }", comment, waived),
            ("waivers = { require-until = true }", comment, refused),
            ("waivers = { require-until = true }", foreign, refused),
            ("waivers = { require-until = true }", dated, waived),
            ("waivers = { max-days = 45 }", dated, waived),
            ("waivers = { max-days = 44 }", dated, refused),
            ("waivers = { max-days = 45 }", comment, refused),
        ] {
            assert_eq!(Run { text, settings, ..Run::default() }.tell(), expected, "{settings}");
        }
    }

    #[test]
    fn unexplained_suppressions_are_for_those_who_ask() {
        let text = "# hadolint ignore=DL3003\nRUN a\n";
        assert_eq!(Run { text, ..Run::default() }.tell(), "Clean");
        let run = Run { text, select: &["DL1001"], ..Run::default() };
        assert_eq!(run.tell(), "unexplained-suppression@1 open, Clean");
        let settings = "rules = { unexplained-suppression = 'high' }";
        let run = Run { text, settings, ..Run::default() };
        assert_eq!(run.tell(), "unexplained-suppression@1 open, Findings");
    }

    #[test]
    fn the_baseline_keeps_old_findings_from_failing_and_tells_the_stale() {
        let old = Run { text: "USER root\nFROM a:latest\n", ..Run::default() }.decide();
        let baseline = Baseline::of(old.findings.iter(), str::to_owned);
        let run = |text, reach| Run { text, baseline: Some(&baseline), reach, ..Run::default() };
        let same = run("\nUSER root\nFROM a:latest\n", Reach::Whole).decide();
        assert_eq!(
            (same.outcome, same.open().count(), same.findings.len()),
            (Outcome::Clean, 0, 2)
        );
        assert!(same.coverage.is_empty());
        let more = run("USER root\nUSER root\n", Reach::Whole).decide();
        assert_eq!((more.outcome, more.open().count()), (Outcome::Findings, 1));
        assert!(more.coverage[0].why.starts_with("1 of its findings"));
        assert!(run("USER app\n", Reach::Part).decide().coverage.is_empty());
        let run = Run { strict: true, ..run("USER app\n", Reach::Whole) };
        assert_eq!(run.decide().outcome, Outcome::Clean);
    }

    #[test]
    fn a_gap_counts_when_asked_and_nothing_judged_always() {
        let gap =
            |state| vec![Coverage { unit: "x".to_owned(), state, why: "unreadable".to_owned() }];
        for (state, strict, settings, expected) in [
            (CoverageState::Partial, false, "", Outcome::Clean),
            (CoverageState::Partial, true, "", Outcome::Incomplete),
            (CoverageState::Broke, false, "strict = true", Outcome::Incomplete),
            (CoverageState::Skipped, true, "", Outcome::Clean),
        ] {
            let run = Run { strict, settings, coverage: gap(state), ..Run::default() };
            assert_eq!(run.decide().outcome, expected, "{state:?}");
        }
        let coverage = gap(CoverageState::Broke);
        let run = Run { text: "USER root", strict: true, coverage, ..Run::default() };
        assert_eq!(run.decide().outcome, Outcome::Findings);
        let settings = Settings::default();
        let policy = Policy {
            settings: &settings,
            selection: &Selection::default(),
            baseline: None,
            today: Date::parse("2026-01-15").unwrap(),
            strict: false,
            reach: Reach::Whole,
            relative: &str::to_owned,
        };
        let nothing = BTreeMap::new();
        let verdict = decide(&policy, &[], JudgedFile::default(), &nothing, Vec::new());
        assert_eq!(
            (verdict.outcome, verdict.fail_on),
            (Outcome::Incomplete, Some(Severity::Medium))
        );
    }

    #[test]
    fn a_finding_that_lands_where_its_rule_is_off_is_kept_and_disposed_of() {
        // A rule over several files was asked for one and found the fault in another.
        let settings = "[[paths]]\nmatch = 'old'\nrules = { root-user = 'off' }\n";
        let file = Source::new("plimsoll.toml", settings);
        let settings = Settings::parse(&file, RULES).unwrap();
        let source = Source::new("old/Dockerfile", "USER root");
        let rules = RULES.to_vec();
        let findings = judge(&source, &rules);
        let judged = BTreeMap::from([(SubjectKind::Dockerfile, 2)]);
        let policy = Policy {
            settings: &settings,
            selection: &Selection::default(),
            baseline: None,
            today: Date::parse("2026-01-15").unwrap(),
            strict: false,
            reach: Reach::Whole,
            relative: &str::to_owned,
        };
        let path = "old/Dockerfile".to_owned();
        let file = JudgedFile { path, findings, ..JudgedFile::default() };
        let verdict = decide(&policy, &rules, file, &judged, Vec::new());
        let told: Vec<String> = verdict.findings.iter().map(|it| tell(&it)).collect();
        assert_eq!(told, ["root-user@1 waived"]);
        assert_eq!(verdict.outcome, Outcome::Clean);
    }

    #[test]
    fn many_waivers_each_find_their_own() {
        let text = "# plimsoll: allow root-user reason=x\nUSER root\n".repeat(900);
        let verdict = Run { text: &text, ..Run::default() }.decide();
        assert_eq!((verdict.findings.len(), verdict.outcome), (900, Outcome::Clean));
    }
}
