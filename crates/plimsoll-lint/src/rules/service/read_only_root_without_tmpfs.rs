use plimsoll_dockerfile::{Dockerfile, InstructionKind};
use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{MountKind, Service};

use crate::{rule::rule, service_image_name::image_name, subject::service::ServiceSubject};

rule! {
    /// A read-only root file system without room for what the image writes.
    ///
    /// ## Why
    /// `read_only: true` is right, but this image is known to write to some folders when it starts.
    /// Without a `tmpfs` or a volume there it stops at once, and somebody takes the protection away
    /// again.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   proxy:
    ///     image: nginx:1.29
    ///     read_only: true
    ///     # ^ read-only-root-without-tmpfs
    ///     tmpfs: [/var/cache/nginx]
    /// ```
    ///
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   database:
    ///     build: .
    ///     read_only: true
    ///     # ^ read-only-root-without-tmpfs
    /// # file: Dockerfile
    /// FROM postgres:18
    /// COPY init.sql /docker-entrypoint-initdb.d/
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   proxy:
    ///     image: nginx:1.29
    ///     read_only: true
    ///     tmpfs: [/var/cache/nginx, "/var/run:size=1m"]
    ///   configured:
    ///     image: nginx:1.29
    ///     read_only: true
    ///     volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
    ///   database:
    ///     image: postgres:18
    ///     read_only: true
    ///     tmpfs: [/run/postgresql, /tmp]
    ///   writable:
    ///     image: nginx:1.29
    ///   own:
    ///     build: .
    ///     read_only: true
    /// # file: Dockerfile
    /// FROM nginx:1.29
    /// COPY site.conf /etc/nginx/nginx.conf
    /// ```
    ///
    /// ## Limits
    /// Knows the folders of a few widely used images under their own settings. Where the service or
    /// its Dockerfile brings settings of its own, or another command, nothing is said.
    ///
    /// ## References
    /// - Compose Specification: `read_only`, `tmpfs`
    /// - CIS Docker Benchmark, section 5: read-only root file system
    "read-only-root-without-tmpfs" for ServiceSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: ["runtime.read-only-root"],
        fix: None,
        check: Check::Whole(check),
    }
}

/// What an image writes to while it runs, beside what it declares as volumes.
struct Writer {
    image: &'static str,
    /// Settings that move the folders elsewhere.
    settings: &'static [&'static str],
    folders: &'static [&'static str],
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(read_only) = service.read_only.as_ref().filter(|it| it.value) else { return };
    let Some(name) = image_name(service) else { return };
    let Some(writer) = WRITERS.iter().find(|it| it.image == name) else { return };
    let is_told = service.command.is_some() || service.entrypoint.is_some();
    if is_told || brings_settings(service, writer) {
        return;
    }
    let writable = service.writable_paths();
    let missing: Vec<String> = writer
        .folders
        .iter()
        .filter(|folder| !writable.iter().any(|it| covers(&real_path(it), folder)))
        .map(|it| format!("`{it}`"))
        .collect();
    if missing.is_empty() {
        return;
    }
    let message = format!(
        "the root is read-only, but `{name}` writes to {}; put a `tmpfs` there",
        missing.join(" and ")
    );
    let _ = sink.report_at(subject.place(read_only), message);
}

/// Whether the service or its Dockerfile replaces the image's settings or its command.
fn brings_settings(service: &Service, writer: &Writer) -> bool {
    let is_setting = |path: &str| {
        let path = path.trim_end_matches('/');
        writer.settings.iter().any(|it| covers(path, it))
    };
    let mounted = service.mounts.iter().filter(|it| it.value.kind != MountKind::Tmpfs);
    let granted = service.configs.iter().filter_map(|it| it.value.target.as_deref());
    let copied = service
        .built_image
        .as_ref()
        .is_some_and(|it| copies_to(&it.dockerfile, &is_setting) || runs_on(&it.dockerfile));
    mounted.map(|it| it.value.target.as_str()).chain(granted).any(is_setting) || copied
}

fn copies_to(dockerfile: &Dockerfile, is_wanted: &dyn Fn(&str) -> bool) -> bool {
    dockerfile.instructions.iter().any(|it| match &it.kind {
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => {
            is_wanted(copy.destination.text.trim_matches(['"', '\'']))
        }
        _ => false,
    })
}

/// Whether the Dockerfile changes the image by commands, or starts something else in it.
fn runs_on(dockerfile: &Dockerfile) -> bool {
    dockerfile
        .instructions
        .iter()
        .any(|it| matches!(it.kind, InstructionKind::Run(_) | InstructionKind::Entrypoint(_)))
}

/// Whether `path` is `inner`, or a folder around it.
fn covers(path: &str, inner: &str) -> bool {
    path == "/" || inner == path || inner.strip_prefix(path).is_some_and(|it| it.starts_with('/'))
}

/// `/var/run` is a link to `/run` in every distribution.
fn real_path(path: &str) -> String {
    match path.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ => path.to_owned(),
    }
}

static WRITERS: &[Writer] = &[
    Writer {
        image: "nginx",
        settings: &["/etc/nginx/nginx.conf"],
        folders: &["/var/cache/nginx", "/run"],
    },
    Writer {
        image: "httpd",
        settings: &["/usr/local/apache2/conf/httpd.conf"],
        folders: &["/usr/local/apache2/logs"],
    },
    Writer { image: "postgres", settings: &[], folders: &["/run/postgresql"] },
    Writer { image: "mysql", settings: &["/etc/my.cnf"], folders: &["/run/mysqld", "/tmp"] },
    Writer {
        image: "mariadb",
        settings: &["/etc/mysql/mariadb.cnf"],
        folders: &["/run/mysqld", "/tmp"],
    },
    Writer { image: "wordpress", settings: &[], folders: &["/run/apache2", "/run/lock/apache2"] },
];
