//! What `docker save` writes: a list of images, or, before 2016, a folder for each layer.
//!
//! Knows nothing of the OCI layout that new versions write beside.

use serde_json::Value;

use crate::{
    archive_model::{ArchiveError, ArchiveImage, BlobReference, document},
    blobs::Blobs,
    image::{MAX_CONFIG_BYTES, read_first_config},
    json,
    manifest::{BlobRole, ManifestError},
    path::confine,
};

/// What `manifest.json` of `docker save` names.
pub(crate) fn docker_images(blobs: &dyn Blobs) -> Result<Vec<ArchiveImage>, ArchiveError> {
    let bytes = document(blobs, DOCKER_MANIFEST, MAX_CONFIG_BYTES)?;
    let broken = |error| ArchiveError::Document { name: DOCKER_MANIFEST.to_owned(), error };
    let list = match serde_json::from_slice(&bytes) {
        Ok(Value::Array(list)) => list,
        Ok(_) => return Err(broken(ManifestError::Unknown)),
        Err(error) => return Err(broken(ManifestError::Json(format!("it is no JSON: {error}")))),
    };
    let mut res = Vec::new();
    for object in list.iter().filter_map(Value::as_object) {
        if res.len() >= MAX_IMAGES {
            return Err(broken(ManifestError::TooMany("images")));
        }
        let Some(config) = json::text(object, "Config") else { continue };
        let layers = json::texts(object, "Layers");
        if layers.len() > MAX_LAYERS {
            return Err(broken(ManifestError::TooMany("layers")));
        }
        res.push(ArchiveImage {
            names: json::texts(object, "RepoTags"),
            platform: None,
            manifest: None,
            config: claimed_blob(&config, BlobRole::Other),
            layers: layers.iter().map(|it| claimed_blob(it, BlobRole::Layer)).collect(),
            first_configs: Vec::new(),
        });
    }
    Ok(res)
}

/// A blob whose name may be its digest: `blobs/sha256/HEX` or `HEX.json`.
fn claimed_blob(name: &str, role: BlobRole) -> BlobReference {
    let last = name.rsplit('/').next().unwrap_or_default();
    let (algorithm, hex) = match name.strip_prefix("blobs/").and_then(|it| it.split_once('/')) {
        Some(parts) => parts,
        None => ("sha256", last.strip_suffix(".json").unwrap_or_default()),
    };
    let digest = format!("{algorithm}:{hex}").parse().ok();
    BlobReference { name: confine(name).path, digest, size: None, role }
}

/// What `repositories` names: images of before 2016, one folder for each layer.
pub(crate) fn first_images(blobs: &dyn Blobs) -> Result<Vec<ArchiveImage>, ArchiveError> {
    let bytes = document(blobs, REPOSITORIES, MAX_CONFIG_BYTES)?;
    let object = json::object(&bytes).map_err(|message| ArchiveError::Document {
        name: REPOSITORIES.to_owned(),
        error: ManifestError::Json(message),
    })?;
    let mut res: Vec<ArchiveImage> = Vec::new();
    for repository in object.keys() {
        for (tag, id) in json::text_map(&object, repository) {
            let name = format!("{repository}:{tag}");
            let config = format!("{id}/json");
            if let Some(image) = res.iter_mut().find(|it| it.config.name == config) {
                image.names.push(name);
            } else if res.len() < MAX_FIRST_IMAGES {
                res.push(first_image(blobs, name, &id)?);
            }
        }
    }
    Ok(res)
}

fn first_image(blobs: &dyn Blobs, name: String, top: &str) -> Result<ArchiveImage, ArchiveError> {
    let mut layers = Vec::new();
    let mut first_configs = Vec::new();
    let mut next = Some(top.to_owned());
    while let Some(id) = next {
        let config = format!("{id}/json");
        let in_document = |error| ArchiveError::Document { name: config.clone(), error };
        if layers.len() >= MAX_LAYERS {
            return Err(in_document(ManifestError::TooMany("layers")));
        }
        let bytes = document(blobs, &config, MAX_CONFIG_BYTES)?;
        let (_, parent) = read_first_config(&bytes).map_err(in_document)?;
        layers.push(claimed_blob(&format!("{id}/layer.tar"), BlobRole::Layer));
        first_configs.push(config);
        next = parent;
    }
    layers.reverse();
    first_configs.reverse();
    let config = claimed_blob(&format!("{top}/json"), BlobRole::Other);
    let names = vec![name];
    Ok(ArchiveImage { names, platform: None, manifest: None, config, layers, first_configs })
}

pub(crate) const DOCKER_MANIFEST: &str = "manifest.json";
pub(crate) const REPOSITORIES: &str = "repositories";

/// Images that one archive may name.
const MAX_IMAGES: usize = 1_000;
const MAX_FIRST_IMAGES: usize = 50;

/// Engines allow 127.
const MAX_LAYERS: usize = 1_000;
