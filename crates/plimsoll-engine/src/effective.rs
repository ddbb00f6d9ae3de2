//! The effective settings of one service as plain values, each with the place that decided it.

use std::collections::BTreeMap;

use plimsoll_posture::{Healthcheck, Mount, MountKind, Port, Service, Setting, User};
use plimsoll_report::posture as shown;
use plimsoll_text::Location;
use serde_json::{Value, json};

use crate::posture::masked;

/// Every setting of `service` by name. Secrets are masked; those that would give themselves away
/// wherever they stand are put in `telling`.
pub(crate) fn effective_settings(
    service: &Service,
    telling: &mut Vec<String>,
) -> BTreeMap<String, shown::Setting> {
    let mut out = Settings { service, telling, res: BTreeMap::new() };
    out.identity();
    out.privileges();
    out.confinement();
    out.namespaces();
    out.surroundings();
    out.limits();
    out.running();
    out.variables();
    out.res
}

struct Settings<'a> {
    service: &'a Service,
    telling: &'a mut Vec<String>,
    res: BTreeMap<String, shown::Setting>,
}

impl Settings<'_> {
    fn identity(&mut self) {
        let service = self.service;
        if let Some(image) = &service.image {
            self.put("image", image.value.as_str(), image.location());
        }
        if let Some(build) = &service.build {
            let path = build.dockerfile_path().unwrap_or_else(|| build.context.value.clone());
            self.put("build", path, Some(&build.place));
            if let Some(target) = &build.target {
                self.put("build.target", target.value.as_str(), target.location());
            }
        }
        let base = service.built_image.as_ref().and_then(|it| it.base.as_ref());
        if let Some(base) = base {
            let text = base.location().map(Location::text).unwrap_or_default();
            self.put("base_image", text, base.location());
        }
        let user = service.effective_user();
        let decided = user.location().or_else(|| self.image_place()).cloned();
        let value = match user.value {
            User::Named(name) => name,
            User::RootByDefault => "root".to_owned(),
            User::OfImage => OF_IMAGE.to_owned(),
        };
        self.put("user", value, decided.as_ref());
        self.put_list("group_add", &service.group_add, |it| it.as_str().into());
    }

    /// The place that names the image, or its base where it is built here.
    fn image_place(&self) -> Option<&Location> {
        let base = self.service.built_image.as_ref().and_then(|it| it.base.as_ref());
        let base = base.and_then(Setting::location);
        let build = self.service.build.as_ref().map(|it| &it.place);
        base.or(build).or_else(|| self.service.image.as_ref().and_then(Setting::location))
    }

    fn privileges(&mut self) {
        let service = self.service;
        self.put_or("privileged", service.privileged.as_ref(), false);
        let capabilities = service.effective_capabilities();
        let privileged = service.privileged.as_ref().filter(|it| it.value);
        let decided = privileged
            .and_then(Setting::location)
            .or_else(|| capabilities.added.first().and_then(Setting::location))
            .or_else(|| service.cap_drop.first().and_then(Setting::location));
        let held: Vec<&String> = capabilities.held.iter().collect();
        self.put("capabilities", json!(held), decided);
        self.put_list("cap_add", &service.cap_add, |it| it.as_str().into());
        self.put_list("cap_drop", &service.cap_drop, |it| it.as_str().into());
        let forbidden = service.effective_no_new_privileges();
        self.put("no_new_privileges", forbidden.value, forbidden.location());
    }

    fn confinement(&mut self) {
        let service = self.service;
        let privileged = service.privileged.as_ref().filter(|it| it.value);
        let daemon = service.daemon.as_ref().and_then(|it| it.seccomp_profile.as_ref());
        for (name, default) in [("seccomp", "builtin"), ("apparmor", "docker-default")] {
            let own = service.security_options(name);
            let own = own.last().and_then(|(value, option)| Some(((*value)?, option.location())));
            let by_daemon = daemon.filter(|_| name == "seccomp");
            // The engine confines a privileged container by neither, unless it is told to.
            let open = privileged.map(|it| ("unconfined", it.location()));
            let wide = by_daemon.map(|it| (it.value.as_str(), it.location()));
            let (value, place) = own.or(open).or(wide).unwrap_or((default, None));
            self.put(name, value, place);
        }
        let options: Vec<Setting<String>> = service.security_opt.clone();
        self.put_list("security_opt", &options, |it| it.as_str().into());
        let read_only = service.effective_read_only();
        self.put("read_only", read_only.value, read_only.location());
        let writable: Vec<String> = service.writable_paths().into_iter().collect();
        let place = service.mounts.first().and_then(Setting::location);
        self.put("writable_paths", json!(writable), place);
        self.put_list("devices", &service.devices, |it| {
            format!("{}:{}:{}", it.host, it.container, it.permissions).into()
        });
        self.put_list("device_cgroup_rules", &service.device_cgroup_rules, |it| it.as_str().into());
    }

    fn namespaces(&mut self) {
        let service = self.service;
        let mode = "default".to_owned();
        if service.network_mode.is_some() {
            self.put_or("network_mode", service.network_mode.as_ref(), mode);
        } else if service.networks.is_empty() {
            self.put("networks", json!(["default"]), None);
        }
        self.put_list("networks", &service.networks, |it| it.as_str().into());
        self.put_or("pid", service.pid.as_ref(), "private".to_owned());
        self.put_or("ipc", service.ipc.as_ref(), "private".to_owned());
        self.put_or("uts", service.uts.as_ref(), "private".to_owned());
        self.put_or("cgroup", service.cgroup.as_ref(), "private".to_owned());
        let user_namespace = service.effective_user_namespace();
        self.put("userns_mode", user_namespace.value.as_str(), user_namespace.location());
        let daemon = service.daemon.as_ref().and_then(|it| it.default_runtime.as_ref());
        self.put_or("runtime", service.runtime.as_ref().or(daemon), "runc".to_owned());
        if let Some(parent) = &service.cgroup_parent {
            self.put("cgroup_parent", parent.value.as_str(), parent.location());
        }
        for (name, value) in &service.sysctls {
            self.put(&format!("sysctls.{name}"), value.value.as_str(), value.location());
        }
    }

    fn surroundings(&mut self) {
        let service = self.service;
        let daemon = service.daemon.as_ref().and_then(|it| it.default_address.as_ref());
        let address = daemon.map_or("0.0.0.0", |it| it.value.as_str());
        self.put_list("ports", &service.ports, |it| port(it, address).into());
        let mut exposed = service.expose.clone();
        if let Some(image) = &service.built_image {
            let text = |it: &Setting<(u16, String)>| {
                it.clone().map(|(number, protocol)| format!("{number}/{protocol}"))
            };
            exposed.extend(image.exposed.iter().map(text));
        }
        self.put_list("expose", &exposed, |it| it.as_str().into());
        self.put_list("mounts", &service.mounts, |it| mount(it).into());
        let volumes = service.built_image.as_ref().map(|it| it.volumes.clone()).unwrap_or_default();
        self.put_list("image_volumes", &volumes, |it| it.as_str().into());
        self.put_list("secrets", &service.secrets, |it| it.source.as_str().into());
        self.put_list("configs", &service.configs, |it| it.source.as_str().into());
        self.put_list("extra_hosts", &service.extra_hosts, |it| it.as_str().into());
        self.put_list("depends_on", &service.depends_on, |it| it.as_str().into());
        for (name, value) in [("hostname", &service.hostname), ("platform", &service.platform)] {
            if let Some(value) = value {
                self.put(name, value.value.as_str(), value.location());
            }
        }
    }

    fn limits(&mut self) {
        let service = self.service;
        self.put_or("memory", service.memory_limit.as_ref(), Value::Null);
        self.put_or("cpus", service.cpu_limit.as_ref(), Value::Null);
        self.put_or("pids", service.pids_limit.as_ref(), Value::Null);
        if let Some(shares) = &service.cpu_shares {
            self.put("cpu_shares", shares.value, shares.location());
        }
        if let Some(set) = &service.cpuset {
            self.put("cpuset", set.value.as_str(), set.location());
        }
        self.put_or("oom_kill_disable", service.oom_kill_disable.as_ref(), false);
        // The service's own limits come last, so that they win.
        let wide = service.daemon.iter().flat_map(|it| &it.ulimits);
        for (name, value) in wide.chain(&service.ulimits) {
            self.put(&format!("ulimits.{name}"), value.value.as_str(), value.location());
        }
    }

    fn running(&mut self) {
        let service = self.service;
        self.put_or("restart", service.restart.as_ref(), "no".to_owned());
        self.put_or("init", service.init.as_ref(), false);
        let image = service.built_image.as_ref();
        let directory =
            service.working_dir.as_ref().or(image.and_then(|it| it.working_dir.as_ref()));
        if let Some(directory) = directory {
            self.put("working_dir", directory.value.as_str(), directory.location());
        }
        self.command();
        self.healthcheck();
        let driver = service.effective_log_driver();
        self.put("log_driver", driver.value.as_str(), driver.location());
        // The daemon's options hold for its own driver; a service that says anything of logging
        // brings its own.
        match &service.logging {
            Some(logging) => {
                for (name, value) in &logging.value.options {
                    self.put(&format!("log_opts.{name}"), value.as_str(), logging.location());
                }
            }
            None => {
                for (name, value) in service.daemon.iter().flat_map(|it| &it.log_options) {
                    self.put(&format!("log_opts.{name}"), value.value.as_str(), value.location());
                }
            }
        }
        for (name, value) in &service.labels {
            let shown = masked(name, &value.value, self.telling);
            self.put(&format!("labels.{name}"), shown, value.location());
        }
    }

    /// What runs: an entrypoint of the service takes the image's command away with its own.
    fn command(&mut self) {
        let service = self.service;
        let (entrypoint, command) = (service.entrypoint.as_ref(), service.command.as_ref());
        let image = service.built_image.as_ref().and_then(|it| it.command.as_ref());
        for (name, words) in [("entrypoint", entrypoint), ("command", command)] {
            if let Some(words) = words {
                self.put_words(name, words);
            }
        }
        if let (None, None, Some(words)) = (entrypoint, command, image) {
            self.put_words("command", words);
        }
    }

    fn put_words(&mut self, name: &str, words: &Setting<Vec<String>>) {
        let shown: Vec<String> =
            words.value.iter().map(|it| masked("", it, self.telling)).collect();
        self.put(name, json!(shown), words.location());
    }

    fn healthcheck(&mut self) {
        let service = self.service;
        if let Some(own) = &service.healthcheck
            && let Healthcheck::Test(words) = &own.value
            && words.first().is_some_and(|it| it != "NONE")
        {
            self.put_words("healthcheck", &own.clone().map(|_| words.clone()));
            return;
        }
        let Some(check) = service.effective_healthcheck() else {
            let decided = self.image_place().cloned();
            self.put("healthcheck", OF_IMAGE, decided.as_ref());
            return;
        };
        let value = match (check.value, check.location()) {
            (true, Some(place)) => Value::from(masked("", place.text(), self.telling)),
            (is_on, _) => Value::from(is_on),
        };
        let decided = check.location().or_else(|| self.image_place()).cloned();
        self.put("healthcheck", value, decided.as_ref());
    }

    fn variables(&mut self) {
        let service = self.service;
        for (name, value) in service.built_image.iter().flat_map(|it| &it.environment) {
            self.put_variable("environment", name, &value.value, value.location());
        }
        for variable in &service.environment {
            let value = variable.value.as_ref();
            let text = value.map_or("", |it| it.value.as_str());
            let place = value.and_then(Setting::location).or_else(|| variable.name.location());
            self.put_variable("environment", &variable.name.value, text, place);
        }
        for variable in service.build.iter().flat_map(|it| &it.args) {
            let value = variable.value.as_ref();
            let text = value.map_or("", |it| it.value.as_str());
            let place = value.and_then(Setting::location).or_else(|| variable.name.location());
            self.put_variable("build.args", &variable.name.value, text, place);
        }
    }

    fn put_variable(&mut self, of: &str, name: &str, value: &str, place: Option<&Location>) {
        let shown = masked(name, value, self.telling);
        self.put(&format!("{of}.{name}"), shown, place);
    }

    fn put(&mut self, name: &str, value: impl Into<Value>, place: Option<&Location>) {
        let setting = shown::Setting { value: value.into(), decided_by: place.map(decision) };
        self.res.insert(name.to_owned(), setting);
    }

    fn put_or<T: Clone + Into<Value>>(
        &mut self,
        name: &str,
        setting: Option<&Setting<T>>,
        default: impl Into<Value>,
    ) {
        match setting {
            Some(setting) => self.put(name, setting.value.clone(), setting.location()),
            None => self.put(name, default, None),
        }
    }

    /// A list with the place of its first item; where its items come from several files, each item
    /// also by itself. An empty list is left out.
    fn put_list<T>(&mut self, name: &str, items: &[Setting<T>], text: impl Fn(&T) -> Value) {
        let Some(first) = items.first() else { return };
        let values: Vec<Value> = items.iter().map(|it| text(&it.value)).collect();
        let file = |it: &Setting<T>| it.location().map(|it| it.source.name().to_owned());
        if items.iter().any(|it| file(it) != file(first)) {
            for (number, (item, value)) in items.iter().zip(&values).enumerate() {
                self.put(&format!("{name}[{number}]"), value.clone(), item.location());
            }
        }
        self.put(name, values, first.location());
    }
}

/// What stands where only the image knows.
const OF_IMAGE: &str = "as the image says";

fn decision(place: &Location) -> shown::Decision {
    shown::Decision { file: place.source.name().to_owned(), start: Some(place.start()) }
}

fn port(port: &Port, default_address: &str) -> String {
    let range = |(first, last): (u16, u16)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    let address = port.host_address.as_deref().filter(|it| !it.is_empty());
    let address = address.unwrap_or(default_address);
    let host = port.host.map_or_else(|| "any".to_owned(), range);
    format!("{address}:{host}->{}/{}", range(port.container), port.protocol)
}

fn mount(mount: &Mount) -> String {
    let mode = if mount.read_only { ":ro" } else { "" };
    let source = match (mount.kind, &mount.source) {
        (MountKind::Tmpfs, _) => "tmpfs",
        (_, Some(source)) => source,
        (_, None) => "a volume without a name",
    };
    format!("{source}:{}{mode}", mount.target)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_config::{
        compose::{ComposeInput, Settings, load_project},
        daemon_json::DaemonFile,
    };
    use plimsoll_dockerfile::Dockerfile;
    use plimsoll_posture::{DaemonDefaults, Project};
    use plimsoll_text::Source;
    use serde_json::json;

    use super::effective_settings;

    #[test]
    fn every_value_names_the_place_that_decided_it() {
        let base = "services:\n  web:\n    build: .\n    cap_drop: [ALL]\n    environment:\n      \
                    DB_PASSWORD: hunter2\n    ports: [\"80:8080\"]\n";
        let over = "services:\n  web:\n    cap_add: [NET_RAW]\n    ports: [\"81:8081\"]\n";
        let inputs = [("compose.yaml", base), ("over.yaml", over)];
        let inputs = inputs.map(|(name, text)| ComposeInput { source: Source::new(name, text) });
        let compose = load_project(&inputs, &Settings::default(), &|_| None);
        let mut project = Project::from_compose(&compose);
        let dockerfile = Source::new("Dockerfile", "FROM debian:13\nEXPOSE 8080\nUSER app\n");
        let dockerfile = Arc::new(Dockerfile::parse(&dockerfile));
        let daemon = r#"{"no-new-privileges": true, "ip": "127.0.0.1"}"#;
        let daemon = DaemonFile::parse(&Source::new("daemon.json", daemon));
        let daemon = Arc::new(DaemonDefaults::read(&daemon));
        project.resolve(&|_| Some(Arc::clone(&dockerfile)), Some(&daemon));
        let mut telling = Vec::new();
        let settings = effective_settings(&project.services[0], &mut telling);
        for (name, value, file) in [
            ("user", json!("app"), Some("Dockerfile:3")),
            ("no_new_privileges", json!(true), Some("daemon.json:1")),
            ("capabilities", json!(["NET_RAW"]), Some("over.yaml:3")),
            ("environment.DB_PASSWORD", json!("***"), Some("compose.yaml:6")),
            ("ports[0]", json!("127.0.0.1:80->8080/tcp"), Some("compose.yaml:7")),
            ("ports[1]", json!("127.0.0.1:81->8081/tcp"), Some("over.yaml:4")),
            ("expose", json!(["8080/tcp"]), Some("Dockerfile:2")),
            ("healthcheck", json!(false), Some("Dockerfile:1")),
            ("restart", json!("no"), None),
            ("memory", json!(null), None),
        ] {
            let setting = settings.get(name).unwrap_or_else(|| panic!("no {name}"));
            assert_eq!(setting.value, value, "{name}");
            let place = setting.decided_by.as_ref();
            let place = place.map(|it| format!("{}:{}", it.file, it.start.unwrap().line));
            assert_eq!(place.as_deref(), file, "{name}");
        }
    }
}
