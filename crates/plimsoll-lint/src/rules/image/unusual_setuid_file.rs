use plimsoll_finding::{Check, Sink};

use crate::{
    image_setuid::{bits, is_usual, raises_rights},
    rule::rule,
    subject::image::ImageSubject,
};

rule! {
    /// A program with the setuid bit that no distribution brings.
    ///
    /// ## Why
    /// It runs as its owner, mostly root, whoever starts it. Programs that are made for this are
    /// few and well looked after; any other is a way to root for whoever gets into the container,
    /// and a favourite way to come back.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - {path: opt/app/helper, mode: 4755}
    /// # ^ unusual-setuid-file
    ///   - {path: usr/bin/python3.14, mode: 4755}
    /// # ^ unusual-setuid-file
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - {path: usr/bin/su, mode: 4755}
    ///   - {path: usr/lib/app/helper, mode: 4755, package: app}
    ///   - {path: opt/app/helper, mode: 755}
    /// ```
    ///
    /// ## Limits
    /// A program of a package of the distribution counts as usual, and so does one of a well-known
    /// name in the system's folders; both are for `setuid-file`.
    ///
    /// ## References
    /// - CIS Docker Benchmark: setuid and setgid permissions are removed
    "unusual-setuid-file" for ImageSubject {
        aliases: ["dockle:CIS-DI-0008", "docker-bench:4.8"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.setuid"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    for file in subject.files.iter().filter(|it| raises_rights(&it.entry)) {
        if !is_usual(file) {
            let message = format!(
                "{} program that no distribution brings; take the bit away",
                bits(&file.entry)
            );
            let draft = sink.report_place(subject.file_place(file), message);
            if let Some(package) = &file.package {
                let _ = draft.evidence(format!("of the package `{package}`"));
            }
        }
    }
}
