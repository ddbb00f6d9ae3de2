//! What is known of a rule without running it.

use crate::control::control;

/// How bad it is when the rule is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

impl Severity {
    /// All of them, mildest first.
    pub const ALL: [Severity; 5] =
        [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word for it in every output and setting.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// How often the rule is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A smell; expect false positives.
    Low,
    /// Usually right.
    Medium,
    /// Right by construction.
    High,
}

impl Confidence {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Who wants to hear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Everyone: it is a risk or a fault.
    Default,
    /// Teams that want reproducible, small, well-kept images.
    Hygiene,
    /// Teams that want one way of writing.
    Style,
}

impl Audience {
    /// All of them, the smallest circle first.
    pub const ALL: [Audience; 3] = [Self::Default, Self::Hygiene, Self::Style];

    /// The word for it in every output and setting.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Hygiene => "hygiene",
            Self::Style => "style",
        }
    }

    /// The audience called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// What a rule judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// One Dockerfile.
    Dockerfile,
    /// One compose file as it is written.
    Compose,
    /// One effective service: compose entry or `docker run` line, with what Dockerfile and daemon
    /// add.
    Service,
    /// All services of one compose project together.
    Project,
    /// One Kubernetes manifest.
    Kubernetes,
    /// One daemon.json.
    Daemon,
    /// One nginx configuration.
    Nginx,
    /// One seccomp profile.
    Seccomp,
    /// One CI workflow.
    Workflow,
    /// One `.env` file.
    EnvFile,
    /// One image: its configuration, its files and its history.
    Image,
    /// The packages of an image, a folder or an SBOM.
    Package,
    /// Text of any kind that may hold a secret.
    Secret,
    /// A host with its engine, containers and images.
    Host,
    /// The waivers and settings of Plimsoll itself.
    Policy,
}

impl SubjectKind {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::Compose => "compose",
            Self::Service => "service",
            Self::Project => "project",
            Self::Kubernetes => "kubernetes",
            Self::Daemon => "daemon",
            Self::Nginx => "nginx",
            Self::Seccomp => "seccomp",
            Self::Workflow => "workflow",
            Self::EnvFile => "env-file",
            Self::Image => "image",
            Self::Package => "package",
            Self::Secret => "secret",
            Self::Host => "host",
            Self::Policy => "policy",
        }
    }
}

/// The best fix a rule can offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixKind {
    /// No machine can mend it.
    None,
    /// A fix that may change what the program does.
    Unsafe,
    /// A fix that keeps the meaning.
    Safe,
}

impl FixKind {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// The passport of a rule. Help, web page, SARIF text, schema and `explain` are printed from it.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// Kebab-case name of the bad pattern, stable for ever; reads well after the word "allow".
    pub id: &'static str,
    /// Names that other tools gave it, as `tool:name`.
    pub aliases: &'static [&'static str],
    /// Severity before policy.
    pub severity: Severity,
    /// Confidence before the finding lowers it.
    pub confidence: Confidence,
    /// Who wants to hear it.
    pub audience: Audience,
    /// What it judges.
    pub subject: SubjectKind,
    /// Keys into [`crate::CONTROLS`] that a finding gives evidence against.
    pub controls: &'static [&'static str],
    /// The best fix it can offer.
    pub fix: FixKind,
    /// Markdown; the first line is the title, the fenced blocks are run as tests.
    pub doc: &'static str,
    /// Source file of the rule.
    pub file: &'static str,
}

impl RuleInfo {
    /// The first line of the doc, without a final dot.
    pub fn title(&self) -> &str {
        self.doc.lines().next().unwrap_or_default().trim().trim_end_matches('.')
    }

    /// The controls as `framework:id`, every framework that the catalogue maps.
    pub fn control_ids(&self) -> Vec<String> {
        self.controls
            .iter()
            .filter_map(|key| control(key))
            .flat_map(|it| it.ids.iter().map(|(framework, id)| format!("{framework}:{id}")))
            .collect()
    }

    /// Whether `name` is the id or an alias, with or without the tool's name before it.
    pub fn is_called(&self, name: &str) -> bool {
        let bare = |alias: &str| alias.split_once(':').is_some_and(|it| it.1 == name);
        self.id == name || self.aliases.iter().any(|it| *it == name || bare(it))
    }
}
