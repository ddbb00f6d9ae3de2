//! Judges files one by one, and what belongs together together. Pure but for the context listing
//! that it is handed.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use plimsoll_config::{
    daemon_json::DaemonFile,
    kubernetes::Manifest,
    tree::{Node, Tree},
    yaml::parse_yaml,
};
use plimsoll_dockerfile::{Dockerfile, InstructionKind};
use plimsoll_finding::{
    Coverage, CoverageState, Finding, Rule, RuleInfo, RuleSettings, Subject, SubjectKind, judge,
};
use plimsoll_lint::{
    Judged, RuleBook,
    subject::{
        daemon::DaemonSubject,
        dockerfile::{BuildContext, DockerfileSubject},
        env_file::EnvFileSubject,
        kubernetes::KubernetesSubject,
        nginx::NginxSubject,
        seccomp::SeccompSubject,
        service::ServiceSubject,
        workflow::WorkflowSubject,
    },
};
use plimsoll_policy::{Annotation, CommentFormat, CommentScope};
use plimsoll_posture::{CommandText, DaemonDefaults, Project, read_command_lines};
use plimsoll_text::{Source, Span};

use crate::{
    classify::FileKind,
    load::{Files, Loaded},
    pipeline::without_repetition,
    project::{ProjectFiles, find_projects, judge_project},
    run::{Session, is_ignored_by_git},
};

/// What judging one file or one group of files came to.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) findings: Vec<Finding>,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) judged: BTreeMap<SubjectKind, usize>,
    pub(crate) comments: Vec<FileComments>,
    pub(crate) annotations: Vec<FileAnnotations>,
}

/// The annotations of a manifest, which may hold other tools' waivers.
#[derive(Debug)]
pub(crate) struct FileAnnotations {
    pub(crate) source: Arc<Source>,
    pub(crate) annotations: Vec<Annotation>,
}

/// The comments of a file that may hold waivers.
#[derive(Debug)]
pub(crate) struct FileComments {
    pub(crate) source: Arc<Source>,
    pub(crate) format: CommentFormat,
    pub(crate) scopes: Vec<CommentScope>,
}

impl Judgement {
    /// Runs `rules` over `subject` and counts it.
    pub(crate) fn run<S: Subject + Judged + 'static>(
        &mut self,
        subject: &S,
        rules: &[&'static Rule<S>],
    ) {
        let (findings, broken) = judge(subject, rules.iter().copied());
        self.findings.extend(findings);
        *self.judged.entry(S::KIND).or_default() += 1;
        for rule in broken {
            self.coverage.push(broken_rule(subject.source(), rule));
        }
    }

    /// Notes that a file was looked at, and how far.
    pub(crate) fn looked_at(&mut self, unit: &str, state: CoverageState, why: impl Into<String>) {
        self.coverage.push(Coverage { unit: unit.to_owned(), state, why: why.into() });
    }
}

fn broken_rule(source: &Source, rule: &RuleInfo) -> Coverage {
    let why = format!(
        "the rule `{}` broke on this file; its verdict is missing. Please report the file's shape",
        rule.id
    );
    Coverage { unit: source.name().to_owned(), state: CoverageState::Partial, why }
}

/// What judging needs to know besides the file.
pub(crate) struct Terms {
    pub(crate) book: Arc<RuleBook>,
    pub(crate) settings: Arc<RuleSettings>,
}

/// What is judged in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// One file.
    File(usize),
    /// The files of a compose project.
    Project(ProjectFiles),
    /// The manifests of one folder.
    Manifests(Vec<usize>),
}

impl Unit {
    /// The index of the file that is judged alone.
    pub(crate) fn file(&self) -> Option<usize> {
        match self {
            Self::File(idx) => Some(*idx),
            Self::Project(_) | Self::Manifests(_) => None,
        }
    }
}

/// What is judged in one go, and in which of it each file takes part.
#[derive(Debug, Default)]
pub(crate) struct Units {
    pub(crate) all: Vec<Unit>,
    of_file: BTreeMap<usize, Vec<usize>>,
}

impl Units {
    /// Finds out what of `files` belongs together.
    pub(crate) fn of(session: &Session, files: &Files) -> Self {
        let projects = find_projects(session, files);
        let mut res = Self::default();
        for project in projects {
            let members = project.files.clone();
            res.push(Unit::Project(project), &members);
        }
        let mut manifests: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
        for (idx, file) in files.loaded.iter().enumerate() {
            match file.kind {
                FileKind::Compose => {}
                FileKind::Kubernetes => manifests.entry(file.folder()).or_default().push(idx),
                _ => res.push(Unit::File(idx), &[idx]),
            }
        }
        for members in manifests.into_values() {
            res.push(Unit::Manifests(members.clone()), &members);
        }
        res
    }

    fn push(&mut self, unit: Unit, members: &[usize]) {
        for idx in members {
            self.of_file.entry(*idx).or_default().push(self.all.len());
        }
        self.all.push(unit);
    }
}

/// Judges what `unit` holds; what a rule says of one file is found in that file.
pub(crate) fn judge_unit(session: &Session, files: &Files, unit: &Unit) -> Judgement {
    match unit {
        Unit::File(idx) => match files.loaded.get(*idx) {
            Some(file) => judge_file(session, file),
            None => Judgement::default(),
        },
        Unit::Project(project) => judge_project(session, files, project),
        Unit::Manifests(members) => {
            let all: Vec<&Loaded> = members.iter().filter_map(|it| files.loaded.get(*it)).collect();
            judge_manifests(session, &all)
        }
    }
}

/// The findings of the file at `idx` and of those that are judged together with it.
pub(crate) fn judge_related(
    session: &Session,
    files: &Files,
    units: &Units,
    idx: usize,
) -> Vec<Finding> {
    let mut res = Vec::new();
    let own = units.of_file.get(&idx).into_iter().flatten();
    for unit in own.filter_map(|it| units.all.get(*it)) {
        res.extend(judge_unit(session, files, unit).findings);
    }
    without_repetition(&mut res);
    res
}

fn judge_file(session: &Session, file: &Loaded) -> Judgement {
    let mut res = Judgement::default();
    let name = file.source.name();
    let terms = session.terms(name);
    match file.kind {
        FileKind::Dockerfile => judge_dockerfile(session, &terms, file, &mut res),
        FileKind::DaemonJson => {
            let subject = DaemonSubject::parse(&file.source);
            looked_at_tree(&subject.file.tree, &mut res);
            res.run(&subject, &terms.book.daemon);
        }
        FileKind::Seccomp => {
            let subject = SeccompSubject::parse(&file.source);
            looked_at_tree(&subject.profile.tree, &mut res);
            res.run(&subject, &terms.book.seccomp);
        }
        FileKind::Nginx => {
            res.run(&NginxSubject::parse(&file.source), &terms.book.nginx);
            res.looked_at(name, CoverageState::Ran, "");
        }
        FileKind::GithubWorkflow | FileKind::GitlabWorkflow => {
            let tree = Arc::new(parse_yaml(&file.source));
            let subject = WorkflowSubject::of_tree(&tree, &terms.settings);
            res.run(&subject, &terms.book.workflow);
            res.comments.extend(tree_comments(&tree));
            looked_at_tree(&tree, &mut res);
            judge_command_lines(&terms, file, CommandText::YamlScript, &mut res);
        }
        FileKind::EnvFile => {
            let ignored = is_ignored_by_git(&file.path);
            let subject = EnvFileSubject::new(&file.source, ignored, &terms.settings);
            res.run(&subject, &terms.book.env_file);
            res.looked_at(name, CoverageState::Ran, "");
        }
        FileKind::ShellScript => {
            judge_command_lines(&terms, file, CommandText::ShellScript, &mut res);
        }
        FileKind::Makefile => judge_command_lines(&terms, file, CommandText::Makefile, &mut res),
        FileKind::SystemdUnit => {
            judge_command_lines(&terms, file, CommandText::SystemdUnit, &mut res);
        }
        FileKind::Markdown => judge_command_lines(&terms, file, CommandText::Markdown, &mut res),
        FileKind::HelmTemplate => {
            let why = "a Helm template becomes a manifest only when it is rendered; judge the output \
                       of `helm template`";
            res.looked_at(name, CoverageState::Skipped, why);
        }
        // They are judged with what they belong to.
        FileKind::Compose | FileKind::Kubernetes => {}
    }
    res
}

/// Judges every `docker run` line of a text as the service that it starts.
fn judge_command_lines(terms: &Terms, file: &Loaded, kind: CommandText, out: &mut Judgement) {
    let name = file.source.name();
    let lines = read_command_lines(&file.source, kind);
    if lines.is_truncated {
        let why = "it holds more command lines than are read; the rest was not judged";
        out.looked_at(name, CoverageState::Partial, why);
    }
    if lines.services.is_empty() {
        return;
    }
    let project = Arc::new(Project { services: lines.services, ..Project::default() });
    for (service_idx, service) in project.services.iter().enumerate() {
        let Some(subject) = ServiceSubject::new(&project, service_idx, &terms.settings) else {
            continue;
        };
        let n_before = out.findings.len();
        out.run(&subject, &terms.book.service);
        if lines.partial.contains(&service_idx) {
            // What stands in a variable may hold what seems to be missing.
            let own = out.findings.split_off(n_before);
            let is_about_absence = |it: &Finding| it.place.text() == Some(&service.place);
            out.findings.extend(own.into_iter().filter(|it| !is_about_absence(it)));
            let line = file.source.line(service.place.span.start);
            let why = format!(
                "the command in line {line} takes options from elsewhere; what it seems to lack was \
                 not judged"
            );
            out.looked_at(name, CoverageState::Partial, why);
        }
    }
    out.looked_at(name, CoverageState::Ran, "");
}

/// Judges the manifests of one folder, each with what the others say of its pods.
fn judge_manifests(session: &Session, files: &[&Loaded]) -> Judgement {
    let mut res = Judgement::default();
    let manifests: Vec<Manifest> = files.iter().map(|it| Manifest::parse(&it.source)).collect();
    let facts: Vec<_> = manifests.iter().map(KubernetesSubject::facts_for_neighbours).collect();
    for (idx, manifest) in manifests.into_iter().enumerate() {
        let others = facts.iter().enumerate().filter(|it| it.0 != idx);
        let neighbours = others.flat_map(|it| it.1.iter().cloned()).take(MAX_NEIGHBOURS).collect();
        let name = manifest.source().name().to_owned();
        let terms = session.terms(&name);
        res.comments.extend(tree_comments(&manifest.tree));
        res.annotations.push(annotations(&manifest.tree));
        looked_at_tree(&manifest.tree, &mut res);
        for gap in &manifest.gaps {
            res.looked_at(&name, CoverageState::Partial, gap.message.clone());
        }
        let subject = KubernetesSubject::new(manifest, neighbours, Arc::clone(&terms.settings));
        res.run(&subject, &terms.book.kubernetes);
    }
    res
}

/// More objects than this beside a manifest are not compared with it.
const MAX_NEIGHBOURS: usize = 10_000;

/// Notes how far a YAML or JSON file could be read.
pub(crate) fn looked_at_tree(tree: &Tree, out: &mut Judgement) {
    match tree.errors.first().filter(|_| tree.is_broken()) {
        Some(error) => {
            let line = tree.source.line(error.span.start);
            let why = format!("line {line} cannot be read, nor what follows: {}", error.message);
            out.looked_at(tree.source.name(), CoverageState::Partial, why);
        }
        None => out.looked_at(tree.source.name(), CoverageState::Ran, ""),
    }
}

fn annotations(tree: &Tree) -> FileAnnotations {
    let mut res = Vec::new();
    for document in &tree.documents {
        let Some(found) = document.root.find(&["metadata", "annotations"]) else { continue };
        for entry in found.own_entries() {
            if let Some((key, value)) = entry.key.as_str().zip(entry.value.as_str()) {
                let (key, value) = (key.to_owned(), value.to_owned());
                let (place, governs) = (entry.span(), document.span);
                res.push(Annotation { key, value, place, governs });
            }
        }
    }
    FileAnnotations { source: Arc::clone(&tree.source), annotations: res }
}

fn judge_dockerfile(session: &Session, terms: &Terms, file: &Loaded, out: &mut Judgement) {
    let dockerfile = Dockerfile::parse(&file.source);
    out.comments.extend(dockerfile_comments(&dockerfile));
    let context = build_context(session, &dockerfile, file);
    let subject = DockerfileSubject::new(dockerfile, context, Arc::clone(&terms.settings));
    out.run(&subject, &terms.book.dockerfile);
    out.looked_at(file.source.name(), CoverageState::Ran, "");
}

/// Lists the build context, where a `COPY` or `ADD` takes something from it.
fn build_context(
    session: &Session,
    dockerfile: &Dockerfile,
    file: &Loaded,
) -> Option<BuildContext> {
    let takes_files = dockerfile.all_instructions().any(|it| match &it.kind {
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => copy.from.is_none(),
        _ => false,
    });
    if !takes_files || file.path.as_os_str() == "-" {
        return None;
    }
    Some(session.contexts.of(file.folder(), &file.path))
}

/// What daemon.json gives to every container.
pub(crate) fn daemon_defaults(source: &Arc<Source>) -> DaemonDefaults {
    DaemonDefaults::read(&DaemonFile::parse(source))
}

/// The comments of a Dockerfile with what each of them governs.
pub(crate) fn dockerfile_comments(dockerfile: &Dockerfile) -> Option<FileComments> {
    let source = &dockerfile.source;
    if !may_waive(source.text()) {
        return None;
    }
    let spans: Vec<Span> = dockerfile.comments.iter().map(|it| it.span).collect();
    let entries: Vec<Span> = dockerfile.instructions.iter().map(|it| it.span).collect();
    let scopes = plimsoll_policy::comment_scopes(source, &spans, &entries);
    Some(FileComments { source: Arc::clone(source), format: CommentFormat::Dockerfile, scopes })
}

/// The comments of a YAML file with what each of them governs.
pub(crate) fn tree_comments(tree: &Tree) -> Option<FileComments> {
    let source = &tree.source;
    if !may_waive(source.text()) {
        return None;
    }
    let spans: Vec<Span> = tree.comments.iter().map(|it| it.span).collect();
    let mut entries = Vec::new();
    for document in &tree.documents {
        push_entries(&document.root, &mut entries);
    }
    let scopes = plimsoll_policy::comment_scopes(source, &spans, &entries);
    Some(FileComments { source: Arc::clone(source), format: CommentFormat::Other, scopes })
}

fn push_entries(node: &Node, out: &mut Vec<Span>) {
    for entry in node.own_entries() {
        out.push(entry.span());
        push_entries(&entry.value, out);
    }
    for item in node.items() {
        out.push(item.span);
        push_entries(item, out);
    }
}

/// The words that our waivers and those of other tools begin with. Most files hold none, so that
/// the comments need not be looked at.
fn may_waive(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "plimsoll:",
        "hadolint",
        "check=",
        "trivy:ignore",
        "checkov:skip",
        "kics-scan",
        "nosemgrep",
        "dclint",
        "tally",
        "droast",
    ];
    MARKS.iter().any(|it| text.contains(it))
}
