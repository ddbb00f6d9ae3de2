use plimsoll_config::tree::Layout;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    entry_order::{Ranked, first_unordered, sorted_edits},
    rule::rule,
    subject::compose::ComposeSubject,
};

rule! {
    /// Keys of a service that are not in the usual order.
    ///
    /// ## Why
    /// Readers find the image, the volumes and the ports of every service in the same place.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     volumes: [data:/data]
    ///     image: example.com/web:1
    ///     # ^ unordered-service-keys
    /// volumes:
    ///   data:
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     volumes: [data:/data]
    /// volumes:
    ///   data:
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     depends_on: [api]
    ///     volumes: [data:/data]
    ///     environment: {A: b}
    ///     ports: ["8080:80"]
    ///     annotations: {a: b}
    ///     restart: always
    ///   api:
    ///     image: example.com/api:1
    /// volumes:
    ///   data:
    /// ```
    ///
    /// ## Limits
    /// The order is: image and build, dependencies, data, environment, network, behaviour,
    /// metadata, rights. Other keys may stand anywhere. Nothing is moved where a comment stands
    /// between what would be sorted, nor where anchors are used.
    ///
    /// ## References
    /// - Compose Specification: services
    "unordered-service-keys" for ComposeSubject {
        aliases: ["dclint:service-keys-order"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    for (_, service) in subject.services() {
        let rank = |key: Option<&str>| ORDER.iter().position(|it| Some(*it) == key);
        let entries = service.own_entries().iter();
        let ranked: Vec<_> = entries.map(|it| Ranked::entry(it, rank(it.key.as_str()))).collect();
        let Some(found) = first_unordered(&ranked) else { continue };
        let is_block = service.resolved().layout == Layout::Block;
        let edits = if is_block { sorted_edits(&subject.tree, &ranked) } else { None };
        sink.report(found.place, "the keys of the service are not in the usual order").fix(
            "Sort the keys",
            Safety::Safe,
            edits.unwrap_or_default(),
        );
    }
}

static ORDER: &[&str] = &[
    "image",
    "build",
    "container_name",
    "depends_on",
    "volumes",
    "volumes_from",
    "configs",
    "secrets",
    "environment",
    "env_file",
    "ports",
    "networks",
    "network_mode",
    "extra_hosts",
    "command",
    "entrypoint",
    "working_dir",
    "restart",
    "healthcheck",
    "logging",
    "labels",
    "user",
    "isolation",
];
