use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// A TLS version that nginx does not know.
    ///
    /// ## Why
    /// nginx refuses to start with a word in `ssl_protocols` that it does not know.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     ssl_protocols TLS1.2 TLSv1.3;
    ///     # ^ nginx-unknown-tls-version
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     ssl_protocols TLSv1.2 TLSv1.3;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     ssl_protocols ${TLS_VERSIONS};
    /// }
    /// ```
    ///
    /// ## Limits
    /// Files named by `include` are not read.
    ///
    /// ## References
    /// - nginx: module ngx_http_ssl_module
    "nginx-unknown-tls-version" for NginxSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    for directive in subject.file.all_directives().filter(|it| it.name.text == "ssl_protocols") {
        for word in &directive.args {
            let is_known = KNOWN.iter().any(|it| it.eq_ignore_ascii_case(&word.text));
            if !is_known && !word.text.contains(['$', '{', '@']) {
                sink.report(word.span, "nginx does not know this TLS version and will not start");
            }
        }
    }
}

static KNOWN: &[&str] = &["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
