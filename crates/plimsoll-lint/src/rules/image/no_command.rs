use plimsoll_finding::{Check, Sink};

use crate::{rule::also, subject::image::ImageSubject};

also! { "no-command", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    if config.runtime.command.is_empty() && config.runtime.entrypoint.is_empty() {
        let message = "the image does not say what to start";
        let _ = sink.report_place(subject.setting_place("Cmd", ""), message);
    }
}
