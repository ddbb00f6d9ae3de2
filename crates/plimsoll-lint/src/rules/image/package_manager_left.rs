use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::image::{ImageSubject, PackageFact},
};

rule! {
    /// A package manager in a final image.
    ///
    /// ## Why
    /// A service installs nothing at run time. An intruder does: with a package manager every
    /// tool is one command away. Images without one (distroless, scratch, chiselled) are also
    /// smaller and have fewer faults to follow.
    ///
    /// ## Bad
    /// ```yaml
    /// packages:
    ///   - {kind: deb, name: apt, version: 3.0.3, base: true}
    /// # ^ package-manager-left
    /// ```
    ///
    /// ```yaml
    /// packages:
    ///   - {kind: apk, name: apk-tools, version: 2.14.9}
    /// # ^ package-manager-left
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// packages:
    ///   - {kind: deb, name: libapt-pkg7.0, version: 3.0.3}
    ///   - {kind: npm, name: apt, version: 1.0.0}
    /// ```
    ///
    /// ## Limits
    /// Managers of languages (`pip`, `npm`) are not counted. Images that others build on have good
    /// reason for one.
    ///
    /// ## References
    /// - NIST SP 800-190, section 4.1.2
    "package-manager-left" for ImageSubject {
        aliases: [],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let is_manager = |it: &&PackageFact| it.kind.is_system() && MANAGERS.contains(&&*it.name);
    let Some(package) = subject.packages.iter().find(is_manager) else { return };
    let whose = if package.in_base { " from the base image" } else { "" };
    let message = format!("`{}`{whose} installs whatever an intruder likes", package.name);
    let _ = sink.report_place(subject.package_place(package), message);
}

#[rustfmt::skip]
static MANAGERS: &[&str] = &[
    "apt", "apk-tools", "dnf", "dnf5", "yum", "microdnf", "tdnf", "zypper", "pacman", "opkg",
];
