use plimsoll_finding::{Check, Sink};

use crate::{rule::also, subject::image::ImageSubject};

also! { "missing-healthcheck", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    let test = config.runtime.healthcheck.as_ref().map(|it| it.test.as_slice());
    // `NONE` says that none is wanted.
    if test.unwrap_or_default().is_empty() && config.platform.os != "windows" {
        let message = "the image says no way to tell whether it is healthy";
        let _ = sink.report_place(subject.setting_place("Healthcheck", ""), message);
    }
}
