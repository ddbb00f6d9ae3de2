//! What single Linux capabilities let a container do to its host. Knows no rule.

use plimsoll_finding::Severity;
use plimsoll_posture::DEFAULT_CAPABILITIES;

/// Why a capability is dangerous.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CapabilityRisk {
    /// In capitals, without `CAP_`.
    pub(crate) name: &'static str,
    /// What it allows, to be read after "lets the service".
    pub(crate) allows: &'static str,
    /// How bad that is.
    pub(crate) severity: Severity,
}

/// What the capability `name` (in its normal form) lets a service do to the host; `None` if it
/// is bounded to the container or to small things.
pub(crate) fn capability_risk(name: &str) -> Option<&'static CapabilityRisk> {
    RISKS.iter().find(|it| it.name == name)
}

/// Whether the engine hands out the capability to every container.
pub(crate) fn is_default_capability(name: &str) -> bool {
    DEFAULT_CAPABILITIES.contains(&name)
}

const fn risk(name: &'static str, allows: &'static str, severity: Severity) -> CapabilityRisk {
    CapabilityRisk { name, allows, severity }
}

static RISKS: &[CapabilityRisk] = &[
    risk("ALL", "do everything that root can", Severity::Critical),
    risk("SYS_ADMIN", "mount, and leave its namespaces", Severity::Critical),
    risk("SYS_MODULE", "load code into the kernel", Severity::Critical),
    risk("SYS_RAWIO", "read and write memory and disks directly", Severity::Critical),
    risk("SYS_PTRACE", "look into other processes and change them", Severity::High),
    risk("DAC_READ_SEARCH", "read files of the host by their handles", Severity::High),
    risk("BPF", "load programs into the kernel", Severity::High),
    risk("PERFMON", "read what the kernel and other processes do", Severity::High),
    risk("SYSLOG", "read the kernel's log and addresses", Severity::Medium),
    risk("AUDIT_CONTROL", "switch the host's audit off", Severity::High),
    risk("AUDIT_READ", "read the host's audit records", Severity::Medium),
    risk("MAC_ADMIN", "change the mandatory access control of the host", Severity::High),
    risk("MAC_OVERRIDE", "ignore the mandatory access control of the host", Severity::High),
    risk("SYS_BOOT", "reboot the host or load another kernel", Severity::High),
    risk("SYS_TIME", "set the clock of the host", Severity::High),
    risk("NET_ADMIN", "change addresses, routes and firewall rules", Severity::Medium),
    risk("CHECKPOINT_RESTORE", "restore processes with other identities", Severity::Medium),
];
