//! A container, as the engine's API describes it, as an effective service.
//!
//! Takes the answer of `GET /containers/ID/json` of any API version (1.41 to 1.56 were read): every
//! field may be missing. What the image says is merged into the answer by the engine already.
//! Limits of size are those of the JSON reader.

mod mounts;
mod ports;

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_config::{
    json::parse_json,
    tree::{Node, Tree},
};
use plimsoll_text::{Location, Source, Span};

use crate::{
    service::{Device, Healthcheck, Logging, Service, ServiceOrigin, Variable},
    setting::Setting,
};

/// A container and the document that describes it.
#[derive(Clone, Debug)]
pub struct InspectedContainer {
    /// The container as a service.
    pub service: Service,
    /// The engine's answer.
    pub tree: Arc<Tree>,
}

impl InspectedContainer {
    /// Reads the answer in `source`; `None` where it is no JSON object, or not a whole one.
    pub fn read(source: &Arc<Source>) -> Option<Self> {
        let tree = Arc::new(parse_json(source));
        if tree.is_broken() {
            return None;
        }
        let root = tree.root().filter(|it| it.is_mapping())?;
        let service = Inspected { source, root }.service();
        Some(Self { service, tree })
    }

    /// The value at the end of `path`, such as `["HostConfig", "Memory"]`.
    pub fn field(&self, path: &[&str]) -> Option<&Node> {
        self.tree.root()?.find(path)
    }

    /// The name of the innermost setting that holds `span`: `HostConfig.Privileged`,
    /// `HostConfig.CapAdd.0`. Empty where it is the document itself.
    pub fn setting_at(&self, span: Span) -> String {
        let mut names = Vec::new();
        let mut node = self.tree.root();
        while let Some(at) = node {
            node = step_into(at, span).map(|(name, next)| {
                names.push(name);
                next
            });
        }
        names.join(".")
    }
}

/// The entry or item of `node` that holds `span`, with its name.
fn step_into(node: &Node, span: Span) -> Option<(String, &Node)> {
    let holds = |it: &Node| it.span.contains(span);
    let mut entries = node.own_entries().iter();
    let entry = entries.find(|it| holds(&it.value) || it.key.span.contains(span));
    if let Some(entry) = entry {
        return Some((entry.key.as_str().unwrap_or_default().to_owned(), &entry.value));
    }
    let item = node.items().iter().enumerate().find(|it| holds(it.1));
    item.map(|(number, it)| (number.to_string(), it))
}

/// The document while it is read.
struct Inspected<'a> {
    source: &'a Arc<Source>,
    root: &'a Node,
}

impl Inspected<'_> {
    fn service(&self) -> Service {
        let name = self.text(&["Name"]).or_else(|| self.text(&["Id"]));
        let name = name.map(|it| it.value.trim_start_matches('/').to_owned()).unwrap_or_default();
        let start = self.root.span.start;
        let place = Location::new(self.source, Span::new(start, start + 1));
        let mut res = Service::new(name, ServiceOrigin::Container, place);
        self.take_image(&mut res);
        self.take_privileges(&mut res);
        self.take_namespaces(&mut res);
        self.take_limits(&mut res);
        self.take_surroundings(&mut res);
        res.mounts = self.mounts();
        res.ports = self.ports();
        res
    }

    fn take_image(&self, to: &mut Service) {
        // An image that has lost its name is called by its id, which cannot be moved.
        to.image = self.text(&["Config", "Image"]).filter(|it| !it.value.starts_with("sha256:"));
        to.command = self.words(&["Config", "Cmd"]);
        to.entrypoint = self.words(&["Config", "Entrypoint"]);
        to.working_dir = self.text(&["Config", "WorkingDir"]);
        to.stop_signal = self.text(&["Config", "StopSignal"]);
        to.platform = self.text(&["Platform"]);
        to.init = self.truth(&["HostConfig", "Init"]);
        to.runtime = self.text(&["HostConfig", "Runtime"]);
    }

    fn take_privileges(&self, to: &mut Service) {
        to.user = self.any_text(&["Config", "User"]);
        to.group_add = self.texts(&["HostConfig", "GroupAdd"]);
        to.privileged = self.truth(&["HostConfig", "Privileged"]);
        to.cap_add = self.texts(&["HostConfig", "CapAdd"]);
        to.cap_drop = self.texts(&["HostConfig", "CapDrop"]);
        to.security_opt = self.texts(&["HostConfig", "SecurityOpt"]);
        let is_privileged = to.privileged.as_ref().is_some_and(|it| it.value);
        if !is_privileged {
            to.security_opt.extend(self.resolved_options(to));
        }
        to.read_only = self.truth(&["HostConfig", "ReadonlyRootfs"]);
        to.devices = self.devices();
        to.device_cgroup_rules = self.texts(&["HostConfig", "DeviceCgroupRules"]);
    }

    /// What stands in fields of its own and has a word among the security options.
    fn resolved_options(&self, service: &Service) -> Vec<Setting<String>> {
        let mut res = Vec::new();
        if let Some(profile) = self.text(&["AppArmorProfile"])
            && profile.value == "unconfined"
            && service.security_options("apparmor").is_empty()
        {
            res.push(profile.map(|_| "apparmor=unconfined".to_owned()));
        }
        // The client sends empty lists for `systempaths=unconfined`; the option itself is gone.
        let lists = ["MaskedPaths", "ReadonlyPaths"].map(|it| self.node(&["HostConfig", it]));
        let is_open = |it: &&Node| it.is_null() || it.is_sequence() && it.items().is_empty();
        if let Some(open) = lists.into_iter().flatten().find(is_open) {
            res.push(Setting::at(self.at(open), "systempaths=unconfined".to_owned()));
        }
        res
    }

    fn devices(&self) -> Vec<Setting<Device>> {
        let mut res = Vec::new();
        for node in self.items(&["HostConfig", "Devices"]) {
            let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
            let device = Device {
                host: text("PathOnHost").to_owned(),
                container: text("PathInContainer").to_owned(),
                permissions: text("CgroupPermissions").to_owned(),
            };
            res.push(Setting::at(self.at(node), device));
        }
        for node in self.items(&["HostConfig", "DeviceRequests"]) {
            let kinds = node.get("Capabilities").map(Node::items).unwrap_or_default();
            let kinds: Vec<&str> =
                kinds.iter().flat_map(Node::items).filter_map(Node::as_str).collect();
            let driver = node.get("Driver").and_then(Node::as_str).unwrap_or_default();
            let host = if kinds.is_empty() { driver.to_owned() } else { kinds.join(",") };
            let device = Device { host, container: String::new(), permissions: "rwm".to_owned() };
            res.push(Setting::at(self.at(node), device));
        }
        res
    }

    fn take_namespaces(&self, to: &mut Service) {
        to.network_mode = self.text(&["HostConfig", "NetworkMode"]);
        to.pid = self.text(&["HostConfig", "PidMode"]);
        to.ipc = self.text(&["HostConfig", "IpcMode"]);
        to.uts = self.text(&["HostConfig", "UTSMode"]);
        to.userns_mode = self.text(&["HostConfig", "UsernsMode"]);
        to.cgroup = self.text(&["HostConfig", "CgroupnsMode"]);
        to.cgroup_parent = self.text(&["HostConfig", "CgroupParent"]);
        let networks = self.node(&["NetworkSettings", "Networks"]);
        let networks = networks.map(Node::own_entries).unwrap_or_default().iter();
        to.networks = networks
            .filter_map(|it| Some(Setting::at(self.at(&it.key), it.key.as_str()?.to_owned())))
            .collect();
    }

    #[expect(clippy::cast_precision_loss, reason = "billionths of a CPU are far below 2^52")]
    fn take_limits(&self, to: &mut Service) {
        let number = |key: &str| self.number(&["HostConfig", key]);
        to.memory_limit =
            number("Memory").map(|it| it.map(|bytes| u64::try_from(bytes).unwrap_or_default()));
        let whole = number("NanoCpus").filter(|it| it.value > 0);
        let whole = whole.map(|it| it.map(|billionths| billionths as f64 / 1e9));
        let period = number("CpuPeriod").map_or(0, |it| it.value);
        let period = if period > 0 { period } else { DEFAULT_PERIOD };
        let quota = number("CpuQuota").filter(|it| it.value > 0);
        let quota = quota.map(|it| it.map(|used| used as f64 / period as f64));
        to.cpu_limit = whole.or(quota);
        to.cpu_shares = number("CpuShares").filter(|it| it.value > 0);
        to.cpuset = self.text(&["HostConfig", "CpusetCpus"]);
        to.pids_limit = self
            .node(&["HostConfig", "PidsLimit"])
            .map(|it| Setting::at(self.at(it), it.as_i64().unwrap_or_default()));
        to.oom_kill_disable = self.truth(&["HostConfig", "OomKillDisable"]);
        for node in self.items(&["HostConfig", "Ulimits"]) {
            let name = node.get("Name").and_then(Node::as_str).unwrap_or_default().to_owned();
            let part = |key: &str| node.get(key).and_then(Node::as_i64).unwrap_or_default();
            let text = format!("{}:{}", part("Soft"), part("Hard"));
            to.ulimits.push((name, Setting::at(self.at(node), text)));
        }
        let tries = self.number(&["HostConfig", "RestartPolicy", "MaximumRetryCount"]);
        let tries = tries.map_or(0, |it| it.value);
        let policy = self.text(&["HostConfig", "RestartPolicy", "Name"]);
        to.restart = policy
            .map(|it| it.map(|name| if tries > 0 { format!("{name}:{tries}") } else { name }));
    }

    fn take_surroundings(&self, to: &mut Service) {
        to.publish_all = self.truth(&["HostConfig", "PublishAllPorts"]);
        let exposed = self.pairs(&["Config", "ExposedPorts"]);
        to.expose = exposed.into_iter().map(|(name, it)| it.map(|_| name)).collect();
        to.environment = self.environment();
        to.healthcheck = self.healthcheck();
        to.logging = self.node(&["HostConfig", "LogConfig"]).map(|it| {
            let driver = it.get("Type").and_then(Node::as_str).filter(|it| !it.is_empty());
            let options = self.pairs(&["HostConfig", "LogConfig", "Config"]);
            let options = options.into_iter().map(|(name, it)| (name, it.value));
            let options: BTreeMap<String, String> = options.collect();
            Setting::at(self.at(it), Logging { driver: driver.map(str::to_owned), options })
        });
        to.labels = self.pairs(&["Config", "Labels"]);
        to.sysctls = self.pairs(&["HostConfig", "Sysctls"]);
        to.hostname = self.text(&["Config", "Hostname"]);
        to.container_name = self.text(&["Name"]);
        to.extra_hosts = self.texts(&["HostConfig", "ExtraHosts"]);
    }

    fn environment(&self) -> Vec<Variable> {
        let variable = |entry: Setting<String>| {
            let (name, value) = match entry.value.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (entry.value.clone(), None),
            };
            Variable {
                written: value.clone(),
                value: value.map(|it| entry.clone().map(|_| it)),
                name: entry.map(|_| name),
                from_file: false,
            }
        };
        self.texts(&["Config", "Env"]).into_iter().map(variable).collect()
    }

    fn healthcheck(&self) -> Option<Setting<Healthcheck>> {
        let node = self.node(&["Config", "Healthcheck"]).filter(|it| it.is_mapping())?;
        let test = self.words(&["Config", "Healthcheck", "Test"]);
        let check = match test.map(|it| it.value) {
            Some(words) if words.first().is_some_and(|it| it == "NONE") => Healthcheck::Disabled,
            Some(words) if !words.is_empty() => Healthcheck::Test(words),
            // Timings alone: there was no test in the image that they could be about.
            _ => return None,
        };
        Some(Setting::at(self.at(node), check))
    }

    fn node(&self, path: &[&str]) -> Option<&Node> {
        self.root.find(path)
    }

    fn items(&self, path: &[&str]) -> &[Node] {
        self.node(path).map(Node::items).unwrap_or_default()
    }

    fn at(&self, node: &Node) -> Location {
        Location::new(self.source, node.span)
    }

    /// A text, empty or not.
    fn any_text(&self, path: &[&str]) -> Option<Setting<String>> {
        let node = self.node(path)?;
        Some(Setting::at(self.at(node), node.as_string()?.to_owned()))
    }

    /// A text; for the engine an empty one says nothing.
    fn text(&self, path: &[&str]) -> Option<Setting<String>> {
        self.any_text(path).filter(|it| !it.value.is_empty())
    }

    fn texts(&self, path: &[&str]) -> Vec<Setting<String>> {
        let text = |it: &Node| Some(Setting::at(self.at(it), it.as_str()?.to_owned()));
        self.items(path).iter().filter_map(text).collect()
    }

    fn truth(&self, path: &[&str]) -> Option<Setting<bool>> {
        let node = self.node(path)?;
        Some(Setting::at(self.at(node), node.as_bool()?))
    }

    fn number(&self, path: &[&str]) -> Option<Setting<i64>> {
        let node = self.node(path)?;
        Some(Setting::at(self.at(node), node.as_i64()?))
    }

    /// The words of a command.
    fn words(&self, path: &[&str]) -> Option<Setting<Vec<String>>> {
        let node = self.node(path).filter(|it| it.is_sequence())?;
        let words = node.items().iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
        Some(Setting::at(self.at(node), words))
    }

    fn pairs(&self, path: &[&str]) -> Vec<(String, Setting<String>)> {
        let entries = self.node(path).map(Node::own_entries).unwrap_or_default();
        let pair = |it: &plimsoll_config::tree::Entry| {
            let value = it.value.as_str().unwrap_or_default().to_owned();
            let place = if it.value.is_scalar() { &it.value } else { &it.key };
            Some((it.key.as_str()?.to_owned(), Setting::at(self.at(place), value)))
        };
        entries.iter().filter_map(pair).collect()
    }
}

/// The kernel's period of CPU time in microseconds, where the engine names none.
const DEFAULT_PERIOD: i64 = 100_000;

#[cfg(test)]
mod tests {
    use plimsoll_text::Source;

    use super::InspectedContainer;
    use crate::{
        effective::User,
        service::{Healthcheck, MountKind, ServiceOrigin},
    };

    fn read(text: &str) -> InspectedContainer {
        InspectedContainer::read(&Source::new("containers/web/json", text)).unwrap()
    }

    #[test]
    fn every_setting_knows_where_the_engine_says_it() {
        let text = r#"{"Name": "/web", "AppArmorProfile": "unconfined",
            "HostConfig": {"Privileged": false, "CapAdd": ["NET_ADMIN"], "CapDrop": null,
                "Memory": 0, "NanoCpus": 0, "CpuQuota": 50000, "CpuPeriod": 0, "CpuShares": 0,
                "PidsLimit": null, "MaskedPaths": [], "NetworkMode": "default",
                "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5},
                "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]},
                "Tmpfs": {"/run": "noexec"},
                "DeviceRequests": [{"Driver": "", "Capabilities": [["gpu"]]}]},
            "Mounts": [{"Type": "bind", "Source": "/etc", "Destination": "/x", "RW": false,
                "Propagation": "rprivate", "Mode": "ro"},
                {"Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data",
                "Destination": "/data", "RW": true}],
            "Config": {"User": "", "Image": "sha256:00", "Env": ["A=b=c", "BARE"],
                "Healthcheck": {"Test": ["NONE"]}},
            "NetworkSettings": {"Networks": {"bridge": {}},
                "Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]}}}"#;
        let container = read(text);
        let service = &container.service;
        assert_eq!((service.name.as_str(), service.origin), ("web", ServiceOrigin::Container));
        let place = service.cap_add[0].location().unwrap();
        assert_eq!(container.setting_at(place.span), "HostConfig.CapAdd.0");
        assert_eq!(container.setting_at(service.place.span), "");
        assert_eq!(service.memory_limit.as_ref().unwrap().value, 0);
        assert_eq!(service.pids_limit.as_ref().unwrap().value, 0);
        assert!((service.cpu_limit.as_ref().unwrap().value - 0.5).abs() < 1e-9);
        assert_eq!(service.cpu_shares, None);
        assert_eq!(service.restart.as_ref().unwrap().value, "on-failure:5");
        assert_eq!(service.image, None);
        let options: Vec<&str> = service.security_opt.iter().map(|it| it.value.as_str()).collect();
        assert_eq!(options, ["apparmor=unconfined", "systempaths=unconfined"]);
        let kinds: Vec<MountKind> = service.mounts.iter().map(|it| it.value.kind).collect();
        assert_eq!(kinds, [MountKind::Bind, MountKind::Volume, MountKind::Tmpfs]);
        assert!(service.mounts[0].value.read_only);
        assert_eq!(service.mounts[1].value.source.as_deref(), Some("data"));
        // The address that the engine has bound, where none was asked for.
        assert_eq!(service.ports[0].value.host_address.as_deref(), Some("127.0.0.1"));
        assert_eq!(service.devices[0].value.host, "gpu");
        assert_eq!(service.environment[0].value.as_ref().unwrap().value, "b=c");
        assert_eq!(service.environment[1].value, None);
        assert_eq!(service.healthcheck.as_ref().unwrap().value, Healthcheck::Disabled);
        assert_eq!(service.effective_user().value, User::RootByDefault);
    }

    #[test]
    fn what_the_engine_does_not_say_is_not_made_up() {
        let empty = read("{}");
        assert_eq!(empty.service.effective_user().value, User::OfImage);
        assert_eq!(empty.service.pids_limit, None);
        assert!(empty.service.security_opt.is_empty() && empty.field(&["HostConfig"]).is_none());
        let odd = r#"{"Name": 5, "HostConfig": [], "Mounts": {"a": 1}, "Config": null}"#;
        assert!(read(odd).service.mounts.is_empty());
        for text in ["", "[]", "{\"Name\": ", "null"] {
            assert!(InspectedContainer::read(&Source::new("x", text)).is_none(), "{text}");
        }
    }

    #[test]
    fn a_privileged_container_has_no_covers_by_itself() {
        let text = r#"{"HostConfig": {"Privileged": true, "MaskedPaths": null}}"#;
        assert!(read(text).service.security_opt.is_empty());
    }
}
