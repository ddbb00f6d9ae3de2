use plimsoll_finding::{Check, Sink};

use crate::{
    notable::name_of,
    rule::rule,
    subject::image::{FileFact, ImageSubject, PackageFact},
};

rule! {
    /// `sudo` or `doas` in the image.
    ///
    /// ## Why
    /// A container starts as the user that it runs as; nobody has to change. `sudo` is a large
    /// setuid program with faults of its own, of use to an intruder only.
    ///
    /// ## Bad
    /// ```yaml
    /// packages:
    ///   - {kind: deb, name: sudo, version: 1.9.16}
    /// # ^ sudo-installed
    /// ```
    ///
    /// ```yaml
    /// files:
    ///   - {path: usr/local/bin/sudo, mode: 4755}
    /// # ^ sudo-installed
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// packages:
    ///   - {kind: deb, name: sudoku, version: "1"}
    /// files:
    ///   - {path: usr/share/doc/sudo, mode: 644}
    /// ```
    ///
    /// ## Limits
    /// What `sudo` allows is `passwordless-sudo`.
    ///
    /// ## References
    /// - sudo(8)
    "sudo-installed" for ImageSubject {
        aliases: ["dockle:DKL-DI-0001"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.user", "image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let message = "a container needs no way to change its user; leave it out";
    let is_system = |it: &&PackageFact| it.kind.is_system() && NAMES.contains(&&*it.name);
    if let Some(package) = subject.packages.iter().find(is_system) {
        let _ = sink.report_place(subject.package_place(package), message);
        return;
    }
    let is_program = |it: &&FileFact| {
        NAMES.contains(&name_of(&it.entry.path)) && it.entry.mode & 0o4111 > 0o4000
    };
    if let Some(file) = subject.files.iter().find(is_program) {
        let _ = sink.report_place(subject.file_place(file), message);
    }
}

static NAMES: &[&str] = &["sudo", "sudo-rs", "doas", "opendoas"];
