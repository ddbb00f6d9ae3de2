use plimsoll_config::nginx_tree::Word;
use plimsoll_finding::{Check, Safety, Severity, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// Old TLS versions are offered.
    ///
    /// ## Why
    /// SSL 2 and 3 are broken, TLS 1.0 and 1.1 rest on MD5 and SHA-1 and were retired in 2021.
    /// Every client that is still safe to use knows TLS 1.2.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
    ///     # ^ nginx-old-tls
    /// }
    /// ```
    /// ```nginx
    /// http {
    ///     ssl_protocols SSLv3;
    ///     # ^ nginx-old-tls
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     ssl_protocols TLSv1.2;
    ///     # ^ nginx-old-tls
    /// }
    /// ```
    /// ```nginx
    /// http {
    ///     ssl_protocols TLSv1.2 TLSv1.3;
    ///     # ^ nginx-old-tls
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     ssl_protocols TLSv1.2 TLSv1.3;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    /// }
    /// ```
    ///
    /// ## Limits
    /// Where nothing is said the default of nginx holds, which had the old versions before
    /// 1.23.4. Files named by `include` are not read.
    ///
    /// ## References
    /// - nginx: module ngx_http_ssl_module
    /// - RFC 8996: Deprecating TLS 1.0 and TLS 1.1
    "nginx-old-tls" for NginxSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    for directive in subject.file.all_directives().filter(|it| it.name.text == "ssl_protocols") {
        let (old, kept): (Vec<&Word>, Vec<&Word>) =
            directive.args.iter().partition(|it| is_old(&it.text));
        let (Some(first), Some(last)) = (directive.args.first(), directive.args.last()) else {
            continue;
        };
        let Some(worst) = old.first() else { continue };
        let names: Vec<&str> = old.iter().map(|it| it.text.as_str()).collect();
        let kept: Vec<&str> = kept.iter().map(|it| it.text.as_str()).collect();
        let text = if kept.is_empty() { "TLSv1.2 TLSv1.3".to_owned() } else { kept.join(" ") };
        let edit = Edit::replace(first.span.cover(last.span), text);
        let has_ssl = names.iter().any(|it| it.to_ascii_lowercase().starts_with("ssl"));
        let severity = if has_ssl { Severity::High } else { Severity::Medium };
        let message = format!("`{}` can be broken; offer TLS 1.2 and 1.3 only", names.join("`, `"));
        sink.report(worst.span, message).severity(severity).fix(
            "Offer no old versions",
            Safety::Unsafe,
            vec![edit],
        );
    }
}

fn is_old(version: &str) -> bool {
    matches!(
        version.to_ascii_lowercase().as_str(),
        "sslv2" | "sslv3" | "tlsv1" | "tlsv1.0" | "tlsv1.1"
    )
}
