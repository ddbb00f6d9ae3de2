//! Images as bytes: digests, manifests, archives, and layers read with limits into one merged view.
//!
//! The crate must not know where bytes come from: it sees [`ReadAt`] and `std::io::Read`.

mod entry;
mod read_at;
mod gap;
mod limits;
mod digest;
mod path;
mod decompress;
mod supply;
mod tar;
mod sparse;
mod pax;
mod walk;
mod overlay;
mod layer;
mod layer_entries;
mod route;
mod tree;
mod view;
mod merge;
mod json;
mod platform;
mod manifest;
mod history;
mod image;
mod blobs;
mod archive_model;
mod docker_save;
mod layout;
mod archive;
#[cfg(test)]
mod test_tar;
#[cfg(test)]
mod layer_tests;
#[cfg(test)]
mod view_tests;
#[cfg(test)]
mod archive_tests;

pub use crate::{
    archive::{load_image, read_archive, verify_image},
    archive_model::{
        ArchiveAttestation, ArchiveError, ArchiveImage, BlobReference, Image, ImageArchive,
        ImageLayer,
    },
    blobs::{Blobs, TarBlobs, TarError},
    decompress::Compression,
    digest::{Digest, DigestAlgorithm, DigestError, Verifier},
    entry::{Entry, EntryKind},
    gap::{Gap, GapKind},
    history::{HistoryLine, LayerOrigin, instruction},
    image::{Healthcheck, ImageConfig, MAX_CONFIG_BYTES, RuntimeConfig, read_config},
    layer::{Hashing, LayerInput, LayerSummary, LayerVisitor, Want, read_layer, unpack},
    layer_entries::LayerEntries,
    limits::Limits,
    manifest::{
        BlobRole, Descriptor, Document, Index, MANIFEST_TYPES, MAX_MANIFEST_BYTES, Manifest,
        ManifestError, ManifestRole, read_manifest,
    },
    overlay::{OverlayEntry, OverlayMarks, overlay_entry},
    path::{ConfinedPath, confine},
    platform::{Platform, PlatformError, choose_platform},
    read_at::{Part, ReadAt, Sequential, SharedPart, read_whole},
    view::{EntryId, Fate, View},
};
