//! Judging a host: its containers by the rules over services, its daemon by the rules over
//! daemon.json, and both weighed as every other finding.

mod controls;
mod containers;
mod daemon;
mod origin;
mod drift;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll_audit::{HostSettings, host_rules, merge_outcomes};
use plimsoll_docker::find_endpoint;
use plimsoll_finding::{
    CONTROLS, Coverage, CoverageState, Finding, Outcome as ControlOutcome, OutcomeStatus::Fail,
    SubjectKind, Target, TargetKind,
};
use plimsoll_fs::read_text;
use plimsoll_host::{Collected, DaemonSettings, Host, Known, Reach};
use plimsoll_lint::{RuleBook, mask_value};
use plimsoll_policy::{
    DecidedFile, Decider, Findings, Finish, JudgedFile, Outcome as PolicyOutcome, Packer, Verdict,
};
use plimsoll_posture::{InspectedContainer, Service};
use plimsoll_probe::Step;
use plimsoll_report::host::HostReport;
use serde_json::Value;

pub use self::drift::{DriftRequest, drift};
use self::{
    containers::{
        JudgedContainer, Surroundings, VOID_WHEN_PRIVILEGED, container_answers, judge_containers,
    },
    daemon::judge_daemon,
    origin::Origins,
};
use crate::{
    error::Error,
    run::{Outcome, Progress, Request, Session, read_baseline},
};

/// Which host to judge, and by what.
#[derive(Clone, Debug, Default)]
pub struct HostRequest {
    /// Rules, audience, threshold, baseline, settings.
    pub request: Request,
    /// Where the facts come from.
    pub source: HostSource,
    /// The file that keeps them.
    pub save: Option<PathBuf>,
    /// Whether no network may be used.
    pub is_offline: bool,
}

/// Where the facts about a host come from.
#[derive(Clone, Debug)]
pub enum HostSource {
    /// The host that an engine runs on.
    Live {
        /// The address of the engine, in place of the one that the Docker CLI would use.
        address: Option<String>,
        /// The Docker context that names it.
        context: Option<String>,
    },
    /// A snapshot that was taken before.
    Snapshot(PathBuf),
    /// The settings of a daemon alone, with no engine at hand.
    Settings {
        /// The daemon's settings file.
        daemon_json: Option<PathBuf>,
        /// The arguments of dockerd in one line.
        arguments: String,
    },
}

impl Default for HostSource {
    fn default() -> Self {
        Self::Live { address: None, context: None }
    }
}

/// What judging a host came to.
#[derive(Debug)]
pub struct HostOutcome {
    /// The host, and what each control came to.
    pub host: HostReport,
    /// The verdict over the findings.
    pub outcome: Outcome,
}

/// Reads the facts about a host and judges them.
pub fn judge_host(request: &HostRequest, progress: &dyn Progress) -> Result<HostOutcome, Error> {
    let session = Session::start(&request.request)?;
    let (collected, settings) = match &request.source {
        HostSource::Live { address, context } => {
            let collected =
                look(address.as_deref(), context.as_deref(), request.is_offline, progress)?;
            let settings = DaemonSettings::of(&collected);
            (collected, settings)
        }
        HostSource::Snapshot(path) => {
            let collected = plimsoll_probe::load(path)?;
            let settings = DaemonSettings::of(&collected);
            (collected, settings)
        }
        HostSource::Settings { daemon_json, arguments } => {
            settings_alone(daemon_json.as_deref(), arguments, &session)?
        }
    };
    if let Some(path) = &request.save {
        plimsoll_probe::save(path, &collected, mask_value)?;
    }
    let mut judged = judge(&collected, &settings, &session);
    judged.note_gaps(&collected);
    judged.decide(&collected, request, &session)
}

/// Takes a snapshot.
fn look(
    address: Option<&str>,
    context: Option<&str>,
    is_offline: bool,
    progress: &dyn Progress,
) -> Result<Collected, Error> {
    let mut environment = plimsoll_fs::environment();
    if let Some(name) = context {
        environment.remove("DOCKER_HOST");
        environment.insert("DOCKER_CONTEXT".to_owned(), name.to_owned());
    }
    let endpoint = find_endpoint(address, &environment)?;
    if is_offline && !endpoint.is_local() {
        return Err(Error::Offline { what: endpoint.to_string() });
    }
    let asked = plimsoll_probe::Request {
        environment,
        ..plimsoll_probe::Request::new(endpoint, plimsoll_fs::unix_seconds(), mask_value)
    };
    let mut n_done = 0;
    Ok(plimsoll_probe::collect(&asked, &mut |step| {
        if let Step::Engine { done, total } = step {
            progress.total(total);
            (n_done..done).for_each(|_| progress.step());
            n_done = done.max(n_done);
        }
    }))
}

fn settings_alone(
    daemon_json: Option<&Path>,
    arguments: &str,
    session: &Session,
) -> Result<(Collected, DaemonSettings), Error> {
    let max_size = session.config.settings.limits.max_file_size;
    let text = daemon_json.map(|it| read_text(it, max_size)).transpose()?;
    let name = daemon_json.map(|it| it.display().to_string()).unwrap_or_default();
    let settings = DaemonSettings::of_parts(&name, text.as_deref(), arguments);
    Ok((Collected::new("dockerd", 0, Reach::Settings), settings))
}

/// In the order of the catalogue, and for each control by target.
fn in_report_order(mut outcomes: Vec<ControlOutcome>) -> Vec<ControlOutcome> {
    let place: BTreeMap<&str, usize> =
        CONTROLS.iter().enumerate().map(|(number, it)| (it.key, number)).collect();
    outcomes.sort_by(|one, other| {
        let key = |it: &ControlOutcome| place.get(it.control.key).copied();
        key(one).cmp(&key(other)).then_with(|| one.target.cmp(&other.target))
    });
    outcomes
}

/// What all judges said, before policy.
#[derive(Default)]
struct Judged {
    /// By the path that settings and waivers call it: `containers/web`, `daemon`.
    findings: BTreeMap<String, Vec<Finding>>,
    outcomes: Vec<ControlOutcome>,
    coverage: Vec<Coverage>,
    counts: BTreeMap<SubjectKind, usize>,
}

fn judge(collected: &Collected, settings: &DaemonSettings, session: &Session) -> Judged {
    // Outcomes rest on every rule that speaks of a control; which findings are told is policy's.
    let book = RuleBook::select(|_| true);
    let info: Value = collected
        .answer("/info")
        .had()
        .and_then(|it| serde_json::from_str(it).ok())
        .unwrap_or_default();
    let mut res = Judged::default();
    let daemon = judge_daemon(settings, &collected.name, &info, &book);
    res.outcomes.extend(daemon.outcomes);
    res.coverage.extend(daemon.coverage);
    res.findings.insert("daemon".to_owned(), daemon.findings);
    *res.counts.entry(SubjectKind::Daemon).or_default() += 1;
    if collected.reach == Reach::Settings {
        return res;
    }
    let origins = read_origins(collected, &book);
    res.coverage.extend(origins.gaps.iter().cloned());
    let terms = session.terms("containers");
    let around = Surroundings {
        book: &book,
        settings: &terms.settings,
        daemon: &daemon.defaults,
        info: &info,
        origins: &origins,
    };
    for container in judge_containers(collected, &around) {
        res.take(container);
    }
    res.note_unlisted(collected);
    res.audit(collected);
    res
}

/// The compose files of containers are looked for where this program runs: a snapshot of another
/// host finds none, which is told.
fn read_origins(collected: &Collected, book: &RuleBook) -> Origins {
    let services = services(collected);
    Origins::read(&services, book)
}

fn services(collected: &Collected) -> Vec<Service> {
    let sources = container_answers(collected);
    let read = |known: &Known<Arc<_>>| Some(InspectedContainer::read(known.had()?)?.service);
    sources.iter().filter_map(|it| read(&it.1)).collect()
}

impl Judged {
    fn take(&mut self, container: JudgedContainer) {
        let path = format!("containers/{}", container.name);
        self.findings.insert(path, container.findings);
        self.outcomes.extend(container.outcomes);
        self.coverage.extend(container.coverage);
        *self.counts.entry(SubjectKind::Service).or_default() += 1;
    }

    /// Without the engine's list nobody knows which containers there are.
    fn note_unlisted(&mut self, collected: &Collected) {
        if let Known::Unknown { why, remedy } = collected.answer("/containers/json?all=1") {
            let why = format!("{why}: {remedy}");
            let state = CoverageState::Broke;
            self.coverage.push(Coverage { unit: "containers".to_owned(), state, why });
        }
    }

    /// What no rule over files can see: owners, users, processes, networks, swarm.
    fn audit(&mut self, collected: &Collected) {
        let mut audited = plimsoll_audit::audit(&Host::new(collected), &HostSettings::default());
        // What a privileged process lacks has one cause, which is told already.
        let is_privileged =
            |it: &&ControlOutcome| it.control.key == "runtime.privileged" && it.status == Fail;
        let privileged: BTreeSet<Target> =
            self.outcomes.iter().filter(is_privileged).map(|it| it.target.clone()).collect();
        let is_void = |key: &str| VOID_WHEN_PRIVILEGED.contains(&key);
        audited.findings.retain(|it| {
            !(it.rule.controls.iter().any(|it| is_void(it)) && privileged.contains(&it.target()))
        });
        audited.outcomes.retain(|it| !(is_void(it.control.key) && privileged.contains(&it.target)));
        for finding in audited.findings {
            let target = finding.target();
            let path = match target.kind {
                TargetKind::Container => format!("containers/{}", target.name),
                TargetKind::Daemon => "daemon".to_owned(),
                _ => "host".to_owned(),
            };
            self.findings.entry(path).or_default().push(finding);
        }
        self.outcomes.extend(audited.outcomes);
        let outcomes = std::mem::take(&mut self.outcomes);
        self.outcomes = in_report_order(merge_outcomes(outcomes));
        let state = CoverageState::Partial;
        let gap = |why| Coverage { unit: "host".to_owned(), state, why };
        self.coverage.extend(audited.gaps.into_iter().map(gap));
        *self.counts.entry(SubjectKind::Host).or_default() += 1;
    }

    fn note_gaps(&mut self, collected: &Collected) {
        let state = CoverageState::Partial;
        let gap = |why: &String| Coverage { unit: "snapshot".to_owned(), state, why: why.clone() };
        self.coverage.extend(collected.gaps.iter().map(gap));
    }

    /// Weighs what was found.
    fn decide(
        self,
        collected: &Collected,
        request: &HostRequest,
        session: &Session,
    ) -> Result<HostOutcome, Error> {
        let baseline = request.request.baseline.as_deref().map(read_baseline).transpose()?;
        let relative = |name: &str| name.to_owned();
        let policy = session.policy(&request.request, baseline.as_ref(), &relative)?;
        for path in self.findings.keys() {
            session.terms(path);
        }
        let chosen = session.chosen_rules("host");
        let of_host = host_rules().into_iter().filter(|it| chosen.contains(it.id));
        let rules = session.rules_in_force(&of_host.collect::<Vec<_>>());
        let waivers = session.config.waivers.clone();
        let decider = Decider::new(policy, &rules, waivers, &self.coverage);
        let mut packer = Packer::default();
        let mut tally = plimsoll_policy::Tally::default();
        for (path, mut findings) in self.findings {
            let chosen = session.chosen_rules(&path);
            findings.retain(|it| chosen.contains(it.rule.id));
            let file = JudgedFile { path, findings, ..JudgedFile::default() };
            let DecidedFile { findings, tally: of_file } = decider.decide(file);
            packer.extend(&findings);
            tally.add(of_file);
        }
        let Finish { late, coverage, outcome } =
            decider.finish(Vec::new(), tally, &self.counts, self.coverage);
        for (_, findings) in &late {
            packer.extend(findings);
        }
        let is_blind = coverage.iter().any(|it| it.unit == "containers");
        let is_clean = outcome == PolicyOutcome::Clean;
        let verdict = Verdict {
            findings: Findings::new(vec![packer.finish()]),
            coverage,
            rules,
            spared: session.spared_rules(),
            judged: self.counts,
            fail_on: session.config.settings.fail_on.severity(),
            outcome: if is_clean && is_blind { PolicyOutcome::Incomplete } else { outcome },
        };
        let host = HostReport {
            name: collected.name.clone(),
            taken_at: collected.taken_at,
            reach: match collected.reach {
                Reach::Host => "host",
                Reach::Engine => "engine",
                Reach::Settings => "settings",
            },
            outcomes: self.outcomes,
        };
        let outcome = Outcome { verdict, root: session.config.root.clone() };
        Ok(HostOutcome { host, outcome })
    }
}
