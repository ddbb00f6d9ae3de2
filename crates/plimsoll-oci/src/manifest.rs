//! Manifests and indexes, Docker's and OCI's: what an image is made of, by digest.
//!
//! Knows nothing of registries and archives, and believes no size or digest that it reads.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};

use crate::{digest::Digest, json, platform::Platform};

/// The media types to ask a registry for, the wanted one first.
pub const MANIFEST_TYPES: &[&str] = &[
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// The longest manifest or index that is read, as registries limit it.
pub const MAX_MANIFEST_BYTES: u64 = 4 << 20;

/// A manifest or an index of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// Several manifests, or indexes again.
    Index(Index),
    /// One image or artifact.
    Manifest(Box<Manifest>),
}

/// A list of manifests, mostly one for each platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// In the order of the index, attestations among them.
    pub manifests: Vec<Descriptor>,
    /// Notes on the index itself.
    pub annotations: BTreeMap<String, String>,
}

/// What one image or artifact is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The configuration.
    pub config: Descriptor,
    /// The lowest layer first.
    pub layers: Vec<Descriptor>,
    /// Notes on the manifest itself.
    pub annotations: BTreeMap<String, String>,
    /// What it is if it is no image.
    pub artifact_type: Option<String>,
    /// What it speaks of, if it was attached to another manifest.
    pub subject: Option<Digest>,
}

/// A blob as it is claimed to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// What it is said to be.
    pub media_type: String,
    /// What it must hash to.
    pub digest: Digest,
    /// How long it is said to be.
    pub size: u64,
    /// What it is for.
    pub platform: Option<Platform>,
    /// Notes.
    pub annotations: BTreeMap<String, String>,
    /// Where else it may be had, if the registry must not distribute it.
    pub urls: Vec<String>,
    /// What the manifest is if it is no image.
    pub artifact_type: Option<String>,
}

/// What a blob of a manifest is to an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobRole {
    /// A layer, compressed or not; its first bytes tell how.
    Layer,
    /// A layer that is not distributed with the image, mostly a part of Windows.
    ForeignLayer,
    /// A statement on how the image was built.
    Attestation,
    /// Something that is no part of a file system.
    Other,
}

/// What a manifest stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestRole {
    /// A container image.
    Image,
    /// Statements on how another image was built.
    Attestation,
    /// Anything else that registries carry, by its type.
    Artifact(String),
}

/// Why a document cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManifestError {
    /// It is not JSON, or not an object.
    Json(String),
    /// The first schema of Docker, which has no digests of what is in the layers.
    FirstSchema,
    /// It is a manifest and an index at once, so that two readers could see two images.
    Ambiguous,
    /// It is neither a manifest nor an index.
    Unknown,
    /// A digest cannot be read.
    Digest(String),
    /// It has more of something than is read.
    TooMany(&'static str),
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(message) => f.write_str(message),
            Self::FirstSchema => f.write_str(
                "the manifest is of Docker's first schema, which is not read; push the image again \
                 with a Docker of the last years",
            ),
            Self::Ambiguous => {
                f.write_str("the manifest is an index at the same time; do not trust it")
            }
            Self::Unknown => f.write_str("it is neither a manifest nor an index of them"),
            Self::Digest(what) => write!(f, "`{what}` is no digest that can be verified"),
            Self::TooMany(what) => write!(f, "it lists too many {what}"),
        }
    }
}

impl std::error::Error for ManifestError {}

/// Reads a manifest or an index. The media type of an HTTP answer decides if the document does not
/// name its own.
pub fn read_manifest(bytes: &[u8], media_type: Option<&str>) -> Result<Document, ManifestError> {
    let object = json::object(bytes).map_err(ManifestError::Json)?;
    let own_type = json::text(&object, "mediaType");
    let media_type = own_type.as_deref().or(media_type).unwrap_or_default();
    let is_list = |key: &str| object.get(key).is_some_and(Value::is_array);
    let is_first = object.get("schemaVersion").and_then(Value::as_u64) == Some(1);
    if is_first || is_list("fsLayers") || media_type.contains("distribution.manifest.v1+") {
        return Err(ManifestError::FirstSchema);
    }
    let has_manifest_parts = is_list("layers") || object.contains_key("config");
    match (is_list("manifests"), has_manifest_parts) {
        (true, true) => Err(ManifestError::Ambiguous),
        (true, false) if is_manifest_type(media_type) => Err(ManifestError::Ambiguous),
        (false, true) if is_index_type(media_type) => Err(ManifestError::Ambiguous),
        (true, false) => read_index(&object).map(Document::Index),
        (false, true) => read_image_manifest(&object).map(|it| Document::Manifest(Box::new(it))),
        (false, false) => Err(ManifestError::Unknown),
    }
}

impl Index {
    /// Without statements on other manifests.
    pub fn images(&self) -> impl Iterator<Item = &Descriptor> {
        self.manifests.iter().filter(|it| it.attests().is_none())
    }

    /// The statements, each with the manifest that it speaks of.
    pub fn attestations(&self) -> impl Iterator<Item = (&Descriptor, Digest)> {
        self.manifests.iter().filter_map(|it| Some((it, it.attests()?)))
    }
}

impl Manifest {
    /// What the manifest stands for.
    pub fn role(&self) -> ManifestRole {
        let is_attestation = |it: &Descriptor| it.role() == BlobRole::Attestation;
        if !self.layers.is_empty() && self.layers.iter().all(is_attestation) {
            return ManifestRole::Attestation;
        }
        let config_type = self.config.media_type.as_str();
        let is_image_config = IMAGE_CONFIG_TYPES.contains(&config_type)
            // Some builders leave it out or call it what it is.
            || matches!(config_type, "" | "application/json");
        match &self.artifact_type {
            Some(it) if !IMAGE_CONFIG_TYPES.contains(&it.as_str()) => {
                ManifestRole::Artifact(it.clone())
            }
            _ if is_image_config => ManifestRole::Image,
            _ => ManifestRole::Artifact(config_type.to_owned()),
        }
    }
}

impl Descriptor {
    /// What the blob is to an image, by its media type.
    pub fn role(&self) -> BlobRole {
        let media_type = self.media_type.as_str();
        let is_foreign =
            media_type.contains(".foreign.") || media_type.contains(".nondistributable.");
        if media_type.contains("in-toto") || media_type.contains("dsse") {
            BlobRole::Attestation
        } else if is_foreign {
            BlobRole::ForeignLayer
        } else if LAYER_TYPES.iter().any(|it| media_type.starts_with(it)) || media_type.is_empty() {
            BlobRole::Layer
        } else {
            BlobRole::Other
        }
    }

    /// Whether the blob is an index rather than a manifest, as far as it says.
    pub fn is_index(&self) -> bool {
        is_index_type(&self.media_type)
    }

    /// For a statement that stands beside images in an index: the manifest that it speaks of.
    fn attests(&self) -> Option<Digest> {
        let kind = self.annotations.get("vnd.docker.reference.type")?;
        if kind != "attestation-manifest" {
            return None;
        }
        self.annotations.get("vnd.docker.reference.digest")?.parse().ok()
    }
}

fn read_index(object: &Map<String, Value>) -> Result<Index, ManifestError> {
    let manifests = descriptors(object, "manifests")?;
    Ok(Index { manifests, annotations: json::text_map(object, "annotations") })
}

fn read_image_manifest(object: &Map<String, Value>) -> Result<Manifest, ManifestError> {
    let config = json::child(object, "config").ok_or(ManifestError::Unknown)?;
    let subject = json::child(object, "subject").and_then(|it| json::text(it, "digest"));
    Ok(Manifest {
        config: descriptor(config)?,
        layers: descriptors(object, "layers")?,
        annotations: json::text_map(object, "annotations"),
        artifact_type: json::text(object, "artifactType"),
        subject: subject.and_then(|it| it.parse().ok()),
    })
}

fn descriptors(object: &Map<String, Value>, key: &str) -> Result<Vec<Descriptor>, ManifestError> {
    let mut res = Vec::new();
    for object in json::children(object, key) {
        if res.len() >= MAX_DESCRIPTORS {
            return Err(ManifestError::TooMany("manifests or layers"));
        }
        res.push(descriptor(object)?);
    }
    Ok(res)
}

fn descriptor(object: &Map<String, Value>) -> Result<Descriptor, ManifestError> {
    let digest = json::text(object, "digest").unwrap_or_default();
    let Ok(digest) = digest.parse() else {
        return Err(ManifestError::Digest(digest.chars().take(160).collect()));
    };
    Ok(Descriptor {
        media_type: json::text(object, "mediaType").unwrap_or_default(),
        digest,
        size: object.get("size").and_then(Value::as_u64).unwrap_or(0),
        platform: json::child(object, "platform").map(platform),
        annotations: json::text_map(object, "annotations"),
        urls: json::texts(object, "urls"),
        artifact_type: json::text(object, "artifactType"),
    })
}

/// The platform that a descriptor or a configuration names.
pub(crate) fn platform(object: &Map<String, Value>) -> Platform {
    let text = |key| json::text(object, key).unwrap_or_default();
    let res = Platform::new(&text("os"), &text("architecture"), &text("variant"));
    Platform { os_version: text("os.version"), ..res }
}

fn is_index_type(media_type: &str) -> bool {
    media_type.contains("image.index.") || media_type.contains("manifest.list.")
}

fn is_manifest_type(media_type: &str) -> bool {
    media_type.contains("image.manifest.") || media_type.contains("distribution.manifest.v2")
}

const IMAGE_CONFIG_TYPES: &[&str] =
    &["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

const LAYER_TYPES: &[&str] = &[
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar",
    // What containerd calls layers of images that Docker pushed.
    "application/vnd.docker.container.image.rootfs.diff",
];

/// Layers of an image or images of an index.
const MAX_DESCRIPTORS: usize = 1_000;
