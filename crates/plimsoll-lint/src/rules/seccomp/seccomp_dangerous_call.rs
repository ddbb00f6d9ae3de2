use plimsoll_config::seccomp::Action;
use plimsoll_finding::{Check, Safety, Severity, Sink};

use crate::{rule::rule, subject::seccomp::SeccompSubject};

rule! {
    /// A dangerous call is let through.
    ///
    /// ## Why
    /// Some calls are of use to those who look after a machine and to those who break out of a
    /// container, and to nobody else in one: loading kernel code, mounting, opening files by
    /// handle, making new user namespaces. The profile of the engine allows them only with the
    /// capability that they belong to.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [
    ///     {
    ///       "names": [
    ///         "read",
    ///         "bpf",
    /// # ^ seccomp-dangerous-call
    ///         "write"
    ///       ],
    ///       "action": "SCMP_ACT_ALLOW"
    ///     }
    ///   ]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_KILL",
    ///   "syscalls": [
    ///     { "names": ["read", "mount"], "action": "SCMP_ACT_LOG", "excludes": { "caps": ["X"] } }
    /// # ^ seccomp-dangerous-call
    ///   ]
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [
    ///     {
    ///       "names": [
    ///         "read",
    ///         "write"
    ///       ],
    ///       "action": "SCMP_ACT_ALLOW"
    ///     }
    ///   ]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_KILL",
    ///   "syscalls": [
    ///     { "names": ["read"], "action": "SCMP_ACT_LOG", "excludes": { "caps": ["X"] } }
    /// # ^ seccomp-dangerous-call
    ///   ]
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [
    ///     { "names": ["read", "write"], "action": "SCMP_ACT_ALLOW" },
    ///     { "names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": { "caps": ["CAP_BPF"] } },
    ///     { "names": ["keyctl"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0 }] },
    ///     { "names": ["reboot"], "action": "SCMP_ACT_ERRNO" }
    ///   ]
    /// }
    /// ```
    ///
    /// ## Limits
    /// A rule that asks for arguments or for a capability is taken to ask for the right ones.
    /// `clone` can make user namespaces as `unshare` does; it is not told, as every program with
    /// threads needs it. `ptrace` is not told, as kernels since 4.8 keep it inside of the
    /// profile. In a profile that allows by default nothing is told here.
    ///
    /// ## References
    /// - Docker: seccomp security profiles for Docker
    /// - OCI runtime specification: seccomp
    "seccomp-dangerous-call" for SeccompSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["daemon.seccomp"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &SeccompSubject, sink: &mut Sink<'_>) {
    let profile = &subject.profile;
    if profile.default().is_none_or(Action::lets_through) {
        return;
    }
    let mut n_found = 0_usize;
    for rule in &profile.rules {
        let lets_through = rule.known_action().is_some_and(Action::lets_through);
        if !lets_through || rule.has_args || !rule.counts_without_capabilities() {
            continue;
        }
        for name in &rule.names {
            let Some(call) = DANGEROUS.iter().find(|it| it.names.contains(&name.text.as_str()))
            else {
                continue;
            };
            n_found += 1;
            // A rule without names is refused, so the last name stays.
            let edits = if rule.names.len() > 1 && n_found <= MAX_FIXES {
                subject.remove_name(name.span)
            } else {
                Vec::new()
            };
            sink.report(name.span, format!("`{}` {}", name.text, call.why))
                .severity(call.severity)
                .fix("Do not let it through", Safety::Unsafe, edits);
        }
    }
}

/// A profile that repeats itself more often than this is mended in several runs.
const MAX_FIXES: usize = 200;

/// Calls of one danger.
struct Danger {
    names: &'static [&'static str],
    severity: Severity,
    why: &'static str,
}

const fn danger(names: &'static [&'static str], severity: Severity, why: &'static str) -> Danger {
    Danger { names, severity, why }
}

/// What no ordinary container needs.
static DANGEROUS: &[Danger] = &[
    danger(
        &["init_module", "finit_module", "delete_module", "create_module", "query_module"],
        Severity::Critical,
        "loads or unloads code of the kernel",
    ),
    danger(&["kexec_load", "kexec_file_load"], Severity::Critical, "starts another kernel"),
    danger(&["reboot"], Severity::High, "stops the host"),
    danger(&["bpf"], Severity::High, "runs programs in the kernel"),
    danger(
        &["open_by_handle_at"],
        Severity::High,
        "opens files of the host past the container's root",
    ),
    danger(
        &["iopl", "ioperm", "pciconfig_write"],
        Severity::High,
        "reaches the hardware past the kernel",
    ),
    danger(&["swapon", "swapoff"], Severity::High, "changes the swap space of the host"),
    danger(&["acct"], Severity::Medium, "switches the accounting of the host"),
    danger(
        &["settimeofday", "clock_settime", "clock_settime64", "stime"],
        Severity::Medium,
        "changes the time of the host",
    ),
    danger(
        &[
            "mount",
            "umount",
            "umount2",
            "move_mount",
            "open_tree",
            "fsopen",
            "fsconfig",
            "fsmount",
            "fspick",
            "mount_setattr",
            "pivot_root",
        ],
        Severity::Medium,
        "mounts file systems, which breaks out of the container's own",
    ),
    danger(
        &["unshare", "setns"],
        Severity::Medium,
        "makes namespaces, and in a user namespace a process has every capability",
    ),
    danger(
        &["keyctl", "add_key", "request_key"],
        Severity::Medium,
        "reaches the kernel's key rings, which containers share",
    ),
    danger(
        &["userfaultfd"],
        Severity::Medium,
        "holds the kernel at a page fault, which makes its races easy to win",
    ),
    danger(&["perf_event_open"], Severity::Medium, "watches the kernel and other processes"),
    danger(
        &["io_uring_setup", "io_uring_enter", "io_uring_register"],
        Severity::Medium,
        "carries out calls that no seccomp profile sees",
    ),
    danger(&["quotactl", "quotactl_fd"], Severity::Medium, "changes the quotas of the host"),
    danger(
        &[
            "nfsservctl",
            "uselib",
            "_sysctl",
            "sysfs",
            "ustat",
            "get_kernel_syms",
            "vm86",
            "vm86old",
        ],
        Severity::Low,
        "is old and unused, and left to those who look for holes in it",
    ),
    danger(&["lookup_dcookie", "syslog"], Severity::Low, "tells about the kernel of the host"),
];
