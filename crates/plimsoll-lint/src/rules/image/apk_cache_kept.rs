use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::APK_CACHE, rule::also, subject::image::ImageSubject,
};

also! { "apk-cache-kept", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &APK_CACHE, sink);
}
