use plimsoll_finding::{Check, Sink};
use plimsoll_oci::EntryKind;

use crate::{notable::name_of, rule::rule, subject::image::ImageSubject};

rule! {
    /// A device in the image.
    ///
    /// ## Why
    /// A device node gives direct access to what it names: disks, memory, the kernel's log. The
    /// engine makes the few that a container needs by itself; in an image they are a mistake or a
    /// trap for engines that run it with more rights.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - {path: opt/disk, kind: block}
    /// # ^ device-file
    ///   - {path: dev/mem, kind: character}
    /// # ^ device-file
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - {path: dev/null, kind: character, mode: 666}
    ///   - {path: dev/tty, kind: character, mode: 666}
    /// ```
    ///
    /// ## Limits
    /// The harmless ones that every root file system has in `/dev` are not reported; the engine
    /// mounts its own over them.
    ///
    /// ## References
    /// - NIST SP 800-190, section 3.4.4
    "device-file" for ImageSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.devices"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    for file in &subject.files {
        let words = match file.entry.kind {
            EntryKind::BlockDevice(..) => "block device",
            EntryKind::CharacterDevice(..) => "character device",
            _ => continue,
        };
        let path = file.entry.path.as_str();
        let is_harmless = path.starts_with("dev/")
            && words == "character device"
            && (HARMLESS.contains(&name_of(path)) || path.starts_with("dev/tty"));
        if !is_harmless {
            let message = format!("`/{path}` is a {words}; devices are for the engine to give");
            let _ = sink.report_place(subject.file_place(file), message);
        }
    }
}

#[rustfmt::skip]
static HARMLESS: &[&str] = &[
    "null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "fuse", "tun", "agpgart",
];
