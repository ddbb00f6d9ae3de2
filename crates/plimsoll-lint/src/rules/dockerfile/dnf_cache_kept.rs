use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::{Action, Manager},
    package_report::{Downloads, report_downloads},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// dnf leaves its cache in the layer.
    ///
    /// ## Why
    /// What the manager downloads (metadata, packages, a solver's data) is of no use in the running
    /// container. Only the same `RUN` can keep it out of the image; a later one hides it and the
    /// layer stays as big.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf -y install httpd
    /// # ^ dnf-cache-kept
    /// RUN set -eux; \
    /// # ^ dnf-cache-kept
    ///     microdnf -y install git
    /// RUN rm -rf /var/cache/libdnf5 && dnf -y up
    /// # ^ dnf-cache-kept
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/dnf/fedora.solv, size: 900000}
    /// # ^ dnf-cache-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf -y install httpd && dnf clean all
    /// # ^ dnf-cache-kept
    /// RUN set -eux; \
    /// # ^ dnf-cache-kept
    ///     microdnf -y install git \
    ///     && microdnf clean all
    /// RUN rm -rf /var/cache/libdnf5 && dnf -y up && dnf clean all
    /// # ^ dnf-cache-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM fedora:42
    /// RUN dnf -y install httpd && dnf clean all
    /// RUN microdnf -y install git; microdnf clean all
    /// RUN dnf -y install jq && rm -rf /var/cache/libdnf5 /var/log/dnf*
    /// RUN --mount=type=cache,target=/var/cache/libdnf5 dnf -y install bc
    /// RUN --mount=type=tmpfs,target=/var/cache dnf -y install vim
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/dnf/fedora.solv, size: 90}
    ///   - {path: opt/var/cache/dnf/fedora.solv, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Stages that only others copy from are not judged. A clean-up inside a script is not seen.
    ///
    /// ## References
    /// - `dnf(8)`: `clean`
    /// - CIS Docker Benchmark 4.3
    "dnf-cache-kept" for DockerfileSubject {
        aliases: [
            "hadolint:DL3040",
            "kics:missing_dnf_clean_all",
            "trivy:DS-0019",
            "trivy:DS-0027",
            "semgrep:missing-dnf-clean-all",
            "dockerfile-doctor:DD033",
            "droast:DF046",
            "dockerfile_lint:no_dnf_clean_all",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: Safe,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let downloads = Downloads {
        manager: |it| it.manager == Manager::Dnf,
        cleaning: "clean all",
        cleans: |it| {
            matches!(it.manager, Manager::Yum | Manager::Dnf) && it.action == Action::Clean
        },
        folders: FOLDERS,
        counts_removal: false,
    };
    report_downloads(subject, sink, &downloads);
}

static FOLDERS: &[&str] = &["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"];

const WANTED: Wanted = Wanted::word(Manager::Dnf.programs());
