//! Loads a project: reads the files, fills in variables, follows `extends` and `include`, merges.
//!
//! Opens nothing: whoever calls hands in the files and a way to ask for more of them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use plimsoll_text::{Location, Source};

use crate::{
    compose::{
        canonical::{Canonical, child},
        interpolate::{Environment, Interpolator},
        issue::{Issue, IssueKind, ProjectGap},
        item::{Data, Field, Item, read_node},
        merge::{drop_resets, merge_files, merge_services, unify},
        project::{Project, ProjectFile},
        schema::check_file,
        short::{clean_path, folder, join_path},
    },
    tree::{ErrorKind, Tree},
    yaml::{parse_yaml, short},
};

/// Files included in, or extended from, each other deeper than this are not followed.
const MAX_NESTING: usize = 16;
/// No more than this many files make one project.
const MAX_FILES: usize = 200;
/// All services that `extends` copies may come to this many values together.
const MAX_COPIED: usize = 4_000_000;

/// A compose file of the command line, in order.
#[derive(Clone, Debug)]
pub struct ComposeInput {
    /// Its text; the folder of its name is what relative paths start from.
    pub source: Arc<Source>,
}

/// What the surroundings say.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The variables of the process and of `.env`.
    pub environment: Environment,
    /// The absolute path of the project's folder, for [`Project::to_json`]; without it paths stay
    /// relative.
    pub directory: Option<String>,
    /// The profiles that are switched on.
    pub profiles: Vec<String>,
}

/// Asks for a file by its path; `None` where it cannot be had.
pub type Resolver<'a> = &'a dyn Fn(&str) -> Option<Arc<Source>>;

/// Loads the project that `files` make together, the later ones on top of the earlier ones.
pub fn load_project(
    files: &[ComposeInput],
    settings: &Settings,
    resolver: Resolver<'_>,
) -> Project {
    let folder = files.first().map(|it| folder(it.source.name())).unwrap_or_default().to_owned();
    let mut loader = Loader {
        resolver,
        folder,
        files: Vec::new(),
        trees: HashMap::new(),
        issues: Vec::new(),
        gaps: Vec::new(),
        copied: 0,
    };
    let stage = Stage { environment: &settings.environment, base: "", depth: 0 };
    let mut model: Option<Item> = None;
    for file in files {
        for document in loader.read_file(&file.source, &stage) {
            model = Some(match model {
                Some(base) => merge_files(base, document),
                None => document,
            });
        }
    }
    let mut model = model.unwrap_or_else(|| empty_model(files));
    drop_resets(&mut model);
    let Loader { files, mut issues, gaps, folder, .. } = loader;
    unify_services(&mut model);
    issues.sort_by_key(|it| it.kind.is_warning());
    Project::build(model, files, issues, gaps, settings, &folder, resolver)
}

fn empty_model(files: &[ComposeInput]) -> Item {
    let source = files.first().map_or_else(|| Source::new("", ""), |it| Arc::clone(&it.source));
    let location = Location::new(&source, plimsoll_text::Span::empty(0));
    Item::new(Data::Map(Vec::new()), &location)
}

fn unify_services(model: &mut Item) {
    if let Some(services) = child(model, "services")
        && let Data::Map(fields) = &mut services.data
    {
        for field in fields {
            unify(&mut field.value);
        }
    }
}

/// What holds for the files of one stage: the command line's, an include's, an extended file.
#[derive(Clone, Copy)]
struct Stage<'a> {
    environment: &'a Environment,
    /// The folder that relative paths of values start from, seen from the project's folder.
    base: &'a str,
    depth: usize,
}

/// The services of a file, found by their names.
struct Services<'a> {
    by_name: HashMap<&'a str, &'a Item>,
}

impl<'a> Services<'a> {
    fn of(model: &'a Item) -> Self {
        let fields = model.get("services").map(Item::fields).unwrap_or_default();
        Self { by_name: fields.iter().map(|it| (it.key.as_str(), &it.value)).collect() }
    }

    fn get(&self, name: &str) -> Option<&'a Item> {
        self.by_name.get(name).copied().filter(|it| !matches!(it.data, Data::Null))
    }
}

struct Loader<'a> {
    resolver: Resolver<'a>,
    /// The project's folder as the names of the files have it.
    folder: String,
    files: Vec<ProjectFile>,
    trees: HashMap<String, Arc<Tree>>,
    issues: Vec<Issue>,
    gaps: Vec<ProjectGap>,
    copied: usize,
}

impl Loader<'_> {
    /// The documents of a file, each ready to be merged: long forms, extends and includes done.
    fn read_file(&mut self, source: &Arc<Source>, stage: &Stage<'_>) -> Vec<Item> {
        let tree = self.tree(source);
        let mut models = Vec::new();
        for document in &tree.documents {
            let Some(model) = self.read_document(&tree, &document.root, stage, true) else {
                continue;
            };
            models.push(model);
        }
        models
    }

    fn read_document(
        &mut self,
        tree: &Arc<Tree>,
        root: &crate::tree::Node,
        stage: &Stage<'_>,
        whole: bool,
    ) -> Option<Item> {
        if root.is_null() {
            return None;
        }
        let mut interpolator = Interpolator::new(stage.environment);
        let mut model = read_node(&tree.source, root, &mut interpolator);
        if whole {
            self.issues.append(&mut interpolator.issues);
            self.issues.extend(check_file(&model));
            self.check_obsolete(&model);
        }
        if !matches!(model.data, Data::Map(_)) {
            return None;
        }
        let mut canonical = Canonical { base: stage.base, issues: Vec::new() };
        canonical.file(&mut model);
        if whole {
            self.issues.append(&mut canonical.issues);
            self.extend_services(tree, &mut model, stage);
            return Some(self.include_files(model, stage));
        }
        Some(model)
    }

    fn check_obsolete(&mut self, model: &Item) {
        if let Some(version) = model.field("version") {
            self.issues.push(Issue {
                location: version.key_location.clone(),
                message: "`version` does nothing any more and can go".to_owned(),
                kind: IssueKind::Obsolete,
            });
        }
    }

    /// The tree of a file, read once.
    fn tree(&mut self, source: &Arc<Source>) -> Arc<Tree> {
        if let Some(tree) = self.trees.get(source.name()) {
            return Arc::clone(tree);
        }
        let tree = Arc::new(parse_yaml(source));
        for error in &tree.errors {
            let kind =
                if error.kind == ErrorKind::Limit { IssueKind::Limit } else { IssueKind::Syntax };
            self.issues.push(Issue {
                location: Location::new(source, error.span),
                message: error.message.clone(),
                kind,
            });
        }
        self.trees.insert(source.name().to_owned(), Arc::clone(&tree));
        self.files.push(ProjectFile { source: Arc::clone(source), tree: Arc::clone(&tree) });
        tree
    }

    /// Puts every service on top of the one it extends.
    fn extend_services(&mut self, tree: &Arc<Tree>, model: &mut Item, stage: &Stage<'_>) {
        let names: Vec<String> = match model.get("services") {
            Some(services) => services
                .fields()
                .iter()
                .filter(|it| it.value.get("extends").is_some())
                .map(|it| it.key.clone())
                .collect(),
            None => return,
        };
        let mut done: HashMap<String, Item> = HashMap::new();
        let services = Services::of(model);
        for name in &names {
            let mut chain = vec![(tree.source.name().to_owned(), name.clone())];
            if let Some(service) = self.extended(&services, name, stage, tree, &mut chain) {
                done.insert(name.clone(), service);
            }
        }
        if let Some(services) = child(model, "services")
            && let Data::Map(fields) = &mut services.data
        {
            for field in fields {
                if let Some(service) = done.remove(&field.key) {
                    field.value = service;
                }
            }
        }
    }

    /// The service `name` with all that it extends below it.
    fn extended(
        &mut self,
        services: &Services<'_>,
        name: &str,
        stage: &Stage<'_>,
        tree: &Arc<Tree>,
        chain: &mut Vec<(String, String)>,
    ) -> Option<Item> {
        let service = services.get(name)?;
        self.copied = self.copied.saturating_add(weight(service));
        if self.copied > MAX_COPIED || chain.len() > MAX_NESTING * 2 {
            self.issue(&service.location, "`extends` copies too much", IssueKind::Limit);
            return None;
        }
        let mut service = service.clone();
        let Some(extends) = service.remove("extends") else { return Some(service) };
        let Some(base_name) = extends.value.get("service").and_then(Item::as_text) else {
            return Some(service);
        };
        let file =
            extends.value.get("file").and_then(|it| Some((it.as_text()?, it.location.clone())));
        let location = extends.value.location.clone();
        let base = match file {
            None => {
                let link = (tree.source.name().to_owned(), base_name.to_owned());
                self.follow(link, &location, chain, |loader, chain| {
                    loader.extended(services, base_name, stage, tree, chain)
                })
            }
            Some((path, location)) => {
                self.extended_file(path, &location, base_name, tree, stage, chain)
            }
        };
        Some(match base {
            Some(base) => merge_services(base, service),
            None => service,
        })
    }

    /// Goes on to `link`, unless the chain came by there before.
    fn follow(
        &mut self,
        link: (String, String),
        location: &Location,
        chain: &mut Vec<(String, String)>,
        go: impl FnOnce(&mut Self, &mut Vec<(String, String)>) -> Option<Item>,
    ) -> Option<Item> {
        if chain.contains(&link) {
            self.issue(
                location,
                "these services extend each other in a circle",
                IssueKind::Inconsistent,
            );
            return None;
        }
        let name = link.1.clone();
        chain.push(link);
        let res = go(self, chain);
        chain.pop();
        if res.is_none() {
            let message = format!("there is no service `{}` to extend", short(&name));
            self.issue(location, &message, IssueKind::Inconsistent);
        }
        res
    }

    fn extended_file(
        &mut self,
        path: &str,
        location: &Location,
        base_name: &str,
        tree: &Arc<Tree>,
        stage: &Stage<'_>,
        chain: &mut Vec<(String, String)>,
    ) -> Option<Item> {
        let from = folder(tree.source.name()).to_owned();
        let source = self.ask(&from, path, location, "the extended file")?;
        // Paths in the extended file start from its own folder.
        let base = join_path(stage.base, folder(path));
        let base = if folder(path).is_empty() { stage.base.to_owned() } else { base };
        let inner = Stage { base: &base, depth: stage.depth + 1, ..*stage };
        let tree = self.tree(&source);
        // The file is read anew for every service that extends one of it.
        let weights = tree.documents.iter().map(|it| it.root.weight);
        self.copied = weights.fold(self.copied, usize::saturating_add);
        if self.copied > MAX_COPIED {
            self.issue(location, "`extends` copies too much", IssueKind::Limit);
            return None;
        }
        let link = (source.name().to_owned(), base_name.to_owned());
        let mut model = None;
        for document in &tree.documents {
            let next = self.read_document(&tree, &document.root, &inner, false);
            model = match (model, next) {
                (Some(base), Some(next)) => Some(merge_files(base, next)),
                (base, next) => base.or(next),
            };
        }
        let model = model?;
        self.follow(link, location, chain, |loader, chain| {
            loader.extended(&Services::of(&model), base_name, &inner, &tree, chain)
        })
    }

    /// Puts what `include` names below the file's own entries.
    fn include_files(&mut self, mut model: Item, stage: &Stage<'_>) -> Item {
        let Some(include) = model.remove("include") else { return model };
        for item in include.value.items() {
            if stage.depth >= MAX_NESTING || self.files.len() >= MAX_FILES {
                self.issue(&item.location, "too many files include each other", IssueKind::Limit);
                break;
            }
            if let Some(included) = self.include(item, stage) {
                self.adopt(&mut model, included);
            }
        }
        model
    }

    /// One entry of `include`: its files merged.
    fn include(&mut self, item: &Item, stage: &Stage<'_>) -> Option<Item> {
        let paths: Vec<(String, Location)> = match (&item.data, item.get("path")) {
            (Data::Text(path), _) => vec![(path.clone(), item.location.clone())],
            (_, Some(path)) => texts(path),
            _ => return None,
        };
        let first = paths.first()?.0.clone();
        let directory = item.get("project_directory").and_then(Item::as_text);
        let inside = directory.unwrap_or_else(|| folder(&first)).to_owned();
        let base =
            if inside.is_empty() { stage.base.to_owned() } else { join_path(stage.base, &inside) };
        let mut environment = stage.environment.clone();
        let from = self.path_of(stage.base);
        if let Some(files) = item.get("env_file") {
            for (path, location) in texts(files) {
                if let Some(source) = self.ask(&from, &path, &location, "the environment file") {
                    environment.add_dotenv(&source);
                }
            }
        } else if let Some(source) = (self.resolver)(&clean_join(&self.path_of(&base), ".env")) {
            environment.add_dotenv(&source);
        }
        let inner = Stage { environment: &environment, base: &base, depth: stage.depth + 1 };
        let mut model = None;
        for (path, location) in paths {
            let Some(source) = self.ask(&from, &path, &location, "the included file") else {
                continue;
            };
            for document in self.read_file(&source, &inner) {
                model = Some(match model {
                    Some(base) => merge_files(base, document),
                    None => document,
                });
            }
        }
        let mut model = model?;
        if let Some(services) = child(&mut model, "services")
            && let Data::Map(fields) = &mut services.data
        {
            for field in fields {
                default_context(&mut field.value, &base);
            }
        }
        Some(model)
    }

    /// Takes over entries that are not there; a different one of the same name is an issue.
    fn adopt(&mut self, model: &mut Item, included: Item) {
        let Data::Map(sections) = included.data else { return };
        for section in sections {
            let Data::Map(entries) = &section.value.data else { continue };
            if !matches!(
                section.key.as_str(),
                "services" | "networks" | "volumes" | "secrets" | "configs" | "models"
            ) {
                continue;
            }
            let Some(ours) = child(model, &section.key) else {
                let Data::Map(fields) = &mut model.data else { continue };
                fields.push(section);
                continue;
            };
            let Data::Map(fields) = &mut ours.data else { continue };
            let known: HashSet<String> = fields.iter().map(|it| it.key.clone()).collect();
            for entry in entries {
                if !known.contains(&entry.key) {
                    fields.push(entry.clone());
                } else if section.key == "services" {
                    let message = format!(
                        "the service `{}` is declared here and in an including file",
                        short(&entry.key)
                    );
                    self.issues.push(Issue {
                        location: entry.key_location.clone(),
                        message,
                        kind: IssueKind::Inconsistent,
                    });
                }
            }
        }
    }

    /// Asks for a file by a path that starts from `from`.
    fn ask(
        &mut self,
        from: &str,
        path: &str,
        location: &Location,
        what: &str,
    ) -> Option<Arc<Source>> {
        let full = clean_join(from, path);
        let found = if is_url(path) { None } else { (self.resolver)(&full) };
        if found.is_none() {
            self.gaps.push(ProjectGap {
                path: full,
                location: location.clone(),
                why: format!("{what} could not be read"),
            });
        }
        found
    }

    /// A path that starts from the project's folder, as the resolver takes it.
    fn path_of(&self, base: &str) -> String {
        if base.is_empty() { self.folder.clone() } else { clean_join(&self.folder, base) }
    }

    fn issue(&mut self, location: &Location, message: &str, kind: IssueKind) {
        let message = message.to_owned();
        self.issues.push(Issue { location: location.clone(), message, kind });
    }
}

/// A build without context uses the folder of its own file, not that of the project.
fn default_context(service: &mut Item, base: &str) {
    let Some(build) = child(service, "build").filter(|_| !base.is_empty()) else { return };
    if matches!(build.data, Data::Map(_)) && build.field("context").is_none() {
        let context = build.text_like(join_path(base, "."));
        build.set("context", context);
    }
}

/// `path` behind `folder`, without dots in the middle.
pub(crate) fn clean_join(folder: &str, path: &str) -> String {
    if folder.is_empty() || path.starts_with('/') {
        return clean_path(path);
    }
    clean_path(&format!("{folder}/{path}"))
}

fn is_url(path: &str) -> bool {
    path.contains("://") || path.starts_with("git@")
}

/// One text or a list of them, with their places.
fn texts(item: &Item) -> Vec<(String, Location)> {
    let one = |it: &Item| Some((it.as_text()?.to_owned(), it.location.clone()));
    match &item.data {
        Data::List(items) => items.iter().filter_map(one).collect(),
        _ => one(item).into_iter().collect(),
    }
}

/// How many values an item holds.
fn weight(item: &Item) -> usize {
    let inner: usize = match &item.data {
        Data::List(items) => items.iter().map(weight).sum(),
        Data::Map(fields) => fields.iter().map(|it: &Field| weight(&it.value)).sum(),
        _ => 0,
    };
    inner + 1
}
