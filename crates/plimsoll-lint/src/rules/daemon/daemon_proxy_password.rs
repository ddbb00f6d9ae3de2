use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::daemon::DaemonSubject};

rule! {
    /// A password of the proxy in the daemon's settings.
    ///
    /// ## Why
    /// The file is readable for more than those who may know the password, lands in backups and
    /// repositories, and `docker info` shows what it says about the proxy.
    ///
    /// ## Bad
    /// ```json
    /// {
    ///   "proxies": {
    ///     "https-proxy": "http://fetcher:Tr0ub4dor@proxy.example:3128"
    /// # ^ daemon-proxy-password
    ///   }
    /// }
    /// ```
    ///
    /// ## Good
    /// ```json
    /// {
    ///   "proxies": { "https-proxy": "http://proxy.example:3128", "no-proxy": "localhost" }
    /// }
    /// ```
    /// ```json
    /// {
    ///   "proxies": { "http-proxy": "http://fetcher@proxy.example:3128" }
    /// }
    /// ```
    ///
    /// ## Limits
    /// Passwords that the unit of the daemon sets in its environment are not seen.
    ///
    /// ## References
    /// - dockerd reference: proxy configuration
    "daemon-proxy-password" for DaemonSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DaemonSubject, sink: &mut Sink<'_>) {
    let file = &subject.file;
    let inner = ["http-proxy", "https-proxy"];
    let nested = inner.iter().filter_map(|it| file.inner_text("proxies", it));
    let flat = inner.iter().filter_map(|it| file.text(it));
    for proxy in nested.chain(flat) {
        if has_password(proxy.value) {
            sink.report(
                proxy.span,
                "a password stands here in the clear; let the proxy know the host by its address",
            )
            .secret(proxy.span);
        }
    }
}

fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map(|it| it.0);
    let password = user.and_then(|it| it.split_once(':')).map(|it| it.1);
    password.is_some_and(|it| !it.is_empty() && !it.starts_with(['$', '<', '%']))
}
