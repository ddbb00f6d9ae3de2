use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    service_image::{ImageTag, image_tag},
    subject::service::ServiceSubject,
};

rule! {
    /// A service whose image has no tag.
    ///
    /// ## Why
    /// Without a tag the engine takes `latest`: whatever was pushed last. Two hosts with the same
    /// file run two versions, and nobody can go back to the one before.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: nginx
    ///     # ^ service-image-without-tag
    ///   api:
    ///     image: registry.example.com:5000/team/api
    ///     # ^ service-image-without-tag
    ///   base:
    ///     image: ${IMAGE:-alpine}
    ///     # ^ service-image-without-tag
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: nginx:1.29
    ///   api:
    ///     image: registry.example.com:5000/team/api:${TAG}
    ///   digest:
    ///     image: nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000
    ///   built:
    ///     image: team/built
    ///     build: .
    ///   variable:
    ///     image: ${IMAGE}
    /// ```
    ///
    /// ## Limits
    /// Where a variable without a value may hold the tag nothing is said. Names of images that are
    /// built here are not judged.
    ///
    /// ## References
    /// - Compose Specification: `image`
    /// - CIS Docker Benchmark, section 5: images are up to date
    "service-image-without-tag" for ServiceSubject {
        aliases: ["dclint:service-image-require-explicit-tag", "compose-lint:CL-0004"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.image-current"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(image) = service.image.as_ref().filter(|_| service.build.is_none()) else { return };
    if image_tag(image) == ImageTag::Missing {
        let message = "the image has no tag, so it is whatever `latest` is that day; name one";
        let _ = sink.report_at(subject.place(image), message);
    }
}
