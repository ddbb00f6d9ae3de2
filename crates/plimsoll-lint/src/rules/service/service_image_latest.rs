use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    service_image::{ImageTag, image_tag},
    subject::service::ServiceSubject,
};

rule! {
    /// A service that runs the `latest` image.
    ///
    /// ## Why
    /// `latest` is a name for whatever was pushed last. A restart on another host brings another
    /// version, and there is no name for the one that worked.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: nginx:latest
    ///     # ^ service-image-latest
    ///   api:
    ///     image: example.com/api:${TAG:-latest}
    ///     # ^ service-image-latest
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: nginx:1.29
    ///   digest:
    ///     image: w:latest@sha256:0000000000000000000000000000000000000000000000000000000000000000
    ///   built:
    ///     image: team/built:latest
    ///     build: .
    /// ```
    ///
    /// ## Limits
    /// Other tags that move, such as `stable` or `edge`, are not listed. Names of images that are
    /// built here are not judged.
    ///
    /// ## References
    /// - Compose Specification: `image`
    /// - CIS Docker Benchmark, section 5: images are up to date
    "service-image-latest" for ServiceSubject {
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
    if image_tag(image) == ImageTag::Latest {
        let message = "`latest` means another image after every push; name the version";
        let _ = sink.report_at(subject.place(image), message);
    }
}
