use plimsoll_config::seccomp::Action;
use plimsoll_finding::{Check, Sink};
use std::collections::HashSet;

use crate::{rule::rule, subject::seccomp::SeccompSubject};

rule! {
    /// No container can start under the profile.
    ///
    /// ## Why
    /// The profile is in force before the program of the container starts. If it forbids what
    /// starting a program takes, every container under it fails with an error that names neither
    /// the profile nor the call.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    /// # ^ seccomp-container-cannot-start
    ///   "syscalls": [{ "names": ["read", "write"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO"
    /// # ^ seccomp-container-cannot-start
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [
    ///     {
    ///       "names": [
    ///         "brk", "close", "execve", "exit_group", "fstat", "futex", "mmap",
    ///         "mprotect", "openat", "read", "rt_sigreturn", "write"
    ///       ],
    ///       "action": "SCMP_ACT_ALLOW"
    ///     }
    ///   ]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ALLOW",
    ///   "syscalls": [{ "names": ["bpf"], "action": "SCMP_ACT_ERRNO", "excludes": {} }]
    /// }
    /// ```
    ///
    /// ## Limits
    /// Only what nearly every program needs is asked for; a program that is linked into one piece
    /// may do with less, most need more. Without `no-new-privileges` the runtime itself needs
    /// calls such as `capset`, `setuid`, `setgid`, `setgroups` and `prctl` as well.
    ///
    /// ## References
    /// - Docker: seccomp security profiles for Docker
    /// - OCI runtime specification: seccomp
    "seccomp-container-cannot-start" for SeccompSubject {
        aliases: [],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &SeccompSubject, sink: &mut Sink<'_>) {
    let profile = &subject.profile;
    let Some(default) = profile.default_action else { return };
    if default.action.is_none_or(Action::may_let_through) || profile.tree.is_broken() {
        return;
    }
    let allowed: HashSet<&str> = profile.may_allow_names();
    let is_missing = |it: &&&[&str]| !it.iter().any(|name| allowed.contains(name));
    let missing: Vec<&str> =
        NEEDED.iter().filter(is_missing).filter_map(|it| it.first().copied()).collect();
    if !missing.is_empty() {
        let names = missing.join("`, `");
        let message = format!("no container can start: `{names}` must be let through");
        sink.report(default.span, message);
    }
}

/// What it takes to start a program; of each group one does.
static NEEDED: &[&[&str]] = &[
    &["execve", "execveat"],
    &["exit_group", "exit"],
    &["brk"],
    &["mmap", "mmap2"],
    &["mprotect"],
    &["openat", "open", "openat2"],
    &["read", "pread64"],
    &["close"],
    &["fstat", "newfstatat", "fstat64", "fstatat64", "statx"],
    &["write", "writev"],
    &["futex", "futex_time64"],
    &["rt_sigreturn", "sigreturn"],
];
