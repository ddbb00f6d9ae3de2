use plimsoll_config::openssl::{Availability, Cipher, Weakness};
use plimsoll_finding::{Check, Confidence, Sink};

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// Weak ciphers are offered.
    ///
    /// ## Why
    /// A cipher without authentication of the server, with RC4, DES or a 64-bit block, or with a
    /// key made short for export can be read or forged. A list lets in more than it seems to:
    /// `ALL` takes anonymous suites, `MEDIUM` takes 3DES.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     ssl_ciphers ALL:!ADH:RC4+RSA:+HIGH:+MEDIUM:+LOW;
    ///     # ^ nginx-weak-cipher
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     ssl_ciphers "ECDHE-RSA-AES128-GCM-SHA256:DES-CBC3-SHA";
    ///     # ^ nginx-weak-cipher
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     ssl_ciphers HIGH:!aNULL:!MD5;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 443 ssl;
    ///     ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     ssl_ciphers $list;
    /// }
    /// ```
    ///
    /// ## Limits
    /// The list is read as OpenSSL 3 reads it. Suites that only other builds or versions have are
    /// told with less confidence. Files named by `include` are not read.
    ///
    /// ## References
    /// - nginx: module ngx_http_ssl_module
    /// - OpenSSL: openssl-ciphers
    "nginx-weak-cipher" for NginxSubject {
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
    for (word, selection) in subject.cipher_lists() {
        let mut weak: Vec<(&Cipher, Weakness)> = selection.weak().collect();
        weak.sort_by_key(|it| (it.0.availability != Availability::Stock, it.1));
        let Some((first, weakness)) = weak.first() else { continue };
        let names: Vec<&str> = weak.iter().take(MAX_NAMES).map(|it| it.0.name).collect();
        let more = match weak.len().saturating_sub(MAX_NAMES) {
            0 => String::new(),
            left => format!(" and {left} more"),
        };
        let why = weakness.describe();
        let names = names.join("`, `");
        let message = format!("this lets in `{names}`{more} ({why}); name strong suites");
        let draft = sink.report(word.span, message);
        if first.availability != Availability::Stock {
            draft.confidence(Confidence::Medium);
        }
    }
}

/// No more names than this are told.
const MAX_NAMES: usize = 3;
