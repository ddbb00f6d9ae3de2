//! The facts of an image that rules judge.

use std::sync::Arc;

use plimsoll_finding::{RuleSettings, Target, TargetKind};
use plimsoll_lint::subject::image::{
    ImageSubject, LayerFact, PackageFact, ReleaseFact, ReleaseSupport,
};
use plimsoll_package::{Distribution, PackageKind};
use plimsoll_vuln::{
    Day, ExtendedSupport, Product, ReleaseSupport as Release, Support, distribution_support,
    product_support,
};

use super::contents::Contents;

/// Lays out what rules may ask about `contents`. `products` is the table of ends of support.
pub(crate) fn subject(
    name: &str,
    contents: &Contents,
    products: &[Product],
    today: Day,
    settings: &Arc<RuleSettings>,
) -> ImageSubject {
    let kind = match contents.opened.container {
        Some(_) => TargetKind::Container,
        None => TargetKind::Image,
    };
    let target = Target { kind, name: name.to_owned() };
    let mut res = ImageSubject::new(target, today.seconds() / 86_400);
    let is_reference = matches!(contents.opened.source, "Docker Engine" | "registry");
    res.reference = is_reference.then(|| name.to_owned());
    res.config.clone_from(&contents.opened.config);
    res.layers = layers(contents);
    let merged = &contents.merged;
    res.size = merged.size;
    res.files.clone_from(&merged.files);
    res.hidden.clone_from(&merged.hidden);
    res.files_are_complete = merged.is_complete();
    res.packages = packages(contents, products, today);
    let distribution = contents.inventory().distribution.as_ref();
    res.distribution = distribution.map(|it| release_of(it, products, today));
    res.settings = Arc::clone(settings);
    res
}

fn layers(contents: &Contents) -> Vec<LayerFact> {
    let created = |number: usize| {
        let origin = contents.opened.origins.iter().find(|it| it.layer == Some(number));
        origin.and_then(|it| it.created.clone())
    };
    contents
        .opened
        .layers
        .iter()
        .zip(&contents.merged.layers)
        .enumerate()
        .map(|(number, (layer, totals))| LayerFact {
            digest: layer.digest.clone(),
            instruction: contents.instruction(number).to_owned(),
            created: created(number),
            size: totals.n_bytes,
            wasted_bytes: totals.wasted,
            in_base: number < contents.n_base_layers,
            location: None,
        })
        .collect()
}

fn packages(contents: &Contents, products: &[Product], today: Day) -> Vec<PackageFact> {
    let installed = contents.inventory().packages.iter().filter(|it| it.package.installed);
    installed
        .map(|it| {
            let package = &it.package;
            let product = runtime(package.kind, &package.name);
            let release = product.and_then(|(product, title)| {
                let found = product_support(products, product, &package.version, today)?;
                Some(release_fact(format!("{title} {}", found.cycle), &found))
            });
            PackageFact {
                kind: package.kind,
                name: package.full_name(),
                version: package.version.clone(),
                path: package.path.clone(),
                layer: Some(it.layer),
                in_base: it.layer < contents.n_base_layers,
                release,
                location: None,
            }
        })
        .collect()
}

/// The product that a program without a package is, in the table of ends of support.
fn runtime(kind: PackageKind, name: &str) -> Option<(&'static str, &'static str)> {
    if kind != PackageKind::Generic {
        return None;
    }
    Some(match name {
        "node" => ("nodejs", "Node.js"),
        "python" => ("python", "Python"),
        "ruby" => ("ruby", "Ruby"),
        "php" => ("php", "PHP"),
        "go" => ("go", "Go"),
        "java" | "openjdk" => ("eclipse-temurin", "Java"),
        "perl" => ("perl", "Perl"),
        "erlang" => ("erlang", "Erlang"),
        _ => return None,
    })
}

fn release_of(distribution: &Distribution, products: &[Product], today: Day) -> ReleaseFact {
    let name = match distribution.pretty_name.as_str() {
        "" => format!("{} {}", distribution.id, distribution.version),
        pretty => pretty.to_owned(),
    };
    match distribution_support(products, distribution, today) {
        Some(found) => release_fact(name, &found),
        None => ReleaseFact {
            name,
            support: ReleaseSupport::Unknown,
            newest: String::new(),
            location: None,
        },
    }
}

fn release_fact(name: String, found: &Release) -> ReleaseFact {
    let day = |it: Option<Day>| it.map(|it| it.to_string()).unwrap_or_default();
    let support = match found.support {
        Support::Supported { .. } => ReleaseSupport::Supported,
        Support::ExtendedOnly { ended, until, kind } => ReleaseSupport::Extended {
            ended: day(ended),
            until: day(until),
            is_free: kind == ExtendedSupport::Free,
        },
        Support::Dead { ended } => ReleaseSupport::Dead { ended: day(ended) },
        Support::Unknown => ReleaseSupport::Unknown,
    };
    ReleaseFact { name, support, newest: found.newest_supported.clone(), location: None }
}
