use plimsoll_config::nginx_tree::Directive;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::nginx::NginxSubject, tcp_address::TcpAddress};

rule! {
    /// The engine's API behind a web server.
    ///
    /// ## Why
    /// Whoever may send requests to the API of a container engine is root on its host. A web
    /// server that passes them on gives that to all who can reach it.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     location /docker/ {
    ///         proxy_pass http://unix:/var/run/docker.sock:/;
    ///         # ^ nginx-engine-api-exposed
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// upstream engine {
    ///     server unix:/run/docker.sock;
    ///     # ^ nginx-engine-api-exposed
    /// }
    /// ```
    /// ```nginx
    /// server {
    ///     location / {
    ///         proxy_pass http://10.0.0.5:2375;
    ///         # ^ nginx-engine-api-exposed
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// stream {
    ///     server {
    ///         listen 9000;
    ///         proxy_pass host:2375;
    ///         # ^ nginx-engine-api-exposed
    ///     }
    /// }
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     location / {
    ///         proxy_pass http://app:8000;
    ///     }
    /// }
    /// ```
    /// ```nginx
    /// upstream app {
    ///     server unix:/run/app.sock;
    ///     server 10.0.0.5:8080;
    /// }
    /// ```
    ///
    /// ## Limits
    /// Ports other than 2375 and 2376 and sockets of other names are not known to be the API.
    /// Whether a password or an address filter stands before it is not judged.
    ///
    /// ## References
    /// - Docker: protect the Docker daemon socket
    "nginx-engine-api-exposed" for NginxSubject {
        aliases: [],
        severity: Critical,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    for directive in subject.file.all_directives() {
        match directive.name.text.as_str() {
            "proxy_pass" | "grpc_pass" => report(directive, sink),
            "upstream" => {
                let servers = directive.directives().iter().filter(|it| it.name.text == "server");
                servers.for_each(|it| report(it, sink));
            }
            _ => {}
        }
    }
}

fn report(directive: &Directive, sink: &mut Sink<'_>) {
    let Some(target) = directive.args.first() else { return };
    if is_engine(&target.text) {
        sink.report(
            target.span,
            "this hands out the engine's API, which makes anyone root on its host",
        );
    }
}

fn is_engine(target: &str) -> bool {
    if target.contains("unix:") {
        let sockets = ["docker.sock", "podman.sock", "containerd.sock", "crio.sock"];
        return sockets.iter().any(|it| target.contains(it));
    }
    let rest = target.split_once("://").map_or(target, |it| it.1);
    let authority = rest.split('/').next().unwrap_or_default();
    matches!(TcpAddress::of(authority).port, Some(2375 | 2376))
}
