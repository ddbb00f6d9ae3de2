//! What is different between what compose files say and what runs.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use plimsoll_host::DaemonSettings;
use plimsoll_posture::{
    Healthcheck, InspectedContainer, Mount, MountKind, Port, Service, ServiceOrigin, Setting,
    normal_form,
};
use plimsoll_report::host::drift::{Difference, Drift};
use plimsoll_text::Location;

use super::{
    HostSource,
    containers::container_answers,
    look,
    origin::{PROJECT, SERVICE, compose_files, label, read_project},
};
use crate::{error::Error, load::normal_path, project::LoadedProject, run::Progress};

/// What to compare.
#[derive(Clone, Debug, Default)]
pub struct DriftRequest {
    /// The files of one project in their order; without any, those that containers name.
    pub compose_files: Vec<PathBuf>,
    /// Where the facts come from.
    pub source: HostSource,
    /// No network socket may be opened.
    pub is_offline: bool,
}

/// Compares the services of compose files with the containers that were made from them.
pub fn drift(request: &DriftRequest, progress: &dyn Progress) -> Result<Drift, Error> {
    let collected = match &request.source {
        HostSource::Live { address, context } => {
            look(address.as_deref(), context.as_deref(), request.is_offline, progress)?
        }
        HostSource::Snapshot(path) => plimsoll_probe::load(path)?,
        HostSource::Settings { .. } => return Ok(Drift::default()),
    };
    let mut res = Drift::default();
    let mut containers = Vec::new();
    for (id, known) in container_answers(&collected) {
        match known.had().and_then(InspectedContainer::read) {
            Some(it) => containers.push(it.service),
            None => res.gaps.push(format!("container {id} could not be read")),
        }
    }
    if let plimsoll_host::Known::Unknown { why, remedy } =
        collected.answer("/containers/json?all=1")
    {
        res.gaps.push(format!("{why}: {remedy}"));
    }
    containers.sort_by(|one, other| one.name.cmp(&other.name));
    let daemon = DaemonSettings::of(&collected);
    let own_logging = daemon.sets("log-driver");
    let mut projects: BTreeMap<Vec<PathBuf>, Vec<&Service>> = BTreeMap::new();
    if request.compose_files.is_empty() {
        for container in &containers {
            if let Some(files) = compose_files(container) {
                projects.entry(files).or_default().push(container);
            }
        }
    } else {
        projects.insert(request.compose_files.clone(), containers.iter().collect());
    }
    for (files, candidates) in projects {
        match read_project(&files) {
            Ok(loaded) => compare_project(&loaded, &candidates, own_logging, &mut res),
            Err(why) => {
                let names = files.iter().map(|it| it.display().to_string()).collect::<Vec<_>>();
                res.gaps.push(format!("{}: {why}", names.join(", ")));
            }
        }
    }
    Ok(res)
}

fn compare_project(
    loaded: &LoadedProject,
    candidates: &[&Service],
    own_logging: bool,
    out: &mut Drift,
) {
    let name = loaded.project.name.as_str();
    let own = candidates.iter().filter(|it| label(it, PROJECT) == Some(name));
    let own: Vec<&Service> = own.copied().collect();
    for service in &loaded.project.services {
        let made: Vec<&&Service> =
            own.iter().filter(|it| label(it, SERVICE) == Some(service.name.as_str())).collect();
        if made.is_empty() && service.profiles.is_empty() {
            out.differences.push(Difference {
                container: String::new(),
                service: service.name.clone(),
                setting: "container".to_owned(),
                declared: Some("a service".to_owned()),
                running: None,
                place: Some(service.place.clone()),
            });
        }
        for container in made {
            out.n_compared += 1;
            let mut rows = Rows { service, container, out };
            rows.compare(&loaded.folder, own_logging);
        }
    }
    for container in own {
        let service = label(container, SERVICE).unwrap_or_default();
        if !loaded.project.services.iter().any(|it| it.name == service) {
            out.differences.push(Difference {
                container: container.name.clone(),
                service: service.to_owned(),
                setting: "container".to_owned(),
                declared: None,
                running: Some("a container".to_owned()),
                place: None,
            });
        }
    }
}

/// The differences of one container.
struct Rows<'a> {
    service: &'a Service,
    container: &'a Service,
    out: &'a mut Drift,
}

impl Rows<'_> {
    fn compare(&mut self, folder: &Path, own_logging: bool) {
        let (service, container) = (self.service, self.container);
        let text = |it: &Setting<String>| it.value.clone();
        if service.build.is_none() {
            self.said("image", service.image.as_ref(), container.image.as_ref(), text);
        }
        self.said("user", service.user.as_ref(), container.user.as_ref(), text);
        let truth = |it: &Setting<bool>| it.value.to_string();
        self.either(
            "privileged",
            service.privileged.as_ref(),
            container.privileged.as_ref(),
            "false",
            truth,
        );
        self.either(
            "read_only",
            service.read_only.as_ref(),
            container.read_only.as_ref(),
            "false",
            truth,
        );
        self.said("init", service.init.as_ref(), container.init.as_ref(), truth);
        for (name, declared, running) in [
            ("pid", &service.pid, &container.pid),
            ("uts", &service.uts, &container.uts),
            ("userns_mode", &service.userns_mode, &container.userns_mode),
            ("cgroup_parent", &service.cgroup_parent, &container.cgroup_parent),
        ] {
            self.either(name, declared.as_ref(), running.as_ref(), "", text);
        }
        self.said("ipc", service.ipc.as_ref(), container.ipc.as_ref(), text);
        self.said("runtime", service.runtime.as_ref(), container.runtime.as_ref(), text);
        self.network();
        self.limits();
        let names = |all: &[Setting<String>]| set(all, normal_form);
        self.sets("cap_add", &names(&service.cap_add), &names(&container.cap_add));
        self.sets("cap_drop", &names(&service.cap_drop), &names(&container.cap_drop));
        self.sets("security_opt", &options(service), &options(container));
        let device = |it: &Setting<plimsoll_posture::Device>| {
            (it.value.host.clone(), it.location().cloned())
        };
        let devices = |it: &Service| it.devices.iter().map(device).collect();
        self.sets("devices", &devices(service), &devices(container));
        self.sets("volumes", &mounts(service, folder), &mounts(container, folder));
        self.sets("ports", &ports(service), &ports(container));
        self.environment();
        self.healthcheck();
        if let Some(logging) = &service.logging
            && logging.value.driver.is_some()
            && !own_logging
        {
            let driver = |it: &Setting<plimsoll_posture::Logging>| {
                it.value.driver.clone().unwrap_or_default()
            };
            self.said("logging", Some(logging), container.logging.as_ref(), driver);
        }
    }

    fn network(&mut self) {
        let mode = |it: &Service| {
            let mode = it.network_mode.clone()?;
            matches!(mode.value.as_str(), "host" | "none").then_some(mode)
        };
        let (declared, running) = (mode(self.service), mode(self.container));
        self.either("network_mode", declared.as_ref(), running.as_ref(), "", |it| it.value.clone());
    }

    fn limits(&mut self) {
        let (service, container) = (self.service, self.container);
        let number = |it: &Setting<u64>| it.value.to_string();
        self.either(
            "mem_limit",
            service.memory_limit.as_ref(),
            container.memory_limit.as_ref(),
            "0",
            number,
        );
        let cpus = |it: &Setting<f64>| it.value.to_string();
        self.either("cpus", service.cpu_limit.as_ref(), container.cpu_limit.as_ref(), "", cpus);
        let pids = |it: &Setting<i64>| it.value.max(0).to_string();
        self.either(
            "pids_limit",
            service.pids_limit.as_ref(),
            container.pids_limit.as_ref(),
            "0",
            pids,
        );
        let policy = |it: &Setting<String>| it.value.clone();
        self.either("restart", service.restart.as_ref(), container.restart.as_ref(), "no", policy);
    }

    fn environment(&mut self) {
        for declared in &self.service.environment {
            let Some(value) = &declared.value else { continue };
            let name = &declared.name.value;
            let found = self.container.environment.iter().find(|it| it.name.value == *name);
            let running = found.and_then(|it| it.value.as_ref());
            // Values may be secrets; that they differ is all that is told.
            let shown = match running {
                Some(it) if it.value == value.value => continue,
                Some(_) => Some("another value".to_owned()),
                None => None,
            };
            let place = declared.name.location().cloned();
            self.push(&format!("environment.{name}"), Some("a value".to_owned()), shown, place);
        }
    }

    fn healthcheck(&mut self) {
        let words = |it: &Setting<Healthcheck>| match &it.value {
            Healthcheck::Disabled => "disabled".to_owned(),
            Healthcheck::Test(words) => words.join(" "),
            Healthcheck::Inherited => String::new(),
        };
        let declared = self.service.healthcheck.as_ref();
        let declared = declared.filter(|it| it.value != Healthcheck::Inherited);
        self.said("healthcheck", declared, self.container.healthcheck.as_ref(), words);
    }

    /// Compares what the files say; where they say nothing the image or the engine decides.
    fn said<T>(
        &mut self,
        name: &str,
        declared: Option<&Setting<T>>,
        running: Option<&Setting<T>>,
        words: impl Fn(&Setting<T>) -> String,
    ) {
        let Some(declared) = declared else { return };
        let running = running.map(&words);
        let place = declared.location().cloned();
        let declared = words(declared);
        if running.as_ref() != Some(&declared) {
            self.push(name, Some(declared), running, place);
        }
    }

    /// Compares what either says; who says nothing means `default`.
    fn either<T>(
        &mut self,
        name: &str,
        declared: Option<&Setting<T>>,
        running: Option<&Setting<T>>,
        default: &str,
        words: impl Fn(&Setting<T>) -> String,
    ) {
        let (left, right) = (declared.map(&words), running.map(&words));
        if left.as_deref().unwrap_or(default) != right.as_deref().unwrap_or(default) {
            let place = declared.and_then(Setting::location).cloned();
            self.push(name, left, right, place);
        }
    }

    /// Compares lists whose order says nothing.
    fn sets(
        &mut self,
        name: &str,
        declared: &BTreeMap<String, Option<Location>>,
        running: &BTreeMap<String, Option<Location>>,
    ) {
        for (value, place) in declared {
            if !running.contains_key(value) {
                self.push(name, Some(value.clone()), None, place.clone());
            }
        }
        for value in running.keys().filter(|it| !declared.contains_key(*it)) {
            self.push(name, None, Some(value.clone()), None);
        }
    }

    fn push(
        &mut self,
        setting: &str,
        declared: Option<String>,
        running: Option<String>,
        place: Option<Location>,
    ) {
        self.out.differences.push(Difference {
            container: self.container.name.clone(),
            service: self.service.name.clone(),
            setting: setting.to_owned(),
            declared,
            running,
            place: place.or_else(|| Some(self.service.place.clone())),
        });
    }
}

fn set(
    all: &[Setting<String>],
    words: impl Fn(&str) -> String,
) -> BTreeMap<String, Option<Location>> {
    all.iter().map(|it| (words(&it.value), it.location().cloned())).collect()
}

/// Security options in one spelling; a seccomp profile is told as such, for its text is long.
fn options(service: &Service) -> BTreeMap<String, Option<Location>> {
    // The engine adds this to every container that is privileged or shares what is the host's.
    let is_own = |it: &Setting<String>| {
        service.origin == ServiceOrigin::Container && it.value == "label=disable"
    };
    let said: Vec<Setting<String>> =
        service.security_opt.iter().filter(|it| !is_own(it)).cloned().collect();
    set(&said, |it| {
        let text = it.replacen(':', "=", 1);
        match text.strip_prefix("seccomp=").filter(|it| *it != "unconfined") {
            Some(_) => "seccomp=<profile>".to_owned(),
            None if text == "no-new-privileges" => "no-new-privileges=true".to_owned(),
            None => text,
        }
    })
}

/// Volumes have longer names in the engine than in the file, so that they are told by their target.
fn mounts(service: &Service, folder: &Path) -> BTreeMap<String, Option<Location>> {
    let words = |mount: &Mount| {
        let mode = if mount.read_only { ":ro" } else { "" };
        let target = mount.target.trim_end_matches('/');
        match (mount.kind, &mount.source) {
            (MountKind::Bind, Some(source)) => {
                let source = normal_path(&folder.join(source));
                format!("{}:{target}{mode}", source.display())
            }
            (MountKind::Tmpfs, _) => format!("tmpfs:{target}"),
            _ => format!("volume:{target}{mode}"),
        }
    };
    service.mounts.iter().map(|it| (words(&it.value), it.location().cloned())).collect()
}

fn ports(service: &Service) -> BTreeMap<String, Option<Location>> {
    let words = |port: &Port| {
        let address = match port.host_address.as_deref() {
            Some(it) if !port.is_on_every_interface() => format!("{it}:"),
            _ => String::new(),
        };
        let range = |(first, last): (u16, u16)| {
            if first == last { first.to_string() } else { format!("{first}-{last}") }
        };
        let host = port.host.map(range).unwrap_or_default();
        format!("{address}{host}:{}/{}", range(port.container), port.protocol)
    };
    // A range in the file is many ports in the engine.
    let mut res = BTreeMap::new();
    for port in &service.ports {
        let is_range = port.value.container.0 != port.value.container.1;
        for one in if is_range { singles(&port.value) } else { vec![port.value.clone()] } {
            res.insert(words(&one), port.location().cloned());
        }
    }
    res
}

/// Each port of a range by itself.
fn singles(port: &Port) -> Vec<Port> {
    let (first, last) = port.container;
    let numbers: BTreeSet<u16> = (first..=last).take(MAX_RANGE).collect();
    let host = |number: u16| {
        let start = port.host?.0;
        let number = start.saturating_add(number - first);
        Some((number, number))
    };
    numbers
        .into_iter()
        .map(|it| Port { host: host(it), container: (it, it), ..port.clone() })
        .collect()
}

/// Ports of one range that are compared.
const MAX_RANGE: usize = 4_096;
