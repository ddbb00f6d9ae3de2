//! Any bytes read as a saved image, and what is found in it can be opened, checked and read.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use plimsoll_oci::{Limits, TarBlobs, load_image, read_archive, verify_image};

fuzz_target!(|bytes: &[u8]| {
    let Ok(blobs) = TarBlobs::new(Arc::new(bytes.to_vec()), &Limits::default()) else { return };
    let Ok(archive) = read_archive(&blobs) else { return };
    for image in &archive.images {
        verify_image(&blobs, image);
        if let Ok(image) = load_image(&blobs, image) {
            assert_eq!(image.layers.len(), image.origins.len());
        }
    }
});
