use plimsoll_finding::{Check, Sink};

use crate::{image_text::day_of, rule::rule, subject::image::ImageSubject};

rule! {
    /// The image was built long ago.
    ///
    /// ## Why
    /// What was mended in the distribution since is not in it. Images are built anew every few
    /// weeks, whether their sources changed or not.
    ///
    /// ## Bad
    /// ```yaml
    /// today: 2026-11-22
    /// config:
    ///   created: 2026-01-10T08:00:00Z
    /// # ^ old-image
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// today: 2026-11-22
    /// config:
    ///   created: 2026-11-01T08:00:00Z
    /// ```
    ///
    /// ```yaml
    /// today: 2026-11-22
    /// config:
    ///   created: 1970-01-01T00:00:00Z
    /// ```
    ///
    /// ```yaml
    /// today: 2026-11-22
    /// config:
    ///   created: 2027-01-01T00:00:00Z
    /// ```
    ///
    /// ## Limits
    /// Reproducible builds give a time of their own choice: one before containers were invented, or
    /// in the future, says nothing. Old means more than 180 days.
    ///
    /// ## References
    /// - CIS Docker Benchmark: images are scanned and rebuilt to include security patches
    "old-image" for ImageSubject {
        aliases: [],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.patched"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let created = subject.config.as_ref().and_then(|it| it.created.as_deref());
    let Some((time, day)) = created.and_then(|it| Some((it, day_of(it)?))) else { return };
    let age = subject.today - day;
    if day >= FIRST_DAY && age > MAX_AGE {
        let date = time.get(..10).unwrap_or(time);
        let message = format!("built {age} days ago, on {date}; build it anew for what was mended");
        let _ = sink.report_place(subject.setting_place("created", ""), message);
    }
}

/// 2013-03-13, before which no image was built.
const FIRST_DAY: i64 = 15_777;

const MAX_AGE: i64 = 180;
