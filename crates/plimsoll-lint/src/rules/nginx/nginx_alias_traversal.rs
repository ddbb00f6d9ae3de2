use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// A location leads out of its folder.
    ///
    /// ## Why
    /// nginx cuts the location off the address and puts the rest behind the `alias`. Without a
    /// slash at the end of the location `/img../secret` becomes `/srv/img/../secret`, which is a
    /// file of the folder above.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     location /img {
    ///     # ^ nginx-alias-traversal
    ///         alias /srv/img/;
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     location ^~ /static {
    ///     # ^ nginx-alias-traversal
    ///         alias /srv/static/;
    ///     }
    /// }
    /// ```
    ///
    /// ## Fixed
    /// ```nginx
    /// server {
    ///     location /img/ {
    ///     # ^ nginx-alias-traversal
    ///         alias /srv/img/;
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     location ^~ /static/ {
    ///     # ^ nginx-alias-traversal
    ///         alias /srv/static/;
    ///     }
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     location /img/ {
    ///         alias /srv/img/;
    ///     }
    ///     location /doc {
    ///         alias /srv/doc;
    ///     }
    ///     location = /icon {
    ///         alias /srv/icons/;
    ///     }
    ///     location ~ ^/x/(.*)$ {
    ///         alias /srv/x/;
    ///     }
    /// }
    /// ```
    ///
    /// ## Limits
    /// Only locations inside of a `server` of this file are seen. After the fix `/img` itself is
    /// not found; nginx does not add the slash there.
    ///
    /// ## References
    /// - nginx: module ngx_http_core_module, `alias`
    "nginx-alias-traversal" for NginxSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    for server in subject.file.servers() {
        for location in server.locations() {
            let alias = location.scope.own().iter().find(|it| it.name.text == "alias");
            let leads_out = alias.and_then(|it| it.arg(0)).is_some_and(|it| it.ends_with('/'));
            let path = location.path;
            let is_prefix = matches!(location.modifier, "" | "^~") && path.text.starts_with('/');
            if !leads_out || !is_prefix || path.text.ends_with('/') {
                continue;
            }
            let quote = if path.is_quoted { "\"" } else { "" };
            let text = format!("{quote}{}/{quote}", path.text);
            sink.report(path.span, MESSAGE).fix(
                "End the location with a slash",
                Safety::Unsafe,
                vec![Edit::replace(path.span, text)],
            );
        }
    }
}

const MESSAGE: &str =
    "requests such as `..` behind this location leave the folder; end it with `/`";
