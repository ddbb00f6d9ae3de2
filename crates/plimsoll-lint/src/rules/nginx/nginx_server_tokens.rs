use plimsoll_config::nginx::Server;
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// The version of nginx is told to everyone.
    ///
    /// ## Why
    /// With `server_tokens` on, which is the default, each response and error page tells the
    /// version, and so which holes to try.
    ///
    /// ## Bad
    /// ```nginx
    /// http {
    /// # ^ nginx-server-tokens
    ///     server {
    ///         listen 8080;
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     server_tokens on;
    ///     # ^ nginx-server-tokens
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```nginx
    /// http {
    ///     server_tokens off;
    /// # ^ nginx-server-tokens
    ///     server {
    ///         listen 8080;
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     server_tokens off;
    ///     # ^ nginx-server-tokens
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// http {
    ///     server_tokens off;
    ///     server {
    ///         listen 8080;
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// http {
    ///     include /etc/nginx/conf.d/*.conf;
    ///     server {
    ///         listen 8080;
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 8080;
    /// }
    /// ```
    ///
    /// ## Limits
    /// Files named by `include` are not read. A file without `http` is part of another one, so
    /// only what it says itself is judged.
    ///
    /// ## References
    /// - nginx: module ngx_http_core_module, `server_tokens`
    "nginx-server-tokens" for NginxSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    let said = subject.file.all_directives().filter(|it| it.name.text == "server_tokens");
    for directive in said {
        let Some(word) = directive.args.first() else { continue };
        if matches!(word.text.as_str(), "on" | "build") {
            sink.report(directive.head(), MESSAGE).fix(
                "Turn it off",
                Safety::Unsafe,
                vec![Edit::replace(word.span, "off")],
            );
        }
    }
    if subject.has_unread_includes() {
        return;
    }
    let http = subject.file.directives.iter().find(|it| it.name.text == "http");
    let is_open = |it: &Server<'_>| it.scope.effective("server_tokens").is_none();
    if let Some(brace) = http.and_then(|it| it.block.as_ref()).map(|it| it.span.start + 1)
        && let Some(http) = http
        && subject.file.servers().iter().any(is_open)
    {
        let edit = Edit::insert(brace, "\n    server_tokens off;");
        sink.report(http.name.span, MESSAGE).fix("Turn it off", Safety::Unsafe, vec![edit]);
    }
}

const MESSAGE: &str = "every response tells the version of nginx; say `server_tokens off`";
