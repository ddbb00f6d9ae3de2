//! One service of a project, typed, short and long syntaxes alike.
//!
//! `None` and empty lists mean that nobody said so. Says what is set and where, not what it does.

use plimsoll_text::Location;

use crate::compose::{
    item::{Data, Field, Item},
    located::{Located, Variable},
    short::{is_host_path, parse_range},
};

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Where its key stands, in the first file that declares it.
    pub location: Location,
    /// All that is said of it, in its long form, for keys that have no field here.
    pub item: Item,
    /// `image`
    pub image: Option<Located<String>>,
    /// `build`
    pub build: Option<Build>,
    /// `command`, split into words; an empty list takes the image's away.
    pub command: Option<Located<Vec<String>>>,
    /// `entrypoint`, split into words.
    pub entrypoint: Option<Located<Vec<String>>>,
    /// `env_file` and `environment` together, the later winning.
    pub environment: Vec<Variable>,
    /// `env_file`
    pub env_files: Vec<EnvFileUse>,
    /// `ports`
    pub ports: Vec<Port>,
    /// `expose`
    pub expose: Vec<Located<String>>,
    /// `volumes`
    pub volumes: Vec<Mount>,
    /// `tmpfs`, as written (`/run:size=1m`).
    pub tmpfs: Vec<Located<String>>,
    /// `volumes_from`
    pub volumes_from: Vec<Located<String>>,
    /// `secrets`
    pub secrets: Vec<Grant>,
    /// `configs`
    pub configs: Vec<Grant>,
    /// `networks`; empty means the default one, unless there is a `network_mode`.
    pub networks: Vec<NetworkUse>,
    /// `network_mode`
    pub network_mode: Option<Located<String>>,
    /// `pid`, `ipc`, ...: whose namespaces it lives in.
    pub namespaces: Namespaces,
    /// `privileged`
    pub privileged: Option<Located<bool>>,
    /// `cap_add`
    pub cap_add: Vec<Located<String>>,
    /// `cap_drop`
    pub cap_drop: Vec<Located<String>>,
    /// `security_opt`
    pub security_opt: Vec<Located<String>>,
    /// `devices`
    pub devices: Vec<Device>,
    /// `device_cgroup_rules`
    pub device_cgroup_rules: Vec<Located<String>>,
    /// `read_only`
    pub read_only: Option<Located<bool>>,
    /// `user`
    pub user: Option<Located<String>>,
    /// `group_add`
    pub group_add: Vec<Located<String>>,
    /// `mem_limit`, `cpus`, ... as the service itself says them.
    pub limits: Limits,
    /// `deploy`
    pub deploy: Option<Deploy>,
    /// `ulimits`
    pub ulimits: Vec<Ulimit>,
    /// `restart`
    pub restart: Option<Located<String>>,
    /// `healthcheck`
    pub healthcheck: Option<Healthcheck>,
    /// `logging`
    pub logging: Option<Logging>,
    /// `label_file` and `labels` together.
    pub labels: Vec<Variable>,
    /// `annotations`
    pub annotations: Vec<Variable>,
    /// `depends_on`
    pub depends_on: Vec<Dependency>,
    /// `links`
    pub links: Vec<Located<String>>,
    /// `external_links`
    pub external_links: Vec<Located<String>>,
    /// `hostname`
    pub hostname: Option<Located<String>>,
    /// `extra_hosts`, each as `host=address`.
    pub extra_hosts: Vec<Located<String>>,
    /// `dns`
    pub dns: Vec<Located<String>>,
    /// `dns_search`
    pub dns_search: Vec<Located<String>>,
    /// `sysctls`
    pub sysctls: Vec<Variable>,
    /// `runtime`
    pub runtime: Option<Located<String>>,
    /// `init`
    pub init: Option<Located<bool>>,
    /// `stop_grace_period` in nanoseconds
    pub stop_grace_period: Option<Located<i64>>,
    /// `stop_signal`
    pub stop_signal: Option<Located<String>>,
    /// `tty`
    pub tty: Option<Located<bool>>,
    /// `stdin_open`
    pub stdin_open: Option<Located<bool>>,
    /// `working_dir`
    pub working_dir: Option<Located<String>>,
    /// `container_name`
    pub container_name: Option<Located<String>>,
    /// `profiles`
    pub profiles: Vec<Located<String>>,
    /// `develop.watch`
    pub watch: Vec<Watch>,
    /// `pull_policy`
    pub pull_policy: Option<Located<String>>,
    /// `platform`
    pub platform: Option<Located<String>>,
    /// `use_api_socket`
    pub use_api_socket: Option<Located<bool>>,
    /// `scale`
    pub scale: Option<Located<i64>>,
}

/// Whose namespaces a service lives in.
#[derive(Clone, Debug, Default)]
pub struct Namespaces {
    /// `pid`
    pub pid: Option<Located<String>>,
    /// `ipc`
    pub ipc: Option<Located<String>>,
    /// `uts`
    pub uts: Option<Located<String>>,
    /// `userns_mode`
    pub userns_mode: Option<Located<String>>,
    /// `cgroup`
    pub cgroup: Option<Located<String>>,
    /// `cgroup_parent`
    pub cgroup_parent: Option<Located<String>>,
}

/// `build`
#[derive(Clone, Debug)]
pub struct Build {
    /// Where it is said.
    pub location: Location,
    /// `context`, relative to the project's folder or an address;
    /// `.` where only other keys are set.
    pub context: Located<String>,
    /// `dockerfile`, relative to the context.
    pub dockerfile: Option<Located<String>>,
    /// `dockerfile_inline`
    pub dockerfile_inline: Option<Located<String>>,
    /// `target`
    pub target: Option<Located<String>>,
    /// `args`
    pub args: Vec<Variable>,
    /// `secrets`
    pub secrets: Vec<Grant>,
    /// `ssh`, as `id` or `id=path`.
    pub ssh: Vec<Located<String>>,
    /// `privileged`
    pub privileged: Option<Located<bool>>,
    /// `network`
    pub network: Option<Located<String>>,
    /// `platforms`
    pub platforms: Vec<Located<String>>,
    /// `entitlements`
    pub entitlements: Vec<Located<String>>,
    /// `additional_contexts`
    pub additional_contexts: Vec<Variable>,
    /// `cache_from`
    pub cache_from: Vec<Located<String>>,
    /// `cache_to`
    pub cache_to: Vec<Located<String>>,
    /// `tags`
    pub tags: Vec<Located<String>>,
    /// `labels`
    pub labels: Vec<Variable>,
}

/// A file that `env_file` names.
#[derive(Clone, Debug)]
pub struct EnvFileUse {
    /// The path, relative to the project's folder.
    pub path: Located<String>,
    /// Whether it must be there.
    pub required: bool,
}

/// A published port or range.
#[derive(Clone, Debug)]
pub struct Port {
    /// Where it is said.
    pub location: Location,
    /// The address of the host; `None` means all of them.
    pub host_ip: Option<Located<String>>,
    /// First and last port of the host; `None` where the engine picks one.
    pub published: Option<Located<(u16, u16)>>,
    /// First and last port of the container.
    pub target: Located<(u16, u16)>,
    /// `tcp`, `udp` or `sctp`
    pub protocol: Located<String>,
    /// `ingress` or `host`
    pub mode: Located<String>,
}

/// One mount.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Where it is said.
    pub location: Location,
    /// `bind`, `volume`, `tmpfs`, `npipe`, `cluster` or `image`
    pub kind: Located<String>,
    /// The path, relative to the project's folder, or the name of a volume.
    pub source: Option<Located<String>>,
    /// The path in the container.
    pub target: Option<Located<String>>,
    /// Whether it is said to be read-only.
    pub read_only: Option<Located<bool>>,
    /// `bind.propagation`
    pub propagation: Option<Located<String>>,
    /// `bind.selinux`
    pub selinux: Option<Located<String>>,
    /// `bind.create_host_path`
    pub create_host_path: Option<Located<bool>>,
    /// `volume.nocopy`
    pub no_copy: Option<Located<bool>>,
    /// `volume.subpath` or `image.subpath`
    pub subpath: Option<Located<String>>,
    /// `tmpfs.size` in bytes
    pub tmpfs_size: Option<Located<i64>>,
    /// `tmpfs.mode`
    pub tmpfs_mode: Option<Located<i64>>,
}

/// A secret or config that a service or build may read.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Where it is said.
    pub location: Location,
    /// The name among the project's secrets or configs.
    pub source: Located<String>,
    /// Where it is put.
    pub target: Option<Located<String>>,
    /// `uid`
    pub uid: Option<Located<String>>,
    /// `gid`
    pub gid: Option<Located<String>>,
    /// `mode`
    pub mode: Option<Located<i64>>,
}

/// A network that a service joins.
#[derive(Clone, Debug)]
pub struct NetworkUse {
    /// The name among the project's networks.
    pub name: Located<String>,
    /// `aliases`
    pub aliases: Vec<Located<String>>,
    /// `ipv4_address`
    pub ipv4_address: Option<Located<String>>,
    /// `ipv6_address`
    pub ipv6_address: Option<Located<String>>,
    /// `mac_address`
    pub mac_address: Option<Located<String>>,
}

/// A device of the host.
#[derive(Clone, Debug)]
pub struct Device {
    /// Where it is said.
    pub location: Location,
    /// The path on the host, or the name of a class of devices.
    pub source: Located<String>,
    /// The path in the container.
    pub target: Option<Located<String>>,
    /// Any of `rwm`.
    pub permissions: Option<Located<String>>,
}

/// Limits that stand at the service itself.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// `mem_limit` in bytes
    pub mem_limit: Option<Located<i64>>,
    /// `mem_reservation` in bytes
    pub mem_reservation: Option<Located<i64>>,
    /// `memswap_limit` in bytes
    pub memswap_limit: Option<Located<i64>>,
    /// `mem_swappiness`
    pub mem_swappiness: Option<Located<i64>>,
    /// `shm_size` in bytes
    pub shm_size: Option<Located<i64>>,
    /// `cpus`
    pub cpus: Option<Located<f64>>,
    /// `cpu_quota` in microseconds
    pub cpu_quota: Option<Located<i64>>,
    /// `cpu_period` in microseconds
    pub cpu_period: Option<Located<i64>>,
    /// `cpu_shares`
    pub cpu_shares: Option<Located<i64>>,
    /// `cpuset`
    pub cpuset: Option<Located<String>>,
    /// `pids_limit`
    pub pids_limit: Option<Located<i64>>,
    /// `oom_kill_disable`
    pub oom_kill_disable: Option<Located<bool>>,
    /// `oom_score_adj`
    pub oom_score_adj: Option<Located<i64>>,
}

/// `deploy`
#[derive(Clone, Debug)]
pub struct Deploy {
    /// Where it is said.
    pub location: Location,
    /// `mode`
    pub mode: Option<Located<String>>,
    /// `replicas`
    pub replicas: Option<Located<i64>>,
    /// `resources.limits`
    pub limits: Resources,
    /// `resources.reservations`
    pub reservations: Resources,
    /// `restart_policy.condition`
    pub restart_condition: Option<Located<String>>,
    /// `restart_policy.max_attempts`
    pub restart_max_attempts: Option<Located<i64>>,
    /// `labels`
    pub labels: Vec<Variable>,
}

/// `deploy.resources.limits` or `.reservations`
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// `cpus`
    pub cpus: Option<Located<f64>>,
    /// `memory` in bytes
    pub memory: Option<Located<i64>>,
    /// `pids`
    pub pids: Option<Located<i64>>,
}

/// One of `ulimits`
#[derive(Clone, Debug)]
pub struct Ulimit {
    /// Its name.
    pub name: Located<String>,
    /// The soft limit.
    pub soft: Option<i64>,
    /// The hard limit.
    pub hard: Option<i64>,
}

/// `healthcheck`
#[derive(Clone, Debug)]
pub struct Healthcheck {
    /// Where it is said.
    pub location: Location,
    /// `disable`
    pub disable: Option<Located<bool>>,
    /// `test`; a text becomes `CMD-SHELL` and the text.
    pub test: Option<Located<Vec<String>>>,
    /// `interval` in nanoseconds
    pub interval: Option<Located<i64>>,
    /// `timeout` in nanoseconds
    pub timeout: Option<Located<i64>>,
    /// `retries`
    pub retries: Option<Located<i64>>,
    /// `start_period` in nanoseconds
    pub start_period: Option<Located<i64>>,
}

impl Healthcheck {
    /// Whether it takes the image's check away and puts none in its place.
    pub fn is_disabled(&self) -> bool {
        let none = |it: &Located<Vec<String>>| {
            it.value.first().is_some_and(|word| word == "NONE") || it.value == ["CMD-SHELL", "NONE"]
        };
        self.disable.as_ref().is_some_and(|it| it.value) || self.test.as_ref().is_some_and(none)
    }
}

/// `logging`
#[derive(Clone, Debug)]
pub struct Logging {
    /// Where it is said.
    pub location: Location,
    /// `driver`
    pub driver: Option<Located<String>>,
    /// `options`
    pub options: Vec<Variable>,
}

/// One of `depends_on`
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The service depended on.
    pub name: Located<String>,
    /// `condition`
    pub condition: String,
    /// `required`
    pub required: bool,
}

/// One of `develop.watch`
#[derive(Clone, Debug)]
pub struct Watch {
    /// Where it is said.
    pub location: Location,
    /// `path`, relative to the project's folder.
    pub path: Option<Located<String>>,
    /// `action`
    pub action: Option<Located<String>>,
    /// `target`
    pub target: Option<Located<String>>,
    /// `ignore`
    pub ignore: Vec<Located<String>>,
}

impl Service {
    /// Reads a service from its long form; environment files are added later.
    pub(crate) fn read(field: &Field) -> Self {
        let it = &field.value;
        Self {
            name: field.key.clone(),
            location: field.key_location.clone(),
            item: it.clone(),
            image: it.text("image"),
            build: it.field("build").and_then(read_build),
            command: it.located("command", words),
            entrypoint: it.located("entrypoint", words),
            environment: it.variables("environment"),
            env_files: list(it, "env_file", read_env_file),
            ports: list(it, "ports", read_port),
            expose: it.texts("expose"),
            volumes: list(it, "volumes", |it| Some(read_mount(it))),
            tmpfs: it.texts("tmpfs"),
            volumes_from: it.texts("volumes_from"),
            secrets: list(it, "secrets", read_grant),
            configs: list(it, "configs", read_grant),
            networks: map(it, "networks", |it| Some(read_network_use(it))),
            network_mode: it.text("network_mode"),
            namespaces: read_namespaces(it),
            privileged: it.truth("privileged"),
            cap_add: it.texts("cap_add"),
            cap_drop: it.texts("cap_drop"),
            security_opt: it.texts("security_opt"),
            devices: list(it, "devices", read_device),
            device_cgroup_rules: it.texts("device_cgroup_rules"),
            read_only: it.truth("read_only"),
            user: it.text("user"),
            group_add: it.texts("group_add"),
            limits: read_limits(it),
            deploy: it.field("deploy").and_then(read_deploy),
            ulimits: map(it, "ulimits", read_ulimit),
            restart: it.text("restart"),
            healthcheck: it.field("healthcheck").and_then(read_healthcheck),
            logging: it.field("logging").map(read_logging),
            labels: it.variables("labels"),
            annotations: it.variables("annotations"),
            depends_on: map(it, "depends_on", |it| Some(read_dependency(it))),
            links: it.texts("links"),
            external_links: it.texts("external_links"),
            hostname: it.text("hostname"),
            extra_hosts: it.texts("extra_hosts"),
            dns: it.texts("dns"),
            dns_search: it.texts("dns_search"),
            sysctls: it.variables("sysctls"),
            runtime: it.text("runtime"),
            init: it.truth("init"),
            stop_grace_period: it.duration("stop_grace_period"),
            stop_signal: it.text("stop_signal"),
            tty: it.truth("tty"),
            stdin_open: it.truth("stdin_open"),
            working_dir: it.text("working_dir"),
            container_name: it.text("container_name"),
            profiles: it.texts("profiles"),
            watch: it
                .get("develop")
                .map(|it| list(it, "watch", |it| Some(read_watch(it))))
                .unwrap_or_default(),
            pull_policy: it.text("pull_policy"),
            platform: it.text("platform"),
            use_api_socket: it.truth("use_api_socket"),
            scale: it.int("scale"),
        }
    }

    /// The memory limit in bytes, from `mem_limit` or `deploy`.
    pub fn memory_limit(&self) -> Option<&Located<i64>> {
        let deploy = self.deploy.as_ref().and_then(|it| it.limits.memory.as_ref());
        self.limits.mem_limit.as_ref().or(deploy)
    }

    /// The limit of processes, from `pids_limit` or `deploy`.
    pub fn pids_limit(&self) -> Option<&Located<i64>> {
        let deploy = self.deploy.as_ref().and_then(|it| it.limits.pids.as_ref());
        self.limits.pids_limit.as_ref().or(deploy)
    }

    /// The limit of CPUs, from `cpus` or `deploy`; a `cpu_quota` is told by the limits.
    pub fn cpu_limit(&self) -> Option<&Located<f64>> {
        let deploy = self.deploy.as_ref().and_then(|it| it.limits.cpus.as_ref());
        self.limits.cpus.as_ref().or(deploy)
    }

    /// The services that must be there before it, and what says so.
    pub(crate) fn needs(&self) -> Vec<(String, &Location)> {
        let first = |it: &str| it.split(':').next().unwrap_or_default().to_owned();
        let spaces = &self.namespaces;
        let modes = [&self.network_mode, &spaces.ipc, &spaces.pid, &spaces.uts, &spaces.cgroup];
        let shared = modes
            .into_iter()
            .flatten()
            .filter_map(|it| Some((it.value.strip_prefix("service:")?.to_owned(), &it.location)));
        let volumes = self.volumes_from.iter().filter(|it| !it.value.starts_with("container:"));
        self.depends_on
            .iter()
            .map(|it| (it.name.value.clone(), &it.name.location))
            .chain(self.links.iter().map(|it| (first(&it.value), &it.location)))
            .chain(shared)
            .chain(volumes.map(|it| (first(&it.value), &it.location)))
            .collect()
    }

    /// Whether it runs when these profiles are on.
    pub fn is_enabled(&self, profiles: &[String]) -> bool {
        let on = |it: &Located<String>| profiles.iter().any(|on| *on == it.value || on == "*");
        self.profiles.is_empty() || self.profiles.iter().any(on)
    }
}

fn list<T>(item: &Item, key: &str, read: impl Fn(&Item) -> Option<T>) -> Vec<T> {
    item.field(key).map(|it| it.value.items().iter().filter_map(read).collect()).unwrap_or_default()
}

fn map<T>(item: &Item, key: &str, read: impl Fn(&Field) -> Option<T>) -> Vec<T> {
    item.field(key)
        .map(|it| it.value.fields().iter().filter_map(read).collect())
        .unwrap_or_default()
}

/// The words of a command in its long form.
fn words(item: &Item) -> Option<Vec<String>> {
    match &item.data {
        Data::List(items) => Some(items.iter().filter_map(Item::scalar_text).collect()),
        _ => None,
    }
}

fn name(field: &Field) -> Located<String> {
    Located {
        value: field.key.clone(),
        location: field.key_location.clone(),
        key: field.key_location.clone(),
        interpolated: false,
    }
}

fn read_build(field: &Field) -> Option<Build> {
    let it = &field.value;
    if !matches!(it.data, Data::Map(_)) {
        return None;
    }
    let default = Located {
        value: ".".to_owned(),
        location: field.key_location.clone(),
        key: field.key_location.clone(),
        interpolated: false,
    };
    Some(Build {
        location: field.key_location.clone(),
        context: it.text("context").unwrap_or(default),
        dockerfile: it.text("dockerfile"),
        dockerfile_inline: it.text("dockerfile_inline"),
        target: it.text("target"),
        args: it.variables("args"),
        secrets: list(it, "secrets", read_grant),
        ssh: it.texts("ssh"),
        privileged: it.truth("privileged"),
        network: it.text("network"),
        platforms: it.texts("platforms"),
        entitlements: it.texts("entitlements"),
        additional_contexts: it.variables("additional_contexts"),
        cache_from: it.texts("cache_from"),
        cache_to: it.texts("cache_to"),
        tags: it.texts("tags"),
        labels: it.variables("labels"),
    })
}

fn read_env_file(it: &Item) -> Option<EnvFileUse> {
    let required = it.truth("required").is_none_or(|it| it.value);
    Some(EnvFileUse { path: it.text("path")?, required })
}

fn read_port(it: &Item) -> Option<Port> {
    let range = |it: &Item| parse_range(&it.scalar_text()?);
    let word = |key: &str, default: &str| {
        it.text(key).unwrap_or_else(|| Located::of_item(it, default.to_owned()))
    };
    Some(Port {
        location: it.location.clone(),
        host_ip: it.text("host_ip").filter(|it| !it.value.is_empty()),
        published: it.located("published", range),
        target: it.located("target", range)?,
        protocol: word("protocol", "tcp"),
        mode: word("mode", "ingress"),
    })
}

fn read_mount(it: &Item) -> Mount {
    let inner = |key: &str| it.get(key);
    let subpath = || {
        let part = |key: &str| inner(key).and_then(|it| it.text("subpath"));
        part("volume").or_else(|| part("image"))
    };
    Mount {
        location: it.location.clone(),
        kind: it.text("type").unwrap_or_else(|| inferred_kind(it)),
        source: it.text("source"),
        target: it.text("target"),
        read_only: it.truth("read_only"),
        propagation: inner("bind").and_then(|it| it.text("propagation")),
        selinux: inner("bind").and_then(|it| it.text("selinux")),
        create_host_path: inner("bind").and_then(|it| it.truth("create_host_path")),
        no_copy: inner("volume").and_then(|it| it.truth("nocopy")),
        subpath: subpath(),
        tmpfs_size: inner("tmpfs").and_then(|it| it.bytes("size")),
        tmpfs_mode: inner("tmpfs").and_then(|it| it.int("mode")),
    }
}

/// The kind of a mount that does not say it, which compose refuses but others have let pass.
fn inferred_kind(it: &Item) -> Located<String> {
    let source = it.text("source");
    let kind = if source.is_some_and(|it| is_host_path(&it.value)) { "bind" } else { "volume" };
    Located::of_item(it, kind.to_owned())
}

fn read_grant(it: &Item) -> Option<Grant> {
    Some(Grant {
        location: it.location.clone(),
        source: it.text("source")?,
        target: it.text("target"),
        uid: it.text("uid"),
        gid: it.text("gid"),
        mode: it.located("mode", super::json::file_mode),
    })
}

fn read_network_use(field: &Field) -> NetworkUse {
    let it = &field.value;
    NetworkUse {
        name: name(field),
        aliases: it.texts("aliases"),
        ipv4_address: it.text("ipv4_address"),
        ipv6_address: it.text("ipv6_address"),
        mac_address: it.text("mac_address"),
    }
}

fn read_device(it: &Item) -> Option<Device> {
    Some(Device {
        location: it.location.clone(),
        source: it.text("source")?,
        target: it.text("target"),
        permissions: it.text("permissions"),
    })
}

fn read_namespaces(it: &Item) -> Namespaces {
    Namespaces {
        pid: it.text("pid"),
        ipc: it.text("ipc"),
        uts: it.text("uts"),
        userns_mode: it.text("userns_mode"),
        cgroup: it.text("cgroup"),
        cgroup_parent: it.text("cgroup_parent"),
    }
}

fn read_limits(it: &Item) -> Limits {
    Limits {
        mem_limit: it.bytes("mem_limit"),
        mem_reservation: it.bytes("mem_reservation"),
        memswap_limit: it.bytes("memswap_limit"),
        mem_swappiness: it.int("mem_swappiness"),
        shm_size: it.bytes("shm_size"),
        cpus: it.float("cpus"),
        cpu_quota: it.int("cpu_quota"),
        cpu_period: it.int("cpu_period"),
        cpu_shares: it.int("cpu_shares"),
        cpuset: it.text("cpuset"),
        pids_limit: it.int("pids_limit"),
        oom_kill_disable: it.truth("oom_kill_disable"),
        oom_score_adj: it.int("oom_score_adj"),
    }
}

fn read_deploy(field: &Field) -> Option<Deploy> {
    let it = &field.value;
    if !matches!(it.data, Data::Map(_)) {
        return None;
    }
    let resources = |key: &str| {
        it.get("resources").and_then(|it| it.get(key)).map(read_resources).unwrap_or_default()
    };
    let restart = it.get("restart_policy");
    Some(Deploy {
        location: field.key_location.clone(),
        mode: it.text("mode"),
        replicas: it.int("replicas"),
        limits: resources("limits"),
        reservations: resources("reservations"),
        restart_condition: restart.and_then(|it| it.text("condition")),
        restart_max_attempts: restart.and_then(|it| it.int("max_attempts")),
        labels: it.variables("labels"),
    })
}

fn read_resources(it: &Item) -> Resources {
    Resources { cpus: it.float("cpus"), memory: it.bytes("memory"), pids: it.int("pids") }
}

fn read_ulimit(field: &Field) -> Option<Ulimit> {
    let it = &field.value;
    let both = it.as_int();
    let part = |key: &str| it.get(key).and_then(Item::as_int).or(both);
    let (soft, hard) = (part("soft"), part("hard"));
    let name = Located { location: it.location.clone(), ..name(field) };
    (soft.is_some() || hard.is_some()).then_some(Ulimit { name, soft, hard })
}

fn read_healthcheck(field: &Field) -> Option<Healthcheck> {
    let it = &field.value;
    if !matches!(it.data, Data::Map(_)) {
        return None;
    }
    Some(Healthcheck {
        location: field.key_location.clone(),
        disable: it.truth("disable"),
        test: it.located("test", words),
        interval: it.duration("interval"),
        timeout: it.duration("timeout"),
        retries: it.int("retries"),
        start_period: it.duration("start_period"),
    })
}

fn read_logging(field: &Field) -> Logging {
    let it = &field.value;
    Logging {
        location: field.key_location.clone(),
        driver: it.text("driver"),
        options: it.variables("options"),
    }
}

fn read_dependency(field: &Field) -> Dependency {
    let it = &field.value;
    Dependency {
        name: name(field),
        condition: it.text("condition").map_or_else(|| "service_started".to_owned(), |it| it.value),
        required: it.truth("required").is_none_or(|it| it.value),
    }
}

fn read_watch(it: &Item) -> Watch {
    Watch {
        location: it.location.clone(),
        path: it.text("path"),
        action: it.text("action"),
        target: it.text("target"),
        ignore: it.texts("ignore"),
    }
}
