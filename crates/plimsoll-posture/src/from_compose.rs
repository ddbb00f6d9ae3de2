//! A compose project as effective services.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_config::{
    compose::{self, Located, VariableOrigin},
    tree::Step,
};
use plimsoll_text::Location;

use crate::{
    network::{Network, Project, TopLevel},
    service::{
        Build, Device, Grant, Healthcheck, Logging, Mount, MountKind, Port, Service, ServiceNode,
        ServiceOrigin, Variable,
    },
    setting::Setting,
};

impl Project {
    /// The services of a merged compose project. What images and daemon add is not known yet.
    pub fn from_compose(project: &compose::Project) -> Self {
        let top_level = |all: &[compose::Secret]| {
            all.iter().map(|it| (it.key.value.clone(), secret(it))).collect()
        };
        Self {
            name: project.effective_name(),
            services: project.services.iter().map(|it| service(project, it)).collect(),
            networks: project
                .networks
                .iter()
                .map(|it| (it.key.value.clone(), network(it)))
                .collect(),
            volumes: project.volumes.iter().map(|it| (it.key.value.clone(), volume(it))).collect(),
            secrets: top_level(&project.secrets),
            configs: top_level(&project.configs),
        }
    }
}

fn network(network: &compose::Network) -> Network {
    let is = |it: &Option<Located<bool>>| it.as_ref().is_some_and(|it| it.value);
    Network {
        place: network.key.location.clone(),
        is_external: is(&network.external),
        is_internal: is(&network.internal),
        driver: network.driver.as_ref().map(|it| it.value.clone()),
        options: options(&network.driver_opts),
    }
}

fn volume(volume: &compose::Volume) -> TopLevel {
    TopLevel {
        place: volume.key.location.clone(),
        is_external: volume.external.as_ref().is_some_and(|it| it.value),
        file: None,
        environment: None,
        options: options(&volume.driver_opts),
    }
}

fn secret(secret: &compose::Secret) -> TopLevel {
    TopLevel {
        place: secret.key.location.clone(),
        is_external: secret.external.as_ref().is_some_and(|it| it.value),
        file: secret.file.as_ref().map(|it| it.value.clone()),
        environment: secret.environment.as_ref().map(|it| it.value.clone()),
        options: BTreeMap::new(),
    }
}

fn options(variables: &[compose::Variable]) -> BTreeMap<String, String> {
    let pair = |it: &compose::Variable| {
        let value = it.value.as_ref().map(|it| it.value.clone()).unwrap_or_default();
        (it.name.value.clone(), value)
    };
    variables.iter().map(pair).collect()
}

fn service(project: &compose::Project, from: &compose::Service) -> Service {
    let mut res = Service::new(&from.name, ServiceOrigin::Compose, from.location.clone());
    res.node = node(project, from);
    take_image(from, &mut res);
    take_privileges(from, &mut res);
    take_limits(from, &mut res);
    take_surroundings(from, &mut res);
    take_files(from, &mut res);
    res
}

fn node(project: &compose::Project, from: &compose::Service) -> Option<ServiceNode> {
    let declares = |it: &&compose::ProjectFile| it.source.name() == from.location.source.name();
    let file = project.files.iter().find(declares)?;
    let path = vec![Step::Key("services".to_owned()), Step::Key(from.name.clone())];
    Some(ServiceNode { tree: Arc::clone(&file.tree), path })
}

fn take_image(from: &compose::Service, to: &mut Service) {
    to.image = from.image.as_ref().map(setting);
    to.build = from.build.as_ref().map(|it| Build {
        place: it.location.clone(),
        context: setting(&it.context),
        dockerfile: it.dockerfile.as_ref().map(setting),
        target: it.target.as_ref().map(setting),
        args: it.args.iter().map(variable).collect(),
        secrets: it.secrets.iter().map(grant).collect(),
    });
    to.command = from.command.as_ref().map(setting);
    to.entrypoint = from.entrypoint.as_ref().map(setting);
    to.platform = from.platform.as_ref().map(setting);
    to.pull_policy = from.pull_policy.as_ref().map(setting);
    to.working_dir = from.working_dir.as_ref().map(setting);
    to.stop_signal = from.stop_signal.as_ref().map(setting);
    to.init = from.init.as_ref().map(setting);
    to.runtime = from.runtime.as_ref().map(setting);
}

fn take_privileges(from: &compose::Service, to: &mut Service) {
    to.user = from.user.as_ref().map(setting);
    to.group_add = settings(&from.group_add);
    to.privileged = from.privileged.as_ref().map(setting);
    to.cap_add = settings(&from.cap_add);
    to.cap_drop = settings(&from.cap_drop);
    to.security_opt = settings(&from.security_opt);
    to.read_only = from.read_only.as_ref().map(setting);
    to.network_mode = from.network_mode.as_ref().map(setting);
    to.pid = from.namespaces.pid.as_ref().map(setting);
    to.ipc = from.namespaces.ipc.as_ref().map(setting);
    to.uts = from.namespaces.uts.as_ref().map(setting);
    to.userns_mode = from.namespaces.userns_mode.as_ref().map(setting);
    to.cgroup = from.namespaces.cgroup.as_ref().map(setting);
    to.cgroup_parent = from.namespaces.cgroup_parent.as_ref().map(setting);
    to.device_cgroup_rules = settings(&from.device_cgroup_rules);
    to.devices = from.devices.iter().map(device).collect();
}

fn device(device: &compose::Device) -> Setting<Device> {
    let text = |it: &Option<Located<String>>| it.as_ref().map(|it| it.value.clone());
    let host = device.source.value.clone();
    let value = Device {
        container: text(&device.target).unwrap_or_else(|| host.clone()),
        permissions: text(&device.permissions).unwrap_or_else(|| "rwm".to_owned()),
        host,
    };
    Setting::at(device.location.clone(), value)
}

fn take_limits(from: &compose::Service, to: &mut Service) {
    let limits = &from.limits;
    let deploy = from.deploy.as_ref();
    let resources = deploy.map(|it| &it.limits);
    let memory = resources.and_then(|it| it.memory.as_ref()).or(limits.mem_limit.as_ref());
    to.memory_limit =
        memory.map(|it| setting(it).map(|bytes| u64::try_from(bytes).unwrap_or_default()));
    let cpus = resources.and_then(|it| it.cpus.as_ref()).or(limits.cpus.as_ref()).map(setting);
    to.cpu_limit = cpus.or_else(|| limits.cpu_quota.as_ref().map(|it| quota(it, limits)));
    to.cpu_shares = limits.cpu_shares.as_ref().map(setting);
    to.cpuset = limits.cpuset.as_ref().map(setting);
    let pids = resources.and_then(|it| it.pids.as_ref()).or(limits.pids_limit.as_ref());
    to.pids_limit = pids.map(setting);
    to.oom_kill_disable = limits.oom_kill_disable.as_ref().map(setting);
    to.ulimits = from.ulimits.iter().map(ulimit).collect();
    to.restart = from.restart.as_ref().map(setting);
    if let Some(deploy) = deploy
        && let Some(condition) = &deploy.restart_condition
    {
        let tries = deploy.restart_max_attempts.as_ref().map(|it| it.value);
        let text = match (condition.value.as_str(), tries) {
            ("none", _) => "no".to_owned(),
            ("on-failure", Some(tries)) => format!("on-failure:{tries}"),
            ("on-failure", None) => "on-failure".to_owned(),
            _ => "always".to_owned(),
        };
        to.restart = Some(setting(condition).map(|_| text));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a quota is far below 2^52 microseconds")]
fn quota(quota: &Located<i64>, limits: &compose::Limits) -> Setting<f64> {
    let period = limits.cpu_period.as_ref().map_or(100_000, |it| it.value).max(1);
    setting(quota).map(|it| it as f64 / period as f64)
}

fn ulimit(ulimit: &compose::Ulimit) -> (String, Setting<String>) {
    let part = |it: Option<i64>| it.map(|it| it.to_string()).unwrap_or_default();
    let text = format!("{}:{}", part(ulimit.soft), part(ulimit.hard));
    (ulimit.name.value.clone(), setting(&ulimit.name).map(|_| text))
}

fn take_surroundings(from: &compose::Service, to: &mut Service) {
    to.ports = from.ports.iter().map(port).collect();
    to.expose = settings(&from.expose);
    to.environment = from.environment.iter().map(variable).collect();
    to.networks = from.networks.iter().map(|it| setting(&it.name)).collect();
    to.depends_on = from.depends_on.iter().map(|it| setting(&it.name)).collect();
    let healthy = from.depends_on.iter().filter(|it| it.condition == "service_healthy");
    to.healthy_dependencies = healthy.map(|it| setting(&it.name)).collect();
    to.depends_on.extend(from.links.iter().map(setting));
    to.healthcheck = from.healthcheck.as_ref().map(|it| {
        let value = match &it.test {
            _ if it.is_disabled() => Healthcheck::Disabled,
            Some(test) => Healthcheck::Test(test.value.clone()),
            None => Healthcheck::Inherited,
        };
        Setting::at(it.location.clone(), value)
    });
    to.logging = from.logging.as_ref().map(|it| {
        let driver = it.driver.as_ref().map(|it| it.value.clone());
        let value = Logging { driver, options: options(&it.options) };
        Setting::at(it.location.clone(), value)
    });
    to.labels = pairs(&from.labels);
    to.sysctls = pairs(&from.sysctls);
    to.hostname = from.hostname.as_ref().map(setting);
    to.container_name = from.container_name.as_ref().map(setting);
    to.extra_hosts = settings(&from.extra_hosts);
    to.profiles = settings(&from.profiles);
}

fn port(port: &compose::Port) -> Setting<Port> {
    let value = Port {
        host_address: port.host_ip.as_ref().map(|it| it.value.clone()),
        host: port.published.as_ref().map(|it| it.value),
        container: port.target.value,
        protocol: port.protocol.value.clone(),
        mode: Some(port.mode.value.clone()),
    };
    Setting::at(port.location.clone(), value)
}

fn take_files(from: &compose::Service, to: &mut Service) {
    to.mounts = from.volumes.iter().map(mount).collect();
    to.mounts.extend(from.tmpfs.iter().map(|it| setting(it).map(|text| tmpfs(&text))));
    to.secrets = from.secrets.iter().map(grant).collect();
    to.configs = from.configs.iter().map(grant).collect();
}

fn grant(grant: &compose::Grant) -> Setting<Grant> {
    let target = grant.target.as_ref().map(|it| it.value.clone());
    Setting::at(grant.location.clone(), Grant { source: grant.source.value.clone(), target })
}

fn mount(mount: &compose::Mount) -> Setting<Mount> {
    let text = |it: &Option<Located<String>>| it.as_ref().map(|it| it.value.clone());
    let kind = match mount.kind.value.as_str() {
        "bind" => MountKind::Bind,
        "volume" => MountKind::Volume,
        "tmpfs" => MountKind::Tmpfs,
        _ => MountKind::Other,
    };
    let value = Mount {
        kind,
        source: text(&mount.source),
        target: text(&mount.target).unwrap_or_default(),
        read_only: mount.read_only.as_ref().is_some_and(|it| it.value),
        propagation: text(&mount.propagation),
        options: written_options(&mount.location),
    };
    Setting::at(mount.location.clone(), value)
}

/// The options of the short syntax (`a:/b:ro,z`), as written.
fn written_options(location: &Location) -> Vec<String> {
    let text = location.text().trim_matches(['"', '\'']);
    if text.contains('\n') || text.starts_with('{') {
        return Vec::new();
    }
    let last = text.rsplit(':').next().unwrap_or_default();
    if last.contains('/') || !text.contains(':') {
        return Vec::new();
    }
    last.split(',').map(str::to_owned).collect()
}

/// A `tmpfs` entry: `/run:size=1m,noexec`.
pub(crate) fn tmpfs(text: &str) -> Mount {
    let (target, options) = text.split_once(':').unwrap_or((text, ""));
    let options: Vec<String> =
        options.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect();
    Mount {
        kind: MountKind::Tmpfs,
        source: None,
        target: target.to_owned(),
        read_only: options.iter().any(|it| it == "ro"),
        propagation: None,
        options,
    }
}

fn setting<T: Clone>(located: &Located<T>) -> Setting<T> {
    Setting::at(located.location.clone(), located.value.clone())
}

fn settings(all: &[Located<String>]) -> Vec<Setting<String>> {
    all.iter().map(setting).collect()
}

fn pairs(all: &[compose::Variable]) -> Vec<(String, Setting<String>)> {
    let pair = |it: &compose::Variable| {
        let value =
            it.value.as_ref().map_or_else(|| setting(&it.name).map(|_| String::new()), setting);
        (it.name.value.clone(), value)
    };
    all.iter().map(pair).collect()
}

fn variable(from: &compose::Variable) -> Variable {
    Variable {
        name: setting(&from.name),
        value: from.value.as_ref().map(setting),
        written: from.value.as_ref().map(|it| it.written().to_owned()),
        from_file: from.origin == VariableOrigin::File,
    }
}
