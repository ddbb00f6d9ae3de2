//! What an archive of images holds, as it claims.
//!
//! Knows nothing of how one kind of archive or another is read.

use std::{fmt, io};

use crate::{
    blobs::{Blobs, read_blob},
    digest::Digest,
    gap::Gap,
    history::LayerOrigin,
    image::ImageConfig,
    manifest::{BlobRole, Descriptor, ManifestError},
    platform::Platform,
};

/// What an archive holds.
#[derive(Clone, Debug)]
pub struct ImageArchive {
    /// The images, in the order in which the archive names them.
    pub images: Vec<ArchiveImage>,
    /// Statements on how images were built.
    pub attestations: Vec<ArchiveAttestation>,
    /// Types of what is in the archive beside images.
    pub artifacts: Vec<String>,
    /// What could not be read, or is not what it is claimed to be.
    pub gaps: Vec<Gap>,
}

/// An image in an archive, not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveImage {
    /// Names with tags, as the archive gives them; maybe none.
    pub names: Vec<String>,
    /// What it is for, if that is known without reading its configuration.
    pub platform: Option<Platform>,
    /// The claimed digest of its manifest, if it has one.
    pub manifest: Option<Digest>,
    /// Its configuration.
    pub config: BlobReference,
    /// Its layers, the lowest first.
    pub layers: Vec<BlobReference>,
    /// For images of before 2016: what stands beside each layer, the lowest first.
    pub(crate) first_configs: Vec<String>,
}

/// Statements on an image, in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveAttestation {
    /// The manifest that the statements speak of.
    pub subject: Digest,
    /// The statements, as in-toto writes them.
    pub statements: Vec<BlobReference>,
}

/// A blob of an archive, as it is claimed to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobReference {
    /// Its name among the blobs.
    pub name: String,
    /// What it should hash to, if the archive says that.
    pub digest: Option<Digest>,
    /// How long it should be, if the archive says that.
    pub size: Option<u64>,
    /// What it is to the image.
    pub role: BlobRole,
}

/// An image of an archive with its configuration.
#[derive(Clone, Debug)]
pub struct Image {
    /// The configuration.
    pub config: ImageConfig,
    /// What the configuration really hashes to: the id of the image.
    pub config_digest: Digest,
    /// The layers, the lowest first.
    pub layers: Vec<ImageLayer>,
    /// The steps of the build, the first one first.
    pub origins: Vec<LayerOrigin>,
    /// What is not as it is claimed to be.
    pub gaps: Vec<Gap>,
}

/// A layer of an image in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageLayer {
    /// Where it is.
    pub blob: BlobReference,
    /// What the plain layer should hash to.
    pub diff_id: Option<Digest>,
    /// Whether the blob is there; a layer that is not is told as a gap.
    pub is_present: bool,
}

/// Why an archive or an image of it cannot be read.
#[derive(Debug)]
pub enum ArchiveError {
    /// Nothing in it says where an image is.
    NoImage {
        /// Types of what it holds instead.
        artifacts: Vec<String>,
        /// Whether it looks like the root of a file system, as `docker export` writes it.
        is_root: bool,
        /// What of it could not be read; the first of them is the likely cause.
        gaps: Vec<Gap>,
    },
    /// It has several images, and none was asked for by a name that fits one.
    Several(Vec<String>),
    /// No image has the name or platform that was asked for.
    NoSuchImage {
        /// What was asked for.
        wanted: String,
        /// What there is.
        names: Vec<String>,
    },
    /// A blob cannot be read.
    Blob {
        /// Its name.
        name: String,
        /// Why.
        error: io::Error,
    },
    /// A document cannot be used.
    Document {
        /// Its name.
        name: String,
        /// Why.
        error: ManifestError,
    },
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoImage { is_root: true, .. } => f.write_str(
                "this is no image but the root of a file system, as `docker export` writes it",
            ),
            Self::NoImage { artifacts, .. } if !artifacts.is_empty() => {
                write!(f, "it holds no container image but `{}`", artifacts.join("`, `"))
            }
            Self::NoImage { gaps, .. } if !gaps.is_empty() => {
                f.write_str("it holds no image that can be read")?;
                gaps.iter().take(1).try_for_each(|it| write!(f, ": {it}"))
            }
            Self::NoImage { .. } => {
                f.write_str("it holds no image: it has neither `manifest.json` nor `index.json`")
            }
            Self::Several(names) => {
                write!(f, "it holds several images; name one of `{}`", names.join("`, `"))
            }
            Self::NoSuchImage { wanted, names } => {
                write!(f, "it holds no image `{wanted}`, only `{}`", names.join("`, `"))
            }
            Self::Blob { name, error } => write!(f, "`{name}` cannot be read: {error}"),
            Self::Document { name, error } => write!(f, "`{name}`: {error}"),
        }
    }
}

impl std::error::Error for ArchiveError {}

/// A document of the archive.
pub(crate) fn document(blobs: &dyn Blobs, name: &str, limit: u64) -> Result<Vec<u8>, ArchiveError> {
    read_blob(blobs, name, limit)
        .map_err(|error| ArchiveError::Blob { name: name.to_owned(), error })
}

/// A blob that a manifest names, by the name that a layout gives it.
pub(crate) fn blob_reference(descriptor: &Descriptor) -> BlobReference {
    BlobReference {
        name: blob_name(&descriptor.digest),
        digest: Some(descriptor.digest),
        size: Some(descriptor.size).filter(|it| *it > 0),
        role: descriptor.role(),
    }
}

/// The name of a blob in an OCI layout.
pub(crate) fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().name(), digest.hex())
}
