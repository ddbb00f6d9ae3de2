//! Linux capabilities as the engine hands them out.

use std::collections::BTreeSet;

use crate::{service::Service, setting::Setting};

/// The name of a capability in capitals without `CAP_`.
pub type Capability = String;

/// What a container may do beyond an ordinary process, and who said so.
#[derive(Clone, Debug, Default)]
pub struct CapabilitySet {
    /// Held: default plus added minus dropped.
    pub held: BTreeSet<Capability>,
    /// The `cap_add` entries in their normal form.
    pub added: Vec<Setting<Capability>>,
    /// Whether everything was dropped first.
    pub drops_all: bool,
}

/// What the engine gives without being asked (Docker Engine documentation, runtime privilege).
pub static DEFAULT_CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Everything there is (Linux 5.9 and later).
pub static ALL_CAPABILITIES: &[&str] = &[
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// `cap_net_admin` and `NET_ADMIN` are the same.
pub fn normal_form(name: &str) -> Capability {
    let upper = name.trim().to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or(upper.clone(), str::to_owned)
}

impl Service {
    /// The capabilities that the container will hold: all of them if it is privileged, else the
    /// default (or nothing after `cap_drop: [ALL]`) plus what is added minus what is dropped.
    pub fn effective_capabilities(&self) -> CapabilitySet {
        let added: Vec<Setting<Capability>> =
            self.cap_add.iter().map(|it| it.clone().map(|name| normal_form(&name))).collect();
        let dropped: Vec<Capability> =
            self.cap_drop.iter().map(|it| normal_form(&it.value)).collect();
        let names = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
        let drops_all = dropped.iter().any(|it| it == "ALL");
        let is_privileged = self.privileged.as_ref().is_some_and(|it| it.value);
        if is_privileged {
            return CapabilitySet { held: names(ALL_CAPABILITIES), added, drops_all };
        }
        let adds_all = added.iter().any(|it| it.value == "ALL");
        let mut held = match (adds_all, drops_all) {
            (true, _) => names(ALL_CAPABILITIES),
            (false, true) => BTreeSet::new(),
            (false, false) => names(DEFAULT_CAPABILITIES),
        };
        // The engine takes single drops from `ALL` added, and single adds to `ALL` dropped.
        held.extend(added.iter().map(|it| it.value.clone()).filter(|it| it != "ALL"));
        for name in dropped.iter().filter(|it| *it != "ALL") {
            held.remove(name);
        }
        CapabilitySet { held, added, drops_all }
    }
}
