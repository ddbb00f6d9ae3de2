//! The command line as data: every command, flag and help text. Knows no judging.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The load line for containers: judges Dockerfiles, compose files, Kubernetes manifests and more
/// by one set of rules, says which file decides what, and mends what can be mended without risk.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colour; `NO_COLOR` in the environment means never.
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub(crate) color: When,

    /// The settings file, in place of the nearest `plimsoll.toml` above.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Ignore every settings file.
    #[arg(long, global = true, conflicts_with = "config")]
    pub(crate) no_config: bool,

    /// Open no network socket at all; the socket of an engine on this machine is none.
    #[arg(long, global = true)]
    pub(crate) offline: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find and judge everything under the given folders: files, and how they work together.
    Scan(ScanArguments),
    /// Judge the given files or folders, or standard input (`-`), file by file and together.
    Lint(JudgeArguments),
    /// Judge an image, a container, an archive or a file system: packages, known vulnerabilities,
    /// secrets, configuration, history.
    Image(Box<ImageArguments>),
    /// List what an image, an archive or a folder holds, as a bill of materials.
    Sbom(SbomArguments),
    /// Judge a Docker host: its daemon, its containers, and what they rest on.
    Host(HostArguments),
    /// Compare what compose files say with what runs.
    Drift(DriftArguments),
    /// Look for secrets in files and folders.
    Secrets(SecretsArguments),
    /// Mend what can be mended. Shows a diff; `--write` applies it.
    Fix(FixArguments),
    /// Show each service as it will run, and the file and line that decided each value.
    Posture(PostureArguments),
    /// List every rule.
    Rules(RulesArguments),
    /// Explain a rule: what it means, why it matters, what to do.
    Explain {
        /// The rule's id, or the name another tool gave it (`hadolint:DL3006`, `DL3006`).
        rule: String,
    },
    /// Show another tool's SARIF under this policy and in these reports.
    Report(ReportArguments),
    /// Renew, make or describe the database of known vulnerabilities.
    #[command(subcommand)]
    Db(DbCommand),
    /// Write `plimsoll.toml`, CI jobs and a pre-commit hook into a repository, asking nothing.
    Init {
        /// The repository.
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Replace files that are there already.
        #[arg(long)]
        force: bool,
    },
    /// Print the JSON schema of the settings file or of one of the documents for machines.
    Schema {
        /// Which schema.
        #[arg(value_enum, default_value_t = SchemaKind::Settings)]
        kind: SchemaKind,
    },
    /// Print a shell's completion script.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// What to judge, by which rules, and how to tell it.
#[derive(Debug, Args)]
pub(crate) struct JudgeArguments {
    /// Files or folders; `-` is standard input.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    /// What standard input or an oddly named file is.
    #[arg(long = "as", value_enum, value_name = "KIND")]
    pub(crate) kind: Option<InputKind>,
    /// These compose files are one project, merged in this order; others that are found stay
    /// projects of their own.
    #[arg(short = 'f', long = "compose-file", value_name = "FILE")]
    pub(crate) compose_files: Vec<PathBuf>,
}

/// What to find and judge.
#[derive(Debug, Args)]
pub(crate) struct ScanArguments {
    #[command(flatten)]
    pub(crate) judge: JudgeArguments,
    #[command(flatten)]
    pub(crate) vex: VexArguments,
}

/// Where images come from.
#[derive(Debug, Args)]
pub(crate) struct SourceArguments {
    /// The platform of an image that is built for several, such as `linux/arm64`.
    #[arg(long, value_name = "OS/ARCHITECTURE")]
    pub(crate) platform: Option<String>,
    /// The engine, in place of the one that the Docker CLI would use: `unix:///path`,
    /// `tcp://host:port`, `ssh://user@host`.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) host: Option<String>,
    /// Neither take results of earlier runs nor keep those of this one.
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Check the digests that an archive claims.
    #[arg(long)]
    pub(crate) verify: bool,
    /// Registries that are spoken to in clear text.
    #[arg(long, value_name = "HOST", value_delimiter = ',')]
    pub(crate) insecure_registry: Vec<String>,
}

/// Which image, and by what to judge it; or what else to ask about images.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ImageArguments {
    /// Another question than what is wrong with one image.
    #[command(subcommand)]
    pub(crate) command: Option<ImageCommand>,
    /// An image by name, a file that `docker save` wrote, an OCI layout, a folder, a bill of
    /// materials, or with a scheme: `docker:`, `registry:`, `container:`, `archive:`, `oci:`,
    /// `dir:`.
    #[arg(required = true)]
    pub(crate) target: Option<String>,
    #[command(flatten)]
    pub(crate) look: LookArguments,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// What to ask about images. An image that is called like a command is named by a scheme:
/// `docker:compare`.
#[derive(Debug, Subcommand)]
pub(crate) enum ImageCommand {
    /// Tell what is different between two images: packages, vulnerabilities, findings, layers.
    /// Ends with 1 if something came that fails the run.
    Compare(CompareArguments),
    /// Name base images that are newer, slimmer or still supported, and what each would mend.
    Recommend(RecommendArguments),
}

/// Which images to compare.
#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// The image as it was, in any form that `image` takes.
    pub(crate) old: String,
    /// The image as it is to be, in any form that `image` takes.
    pub(crate) new: String,
    #[command(flatten)]
    pub(crate) look: LookArguments,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = CompareFormat::Human, value_name = "FORMAT")]
    pub(crate) format: CompareFormat,
    /// Write the answer to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show everything that is known.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Show no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// For which image to name better bases.
#[derive(Debug, Args)]
pub(crate) struct RecommendArguments {
    /// An image, in any form that `image` takes.
    pub(crate) target: String,
    #[command(flatten)]
    pub(crate) look: LookArguments,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = RecommendFormat::Human, value_name = "FORMAT")]
    pub(crate) format: RecommendFormat,
    /// Write the answer to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show everything that is known.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Show no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// The form of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people.
    Human,
    /// The machine contract.
    Json,
    /// A step summary.
    Markdown,
    /// One self-contained page.
    Html,
}

/// The form of a recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecommendFormat {
    /// For people.
    Human,
    /// The machine contract.
    Json,
    /// A step summary.
    Markdown,
}

/// Where images come from, and what of them is looked at.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch that a user turns")]
pub(crate) struct LookArguments {
    #[command(flatten)]
    pub(crate) source: SourceArguments,
    /// Do not look for secrets.
    #[arg(long)]
    pub(crate) no_secrets: bool,
    /// Do not look for known vulnerabilities.
    #[arg(long)]
    pub(crate) no_vulnerabilities: bool,
    /// Tell only of vulnerabilities that have a fix.
    #[arg(long)]
    pub(crate) only_fixable: bool,
    /// Judge what lock files state as well, not only what is installed.
    #[arg(long)]
    pub(crate) with_statements: bool,
    /// The advisory store, in place of the newer of the user's and the one in the program.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) vex: VexArguments,
}

/// What somebody says of the vulnerabilities in an image.
#[derive(Debug, Args)]
pub(crate) struct VexArguments {
    /// Statements about vulnerabilities (OpenVEX, CycloneDX, CSAF): what they call not affected or
    /// fixed, and say why, does not count. Those of the settings hold as well.
    #[arg(long = "vex", value_name = "FILE", value_delimiter = ',')]
    pub(crate) files: Vec<PathBuf>,
}

/// What to list.
#[derive(Debug, Args)]
pub(crate) struct SbomArguments {
    /// An image, an archive, a folder or a container, as `image` takes it.
    pub(crate) target: String,
    #[command(flatten)]
    pub(crate) source: SourceArguments,
    /// The form of the bill.
    #[arg(long, value_enum, default_value_t = SbomFormat::CyclonedxJson, value_name = "FORMAT")]
    pub(crate) format: SbomFormat,
    /// Write it to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// The form of a bill of materials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SbomFormat {
    /// CycloneDX 1.6, as JSON.
    CyclonedxJson,
    /// SPDX 2.3, as JSON.
    SpdxJson,
    /// For people.
    Table,
}

/// Which host, and by what to judge it.
#[derive(Debug, Args)]
pub(crate) struct HostArguments {
    /// Judge the snapshot in this file, which was taken before or elsewhere.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["host", "context"])]
    pub(crate) from: Option<PathBuf>,
    /// Keep what was seen in this file, secrets masked, so that it can be judged elsewhere.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "daemon_json", "dockerd_args"])]
    pub(crate) save: Option<PathBuf>,
    /// The engine, in place of the one that the Docker CLI would use: `unix:///path`,
    /// `tcp://host:port`, `ssh://user@host`.
    #[arg(short = 'H', long, value_name = "ADDRESS")]
    pub(crate) host: Option<String>,
    /// The Docker context that names the engine.
    #[arg(long, value_name = "NAME", conflicts_with = "host")]
    pub(crate) context: Option<String>,
    /// Judge this settings file of a daemon alone, with no engine at hand.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub(crate) daemon_json: Option<PathBuf>,
    /// Judge these arguments of `dockerd` alone, or together with `--daemon-json`.
    #[arg(long, value_name = "ARGUMENTS", conflicts_with = "from", allow_hyphen_values = true)]
    pub(crate) dockerd_args: Option<String>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// What to compare.
#[derive(Debug, Args)]
pub(crate) struct DriftArguments {
    /// The compose files of one project in their order; without any, those that containers name.
    pub(crate) files: Vec<PathBuf>,
    /// Compare with the snapshot in this file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["host", "context"])]
    pub(crate) from: Option<PathBuf>,
    /// The engine, in place of the one that the Docker CLI would use.
    #[arg(short = 'H', long, value_name = "ADDRESS")]
    pub(crate) host: Option<String>,
    /// The Docker context that names the engine.
    #[arg(long, value_name = "NAME", conflicts_with = "host")]
    pub(crate) context: Option<String>,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
}

/// Where to look for secrets.
#[derive(Debug, Args)]
pub(crate) struct SecretsArguments {
    /// Files or folders.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// Which rules and which threshold.
#[derive(Debug, Args)]
pub(crate) struct SelectionArguments {
    /// Only these rules: ids, other tools' names, audiences (`default`, `hygiene`, `style`), or
    /// `all`.
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(crate) select: Vec<String>,
    /// Not these rules.
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(crate) ignore: Vec<String>,
    /// Whom the report is for: `default` is quiet, `style` says everything.
    #[arg(long, value_enum)]
    pub(crate) audience: Option<AudienceArgument>,
    /// The severity from which an open finding makes the exit code 1.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<SeverityArgument>,
    /// Exit with 0 whatever was found.
    #[arg(long)]
    pub(crate) exit_zero: bool,
    /// Exit with 3 when any part could not be read.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Findings that this file holds do not count.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the findings of this run as the new baseline.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Look into files that git ignores as well.
    #[arg(long)]
    pub(crate) no_gitignore: bool,
}

/// How to tell it.
#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Write the report to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show waived and known findings as well, and everything that was looked at.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Show no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// What to mend.
#[derive(Debug, Args)]
pub(crate) struct FixArguments {
    /// Files or folders.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// Apply the fixes instead of showing them.
    #[arg(long)]
    pub(crate) write: bool,
    /// Also fixes that may change what the program does.
    #[arg(long = "unsafe")]
    pub(crate) include_unsafe: bool,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
    /// Show no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Which services to show.
#[derive(Debug, Args)]
pub(crate) struct PostureArguments {
    /// Compose files, merged in this order; without any, the ones found here.
    pub(crate) files: Vec<PathBuf>,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
    /// Profiles to switch on; without any, every service is shown.
    #[arg(long, value_delimiter = ',')]
    pub(crate) profile: Vec<String>,
}

/// How to list the rules.
#[derive(Debug, Args)]
pub(crate) struct RulesArguments {
    /// The form of the list.
    #[arg(long, value_enum, default_value_t = RulesFormat::Human, value_name = "FORMAT")]
    pub(crate) format: RulesFormat,
}

/// What to show again.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// SARIF files of other tools.
    #[arg(long = "import", value_name = "FILE", required = true)]
    pub(crate) import: Vec<PathBuf>,
    /// Also judge these files or folders, and give one answer.
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
}

/// What to do with the advisory database.
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Fetch what has changed since the last time, or put a ready store in place.
    Update(DbUpdateArguments),
    /// Tell where the facts come from and how old they are.
    Status(DbStatusArguments),
    /// Make a store out of raw feeds in a folder.
    Build(DbBuildArguments),
}

/// What to renew.
#[derive(Debug, Args)]
pub(crate) struct DbUpdateArguments {
    /// A ready store to put in place of asking the feeds: a file or an address.
    #[arg(long, value_name = "FILE|URL", conflicts_with_all = ["base", "feed"])]
    pub(crate) from: Option<String>,
    /// A mirror of a feed, before that of the settings; `osv` is all of OSV's bucket.
    #[arg(long, value_name = "FEED=URL")]
    pub(crate) base: Vec<String>,
    /// Only these feeds.
    #[arg(long, value_delimiter = ',', value_name = "FEEDS")]
    pub(crate) feed: Vec<String>,
    /// The store, in place of the user's own.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    /// Seconds to wait for an answer.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(crate) timeout: u64,
    /// How often to try again after a failure that may pass.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) retries: u32,
    /// Show no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// What to describe.
#[derive(Debug, Args)]
pub(crate) struct DbStatusArguments {
    /// The store, in place of the one that a scan would use.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human, value_name = "FORMAT")]
    pub(crate) format: PlainFormat,
}

/// What to make.
#[derive(Debug, Args)]
pub(crate) struct DbBuildArguments {
    /// The folder of raw feeds: `<ECOSYSTEM>/all.zip`, and for each other feed a folder, archive or
    /// document of its name.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) from: PathBuf,
    /// Where the store goes, in place of the user's own.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Pack it to be carried along, without likelihoods.
    #[arg(long)]
    pub(crate) packed: bool,
    /// Show no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// When to do something that depends on the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// If the output is a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputKind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// A Kubernetes manifest.
    Kubernetes,
    /// The Docker daemon's settings.
    DaemonJson,
    /// An nginx configuration.
    Nginx,
    /// A seccomp profile.
    Seccomp,
    /// A GitHub Actions workflow.
    GithubWorkflow,
    /// A GitLab CI file.
    GitlabWorkflow,
    /// A shell script with `docker run` lines.
    ShellScript,
    /// A `.env` file.
    EnvFile,
}

/// Whom a report is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AudienceArgument {
    /// Risks and faults.
    Default,
    /// And pinning, size and upkeep.
    Hygiene,
    /// And ways of writing.
    Style,
}

/// A severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeverityArgument {
    /// Worth knowing.
    Info,
    /// Hardening.
    Low,
    /// Weakens the container.
    Medium,
    /// Opens the container.
    High,
    /// Opens the host.
    Critical,
    /// Nothing fails the run.
    Never,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with source excerpts.
    Human,
    /// The machine contract.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for CI servers.
    Junit,
    /// GitLab code quality.
    Gitlab,
    /// GitHub annotations.
    Github,
    /// A step summary.
    Markdown,
    /// One self-contained page.
    Html,
    /// The field's three checklists, ticked from evidence.
    Checklist,
    /// What is said of the vulnerabilities of an image, as OpenVEX 0.2.0.
    Openvex,
    /// What is said of the vulnerabilities of an image, as CycloneDX 1.6.
    CyclonedxVex,
}

impl Format {
    /// Whether only images have an answer in this form.
    pub(crate) fn is_of_images(self) -> bool {
        matches!(self, Self::Openvex | Self::CyclonedxVex)
    }
}

/// The form of a small answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlainFormat {
    /// For people.
    Human,
    /// The machine contract.
    Json,
}

/// The form of the list of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesFormat {
    /// For people.
    Human,
    /// The machine contract.
    Json,
    /// A Markdown table.
    Markdown,
}

/// Which schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// Of `plimsoll.toml`.
    Settings,
    /// Of the report of `scan` and `lint`.
    Report,
    /// Of the list of `rules`.
    Rules,
    /// Of the answer of `fix`.
    Fix,
    /// Of the answer of `posture`.
    Posture,
    /// Of the report of `host`.
    Host,
    /// Of the report of `image`.
    Image,
    /// Of the answer of `image compare`.
    ImageComparison,
    /// Of the answer of `image recommend`.
    ImageRecommendation,
    /// Of the report of `secrets`.
    Secrets,
    /// Of the answer of `db status`.
    Database,
}
