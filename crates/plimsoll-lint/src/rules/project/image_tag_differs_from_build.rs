use plimsoll_dockerfile::ImageReference;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::project::ProjectSubject};

rule! {
    /// A service runs another version of an image than the one that is built beside it.
    ///
    /// ## Why
    /// One service of the project builds the image, another one runs the same image under another
    /// tag, or under none. The two drift apart: fixes that are built reach one of them only.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     build: .
    ///     image: example.com/shop:1.4
    ///   worker:
    ///     image: example.com/shop:1.3
    ///     # ^ image-tag-differs-from-build
    ///   migrate:
    ///     image: example.com/shop
    ///     # ^ image-tag-differs-from-build
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     build: .
    ///     image: example.com/shop:1.4
    ///   worker:
    ///     image: example.com/shop:1.4
    ///   admin:
    ///     build: ./admin
    ///     image: example.com/shop:admin
    ///   backoffice:
    ///     image: example.com/shop:admin
    ///   database:
    ///     image: postgres:18
    /// ```
    ///
    /// ## Limits
    /// Tags that hold variables which nothing sets are not compared.
    ///
    /// ## References
    /// - Compose Specification: `image`, `build`
    "image-tag-differs-from-build" for ProjectSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: ["runtime.image-current"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ProjectSubject, sink: &mut Sink<'_>) {
    let built: Vec<_> = subject
        .services()
        .iter()
        .filter(|it| it.build.is_some())
        .filter_map(|it| {
            let image = it.image.as_ref()?;
            Some((it, image, ImageReference::parse(&image.value)?))
        })
        .collect();
    for service in subject.services().iter().filter(|it| it.build.is_none()) {
        let Some(image) = &service.image else { continue };
        let Some(run) = ImageReference::parse(&image.value).filter(|it| !it.has_variable()) else {
            continue;
        };
        let mut same = built.iter().filter(|(_, _, it)| it.full_name() == run.full_name());
        if same.clone().any(|(_, _, it)| tag(it) == tag(&run) || it.has_variable()) {
            continue;
        }
        let Some((builder, written, reference)) = same.next() else { continue };
        let message = format!(
            "`{}` runs tag `{}`, but `{}` builds this image as `{}`",
            service.name,
            tag(&run),
            builder.name,
            tag(reference)
        );
        let place = image.location().unwrap_or(&service.place).clone();
        let built_at = written.location().unwrap_or(&builder.place).clone();
        sink.report_at(place, message).related_at(built_at, "built here");
    }
}

/// The tag in effect.
fn tag(reference: &ImageReference) -> &str {
    reference.tag.as_ref().map_or("latest", |it| it.text.as_str())
}
