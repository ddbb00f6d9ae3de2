use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// Folders are listed.
    ///
    /// ## Why
    /// With `autoindex` anyone can see every file below, linked or not: backups, drafts, dumps.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     location /files/ {
    ///         autoindex on;
    ///         # ^ nginx-directory-listing
    ///     }
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```nginx
    /// server {
    ///     location /files/ {
    ///         autoindex off;
    ///         # ^ nginx-directory-listing
    ///     }
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     location /files/ {
    ///         autoindex off;
    ///     }
    /// }
    /// ```
    ///
    /// ## Limits
    /// A public archive may want it; say so in a waiver.
    ///
    /// ## References
    /// - nginx: module ngx_http_autoindex_module
    "nginx-directory-listing" for NginxSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    for directive in subject.file.all_directives().filter(|it| it.name.text == "autoindex") {
        let Some(word) = directive.args.first() else { continue };
        if word.text.eq_ignore_ascii_case("on") {
            let edit = Edit::replace(word.span, "off");
            sink.report(directive.head(), "everyone can list what lies in these folders").fix(
                "Turn it off",
                Safety::Unsafe,
                vec![edit],
            );
        }
    }
}
