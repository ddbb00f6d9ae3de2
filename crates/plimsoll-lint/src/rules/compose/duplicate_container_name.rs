use plimsoll_config::tree::Node;
use plimsoll_finding::{Check, Sink};
use std::collections::HashMap;

use crate::{compose_profile::may_meet, rule::rule, subject::compose::ComposeSubject};

rule! {
    /// Two services with the same container name.
    ///
    /// ## Why
    /// The name of a container is unique on its host: the second service does not start.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     container_name: shop
    ///   api:
    ///     image: example.com/api:1
    ///     container_name: "shop"
    ///     # ^ duplicate-container-name
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     container_name: shop-web
    ///   api:
    ///     image: example.com/api:1
    ///     container_name: shop-api
    /// ```
    ///
    /// ```yaml
    /// services:
    ///   first:
    ///     image: example.com/web:1
    ///     container_name: shop
    ///     profiles: [one]
    ///   second:
    ///     image: example.com/web:1
    ///     container_name: shop
    ///     profiles: [two]
    /// ```
    ///
    /// ## Limits
    /// Names of containers outside of the file are not known, nor are values of variables. Services
    /// of different profiles are taken to be alternatives.
    ///
    /// ## References
    /// - Compose Specification: `container_name`
    "duplicate-container-name" for ComposeSubject {
        aliases: ["dclint:no-duplicate-container-names"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    let mut seen: HashMap<&str, Vec<(&Node, &Node)>> = HashMap::new();
    for (_, service) in subject.services() {
        let Some(node) = service.get("container_name") else { continue };
        let Some(name) = node.as_str() else { continue };
        let earlier = seen.entry(name).or_default();
        if let Some((_, first)) = earlier.iter().find(|it| may_meet(it.0, service)) {
            let message = format!("another service has the container name `{name}` already");
            sink.report(node.span, message).related(first.span, "the first one");
        }
        if earlier.len() < MAX_ALIKE {
            earlier.push((service, node));
        }
    }
}

/// Among so many services of one name some two meet.
const MAX_ALIKE: usize = 32;
