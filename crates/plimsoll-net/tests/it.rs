//! Registries and feeds that are busy, broken, lying or slow, on this machine.
#![expect(
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "the tests play the server's part"
)]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use plimsoll_net::{
    DockerConfig, Download, Error, Http, HttpOptions, NetworkPermission, Registry, RegistryName,
    Validator,
};
use plimsoll_oci::{Digest, DigestAlgorithm};

/// What the server saw: method, path and headers of each request.
type Log = Arc<Mutex<Vec<(String, String)>>>;

/// Serves `answer`, which gets the number of the request, its first line and its headers.
fn serve(answer: impl Fn(usize, &str, &str) -> Vec<u8> + Send + Sync + 'static) -> (String, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let log: Log = Arc::default();
    let (seen, answer) = (Arc::clone(&log), Arc::new(answer));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
            thread::spawn(move || talk(&stream.unwrap(), &seen, &*answer));
        }
    });
    (address, log)
}

fn talk(stream: &TcpStream, seen: &Log, answer: &dyn Fn(usize, &str, &str) -> Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut headers = String::new();
    while reader.read_line(&mut headers).unwrap_or(0) > 2 {}
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push((first.trim().to_owned(), headers.to_lowercase()));
        seen.len()
    };
    let bytes = answer(number, first.trim(), &headers.to_lowercase());
    let mut out = stream;
    let _ = out.write_all(&bytes);
    if bytes.ends_with(b"STALL") {
        thread::sleep(Duration::from_secs(20));
    }
}

fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut res = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    )
    .into_bytes();
    res.extend_from_slice(body);
    res
}

fn http() -> Http {
    let options = HttpOptions {
        timeout: Duration::from_millis(700),
        retries: 2,
        pause: Duration::from_millis(1),
        ..HttpOptions::default()
    };
    Http::new(NetworkPermission::unless_offline(false).unwrap(), options).unwrap()
}

fn registry(address: &str, config: &str) -> Registry {
    let name = RegistryName { host: address.to_owned(), repository: "a/b".to_owned() };
    let config = DockerConfig::parse(config.as_bytes());
    Registry::new(http(), name, None, &[], &config).unwrap()
}

fn sha256(bytes: &[u8]) -> Digest {
    Digest::of(DigestAlgorithm::Sha256, bytes)
}

#[test]
fn staying_offline_gives_no_permission() {
    assert!(NetworkPermission::unless_offline(true).is_none());
}

#[test]
fn a_token_is_fetched_once_and_with_credentials() {
    let (tokens, token_log) = serve(|_, _, _| reply("200 OK", "", br#"{"token": "T0K3N"}"#));
    let realm = format!("http://{tokens}/token");
    let manifest = br#"{"schemaVersion": 2}"#;
    let (address, log) = serve(move |_, _, headers| {
        if headers.contains("authorization: bearer t0k3n") {
            return reply("200 OK", "Content-Type: x/y; charset=utf-8\r\n", manifest);
        }
        let challenge = format!(
            "WWW-Authenticate: Bearer realm=\"{realm}\",service=\"s\",scope=\"repository:a/b:pull\"\r\n"
        );
        reply("401 Unauthorized", &challenge, b"")
    });
    let config = format!(r#"{{"auths": {{"{address}": {{"auth": "bWU6c2VjcmV0"}}}}}}"#);
    let registry = registry(&address, &config);
    let first = registry.manifest("latest").unwrap();
    assert_eq!((first.media_type.as_str(), first.bytes.as_slice()), ("x/y", &manifest[..]));
    assert_eq!(first.digest, sha256(manifest));
    registry.manifest(&sha256(manifest).to_string()).unwrap();
    assert_eq!(log.lock().unwrap().len(), 3, "refused, let in, let in");
    let tokens = token_log.lock().unwrap();
    assert_eq!(tokens.len(), 1);
    assert!(tokens[0].0.contains("scope=repository%3Aa%2Fb%3Apull"), "{}", tokens[0].0);
    assert!(tokens[0].1.contains("authorization: basic bwu6c2vjcmv0"), "{}", tokens[0].1);
}

#[test]
fn a_manifest_that_is_not_what_was_named_is_refused() {
    let (address, _) = serve(|_, _, _| reply("200 OK", "", b"{}"));
    let wrong = registry(&address, "{}").manifest(&sha256(b"other").to_string()).unwrap_err();
    assert!(matches!(wrong, Error::Digest { .. }), "{wrong}");
}

#[test]
fn a_busy_registry_is_waited_for_and_not_for_ever() {
    let (address, log) = serve(|number, _, _| match number {
        1 => reply("429 Too Many Requests", "Retry-After: 0\r\n", b""),
        2 => reply("503 Service Unavailable", "", b""),
        _ => reply("200 OK", "", b"{}"),
    });
    registry(&address, "{}").manifest("latest").unwrap();
    assert_eq!(log.lock().unwrap().len(), 3);
    let body = br#"{"errors": [{"message": "slow down"}]}"#;
    let (address, log) = serve(move |_, _, _| reply("429 Too Many Requests", "", body));
    let error = registry(&address, "{}").manifest("latest").unwrap_err();
    assert!(error.to_string().contains("slow down"), "{error}");
    assert_eq!(log.lock().unwrap().len(), 3);
    let (address, log) =
        serve(|_, _, _| reply("429 Too Many Requests", "Retry-After: 86400\r\n", b""));
    registry(&address, "{}").manifest("latest").unwrap_err();
    assert_eq!(log.lock().unwrap().len(), 1, "a day is too long to wait");
}

/// A blob of many bytes of which each differs from its neighbours.
fn content() -> Vec<u8> {
    (0..300_000_u32).map(|it| (it % 251) as u8).collect()
}

fn read(registry: &Registry, digest: &Digest, size: Option<u64>) -> Result<Vec<u8>, String> {
    let mut res = Vec::new();
    let mut blob = registry.blob(digest, size).map_err(|it| it.to_string())?;
    blob.read_to_end(&mut res).map_err(|it| it.to_string())?;
    Ok(res)
}

#[test]
fn a_blob_that_breaks_off_is_taken_up_again() {
    for knows_ranges in [true, false] {
        let (address, log) = serve(move |number, _, headers| {
            let all = content();
            if number == 1 {
                let mut cut = reply("200 OK", "", &all);
                cut.truncate(150_000);
                return cut;
            }
            let from = headers.split("range: bytes=").nth(1).and_then(|it| it.split('-').next());
            let from: usize = from.unwrap().parse().unwrap();
            if !knows_ranges {
                return reply("200 OK", "", &all);
            }
            let range = format!("Content-Range: bytes {from}-299999/300000\r\n");
            reply("206 Partial Content", &range, &all[from..])
        });
        let digest = sha256(&content());
        let got = read(&registry(&address, "{}"), &digest, Some(300_000)).unwrap();
        assert!(got == content());
        assert_eq!(log.lock().unwrap().len(), 2);
    }
}

#[test]
fn a_blob_that_is_another_one_ends_with_an_error() {
    let (address, _) = serve(|_, _, _| reply("200 OK", "", b"evil"));
    let registry = registry(&address, "{}");
    let error = read(&registry, &sha256(b"good"), Some(4)).unwrap_err();
    assert!(error.contains("in place of"), "{error}");
    let error = read(&registry, &sha256(b"evi"), Some(3)).unwrap_err();
    assert!(error.contains("more than it said"), "{error}");
    assert_eq!(read(&registry, &sha256(b"evil"), None).unwrap(), b"evil");
}

#[test]
fn a_stalled_blob_ends_in_time() {
    let (address, _) =
        serve(|_, _, _| b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabcSTALL".to_vec());
    let error = read(&registry(&address, "{}"), &sha256(b""), Some(100)).unwrap_err();
    assert!(error.contains("broke off") || error.contains("in time"), "{error}");
}

#[test]
fn a_redirect_to_another_host_does_not_learn_the_password() {
    let (storage, storage_log) = serve(|_, _, _| reply("200 OK", "", b"blob"));
    let (address, _) = serve(move |_, _, headers| {
        if !headers.contains("authorization: basic") {
            return reply("401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n", b"");
        }
        let place = storage.replace("127.0.0.1", "localhost");
        reply("307 Temporary Redirect", &format!("Location: http://{place}/x\r\n"), b"")
    });
    let config = format!(r#"{{"auths": {{"{address}": {{"auth": "bWU6c2VjcmV0"}}}}}}"#);
    assert_eq!(read(&registry(&address, &config), &sha256(b"blob"), None).unwrap(), b"blob");
    let seen = storage_log.lock().unwrap();
    assert!(!seen[0].1.contains("authorization"), "{}", seen[0].1);
}

#[test]
fn redirects_without_end_are_refused() {
    let (address, log) =
        serve(|number, _, _| reply("302 Found", &format!("Location: /v2/{number}\r\n"), b""));
    registry(&address, "{}").manifest("latest").unwrap_err();
    assert!(log.lock().unwrap().len() < 30);
}

#[test]
fn a_feed_is_fetched_when_it_changed_and_limited() {
    let (address, log) = serve(|_, _, headers| {
        if headers.contains("if-none-match: \"1\"") {
            return reply("304 Not Modified", "", b"");
        }
        reply("200 OK", "ETag: \"1\"\r\n", b"data")
    });
    let url = format!("http://{address}/feed");
    let mut out = Vec::new();
    let none = Validator::default();
    let first = http().download(&url, &none, 10, &mut out, &mut |_, _| {}).unwrap();
    let Download::Fetched { validator, n_bytes: 4 } = first else { panic!("{first:?}") };
    assert_eq!(out, b"data");
    let second = http().download(&url, &validator, 10, &mut out, &mut |_, _| {}).unwrap();
    assert_eq!(second, Download::NotModified);
    assert_eq!(log.lock().unwrap().len(), 2);
    let error = http().download(&url, &none, 3, &mut out, &mut |_, _| {}).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 3, .. }));
}

#[test]
fn a_feed_that_breaks_off_goes_on_if_it_is_still_the_same() {
    let (address, log) = serve(|number, _, headers| {
        let all = content();
        if number == 1 {
            let mut cut = reply("200 OK", "ETag: \"1\"\r\n", &all);
            cut.truncate(100_000);
            return cut;
        }
        assert!(headers.contains("if-range: \"1\""), "{headers}");
        let from = headers.split("range: bytes=").nth(1).and_then(|it| it.split('-').next());
        let from: usize = from.unwrap().parse().unwrap();
        reply("206 Partial Content", "", &all[from..])
    });
    let url = format!("http://{address}/feed");
    let mut out = Vec::new();
    let mut last = 0;
    let none = Validator::default();
    http().download(&url, &none, 1 << 20, &mut out, &mut |n, _| last = n).unwrap();
    assert!(out == content());
    assert_eq!((last, log.lock().unwrap().len()), (300_000, 2));
}

#[test]
fn nobody_there_is_said_in_words() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = registry(&address, "{}").manifest("latest").unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.hint().contains("HTTPS_PROXY"));
}
