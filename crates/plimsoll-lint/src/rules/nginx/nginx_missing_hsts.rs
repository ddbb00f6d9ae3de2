use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// Browsers are not told to keep to TLS.
    ///
    /// ## Why
    /// Without `Strict-Transport-Security` a browser starts each visit to a bare name over plain
    /// HTTP, where someone in between can keep it.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    /// # ^ nginx-missing-hsts
    ///     listen 443 ssl;
    /// }
    /// ```
    /// ```nginx
    /// server {
    /// # ^ nginx-missing-hsts
    ///     listen 443 ssl;
    ///     add_header Strict-Transport-Security "max-age=0";
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     add_header Strict-Transport-Security "max-age=31536000" always;
    /// }
    /// ```
    /// ```nginx
    /// http {
    ///     add_header Strict-Transport-Security "max-age=31536000";
    ///     server {
    ///         listen 443 ssl;
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 80;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     include snippets/headers.conf;
    /// }
    /// ```
    ///
    /// ## Limits
    /// A header that the service behind sets itself is not seen. Files named by `include` are not
    /// read.
    ///
    /// ## References
    /// - OWASP: HTTP Strict Transport Security cheat sheet
    "nginx-missing-hsts" for NginxSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    if subject.has_unread_includes() {
        return;
    }
    for server in subject.file.servers().iter().filter(|it| it.has_tls()) {
        let inside = server.locations();
        let scopes = inside.iter().map(|it| &it.scope).chain([&server.scope]);
        let mut headers = scopes.flat_map(plimsoll_config::nginx::Scope::headers);
        if !headers.any(|it| is_kept(it.name, it.value)) {
            sink.report(server.directive.name.span, MESSAGE);
        }
    }
}

const MESSAGE: &str = "browsers are not told to keep to TLS; add `Strict-Transport-Security`";

fn is_kept(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("Strict-Transport-Security")
        && !value.to_ascii_lowercase().replace(' ', "").split(';').any(|it| it == "max-age=0")
}
