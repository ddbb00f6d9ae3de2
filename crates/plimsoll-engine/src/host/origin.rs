//! Which compose file, service and line made a container, by the labels that compose leaves on it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll_finding::{Coverage, CoverageState};
use plimsoll_lint::{RuleBook, subject::service::ServiceSubject};
use plimsoll_posture::Service;
use plimsoll_text::Location;

use crate::{
    classify::FileKind,
    judge::Judgement,
    project::{LoadedProject, Surroundings, find_projects, read_project_in},
    run::{Request, Session},
    settings::ConfigChoice,
};

/// What compose files say of the containers that were made from them.
#[derive(Debug, Default)]
pub(super) struct Origins {
    projects: BTreeMap<Vec<PathBuf>, BTreeMap<String, MadeBy>>,
    /// The projects that could not be read.
    pub(super) gaps: Vec<Coverage>,
}

/// The service of a compose file that a container was made from.
#[derive(Clone, Debug)]
pub(super) struct MadeBy {
    /// The service as the files say it.
    pub(super) service: Service,
    /// By rule, the first place in the files that it reports.
    places: BTreeMap<&'static str, Location>,
}

impl MadeBy {
    /// The place that the rule called `rule` reports in the files; if it reports none the key of
    /// the service.
    pub(super) fn line_of(&self, rule: &str) -> Location {
        self.places.get(rule).unwrap_or(&self.service.place).clone()
    }
}

impl Origins {
    /// Reads the compose files that `containers` name.
    pub(super) fn read<'a>(
        containers: impl IntoIterator<Item = &'a Service>,
        book: &RuleBook,
    ) -> Self {
        let mut res = Self::default();
        for container in containers {
            let Some(files) = compose_files(container) else { continue };
            if res.projects.contains_key(&files) || res.gaps.len() >= MAX_PROJECTS {
                continue;
            }
            if res.projects.len() >= MAX_PROJECTS {
                res.gap(&files, "there are more compose projects than are read");
                return res;
            }
            match read_project(&files) {
                Ok(loaded) => {
                    res.projects.insert(files, services(loaded, book));
                }
                Err(why) => {
                    res.gap(&files, &why);
                    res.projects.insert(files, BTreeMap::new());
                }
            }
        }
        res
    }

    /// The service that `container` was made from, where its files were read.
    pub(super) fn of(&self, container: &Service) -> Option<&MadeBy> {
        let files = compose_files(container)?;
        self.projects.get(&files)?.get(label(container, SERVICE)?)
    }

    fn gap(&mut self, files: &[PathBuf], why: &str) {
        let unit = files.iter().map(|it| it.display().to_string()).collect::<Vec<_>>().join(", ");
        let why = format!("the compose files that made containers are not read: {why}");
        self.gaps.push(Coverage { unit, state: CoverageState::Skipped, why });
    }
}

/// The compose files that made `container`, with their absolute paths.
pub(super) fn compose_files(container: &Service) -> Option<Vec<PathBuf>> {
    let list = label(container, FILES)?;
    let folder = Path::new(label(container, FOLDER).unwrap_or("/"));
    let files: Vec<PathBuf> =
        list.split(',').filter(|it| !it.is_empty()).map(|it| folder.join(it)).collect();
    (!files.is_empty()).then_some(files)
}

pub(super) fn label<'a>(container: &'a Service, name: &str) -> Option<&'a str> {
    let found = container.labels.iter().find(|it| it.0 == name)?;
    Some(found.1.value.as_str()).filter(|it| !it.is_empty())
}

/// Reads the project that `files` make, in their order.
pub(super) fn read_project(files: &[PathBuf]) -> Result<LoadedProject, String> {
    let asked = Request {
        compose_files: files.to_vec(),
        kind: Some(FileKind::Compose),
        include_ignored: true,
        config: ConfigChoice::None,
        ..Request::default()
    };
    let session = Session::start(&asked).map_err(|it| it.to_string())?;
    let loaded = session.files(&asked).map_err(|it| it.to_string())?;
    let projects = find_projects(&session, &loaded);
    let surroundings = Surroundings { variables: Vec::new(), profiles: vec!["*".to_owned()] };
    let project = projects
        .first()
        .and_then(|it| read_project_in(&session, &loaded, it, surroundings))
        .ok_or_else(|| "they make no project".to_owned())?;
    Ok(project)
}

fn services(loaded: LoadedProject, book: &RuleBook) -> BTreeMap<String, MadeBy> {
    let project = Arc::new(loaded.project);
    let settings = Arc::default();
    let mut res = BTreeMap::new();
    for (idx, service) in project.services.iter().enumerate() {
        let mut judgement = Judgement::default();
        if let Some(subject) = ServiceSubject::new(&project, idx, &settings) {
            judgement.run(&subject, &book.service);
        }
        let mut places = BTreeMap::new();
        for finding in &judgement.findings {
            if let Some(place) = finding.place.text() {
                places.entry(finding.rule.id).or_insert_with(|| place.clone());
            }
        }
        res.insert(service.name.clone(), MadeBy { service: service.clone(), places });
    }
    res
}

const FILES: &str = "com.docker.compose.project.config_files";
const FOLDER: &str = "com.docker.compose.project.working_dir";
pub(super) const SERVICE: &str = "com.docker.compose.service";
pub(super) const PROJECT: &str = "com.docker.compose.project";

/// No host runs more compose projects than this.
const MAX_PROJECTS: usize = 256;
