//! What `/bin/sh` is in well-known base images.

use crate::{image_reference::ImageReference, shell_in_force::ShellKind};

/// The default shell of an image, and whether that is known or the most common guess.
pub(crate) fn shell_of_image(image: &ImageReference, escape: char) -> (ShellKind, bool) {
    let repository = image.repository.text.to_ascii_lowercase();
    let tag = image.tag.as_ref().map(|it| it.text.to_ascii_lowercase()).unwrap_or_default();
    let host = image.registry_host().to_ascii_lowercase();
    let base_name = repository.rsplit('/').next().unwrap_or_default();
    if is_windows(&host, &repository, &tag) {
        return (ShellKind::Cmd, true);
    }
    // The tag decides before the name: `node:22-alpine` is an Alpine.
    let words = |it: &str, list: &[&str]| {
        let mut words = it.split(|char: char| !char.is_ascii_alphanumeric());
        words.any(|word| {
            let name = word.trim_end_matches(|char: char| char.is_ascii_digit());
            list.contains(&word) || (!name.is_empty() && list.contains(&name))
        })
    };
    for (kind, list) in [
        (ShellKind::Busybox, BUSYBOX_TAGS),
        (ShellKind::Bash, BASH_TAGS),
        (ShellKind::Posix, POSIX_TAGS),
    ] {
        if words(&tag, list) || words(base_name, list) {
            return (kind, true);
        }
    }
    if words(&repository, BUSYBOX_NAMES) {
        return (ShellKind::Busybox, true);
    }
    let is_bash_host = BASH_HOSTS.contains(&host.as_str());
    if is_bash_host || words(&repository, BASH_NAMES) || repository.starts_with("lambda/") {
        return (ShellKind::Bash, true);
    }
    let is_official = image.registry.is_none() || host == "docker.io";
    let is_official = is_official && repository.trim_start_matches("library/") == base_name;
    let is_debian = is_official && POSIX_OFFICIAL.contains(&base_name);
    if is_debian || (host == "mcr.microsoft.com" && repository.starts_with("dotnet/")) {
        return (ShellKind::Posix, true);
    }
    (guess(escape), false)
}

/// The shell where nothing is known of the image. A backtick as escape is there for Windows paths.
pub(crate) fn guess(escape: char) -> ShellKind {
    if escape == '`' { ShellKind::Cmd } else { ShellKind::Posix }
}

fn is_windows(host: &str, repository: &str, tag: &str) -> bool {
    let names = ["nanoserver", "servercore", "windowsservercore", "windowsserver"];
    (host == "mcr.microsoft.com" && repository.starts_with("windows"))
        || repository.starts_with("microsoft/windows")
        || names.iter().any(|it| repository.contains(it) || tag.contains(it))
}

/// Words of a tag or of the last part of a name.
const BUSYBOX_TAGS: &[&str] = &["alpine", "busybox", "musl"];
const BASH_TAGS: &[&str] = &[
    "almalinux",
    "al",
    "amazonlinux",
    "centos",
    "fedora",
    "oracle",
    "oraclelinux",
    "rocky",
    "rockylinux",
    "ubi",
    "rhel",
    "opensuse",
    "leap",
    "tumbleweed",
    "archlinux",
];
const POSIX_TAGS: &[&str] = &[
    "debian", "ubuntu", "slim", "trixie", "bookworm", "bullseye", "buster", "stretch", "jessie",
    "noble", "jammy", "focal", "bionic", "xenial", "trusty", "plucky", "questing", "resolute",
];

/// Words of a repository.
const BUSYBOX_NAMES: &[&str] = &["alpine", "busybox", "docker", "wolfi", "dind"];
const BASH_NAMES: &[&str] = &[
    "almalinux",
    "amazonlinux",
    "arch",
    "archlinux",
    "bci",
    "centos",
    "fedora",
    "gentoo",
    "mageia",
    "mysql",
    "opensuse",
    "oraclelinux",
    "photon",
    "rocky",
    "rockylinux",
    "suse",
    "ubi",
];
const BASH_HOSTS: &[&str] =
    &["registry.access.redhat.com", "registry.redhat.io", "registry.fedoraproject.org"];

/// Official images that are built on Debian or Ubuntu where their tag does not say otherwise.
const POSIX_OFFICIAL: &[&str] = &[
    "aerospike",
    "buildpack",
    "buildpack-deps",
    "cassandra",
    "chronograf",
    "clojure",
    "composer",
    "couchbase",
    "couchdb",
    "dart",
    "debian",
    "drupal",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "flink",
    "gcc",
    "ghost",
    "golang",
    "gradle",
    "groovy",
    "haproxy",
    "haskell",
    "httpd",
    "influxdb",
    "jetty",
    "joomla",
    "jruby",
    "julia",
    "kapacitor",
    "kong",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "monica",
    "neo4j",
    "neurodebian",
    "nextcloud",
    "nginx",
    "node",
    "odoo",
    "openjdk",
    "perl",
    "php",
    "phpmyadmin",
    "postgres",
    "pypy",
    "python",
    "r-base",
    "rabbitmq",
    "rakudo-star",
    "redis",
    "redmine",
    "ruby",
    "rust",
    "sapmachine",
    "solr",
    "sonarqube",
    "spark",
    "swift",
    "swipl",
    "telegraf",
    "tomcat",
    "tomee",
    "ubuntu",
    "unit",
    "varnish",
    "wordpress",
    "yourls",
    "zookeeper",
];

#[cfg(test)]
mod tests {
    use super::shell_of_image;
    use crate::{image_reference::ImageReference, shell_in_force::ShellKind};

    #[test]
    fn images_have_the_shell_they_are_known_for() {
        for (image, expected, known) in [
            ("alpine:3.20", ShellKind::Busybox, true),
            ("node:22-alpine3.20", ShellKind::Busybox, true),
            ("node:22", ShellKind::Posix, true),
            ("python:3.12-slim-bookworm", ShellKind::Posix, true),
            ("docker:27-dind", ShellKind::Busybox, true),
            ("fedora", ShellKind::Bash, true),
            ("registry.access.redhat.com/ubi9/ubi-minimal", ShellKind::Bash, true),
            ("nvidia/cuda:12-devel-ubuntu22.04", ShellKind::Posix, true),
            ("quay.io/centos/centos:stream9", ShellKind::Bash, true),
            ("mcr.microsoft.com/windows/servercore:ltsc2022", ShellKind::Cmd, true),
            ("mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-1809", ShellKind::Cmd, true),
            ("mcr.microsoft.com/dotnet/sdk:8.0", ShellKind::Posix, true),
            ("public.ecr.aws/lambda/python:3.12", ShellKind::Bash, true),
            ("ghcr.io/acme/app", ShellKind::Posix, false),
            ("acme/node", ShellKind::Posix, false),
            ("node:${VERSION}-alpine", ShellKind::Busybox, true),
        ] {
            let reference = ImageReference::parse(image).unwrap();
            assert_eq!(shell_of_image(&reference, '\\'), (expected, known), "{image}");
        }
        let unknown = ImageReference::parse("acme/app").unwrap();
        assert_eq!(shell_of_image(&unknown, '`'), (ShellKind::Cmd, false));
    }
}
