use plimsoll_config::{
    nginx::{Listen, Server},
    nginx_tree::Directive,
};
use plimsoll_finding::{Check, Sink};
use std::collections::{BTreeMap, BTreeSet};

use crate::{rule::rule, subject::nginx::NginxSubject, tcp_address::is_loopback_host};

rule! {
    /// Plain HTTP is served where TLS is at hand.
    ///
    /// ## Why
    /// The same name is served with TLS in this file, yet plain requests are answered instead of
    /// sent there. Passwords and cookies then travel in the clear whenever a link or a habit says
    /// `http`.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     listen 80;
    ///     # ^ nginx-no-https-redirect
    ///     server_name shop.example;
    ///     root /srv;
    /// }
    /// server {
    ///     listen 443 ssl;
    ///     server_name shop.example;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 80;
    ///     # ^ nginx-no-https-redirect
    ///     listen 443 ssl;
    ///     server_name shop.example;
    ///     location / {
    ///         proxy_pass http://app:8000;
    ///     }
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     listen 80;
    ///     server_name shop.example;
    ///     return 301 https://$host$request_uri;
    /// }
    /// server {
    ///     listen 443 ssl;
    ///     server_name shop.example;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 80;
    ///     server_name internal.example;
    /// }
    /// server {
    ///     listen 443 ssl;
    ///     server_name shop.example;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 80;
    ///     server_name shop.example;
    ///     if ($host = shop.example) {
    ///         return 301 https://$host$request_uri;
    ///     }
    ///     return 404;
    /// }
    /// server {
    ///     listen 443 ssl;
    ///     server_name shop.example;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 127.0.0.1:80;
    ///     server_name shop.example;
    /// }
    /// server {
    ///     listen 443 ssl;
    ///     server_name shop.example;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 80;
    ///     server_name shop.example;
    ///     location /.well-known/acme-challenge/ {
    ///         root /var/www;
    ///     }
    ///     location / {
    ///         return 301 https://$host$request_uri;
    ///     }
    /// }
    /// server {
    ///     listen 443 ssl;
    ///     server_name shop.example;
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     listen 8080;
    /// }
    /// ```
    ///
    /// ## Limits
    /// A balancer in front may send plain requests on before they come here. Files named by
    /// `include` are not read.
    ///
    /// ## References
    /// - nginx: module ngx_http_rewrite_module
    /// - OWASP: HTTP Strict Transport Security cheat sheet
    "nginx-no-https-redirect" for NginxSubject {
        aliases: [],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    let servers = subject.file.servers();
    let mut with_tls: BTreeMap<String, &Server<'_>> = BTreeMap::new();
    for server in servers.iter().filter(|it| it.has_tls()) {
        for name in names(server) {
            with_tls.entry(name).or_insert(server);
        }
    }
    for server in &servers {
        let listens = server.listens();
        let Some(plain) = listens.iter().find(|it| is_open(it)) else { continue };
        if server.https_redirect().is_some() || answers_nothing(server) {
            continue;
        }
        let Some(other) = names(server).iter().find_map(|it| with_tls.get(it)) else { continue };
        let span = plain.directive.map_or(server.directive.name.span, Directive::head);
        sink.report(span, MESSAGE).related(other.directive.name.span, "TLS for it is here");
    }
}

const MESSAGE: &str = "plain HTTP is answered though the same name has TLS; redirect to `https`";

fn is_open(listen: &Listen<'_>) -> bool {
    let is_loopback = listen.address.as_deref().is_some_and(is_loopback_host);
    !listen.ssl && !listen.quic && !listen.is_unix && !is_loopback
}

/// The names of a server; one without any answers for all that nobody else does.
fn names(server: &Server<'_>) -> BTreeSet<String> {
    let names = server.names();
    if names.is_empty() {
        return BTreeSet::from(["_".to_owned()]);
    }
    names.iter().map(|it| it.text.to_ascii_lowercase()).collect()
}

/// Whether all requests end in a `return`, or another file may make them do so.
fn answers_nothing(server: &Server<'_>) -> bool {
    let returns = |level: &[Directive]| level.iter().any(|it| it.name.text == "return");
    let is_root = |it: &Directive| {
        it.name.text == "location" && it.args.last().is_some_and(|it| it.text == "/")
    };
    let own = server.scope.own();
    let may_include = own.iter().any(|it| {
        let words = ["redirect", "https", "ssl"];
        let path = it.arg(0).unwrap_or_default();
        it.name.text == "include" && words.iter().any(|word| path.contains(word))
    });
    may_include || returns(own) || own.iter().any(|it| is_root(it) && returns(it.directives()))
}
