//! The image that another one was built from, by what it left in it.

use plimsoll_package::{Package, PackageKind};
use plimsoll_report::image::BaseImage;

use super::contents::Contents;

/// The base image, as far as can be told: by its label, by the variables that official images set,
/// else by the distribution.
pub(crate) fn base_image(contents: &Contents) -> Option<BaseImage> {
    let n_layers = contents.n_base_layers;
    let config = contents.opened.config.as_ref()?;
    let label = config.runtime.labels.get(BASE_LABEL).filter(|it| !it.is_empty());
    if let Some(name) = label {
        let evidence = format!("the label {BASE_LABEL}");
        return Some(BaseImage { name: name.clone(), evidence, n_layers });
    }
    if n_layers == 0 {
        return None;
    }
    official_image(contents).or_else(|| distribution_image(contents))
}

/// The official image whose variable a step of the base image sets.
pub(crate) fn official_image(contents: &Contents) -> Option<BaseImage> {
    let config = contents.opened.config.as_ref()?;
    let is_of_base = |instruction: &str| {
        let origins = &contents.opened.origins;
        let own = |it: &plimsoll_oci::LayerOrigin| {
            it.layer.is_some_and(|it| contents.n_base_layers > 0 && it >= contents.n_base_layers)
        };
        let end = origins.iter().position(own).unwrap_or(origins.len());
        origins.iter().take(end).any(|it| it.instruction.starts_with(instruction))
    };
    OFFICIAL.iter().find_map(|(repository, variable, has_slim)| {
        let prefix = format!("{variable}=");
        let version = config.runtime.environment.iter().find_map(|it| it.strip_prefix(&prefix))?;
        let version = version.split(['+', '-', ' ']).next().unwrap_or_default();
        if version.is_empty() || !is_of_base(&format!("ENV {variable}")) {
            return None;
        }
        let name = format!("{repository}:{version}{}", variant(contents, *has_slim)?);
        let evidence = format!("the variable {variable}, which the official image sets");
        Some(BaseImage { name, evidence, n_layers: contents.n_base_layers })
    })
}

/// The distribution as an image.
pub(crate) fn distribution_image(contents: &Contents) -> Option<BaseImage> {
    let distribution = contents.inventory().distribution.as_ref()?;
    let version = match distribution.version.as_str() {
        "" => distribution.codename.as_str(),
        version => version,
    };
    Some(BaseImage {
        name: format!("{}:{version}", distribution.id),
        evidence: "os-release, and the last default command that a layer follows".to_owned(),
        n_layers: contents.n_base_layers,
    })
}

/// What follows the version in a tag. `None` where official images stand on no such distribution.
fn variant(contents: &Contents, has_slim: bool) -> Option<&'static str> {
    let is_compiler = |it: &Package| it.kind == PackageKind::Deb && it.name.starts_with("gcc-");
    let has_compiler = || {
        let packages = contents.inventory().packages.iter();
        packages
            .filter(|it| contents.n_base_layers == 0 || it.layer < contents.n_base_layers)
            .any(|it| is_compiler(&it.package) && !it.package.name.ends_with("-base"))
    };
    match contents.inventory().distribution.as_ref()?.id.as_str() {
        "alpine" => Some("-alpine"),
        "debian" if has_slim && !has_compiler() => Some("-slim"),
        "debian" => Some(""),
        _ => None,
    }
}

/// Where builders write the base image's name (OCI image specification, annotations).
const BASE_LABEL: &str = "org.opencontainers.image.base.name";

/// Official images, the variable in which each keeps its version, and whether it has a slim
/// sister. What stands on another one of them comes first.
const OFFICIAL: &[(&str, &str, bool)] = &[
    ("tomcat", "TOMCAT_VERSION", false),
    ("python", "PYTHON_VERSION", true),
    ("node", "NODE_VERSION", true),
    ("ruby", "RUBY_VERSION", true),
    ("rust", "RUST_VERSION", true),
    ("golang", "GOLANG_VERSION", false),
    ("nginx", "NGINX_VERSION", false),
    ("httpd", "HTTPD_VERSION", false),
    ("haproxy", "HAPROXY_VERSION", false),
    ("memcached", "MEMCACHED_VERSION", false),
    ("redis", "REDIS_VERSION", false),
    ("postgres", "PG_VERSION", false),
    ("mariadb", "MARIADB_VERSION", false),
    ("rabbitmq", "RABBITMQ_VERSION", false),
];
