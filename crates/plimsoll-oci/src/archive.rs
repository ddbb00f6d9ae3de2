//! Images in archives and folders: what `docker save` writes, and OCI layouts.
//!
//! Knows nothing of disks; it sees named blobs. What an archive says of itself is a claim until
//! [`verify_image`] has hashed it.

use std::{collections::BTreeSet, io};

use crate::{
    archive_model::{ArchiveError, ArchiveImage, Image, ImageArchive, ImageLayer, document},
    blobs::Blobs,
    digest::{Digest, DigestAlgorithm},
    docker_save::{DOCKER_MANIFEST, REPOSITORIES, docker_images, first_images},
    gap::{Gap, GapKind, Gaps},
    image::{ImageConfig, MAX_CONFIG_BYTES, read_config, read_first_config},
    layout::{INDEX, read_layout},
    platform::{Platform, choose_platform},
};

/// Finds the images of an archive or layout. Manifests are hashed, since they are short; layers are
/// not.
pub fn read_archive(blobs: &dyn Blobs) -> Result<ImageArchive, ArchiveError> {
    let names: BTreeSet<String> = blobs.names().into_iter().collect();
    let mut archive = ImageArchive {
        images: Vec::new(),
        attestations: Vec::new(),
        artifacts: Vec::new(),
        gaps: Vec::new(),
    };
    let mut gaps = Gaps::default();
    if names.contains(DOCKER_MANIFEST) {
        archive.images = docker_images(blobs)?;
    }
    if names.contains(INDEX) {
        read_layout(blobs, &names, &mut archive, &mut gaps)?;
    }
    if archive.images.is_empty() && names.contains(REPOSITORIES) {
        archive.images = first_images(blobs)?;
    }
    archive.gaps = gaps.finish();
    if archive.images.is_empty() {
        let is_root = ["etc/os-release", "etc/passwd", "usr/lib/os-release", "bin/sh"];
        let is_root = is_root.iter().any(|it| names.contains(*it));
        let ImageArchive { artifacts, gaps, .. } = archive;
        return Err(ArchiveError::NoImage { artifacts, is_root, gaps });
    }
    Ok(archive)
}

impl ImageArchive {
    /// The image of this name, or the only one. Of one for several platforms, that which fits.
    pub fn choose(
        &self,
        name: Option<&str>,
        platform: Option<&Platform>,
    ) -> Result<&ArchiveImage, ArchiveError> {
        let mut fitting: Vec<&ArchiveImage> = self.images.iter().collect();
        if let Some(name) = name {
            fitting.retain(|it| it.is_called(name));
        }
        let wanted = || {
            let platform = platform.map(ToString::to_string);
            let words = [name.map(str::to_owned), platform];
            words.into_iter().flatten().collect::<Vec<_>>().join(" for ")
        };
        if let (Some(platform), true) = (platform, fitting.len() > 1) {
            let is_one_image = fitting.windows(2).all(|it| match it {
                [a, b] => a.names == b.names,
                _ => true,
            });
            let candidates = fitting.iter().filter_map(|it| Some((it.platform.as_ref()?, *it)));
            if is_one_image && let Some(image) = choose_platform(candidates, platform) {
                return Ok(image);
            }
        }
        match fitting[..] {
            [image] => Ok(image),
            [] => Err(ArchiveError::NoSuchImage { wanted: wanted(), names: self.labels() }),
            _ => Err(ArchiveError::Several(self.labels())),
        }
    }

    /// How to call each image so that a person can choose.
    fn labels(&self) -> Vec<String> {
        let label = |it: &ArchiveImage| {
            let name = it.names.first().unwrap_or(&it.config.name);
            match &it.platform {
                Some(platform) => format!("{name} ({platform})"),
                None => name.clone(),
            }
        };
        self.images.iter().take(MAX_LABELS).map(label).collect()
    }
}

impl ArchiveImage {
    /// Whether a person would call it so: by a name with or without tag and registry, or by the
    /// start of its id.
    fn is_called(&self, name: &str) -> bool {
        let wanted = familiar(name);
        let by_name = self.names.iter().any(|it| familiar(it) == wanted);
        let id = name.strip_prefix("sha256:").unwrap_or(name);
        let is_id = |it: &Digest| id.len() >= MIN_ID && it.hex().starts_with(id);
        by_name || self.config.digest.iter().chain(&self.manifest).any(is_id)
    }
}

/// Reads the configuration of an image and looks whether its layers are there.
pub fn load_image(blobs: &dyn Blobs, image: &ArchiveImage) -> Result<Image, ArchiveError> {
    let mut gaps = Gaps::default();
    let (config, config_digest) = load_config(blobs, image, &mut gaps)?;
    if config.diff_ids.len() != image.layers.len() && image.first_configs.is_empty() {
        let message = format!(
            "the configuration speaks of {} layers, and {} are there",
            config.diff_ids.len(),
            image.layers.len()
        );
        gaps.add(&image.config.name, GapKind::Mismatch, message);
    }
    let is_even = config.diff_ids.len() == image.layers.len();
    let mut layers = Vec::new();
    for (index, blob) in image.layers.iter().enumerate() {
        let is_present = match blobs.open(&blob.name) {
            Ok(_) => true,
            Err(error) => {
                let (kind, message) = if error.kind() == io::ErrorKind::NotFound {
                    (GapKind::Missing, "the layer is not there".to_owned())
                } else {
                    (GapKind::Unreadable, format!("the layer cannot be read: {error}"))
                };
                gaps.add(&blob.name, kind, message);
                false
            }
        };
        let diff_id = config.diff_ids.get(index).copied().filter(|_| is_even);
        layers.push(ImageLayer { blob: blob.clone(), diff_id, is_present });
    }
    let origins = config.origins(image.layers.len());
    Ok(Image { config, config_digest, layers, origins, gaps: gaps.finish() })
}

/// Hashes every blob of an image whose digest is claimed, and tells each that is another one.
pub fn verify_image(blobs: &dyn Blobs, image: &ArchiveImage) -> Vec<Gap> {
    let mut gaps = Gaps::default();
    for blob in std::iter::once(&image.config).chain(&image.layers) {
        let Some(claimed) = blob.digest else { continue };
        let actual = blobs
            .open(&blob.name)
            .and_then(|it| Ok((it.len(), Digest::of_source(claimed.algorithm(), &*it)?)));
        match actual {
            Ok((_, actual)) if actual != claimed => {
                let message =
                    format!("it hashes to {actual}, not to {claimed} as it is claimed to");
                gaps.add(&blob.name, GapKind::Mismatch, message);
            }
            Ok((len, _)) if blob.size.is_some_and(|it| it != len) => {
                gaps.add(&blob.name, GapKind::Mismatch, "it has not the length that is claimed");
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                gaps.add(&blob.name, GapKind::Missing, "it is not there");
            }
            Err(error) => gaps.add(&blob.name, GapKind::Unreadable, error.to_string()),
        }
    }
    gaps.finish()
}

fn load_config(
    blobs: &dyn Blobs,
    image: &ArchiveImage,
    gaps: &mut Gaps,
) -> Result<(ImageConfig, Digest), ArchiveError> {
    let name = &image.config.name;
    let bytes = document(blobs, name, MAX_CONFIG_BYTES)?;
    let algorithm = image.config.digest.map_or(DigestAlgorithm::Sha256, |it| it.algorithm());
    let digest = Digest::of(algorithm, &bytes);
    if let Some(claimed) = image.config.digest.filter(|it| *it != digest) {
        let message = format!("it hashes to {digest}, not to {claimed} as it is claimed to");
        gaps.add(name, GapKind::Mismatch, message);
    }
    let in_document = |error| ArchiveError::Document { name: name.clone(), error };
    let mut config = read_config(&bytes).map_err(in_document)?;
    if !image.first_configs.is_empty() {
        config.history.clear();
        for name in &image.first_configs {
            let bytes = document(blobs, name, MAX_CONFIG_BYTES)?;
            let (of_layer, _) = read_first_config(&bytes)
                .map_err(|error| ArchiveError::Document { name: name.clone(), error })?;
            config.history.extend(of_layer.history);
        }
    }
    Ok((config, digest))
}

/// A name as people write it: without Docker's own registry, and with a tag.
fn familiar(name: &str) -> String {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let last = name.rsplit('/').next().unwrap_or_default();
    if last.contains([':', '@']) { name.to_owned() } else { format!("{name}:latest") }
}

/// So many are offered to choose from.
const MAX_LABELS: usize = 20;

/// Less of an id could be meant as a name.
const MIN_ID: usize = 6;
