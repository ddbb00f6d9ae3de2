use plimsoll_finding::{Check, Sink};

use crate::{notable::name_of, rule::rule, subject::image::ImageSubject};

rule! {
    /// A program that gets capabilities of its own.
    ///
    /// ## Why
    /// Whoever starts it has these capabilities, also an unprivileged user. `cap_setuid` or
    /// `cap_dac_override` on an interpreter is root by another name.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - {path: usr/bin/node, mode: 755, capabilities: true}
    /// # ^ file-with-capabilities
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - {path: usr/bin/ping, mode: 755, capabilities: true}
    ///   - {path: usr/bin/node, mode: 755}
    /// ```
    ///
    /// ## Limits
    /// Which capabilities they are is not read. Those of `ping`, `newuidmap` and their kin, which
    /// distributions set, are not reported.
    ///
    /// ## References
    /// - capabilities(7)
    "file-with-capabilities" for ImageSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: ["image.setuid"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    for file in subject.files.iter().filter(|it| it.entry.has_capabilities) {
        let is_system = ["bin/", "usr/bin/", "sbin/", "usr/sbin/"].iter().any(|folder| {
            let name = file.entry.path.strip_prefix(folder);
            name.is_some_and(|it| USUAL.contains(&it))
        });
        if !is_system {
            let name = name_of(&file.entry.path);
            let message = format!("whoever starts `{name}` gets capabilities with it");
            let _ = sink.report_place(subject.file_place(file), message);
        }
    }
}

/// Programs that distributions give what they need to work for everybody.
#[rustfmt::skip]
static USUAL: &[&str] = &[
    "ping", "arping", "clockdiff", "traceroute6.iputils", "mtr-packet", "newuidmap", "newgidmap",
    "fping", "rlogin", "rsh", "suexec",
];
