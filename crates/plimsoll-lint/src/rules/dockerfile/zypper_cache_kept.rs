use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::{Action, Manager},
    package_report::{Downloads, report_downloads},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// zypper leaves its cache in the layer.
    ///
    /// ## Why
    /// What the manager downloads (metadata, packages, a solver's data) is of no use in the running
    /// container. Only the same `RUN` can keep it out of the image; a later one hides it and the
    /// layer stays as big.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper -n install httpd
    /// # ^ zypper-cache-kept
    /// RUN zypper cc && zypper -n patch
    /// # ^ zypper-cache-kept
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/zypp/solv/oss/solv, size: 900000}
    /// # ^ zypper-cache-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper -n install httpd && zypper clean --all
    /// # ^ zypper-cache-kept
    /// RUN zypper cc && zypper -n patch && zypper clean --all
    /// # ^ zypper-cache-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM opensuse/leap:15.6
    /// RUN zypper -n install httpd && zypper clean --all
    /// RUN zypper -n in git && zypper cc -a
    /// RUN zypper -n in jq && rm -rf /var/cache/zypp*
    /// RUN --mount=type=tmpfs,target=/var/cache/zypp zypper -n in bc
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/zypp/solv/oss/solv, size: 90}
    ///   - {path: opt/var/cache/zypp/solv/oss/solv, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Stages that only others copy from are not judged. A clean-up inside a script is not seen.
    ///
    /// ## References
    /// - `zypper(8)`: `clean`
    /// - CIS Docker Benchmark 4.3
    "zypper-cache-kept" for DockerfileSubject {
        aliases: [
            "hadolint:DL3036",
            "kics:missing_zypper_clean",
            "trivy:DS-0020",
            "semgrep:missing-zypper-clean",
            "dockerfile-doctor:DD034",
            "droast:DF045",
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
        manager: |it| it.manager == Manager::Zypper,
        cleaning: "clean --all",
        cleans: |it| it.manager == Manager::Zypper && it.action == Action::Clean,
        folders: FOLDERS,
        counts_removal: true,
    };
    report_downloads(subject, sink, &downloads);
}

static FOLDERS: &[&str] = &["/var/cache/zypp"];

const WANTED: Wanted = Wanted::word(Manager::Zypper.programs());
