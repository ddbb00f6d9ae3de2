//! The controls that the rules over services and over the daemon's settings decide, with the
//! settings that each rests on.

use plimsoll_finding::{Finding, Outcome, OutcomeStatus, Target, control};

/// A control, and the settings that tell how it stands.
pub(super) struct Decided {
    /// Its key.
    pub(super) key: &'static str,
    /// The paths of the settings, parted by dots.
    pub(super) settings: &'static [&'static str],
}

const fn by(key: &'static str, settings: &'static [&'static str]) -> Decided {
    Decided { key, settings }
}

/// What the answer about a container tells, in the order of the benchmark.
pub(super) static OF_CONTAINER: &[Decided] = &[
    by("image.user", &["Config.User"]),
    by("runtime.apparmor", &["AppArmorProfile"]),
    by("runtime.selinux", &["ProcessLabel", "HostConfig.SecurityOpt"]),
    by("runtime.capabilities", &["HostConfig.CapAdd", "HostConfig.CapDrop"]),
    by("runtime.privileged", &["HostConfig.Privileged"]),
    by("runtime.sensitive-mounts", &["Mounts"]),
    by("runtime.privileged-ports", &["HostConfig.PortBindings"]),
    by("runtime.host-network", &["HostConfig.NetworkMode"]),
    by("runtime.memory-limit", &["HostConfig.Memory"]),
    by(
        "runtime.cpu-shares",
        &["HostConfig.NanoCpus", "HostConfig.CpuQuota", "HostConfig.CpuShares"],
    ),
    by("runtime.read-only-root", &["HostConfig.ReadonlyRootfs"]),
    by("runtime.bind-interface", &["HostConfig.PortBindings"]),
    by("runtime.restart-policy", &["HostConfig.RestartPolicy"]),
    by("runtime.host-pid", &["HostConfig.PidMode"]),
    by("runtime.host-ipc", &["HostConfig.IpcMode"]),
    by("runtime.devices", &["HostConfig.Devices"]),
    by("runtime.ulimits", &["HostConfig.Ulimits"]),
    by("runtime.mount-propagation", &["Mounts"]),
    by("runtime.host-uts", &["HostConfig.UTSMode"]),
    by("runtime.seccomp-on", &["HostConfig.SecurityOpt"]),
    by("runtime.cgroup-parent", &["HostConfig.CgroupParent"]),
    by("runtime.no-new-privileges", &["HostConfig.SecurityOpt"]),
    by("runtime.health-at-runtime", &["Config.Healthcheck"]),
    by("runtime.pids-limit", &["HostConfig.PidsLimit"]),
    by("runtime.default-bridge", &["HostConfig.NetworkMode"]),
    by("runtime.host-userns", &["HostConfig.UsernsMode"]),
    by("runtime.docker-socket", &["Mounts"]),
    by("secrets.env", &["Config.Env"]),
];

/// What the settings of the daemon tell, in the order of the benchmark.
pub(super) static OF_DAEMON: &[Decided] = &[
    by("daemon.icc", &["icc"]),
    by("daemon.log-level", &["log-level", "debug"]),
    by("daemon.iptables", &["iptables"]),
    by("daemon.insecure-registries", &["insecure-registries"]),
    by("daemon.aufs", &["storage-driver"]),
    by("daemon.devicemapper", &["storage-driver"]),
    by("daemon.tls", &["hosts", "tls", "tlsverify"]),
    by("daemon.default-ulimits", &["default-ulimits"]),
    by("daemon.userns-remap", &["userns-remap", "rootless"]),
    by("daemon.cgroup-parent", &["cgroup-parent"]),
    by("daemon.base-device-size", &["storage-opts"]),
    by("daemon.authz-plugin", &["authorization-plugins"]),
    by("daemon.remote-logging", &["log-driver"]),
    by("daemon.no-new-privileges", &["no-new-privileges"]),
    by("daemon.live-restore", &["live-restore"]),
    by("daemon.userland-proxy", &["userland-proxy"]),
    by("daemon.seccomp", &["seccomp-profile"]),
    by("daemon.experimental", &["experimental"]),
];

/// What a control came to for one target.
pub(super) struct Answer {
    pub(super) status: OutcomeStatus,
    pub(super) why: String,
    pub(super) evidence: Vec<String>,
}

impl Answer {
    pub(super) fn new(status: OutcomeStatus, why: impl Into<String>) -> Self {
        Self { status, why: why.into(), evidence: Vec::new() }
    }

    /// A failure where one of `findings` speaks against the control called `key`.
    pub(super) fn failure(key: &str, findings: &[Finding]) -> Option<Self> {
        let mut against = findings.iter().filter(|it| it.rule.controls.contains(&key));
        let first = against.next()?;
        let mut why = first.message.clone();
        let n_more = against.count();
        if n_more > 0 {
            why = format!("{why} (and {n_more} more)");
        }
        Some(Self::new(OutcomeStatus::Fail, why))
    }

    pub(super) fn evidence(mut self, facts: Vec<String>) -> Self {
        self.evidence = facts;
        self
    }

    /// The outcome of the control called `key`; `None` if there is no such control.
    pub(super) fn outcome(self, key: &str, target: &Target) -> Option<Outcome> {
        Some(Outcome {
            control: control(key)?,
            target: target.clone(),
            status: self.status,
            why: self.why,
            evidence: self.evidence,
        })
    }
}

/// As much of a value as tells what it is.
pub(super) fn shown(value: &str) -> String {
    let folded: Vec<&str> = value.split_whitespace().collect();
    let folded = folded.join(" ");
    let mut res: String = folded.chars().take(SHOWN).collect();
    if res.len() < folded.len() {
        res.push('…');
    }
    res
}

/// Letters of a value that are shown as evidence.
const SHOWN: usize = 160;

#[cfg(test)]
mod tests {
    use plimsoll_finding::control;

    use super::{OF_CONTAINER, OF_DAEMON};

    #[test]
    fn every_control_is_in_the_catalogue() {
        for it in OF_CONTAINER.iter().chain(OF_DAEMON) {
            assert!(control(it.key).is_some(), "{}", it.key);
        }
    }
}
