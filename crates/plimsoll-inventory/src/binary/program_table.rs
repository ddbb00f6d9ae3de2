//! The programs that are known by their bytes: the names of their files, and where in them the
//! version stands.
//!
//! It must not know how the bytes are searched.

use crate::binary::program_search::{Clue, Tail};

/// A program or library, and how to know its version.
#[derive(Debug)]
pub(super) struct KnownProgram {
    /// The name of the package that it becomes.
    pub(super) name: &'static str,
    /// Names of its files; `*` at the end stands for anything, `#` for a number.
    pub(super) files: &'static [&'static str],
    /// Where the version stands.
    pub(super) clues: &'static [Clue],
    /// What belongs to it behind its numbers.
    pub(super) tail: Tail,
    /// How many numbers it has at least.
    pub(super) min_parts: usize,
}

const fn program(
    name: &'static str,
    files: &'static [&'static str],
    clues: &'static [Clue],
) -> KnownProgram {
    KnownProgram { name, files, clues, tail: Tail::None, min_parts: 2 }
}

impl KnownProgram {
    const fn tail(self, tail: Tail) -> Self {
        Self { tail, ..self }
    }

    const fn parts(self, min_parts: usize) -> Self {
        Self { min_parts, ..self }
    }
}

const fn after(anchor: &'static [u8]) -> Clue {
    Clue::After { anchor, ends: b"" }
}

const fn after_until(anchor: &'static [u8], ends: &'static [u8]) -> Clue {
    Clue::After { anchor, ends }
}

/// Of two that share a file name, the one that is derived from the other comes first.
#[rustfmt::skip]
pub(super) const PROGRAMS: &[KnownProgram] = &[
    // Languages and their virtual machines.
    program("node", &["node", "nodejs", "libnode.so*"], &[after(b"node.js/v"), after(b"/node-v")]).parts(3),
    program("python", &["python#", "python#m", "libpython#.so*", "libpython#m.so*"], &[Clue::AsNamed]).tail(Tail::Letters).parts(3),
    program("openjdk", &["libjvm.so"], &[after(b" JRE (")]).tail(Tail::Update).parts(1),
    program("php", &["php", "php#", "php-fpm", "php-fpm#", "php-cgi", "php-cgi#", "libphp.so", "libphp#.so"], &[after(b"X-Powered-By: PHP/"), after(b"\0PHP/")]).tail(Tail::Letters).parts(3),
    program("ruby", &["ruby", "ruby#", "libruby.so*", "libruby-#*"], &[after(b"\0ruby ")]).parts(3),
    program("perl", &["perl", "perl#", "libperl.so*"], &[Clue::AloneAs(&["5."])]).parts(3),
    program("lua", &["lua", "lua#", "liblua.so*", "liblua#.so*"], &[after(b"$LuaVersion: Lua "), after(b"\0Lua ")]).parts(3),
    // Libraries of cryptography and compression, and others that programs bring along.
    program("libressl", &["openssl", "libcrypto.so*", "libssl.so*"], &[after_until(b"\0LibreSSL ", b"\0")]).parts(3),
    program("openssl", &["openssl", "libcrypto.so*", "libssl.so*"], &[after_until(b"\0OpenSSL ", b" -")]).tail(Tail::Letters).parts(3),
    program("wolfssl", &["libwolfssl.so*"], &[Clue::Alone]).parts(3),
    program("mbedtls", &["libmbedcrypto.so*"], &[after(b"\0Mbed TLS "), after(b"\0mbed TLS ")]).parts(3),
    program("curl", &["curl"], &[after(b"\0curl "), after(b"\0curl/")]).tail(Tail::Any).parts(3),
    program("libcurl", &["libcurl.so*", "libcurl-gnutls.so*"], &[after(b"\0libcurl/")]).tail(Tail::Any).parts(3),
    program("sqlite", &["sqlite3", "libsqlite3.so*"], &[Clue::AloneAs(&["3."])]).parts(3),
    program("zlib", &["libz.so*"], &[after(b" deflate "), after(b" inflate ")]).parts(3),
    program("expat", &["libexpat.so*"], &[after(b"\0expat_")]).parts(3),
    program("libpng", &["libpng#.so*", "libpng.so*"], &[after(b"libpng version ")]).parts(3),
    program("nghttp2", &["libnghttp2.so*"], &[after(b"nghttp2/"), Clue::Alone]).parts(3),
    // Servers of the web and of names.
    program("openresty", &["nginx", "openresty"], &[after(b"openresty/")]).parts(3),
    program("tengine", &["nginx", "tengine"], &[after(b"Tengine/")]).parts(3),
    program("nginx", &["nginx", "nginx-debug"], &[after(b"nginx version: nginx/"), after(b"nginx/")]).parts(3),
    program("httpd", &["httpd", "apache2"], &[after(b"\0Apache/")]).parts(3),
    program("lighttpd", &["lighttpd"], &[after(b"lighttpd/")]).parts(3),
    program("haproxy", &["haproxy"], &[after(b"HAProxy version "), after(b"HA-Proxy version "), Clue::AloneAs(&["2.", "3."])]).tail(Tail::Any).parts(3),
    program("varnish", &["varnishd", "libvarnishapi.so*"], &[after(b"varnish-")]).parts(3),
    program("squid", &["squid"], &[after(b"\0squid/")]),
    program("traefik", &["traefik"], &[Clue::Alone]).tail(Tail::Any).parts(3),
    program("envoy", &["envoy"], &[Clue::Alone]).tail(Tail::Any).parts(3),
    program("caddy", &["caddy"], &[after(b"\tgithub.com/caddyserver/caddy/v2\tv")]).tail(Tail::Any).parts(3),
    program("bind", &["named"], &[after(b"\0named version: BIND "), after(b"\0BIND ")]).parts(3),
    program("dnsmasq", &["dnsmasq"], &[after(b"\0dnsmasq-")]).tail(Tail::Letters),
    program("unbound", &["unbound"], &[after(b"\0unbound ")]).parts(3),
    program("coredns", &["coredns"], &[Clue::Alone]).parts(3),
    // Databases, caches and queues.
    program("valkey", &["valkey-server", "valkey-cli"], &[Clue::AloneAndWithBuild]).parts(3),
    program("redis", &["redis-server", "redis-cli", "redis-check-rdb", "redis-check-aof"], &[Clue::AloneAndWithBuild]).parts(3),
    program("postgresql", &["postgres"], &[after(b"postgres (PostgreSQL) ")]).tail(Tail::Letters),
    program("mariadb", &["mariadbd", "mysqld", "mariadb"], &[Clue::Before(b"-MariaDB")]).parts(3),
    program("mysql", &["mysqld", "mysql"], &[after_until(b"/mysql-", b"/"), Clue::AloneAs(&["5.", "8.", "9."])]).parts(3),
    program("mongodb", &["mongod", "mongos"], &[Clue::Alone]).tail(Tail::Any).parts(3),
    program("memcached", &["memcached"], &[after(b"memcached ")]).parts(3),
    program("mosquitto", &["mosquitto"], &[Clue::Alone]).parts(3),
    program("etcd", &["etcd", "etcdctl"], &[after(b"\tgo.etcd.io/etcd/api/v3\tv")]).tail(Tail::Any).parts(3),
    program("minio", &["minio"], &[after(b"minio/minio/cmd.Version=")]).tail(Tail::Any).parts(1),
    // Tools of clusters and clouds.
    program("consul", &["consul"], &[after(b"CONSUL_VERSION: "), Clue::Alone]).tail(Tail::Any).parts(3),
    program("vault", &["vault"], &[Clue::Alone]).tail(Tail::Any).parts(3),
    program("terraform", &["terraform"], &[Clue::Alone]).tail(Tail::Any).parts(3),
    program("helm", &["helm"], &[Clue::Alone]).tail(Tail::Any).parts(3),
    program("kubectl", &["kubectl"], &[Clue::Alone]).tail(Tail::Any).parts(3),
    program("kubernetes", &["kubelet", "kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler"], &[Clue::Alone]).tail(Tail::Any).parts(3),
    // Shells, ways in, and other services.
    program("busybox", &["busybox", "busybox-*"], &[after(b"BusyBox v")]).parts(3),
    program("bash", &["bash"], &[after(b"@(#)Bash version ")]).parts(3),
    program("openssh", &["sshd", "ssh"], &[after_until(b"OpenSSH_", b"\0 ")]).tail(Tail::SomeLetters),
    program("dropbear", &["dropbear", "dropbearmulti"], &[after(b"SSH-2.0-dropbear_")]),
    program("git", &["git"], &[after(b"git/")]).parts(3),
    program("sudo", &["sudo"], &[Clue::Alone]).tail(Tail::SomeLetters).parts(3),
    program("dovecot", &["dovecot"], &[after(b"Dovecot v")]).parts(3),
    program("exim", &["exim", "exim4"], &[after(b"Exim version "), after(b"Exim ")]),
    program("proftpd", &["proftpd"], &[after(b"ProFTPD Version "), after(b"ProFTPD ")]).tail(Tail::Letters).parts(3),
    program("vsftpd", &["vsftpd"], &[after(b"(vsFTPd ")]).parts(3),
    program("fluent-bit", &["fluent-bit"], &[after(b"Fluent Bit v")]).parts(3),
];
