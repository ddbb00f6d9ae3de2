//! Turns what judging gave into a verdict: waives, compares with the baseline, weighs, and counts
//! gaps.
//!
//! Drops no finding: whatever becomes of it, it stays in the verdict.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_finding::{
    Coverage, CoverageState, Disposition, Finding, Origin, Place, RuleInfo, Sink, SubjectKind,
    fingerprint,
};
use plimsoll_text::Location;

use crate::{
    baseline::Baseline,
    date::Date,
    rules::{EXPIRED_WAIVER, FORBIDDEN_WAIVER, UNUSED_WAIVER},
    settings::{Force, PathTerms, Selection, Settings},
    verdict::{Outcome, Verdict},
    waiver::{RuleId, Scope, Waiver, Waivers},
};

/// What judging gave.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The findings, all open, with their fingerprints.
    pub findings: Vec<Finding>,
    /// What was looked at, and every gap.
    pub coverage: Vec<Coverage>,
    /// The rules that were in force for at least one file.
    pub rules: Vec<&'static RuleInfo>,
    /// How many subjects of each kind were judged.
    pub judged: BTreeMap<SubjectKind, usize>,
}

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
    pub relative: &'a dyn Fn(&str) -> String,
}

/// How much of the tree that the settings speak of was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of it: what the settings waive and nobody found is stale.
    Whole,
    /// Some of it.
    Part,
}

/// Weighs `judgement`. `waivers` are those of comments and other tools' files; those of the
/// settings are added here.
pub fn decide(judgement: Judgement, waivers: Waivers, policy: &Policy<'_>) -> Verdict {
    let Judgement { mut findings, mut coverage, rules, judged } = judgement;
    let mut all_waivers = waivers.waivers;
    all_waivers.extend(policy.settings.waivers.iter().cloned());
    let mut places = Places { policy, known: BTreeMap::new() };
    let in_force: InForce = rules.iter().map(|it| (it.id, *it)).collect();

    let mut own = waivers.findings;
    let (active, complaints) = active_waivers(&all_waivers, &in_force, policy);
    own.extend(complaints);
    let chosen = choose_own(own, &in_force, &mut places);
    findings.extend(chosen);
    let mut used = apply_waivers(&mut findings, &active, &all_waivers, &mut places);

    let unused = unused_waivers(&active, &all_waivers, &used, &in_force, &coverage, &mut places);
    let mut unused = choose_own(unused, &in_force, &mut places);
    used.extend(apply_waivers(&mut unused, &active, &all_waivers, &mut places));
    findings.extend(unused);

    for finding in &mut findings {
        weigh(finding, places.terms(finding.place.text()), policy.selection);
    }
    if let Some(baseline) = policy.baseline {
        let n_stale = baseline.apply(&mut findings);
        coverage.extend(stale_note(n_stale, policy.reach));
    }
    findings.sort_by_cached_key(|it| order_key(it, policy.relative));
    let outcome = outcome(&findings, &coverage, &judged, &mut places);
    let fail_on = policy.settings.fail_on.severity();
    let spared = BTreeSet::new();
    Verdict { findings, coverage, rules, spared, judged, fail_on, outcome }
}

/// Gives each of `findings` its stable name. Equal ones are told apart by their order in the file.
/// `relative` gives the path of a file from the folder of the settings, so that a baseline holds on
/// every machine.
pub fn assign_fingerprints(findings: &mut [Finding], relative: impl Fn(&str) -> String) {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_cached_key(|idx| findings.get(*idx).map(|it| order_key(it, &relative)));
    let mut n_equal: HashMap<(&'static str, String, String), usize> = HashMap::new();
    for idx in order {
        let Some(finding) = findings.get_mut(idx) else { continue };
        let target = relative(&finding.target().name);
        let quoted = finding.place.text().map(Location::text).unwrap_or_default();
        // White space is folded as the fingerprint folds it, so that the same names are counted.
        let folded: Vec<&str> = quoted.split_whitespace().collect();
        let key = (finding.rule.id, target, folded.join(" "));
        let name = fingerprint(key.0, &key.1, &key.2, n_equal.get(&key).copied().unwrap_or(0));
        *n_equal.entry(key).or_default() += 1;
        finding.fingerprint = name;
    }
}

/// The rules that were in force for at least one file, by id.
type InForce = BTreeMap<RuleId, &'static RuleInfo>;

/// The terms of each file, worked out once.
struct Places<'a> {
    policy: &'a Policy<'a>,
    known: BTreeMap<String, (String, PathTerms)>,
}

impl Places<'_> {
    /// The path from the folder of the settings, and what holds there.
    fn at(&mut self, location: Option<&Location>) -> &(String, PathTerms) {
        let name = location.map(|it| it.source.name()).unwrap_or_default();
        let policy = self.policy;
        self.known.entry(name.to_owned()).or_insert_with(|| {
            let path = (policy.relative)(name);
            let terms = policy.settings.for_path(&path);
            (path, terms)
        })
    }

    fn terms(&mut self, location: Option<&Location>) -> &PathTerms {
        &self.at(location).1
    }
}

/// A name of a waiver that holds today, by its indices.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ActiveName {
    waiver: usize,
    name: usize,
}

/// The waivers that hold, so that few are held against each finding.
#[derive(Default)]
struct Active {
    all: Vec<ActiveName>,
    by_source: BTreeMap<(String, RuleId), Vec<ActiveName>>,
    by_rule: BTreeMap<RuleId, Vec<ActiveName>>,
}

/// Sorts out what is expired or not allowed, and complains of it.
fn active_waivers(
    waivers: &[Waiver],
    in_force: &InForce,
    policy: &Policy<'_>,
) -> (Active, Vec<Finding>) {
    let mut active = Active::default();
    let mut complaints = Vec::new();
    for (waiver_idx, waiver) in waivers.iter().enumerate() {
        let expired = waiver.until.filter(|it| *it < policy.today);
        for (name_idx, name) in waiver.names.iter().enumerate() {
            let complaint = match expired {
                Some(day) => Some((
                    &EXPIRED_WAIVER,
                    format!("this waiver held until {day} and does no more"),
                )),
                None => forbidden(waiver, &name.rules, policy).map(|it| (&FORBIDDEN_WAIVER, it)),
            };
            let Some((rule, message)) = complaint else {
                active.add(ActiveName { waiver: waiver_idx, name: name_idx }, waiver);
                continue;
            };
            if name.rules.iter().any(|it| in_force.contains_key(it)) {
                let mut sink = Sink::new(rule, &name.place.source, &mut complaints);
                sink.report(name.place.span, message);
            }
        }
    }
    (active, complaints)
}

impl Active {
    fn add(&mut self, active: ActiveName, waiver: &Waiver) {
        self.all.push(active);
        let source = waiver.scope.source().map(|it| it.name());
        for rule in waiver.names.get(active.name).into_iter().flat_map(|it| &it.rules) {
            match source {
                Some(name) => self.by_source.entry((name.to_owned(), rule)).or_default(),
                None => self.by_rule.entry(rule).or_default(),
            }
            .push(active);
        }
    }

    /// What may cover `finding`.
    fn candidates<'a>(&'a self, finding: &Finding) -> impl Iterator<Item = ActiveName> + use<'a> {
        let by_source = finding
            .place
            .text()
            .and_then(|it| self.by_source.get(&(it.source.name().to_owned(), finding.rule.id)));
        let by_rule = self.by_rule.get(finding.rule.id);
        by_source.into_iter().chain(by_rule).flatten().copied()
    }
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

/// Those of our own findings whose rule is in force where they stand, with fingerprints.
fn choose_own(mut own: Vec<Finding>, in_force: &InForce, places: &mut Places<'_>) -> Vec<Finding> {
    let selection = places.policy.selection;
    own.retain(|it| {
        let terms = places.terms(it.place.text());
        in_force.contains_key(it.rule.id) && terms.force(it.rule, selection) == Force::On
    });
    assign_fingerprints(&mut own, places.policy.relative);
    own
}

/// Disposes of what is waived; gives the names that covered anything.
fn apply_waivers(
    findings: &mut [Finding],
    active: &Active,
    waivers: &[Waiver],
    places: &mut Places<'_>,
) -> BTreeSet<ActiveName> {
    let mut used = BTreeSet::new();
    for finding in findings {
        let path = &places.at(finding.place.text()).0;
        for name in active.candidates(finding) {
            let Some(waiver) = waivers.get(name.waiver) else { continue };
            if !waiver.scope.covers(finding, path) {
                continue;
            }
            used.insert(name);
            if finding.disposition == Disposition::Open {
                finding.disposition = Disposition::Waived {
                    reason: waiver.reason.clone(),
                    until: waiver.until.map(|it| it.to_string()),
                    origin: waiver.origin.clone(),
                };
            }
        }
    }
    used
}

/// Complains of the names of our waivers that covered nothing, where something could have been
/// found.
fn unused_waivers(
    active: &Active,
    waivers: &[Waiver],
    used: &BTreeSet<ActiveName>,
    in_force: &InForce,
    coverage: &[Coverage],
    places: &mut Places<'_>,
) -> Vec<Finding> {
    let gaps: BTreeSet<&str> =
        coverage.iter().filter(|it| is_gap(it)).map(|it| it.unit.as_str()).collect();
    let mut res = Vec::new();
    for active_name in &active.all {
        let Some(waiver) = waivers.get(active_name.waiver) else { continue };
        let Some(name) = waiver.names.get(active_name.name) else { continue };
        let was_looked_at = match waiver.scope.source() {
            Some(source) => !gaps.contains(source.name()),
            None => places.policy.reach == Reach::Whole && gaps.is_empty(),
        };
        if used.contains(active_name) || waiver.tool.is_some() || !was_looked_at {
            continue;
        }
        // With several rules under one name, all must have been asked.
        let mut is_asked = |id: &RuleId| {
            *id != UNUSED_WAIVER.id
                && !gaps.contains(&*format!("rule:{id}"))
                && in_force.get(id).is_some_and(|it| is_asked_there(waiver, it, places))
        };
        if !name.rules.iter().all(&mut is_asked) {
            continue;
        }
        let what = match &waiver.scope {
            Scope::Files { fingerprint: Some(_), .. } => "the finding with this fingerprint",
            _ => name.place.text().trim_matches(['"', '\'']),
        };
        let message = format!("this waiver of {} waives nothing", quoted(what));
        Sink::new(&UNUSED_WAIVER, &name.place.source, &mut res).report(name.place.span, message);
    }
    res
}

/// Whether `rule` is in force for the file that `waiver` is bound to, if it is bound to one.
fn is_asked_there(waiver: &Waiver, rule: &RuleInfo, places: &mut Places<'_>) -> bool {
    let selection = places.policy.selection;
    let is_bound = waiver.scope.source().is_some();
    !is_bound || places.terms(Some(waiver.place())).force(rule, selection) == Force::On
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

fn outcome(
    findings: &[Finding],
    coverage: &[Coverage],
    judged: &BTreeMap<SubjectKind, usize>,
    places: &mut Places<'_>,
) -> Outcome {
    let fails = |it: &Finding| {
        let threshold = places.terms(it.place.text()).fail_on(it.rule).severity();
        it.disposition == Disposition::Open && threshold.is_some_and(|from| it.severity >= from)
    };
    if findings.iter().any(fails) {
        return Outcome::Findings;
    }
    let is_strict = places.policy.strict || places.policy.settings.strict;
    let n_judged: usize = judged.values().sum();
    if n_judged == 0 || (is_strict && coverage.iter().any(is_gap)) {
        return Outcome::Incomplete;
    }
    Outcome::Clean
}

/// Whether something was to be looked at and could not be.
fn is_gap(coverage: &Coverage) -> bool {
    matches!(coverage.state, CoverageState::Partial | CoverageState::Broke)
}

/// By file, place, rule and message.
fn order_key(
    finding: &Finding,
    relative: impl Fn(&str) -> String,
) -> (String, usize, usize, &'static str, String) {
    let span = match &finding.place {
        Place::Text(location) => location.span,
        _ => {
            return (
                relative(&finding.target().name),
                0,
                0,
                finding.rule.id,
                finding.message.clone(),
            );
        }
    };
    let path = relative(&finding.target().name);
    (path, span.start, span.end, finding.rule.id, finding.message.clone())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use plimsoll_finding::{
        Coverage, CoverageState, Disposition, Finding, RuleInfo, Severity, Sink, SubjectKind,
    };
    use plimsoll_text::{Source, Span};

    use super::{Judgement, Policy, Reach, assign_fingerprints, decide};
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
            let judgement = Judgement { findings, coverage: self.coverage, rules, judged };
            let policy = Policy {
                settings: &settings,
                selection: &selection,
                baseline: self.baseline,
                today: Date::parse("2026-01-15").unwrap(),
                strict: self.strict,
                reach: self.reach,
                relative: &str::to_owned,
            };
            decide(judgement, waivers, &policy)
        }

        /// Each finding as `rule@line disposition`, and the outcome.
        fn tell(self) -> String {
            let verdict = self.decide();
            let mut res: Vec<String> = verdict.findings.iter().map(tell).collect();
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
        assign_fingerprints(&mut res, str::to_owned);
        res
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
        let Disposition::Waived { reason, until, .. } = &verdict.findings[0].disposition else {
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
        assert_eq!(verdict.findings[0].place.text().unwrap().text(), "latest-tag");
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
        let [first, second] = [0, 1].map(|it: usize| verdict.findings[it].fingerprint.clone());
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
        let baseline = Baseline::of(&old.findings, str::to_owned);
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
        let verdict = decide(Judgement::default(), crate::Waivers::default(), &policy);
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
        let judgement = Judgement { findings, coverage: Vec::new(), rules, judged };
        let verdict = decide(judgement, crate::Waivers::default(), &policy);
        assert_eq!(tell(&verdict.findings[0]), "root-user@1 waived");
        assert_eq!(verdict.outcome, Outcome::Clean);
    }

    #[test]
    fn many_waivers_each_find_their_own() {
        let text = "# plimsoll: allow root-user reason=x\nUSER root\n".repeat(900);
        let verdict = Run { text: &text, ..Run::default() }.decide();
        assert_eq!((verdict.findings.len(), verdict.outcome), (900, Outcome::Clean));
    }
}
