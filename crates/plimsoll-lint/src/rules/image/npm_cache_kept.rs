use plimsoll_finding::{Check, Sink};

use crate::{
    image_cache::report_cache, notable::NPM_CACHE, rule::rule, subject::image::ImageSubject,
};

rule! {
    /// npm keeps what it downloads.
    ///
    /// ## Why
    /// npm stores each package in its cache besides `node_modules`, so it is in the image twice.
    /// Nothing installs again in a finished image.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - {path: root/.npm/_cacache/content-v2/sha512/aa/bb/cc, size: 900000}
    /// # ^ npm-cache-kept
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - {path: app/node_modules/left-pad/index.js, size: 900000}
    /// ```
    ///
    /// ## Limits
    /// Caches below other folders than the homes are not known.
    ///
    /// ## References
    /// - npm documentation: `npm cache`
    "npm-cache-kept" for ImageSubject {
        aliases: [],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    report_cache(subject, &NPM_CACHE, sink);
}
