//! What to say of a release in an image that gets fewer fixes than it should, or none.
//!
//! Knows no rule; whether a release is supported, the subject says.

use plimsoll_finding::{Place, Severity, Sink};

use crate::subject::image::{ReleaseFact, ReleaseSupport};

/// Reports the release at `place` if its support has ended, or is for subscribers only. Long-term
/// support that everybody gets is told as well, but mildly.
pub(crate) fn report_release(release: &ReleaseFact, place: Place, sink: &mut Sink<'_>) {
    let name = &release.name;
    let since = |day: &str| if day.is_empty() { String::new() } else { format!(" since {day}") };
    let until = |day: &str| if day.is_empty() { String::new() } else { format!(" until {day}") };
    let next = if release.newest.is_empty() {
        String::new()
    } else {
        format!("; {} is the newest", release.newest)
    };
    match &release.support {
        ReleaseSupport::Dead { ended } => {
            let message = format!("{name} has had no fixes{}{next}", since(ended));
            let _ = sink.report_place(place, message);
        }
        ReleaseSupport::Extended { ended, until: last, is_free: false } => {
            let message = format!(
                "{name} has had fixes for subscribers only{}{}{next}",
                since(ended),
                until(last)
            );
            let _ = sink.report_place(place, message);
        }
        ReleaseSupport::Extended { ended, until: last, is_free: true } => {
            let message = format!(
                "{name} has had only long-term support{}, which lasts{}{next}",
                since(ended),
                if last.is_empty() { " for a while".to_owned() } else { until(last) }
            );
            let _ = sink.report_place(place, message).severity(Severity::Info);
        }
        ReleaseSupport::Supported | ReleaseSupport::Unknown => {}
    }
}
