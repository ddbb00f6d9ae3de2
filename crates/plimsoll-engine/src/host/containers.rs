//! Judges the containers of a host by the rules over services.

use std::sync::Arc;

use plimsoll_config::tree::Node;
use plimsoll_finding::{
    Coverage, CoverageState, Finding, HostPlace, Outcome, OutcomeStatus, Place, RuleSettings,
    Target, TargetKind,
};
use plimsoll_host::{Collected, Known};
use plimsoll_lint::{
    RuleBook,
    subject::{seccomp::SeccompSubject, service::ServiceSubject},
};
use plimsoll_posture::{DaemonDefaults, InspectedContainer, Project, TopLevel};
use plimsoll_text::{Location, Source, Span};
use rayon::prelude::*;
use serde_json::Value;

use super::{
    controls::{Answer, OF_CONTAINER, shown},
    origin::Origins,
};
use crate::judge::Judgement;

/// What the rules need to know besides the container.
pub(super) struct Surroundings<'a> {
    pub(super) book: &'a RuleBook,
    pub(super) settings: &'a Arc<RuleSettings>,
    pub(super) daemon: &'a Arc<DaemonDefaults>,
    /// The engine's answer to `/info`.
    pub(super) info: &'a Value,
    pub(super) origins: &'a Origins,
}

/// What judging one container came to.
#[derive(Debug, Default)]
pub(super) struct JudgedContainer {
    pub(super) name: String,
    pub(super) findings: Vec<Finding>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) coverage: Vec<Coverage>,
}

/// The containers of `collected`, as the engine describes them, by their API path.
pub(super) fn container_answers(collected: &Collected) -> Vec<(&str, Known<Arc<Source>>)> {
    let mut res = Vec::new();
    for (path, known) in &collected.answers {
        let Some(id) = path.strip_prefix("/containers/").and_then(|it| it.strip_suffix("/json"))
        else {
            continue;
        };
        let known = known.map(|it| {
            let text = it.get();
            let answer: Value = serde_json::from_str(text).unwrap_or_default();
            let name = answer.get("Name").and_then(Value::as_str).unwrap_or_default();
            let name = name.trim_start_matches('/');
            let name = if name.is_empty() { id } else { name };
            Source::new(format!("containers/{name}/json"), text.to_owned())
        });
        // One that is gone since it was listed is no container of this host any more.
        if known != Known::Absent {
            res.push((id, known));
        }
    }
    res
}

/// Judges every container, in the order of their names.
pub(super) fn judge_containers(
    collected: &Collected,
    around: &Surroundings<'_>,
) -> Vec<JudgedContainer> {
    let volumes = volumes(collected);
    let answers = container_answers(collected);
    let mut res: Vec<JudgedContainer> = answers
        .into_par_iter()
        .map(|(id, known)| match known {
            Known::Had(source) => judge_container(&source, &volumes, around),
            Known::Absent => JudgedContainer::default(),
            Known::Unknown { why, remedy } => unread(id, &why, &remedy),
        })
        .collect();
    res.sort_by(|one, other| one.name.cmp(&other.name));
    res
}

/// The volumes of the engine with their options, since one may be a folder of the host in disguise.
fn volumes(collected: &Collected) -> Vec<(String, TopLevel)> {
    let answer = collected.answer("/volumes");
    let Some(text) = answer.had() else { return Vec::new() };
    let answer: Value = serde_json::from_str(text).unwrap_or_default();
    let source = Source::new("volumes", String::new());
    let place = Location::new(&source, Span::empty(0));
    let volume = |it: &Value| {
        let options = it.get("Options").and_then(Value::as_object);
        let options = options.into_iter().flatten();
        let options =
            options.filter_map(|(name, it)| Some((name.clone(), it.as_str()?.to_owned())));
        let volume = TopLevel {
            place: place.clone(),
            is_external: false,
            file: None,
            environment: None,
            options: options.collect(),
        };
        Some((it.get("Name")?.as_str()?.to_owned(), volume))
    };
    let list = answer.get("Volumes").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(volume).collect()
}

fn judge_container(
    source: &Arc<Source>,
    volumes: &[(String, TopLevel)],
    around: &Surroundings<'_>,
) -> JudgedContainer {
    let Some(mut container) = InspectedContainer::read(source) else {
        let name = source.name().trim_start_matches("containers/").trim_end_matches("/json");
        let why = "the engine's answer is no JSON object, or too large to read";
        return unread(name, why, "look at it with `docker inspect`");
    };
    container.service.daemon = Some(Arc::clone(around.daemon));
    let name = container.service.name.clone();
    let used = container.service.mounts.iter().filter_map(|it| it.value.source.clone());
    let used: Vec<String> = used.collect();
    let project = Project {
        name: name.clone(),
        services: vec![container.service.clone()],
        volumes: volumes.iter().filter(|it| used.contains(&it.0)).cloned().collect(),
        ..Project::default()
    };
    let mut judgement = Judgement::default();
    if let Some(subject) = ServiceSubject::new(&Arc::new(project), 0, around.settings) {
        judgement.run(&subject, &around.book.service);
    }
    judge_profile(&container, around, &mut judgement);
    let target = Target { kind: TargetKind::Container, name: name.clone() };
    let mut res = JudgedContainer { name, coverage: judgement.coverage, ..Default::default() };
    let mut findings = judgement.findings;
    for decided in OF_CONTAINER {
        let answer = answer(&container, decided.key, &findings, around)
            .unwrap_or_else(|| pass(&container, decided.settings));
        if answer.status == OutcomeStatus::NotApplicable {
            findings.retain(|it| !it.rule.controls.contains(&decided.key));
        }
        let facts = facts(&container, decided.key, decided.settings);
        res.outcomes.extend(answer.evidence(facts).outcome(decided.key, &target));
    }
    let state = CoverageState::Ran;
    let unit = source.name().trim_end_matches("/json").to_owned();
    res.coverage.push(Coverage { unit, state, why: String::new() });
    let made_by = around.origins.of(&container.service);
    for finding in &mut findings {
        let rule = finding.rule.id;
        let line = made_by.as_ref().map(|it| it.line_of(rule));
        place(finding, &container, &target, line.as_ref());
    }
    res.findings = findings;
    res
}

/// Judges the seccomp profile that the container brings: the engine keeps its whole text.
fn judge_profile(container: &InspectedContainer, around: &Surroundings<'_>, out: &mut Judgement) {
    for (value, option) in container.service.security_options("seccomp") {
        let Some(text) = value.filter(|it| it.starts_with('{')) else { continue };
        let name = format!("containers/{}/seccomp", container.service.name);
        let subject = SeccompSubject::parse(&Source::new(name, text.to_owned()));
        let mut judgement = Judgement::default();
        judgement.run(&subject, &around.book.seccomp);
        for mut finding in judgement.findings {
            // The profile is one string in the engine's answer; its own lines say nothing there.
            if let Some(place) = option.location() {
                finding.place = Place::Text(place.clone());
            }
            finding.related.clear();
            out.findings.push(finding);
        }
    }
}

/// What a control came to, where it is not simply in order.
fn answer(
    container: &InspectedContainer,
    key: &str,
    findings: &[Finding],
    around: &Surroundings<'_>,
) -> Option<Answer> {
    let service = &container.service;
    let module = match key {
        "runtime.apparmor" => Some(("apparmor", "AppArmor")),
        "runtime.selinux" => Some(("selinux", "SELinux")),
        _ => None,
    };
    if let Some((option, name)) = module
        && has_security_option(around.info, option) == Some(false)
    {
        let why = format!("the engine works without {name} on this host");
        return Some(Answer::new(OutcomeStatus::NotApplicable, why));
    }
    if let Some(failure) = Answer::failure(key, findings) {
        return Some(failure);
    }
    if key == "runtime.seccomp-on" {
        return weak_profile(findings).or_else(|| superseded(container, key));
    }
    if key == "runtime.docker-socket" {
        let is_root = |it: &str| it.trim_end_matches('/').is_empty();
        let mut sources = service.mounts.iter().filter_map(|it| it.value.source.as_deref());
        if sources.any(|it| it.starts_with('/') && is_root(it)) {
            let why = "the whole root of the host is mounted (see runtime.sensitive-mounts); is \
                       the engine's socket below it?";
            return Some(Answer::new(OutcomeStatus::Manual, why));
        }
    }
    if module.is_some() && has_security_option(around.info, "").is_none() {
        let why = "whether the host has it is not known; the engine's answer to `/info` is missing";
        return Some(Answer::new(OutcomeStatus::Unknown, why));
    }
    superseded(container, key)
}

/// A profile that lets through what the engine's own holds back.
fn weak_profile(findings: &[Finding]) -> Option<Answer> {
    let failure = Answer::failure("daemon.seccomp", findings)?;
    Some(Answer::new(OutcomeStatus::Fail, format!("its own profile: {}", failure.why)))
}

/// What a privileged container has not, whatever its settings say.
fn superseded(container: &InspectedContainer, key: &str) -> Option<Answer> {
    let is_privileged = container.service.privileged.as_ref().is_some_and(|it| it.value);
    let is_void = match key {
        "runtime.no-new-privileges" => {
            container.service.declared_no_new_privileges().is_none_or(|it| !it.value)
        }
        key => VOID_WHEN_PRIVILEGED.contains(&key),
    };
    (is_privileged && is_void).then(|| {
        let why = "the container is privileged, which makes this void; see runtime.privileged";
        Answer::new(OutcomeStatus::NotApplicable, why)
    })
}

/// The controls that speak of what a privileged container does not have.
pub(super) static VOID_WHEN_PRIVILEGED: &[&str] = &[
    "runtime.apparmor",
    "runtime.selinux",
    "runtime.capabilities",
    "runtime.devices",
    "runtime.seccomp-on",
];

/// In order, if the settings that tell so are there at all.
fn pass(container: &InspectedContainer, settings: &[&str]) -> Answer {
    let is_there = |it: &&&str| container.field(&path(it)).is_some();
    // No health check, no port, no mount: the engine leaves out what is not set.
    let parent = settings.iter().filter_map(|it| it.split('.').next());
    let mut parents = parent.filter(|it| !matches!(*it, "Mounts" | "ProcessLabel"));
    if settings.iter().any(|it| is_there(&it)) {
        return Answer::new(OutcomeStatus::Pass, "in order");
    }
    let lacking = settings.join(" and ");
    let has_parent = parents.any(|it| container.field(&[it]).is_some());
    let why = if has_parent {
        format!("the engine says nothing of {lacking}")
    } else {
        format!("the engine's answer lacks {lacking}")
    };
    Answer::new(OutcomeStatus::Unknown, format!("{why}; look at it with `docker inspect`"))
}

/// The settings that a control rests on, in words.
fn facts(container: &InspectedContainer, key: &str, settings: &[&str]) -> Vec<String> {
    let fact = |setting: &&str| {
        let node = container.field(&path(setting))?;
        // The values may be secrets.
        if key == "secrets.env" {
            return Some(format!("{setting} has {} variables", node.items().len()));
        }
        if *setting == "Mounts" {
            let mounts = node.items().iter().map(mount_words).collect::<Vec<_>>();
            return Some(format!("Mounts is [{}]", shown(&mounts.join(", "))));
        }
        Some(format!("{setting} is {}", shown(container.tree.source.slice(node.span))))
    };
    settings.iter().filter_map(fact).collect()
}

fn mount_words(mount: &Node) -> String {
    let text = |key: &str| mount.get(key).and_then(Node::as_str).unwrap_or_default();
    let mode = if mount.get("RW").and_then(Node::as_bool) == Some(false) { "ro" } else { "rw" };
    format!("{}:{}:{mode}", text("Source"), text("Destination"))
}

fn path(setting: &str) -> Vec<&str> {
    setting.split('.').collect()
}

/// Whether the engine works with a security module; `None` where it does not say. An empty name
/// asks whether it says anything.
pub(super) fn has_security_option(info: &Value, name: &str) -> Option<bool> {
    let options = info.get("SecurityOptions")?.as_array()?;
    let is_it = |it: &Value| {
        let mut parts = it.as_str().unwrap_or_default().split(',');
        parts.any(|it| it.strip_prefix("name=").unwrap_or(it) == name)
    };
    Some(options.iter().any(is_it))
}

/// Turns places in the engine's answer into settings of the container.
fn place(
    finding: &mut Finding,
    container: &InspectedContainer,
    target: &Target,
    line: Option<&Location>,
) {
    let source = &container.tree.source;
    let turned = |place: &Place, line: Option<&Location>| match place {
        Place::Text(location) if location.source.name() == source.name() => {
            Place::Host(Box::new(HostPlace {
                target: target.clone(),
                setting: container.setting_at(location.span),
                source: source.name().to_owned(),
                location: line.cloned(),
            }))
        }
        other => other.clone(),
    };
    finding.place = turned(&finding.place, line);
    for related in &mut finding.related {
        related.place = turned(&related.place, None);
    }
    let main = finding.place.clone();
    let setting = |it: &Place| match it {
        Place::Host(it) => Some(it.setting.clone()),
        _ => None,
    };
    finding.related.retain(|it| setting(&it.place) != setting(&main));
    // What mends a container is another container; the edits of files are those of its origin.
    finding.fixes.clear();
}

fn unread(name: &str, why: &str, remedy: &str) -> JudgedContainer {
    let target = Target { kind: TargetKind::Container, name: name.to_owned() };
    let why = format!("{why}: {remedy}");
    let outcomes = OF_CONTAINER
        .iter()
        .filter_map(|it| Answer::new(OutcomeStatus::Unknown, why.clone()).outcome(it.key, &target));
    let coverage = Coverage {
        unit: format!("containers/{name}"),
        state: CoverageState::Broke,
        why: why.clone(),
    };
    JudgedContainer {
        name: name.to_owned(),
        findings: Vec::new(),
        outcomes: outcomes.collect(),
        coverage: vec![coverage],
    }
}
