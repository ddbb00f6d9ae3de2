use plimsoll_finding::{Check, Sink};

use crate::{image_release::report_release, rule::also, subject::image::ImageSubject};

also! { "end-of-life-distribution", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(release) = &subject.distribution else { return };
    let os_release = subject.files.iter().find(|it| it.entry.path == "etc/os-release");
    let layer = os_release.map_or(0, |it| it.layer);
    let place = subject.path_place("etc/os-release", layer, release.location.as_ref());
    report_release(release, place, sink);
}
