//! Posture: each service of a project as it will effectively run, with what decided each value.
//! Judges nothing.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use plimsoll_config::env_file::EnvFile;
use plimsoll_lint::secret_parts;
use plimsoll_report::posture as shown;
use serde_json::Value;

use crate::{
    classify::FileKind,
    effective::effective_settings,
    error::Error,
    project::{
        LoadedProject, MAIN_NAMES, OVERRIDE_NAMES, ProjectFiles, Surroundings, find_projects,
        read_project_in,
    },
    run::{Request, Session},
    settings::ConfigChoice,
};

/// Which project to resolve.
#[derive(Clone, Debug, Default)]
pub struct PostureRequest {
    /// Compose files, laid over each other in this order, or one folder to look in; without any,
    /// the project is looked for as compose does.
    pub paths: Vec<PathBuf>,
    /// The profiles to switch on; without any, every service is shown.
    pub profiles: Vec<String>,
    /// The variables that compose may fill in, beside those of `.env`.
    pub variables: BTreeMap<String, String>,
    /// Which settings file.
    pub config: ConfigChoice,
}

/// Resolves each service of a project to what it will run with.
pub fn posture(request: &PostureRequest) -> Result<shown::Posture, Error> {
    let folder = match request.paths.as_slice() {
        [] => Some(Path::new("")),
        [path] if plimsoll_fs::is_folder(path) => Some(path.as_path()),
        _ => None,
    };
    let loaded = match folder {
        None => read_named(request, &request.paths)?,
        Some(folder) => match find_files(folder, request.paths.is_empty()) {
            Some(files) => read_named(request, &files)?,
            None => read_below(request, folder)?,
        },
    };
    Ok(show(&loaded, &request.profiles))
}

/// The files that compose itself would take in `folder`, or, for the folder that the program runs
/// in, in the nearest folder above that has any.
fn find_files(folder: &Path, upwards: bool) -> Option<Vec<PathBuf>> {
    let mut here = folder.to_owned();
    for _ in 0..MAX_FOLDERS {
        let find = |names: &[&str]| {
            names.iter().map(|it| here.join(it)).find(|it| plimsoll_fs::exists(it))
        };
        if let Some(main) = find(MAIN_NAMES) {
            return Some([main].into_iter().chain(find(OVERRIDE_NAMES)).collect());
        }
        if !upwards || !plimsoll_fs::exists(&here.join("..")) {
            return None;
        }
        here.push("..");
    }
    None
}

/// Folders are not nested deeper than this.
const MAX_FOLDERS: usize = 64;

fn read_named(request: &PostureRequest, compose_files: &[PathBuf]) -> Result<LoadedProject, Error> {
    // The daemon's settings beside the project belong to it, although nobody named them.
    let first = compose_files.first().and_then(|it| it.parent()).unwrap_or(Path::new(""));
    let daemon = first.join("daemon.json");
    let roots = if plimsoll_fs::exists(&daemon) { vec![daemon] } else { Vec::new() };
    read(request, roots, compose_files)
}

/// The only project below `folder`.
fn read_below(request: &PostureRequest, folder: &Path) -> Result<LoadedProject, Error> {
    let root = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    read(request, vec![root.to_owned()], &[])
}

fn read(
    request: &PostureRequest,
    roots: Vec<PathBuf>,
    compose_files: &[PathBuf],
) -> Result<LoadedProject, Error> {
    let folder = roots.first().cloned().unwrap_or_default();
    let are_named = !compose_files.is_empty();
    let asked = Request {
        compose_files: compose_files.to_vec(),
        // What is named as a compose file is one, whatever it is called.
        kind: are_named.then_some(FileKind::Compose),
        include_ignored: are_named,
        config: request.config.clone(),
        ..Request::default()
    };
    let session = Session::start(&asked)?;
    let mut files = session.files(&asked)?;
    let around = Request { roots, kind: None, compose_files: Vec::new(), ..asked };
    files.loaded.extend(session.files(&around)?.loaded);
    files.index();
    if let Some(missing) = compose_files.iter().find(|it| files.at(it).is_none()) {
        // Reads it again to learn why it could not be read.
        plimsoll_fs::read_text(missing, session.config.settings.limits.max_file_size)?;
        return Err(Error::NoProject { folder: missing.clone(), found: Vec::new() });
    }
    let projects = find_projects(&session, &files);
    if !are_named && projects.len() > 1 {
        let first = |it: &ProjectFiles| {
            let file = it.files.first().and_then(|it| files.loaded.get(*it));
            file.map(|it| it.source.name().to_owned())
        };
        let found = projects.iter().filter_map(first).collect();
        return Err(Error::NoProject { folder, found });
    }
    let surroundings = Surroundings {
        variables: request.variables.clone().into_iter().collect(),
        profiles: match request.profiles.as_slice() {
            [] => vec!["*".to_owned()],
            profiles => profiles.to_vec(),
        },
    };
    let of = projects.first();
    of.and_then(|of| read_project_in(&session, &files, of, surroundings))
        .ok_or(Error::NoProject { folder, found: Vec::new() })
}

fn show(loaded: &LoadedProject, profiles: &[String]) -> shown::Posture {
    let mut secrets = secrets_of_env_file(loaded);
    let is_on = |name: &str| {
        let service = loaded.compose.service(name);
        profiles.is_empty() || service.is_none_or(|it| it.is_enabled(profiles))
    };
    let services = loaded.project.services.iter().filter(|it| is_on(&it.name));
    let services = services.map(|service| shown::Service {
        name: service.name.clone(),
        settings: effective_settings(service, &mut secrets),
    });
    let services = services.collect();
    // What cannot be read back nests deeper than any project; it is said so in its place.
    let mut project = serde_json::from_str(&loaded.compose.to_json())
        .unwrap_or_else(|error| Value::String(format!("cannot be shown: {error}")));
    hide(&mut project, "", 0, &mut secrets);
    secrets.sort_unstable();
    secrets.dedup();
    shown::Posture { services, project, secrets }
}

/// Values of `.env` turn up wherever compose fills them in.
fn secrets_of_env_file(loaded: &LoadedProject) -> Vec<String> {
    let mut res = Vec::new();
    for entry in loaded.env_file.iter().flat_map(|it| EnvFile::parse(it).0.entries) {
        if let Some(value) = &entry.value {
            masked(&entry.key, &value.text, &mut res);
        }
    }
    res
}

/// Masks the secrets in a tree at their places. Those that would give themselves away wherever they
/// stand are also put in `telling`. The tree was parsed under a limit of depth.
fn hide(value: &mut Value, name: &str, depth: usize, telling: &mut Vec<String>) {
    match value {
        Value::String(text) => *text = masked(name, text, telling),
        Value::Array(items) => {
            for it in items {
                hide(it, "", depth + 1, telling);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                // What services and secrets are called gives nothing away.
                let is_declaration = depth < 2;
                hide(value, if is_declaration { "" } else { key }, depth + 1, telling);
            }
        }
        _ => {}
    }
}

/// `value` of the variable called `name` with its secrets masked.
pub(crate) fn masked(name: &str, value: &str, telling: &mut Vec<String>) -> String {
    let mut parts = secret_parts(name, value);
    parts.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
    let mut res = String::new();
    let mut done = 0;
    for part in parts {
        if part.end <= done {
            continue;
        }
        if let Some(secret) = value.get(part.clone()).filter(|it| is_telling(it)) {
            telling.push(secret.to_owned());
        }
        res.push_str(value.get(done..part.start).unwrap_or_default());
        res.push_str(if part.start < done { "" } else { MASK });
        done = part.end;
    }
    res.push_str(value.get(done..).unwrap_or_default());
    res
}

/// What stands for a secret.
const MASK: &str = "***";

/// Whether a text is long and odd enough to be hidden wherever it stands; hiding every `shop` or
/// `postgres` would make the answer unreadable.
fn is_telling(secret: &str) -> bool {
    secret.len() >= TELLING_BYTES && !secret.bytes().all(|it| it.is_ascii_lowercase())
}

/// Shorter texts turn up by chance.
const TELLING_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn secrets_are_masked_where_they_stand() {
        for (name, value, want, n_telling) in [
            ("DB_PASSWORD", "shop", "***", 0),
            ("DB_PASSWORD", "hunter2-longer", "***", 1),
            ("DB_NAME", "shop", "shop", 0),
            ("DB_PASSWORD_FILE", "/run/secrets/db", "/run/secrets/db", 0),
        ] {
            let mut telling = Vec::new();
            assert_eq!(masked(name, value, &mut telling), want);
            assert_eq!(telling.len(), n_telling, "{name}={value}");
        }
    }
}
