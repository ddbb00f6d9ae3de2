//! Two images, judged by the same facts and the same rules.

use plimsoll_report::image::compare::{Comparison, compare};

use super::scan::{ImageOutcome, ImageRequest, scan_image};
use crate::{error::Error, run::Progress};

/// Two images and what is different between them.
#[derive(Debug)]
pub struct ComparedImages {
    /// The first one.
    pub old: ImageOutcome,
    /// The second one.
    pub new: ImageOutcome,
    /// The differences.
    pub comparison: Comparison,
}

/// Judges the image of `request` and the one called `new` in the same way, and compares them.
pub fn compare_images(
    request: &ImageRequest,
    new: &str,
    progress: &dyn Progress,
) -> Result<ComparedImages, Error> {
    let old = scan_image(request, progress)?;
    let request = ImageRequest { target: new.to_owned(), ..request.clone() };
    let new = scan_image(&request, progress)?;
    let mut comparison =
        compare((&old.image, &old.outcome.verdict), (&new.image, &new.outcome.verdict));
    comparison.is_incomplete |= old.is_incomplete || new.is_incomplete;
    Ok(ComparedImages { old, new, comparison })
}
