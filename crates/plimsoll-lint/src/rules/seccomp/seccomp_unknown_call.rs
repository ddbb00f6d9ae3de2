use plimsoll_config::{
    nearest::nearest,
    syscall_names::{SYSCALLS, is_syscall},
};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::seccomp::SeccompSubject};

rule! {
    /// A call that no kernel has.
    ///
    /// ## Why
    /// The runtime passes over names that it does not know. A misspelled call stays forbidden
    /// although it was to be allowed, or allowed although it was to be forbidden.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ALLOW",
    ///   "syscalls": [{ "names": ["opennat"], "action": "SCMP_ACT_ERRNO" }]
    /// # ^ seccomp-unknown-call
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ALLOW",
    ///   "syscalls": [{ "names": ["openat"], "action": "SCMP_ACT_ERRNO" }]
    /// # ^ seccomp-unknown-call
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "defaultAction": "SCMP_ACT_ERRNO",
    ///   "syscalls": [{ "names": ["openat", "_llseek", "cachestat"], "action": "SCMP_ACT_ALLOW" }]
    /// }
    /// ```
    ///
    /// ## Limits
    /// Calls that were added to the kernel after this program was made are not known.
    ///
    /// ## References
    /// - Linux man-pages: syscalls(2)
    "seccomp-unknown-call" for SeccompSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &SeccompSubject, sink: &mut Sink<'_>) {
    let names = subject.profile.rules.iter().flat_map(|it| &it.names);
    let mut unknown = 0_usize;
    for name in names.filter(|it| !is_syscall(&it.text)) {
        unknown += 1;
        if unknown > MAX_FINDINGS {
            return;
        }
        let near = nearest(&name.text, SYSCALLS.iter().copied());
        let message = match near {
            Some(known) => {
                format!("no kernel has this call, so it is passed over; did you mean `{known}`?")
            }
            None => "no kernel has this call, so it is passed over".to_owned(),
        };
        let edits = near.map(|it| vec![Edit::replace(name.span, format!("\"{it}\""))]);
        let draft = sink.report(name.span, message);
        if let (Some(known), Some(edits)) = (near, edits) {
            draft.fix(format!("Write `{known}`"), Safety::Unsafe, edits);
        }
    }
}

/// A file with more unknown names than this is no profile for Linux; the rest is not told.
const MAX_FINDINGS: usize = 200;
