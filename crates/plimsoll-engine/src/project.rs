//! Compose projects: which files make one, what they build, and what judging them comes to.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll_config::compose::{ComposeInput, Environment, Settings, load_project};
use plimsoll_dockerfile::Dockerfile;
use plimsoll_finding::CoverageState;
use plimsoll_fs::read_text;
use plimsoll_lint::subject::{
    compose::ComposeSubject,
    project::{ProjectEnvFile, ProjectSubject},
    service::ServiceSubject,
};
use plimsoll_posture::{Build, DaemonDefaults, Project};
use plimsoll_text::Source;

use crate::{
    classify::FileKind,
    judge::{Judgement, looked_at_tree, tree_comments},
    load::{Files, Loaded, display_name, normal_path},
    run::{Session, is_ignored_by_git},
};

/// The files of one project, in the order in which they are laid over each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectFiles {
    /// Indices into [`Files::loaded`].
    pub(crate) files: Vec<usize>,
}

/// Which of `files` make projects: the main file of a folder with its override; every other compose
/// file by itself, or, where its services lack image and build, on top of the main file.
pub(crate) fn find_projects(session: &Session, files: &Files) -> Vec<ProjectFiles> {
    let mut by_folder: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
    let mut res = Vec::new();
    if !session.compose_files.is_empty() {
        let named = session.compose_files.iter().filter_map(|it| files.at(it)).collect();
        res.push(ProjectFiles { files: named });
    }
    let asked: BTreeSet<usize> = res.iter().flat_map(|it| it.files.iter().copied()).collect();
    for (idx, file) in files.loaded.iter().enumerate() {
        if file.kind == FileKind::Compose && !asked.contains(&idx) {
            by_folder.entry(file.folder().to_owned()).or_default().push(idx);
        }
    }
    for group in by_folder.into_values() {
        push_folder(files, &group, &mut res);
    }
    res
}

fn push_folder(files: &Files, group: &[usize], out: &mut Vec<ProjectFiles>) {
    let name_of = |idx: usize| {
        let file = files.loaded.get(idx).map(|it| it.path.as_path());
        file.and_then(Path::file_name).and_then(|it| it.to_str()).unwrap_or_default().to_owned()
    };
    let find = |names: &[&str]| {
        names.iter().find_map(|name| group.iter().copied().find(|it| name_of(*it) == *name))
    };
    let main = find(MAIN_NAMES);
    let override_file = find(OVERRIDE_NAMES);
    if let Some(main) = main {
        let files = [main].into_iter().chain(override_file).collect();
        out.push(ProjectFiles { files });
    }
    for idx in group.iter().copied().filter(|it| Some(*it) != main) {
        if main.is_some() && Some(idx) == override_file {
            continue;
        }
        let overlay = files.loaded.get(idx).is_some_and(|it| is_overlay(&it.source));
        let below = main.filter(|_| overlay);
        out.push(ProjectFiles { files: below.into_iter().chain([idx]).collect() });
    }
}

/// The names that compose looks for, in its order.
pub(crate) const MAIN_NAMES: &[&str] =
    &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
/// The names of what compose lays over them by itself.
pub(crate) const OVERRIDE_NAMES: &[&str] = &[
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
];

/// Whether a file only adds to services that another one declares.
fn is_overlay(source: &Arc<Source>) -> bool {
    let tree = plimsoll_config::yaml::parse_yaml(source);
    let Some(services) = tree.root().and_then(|it| it.get("services")) else { return false };
    let complete = ["image", "build", "extends", "provider"];
    let entries = services.entries();
    entries.iter().any(|it| !complete.iter().any(|key| it.value.get(key).is_some()))
        && !entries.is_empty()
}

/// A project as it was loaded.
pub(crate) struct LoadedProject {
    pub(crate) compose: plimsoll_config::compose::Project,
    pub(crate) project: Project,
    pub(crate) folder: PathBuf,
    pub(crate) env_file: Option<Arc<Source>>,
}

/// What the surroundings of a project say.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// The variables that compose may fill in, beside those of `.env`.
    pub(crate) variables: Vec<(String, String)>,
    /// The profiles that are switched on.
    pub(crate) profiles: Vec<String>,
}

/// Reads a project with the Dockerfiles and daemon settings that belong to it, for judging: with
/// every profile on, and no variable of the process, so that a verdict is the same on every
/// machine.
pub(crate) fn read_project(
    session: &Session,
    files: &Files,
    of: &ProjectFiles,
) -> Option<LoadedProject> {
    let surroundings = Surroundings { variables: Vec::new(), profiles: vec!["*".to_owned()] };
    read_project_in(session, files, of, surroundings)
}

/// Reads a project in the given surroundings.
pub(crate) fn read_project_in(
    session: &Session,
    files: &Files,
    of: &ProjectFiles,
    surroundings: Surroundings,
) -> Option<LoadedProject> {
    let loaded: Vec<&Loaded> = of.files.iter().filter_map(|it| files.loaded.get(*it)).collect();
    let first = loaded.first()?;
    let folder = first.folder().to_owned();
    let text_at = |path: &Path| -> Option<Arc<Source>> {
        if let Some(file) = files.at(path).and_then(|it| files.loaded.get(it)) {
            return Some(Arc::clone(&file.source));
        }
        let text = read_text(path, session.config.settings.limits.max_file_size).ok()?;
        Some(Source::new(display_name(path), text))
    };
    let env_file = text_at(&folder.join(".env"));
    let Surroundings { variables, profiles } = surroundings;
    let mut environment = Environment::new(variables);
    if let Some(source) = &env_file {
        environment.add_dotenv(source);
    }
    let settings = Settings { environment, directory: Some(session.absolute(&folder)), profiles };
    let inputs: Vec<ComposeInput> =
        loaded.iter().map(|it| ComposeInput { source: Arc::clone(&it.source) }).collect();
    let compose = load_project(&inputs, &settings, &|path| text_at(Path::new(path)));
    let mut project = Project::from_compose(&compose);
    let dockerfile = |build: &Build| {
        let path = normal_path(&folder.join(build.dockerfile_path()?));
        Some(Arc::new(Dockerfile::parse(&text_at(&path)?)))
    };
    let daemon = find_daemon(files, &folder);
    project.resolve(&dockerfile, daemon.as_ref());
    Some(LoadedProject { compose, project, folder, env_file })
}

/// The daemon settings that belong to a project: those nearest to its folder, below it or beside
/// it.
fn find_daemon(files: &Files, folder: &Path) -> Option<Arc<DaemonDefaults>> {
    let daemons = files.loaded.iter().filter(|it| it.kind == FileKind::DaemonJson);
    let near =
        daemons.filter(|it| it.folder().starts_with(folder) || folder.starts_with(it.folder()));
    let nearest = near.min_by_key(|it| it.path.components().count())?;
    Some(Arc::new(crate::judge::daemon_defaults(&nearest.source)))
}

/// Judges a project: each file as written, each service as it will run, all of them together.
pub(crate) fn judge_project(session: &Session, files: &Files, of: &ProjectFiles) -> Judgement {
    let mut res = Judgement::default();
    let Some(loaded) = read_project(session, files, of) else { return res };
    judge_files(session, files, of, &loaded, &mut res);
    let LoadedProject { compose, project, folder, env_file } = loaded;
    let first = compose.files.first().map(|it| Arc::clone(&it.source));
    let Some(source) = first else { return res };
    let terms = session.terms(source.name());
    for gap in &compose.gaps {
        let why = format!("`{}`: {}", gap.path, gap.why);
        res.looked_at(gap.location.source.name(), CoverageState::Partial, why);
    }
    let project = Arc::new(project);
    for service_idx in 0..project.services.len() {
        if let Some(subject) = ServiceSubject::new(&project, service_idx, &terms.settings) {
            res.run(&subject, &terms.book.service);
        }
    }
    let contexts = if terms.book.project.is_empty() {
        BTreeMap::new()
    } else {
        contexts(session, &project, &folder)
    };
    let env_file = env_file.map(|source| {
        let is_ignored_by_git = is_ignored_by_git(&folder.join(".env"));
        ProjectEnvFile { source, is_ignored_by_git }
    });
    let settings = Arc::clone(&terms.settings);
    let subject = ProjectSubject { project, contexts, env_file, settings, source };
    res.run(&subject, &terms.book.project);
    res
}

fn judge_files(
    session: &Session,
    files: &Files,
    of: &ProjectFiles,
    loaded: &LoadedProject,
    out: &mut Judgement,
) {
    let own: BTreeSet<&str> =
        of.files.iter().filter_map(|it| files.loaded.get(*it)).map(|it| it.source.name()).collect();
    for (idx, file) in loaded.compose.files.iter().enumerate() {
        // Included and extended files are judged where they are found themselves.
        if !own.contains(file.source.name()) {
            continue;
        }
        let terms = session.terms(file.source.name());
        let issues = loaded.compose.issues.iter();
        let issues = issues.filter(|it| it.location.source.name() == file.source.name());
        let subject = ComposeSubject {
            tree: Arc::clone(&file.tree),
            issues: issues.cloned().collect(),
            is_overlay: idx > 0,
            settings: Arc::clone(&terms.settings),
        };
        out.run(&subject, &terms.book.compose);
        out.comments.extend(tree_comments(&file.tree));
        looked_at_tree(&file.tree, out);
    }
}

fn contexts(
    session: &Session,
    project: &Project,
    folder: &Path,
) -> BTreeMap<String, Arc<plimsoll_lint::subject::dockerfile::BuildContext>> {
    let mut by_path = BTreeMap::new();
    let mut res = BTreeMap::new();
    for service in &project.services {
        let Some(build) = &service.build else { continue };
        let Some(dockerfile) = build.dockerfile_path() else { continue };
        let context = normal_path(&folder.join(&build.context.value));
        let listed = by_path
            .entry(context.clone())
            .or_insert_with(|| Arc::new(session.contexts.of(&context, &folder.join(dockerfile))));
        res.insert(service.name.clone(), Arc::clone(listed));
    }
    res
}
