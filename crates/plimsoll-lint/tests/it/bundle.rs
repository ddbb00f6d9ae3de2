//! A compose project out of the files of a doc block: `compose.yaml` with its override,
//! Dockerfiles, `daemon.json`, `.env`, `.dockerignore` and whatever else lies in the build context.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_config::{
    compose::{self, ComposeInput, Environment, Settings, load_project},
    daemon_json::DaemonFile,
    dockerignore::DockerIgnore,
};
use plimsoll_dockerfile::Dockerfile;
use plimsoll_lint::subject::dockerfile::BuildContext;
use plimsoll_posture::{Build, DaemonDefaults, Project};
use plimsoll_text::Source;

/// The project as compose reads it, and as it will run.
pub(crate) fn project(sources: &[Arc<Source>]) -> (compose::Project, Project) {
    let find = |name: &str| sources.iter().find(|it| it.name() == name);
    let mut environment = Environment::default();
    if let Some(source) = find(".env") {
        environment.add_dotenv(source);
    }
    let directory = Some("/project".to_owned());
    let settings = Settings { environment, directory, profiles: vec!["*".to_owned()] };
    let files = ["compose.yaml", "compose.override.yaml"];
    let inputs: Vec<ComposeInput> = files
        .iter()
        .filter_map(|it| find(it))
        .map(|it| ComposeInput { source: Arc::clone(it) })
        .collect();
    assert!(!inputs.is_empty(), "a block without a compose.yaml");
    let compose = load_project(&inputs, &settings, &|path| {
        find(path.trim_start_matches("./")).map(Arc::clone)
    });
    let mut project = Project::from_compose(&compose);
    let dockerfile = |build: &Build| {
        let path = build.dockerfile_path()?;
        Some(Arc::new(Dockerfile::parse(find(path.trim_start_matches("./"))?)))
    };
    let daemon = find("daemon.json");
    let daemon = daemon.map(|it| Arc::new(DaemonDefaults::read(&DaemonFile::parse(it))));
    project.resolve(&dockerfile, daemon.as_ref());
    (compose, project)
}

/// The build context of every service that is built from a folder: all files of the block below it.
pub(crate) fn contexts(
    sources: &[Arc<Source>],
    project: &Project,
) -> BTreeMap<String, Arc<BuildContext>> {
    let mut res = BTreeMap::new();
    for service in &project.services {
        let Some(build) = &service.build else { continue };
        let folder = build.context.value.trim_start_matches("./").trim_matches('.');
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = |it: &Arc<Source>| it.name().strip_prefix(&folder).map(str::to_owned);
        let ignore = sources.iter().find(|it| it.name() == format!("{folder}.dockerignore"));
        let context = BuildContext {
            ignore: ignore.map(|it| DockerIgnore::parse(it).0),
            files: sources.iter().filter_map(inside).collect(),
            is_complete: true,
        };
        res.insert(service.name.clone(), Arc::new(context));
    }
    res
}
