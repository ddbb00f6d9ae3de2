use plimsoll_finding::{Check, Sink};

use crate::{rule::also, subject::image::ImageSubject};

also! { "onbuild-trigger", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    for (idx, _) in config.runtime.on_build.iter().enumerate() {
        let place = subject.setting_place("OnBuild", &idx.to_string());
        let _ = sink.report_place(place, "this runs in builds that start from this image");
    }
}
