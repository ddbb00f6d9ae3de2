//! Engines that answer, hang, lie and die, on a socket of the test's own.
#![expect(
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "the tests play the engine's part, and say until when it may answer"
)]

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixListener,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use plimsoll_docker::{Endpoint, Engine, Error, Limits, Session};

/// Plays an engine whose answer to each path is the raw bytes that `answer` gives.
fn engine(answer: fn(&str) -> Vec<u8>) -> Endpoint {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("plimsoll-engine-{}-{number}.sock", std::process::id());
    let path: PathBuf = std::env::temp_dir().join(name);
    let listener = UnixListener::bind(&path).unwrap();
    let socket = path.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut request = [0; 4096];
                let n_read = stream.read(&mut request).unwrap_or(0);
                let text = String::from_utf8_lossy(&request[..n_read]).into_owned();
                assert!(text.starts_with("GET "), "only GET: {text}");
                let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                let bytes = answer(&path);
                let _ = stream.write_all(&bytes);
                if path.contains("hang") {
                    thread::sleep(Duration::from_mins(1));
                }
            });
        }
    });
    Endpoint::Unix(socket)
}

fn json(text: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
}

fn answers(path: &str) -> Vec<u8> {
    match path.rsplit('/').next().unwrap_or_default() {
        "version" => json(r#"{"ApiVersion": "1.43", "Version": "24.0"}"#),
        "chunked" => b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
              5\r\n{\"a\":\r\n4;x=y\r\n [1]\r\n1\r\n}\r\n0\r\n\r\n"
            .to_vec(),
        "missing" => {
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 27\r\n\r\n{\"message\":\"no such image\"}"
                .to_vec()
        }
        "half" | "hang" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":".to_vec(),
        "large" => json(&format!("\"{}\"", "x".repeat(5_000_000))),
        "nonsense" => b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
        "length" => b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_vec(),
        "deep" => json(&"[".repeat(100_000)),
        "closed" => b"HTTP/1.1 200 OK\r\n\r\n{\"a\": 2}".to_vec(),
        "endless-head" => {
            let mut res = b"HTTP/1.1 200 OK\r\n".to_vec();
            res.extend(b"X: y\r\n".repeat(100_000));
            res
        }
        _ => json("{}"),
    }
}

#[test]
fn an_engine_is_read_in_the_older_of_both_versions() {
    let timeout = Duration::from_millis(300);
    let limits = Limits { timeout, archive_timeout: timeout, answer: 1_000_000 };
    let engine = Engine::connect(engine(answers), limits).unwrap();
    assert_eq!(engine.api_version(), (1, 43));
    assert_eq!(engine.version()["Version"], "24.0");
    assert_eq!(engine.get("/chunked").unwrap()["a"][0], 1);
    assert_eq!(engine.get("/closed").unwrap()["a"], 2);
}

#[test]
fn every_way_to_fail_has_a_name_and_none_hangs() {
    let timeout = Duration::from_millis(300);
    let limits = Limits { timeout, archive_timeout: timeout, answer: 1_000_000 };
    let engine = Engine::connect(engine(answers), limits).unwrap();
    let name = |path: &str| match engine.get(path).unwrap_err() {
        Error::Status { status, message, .. } => format!("{status} {message}"),
        Error::Timeout { .. } => "timeout".to_owned(),
        Error::TooLarge { .. } => "too large".to_owned(),
        Error::Protocol { .. } => "protocol".to_owned(),
        Error::Io { .. } => "broken".to_owned(),
        other => other.to_string(),
    };
    assert_eq!(name("/missing"), "404 no such image");
    assert_eq!(name("/half"), "broken");
    assert_eq!(name("/hang"), "timeout");
    assert_eq!(name("/large"), "too large");
    for path in ["/nonsense", "/length", "/deep", "/endless-head"] {
        assert_eq!(name(path), "protocol", "{path}");
    }
}

#[test]
fn a_socket_that_is_not_there_says_what_to_do() {
    let endpoint = Endpoint::Unix(PathBuf::from("/nonexistent/docker.sock"));
    let error = Engine::connect(endpoint, Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }));
    assert!(error.hint().contains("DOCKER_HOST"));
}

#[test]
fn a_part_of_a_path_cannot_leave_its_place() {
    assert_eq!(Engine::escape("../a b?c#d"), "..%2Fa%20b%3Fc%23d");
    assert_eq!(Engine::escape("repo/web:1.2@sha256:ab"), "repo%2Fweb%3A1.2%40sha256%3Aab");
}

#[test]
fn a_session_asks_on_one_connection_and_connects_again_when_it_was_closed() {
    static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
    let path = std::env::temp_dir().join(format!("plimsoll-kept-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let number = CONNECTIONS.fetch_add(1, Ordering::Relaxed);
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut request = [0; 4096];
                // The second connection is closed after its third answer, as engines do when idle.
                for _ in 0..if number == 1 { 3 } else { usize::MAX } {
                    let n_read = stream.read(&mut request).unwrap_or(0);
                    if n_read == 0 {
                        return;
                    }
                    let text = String::from_utf8_lossy(&request[..n_read]).into_owned();
                    let path = text.split(' ').nth(1).unwrap_or_default();
                    let trailer = "0\r\nX: y\r\n\r\n";
                    let bytes = match path.rsplit('/').next() {
                        Some("chunked") => {
                            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                            format!("{head}3\r\n[1]\r\n{trailer}").into_bytes()
                        }
                        _ => answers(path),
                    };
                    let _ = stream.write_all(&bytes);
                }
            });
        }
    });
    let timeout = Duration::from_secs(5);
    let limits = Limits { timeout, archive_timeout: timeout, answer: 1_000 };
    let engine = Engine::connect(Endpoint::Unix(path), limits).unwrap();
    let mut session = Session::new(&engine);
    let until = std::time::Instant::now() + Duration::from_secs(20);
    let mut text = |path: &str| session.text(path, 1_000, until);
    for path in ["/chunked", "/x", "/chunked"] {
        assert_eq!(text(path).unwrap(), if path == "/x" { "{}" } else { "[1]" });
    }
    assert_eq!(CONNECTIONS.load(Ordering::Relaxed), 2);
    for _ in 0..3 {
        assert_eq!(text("/x").unwrap(), "{}");
    }
    assert_eq!(CONNECTIONS.load(Ordering::Relaxed), 3);
    assert!(text("/missing").unwrap_err().is_not_found());
    assert_eq!(text("/x").unwrap(), "{}");
}
