use plimsoll_dockerfile::ImageReference;
use plimsoll_finding::{Check, Confidence, Sink};

use crate::{rule::also, subject::image::ImageSubject};

also! { "latest-tag", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let reference = subject.reference.as_deref().and_then(ImageReference::parse);
    let Some(image) = reference.filter(|it| it.digest.is_none()) else { return };
    let (message, confidence) = match &image.tag {
        Some(tag) if tag.text == "latest" => (LATEST, Confidence::High),
        // An engine adds the tag, but an id may look alike.
        None if !is_id(&image.text) => (UNTAGGED, Confidence::Medium),
        _ => return,
    };
    let _ = sink.report_place(subject.place(), message).confidence(confidence);
}

/// Whether it may be the id of an image rather than a name.
fn is_id(text: &str) -> bool {
    text.len() >= 7 && text.bytes().all(|it| it.is_ascii_hexdigit())
}

const LATEST: &str =
    "`latest` means another image after every push; name the version that is meant";

const UNTAGGED: &str = "no tag stands for `latest`, which means another image after every push; \
                        name the version that is meant";
