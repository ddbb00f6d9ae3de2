use plimsoll_finding::{Check, Sink};

use crate::{rule::also, subject::image::ImageSubject};

also! { "forbidden-onbuild-trigger", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    for (idx, trigger) in config.runtime.on_build.iter().enumerate() {
        let keyword = trigger.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        if matches!(keyword.as_str(), "FROM" | "MAINTAINER" | "ONBUILD") {
            let place = subject.setting_place("OnBuild", &idx.to_string());
            let _ = sink.report_place(place, format!("`{keyword}` cannot stand inside `ONBUILD`"));
        }
    }
}
