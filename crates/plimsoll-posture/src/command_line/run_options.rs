//! The options of `run`, `create` and `service create`, and what each of them is to a service.

use crate::{
    command_line::{
        argument::Argument,
        option::{OptionRule, Takes},
        run::Run,
        value,
    },
    service::{Healthcheck, Logging, Variable},
    setting::Setting,
};

type Rule = OptionRule<Run>;

const fn switch(name: &'static str, store: fn(&mut Run, &Argument)) -> Rule {
    OptionRule { name, short: None, takes: Takes::Switch, store }
}

const fn takes(name: &'static str, store: fn(&mut Run, &Argument)) -> Rule {
    OptionRule { name, short: None, takes: Takes::Value, store }
}

/// An option that says nothing about the service, but whose value must not be taken for an image.
const fn value_only(name: &'static str) -> Rule {
    takes(name, |_, _| {})
}

/// A switch that says nothing about the service.
const fn switch_only(name: &'static str) -> Rule {
    switch(name, |_, _| {})
}

/// What `docker run` and `docker service create` have in common.
#[rustfmt::skip]
pub(super) static SHARED: &[Rule] = &[
    takes("cap-add", |it, value| it.service.cap_add.push(value.setting())),
    takes("cap-drop", |it, value| it.service.cap_drop.push(value.setting())),
    switch_only("detach").letter(b'd'),
    value_only("dns"), value_only("dns-option"), value_only("dns-search"),
    takes("entrypoint", |it, value| {
        it.service.entrypoint = Some(value.with(vec![value.text().to_owned()]));
    }),
    takes("env", push_variable).letter(b'e'),
    takes("env-file", |it, value| it.env_files.push(value.setting())),
    takes("health-cmd", health_command),
    takes("health-interval", health_detail), takes("health-retries", health_detail),
    takes("health-start-interval", health_detail), takes("health-start-period", health_detail),
    takes("health-timeout", health_detail),
    switch("no-healthcheck", |it, value| {
        if value::switch(value) != Some(false) {
            it.service.healthcheck = Some(value.with(Healthcheck::Disabled));
        }
    }),
    takes("hostname", |it, value| it.service.hostname = Some(value.setting())),
    switch("init", |it, value| set_switch(&mut it.service.init, value)),
    value_only("isolation"),
    takes("log-driver", |it, value| {
        logging(it, value).driver = Some(value.text().to_owned());
    }),
    takes("log-opt", |it, value| {
        let (name, option) = value.assignment();
        let option = option.map(|it| it.text().to_owned()).unwrap_or_default();
        logging(it, value).options.insert(name.text().to_owned(), option);
    }),
    value_only("memory-swap"), value_only("memory-swappiness"), value_only("oom-score-adj"),
    takes("mount", |it, value| push(&mut it.service.mounts, value, value::mount(value))),
    takes("name", |it, value| it.service.container_name = Some(value.setting())),
    takes("network", push_network),
    switch_only("quiet").letter(b'q'),
    switch("read-only", |it, value| set_switch(&mut it.service.read_only, value)),
    value_only("stop-grace-period"),
    takes("stop-signal", |it, value| it.service.stop_signal = Some(value.setting())),
    takes("sysctl", |it, value| push_pair(&mut it.service.sysctls, value)),
    switch_only("tty").letter(b't'),
    takes("ulimit", |it, value| push_pair(&mut it.service.ulimits, value)),
    takes("user", |it, value| it.service.user = Some(value.setting())).letter(b'u'),
    takes("workdir", |it, value| it.service.working_dir = Some(value.setting())).letter(b'w'),
];

/// What only `docker run`, `docker create` and their podman twins have.
#[rustfmt::skip]
pub(super) static RUN: &[Rule] = &[
    takes("add-host", |it, value| it.service.extra_hosts.push(value.setting())),
    value_only("annotation"), value_only("attach").letter(b'a'),
    value_only("blkio-weight"), value_only("blkio-weight-device"),
    takes("cgroup-parent", |it, value| it.service.cgroup_parent = Some(value.setting())),
    takes("cgroupns", |it, value| it.service.cgroup = Some(value.setting())),
    value_only("cidfile"), value_only("cpu-count"), value_only("cpu-percent"),
    takes("cpu-period", |it, value| it.cpu_period = Some(value.setting())),
    takes("cpu-quota", |it, value| it.cpu_quota = Some(value.setting())),
    value_only("cpu-rt-period"), value_only("cpu-rt-runtime"),
    takes("cpu-shares", |it, value| {
        set(&mut it.service.cpu_shares, value, value::number(value.text(), i64::MAX));
    }).letter(b'c'),
    takes("cpus", |it, value| {
        set(&mut it.service.cpu_limit, value, value::number(value.text(), f64::MAX));
    }),
    takes("cpuset-cpus", |it, value| it.service.cpuset = Some(value.setting())),
    value_only("cpuset-mems"), value_only("detach-keys"),
    takes("device", |it, value| push(&mut it.service.devices, value, value::device(value))),
    takes("device-cgroup-rule", |it, value| it.service.device_cgroup_rules.push(value.setting())),
    value_only("device-read-bps"), value_only("device-read-iops"), value_only("device-write-bps"),
    value_only("device-write-iops"), switch_only("disable-content-trust"), value_only("dns-opt"),
    value_only("domainname"),
    takes("expose", |it, value| it.service.expose.push(value.setting())),
    value_only("gpus"),
    takes("group-add", |it, value| it.service.group_add.push(value.setting())),
    // `-h` is the host's name here and the help elsewhere.
    takes("hostname", |it, value| it.service.hostname = Some(value.setting())).letter(b'h'),
    switch_only("interactive").letter(b'i'),
    value_only("io-maxbandwidth"), value_only("io-maxiops"), value_only("ip"), value_only("ip6"),
    takes("ipc", |it, value| it.service.ipc = Some(value.setting())),
    value_only("kernel-memory"),
    takes("label", |it, value| push_pair(&mut it.service.labels, value)).letter(b'l'),
    value_only("label-file"),
    takes("link", |it, value| {
        let name = value.split(b':', 2);
        it.service.depends_on.extend(name.first().map(Argument::setting));
    }),
    value_only("link-local-ip"), value_only("mac-address"),
    takes("memory", |it, value| {
        let size = value::size(value.text()).filter(|it| *it > 0);
        set(&mut it.service.memory_limit, value, size);
    }).letter(b'm'),
    value_only("memory-reservation"),
    takes("net", push_network),
    value_only("net-alias"), value_only("network-alias"),
    switch("oom-kill-disable", |it, value| set_switch(&mut it.service.oom_kill_disable, value)),
    takes("pid", |it, value| it.service.pid = Some(value.setting())),
    takes("pids-limit", |it, value| {
        set(&mut it.service.pids_limit, value, value::number(value.text(), i64::MAX));
    }),
    takes("platform", |it, value| it.service.platform = Some(value.setting())),
    switch("privileged", |it, value| set_switch(&mut it.service.privileged, value)),
    takes("publish", |it, value| {
        push(&mut it.service.ports, value, value::port(value));
    }).letter(b'p'),
    switch("publish-all", |it, value| set_switch(&mut it.service.publish_all, value)).letter(b'P'),
    takes("pull", |it, value| it.service.pull_policy = Some(value.setting())),
    takes("restart", |it, value| it.service.restart = Some(value.setting())),
    switch_only("rm"),
    takes("runtime", |it, value| it.service.runtime = Some(value.setting())),
    takes("security-opt", |it, value| it.service.security_opt.push(value.setting())),
    value_only("shm-size"), switch_only("sig-proxy"), value_only("stop-timeout"),
    value_only("storage-opt"),
    takes("tmpfs", |it, value| push(&mut it.service.mounts, value, value::tmpfs(value))),
    takes("userns", |it, value| it.service.userns_mode = Some(value.setting())),
    takes("uts", |it, value| it.service.uts = Some(value.setting())),
    takes("volume", |it, value| {
        push(&mut it.service.mounts, value, value::volume(value));
    }).letter(b'v'),
    value_only("volume-driver"),
    takes("volumes-from", |it, value| {
        let name = value.split(b':', 2);
        it.service.depends_on.extend(name.first().map(Argument::setting));
    }),
    // What podman adds.
    value_only("arch"), value_only("authfile"), value_only("cgroup-conf"), value_only("cgroups"),
    value_only("chrootdirs"), value_only("conmon-pidfile"), value_only("creds"),
    value_only("decryption-key"), value_only("env-merge"), value_only("gidmap"),
    value_only("group-entry"), value_only("health-on-failure"), value_only("hostuser"),
    value_only("image-volume"), value_only("init-path"), value_only("label-add"),
    value_only("os"), value_only("passwd-entry"), value_only("personality"), value_only("pidfile"),
    value_only("pod"), value_only("pod-id-file"), value_only("preserve-fds"),
    value_only("requires"), value_only("sdnotify"), value_only("seccomp-policy"),
    takes("secret", |it, value| it.service.secrets.push(value.with(value::grant(value)))),
    value_only("subgidname"), value_only("subuidname"), value_only("systemd"),
    value_only("timeout"), value_only("tz"), value_only("uidmap"), value_only("umask"),
    value_only("unsetenv"), value_only("variant"),
];

/// What only `docker service create` and `update` have. The `...-add` options of an update are what
/// the plain ones are when a service is made.
#[rustfmt::skip]
pub(super) static SWARM: &[Rule] = &[
    takes("args", |it, value| {
        let words = value.text().split_whitespace().map(str::to_owned).collect();
        it.service.command = Some(value.with(words));
    }),
    takes("config", |it, value| it.service.configs.push(value.with(value::grant(value)))),
    takes("config-add", |it, value| it.service.configs.push(value.with(value::grant(value)))),
    value_only("config-rm"), value_only("constraint"), value_only("constraint-add"),
    value_only("constraint-rm"), value_only("container-label"), value_only("container-label-add"),
    value_only("container-label-rm"), value_only("credential-spec"), value_only("dns-add"),
    value_only("dns-rm"), value_only("dns-option-add"), value_only("dns-option-rm"),
    value_only("dns-search-add"), value_only("dns-search-rm"), value_only("endpoint-mode"),
    takes("env-add", push_variable),
    value_only("env-rm"), value_only("generic-resource"), value_only("generic-resource-add"),
    value_only("generic-resource-rm"),
    takes("group", |it, value| it.service.group_add.push(value.setting())),
    takes("group-add", |it, value| it.service.group_add.push(value.setting())),
    value_only("group-rm"),
    takes("host", |it, value| it.service.extra_hosts.push(value.setting())),
    takes("host-add", |it, value| it.service.extra_hosts.push(value.setting())),
    value_only("host-rm"),
    takes("image", |it, value| it.service.image = Some(value.setting())),
    takes("label", |it, value| push_pair(&mut it.service.labels, value)).letter(b'l'),
    takes("label-add", |it, value| push_pair(&mut it.service.labels, value)),
    value_only("label-rm"),
    takes("limit-cpu", |it, value| {
        set(&mut it.service.cpu_limit, value, value::number(value.text(), f64::MAX));
    }),
    takes("limit-memory", |it, value| {
        let size = value::size(value.text()).filter(|it| *it > 0);
        set(&mut it.service.memory_limit, value, size);
    }),
    takes("limit-pids", |it, value| {
        set(&mut it.service.pids_limit, value, value::number(value.text(), i64::MAX));
    }),
    value_only("max-concurrent"), value_only("mode"),
    takes("mount-add", |it, value| push(&mut it.service.mounts, value, value::mount(value))),
    value_only("mount-rm"),
    takes("network-add", push_network),
    value_only("network-rm"), value_only("placement-pref"), value_only("placement-pref-add"),
    value_only("placement-pref-rm"),
    takes("publish", |it, value| {
        push(&mut it.service.ports, value, value::swarm_port(value));
    }).letter(b'p'),
    takes("publish-add", |it, value| {
        push(&mut it.service.ports, value, value::swarm_port(value));
    }),
    value_only("publish-rm"), value_only("replicas"), value_only("replicas-max-per-node"),
    value_only("reserve-cpu"), value_only("reserve-memory"),
    takes("restart-condition", |it, value| it.restart_condition = Some(value.setting())),
    value_only("restart-delay"),
    takes("restart-max-attempts", |it, value| it.restart_attempts = Some(value.setting())),
    value_only("restart-window"), value_only("rollback-delay"),
    value_only("rollback-failure-action"), value_only("rollback-max-failure-ratio"),
    value_only("rollback-monitor"), value_only("rollback-order"),
    value_only("rollback-parallelism"),
    takes("secret", |it, value| it.service.secrets.push(value.with(value::grant(value)))),
    takes("secret-add", |it, value| it.service.secrets.push(value.with(value::grant(value)))),
    value_only("secret-rm"),
    takes("sysctl-add", |it, value| push_pair(&mut it.service.sysctls, value)),
    value_only("sysctl-rm"),
    takes("ulimit-add", |it, value| push_pair(&mut it.service.ulimits, value)),
    value_only("ulimit-rm"), value_only("update-delay"), value_only("update-failure-action"),
    value_only("update-max-failure-ratio"), value_only("update-monitor"),
    value_only("update-order"), value_only("update-parallelism"),
];

fn push<T>(list: &mut Vec<Setting<T>>, value: &Argument, item: Option<T>) {
    list.extend(item.map(|it| value.with(it)));
}

fn set<T>(field: &mut Option<Setting<T>>, value: &Argument, new: Option<T>) {
    // The last option wins; one that cannot be read leaves nothing behind.
    *field = new.map(|it| value.with(it));
}

fn set_switch(field: &mut Option<Setting<bool>>, value: &Argument) {
    set(field, value, value::switch(value));
}

fn push_pair(list: &mut Vec<(String, Setting<String>)>, value: &Argument) {
    let (name, text) = value.assignment();
    let text = text.map_or_else(|| name.with(String::new()), |it| it.setting());
    list.push((name.text().to_owned(), text));
}

fn push_variable(run: &mut Run, value: &Argument) {
    run.service.environment.push(variable(value));
}

/// `NAME=value`, or `NAME` alone for whatever the caller's environment says.
pub(super) fn variable(argument: &Argument) -> Variable {
    let (name, value) = argument.assignment();
    Variable {
        name: name.setting(),
        written: value.as_ref().map(|it| it.text().to_owned()),
        value: value.map(|it| it.setting()),
        from_file: false,
    }
}

fn push_network(run: &mut Run, value: &Argument) {
    let mut network = value.clone();
    if value.text().contains('=') {
        // The long form: `name=x,alias=y`.
        for field in value.split(b',', usize::MAX) {
            if let (name, Some(it)) = field.assignment()
                && name.text() == "name"
            {
                network = it;
            }
        }
    }
    let text = network.text();
    let mode = text.split(':').next().unwrap_or_default();
    if text.contains(':') && !text.starts_with('$') || NETWORK_MODES.contains(&mode) {
        run.service.network_mode = Some(network.setting());
    } else {
        run.service.networks.push(network.setting());
    }
}

static NETWORK_MODES: &[&str] =
    &["host", "none", "container", "bridge", "default", "slirp4netns", "pasta", "private", "ns"];

fn health_command(run: &mut Run, value: &Argument) {
    let check = match value.text() {
        "none" | "" => Healthcheck::Disabled,
        command => Healthcheck::Test(vec!["CMD-SHELL".to_owned(), command.to_owned()]),
    };
    run.service.healthcheck = Some(value.with(check));
}

fn health_detail(run: &mut Run, value: &Argument) {
    run.service.healthcheck.get_or_insert_with(|| value.with(Healthcheck::Inherited));
}

fn logging<'a>(run: &'a mut Run, value: &Argument) -> &'a mut Logging {
    &mut run.service.logging.get_or_insert_with(|| value.with(Logging::default())).value
}
