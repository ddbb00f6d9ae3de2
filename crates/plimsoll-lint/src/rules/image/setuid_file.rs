use plimsoll_finding::{Check, Sink};

use crate::{
    image_setuid::{bits, is_usual, raises_rights},
    rule::rule,
    subject::image::ImageSubject,
};

rule! {
    /// Programs that run with the rights of their owner.
    ///
    /// ## Why
    /// A program with the setuid or setgid bit runs as its owner or group, whoever starts it. A
    /// fault in one gives root to whoever is in the container. Few services need `su`, `mount` or
    /// `passwd`; without the bits, or with `no-new-privileges`, they lend no rights.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - {path: usr/bin/su, mode: 4755}
    /// # ^ setuid-file
    ///   - {path: usr/bin/chage, mode: 2755}
    /// # ^ setuid-file
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - {path: usr/bin/su, mode: 755}
    ///   - {path: usr/share/notes, mode: 2644}
    ///   - {path: opt/tool, mode: 4755}
    /// ```
    ///
    /// ## Limits
    /// Only the programs that a distribution brings; the others are `unusual-setuid-file`. The
    /// setgid bit of a file that cannot be run says nothing.
    ///
    /// ## References
    /// - CIS Docker Benchmark: setuid and setgid permissions are removed
    "setuid-file" for ImageSubject {
        aliases: ["dockle:CIS-DI-0008", "docker-bench:4.8"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.setuid"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    for file in subject.files.iter().filter(|it| raises_rights(&it.entry)) {
        if is_usual(file) {
            let message = format!(
                "{} program; take the bit away, or set `no-new-privileges`",
                bits(&file.entry)
            );
            let draft = sink.report_place(subject.file_place(file), message);
            if let Some(package) = &file.package {
                let _ = draft.evidence(format!("of the package `{package}`"));
            }
        }
    }
}
