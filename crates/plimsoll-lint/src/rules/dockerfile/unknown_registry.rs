use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{base_image::external_base, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// A base image from a registry that is not widely known.
    ///
    /// ## Why
    /// A small or private registry may lack signing, scanning and two-factor login, or its domain
    /// may lapse and be bought by someone else. Say in the settings which ones the team trusts.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM registry.example.com/team/base:1
    /// # ^ unknown-registry
    /// FROM registry.example.com:5000/team/base:1 AS build
    /// # ^ unknown-registry
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// FROM build
    /// FROM ghcr.io/acme/base:1
    /// FROM 123456789012.dkr.ecr.eu-west-1.amazonaws.com/base:1
    /// FROM europe-docker.pkg.dev/acme/base/base:1
    /// FROM ${REGISTRY}/base:1
    /// ```
    ///
    /// ## Limits
    /// Silent as soon as the settings name allowed registries; `disallowed-registry` then judges.
    ///
    /// ## References
    /// - CIS Docker Benchmark: use trusted base images
    "unknown-registry" for DockerfileSubject {
        aliases: ["droast:DF065"],
        severity: Low,
        confidence: Low,
        audience: Hygiene,
        controls: ["image.trusted-base"],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    if !subject.settings.allowed_registries.is_empty() {
        return;
    }
    let Some(base) = external_base(subject, instruction) else { return };
    let Some(image) = base.known() else { return };
    let host = image.registry_host().to_ascii_lowercase();
    let is_known = KNOWN_HOSTS.contains(&host.as_str())
        || KNOWN_DOMAINS.iter().any(|it| host.ends_with(it))
        || host.starts_with("localhost")
        || host.starts_with("127.0.0.1");
    if !is_known {
        let message = format!("`{host}` is not a widely known registry; allow it in the settings");
        let _ = sink.report(base.from.image.word.span, message);
    }
}

#[rustfmt::skip]
static KNOWN_HOSTS: &[&str] = &[
    "docker.io", "ghcr.io", "quay.io", "gcr.io", "registry.k8s.io", "k8s.gcr.io", "public.ecr.aws",
    "mcr.microsoft.com", "registry.gitlab.com", "registry.access.redhat.com", "registry.redhat.io",
    "registry.suse.com", "registry.opensuse.org", "registry.fedoraproject.org", "cgr.dev",
    "dhi.io", "nvcr.io", "docker.elastic.co", "container-registry.oracle.com", "lscr.io",
    "icr.io", "docker.n8n.io", "docker.angie.software", "registry.hub.docker.com",
];

/// Ends of the hosts that clouds hand out.
#[rustfmt::skip]
static KNOWN_DOMAINS: &[&str] = &[
    ".gcr.io", ".pkg.dev", ".amazonaws.com", ".amazonaws.com.cn", ".azurecr.io", ".icr.io",
    ".ocir.io", ".digitalocean.com", ".scw.cloud", ".aliyuncs.com", ".jfrog.io", ".ghe.com",
];
