//! A project: its services and what they share, and whether it holds together.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use plimsoll_text::{Location, Source};

use crate::{
    compose::{
        interpolate::{Environment, read_env_file},
        issue::{Issue, IssueKind, ProjectGap},
        item::{Data, Field, Item},
        load::{Resolver, Settings, clean_join},
        located::{Located, Variable, VariableOrigin},
        service::Service,
    },
    tree::{Entry, Node, Tree},
    yaml::short,
};

/// A file that the project is made of.
#[derive(Clone, Debug)]
pub struct ProjectFile {
    /// Its text.
    pub source: Arc<Source>,
    /// Its tree, for edits.
    pub tree: Arc<Tree>,
}

/// A project after merging, extending, including and filling in.
#[derive(Clone, Debug)]
pub struct Project {
    /// `name`; `None` where the folder gives it.
    pub name: Option<Located<String>>,
    /// All services in their order, those of switched-off profiles too.
    pub services: Vec<Service>,
    /// `networks`
    pub networks: Vec<Network>,
    /// `volumes`
    pub volumes: Vec<Volume>,
    /// `secrets`
    pub secrets: Vec<Secret>,
    /// `configs`
    pub configs: Vec<Secret>,
    /// The files it is made of: those of the command line, included and extended ones.
    pub files: Vec<ProjectFile>,
    /// What compose would refuse or warn about.
    pub issues: Vec<Issue>,
    /// What could not be had.
    pub gaps: Vec<ProjectGap>,
    /// The whole model in its long form.
    pub model: Item,
    pub(crate) settings: Settings,
}

/// A network of the project.
#[derive(Clone, Debug)]
pub struct Network {
    /// The name that services use, and where it stands.
    pub key: Located<String>,
    /// `name`
    pub name: Option<Located<String>>,
    /// `driver`
    pub driver: Option<Located<String>>,
    /// `driver_opts`
    pub driver_opts: Vec<Variable>,
    /// `external`
    pub external: Option<Located<bool>>,
    /// `internal`
    pub internal: Option<Located<bool>>,
    /// `attachable`
    pub attachable: Option<Located<bool>>,
    /// `enable_ipv6`
    pub enable_ipv6: Option<Located<bool>>,
    /// `labels`
    pub labels: Vec<Variable>,
}

/// A volume of the project.
#[derive(Clone, Debug)]
pub struct Volume {
    /// The name that services use, and where it stands.
    pub key: Located<String>,
    /// `name`
    pub name: Option<Located<String>>,
    /// `driver`
    pub driver: Option<Located<String>>,
    /// `driver_opts`
    pub driver_opts: Vec<Variable>,
    /// `external`
    pub external: Option<Located<bool>>,
    /// `labels`
    pub labels: Vec<Variable>,
}

/// A secret or config of the project.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The name that services use, and where it stands.
    pub key: Located<String>,
    /// `name`
    pub name: Option<Located<String>>,
    /// `file`, relative to the project's folder.
    pub file: Option<Located<String>>,
    /// `environment`
    pub environment: Option<Located<String>>,
    /// `content`, of configs.
    pub content: Option<Located<String>>,
    /// `external`
    pub external: Option<Located<bool>>,
    /// `driver`
    pub driver: Option<Located<String>>,
}

impl Project {
    /// The service called `name`.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|it| it.name == name)
    }

    /// The tree that `location` points into, for edits.
    pub fn tree_of(&self, location: &Location) -> Option<&Arc<Tree>> {
        let file = self.files.iter().find(|it| Arc::ptr_eq(&it.source, &location.source))?;
        Some(&file.tree)
    }

    /// The mapping that declares `service` in the first file that does, for edits.
    pub fn node_of(&self, service: &Service) -> Option<Node> {
        let tree = self.tree_of(&service.location)?;
        let roots = tree.documents.iter().map(|it| &it.root);
        let entries = roots.filter_map(|it| it.get("services")?.get_entry(&service.name));
        let declares = |it: &&Entry| it.key.resolved().span == service.location.span;
        entries.into_iter().find(declares).map(|it| it.value.resolved().clone())
    }

    /// The name in effect: the environment's, the file's, or the folder's.
    pub fn effective_name(&self) -> String {
        let given = self.settings.environment.value("COMPOSE_PROJECT_NAME");
        if let Some(name) = given.filter(|it| !it.is_empty()) {
            return name.to_owned();
        }
        let folder = self.settings.directory.as_deref().unwrap_or_default();
        let last = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let last = self.name.as_ref().map_or(last, |it| it.value.as_str());
        let kept = |it: &char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
        let name: String = last.to_lowercase().chars().filter(kept).collect();
        name.trim_start_matches(['-', '_']).to_owned()
    }

    pub(crate) fn build(
        model: Item,
        files: Vec<ProjectFile>,
        issues: Vec<Issue>,
        gaps: Vec<ProjectGap>,
        settings: &Settings,
        folder: &str,
        resolver: Resolver<'_>,
    ) -> Self {
        let mut project = Self {
            name: model.text("name"),
            services: section(&model, "services").iter().map(Service::read).collect(),
            networks: section(&model, "networks").iter().map(read_network).collect(),
            volumes: section(&model, "volumes").iter().map(read_volume).collect(),
            secrets: section(&model, "secrets").iter().map(read_secret).collect(),
            configs: section(&model, "configs").iter().map(read_secret).collect(),
            files,
            issues,
            gaps,
            model,
            settings: settings.clone(),
        };
        for index in 0..project.services.len() {
            project.resolve_variables(index, folder, resolver);
        }
        project.check();
        project
    }

    /// Adds what environment and label files say below what the service says itself.
    fn resolve_variables(&mut self, index: usize, folder: &str, resolver: Resolver<'_>) {
        let Some(service) = self.services.get_mut(index) else { return };
        if service.env_files.is_empty() && service.item.get("label_file").is_none() {
            service.take_from(&self.settings.environment);
            return;
        }
        let mut environment = self.settings.environment.clone();
        let mut below: Vec<Variable> = Vec::new();
        for file in &service.env_files {
            let path = clean_join(folder, &file.path.value);
            match resolver(&path) {
                Some(source) => {
                    below.extend(file_variables(&source, &environment));
                    environment.add_dotenv(&source);
                }
                None if file.required => self.gaps.push(ProjectGap {
                    path,
                    location: file.path.location.clone(),
                    why: "the environment file could not be read".to_owned(),
                }),
                None => {}
            }
        }
        service.take_from(&self.settings.environment);
        put_below(&mut service.environment, below);
        let mut below = Vec::new();
        for file in service.item.texts("label_file") {
            let path = clean_join(folder, &file.value);
            match resolver(&path) {
                Some(source) => below.extend(file_variables(&source, &self.settings.environment)),
                None => self.gaps.push(ProjectGap {
                    path,
                    location: file.location.clone(),
                    why: "the label file could not be read".to_owned(),
                }),
            }
        }
        put_below(&mut service.labels, below);
    }

    /// Tells what does not hold together.
    fn check(&mut self) {
        let mut issues = Vec::new();
        let names = |items: Vec<&Located<String>>| -> HashSet<String> {
            items.into_iter().map(|it| it.value.clone()).collect()
        };
        let known = Known {
            services: self.services.iter().map(|it| it.name.clone()).collect(),
            networks: names(self.networks.iter().map(|it| &it.key).collect()),
            volumes: names(self.volumes.iter().map(|it| &it.key).collect()),
            secrets: names(self.secrets.iter().map(|it| &it.key).collect()),
            configs: names(self.configs.iter().map(|it| &it.key).collect()),
        };
        for service in &self.services {
            check_service(service, &known, &mut issues);
        }
        check_circles(&self.services, &mut issues);
        self.issues.append(&mut issues);
    }
}

impl Service {
    /// Gives names without value the values of the environment.
    fn take_from(&mut self, environment: &Environment) {
        let args = self.build.iter_mut().flat_map(|it| it.args.iter_mut());
        for variable in self.environment.iter_mut().chain(args) {
            from_environment(variable, environment);
        }
    }
}

/// The names that a project declares.
struct Known {
    services: HashSet<String>,
    networks: HashSet<String>,
    volumes: HashSet<String>,
    secrets: HashSet<String>,
    configs: HashSet<String>,
}

fn check_service(service: &Service, known: &Known, issues: &mut Vec<Issue>) {
    let mut tell = |location: &Location, message: String| {
        let kind = IssueKind::Inconsistent;
        issues.push(Issue { location: location.clone(), message, kind });
    };
    let name = short(&service.name);
    if !matches!(service.item.data, Data::Map(_)) {
        return;
    }
    if service.image.is_none() && service.build.is_none() && service.item.get("provider").is_none()
    {
        tell(&service.location, format!("the service `{name}` has neither `image` nor `build`"));
    }
    if let Some(mode) = &service.network_mode
        && !service.networks.is_empty()
    {
        tell(&mode.key, "`network_mode` and `networks` exclude each other".to_owned());
    }
    let undeclared =
        |what: &str, name: &str| format!("the {what} `{}` is not declared", short(name));
    for used in &service.networks {
        if used.name.value != "default" && !known.networks.contains(&used.name.value) {
            tell(&used.name.location, undeclared("network", &used.name.value));
        }
    }
    for mount in service.volumes.iter().filter(|it| it.kind.value == "volume") {
        let Some(source) = mount.source.as_ref().filter(|it| !it.value.is_empty()) else {
            continue;
        };
        if !known.volumes.contains(&source.value) {
            tell(&source.location, undeclared("volume", &source.value));
        }
    }
    for grant in &service.secrets {
        if !known.secrets.contains(&grant.source.value) {
            tell(&grant.source.location, undeclared("secret", &grant.source.value));
        }
    }
    for grant in &service.configs {
        if !known.configs.contains(&grant.source.value) {
            tell(&grant.source.location, undeclared("config", &grant.source.value));
        }
    }
    for dependency in service.depends_on.iter().filter(|it| it.required) {
        if !known.services.contains(&dependency.name.value) {
            tell(&dependency.name.location, undeclared("service", &dependency.name.value));
        }
    }
    if let (Some(own), Some(scale)) = (&service.container_name, &service.scale)
        && scale.value > 1
    {
        tell(&own.key, "`container_name` is one name, `scale` asks for several".to_owned());
    }
    check_limits(service, &mut tell);
}

/// Tells limits that the service and its `deploy` say differently; one of both says nothing else.
fn check_limits(service: &Service, tell: &mut dyn FnMut(&Location, String)) {
    let Some(deploy) = &service.deploy else { return };
    let resources = service.item.get("deploy").and_then(|it| it.get("resources"));
    if resources.and_then(|it| it.get("limits")).is_none() {
        return;
    }
    let theirs = &deploy.limits;
    let message = |key: &str| format!("`{key}` and `deploy.resources.limits` say different limits");
    let differ = |ours: &Option<Located<i64>>, theirs: &Option<Located<i64>>| {
        let theirs = theirs.as_ref().map_or(0, |it| it.value);
        ours.as_ref().filter(|it| it.value != 0 && it.value != theirs).map(|it| it.location.clone())
    };
    if let Some(location) = differ(&service.limits.mem_limit, &theirs.memory) {
        tell(&location, message("mem_limit"));
    }
    if let Some(location) = differ(&service.limits.pids_limit, &theirs.pids) {
        tell(&location, message("pids_limit"));
    }
    let cpus = theirs.cpus.as_ref().map_or(0.0, |it| it.value);
    let differs = |it: &&Located<f64>| it.value != 0.0 && (it.value - cpus).abs() > 1e-6;
    if let Some(ours) = service.limits.cpus.as_ref().filter(differs) {
        tell(&ours.location, message("cpus"));
    }
}

/// Tells services that wait for each other.
fn check_circles(services: &[Service], issues: &mut Vec<Issue>) {
    let needs: Vec<(&str, Vec<(String, &Location)>)> =
        services.iter().map(|it| (it.name.as_str(), it.needs())).collect();
    let places: HashMap<&str, usize> =
        needs.iter().enumerate().map(|(idx, it)| (it.0, idx)).collect();
    // 0: not seen, 1: on the way, 2: done.
    let mut marks = vec![0_u8; needs.len()];
    for start in 0..needs.len() {
        let mut way = vec![(start, 0)];
        while let Some((at, next)) = way.pop() {
            let Some(mark) = marks.get_mut(at) else { continue };
            if *mark == 2 {
                continue;
            }
            *mark = 1;
            let Some((name, location)) = needs.get(at).and_then(|it| it.1.get(next)) else {
                *mark = 2;
                continue;
            };
            way.push((at, next + 1));
            let Some(target) = places.get(name.as_str()) else { continue };
            match marks.get(*target) {
                Some(0) => way.push((*target, 0)),
                Some(1) => issues.push(Issue {
                    location: (*location).clone(),
                    message: format!("the services wait in a circle, back to `{}`", short(name)),
                    kind: IssueKind::Inconsistent,
                }),
                _ => {}
            }
        }
    }
}

/// The variables that a file sets.
fn file_variables(source: &Arc<Source>, environment: &Environment) -> Vec<Variable> {
    let variable = |entry: super::interpolate::EnvFileEntry| {
        let place = Located {
            value: entry.name,
            location: entry.location.clone(),
            key: entry.location,
            interpolated: entry.interpolated,
        };
        let value = entry.value.map(|it| place.with(it));
        Variable { name: place, value, origin: VariableOrigin::File }
    };
    // A name alone that the environment does not know is not passed on.
    read_env_file(source, environment)
        .into_iter()
        .filter(|it| it.value.is_some())
        .map(variable)
        .collect()
}

/// A name alone takes its value from the environment.
fn from_environment(variable: &mut Variable, environment: &Environment) {
    if variable.value.is_some() {
        return;
    }
    if let Some(found) = environment.get(&variable.name.value) {
        let location = found.location.clone().unwrap_or_else(|| variable.name.location.clone());
        let value = Located { location, ..variable.name.with(found.value.clone()) };
        variable.value = Some(value);
        variable.origin = VariableOrigin::Environment;
    }
}

/// Adds those of `below` that `variables` does not set; of two in `below` the last counts.
fn put_below(variables: &mut Vec<Variable>, below: Vec<Variable>) {
    let set: HashSet<String> = variables.iter().map(|it| it.name.value.clone()).collect();
    let mut places: HashMap<String, usize> = HashMap::new();
    for variable in below {
        let name = variable.name.value.clone();
        if set.contains(&name) {
            continue;
        }
        if let Some(place) = places.get(&name) {
            if let Some(slot) = variables.get_mut(*place) {
                *slot = variable;
            }
        } else {
            places.insert(name, variables.len());
            variables.push(variable);
        }
    }
}

fn section<'a>(model: &'a Item, key: &str) -> &'a [Field] {
    model.get(key).map(Item::fields).unwrap_or_default()
}

fn key(field: &Field) -> Located<String> {
    Located {
        value: field.key.clone(),
        location: field.key_location.clone(),
        key: field.key_location.clone(),
        interpolated: false,
    }
}

fn read_network(field: &Field) -> Network {
    let it = &field.value;
    Network {
        key: key(field),
        name: it.text("name"),
        driver: it.text("driver"),
        driver_opts: it.variables("driver_opts"),
        external: it.truth("external"),
        internal: it.truth("internal"),
        attachable: it.truth("attachable"),
        enable_ipv6: it.truth("enable_ipv6"),
        labels: it.variables("labels"),
    }
}

fn read_volume(field: &Field) -> Volume {
    let it = &field.value;
    Volume {
        key: key(field),
        name: it.text("name"),
        driver: it.text("driver"),
        driver_opts: it.variables("driver_opts"),
        external: it.truth("external"),
        labels: it.variables("labels"),
    }
}

fn read_secret(field: &Field) -> Secret {
    let it = &field.value;
    Secret {
        key: key(field),
        name: it.text("name"),
        file: it.text("file"),
        environment: it.text("environment"),
        content: it.text("content"),
        external: it.truth("external"),
        driver: it.text("driver"),
    }
}
