//! Judges the settings of the daemon by the rules over daemon.json.

use std::sync::Arc;

use plimsoll_config::daemon_json::DaemonProblemKind;
use plimsoll_finding::{
    Coverage, CoverageState, Finding, HostPlace, Outcome, OutcomeStatus, Place, Target, TargetKind,
};
use plimsoll_host::{DaemonSettings, SettingOrigin};
use plimsoll_lint::{RuleBook, subject::daemon::DaemonSubject};
use plimsoll_posture::DaemonDefaults;
use plimsoll_text::{Location, Source, Span};
use serde_json::Value;

use super::controls::{Answer, OF_DAEMON, shown};
use crate::judge::Judgement;

/// What judging the daemon came to.
pub(super) struct JudgedDaemon {
    pub(super) findings: Vec<Finding>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) coverage: Vec<Coverage>,
    /// What it gives to every container.
    pub(super) defaults: Arc<DaemonDefaults>,
}

/// Judges `settings`; `info` is the engine's answer to `/info`, or null.
pub(super) fn judge_daemon(
    settings: &DaemonSettings,
    name: &str,
    info: &Value,
    book: &RuleBook,
) -> JudgedDaemon {
    let daemon = Daemon::new(settings, name, info);
    let mut judgement = Judgement::default();
    judgement.run(&daemon.subject, &book.daemon);
    let mut findings = judgement.findings;
    findings.retain(|it| !daemon.is_doubtful(it));
    let mut outcomes = Vec::new();
    for decided in OF_DAEMON {
        let answer = daemon.answer(decided.key, decided.settings, &findings);
        if answer.status == OutcomeStatus::NotApplicable {
            findings.retain(|it| !it.rule.controls.contains(&decided.key));
        }
        let facts = daemon.facts(decided.settings);
        outcomes.extend(answer.evidence(facts).outcome(decided.key, &daemon.target));
    }
    for finding in &mut findings {
        daemon.place(finding);
    }
    findings.extend(daemon.judge_broken_file(book));
    let mut coverage = judgement.coverage;
    coverage.extend(daemon.gaps());
    let defaults = Arc::new(DaemonDefaults::read(&daemon.subject.file));
    JudgedDaemon { findings, outcomes, coverage, defaults }
}

struct Daemon<'a> {
    settings: &'a DaemonSettings,
    info: &'a Value,
    target: Target,
    subject: DaemonSubject,
    /// The settings file as it is.
    file: Option<Arc<Source>>,
    /// Why the daemon would not start, or not with what the text says.
    problems: Vec<String>,
}

impl<'a> Daemon<'a> {
    fn new(settings: &'a DaemonSettings, name: &str, info: &'a Value) -> Self {
        let subject = DaemonSubject::parse(&Source::new("daemon", settings.text.clone()));
        let file = settings.file.as_ref().map(|(path, text)| Source::new(path, text.clone()));
        let mut problems = settings.problems.clone();
        for problem in &subject.file.problems {
            let why = match &problem.kind {
                DaemonProblemKind::WrongType(kind) => format!("must be {}", kind.describe()),
                DaemonProblemKind::BadValue(why) | DaemonProblemKind::Limit(why) => why.clone(),
                // `rootless` is an argument that has no key.
                DaemonProblemKind::UnknownKey { .. } if problem.key != "rootless" => {
                    "is not known".to_owned()
                }
                _ => continue,
            };
            problems.push(format!("`{}` {why}, so the daemon does not start", problem.key));
        }
        let target = Target { kind: TargetKind::Daemon, name: name.to_owned() };
        Self { settings, info, target, subject, file, problems }
    }

    /// Whether a finding rests on something that is not known: on a key that may be set where it
    /// could not be seen. That `rootless` is no key is known.
    fn is_doubtful(&self, finding: &Finding) -> bool {
        let Some(place) = finding.place.text() else { return false };
        let entry = self.settings.entry_at(place.span.start);
        match entry {
            Some(entry) => entry.key == "rootless" && finding.rule.controls.is_empty(),
            None => !self.settings.unknown.is_empty() || self.is_unreadable(),
        }
    }

    /// Whether the settings file says something, but not what.
    fn is_unreadable(&self) -> bool {
        let is_empty = |it: &Arc<Source>| it.text().trim().is_empty();
        let is_read =
            |it: &plimsoll_host::SettingEntry| matches!(it.origin, SettingOrigin::File { .. });
        let problem = self.settings.problems.iter().any(|it| it.contains("no JSON object"));
        problem
            && self.file.as_ref().is_some_and(|it| !is_empty(it))
            && !self.settings.entries.iter().any(is_read)
    }

    fn answer(&self, key: &str, settings: &[&str], findings: &[Finding]) -> Answer {
        let is_set = settings.iter().any(|it| self.settings.sets(it));
        if let Some((why, remedy)) = self.settings.unknown.first().filter(|_| !is_set) {
            return Answer::new(OutcomeStatus::Unknown, format!("{why}: {remedy}"));
        }
        let in_swarm = self.info.pointer("/Swarm/LocalNodeState").and_then(Value::as_str);
        if key == "daemon.live-restore" && in_swarm.is_some_and(|it| it == "active") {
            let why = "live restore and swarm exclude each other, and this daemon is in a swarm";
            return Answer::new(OutcomeStatus::NotApplicable, why);
        }
        if let Some(failure) = Answer::failure(key, findings) {
            return failure;
        }
        if let Some(problem) = self.problems.first() {
            let why = format!("the settings cannot be relied on: {problem}; mend them first");
            return Answer::new(OutcomeStatus::Unknown, why);
        }
        let why = if is_set { "set as it should be" } else { "the engine's default is in order" };
        Answer::new(OutcomeStatus::Pass, why)
    }

    fn facts(&self, keys: &[&str]) -> Vec<String> {
        let fact = |key: &&str| {
            let mut entries = self.settings.entries.iter().rev();
            let Some(entry) = entries.find(|it| it.key == **key) else {
                return format!("`{key}` is not set");
            };
            let value = self.settings.text.get(entry.value..entry.range.end).unwrap_or_default();
            let origin = match &entry.origin {
                SettingOrigin::File { key, .. } => match &self.file {
                    Some(file) => format!("{}:{}", file.name(), file.line(*key)),
                    None => "the settings file".to_owned(),
                },
                SettingOrigin::Argument(said) => format!("argument `{}`", shown(said)),
                SettingOrigin::Engine => "stated by the engine".to_owned(),
            };
            format!("`{key}` is {} ({origin})", shown(value))
        };
        keys.iter().map(fact).collect()
    }

    /// Turns places in the effective text into settings of the daemon.
    fn place(&self, finding: &mut Finding) {
        finding.place = self.turned(&finding.place);
        for related in &mut finding.related {
            related.place = self.turned(&related.place);
        }
        let secrets = finding.secrets.iter();
        finding.secrets =
            secrets.map(|it| self.location(it.span).unwrap_or_else(|| it.clone())).collect();
        // The edits are those of a text that nobody has.
        finding.fixes.clear();
    }

    fn turned(&self, place: &Place) -> Place {
        let Place::Text(location) = place else { return place.clone() };
        let entry = self.settings.entry_at(location.span.start);
        let source = match entry.map(|it| &it.origin) {
            Some(SettingOrigin::File { .. }) | None => match &self.settings.file {
                Some((path, _)) => path.trim_start_matches('/').to_owned(),
                None => "dockerd".to_owned(),
            },
            Some(SettingOrigin::Argument(_)) => "dockerd".to_owned(),
            Some(SettingOrigin::Engine) => "info".to_owned(),
        };
        let setting = match entry {
            Some(entry) => match &entry.origin {
                SettingOrigin::Argument(said) => shown(said),
                _ => entry.key.clone(),
            },
            None => String::new(),
        };
        Place::Host(Box::new(HostPlace {
            target: self.target.clone(),
            setting,
            source,
            location: self.location(location.span),
        }))
    }

    /// The same place in the settings file, where that says it.
    fn location(&self, span: Span) -> Option<Location> {
        let file = self.file.as_ref()?;
        let entry = self.settings.entry_at(span.start)?;
        let SettingOrigin::File { key, value } = entry.origin else { return None };
        let start = match span.start.checked_sub(entry.value) {
            Some(inside) => value + inside,
            None => key + span.start.saturating_sub(entry.range.start),
        };
        let end = (start + span.len()).min(file.text().len());
        file.text().get(start..end)?;
        Some(Location::new(file, Span::new(start, end)))
    }

    /// What the rules say of a file that the daemon cannot read.
    fn judge_broken_file(&self, book: &RuleBook) -> Vec<Finding> {
        let Some(file) = self.file.as_ref().filter(|_| self.is_unreadable()) else {
            return Vec::new();
        };
        let mut judgement = Judgement::default();
        judgement.run(&DaemonSubject::parse(file), &book.daemon);
        let mut findings = judgement.findings;
        for finding in &mut findings {
            finding.fixes.clear();
            if let Place::Text(location) = &finding.place {
                finding.place = Place::Host(Box::new(HostPlace {
                    target: self.target.clone(),
                    setting: String::new(),
                    source: file.name().trim_start_matches('/').to_owned(),
                    location: Some(location.clone()),
                }));
            }
        }
        findings
    }

    fn gaps(&self) -> Vec<Coverage> {
        let state = CoverageState::Partial;
        let unit = || "daemon".to_owned();
        let unknown = self.settings.unknown.iter();
        let unknown = unknown.map(|(why, remedy)| format!("{why}: {remedy}"));
        let all = unknown.chain(self.problems.iter().cloned());
        let mut res: Vec<Coverage> = all.map(|why| Coverage { unit: unit(), state, why }).collect();
        if res.is_empty() {
            let state = CoverageState::Ran;
            res.push(Coverage { unit: unit(), state, why: String::new() });
        }
        res
    }
}
