//! nginx configuration: what is in force at a server or a location.
//!
//! Knows how nginx inherits, and nothing of what is good or bad. Files named by `include` are told,
//! not opened. A fragment (a file of `conf.d`, say) is read like a whole file.

use std::sync::Arc;

use plimsoll_text::Source;

use crate::nginx_tree::{Directive, NginxError, Word, parse};

/// One configuration file.
#[derive(Debug)]
pub struct NginxFile {
    /// The text that all spans point into.
    pub source: Arc<Source>,
    /// The directives that stand in no block.
    pub directives: Vec<Directive>,
}

impl NginxFile {
    /// Reads a configuration. nginx refuses a file at its first error; here reading goes on.
    pub fn parse(source: &Arc<Source>) -> (Self, Vec<NginxError>) {
        let (directives, errors) = parse(source.text());
        (Self { source: Arc::clone(source), directives }, errors)
    }

    /// Every HTTP `server` block, whether it stands in `http` or, as in an included file, in
    /// nothing.
    pub fn servers(&self) -> Vec<Server<'_>> {
        let outer = Scope { levels: vec![&self.directives], blocks: Vec::new() };
        let mut res = servers_in(&outer);
        for http in blocks(&self.directives, "http") {
            res.extend(servers_in(&outer.enter(http)));
        }
        res
    }

    /// Every `include`, at any depth: what is in force may be set in a file not read here.
    pub fn includes(&self) -> Vec<&Word> {
        let all = self.all_directives();
        all.filter(|it| it.name.text == "include").filter_map(|it| it.args.first()).collect()
    }

    /// Every directive at any depth, in the order of the text.
    pub fn all_directives(&self) -> impl Iterator<Item = &Directive> {
        let mut stack = vec![self.directives.iter()];
        std::iter::from_fn(move || {
            loop {
                let Some(directive) = stack.last_mut()?.next() else {
                    stack.pop();
                    continue;
                };
                if let Some(block) = &directive.block {
                    stack.push(block.directives.iter());
                }
                return Some(directive);
            }
        })
    }
}

/// A level of the configuration together with all levels around it, from which it inherits.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    levels: Vec<&'a [Directive]>,
    blocks: Vec<&'a Directive>,
}

impl<'a> Scope<'a> {
    /// The directives of this level itself.
    pub fn own(&self) -> &'a [Directive] {
        self.levels.last().copied().unwrap_or_default()
    }

    /// The blocks it stands in, outermost first, itself last.
    pub fn blocks(&self) -> &[&'a Directive] {
        &self.blocks
    }

    /// The directive `name` in force here: this level's, or else that of the nearest level around
    /// it.
    pub fn effective(&self, name: &str) -> Option<&'a Directive> {
        let levels = self.levels.iter().rev();
        levels.flat_map(|level| level.iter().rev()).find(|it| it.name.text == name)
    }

    /// All directives `name` in force here, for those that may stand several times (`add_header`,
    /// `proxy_set_header`): one at a level makes nginx forget all from the levels around it.
    pub fn effective_all(&self, name: &str) -> Vec<&'a Directive> {
        let of = |level: &'a [Directive]| -> Vec<&'a Directive> {
            level.iter().filter(|it| it.name.text == name).collect()
        };
        let mut levels = self.levels.iter().rev();
        levels.find_map(|level| Some(of(level)).filter(|it| !it.is_empty())).unwrap_or_default()
    }

    /// Whether the switch `name` is on here, and the directive that says so; `None` where none
    /// does, so nginx's own default holds.
    pub fn switch(&self, name: &str) -> Option<(bool, &'a Directive)> {
        let directive = self.effective(name)?;
        let is_on = directive.arg(0).is_some_and(|it| it.eq_ignore_ascii_case("on"));
        Some((is_on, directive))
    }

    /// The headers that responses get here.
    pub fn headers(&self) -> Vec<Header<'a>> {
        let all = self.effective_all("add_header");
        all.into_iter().filter_map(Header::of).collect()
    }

    /// Whether something may be set here by a file that was not read.
    pub fn has_includes(&self) -> bool {
        self.levels.iter().any(|level| level.iter().any(|it| it.name.text == "include"))
    }

    /// The scope of `block`, which stands at this level.
    pub fn enter(&self, block: &'a Directive) -> Scope<'a> {
        let mut res = self.clone();
        res.levels.push(block.directives());
        res.blocks.push(block);
        res
    }
}

/// A header that is added to responses.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value.
    pub value: &'a str,
    /// Whether it is added to errors as well.
    pub always: bool,
    /// The directive.
    pub directive: &'a Directive,
}

impl<'a> Header<'a> {
    fn of(directive: &'a Directive) -> Option<Self> {
        Some(Self {
            name: directive.arg(0)?,
            value: directive.arg(1)?,
            always: directive.arg(2) == Some("always"),
            directive,
        })
    }
}

/// A `server` block of HTTP.
#[derive(Clone, Debug)]
pub struct Server<'a> {
    /// The block.
    pub directive: &'a Directive,
    /// What is in force in it.
    pub scope: Scope<'a>,
}

impl<'a> Server<'a> {
    /// Where it listens. Without any `listen` nginx takes port 80 of all addresses; that one is
    /// told with [`Listen::directive`] `None`.
    pub fn listens(&self) -> Vec<Listen<'a>> {
        let all = self.scope.own().iter().filter(|it| it.name.text == "listen");
        let mut res: Vec<Listen<'a>> = all.filter_map(Listen::of).collect();
        if res.is_empty() {
            res.push(Listen::implied());
        }
        // Old configurations turn TLS on for all of a server's ports at once.
        if self.scope.switch("ssl").is_some_and(|it| it.0) {
            for listen in &mut res {
                listen.ssl = true;
            }
        }
        if self.scope.switch("http2").is_some_and(|it| it.0) {
            for listen in &mut res {
                listen.http2 = true;
            }
        }
        res
    }

    /// Whether it speaks TLS on any port.
    pub fn has_tls(&self) -> bool {
        self.listens().iter().any(|it| it.ssl || it.quic)
    }

    /// Whether it speaks plain HTTP on a TCP port.
    pub fn has_plain_http(&self) -> bool {
        self.listens().iter().any(|it| !it.ssl && !it.quic && !it.is_unix)
    }

    /// Its names.
    pub fn names(&self) -> Vec<&'a Word> {
        let all = self.scope.own().iter().filter(|it| it.name.text == "server_name");
        all.flat_map(|it| it.args.iter()).collect()
    }

    /// The TLS versions it speaks, where a directive says so; otherwise nginx's default holds
    /// (TLS 1.2 and 1.3 from nginx 1.23.4, with 1.0 and 1.1 before).
    pub fn tls_versions(&self) -> Option<(&'a Directive, Vec<(TlsVersion, &'a Word)>)> {
        let directive = self.scope.effective("ssl_protocols")?;
        let versions = directive.args.iter().map(|it| (TlsVersion::named(&it.text), it)).collect();
        Some((directive, versions))
    }

    /// The cipher list in force, where a directive says so; see [`crate::openssl::select`].
    pub fn ciphers(&self) -> Option<(&'a Directive, &'a Word)> {
        let directive = self.scope.effective("ssl_ciphers")?;
        Some((directive, directive.args.first()?))
    }

    /// Every `location`, nested ones too, in the order of the text.
    pub fn locations(&self) -> Vec<Location<'a>> {
        let mut res = Vec::new();
        let mut stack: Vec<Scope<'a>> = vec![self.scope.clone()];
        while let Some(scope) = stack.pop() {
            for directive in scope.own().iter().filter(|it| it.block.is_some()) {
                match directive.name.text.as_str() {
                    "location" => {
                        let inner = scope.enter(directive);
                        stack.push(inner.clone());
                        res.extend(Location::of(directive, inner));
                    }
                    "if" | "limit_except" => stack.push(scope.enter(directive)),
                    _ => (),
                }
            }
        }
        res.sort_by_key(|it| it.directive.span.start);
        res
    }

    /// The directive that sends every plain request on to HTTPS: `return` or `rewrite` in the
    /// server itself, in an `if` on the scheme, or in `location /`.
    pub fn https_redirect(&self) -> Option<&'a Directive> {
        if let Some(found) = redirect_in(self.scope.own()) {
            return Some(found);
        }
        let mut conditions = blocks(self.scope.own(), "if").filter(|it| asks_for_plain_http(it));
        if let Some(found) = conditions.find_map(|it| redirect_in(it.directives())) {
            return Some(found);
        }
        let locations = blocks(self.scope.own(), "location");
        let mut root = locations.filter(|it| it.args.last().is_some_and(|path| path.text == "/"));
        root.find_map(|it| redirect_in(it.directives()))
    }
}

/// A `listen` directive.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the directive")]
pub struct Listen<'a> {
    /// The directive; `None` for the one that nginx implies.
    pub directive: Option<&'a Directive>,
    /// The address, without brackets; `None` means all of IPv4. For a Unix socket its path.
    pub address: Option<String>,
    /// The port; `None` for a Unix socket or one that cannot be read (a variable, a range).
    pub port: Option<u16>,
    /// Whether the socket is a Unix one.
    pub is_unix: bool,
    /// TLS.
    pub ssl: bool,
    /// HTTP/2.
    pub http2: bool,
    /// HTTP/3, which always is encrypted.
    pub quic: bool,
    /// Whether requests for unknown names come here.
    pub default_server: bool,
}

impl<'a> Listen<'a> {
    fn of(directive: &'a Directive) -> Option<Self> {
        let place = directive.arg(0)?;
        let has = |word: &str| directive.args.iter().skip(1).any(|it| it.text == word);
        let (address, port, is_unix) = endpoint(place);
        Some(Self {
            directive: Some(directive),
            address,
            port,
            is_unix,
            ssl: has("ssl"),
            http2: has("http2"),
            quic: has("quic") || has("http3"),
            default_server: has("default_server") || has("default"),
        })
    }

    fn implied() -> Self {
        Self {
            directive: None,
            address: None,
            port: Some(80),
            is_unix: false,
            ssl: false,
            http2: false,
            quic: false,
            default_server: false,
        }
    }
}

/// A `location` block.
#[derive(Clone, Debug)]
pub struct Location<'a> {
    /// The block.
    pub directive: &'a Directive,
    /// `=`, `~`, `~*`, `^~`, or nothing.
    pub modifier: &'a str,
    /// The path, the pattern, or the `@name`.
    pub path: &'a Word,
    /// What is in force in it.
    pub scope: Scope<'a>,
}

impl<'a> Location<'a> {
    fn of(directive: &'a Directive, scope: Scope<'a>) -> Option<Self> {
        let path = directive.args.last()?;
        let modifier = if directive.args.len() > 1 { directive.arg(0)? } else { "" };
        Some(Self { directive, modifier, path, scope })
    }

    /// Where its requests are passed on to; this is never inherited.
    pub fn proxy_pass(&self) -> Option<(&'a Directive, &'a Word)> {
        let directive = self.scope.own().iter().rfind(|it| it.name.text == "proxy_pass")?;
        Some((directive, directive.args.first()?))
    }
}

/// A word of `ssl_protocols`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the standards")]
pub enum TlsVersion {
    Ssl2,
    Ssl3,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
    /// Nothing that nginx knows; it refuses to start.
    Unknown,
}

impl TlsVersion {
    fn named(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "sslv2" => Self::Ssl2,
            "sslv3" => Self::Ssl3,
            "tlsv1" => Self::Tls10,
            "tlsv1.1" => Self::Tls11,
            "tlsv1.2" => Self::Tls12,
            "tlsv1.3" => Self::Tls13,
            _ => Self::Unknown,
        }
    }
}

fn servers_in<'a>(scope: &Scope<'a>) -> Vec<Server<'a>> {
    let all = blocks(scope.own(), "server");
    all.map(|directive| Server { directive, scope: scope.enter(directive) }).collect()
}

fn blocks<'a>(level: &'a [Directive], name: &str) -> impl Iterator<Item = &'a Directive> {
    level.iter().filter(move |it| it.name.text == name && it.block.is_some())
}

fn redirect_in(level: &[Directive]) -> Option<&Directive> {
    level.iter().find(|it| match it.name.text.as_str() {
        "return" => {
            let is_code = it.arg(0).is_some_and(|it| it.starts_with("30"));
            let target = if is_code { it.arg(1) } else { it.arg(0) };
            target.is_some_and(is_https)
        }
        "rewrite" => {
            let takes_all = matches!(
                it.arg(0),
                Some(
                    "^" | ".*" | "^(.*)$" | "^(.*)" | "(.*)" | "^/(.*)$" | "^/(.*)" | "^.*$" | "^/"
                )
            );
            takes_all && it.arg(1).is_some_and(is_https)
        }
        _ => false,
    })
}

fn is_https(target: &str) -> bool {
    target.get(..8).is_some_and(|it| it.eq_ignore_ascii_case("https://"))
}

fn asks_for_plain_http(condition: &Directive) -> bool {
    let words: Vec<&str> = condition.args.iter().map(|it| it.text.as_str()).collect();
    let text = words.join(" ").replace(['(', ')', '"', '\''], "");
    let mut words = text.split_whitespace();
    let (variable, operator, value) = (words.next(), words.next(), words.next());
    match (variable, operator) {
        (Some("$scheme" | "$http_x_forwarded_proto"), Some("!=")) => value == Some("https"),
        (Some("$scheme" | "$http_x_forwarded_proto"), Some("=")) => value == Some("http"),
        (Some("$https"), Some("!=")) => value == Some("on"),
        (Some("$https"), Some("=")) => value.is_none(),
        (Some("$server_port"), Some("=")) => value == Some("80"),
        _ => false,
    }
}

/// The address, the port, and whether it is a Unix socket.
fn endpoint(place: &str) -> (Option<String>, Option<u16>, bool) {
    if let Some(path) = place.strip_prefix("unix:") {
        return (Some(path.to_owned()), None, true);
    }
    if let Some(rest) = place.strip_prefix('[') {
        let (address, after) = rest.split_once(']').unwrap_or((rest, ""));
        let port = after.strip_prefix(':').map_or(Some(80), |it| it.parse().ok());
        return (Some(address.to_owned()), port, false);
    }
    let named = |address: &str| (address != "*").then(|| address.to_owned());
    match place.split_once(':') {
        Some((address, port)) => (named(address), port.parse().ok(), false),
        None if place.bytes().all(|it| it.is_ascii_digit()) => (None, place.parse().ok(), false),
        None => (named(place), Some(80), false),
    }
}

#[cfg(test)]
mod tests {
    use super::{NginxFile, Server, TlsVersion};
    use plimsoll_text::Source;
    use std::fmt::Write as _;

    fn parse(text: &str) -> NginxFile {
        let (file, errors) = NginxFile::parse(&Source::new("nginx.conf", text));
        assert_eq!(errors, [], "{text}");
        file
    }

    #[test]
    fn spans_cover_what_they_say() {
        let source = Source::new("x", "http { server { listen 80 ssl; } }");
        let (file, _) = NginxFile::parse(&source);
        let servers = file.servers();
        let server = &servers[0];
        assert_eq!(source.slice(server.directive.span), "server { listen 80 ssl; }");
        let listen = &server.scope.own()[0];
        assert_eq!(source.slice(listen.span), "listen 80 ssl;");
        assert_eq!(source.slice(listen.head()), "listen 80 ssl");
        assert_eq!(source.slice(listen.args[1].span), "ssl");
    }

    fn only_server<T>(text: &str, check: impl Fn(&Server<'_>) -> T) -> T {
        let file = parse(text);
        let servers = file.servers();
        assert_eq!(servers.len(), 1, "{text}");
        check(&servers[0])
    }

    #[test]
    fn listens_tell_address_port_and_words() {
        let cases = [
            ("", "*:80"),
            ("listen 80;", "*:80"),
            ("listen *:8080;", "*:8080"),
            ("listen 127.0.0.1;", "127.0.0.1:80"),
            ("listen 10.0.0.1:443 ssl http2;", "10.0.0.1:443 ssl http2"),
            ("listen [::]:443 ssl default_server;", ":::443 ssl default"),
            ("listen [::1];", "::1:80"),
            ("listen localhost:81;", "localhost:81"),
            ("listen unix:/run/x.sock;", "/run/x.sock unix"),
            ("listen 443 quic;", "*:443 quic"),
            ("listen 443; ssl on;", "*:443 ssl"),
            ("listen 443 ssl; http2 on;", "*:443 ssl http2"),
            ("listen $port;", "$port:80"),
        ];
        for (body, expected) in cases {
            let found = only_server(&format!("server {{ {body} }}"), |server| {
                let listens = server.listens();
                let it = &listens[0];
                let mut res = it.address.clone().unwrap_or_else(|| "*".to_owned());
                if let Some(port) = it.port {
                    let _ = write!(res, ":{port}");
                }
                let words = [
                    (it.is_unix, " unix"),
                    (it.ssl, " ssl"),
                    (it.http2, " http2"),
                    (it.quic, " quic"),
                    (it.default_server, " default"),
                ];
                res.extend(words.into_iter().filter(|it| it.0).map(|it| it.1));
                res
            });
            assert_eq!(found, expected, "{body}");
        }
    }

    #[test]
    fn servers_inherit_from_http_and_set_their_own() {
        let text = "ssl_ciphers HIGH; http { ssl_protocols TLSv1 TLSv1.2; server_tokens off; \
                    server { server_name a b; } }";
        only_server(text, |server| {
            let (_, versions) = server.tls_versions().unwrap();
            let versions: Vec<_> = versions.iter().map(|it| it.0).collect();
            assert_eq!(versions, [TlsVersion::Tls10, TlsVersion::Tls12]);
            assert_eq!(server.ciphers().unwrap().1.text, "HIGH");
            assert!(!server.scope.switch("server_tokens").unwrap().0);
            assert!(server.scope.switch("autoindex").is_none());
            let names: Vec<_> = server.names().iter().map(|it| it.text.as_str()).collect();
            assert_eq!(names, ["a", "b"]);
        });
        let own = "http { ssl_protocols TLSv1; server { ssl_protocols TLSv1.3; } }";
        only_server(own, |server| {
            assert_eq!(server.tls_versions().unwrap().1[0].0, TlsVersion::Tls13);
        });
        assert!(
            parse("stream { server { listen 1; } } upstream x { server a; }").servers().is_empty()
        );
    }

    #[test]
    fn one_header_at_a_level_hides_those_around_it() {
        let text = "server { add_header A 1 always; add_header B 2; location /x { autoindex on; } \
                    location ^~ /y { add_header C 3; location /y/z { proxy_pass http://up; } } }";
        only_server(text, |server| {
            let names = |index: usize| -> Vec<String> {
                let headers = server.locations()[index].scope.headers();
                headers.iter().map(|it| format!("{}{}", it.name, it.always)).collect()
            };
            assert_eq!(names(0), ["Atrue", "Bfalse"]);
            assert_eq!(names(1), ["Cfalse"]);
            assert_eq!(names(2), ["Cfalse"]);
            let locations = server.locations();
            assert_eq!(locations[1].modifier, "^~");
            assert_eq!(locations[2].path.text, "/y/z");
            assert_eq!(locations[2].proxy_pass().unwrap().1.text, "http://up");
            assert!(locations[1].proxy_pass().is_none());
            assert!(locations[0].scope.switch("autoindex").unwrap().0);
        });
    }

    #[test]
    fn redirects_to_https_are_found_where_they_catch_all() {
        let cases = [
            ("return 301 https://$host$request_uri;", true),
            ("return https://a;", true),
            ("return 301 http://a;", false),
            ("return 404;", false),
            ("rewrite ^ https://$host$request_uri? permanent;", true),
            ("rewrite ^/(.*)$ https://a/$1;", true),
            ("rewrite ^/old https://a/;", false),
            ("location / { return 308 https://$host; }", true),
            ("location = /x { return 301 https://$host; }", false),
            ("if ($scheme = http) { return 301 https://$host; }", true),
            ("if ($scheme != \"https\") { rewrite ^ https://$host; }", true),
            ("if ($host = a) { return 301 https://$host; }", false),
            ("", false),
        ];
        for (body, expected) in cases {
            let text = format!("server {{ {body} }}");
            let found = only_server(&text, |it| it.https_redirect().is_some());
            assert_eq!(found, expected, "{body}");
        }
    }

    #[test]
    fn includes_are_told() {
        let file =
            parse("include a.conf; http { include mime.types; server { include b/*.conf; } }");
        let names: Vec<_> = file.includes().iter().map(|it| it.text.as_str()).collect();
        assert_eq!(names, ["a.conf", "mime.types", "b/*.conf"]);
        assert!(file.servers()[0].scope.has_includes());
    }
}
