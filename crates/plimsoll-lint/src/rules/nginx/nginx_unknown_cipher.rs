use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// A cipher list that OpenSSL does not understand.
    ///
    /// ## Why
    /// OpenSSL passes over names it does not know, without a word. A slip in a `!` term leaves
    /// weak suites in, a slip elsewhere leaves strong ones out. A list that it refuses keeps
    /// nginx from starting.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     ssl_ciphers HIGH:!aNUL:!MD5;
    ///     # ^ nginx-unknown-cipher
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     ssl_ciphers !HIGH;
    ///     # ^ nginx-unknown-cipher
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     ssl_ciphers HIGH:!aNULL:!MD5:!KRB5;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     ssl_ciphers ${CIPHERS};
    /// }
    /// ```
    ///
    /// ## Limits
    /// Names that older versions of OpenSSL knew are left alone. Files named by `include` are not
    /// read.
    ///
    /// ## References
    /// - nginx: module ngx_http_ssl_module
    /// - OpenSSL: openssl-ciphers
    "nginx-unknown-cipher" for NginxSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    for (word, selection) in subject.cipher_lists() {
        if selection.error.is_some() || selection.is_empty() {
            let message = "this list leaves no cipher that OpenSSL can use; nginx will not start";
            sink.report(word.span, message);
            continue;
        }
        let unknown: Vec<&str> = selection.unknown().take(3).map(|it| it.text.as_str()).collect();
        if !unknown.is_empty() {
            let names = unknown.join("`, `");
            sink.report(word.span, format!("OpenSSL does not know `{names}` and passes over it"));
        }
    }
}
