use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::{Action, Manager},
    package_report::{Downloads, report_downloads},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// yum leaves its cache in the layer.
    ///
    /// ## Why
    /// What the manager downloads (metadata, packages, a solver's data) is of no use in the running
    /// container. Only the same `RUN` can keep it out of the image; a later one hides it and the
    /// layer stays as big.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM amazonlinux:2
    /// RUN yum -y install httpd
    /// # ^ yum-cache-kept
    /// RUN yum -y install git && yum clean all && yum -y install jq
    /// # ^ yum-cache-kept
    /// RUN yum clean all && \
    /// # ^ yum-cache-kept
    ///     yum -y update
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/yum/x86_64/7/base/primary.sqlite, size: 900000}
    /// # ^ yum-cache-kept
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM amazonlinux:2
    /// RUN yum -y install httpd && yum clean all
    /// # ^ yum-cache-kept
    /// RUN yum -y install git && yum clean all && yum -y install jq && yum clean all
    /// # ^ yum-cache-kept
    /// RUN yum clean all && \
    /// # ^ yum-cache-kept
    ///     yum -y update && \
    ///     yum clean all
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM amazonlinux:2 AS build
    /// RUN yum -y install gcc
    /// FROM amazonlinux:2
    /// RUN yum -y install httpd && yum clean all
    /// RUN yum -y install git && rm -rf /var/cache/yum
    /// RUN --mount=type=cache,target=/var/cache/yum yum -y install jq
    /// RUN yum makecache
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: var/cache/yum/x86_64/7/base/primary.sqlite, size: 90}
    ///   - {path: opt/var/cache/yum/x86_64/7/base/primary.sqlite, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Stages that only others copy from are not judged. A clean-up inside a script is not seen.
    ///
    /// ## References
    /// - `yum(8)`: `clean`
    /// - CIS Docker Benchmark 4.3
    "yum-cache-kept" for DockerfileSubject {
        aliases: [
            "hadolint:DL3032",
            "kics:yum_clean_all_missing",
            "trivy:DS-0015",
            "dockerfile-doctor:DD031",
            "droast:DF047",
            "dockerfile_lint:no_yum_clean_all",
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
        manager: |it| it.manager == Manager::Yum,
        cleaning: "clean all",
        cleans: |it| {
            matches!(it.manager, Manager::Yum | Manager::Dnf) && it.action == Action::Clean
        },
        folders: FOLDERS,
        counts_removal: false,
    };
    report_downloads(subject, sink, &downloads);
}

static FOLDERS: &[&str] = &["/var/cache/yum", "/var/cache/dnf"];

const WANTED: Wanted = Wanted::word(Manager::Yum.programs());
