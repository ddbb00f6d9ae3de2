//! What guides ask to be true before development, deployment and run time: each line ticked,
//! crossed or left open from evidence. A line is ticked only where its subjects were judged, by
//! every rule that speaks to it, and none of them has anything left to say. In doubt it stays open.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use plimsoll_finding::{
    CoverageState, RuleInfo,
    SubjectKind::{
        self, Daemon, Dockerfile, EnvFile, Kubernetes, Nginx, Project, Seccomp, Service, Workflow,
    },
};
use plimsoll_policy::{Outcome, Verdict};

use crate::{
    escape,
    run::Run,
    tally::{self, count, gaps},
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
    /// What the rules speak of.
    pub subject: SubjectKind,
    /// All of these must have been in force where there are such subjects.
    pub rules: &'static [&'static str],
    /// What it can do for a tick.
    pub weight: Weight,
}

/// What evidence can do for a tick. Each can cross its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// No tick without subjects of this kind.
    Needed,
    /// No tick without subjects of this kind or of another such.
    Enough,
    /// Speaks against the line where it finds something, and proves nothing where it does not.
    Against,
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

/// The rule ids of [`CHECKLISTS`] that no rule of `rules` for the same kind of subject has.
pub fn unknown_rule_ids(rules: &[&RuleInfo]) -> Vec<&'static str> {
    let known: BTreeSet<(&str, SubjectKind)> = rules.iter().map(|it| (it.id, it.subject)).collect();
    let evidence = CHECKLISTS.iter().flat_map(|it| it.lines).flat_map(|it| it.evidence);
    let unknown: BTreeSet<&str> = evidence
        .flat_map(|it| it.rules.iter().map(|rule| (*rule, it.subject)))
        .filter(|it| !known.contains(it))
        .map(|it| it.0)
        .collect();
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
        let by_rule = tally::by_rule(verdict).into_iter();
        let by_rule = by_rule.map(|(rule, it)| (rule, [it.open, it.waived, it.baseline]));
        Self {
            verdict,
            in_force: verdict.rules.iter().map(|it| it.id).collect(),
            broken: gaps(verdict).filter_map(|it| it.unit.strip_prefix("rule:")).collect(),
            by_rule: by_rule.collect(),
        }
    }

    fn answer(&self, line: &'static Line) -> Answer {
        let (state, why) = self.judge(line);
        Answer { line, state, why }
    }

    fn n_subjects(&self, evidence: &Evidence) -> usize {
        self.verdict.judged.get(&evidence.subject).copied().unwrap_or_default()
    }

    /// Whether everything was judged that the line speaks of.
    fn can_be_ticked(&self, line: &Line) -> bool {
        let of = |weight| line.evidence.iter().filter(move |it| it.weight == weight);
        let mut needed = of(Weight::Needed);
        let n_enough = of(Weight::Enough).count();
        let n_needed = of(Weight::Needed).count();
        n_needed + n_enough > 0
            && needed.all(|it| self.n_subjects(it) > 0)
            && (n_enough == 0 || of(Weight::Enough).any(|it| self.n_subjects(it) > 0))
    }

    fn judge(&self, line: &Line) -> (State, String) {
        let mut n_judged = 0;
        let mut missing = Vec::new();
        let mut open = Vec::new();
        let (mut n_waived, mut n_baseline) = (0, 0);
        for evidence in line.evidence {
            let n_subjects = self.n_subjects(evidence);
            if evidence.weight != Weight::Against {
                n_judged += n_subjects;
            }
            for rule in evidence.rules {
                let [n_open, waived, baseline] =
                    self.by_rule.get(rule).copied().unwrap_or_default();
                if n_open > 0 {
                    open.push(format!("{rule}: {}", count(n_open, "finding")));
                }
                n_waived += waived;
                n_baseline += baseline;
                let ran = self.in_force.contains(rule)
                    && !self.verdict.spared.contains(rule)
                    && !self.broken.contains(rule);
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
        if !self.can_be_ticked(line) {
            return (State::Open, line.otherwise.to_owned());
        }
        if !missing.is_empty() {
            return (
                State::Open,
                format!("not all rules ran everywhere: {} missing", missing.join(", ")),
            );
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

type Rules = &'static [&'static str];

const fn needed(subject: SubjectKind, rules: Rules) -> Evidence {
    Evidence { subject, rules, weight: Weight::Needed }
}

const fn enough(subject: SubjectKind, rules: Rules) -> Evidence {
    Evidence { subject, rules, weight: Weight::Enough }
}

const fn against(subject: SubjectKind, rules: Rules) -> Evidence {
    Evidence { subject, rules, weight: Weight::Against }
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
        &[against(Dockerfile, &["disallowed-registry", "unknown-registry"])],
        "who publishes a base image, and whether that is enough, only people can tell",
    ),
    line(
        "base image minimal, supported and up to date",
        &[against(
            Dockerfile,
            &[
                "deprecated-base-image",
                "end-of-life-distribution",
                "end-of-life-runtime",
                "large-base-image",
            ],
        )],
        "whether it is up to date needs a look at its registry",
    ),
    line(
        "base image pinned by version and digest",
        &[needed(Dockerfile, &["untagged-base-image", "latest-tag", "unpinned-base-image"])],
        NO_DOCKERFILE,
    ),
    line(
        "image scanned, no known critical or high vulnerability that has a fix",
        &[against(Workflow, &["workflow-push-without-scan"])],
        "needs a scan of the image",
    ),
    line(
        "dedicated non-root user with an explicit numeric id",
        &[
            needed(
                Dockerfile,
                &["missing-user", "root-user", "root-in-scratch", "named-user", "user-without-uid"],
            ),
            against(Service, &["root-service"]),
            against(Service, &["effective-root-user"]),
        ],
        NO_DOCKERFILE,
    ),
    line(
        "files owned by that user",
        &[against(Dockerfile, &["copy-after-user-without-chown"])],
        "needs a look into the image",
    ),
    line(
        "runtime user has no login shell",
        &[against(Dockerfile, &["login-shell"])],
        "users that the base image brings need a look into the image",
    ),
    line(
        "multi-stage build, no build tools in the final stage",
        &[against(
            Dockerfile,
            &["build-tools-left", "apk-build-packages-kept", "build-image-shipped"],
        )],
        "what the base image brings needs a look into the image",
    ),
    line(
        "package lists and caches removed in the layer that made them",
        &[needed(
            Dockerfile,
            &[
                "apt-lists-kept",
                "apt-archives-kept",
                "apt-downloads-kept",
                "apk-cache-kept",
                "yum-cache-kept",
                "dnf-cache-kept",
                "zypper-cache-kept",
                "pip-cache-kept",
                "yarn-cache-kept",
                "gem-cache-kept",
            ],
        )],
        NO_DOCKERFILE,
    ),
    line(
        "only needed packages, no recommended extras",
        &[against(Dockerfile, &["apt-recommended-packages", "ssh-server-installed"])],
        "which packages are needed, only people can tell",
    ),
    line(
        "no secret in ENV, ARG, history or any layer",
        &[
            against(
                Dockerfile,
                &[
                    "hardcoded-secret",
                    "secret-build-argument",
                    "secret-file-in-image",
                    "secret-files-in-context",
                    "credential-in-command",
                    "account-password",
                ],
            ),
            against(Service, &["credential-in-build-argument"]),
            against(Service, &["secret-passed-to-build"]),
            against(Workflow, &["workflow-secret-build-arg"]),
        ],
        "needs a search through the layers of the image",
    ),
    line(
        "secrets of the build mounted, not copied",
        &[
            needed(
                Dockerfile,
                &[
                    "credential-without-secret-mount",
                    "secret-build-argument",
                    "secret-file-in-image",
                    "credential-in-command",
                ],
            ),
            against(Service, &["credential-in-build-argument"]),
            against(Service, &["secret-passed-to-build"]),
            against(Workflow, &["workflow-secret-build-arg"]),
        ],
        NO_DOCKERFILE,
    ),
    line(
        ".dockerignore keeps secrets and VCS data out",
        &[
            needed(
                Dockerfile,
                &[
                    "missing-dockerignore",
                    "secret-files-in-context",
                    "secret-file-in-image",
                    "vcs-directory-in-image",
                ],
            ),
            against(Project, &["secret-file-in-build-context", "git-history-in-build-context"]),
        ],
        NO_DOCKERFILE,
    ),
    line(
        ".env ignored by git",
        &[against(EnvFile, &["env-file-committed-secret"])],
        "only .env files with a secret are held against git; see `git check-ignore .env`",
    ),
    line(
        "health check defined",
        &[
            enough(Dockerfile, &["missing-healthcheck"]),
            enough(
                Service,
                &[
                    "service-known-without-healthcheck",
                    "service-without-healthcheck",
                    "healthcheck-switched-off",
                ],
            ),
        ],
        "no Dockerfile and no service was judged",
    ),
    line(
        "exec-form command",
        &[needed(Dockerfile, &["shell-form-command", "invalid-json-form"])],
        NO_DOCKERFILE,
    ),
    line(
        "only needed ports exposed and documented",
        &[against(
            Dockerfile,
            &["exposed-ssh-port", "exposed-cleartext-port", "no-exposed-port", "host-in-expose"],
        )],
        "which ports are needed, only people can tell",
    ),
];

static DEPLOYMENT: &[Line] = &[
    line(
        "images signed, signatures verified on pull",
        &[
            against(Workflow, &["workflow-push-without-signature"]),
            against(Dockerfile, &["content-trust-disabled"]),
        ],
        "pulls are verified by the engine: needs a look at the host",
    ),
    line("provenance and SBOM attached and verified", &[], "needs the image in its registry"),
    line(
        "secrets delivered at run time as files, not environment",
        &[
            against(
                Service,
                &["credential-in-service-environment", "credential-in-connection-string"],
            ),
            against(
                Kubernetes,
                &["container-secret-in-env", "container-secret-env-reference", "config-map-secret"],
            ),
            against(Service, &["secret-variable-with-file-form"]),
            against(Dockerfile, &["hardcoded-secret"]),
        ],
        "variables whose values come from elsewhere need a look at running containers",
    ),
    line(
        "networks segmented, back ends internal",
        &[
            against(
                Project,
                &[
                    "unneeded-shared-network",
                    "back-end-network-not-internal",
                    "database-beside-published-service",
                ],
            ),
            against(Service, &["default-bridge-network"]),
            against(
                Kubernetes,
                &[
                    "pod-without-network-policy",
                    "pod-half-isolated",
                    "network-policy-without-selector",
                ],
            ),
            against(Daemon, &["daemon-inter-container-communication"]),
        ],
        "which services need each other, only people can tell",
    ),
    line(
        "published ports bound to the address that needs them",
        &[
            enough(Service, &["port-on-every-interface", "database-port-on-every-interface"]),
            enough(Kubernetes, &["container-host-port"]),
        ],
        NO_SERVICE,
    ),
    line(
        "CPU, memory and process limits set",
        &[
            needed(
                Service,
                &[
                    "exposed-without-memory-limit",
                    "internal-without-memory-limit",
                    "service-without-cpu-limit",
                    "service-without-process-limit",
                ],
            ),
            against(Kubernetes, &["container-memory-limit-missing", "container-cpu-limit-missing"]),
        ],
        "no service was judged; process limits of pods are set on their nodes",
    ),
    line(
        "root file system read-only, writable paths explicit (tmpfs or volumes, noexec where \
         possible)",
        &[
            enough(Service, &["service-writable-root-filesystem", "executable-tmpfs"]),
            enough(Kubernetes, &["container-writable-root-filesystem"]),
        ],
        NO_SERVICE,
    ),
    line(
        "all capabilities dropped, needed ones added by name",
        &[
            enough(
                Service,
                &[
                    "exposed-default-capabilities",
                    "internal-default-capabilities",
                    "capabilities-partly-dropped",
                    "dangerous-capability-added",
                    "privileged-service",
                ],
            ),
            enough(
                Kubernetes,
                &[
                    "container-capabilities-kept",
                    "container-capabilities-partly-dropped",
                    "container-dangerous-capability",
                    "container-sys-admin-added",
                    "container-sys-module-added",
                    "container-without-security-context",
                    "privileged-container",
                ],
            ),
        ],
        NO_SERVICE,
    ),
    line(
        "no-new-privileges set",
        &[
            enough(
                Service,
                &["exposed-new-privileges", "internal-new-privileges", "no-new-privileges-off"],
            ),
            enough(
                Kubernetes,
                &[
                    "container-privilege-escalation",
                    "container-privilege-escalation-by-default",
                    "container-privilege-escalation-left-open",
                    "container-without-security-context",
                ],
            ),
        ],
        NO_SERVICE,
    ),
    line(
        "seccomp and AppArmor or SELinux profile active",
        &[
            against(
                Service,
                &[
                    "seccomp-unconfined-service",
                    "apparmor-unconfined-service",
                    "selinux-label-disabled",
                    "privileged-service",
                ],
            ),
            against(
                Kubernetes,
                &[
                    "container-seccomp-unconfined",
                    "container-app-armor-unconfined",
                    "pod-selinux-options",
                    "privileged-container",
                ],
            ),
            against(Daemon, &["daemon-seccomp-off", "daemon-selinux-off"]),
            against(Seccomp, &["seccomp-default-allow", "seccomp-log-only"]),
        ],
        "what the kernel enforces needs a look at the host",
    ),
    line(
        "no privileged container, no host namespaces, no engine socket inside",
        &[
            enough(
                Service,
                &[
                    "privileged-service",
                    "host-network-service",
                    "host-pid-service",
                    "host-ipc-service",
                    "host-user-namespace-service",
                    "host-uts-service",
                    "docker-socket-mounted",
                ],
            ),
            enough(
                Kubernetes,
                &[
                    "privileged-container",
                    "pod-host-network",
                    "pod-host-pid",
                    "pod-host-ipc",
                    "pod-host-process",
                    "pod-runtime-socket",
                ],
            ),
        ],
        NO_SERVICE,
    ),
    line(
        "audit logging configured",
        &[against(Daemon, &["daemon-logs-off", "daemon-log-level"])],
        "audit rules need a look at the host",
    ),
    line(
        "TLS at the edge with current protocols and ciphers",
        &[against(
            Nginx,
            &[
                "nginx-old-tls",
                "nginx-weak-cipher",
                "nginx-unknown-cipher",
                "nginx-no-https-redirect",
            ],
        )],
        "what the edge answers with needs a look at it running",
    ),
    line(
        "host firewall covers what Docker publishes",
        &[against(
            Daemon,
            &[
                "daemon-firewall-off",
                "daemon-ipv6-firewall-off",
                "daemon-direct-routing",
                "daemon-forwarding-left-open",
            ],
        )],
        "needs a look at the host",
    ),
];

static RUNTIME: &[Line] = &[
    line(
        "processes verified not to run as uid 0",
        &[
            against(Service, &["root-service"]),
            against(Service, &["effective-root-user"]),
            against(Kubernetes, &["container-root-user"]),
        ],
        NO_RUNTIME,
    ),
    line("behaviour monitored, alerts delivered", &[], NO_RUNTIME),
    line(
        "logs shipped off the host and rotated",
        &[
            against(
                Daemon,
                &["daemon-logs-off", "daemon-unrotated-logs", "daemon-local-logs-only"],
            ),
            against(Service, &["service-log-switched-off"]),
            against(Service, &["central-log-bypassed"]),
        ],
        "whether logs arrive where they are read needs a look at the host",
    ),
    line(
        "engine, host and base images current",
        &[against(
            Dockerfile,
            &["deprecated-base-image", "end-of-life-distribution", "end-of-life-runtime"],
        )],
        NO_RUNTIME,
    ),
    line("images rebuilt and rescanned on a schedule", &[], "needs the history of the images"),
    line("secrets rotated and old ones revoked", &[], PEOPLE),
    line("resource use watched", &[], NO_RUNTIME),
    line(
        "access to the engine reviewed (group, socket, sudoers, TLS clients)",
        &[
            against(Daemon, &["daemon-tcp-without-tls", "daemon-tls-without-client-check"]),
            against(Service, &["docker-socket-mounted"]),
            against(Nginx, &["nginx-engine-api-exposed"]),
        ],
        "needs a look at the host",
    ),
    line("persistent data and security configuration backed up", &[], PEOPLE),
    line("recovery rehearsed", &[], PEOPLE),
    line("incident response steps ready and tried", &[], PEOPLE),
];

const NO_DOCKERFILE: &str = "no Dockerfile was judged";
const NO_SERVICE: &str = "no service and no pod was judged";
const NO_RUNTIME: &str = "needs a look at running containers";
const PEOPLE: &str = "only people can tell";
