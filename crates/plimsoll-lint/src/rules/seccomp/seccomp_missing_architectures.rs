use plimsoll_finding::{Check, Sink};
use plimsoll_text::Span;

use crate::{rule::rule, subject::seccomp::SeccompSubject};

rule! {
    /// The profile names no machine.
    ///
    /// ## Why
    /// Without `archMap` or `architectures` the profile is for the machine's own kind only:
    /// 32-bit programs on a 64-bit host are killed at their first call, without a word that tells
    /// why.
    ///
    /// ## Bad
    /// ```json
    /// {
    /// # ^ seccomp-missing-architectures
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "archMap": [
    ///     { "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"] }
    ///   ],
    ///   "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ALLOW"
    /// }
    /// ```
    ///
    /// ## Limits
    /// Containers without 32-bit programs do not mind.
    ///
    /// ## References
    /// - Docker: seccomp security profiles for Docker
    /// - OCI runtime specification: seccomp
    "seccomp-missing-architectures" for SeccompSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &SeccompSubject, sink: &mut Sink<'_>) {
    let profile = &subject.profile;
    let Some(root) = profile.root().filter(|_| !profile.tree.is_broken()) else { return };
    if profile.architectures.is_empty() && !profile.rules.is_empty() {
        let brace = Span::new(root.span.start, root.span.start + 1);
        sink.report(brace, "no machine is named, so 32-bit programs are killed; add `archMap`");
    }
}
