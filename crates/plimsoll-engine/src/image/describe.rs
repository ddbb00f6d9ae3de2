//! What is told of an image beside its findings.

use plimsoll_finding::{ImagePlace, Place, Target, TargetKind};
use plimsoll_package::{Package, purl};
use plimsoll_report::image::{FoundPackage, Image, Layer};

use super::{base::base_image, contents::Contents};

/// The image without what is known about it.
pub(crate) fn describe(name: &str, contents: &Contents) -> Image {
    let opened = &contents.opened;
    let config = opened.config.as_ref();
    let platform = config.map(|it| it.platform.to_string()).unwrap_or_default();
    Image {
        name: name.to_owned(),
        source: opened.source,
        digest: opened.digest.clone(),
        references: opened.references.clone(),
        platform,
        created: config.and_then(|it| it.created.clone()).unwrap_or_default(),
        distribution: contents.inventory().distribution.clone(),
        base: base_image(contents),
        settings: settings(contents),
        layers: layers(contents),
        packages: packages(contents),
        ..Image::default()
    }
}

/// A place in the image.
pub(crate) fn place(
    name: &str,
    contents: &Contents,
    layer: Option<usize>,
    path: &str,
    setting: &str,
) -> ImagePlace {
    let kind = match contents.opened.container {
        Some(_) => TargetKind::Container,
        None => TargetKind::Image,
    };
    let mut res = ImagePlace::new(Target { kind, name: name.to_owned() });
    if let Some(layer) = layer {
        contents.digest(layer).clone_into(&mut res.layer);
        contents.instruction(layer).clone_into(&mut res.instruction);
    }
    path.clone_into(&mut res.path);
    setting.clone_into(&mut res.setting);
    res
}

/// A place of a package.
pub(crate) fn package_place(
    name: &str,
    contents: &Contents,
    package: &Package,
    layer: usize,
) -> Place {
    Place::Image(Box::new(place(name, contents, Some(layer), &package.path, "")))
}

fn settings(contents: &Contents) -> Vec<(&'static str, String)> {
    let Some(config) = contents.opened.config.as_ref() else { return Vec::new() };
    let runtime = &config.runtime;
    let user = if runtime.user.is_empty() { "root (not set)" } else { &runtime.user };
    let mut res = vec![("User", user.to_owned())];
    let mut add = |name, words: String| {
        if !words.is_empty() {
            res.push((name, words));
        }
    };
    add("Entrypoint", runtime.entrypoint.join(" "));
    add("Cmd", runtime.command.join(" "));
    add("ExposedPorts", runtime.exposed_ports.join(", "));
    add("Volumes", runtime.volumes.join(", "));
    add("WorkingDir", runtime.working_folder.clone());
    let health = runtime.healthcheck.as_ref().map(|it| it.test.join(" "));
    add("Healthcheck", health.unwrap_or_else(|| "none".to_owned()));
    res
}

fn layers(contents: &Contents) -> Vec<Layer> {
    contents
        .opened
        .layers
        .iter()
        .zip(&contents.merged.layers)
        .enumerate()
        .map(|(number, (layer, totals))| Layer {
            digest: layer.digest.clone(),
            instruction: contents.instruction(number).to_owned(),
            size: totals.n_bytes,
            n_files: totals.n_files,
            wasted: totals.wasted,
            in_base: number < contents.n_base_layers,
        })
        .collect()
}

fn packages(contents: &Contents) -> Vec<FoundPackage> {
    let distribution = contents.inventory().distribution.as_ref();
    contents
        .inventory()
        .packages
        .iter()
        .map(|it| FoundPackage {
            purl: purl(&it.package, distribution),
            package: it.package.clone(),
            layer: Some(it.layer),
            owner: it.owner,
            in_base: it.layer < contents.n_base_layers,
        })
        .collect()
}
