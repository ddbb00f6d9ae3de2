//! What the image name of a service says of its version. Knows no rule.

use plimsoll_dockerfile::{ImageReference, ReferencePart};
use plimsoll_posture::Setting;

/// How an image name says which version is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageTag {
    /// Not at all.
    Missing,
    /// By `latest`.
    Latest,
    /// By another tag.
    Named,
    /// By a digest.
    Digest,
    /// A variable without a value decides, or it names no image.
    Unknown,
}

/// What the image of a service says of its version.
pub(crate) fn image_tag(image: &Setting<String>) -> ImageTag {
    let written = image.location().map(plimsoll_text::Location::text).unwrap_or_default();
    tag_of(written.trim_matches(['"', '\'']), &image.value)
}

/// `written` is the name before, `value` after variables are filled in.
fn tag_of(written: &str, value: &str) -> ImageTag {
    let Some(name) = ImageReference::parse(value) else { return ImageTag::Unknown };
    if name.digest.is_some() {
        return ImageTag::Digest;
    }
    let tag = name.tag.as_ref().map(|it| it.text.as_str());
    if written.contains('$') {
        let before = ImageReference::parse(written);
        let tag_is_open = before
            .as_ref()
            .is_none_or(|it| it.tag.as_ref().is_some_and(ReferencePart::has_variable));
        // A variable without a value leaves an empty tag or an empty name behind.
        let is_unset = tag == Some("") || name.base_name().is_empty();
        let may_hold_tag =
            before.is_some_and(|it| it.tag.is_none() && it.base_name().contains('$'));
        let has_default = written.contains(":-") || written.contains('-') && written.contains("${");
        if is_unset || (may_hold_tag && tag.is_none() && !has_default) {
            return ImageTag::Unknown;
        }
        if tag_is_open && tag != Some("latest") {
            return ImageTag::Unknown;
        }
    }
    match tag {
        None | Some("") => ImageTag::Missing,
        Some("latest") => ImageTag::Latest,
        Some(_) => ImageTag::Named,
    }
}

#[cfg(test)]
mod tests {
    use super::{ImageTag, tag_of};

    #[test]
    fn variables_are_no_missing_tags() {
        let table = [
            ("nginx", "nginx", ImageTag::Missing),
            ("localhost:5000/nginx", "localhost:5000/nginx", ImageTag::Missing),
            ("nginx:latest", "nginx:latest", ImageTag::Latest),
            ("nginx:1", "nginx:1", ImageTag::Named),
            ("nginx:1@sha256:00", "nginx:1@sha256:00", ImageTag::Digest),
            ("nginx:${TAG}", "nginx:", ImageTag::Unknown),
            ("nginx:${TAG:-latest}", "nginx:latest", ImageTag::Latest),
            ("nginx:${TAG:-1.2}", "nginx:1.2", ImageTag::Unknown),
            ("${IMAGE}", "", ImageTag::Unknown),
            ("${IMAGE:-nginx}", "nginx", ImageTag::Missing),
            ("${REGISTRY}/team/app", "/team/app", ImageTag::Missing),
            ("${REGISTRY}app", "app", ImageTag::Unknown),
        ];
        for (written, value, expected) in table {
            assert_eq!(tag_of(written, value), expected, "{written}");
        }
    }
}
