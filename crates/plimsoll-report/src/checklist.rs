//! What guides ask to be true before development, deployment and run time: each line ticked,
//! crossed or left open from evidence. A line is ticked only where its subjects were judged, by
//! every rule that speaks to it, and none of them has anything left to say. In doubt it stays open.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use plimsoll_finding::{
    CoverageState, Disposition, RuleInfo,
    SubjectKind::{
        self, Compose, Daemon, Dockerfile, EnvFile, Kubernetes, Nginx, Project, Service, Workflow,
    },
};
use plimsoll_policy::{Outcome, Verdict};

use crate::{
    escape,
    run::Run,
    tally::{count, gaps},
    terminal::{Options, Style, wrap},
};

/// One of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// When it is to be true.
    pub name: &'static str,
    /// What is to be true.
    pub lines: &'static [Line],
}

/// One line of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is to be true.
    pub text: &'static str,
    /// What gives evidence for or against it; where there is nothing, only people can tell.
    pub evidence: &'static [Evidence],
    /// What would settle it where the evidence does not.
    pub otherwise: &'static str,
}

/// Rules that together settle a line for subjects of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What must have been judged.
    pub subject: SubjectKind,
    /// All of these must have been in force.
    pub rules: &'static [&'static str],
}

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Judged, and true.
    Ticked,
    /// Judged, and not true.
    Crossed,
    /// Not judged, or not by all that would have to.
    Open,
}

impl State {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ticked => "ticked",
            Self::Crossed => "crossed",
            Self::Open => "open",
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Ticked => "[x]",
            Self::Crossed => "[!]",
            Self::Open => "[ ]",
        }
    }
}

/// A line, how it stands, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The line.
    pub line: &'static Line,
    /// How it stands.
    pub state: State,
    /// Why it stands so.
    pub why: String,
}

/// The answers of each list of [`CHECKLISTS`].
pub fn answers(verdict: &Verdict) -> Vec<(&'static Checklist, Vec<Answer>)> {
    let facts = Facts::new(verdict);
    CHECKLISTS
        .iter()
        .map(|list| (list, list.lines.iter().map(|it| facts.answer(it)).collect()))
        .collect()
}

/// The rule ids of [`CHECKLISTS`] that no rule of `rules` has.
pub fn unknown_rule_ids(rules: &[&RuleInfo]) -> Vec<&'static str> {
    let known: BTreeSet<&str> = rules.iter().map(|it| it.id).collect();
    let lines = CHECKLISTS.iter().flat_map(|it| it.lines);
    let asked = lines.flat_map(|it| it.evidence).flat_map(|it| it.rules.iter().copied());
    let unknown: BTreeSet<&str> = asked.filter(|it| !known.contains(it)).collect();
    unknown.into_iter().collect()
}

/// Writes the lists for a terminal.
pub fn write(
    verdict: &Verdict,
    _run: &Run,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for (list, answers) in answers(verdict) {
        writeln!(
            out,
            "{}",
            options.paint(Style::Bold, &format!("{} {}", list.name, score(&answers)))
        )?;
        for answer in &answers {
            let style = match answer.state {
                State::Ticked => Style::Good,
                State::Crossed => Style::Severity(plimsoll_finding::Severity::High),
                State::Open => Style::Faint,
            };
            let sign = options.paint(style, answer.state.sign());
            let room = options.columns().saturating_sub(6);
            for (number, line) in wrap(answer.line.text, room, 0).iter().enumerate() {
                let sign = if number == 0 { sign.as_str() } else { "   " };
                writeln!(out, "  {sign} {line}")?;
            }
            for line in wrap(&escape::line(&answer.why), room, 0) {
                writeln!(out, "      {}", options.paint(Style::Faint, &line))?;
            }
        }
        writeln!(out)?;
    }
    if let Some(warning) = warning(verdict) {
        for line in wrap(&warning, options.columns(), 0) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Writes the lists as Markdown.
pub fn write_markdown(verdict: &Verdict, _run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    for (list, answers) in answers(verdict) {
        writeln!(out, "## {} {}\n", list.name, score(&answers))?;
        for answer in &answers {
            let text = escape::markdown(answer.line.text);
            let why = escape::markdown(&answer.why);
            match answer.state {
                State::Ticked => writeln!(out, "- [x] {text} ({why})")?,
                State::Crossed => writeln!(out, "- [ ] **not so:** {text} ({why})")?,
                State::Open => writeln!(out, "- [ ] {text} (open: {why})")?,
            }
        }
        writeln!(out)?;
    }
    if let Some(warning) = warning(verdict) {
        writeln!(out, "{}", escape::markdown(&warning))?;
    }
    Ok(())
}

fn score(answers: &[Answer]) -> String {
    let n_in = |state| answers.iter().filter(|it| it.state == state).count();
    format!(
        "({} ticked, {} crossed, {} open)",
        n_in(State::Ticked),
        n_in(State::Crossed),
        n_in(State::Open)
    )
}

fn warning(verdict: &Verdict) -> Option<String> {
    let broken = [CoverageState::Partial, CoverageState::Broke];
    let n_gaps = gaps(verdict).filter(|it| broken.contains(&it.state)).count();
    if n_gaps == 0 && verdict.outcome != Outcome::Incomplete {
        return None;
    }
    let units = count(n_gaps, "unit");
    Some(format!("{units} could not be fully read: the ticks speak for what was read only"))
}

/// What the verdict says of each rule.
struct Facts<'a> {
    verdict: &'a Verdict,
    in_force: BTreeSet<&'a str>,
    broken: BTreeSet<&'a str>,
    by_rule: BTreeMap<&'a str, [usize; 3]>,
}

impl<'a> Facts<'a> {
    fn new(verdict: &'a Verdict) -> Self {
        let mut by_rule: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for finding in &verdict.findings {
            let [open, waived, baseline] = by_rule.entry(finding.rule.id).or_default();
            match finding.disposition {
                Disposition::Open => *open += 1,
                Disposition::Waived { .. } => *waived += 1,
                Disposition::Baseline => *baseline += 1,
            }
        }
        Self {
            verdict,
            in_force: verdict.rules.iter().map(|it| it.id).collect(),
            broken: gaps(verdict).filter_map(|it| it.unit.strip_prefix("rule:")).collect(),
            by_rule,
        }
    }

    fn answer(&self, line: &'static Line) -> Answer {
        let (state, why) = self.judge(line);
        Answer { line, state, why }
    }

    fn judge(&self, line: &Line) -> (State, String) {
        let mut n_judged = 0;
        let mut missing = Vec::new();
        let mut open = Vec::new();
        let (mut n_waived, mut n_baseline) = (0, 0);
        for evidence in line.evidence {
            let n_subjects =
                self.verdict.judged.get(&evidence.subject).copied().unwrap_or_default();
            n_judged += n_subjects;
            for rule in evidence.rules {
                let [n_open, waived, baseline] =
                    self.by_rule.get(rule).copied().unwrap_or_default();
                if n_open > 0 {
                    open.push(format!("{rule}: {}", count(n_open, "finding")));
                }
                n_waived += waived;
                n_baseline += baseline;
                let ran = self.in_force.contains(rule) && !self.broken.contains(rule);
                if n_subjects > 0 && !ran {
                    missing.push(*rule);
                }
            }
        }
        // One rule may stand under two kinds of subject.
        open.dedup();
        missing.sort_unstable();
        missing.dedup();
        if !open.is_empty() {
            return (State::Crossed, open.join(", "));
        }
        if n_judged == 0 {
            return (State::Open, line.otherwise.to_owned());
        }
        if !missing.is_empty() {
            return (State::Open, format!("not all rules ran: {} missing", missing.join(", ")));
        }
        if n_baseline > 0 {
            // The baseline says that it is known, not that it is right.
            return (State::Open, format!("{} in the baseline", count(n_baseline, "finding")));
        }
        let judged = count(n_judged, "subject");
        match n_waived {
            0 => (State::Ticked, format!("{judged} judged")),
            _ => (State::Ticked, format!("{judged} judged, {n_waived} waived with a reason")),
        }
    }
}

const fn of(subject: SubjectKind, rules: &'static [&'static str]) -> Evidence {
    Evidence { subject, rules }
}

const fn line(text: &'static str, evidence: &'static [Evidence], otherwise: &'static str) -> Line {
    Line { text, evidence, otherwise }
}

/// The three lists.
pub static CHECKLISTS: &[Checklist] = &[
    Checklist { name: "development", lines: DEVELOPMENT },
    Checklist { name: "deployment", lines: DEPLOYMENT },
    Checklist { name: "runtime", lines: RUNTIME },
];

static DEVELOPMENT: &[Line] = &[
    line(
        "official or allow-listed base image",
        &[of(Dockerfile, &["untrusted-registry"])],
        NO_DOCKERFILE,
    ),
    line(
        "base image minimal, supported and up to date",
        &[of(Dockerfile, &["outdated-base-image", "large-base-image"])],
        NO_DOCKERFILE,
    ),
    line(
        "base image pinned by version and digest",
        &[of(Dockerfile, &["untagged-base-image", "latest-tag", "base-image-without-digest"])],
        NO_DOCKERFILE,
    ),
    line(
        "image scanned, no known critical or high vulnerability that has a fix",
        &[],
        "needs a scan of the image",
    ),
    line(
        "dedicated non-root user with an explicit numeric id",
        &[of(Dockerfile, &["root-user", "named-user"])],
        NO_DOCKERFILE,
    ),
    line("files owned by that user", &[of(Dockerfile, &["copy-without-chown"])], NO_DOCKERFILE),
    line(
        "runtime user has no login shell",
        &[of(Dockerfile, &["login-shell-user"])],
        NO_DOCKERFILE,
    ),
    line(
        "multi-stage build, no build tools in the final stage",
        &[of(Dockerfile, &["single-stage-build", "build-tools-in-final-image"])],
        NO_DOCKERFILE,
    ),
    line(
        "package lists and caches removed in the layer that made them",
        &[of(
            Dockerfile,
            &[
                "apt-lists-kept",
                "apk-cache-kept",
                "yum-cache-kept",
                "dnf-cache-kept",
                "zypper-cache-kept",
                "pip-cache-kept",
            ],
        )],
        NO_DOCKERFILE,
    ),
    line(
        "only needed packages, no recommended extras",
        &[of(Dockerfile, &["apt-recommended-packages"])],
        NO_DOCKERFILE,
    ),
    line(
        "no secret in ENV, ARG, history or any layer",
        &[of(Dockerfile, &["secret-in-env", "secret-in-arg", "hard-coded-credential"])],
        NO_DOCKERFILE,
    ),
    line(
        "secrets of the build mounted, not copied",
        &[of(Dockerfile, &["secret-file-copied", "credential-without-secret-mount"])],
        NO_DOCKERFILE,
    ),
    line(
        ".dockerignore keeps secrets and VCS data out",
        &[of(Dockerfile, &["weak-dockerignore"])],
        NO_DOCKERFILE,
    ),
    line(".env ignored by git", &[of(EnvFile, &["tracked-env-file"])], "no .env file was judged"),
    line(
        "health check defined",
        &[of(Dockerfile, &["missing-healthcheck"]), of(Service, &["service-without-healthcheck"])],
        NO_DOCKERFILE,
    ),
    line("exec-form command", &[of(Dockerfile, &["shell-form-command"])], NO_DOCKERFILE),
    line(
        "only needed ports exposed and documented",
        &[of(Dockerfile, &["exposed-ssh-port", "undocumented-port"])],
        NO_DOCKERFILE,
    ),
];

static DEPLOYMENT: &[Line] = &[
    line(
        "images signed, signatures verified on pull",
        &[of(Workflow, &["unsigned-image-push"])],
        "no CI workflow was judged, and pulls are verified by the engine",
    ),
    line("provenance and SBOM attached and verified", &[], "needs the image in its registry"),
    line(
        "secrets delivered at run time as files, not environment",
        &[of(Service, &["secret-in-environment"]), of(Kubernetes, &["kubernetes-secret-in-env"])],
        NO_SERVICE,
    ),
    line(
        "networks segmented, back ends internal",
        &[of(Project, &["needless-shared-network", "backend-network-not-internal"])],
        "no compose project was judged",
    ),
    line(
        "published ports bound to the address that needs them",
        &[of(Service, &["port-on-all-interfaces"]), of(Kubernetes, &["host-port"])],
        NO_SERVICE,
    ),
    line(
        "CPU, memory and process limits set",
        &[
            of(Service, &["no-memory-limit", "no-cpu-limit", "no-pids-limit"]),
            of(Kubernetes, &["kubernetes-no-memory-limit", "kubernetes-no-cpu-limit"]),
        ],
        NO_SERVICE,
    ),
    line(
        "root file system read-only, writable paths explicit (tmpfs or volumes, noexec where \
         possible)",
        &[
            of(Service, &["writable-root-filesystem"]),
            of(Kubernetes, &["kubernetes-writable-root-filesystem"]),
        ],
        NO_SERVICE,
    ),
    line(
        "all capabilities dropped, needed ones added by name",
        &[
            of(Service, &["capabilities-not-dropped", "dangerous-capability"]),
            of(
                Kubernetes,
                &["kubernetes-capabilities-not-dropped", "kubernetes-dangerous-capability"],
            ),
        ],
        NO_SERVICE,
    ),
    line(
        "no-new-privileges set",
        &[of(Service, &["new-privileges"]), of(Kubernetes, &["privilege-escalation"])],
        NO_SERVICE,
    ),
    line(
        "seccomp and AppArmor or SELinux profile active",
        &[
            of(Service, &["unconfined-seccomp", "unconfined-apparmor", "disabled-selinux-label"]),
            of(Kubernetes, &["kubernetes-unconfined-seccomp"]),
        ],
        NO_SERVICE,
    ),
    line(
        "no privileged container, no host namespaces, no engine socket inside",
        &[
            of(
                Service,
                &[
                    "privileged-container",
                    "host-network",
                    "host-pid",
                    "host-ipc",
                    "host-userns",
                    "host-uts",
                    "engine-socket-mount",
                ],
            ),
            of(
                Kubernetes,
                &[
                    "kubernetes-privileged",
                    "kubernetes-host-network",
                    "kubernetes-host-pid",
                    "kubernetes-host-ipc",
                    "kubernetes-engine-socket-mount",
                ],
            ),
        ],
        NO_SERVICE,
    ),
    line(
        "audit logging configured",
        &[of(Daemon, &["daemon-log-driver", "daemon-log-rotation"])],
        "no daemon.json was judged; audit rules need a look at the host",
    ),
    line(
        "TLS at the edge with current protocols and ciphers",
        &[of(Nginx, &["outdated-tls-protocol", "weak-tls-cipher", "no-redirect-to-tls"])],
        "no nginx configuration was judged",
    ),
    line("host firewall covers what Docker publishes", &[], "needs a look at the host"),
];

static RUNTIME: &[Line] = &[
    line("processes verified not to run as uid 0", &[], NO_RUNTIME),
    line("behaviour monitored, alerts delivered", &[], NO_RUNTIME),
    line(
        "logs shipped off the host and rotated",
        &[
            of(Daemon, &["daemon-log-driver", "daemon-log-rotation"]),
            of(Compose, &["logging-disabled"]),
        ],
        "no daemon.json was judged",
    ),
    line("engine, host and base images current", &[], NO_RUNTIME),
    line("images rebuilt and rescanned on a schedule", &[], "needs the history of the images"),
    line("secrets rotated and old ones revoked", &[], PEOPLE),
    line("resource use watched", &[], NO_RUNTIME),
    line(
        "access to the engine reviewed (group, socket, sudoers, TLS clients)",
        &[],
        "needs a look at the host",
    ),
    line("persistent data and security configuration backed up", &[], PEOPLE),
    line("recovery rehearsed", &[], PEOPLE),
    line("incident response steps ready and tried", &[], PEOPLE),
];

const NO_DOCKERFILE: &str = "no Dockerfile was judged";
const NO_SERVICE: &str = "no service was judged";
const NO_RUNTIME: &str = "needs a look at running containers";
const PEOPLE: &str = "only people can tell";
