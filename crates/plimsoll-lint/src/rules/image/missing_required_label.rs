use plimsoll_finding::{Check, Sink};

use crate::{rule::also, subject::image::ImageSubject};

also! { "missing-required-label", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    for name in subject.settings.required_labels.keys() {
        if !config.runtime.labels.contains_key(name) {
            let place = subject.setting_place("Labels", name);
            let _ = sink.report_place(place, format!("the image lacks the label `{name}`"));
        }
    }
}
