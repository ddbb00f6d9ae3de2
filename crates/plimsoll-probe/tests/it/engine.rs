//! An engine on a socket of the test's own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use plimsoll_docker::Endpoint;
use plimsoll_host::Collected;
use plimsoll_probe::{Limits, Request, collect};

/// What an engine does with a question.
pub(crate) enum Reply {
    /// Answers with a status and a body.
    Says(u16, String),
    /// Answers with these bytes, whatever they are, and closes.
    Raw(Vec<u8>),
    /// Begins an answer and never ends it.
    Hangs,
    /// Answers a byte now and then, without an end.
    Drips,
    /// Answers with so many bytes.
    Floods(usize),
    /// Closes everything, and answers nobody any more.
    Dies,
}

/// An engine that replies to each path as `reply` says, and counts its connections.
pub(crate) fn engine(
    reply: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> (Endpoint, Arc<AtomicUsize>) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("plimsoll-probe-{}-{number}.sock", std::process::id());
    let path: PathBuf = std::env::temp_dir().join(name);
    let listener = UnixListener::bind(&path).unwrap();
    let endpoint = Endpoint::Unix(path);
    let n_connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&n_connections);
    let (reply, is_dead) = (Arc::new(reply), Arc::new(AtomicUsize::new(0)));
    thread::spawn(move || {
        for stream in listener.incoming() {
            counter.fetch_add(1, Ordering::Relaxed);
            let (reply, is_dead) = (Arc::clone(&reply), Arc::clone(&is_dead));
            thread::spawn(move || serve(stream.unwrap(), &*reply, &is_dead));
        }
    });
    (endpoint, n_connections)
}

fn serve(mut stream: UnixStream, reply: &dyn Fn(&str) -> Reply, is_dead: &AtomicUsize) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 || is_dead.load(Ordering::Relaxed) > 0 {
            return;
        }
        assert!(first.starts_with("GET "), "an engine is only read: {first}");
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap_or(0) > 2 {
            line.clear();
        }
        let path = first.split(' ').nth(1).unwrap_or_default();
        let path = match path.strip_prefix("/v1.") {
            Some(rest) => rest.split_once('/').map_or(path, |it| it.1),
            None => path.trim_start_matches('/'),
        };
        match reply(&format!("/{path}")) {
            Reply::Says(status, body) => {
                let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\n\r\n", body.len());
                let _ = stream.write_all((head + &body).as_bytes());
            }
            Reply::Raw(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Reply::Hangs => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
                thread::sleep(Duration::from_mins(1));
            }
            Reply::Drips => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                while stream.write_all(b" ").is_ok() {
                    thread::sleep(Duration::from_millis(20));
                }
            }
            Reply::Floods(len) => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n[");
                let piece = vec![b' '; 1 << 20];
                for _ in 0..len >> 20 {
                    if stream.write_all(&piece).is_err() {
                        return;
                    }
                }
            }
            Reply::Dies => is_dead.store(1, Ordering::Relaxed),
        }
    }
}

/// What a healthy engine with the containers of these digits says.
pub(crate) fn healthy(path: &str, containers: &[&str]) -> Reply {
    let says = |text: &str| Reply::Says(200, text.to_owned());
    match path {
        "/version" => says(r#"{"ApiVersion": "1.41", "Version": "20.10"}"#),
        "/info" => says(r#"{"Swarm": {"LocalNodeState": "inactive"}}"#),
        "/containers/json?all=1" => {
            let item = |it: &&str| format!(r#"{{"Id": "{}", "ImageID": "sha256:{it}"}}"#, id(it));
            let items: Vec<String> = containers.iter().map(item).collect();
            Reply::Says(200, format!("[{}]\n", items.join(",")))
        }
        "/networks" => says(r#"[{"Id": "abc"}]"#),
        "/volumes" => says(r#"{"Volumes": null}"#),
        "/images/json" | "/plugins" => says("null"),
        _ => Reply::Says(200, format!("{{\"Asked\":  \"{path}\"}}\n")),
    }
}

/// The identifier of a container.
pub(crate) fn id(digits: &str) -> String {
    format!("{digits:0>64}")
}

/// A request that waits for nothing long.
pub(crate) fn request(endpoint: Endpoint) -> Request {
    let mut res = Request::new(endpoint, 7, |name, value| match name {
        "DB_PASSWORD" => "masked".to_owned(),
        _ => value.to_owned(),
    });
    res.limits = Limits {
        silence: Duration::from_millis(300),
        engine: Duration::from_secs(2),
        host: Duration::from_secs(10),
        answer: 4 << 20,
        ..Limits::default()
    };
    // Of this machine nothing is looked at.
    res.root = std::env::temp_dir().join("plimsoll-probe-nowhere");
    res
}

/// The snapshot of an engine that replies so.
pub(crate) fn snapshot(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Collected {
    collect(&request(engine(reply).0), &mut |_| ())
}
