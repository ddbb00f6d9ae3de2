use plimsoll_finding::{Check, Sink};

use crate::{rule::also, subject::image::ImageSubject};

also! { "missing-labels", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    if config.runtime.labels.is_empty() {
        let message = "no label says what this image is and where it comes from";
        let _ = sink.report_place(subject.setting_place("Labels", ""), message);
    }
}
