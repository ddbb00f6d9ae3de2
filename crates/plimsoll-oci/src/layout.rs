//! The OCI layout: an index, and blobs by digest.
//!
//! Knows nothing of `docker save`, which writes its own list beside.

use std::collections::BTreeSet;

use crate::{
    archive_model::{
        ArchiveAttestation, ArchiveError, ArchiveImage, ImageArchive, blob_name, blob_reference,
        document,
    },
    blobs::Blobs,
    digest::Digest,
    gap::{GapKind, Gaps},
    manifest::{
        BlobRole, Descriptor, Document, Index, MAX_MANIFEST_BYTES, Manifest, ManifestRole,
        read_manifest,
    },
};

/// Where the layout begins.
pub(crate) const INDEX: &str = "index.json";

/// Adds what the index names to the archive. Images that Docker's own list names already only gain
/// what that does not say.
pub(crate) fn read_layout(
    blobs: &dyn Blobs,
    names: &BTreeSet<String>,
    archive: &mut ImageArchive,
    gaps: &mut Gaps,
) -> Result<(), ArchiveError> {
    let bytes = document(blobs, INDEX, MAX_MANIFEST_BYTES)?;
    let in_index = |error| ArchiveError::Document { name: INDEX.to_owned(), error };
    let mut reader = Reader { blobs, names, archive, gaps, seen: BTreeSet::new() };
    match read_manifest(&bytes, None).map_err(in_index)? {
        Document::Index(index) => reader.index(index),
        Document::Manifest(_) => {
            let message = "it is a manifest, where the layout wants an index";
            reader.gaps.add(INDEX, GapKind::Corrupt, message);
        }
    }
    Ok(())
}

struct Reader<'a> {
    blobs: &'a dyn Blobs,
    names: &'a BTreeSet<String>,
    archive: &'a mut ImageArchive,
    gaps: &'a mut Gaps,
    /// Manifests that were read; an index may name itself.
    seen: BTreeSet<Digest>,
}

impl Reader<'_> {
    /// Reads an index and those that it names, each once.
    fn index(&mut self, index: Index) {
        let mut queue = vec![(index, None)];
        let mut n_read = 0;
        while n_read < queue.len() {
            let Some((index, name)) = queue.get_mut(n_read) else { break };
            let name: Option<String> = name.clone();
            let index = std::mem::replace(
                index,
                Index { manifests: Vec::new(), annotations: std::collections::BTreeMap::new() },
            );
            n_read += 1;
            for descriptor in &index.manifests {
                if self.seen.len() >= MAX_DOCUMENTS {
                    let message = "it names too many manifests; the rest is not read";
                    self.gaps.add(INDEX, GapKind::Limit, message);
                    return;
                }
                let name = image_name(descriptor).or_else(|| name.clone());
                if let Some(nested) = self.descriptor(&index, descriptor, name.as_deref()) {
                    queue.push((nested, name));
                }
            }
        }
    }

    /// Reads what a descriptor names; an index is given back.
    fn descriptor(
        &mut self,
        index: &Index,
        descriptor: &Descriptor,
        name: Option<&str>,
    ) -> Option<Index> {
        let blob = blob_name(&descriptor.digest);
        // An archive made for one platform leaves the others out of it but not out of its index.
        if !self.names.contains(&blob) {
            return None;
        }
        if !self.seen.insert(descriptor.digest) {
            self.add_name(&descriptor.digest, name);
            return None;
        }
        let bytes = match document(self.blobs, &blob, MAX_MANIFEST_BYTES) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.gaps.add(&blob, GapKind::Unreadable, error.to_string());
                return None;
            }
        };
        let actual = Digest::of(descriptor.digest.algorithm(), &bytes);
        if actual != descriptor.digest {
            let message = format!("it hashes to {actual}, not to what its name claims");
            self.gaps.add(&blob, GapKind::Mismatch, message);
        }
        match read_manifest(&bytes, Some(&descriptor.media_type)) {
            Ok(Document::Index(index)) => Some(index),
            Ok(Document::Manifest(manifest)) => {
                let subject = index.attestations().find(|it| it.0 == descriptor).map(|it| it.1);
                self.manifest(descriptor, &manifest, name, subject);
                None
            }
            Err(error) => {
                self.gaps.add(&blob, GapKind::Corrupt, error.to_string());
                None
            }
        }
    }

    fn manifest(
        &mut self,
        descriptor: &Descriptor,
        manifest: &Manifest,
        name: Option<&str>,
        attests: Option<Digest>,
    ) {
        match (manifest.role(), attests.or(manifest.subject)) {
            (ManifestRole::Image, _) => self.add_image(descriptor, manifest, name),
            (ManifestRole::Attestation, Some(subject)) => {
                let statements = manifest.layers.iter().map(blob_reference).collect();
                self.archive.attestations.push(ArchiveAttestation { subject, statements });
            }
            (ManifestRole::Attestation, None) => {
                self.archive.artifacts.push("application/vnd.in-toto+json".to_owned());
            }
            (ManifestRole::Artifact(kind), _) => self.archive.artifacts.push(kind),
        }
    }

    fn add_image(&mut self, descriptor: &Descriptor, manifest: &Manifest, name: Option<&str>) {
        let is_layer =
            |it: &&Descriptor| matches!(it.role(), BlobRole::Layer | BlobRole::ForeignLayer);
        let image = ArchiveImage {
            names: name.map(str::to_owned).into_iter().collect(),
            platform: descriptor.platform.clone(),
            manifest: Some(descriptor.digest),
            config: blob_reference(&manifest.config),
            layers: manifest.layers.iter().filter(is_layer).map(blob_reference).collect(),
            first_configs: Vec::new(),
        };
        for other in manifest.layers.iter().filter(|it| !is_layer(it)) {
            let message =
                format!("a layer of type `{}` is no part of a file system", other.media_type);
            self.gaps.add(&blob_name(&other.digest), GapKind::Unsupported, message);
        }
        let is_same = |known: &&mut ArchiveImage| {
            known.manifest.is_none()
                && known.config.name == image.config.name
                && layer_names(known).eq(layer_names(&image))
        };
        let Some(known) = self.archive.images.iter_mut().find(is_same) else {
            self.archive.images.push(image);
            return;
        };
        known.platform = image.platform;
        known.manifest = image.manifest;
        known.config = image.config;
        known.layers = image.layers;
        if known.names.is_empty() {
            known.names = image.names;
        }
    }

    fn add_name(&mut self, manifest: &Digest, name: Option<&str>) {
        let image = self.archive.images.iter_mut().find(|it| it.manifest == Some(*manifest));
        if let (Some(image), Some(name)) = (image, name)
            && !image.names.iter().any(|it| it == name)
            && image.names.len() < MAX_NAMES
        {
            image.names.push(name.to_owned());
        }
    }
}

fn layer_names(image: &ArchiveImage) -> impl Iterator<Item = &String> {
    image.layers.iter().map(|it| &it.name)
}

/// The full name that containerd writes, or else the tag that others do.
fn image_name(descriptor: &Descriptor) -> Option<String> {
    let annotation = |key| descriptor.annotations.get(key).cloned();
    annotation("io.containerd.image.name")
        .or_else(|| annotation("org.opencontainers.image.ref.name"))
}

/// Manifests and indexes of one layout.
const MAX_DOCUMENTS: usize = 2_000;

const MAX_NAMES: usize = 1_000;
