use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    service_image::{ImageTag, image_tag},
    subject::service::ServiceSubject,
};

rule! {
    /// A service whose image has a tag and no digest.
    ///
    /// ## Why
    /// A tag can be moved to another image at any time, by its maker or by whoever has the maker's
    /// key. A digest names one image for good.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: nginx:1.29
    ///     # ^ service-image-without-digest
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: web:1@sha256:0000000000000000000000000000000000000000000000000000000000000000
    ///   variable:
    ///     image: nginx:${TAG}
    ///   built:
    ///     image: team/built:1
    ///     build: .
    /// ```
    ///
    /// ## Limits
    /// Pinned images need somebody who renews the pins. The digest of a tag is not looked up.
    ///
    /// ## References
    /// - Docker documentation: pull an image by digest
    "service-image-without-digest" for ServiceSubject {
        aliases: ["compose-lint:CL-0019"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.image-current"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(image) = service.image.as_ref().filter(|_| service.build.is_none()) else { return };
    if image_tag(image) == ImageTag::Named {
        let message = "the tag can be moved to another image; pin the digest";
        let _ = sink.report_at(subject.place(image), message);
    }
}
