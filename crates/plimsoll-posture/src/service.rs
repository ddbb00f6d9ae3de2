//! One service: what a container will be started with. The same form for a compose entry, a
//! `docker run` line and a container that is there.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_config::tree::{Step, Tree};
use plimsoll_text::{Location, Source};

use crate::{built_image::BuiltImage, daemon::DaemonDefaults, setting::Setting};

/// Who wrote the service down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceOrigin {
    /// An entry of a compose file.
    Compose,
    /// A `docker run` or `docker create` line.
    CommandLine,
    /// A `docker service create` or `update` line.
    SwarmCommandLine,
    /// A container that is there, as the engine describes it.
    Container,
}

/// A service as it is declared, with what is known of its image and its daemon.
///
/// `None` and empty lists mean "nobody said so"; what the engine makes of that is told by the
/// `effective_…` methods.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name: the compose key, the `--name` of a command line, or the image.
    pub name: String,
    /// Who wrote it down.
    pub origin: ServiceOrigin,
    /// The compose key or the word `run`: where a finding about something absent points.
    pub place: Location,
    /// The node of the compose file, for edits; `None` for command lines.
    pub node: Option<ServiceNode>,
    /// `image`
    pub image: Option<Setting<String>>,
    /// `build`
    pub build: Option<Build>,
    /// `command`, split into words.
    pub command: Option<Setting<Vec<String>>>,
    /// `entrypoint`, split into words.
    pub entrypoint: Option<Setting<Vec<String>>>,
    /// `user`
    pub user: Option<Setting<String>>,
    /// `group_add`
    pub group_add: Vec<Setting<String>>,
    /// `privileged`
    pub privileged: Option<Setting<bool>>,
    /// `cap_add`, as written.
    pub cap_add: Vec<Setting<String>>,
    /// `cap_drop`, as written.
    pub cap_drop: Vec<Setting<String>>,
    /// `security_opt`, as written (`no-new-privileges:true`, `seccomp=unconfined`, ...).
    pub security_opt: Vec<Setting<String>>,
    /// `read_only`
    pub read_only: Option<Setting<bool>>,
    /// `network_mode`, or the `--network` of a command line that names a mode (`host`, `none`,
    /// `container:x`).
    pub network_mode: Option<Setting<String>>,
    /// `pid`
    pub pid: Option<Setting<String>>,
    /// `ipc`
    pub ipc: Option<Setting<String>>,
    /// `uts`
    pub uts: Option<Setting<String>>,
    /// `userns_mode`
    pub userns_mode: Option<Setting<String>>,
    /// `cgroup` (the namespace mode)
    pub cgroup: Option<Setting<String>>,
    /// `cgroup_parent`
    pub cgroup_parent: Option<Setting<String>>,
    /// `runtime`
    pub runtime: Option<Setting<String>>,
    /// `devices`
    pub devices: Vec<Setting<Device>>,
    /// `device_cgroup_rules`
    pub device_cgroup_rules: Vec<Setting<String>>,
    /// `volumes` and `tmpfs` together.
    pub mounts: Vec<Setting<Mount>>,
    /// `ports`
    pub ports: Vec<Setting<Port>>,
    /// Whether every exposed port is published (`-P`).
    pub publish_all: Option<Setting<bool>>,
    /// `expose`
    pub expose: Vec<Setting<String>>,
    /// `environment` and `env_file` together, later ones winning.
    pub environment: Vec<Variable>,
    /// `secrets`
    pub secrets: Vec<Setting<Grant>>,
    /// `configs`
    pub configs: Vec<Setting<Grant>>,
    /// `networks` by name; empty means the default network of the project.
    pub networks: Vec<Setting<String>>,
    /// Memory limit in bytes, from `mem_limit` or `deploy.resources.limits.memory`.
    pub memory_limit: Option<Setting<u64>>,
    /// CPU limit in CPUs, from `cpus`, `cpu_quota` or `deploy.resources.limits.cpus`.
    pub cpu_limit: Option<Setting<f64>>,
    /// `cpu_shares`
    pub cpu_shares: Option<Setting<i64>>,
    /// `cpuset`
    pub cpuset: Option<Setting<String>>,
    /// Process limit, from `pids_limit` or `deploy.resources.limits.pids`; -1 and 0 are none.
    pub pids_limit: Option<Setting<i64>>,
    /// `oom_kill_disable`
    pub oom_kill_disable: Option<Setting<bool>>,
    /// `ulimits`, by name, as written.
    pub ulimits: Vec<(String, Setting<String>)>,
    /// `restart` with its number of tries as `on-failure:5`, or `deploy.restart_policy` in that
    /// form.
    pub restart: Option<Setting<String>>,
    /// `healthcheck`
    pub healthcheck: Option<Setting<Healthcheck>>,
    /// `logging`
    pub logging: Option<Setting<Logging>>,
    /// `labels`
    pub labels: Vec<(String, Setting<String>)>,
    /// `sysctls`
    pub sysctls: Vec<(String, Setting<String>)>,
    /// `depends_on`, `links` and other names of services that it needs.
    pub depends_on: Vec<Setting<String>>,
    /// Those of `depends_on` that must be healthy first.
    pub healthy_dependencies: Vec<Setting<String>>,
    /// `hostname`
    pub hostname: Option<Setting<String>>,
    /// `container_name`
    pub container_name: Option<Setting<String>>,
    /// `extra_hosts`, as written.
    pub extra_hosts: Vec<Setting<String>>,
    /// `init`
    pub init: Option<Setting<bool>>,
    /// `working_dir`
    pub working_dir: Option<Setting<String>>,
    /// `profiles`
    pub profiles: Vec<Setting<String>>,
    /// `platform`
    pub platform: Option<Setting<String>>,
    /// `pull_policy`
    pub pull_policy: Option<Setting<String>>,
    /// `stop_signal`
    pub stop_signal: Option<Setting<String>>,
    /// What the Dockerfile that builds the image says, where it could be read.
    pub built_image: Option<Arc<BuiltImage>>,
    /// The settings of the daemon that will run it, where they stand beside it.
    pub daemon: Option<Arc<DaemonDefaults>>,
}

impl Service {
    /// A service of which nothing but its name and place is known.
    pub fn new(name: impl Into<String>, origin: ServiceOrigin, place: Location) -> Self {
        Self {
            name: name.into(),
            origin,
            place,
            node: None,
            image: None,
            build: None,
            command: None,
            entrypoint: None,
            user: None,
            group_add: Vec::new(),
            privileged: None,
            cap_add: Vec::new(),
            cap_drop: Vec::new(),
            security_opt: Vec::new(),
            read_only: None,
            network_mode: None,
            pid: None,
            ipc: None,
            uts: None,
            userns_mode: None,
            cgroup: None,
            cgroup_parent: None,
            runtime: None,
            devices: Vec::new(),
            device_cgroup_rules: Vec::new(),
            mounts: Vec::new(),
            ports: Vec::new(),
            publish_all: None,
            expose: Vec::new(),
            environment: Vec::new(),
            secrets: Vec::new(),
            configs: Vec::new(),
            networks: Vec::new(),
            memory_limit: None,
            cpu_limit: None,
            cpu_shares: None,
            cpuset: None,
            pids_limit: None,
            oom_kill_disable: None,
            ulimits: Vec::new(),
            restart: None,
            healthcheck: None,
            logging: None,
            labels: Vec::new(),
            sysctls: Vec::new(),
            depends_on: Vec::new(),
            healthy_dependencies: Vec::new(),
            hostname: None,
            container_name: None,
            extra_hosts: Vec::new(),
            init: None,
            working_dir: None,
            profiles: Vec::new(),
            platform: None,
            pull_policy: None,
            stop_signal: None,
            built_image: None,
            daemon: None,
        }
    }

    /// The text that the service stands in.
    pub fn source(&self) -> &Arc<Source> {
        &self.place.source
    }

    /// Whether any port of it can be reached from outside of the host's containers.
    pub fn is_published(&self) -> bool {
        let host_network = self.network_mode.as_ref().is_some_and(|it| it.value == "host");
        let all = self.publish_all.as_ref().is_some_and(|it| it.value);
        host_network || all || self.ports.iter().any(|it| it.value.is_reachable())
    }
}

/// Where a compose service stands in its tree, so that edits can be made.
#[derive(Clone)]
pub struct ServiceNode {
    /// The tree of the file that declares the service.
    pub tree: Arc<Tree>,
    /// The way to the service's mapping.
    pub path: Vec<Step>,
}

impl std::fmt::Debug for ServiceNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceNode").field("path", &self.path).finish_non_exhaustive()
    }
}

/// `build`
#[derive(Clone, Debug)]
pub struct Build {
    /// The key or value that says so.
    pub place: Location,
    /// `context`, as written.
    pub context: Setting<String>,
    /// `dockerfile`, relative to the context.
    pub dockerfile: Option<Setting<String>>,
    /// `target`
    pub target: Option<Setting<String>>,
    /// `args`
    pub args: Vec<Variable>,
    /// The secrets that steps of the build may mount.
    pub secrets: Vec<Setting<Grant>>,
}

/// A variable of the environment or of a build.
#[derive(Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Setting<String>,
    /// Its value after interpolation; `None` where it is taken from whoever starts the service.
    pub value: Option<Setting<String>>,
    /// The value as written, before interpolation, so that `${PASSWORD}` can be told from a value.
    pub written: Option<String>,
    /// Whether it stands in a file that `env_file` names.
    pub from_file: bool,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The value may be a secret.
        f.debug_struct("Variable").field("name", &self.name.value).finish_non_exhaustive()
    }
}

/// A device of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The path on the host, or the name of a device class.
    pub host: String,
    /// The path in the container.
    pub container: String,
    /// Any of `rwm`.
    pub permissions: String,
}

/// What is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MountKind {
    /// A path of the host.
    Bind,
    /// A volume, named or anonymous.
    Volume,
    /// Memory.
    Tmpfs,
    /// Something else (`npipe`, `cluster`, `image`).
    Other,
}

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub kind: MountKind,
    /// The path or volume name as written, after interpolation; `None` for anonymous and tmpfs.
    pub source: Option<String>,
    /// The path in the container.
    pub target: String,
    /// Whether it cannot be written to.
    pub read_only: bool,
    /// `shared`, `rslave`, ...; `None` where nobody said so.
    pub propagation: Option<String>,
    /// Other options as written (`noexec`, `z`, `size=64m`, ...).
    pub options: Vec<String>,
}

/// One published port or range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The address of the host it is bound to; `None` means all of them, IPv4 and IPv6.
    pub host_address: Option<String>,
    /// First and last port of the host; `None` where the engine picks one.
    pub host: Option<(u16, u16)>,
    /// First and last port of the container.
    pub container: (u16, u16),
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// `ingress` or `host` under swarm.
    pub mode: Option<String>,
}

impl Port {
    /// Whether anyone but the host itself can reach it.
    pub fn is_reachable(&self) -> bool {
        match self.host_address.as_deref() {
            None => true,
            Some(address) => {
                let address = address.trim_start_matches('[').trim_end_matches(']');
                !(address.starts_with("127.") || address == "::1" || address == "localhost")
            }
        }
    }

    /// Whether it is bound to every address of the host.
    pub fn is_on_every_interface(&self) -> bool {
        let address = self.host_address.as_deref().unwrap_or_default();
        matches!(address.trim_start_matches('[').trim_end_matches(']'), "" | "0.0.0.0" | "::" | "*")
    }
}

/// A secret or config that a service is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The name at the top level.
    pub source: String,
    /// The file in the container, or `None` for the default.
    pub target: Option<String>,
}

/// A health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Healthcheck {
    /// `disable: true`, `NONE` or `--no-healthcheck`.
    Disabled,
    /// A command; the first word is `CMD` or `CMD-SHELL` as the engine keeps it.
    Test(Vec<String>),
    /// Other settings only: the test is that of the image.
    Inherited,
}

/// Where the output of the service goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logging {
    /// `driver`; `None` for the daemon's.
    pub driver: Option<String>,
    /// `options`
    pub options: BTreeMap<String, String>,
}
