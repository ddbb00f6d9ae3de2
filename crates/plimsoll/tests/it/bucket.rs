//! A server on the loopback that serves records as OSV's bucket does, and can be told to misbehave.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// How the server answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manners {
    /// As it should.
    #[default]
    Good,
    /// It takes the request and never answers.
    Stall,
    /// It hangs up in the middle of each archive, and knows nothing of ranges.
    Drop,
    /// The archive holds other bytes than were packed.
    Lie,
    /// The archive has fewer records than the list names.
    Half,
    /// It is out of order.
    Broken,
}

#[derive(Debug, Default)]
struct Shelf {
    /// Time of change and text of each record, by id.
    records: BTreeMap<String, (String, String)>,
    manners: Manners,
    /// Status and path of each answer.
    log: Vec<String>,
}

/// A bucket with one ecosystem, npm.
pub(crate) struct Bucket {
    pub(crate) url: String,
    shelf: Arc<Mutex<Shelf>>,
}

impl Bucket {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        let shared = Arc::clone(&shelf);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shelf = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &shelf));
            }
        });
        Self { url, shelf }
    }

    /// Puts a record on the shelf, changed at a minute of 1 January 2026; below `version` a package
    /// called like the record is affected.
    pub(crate) fn put(&self, id: &str, minute: u32, version: &str) {
        let extra = format!(
            r#""affected": [{{"package": {{"ecosystem": "npm", "name": "p-{id}"}}, "ranges":
            [{{"type": "SEMVER", "events": [{{"introduced": "0"}}, {{"fixed": "{version}"}}]}}]}}]"#
        );
        self.put_raw(id, minute, &extra);
    }

    /// Puts a withdrawn record on the shelf.
    pub(crate) fn withdraw(&self, id: &str, minute: u32) {
        let time = format!("2026-01-01T00:{minute:02}:00Z");
        self.put_raw(id, minute, &format!(r#""withdrawn": "{time}""#));
    }

    pub(crate) fn behave(&self, manners: Manners) {
        self.shelf.lock().unwrap().manners = manners;
    }

    /// What was answered since the last look.
    pub(crate) fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.shelf.lock().unwrap().log)
    }

    fn put_raw(&self, id: &str, minute: u32, extra: &str) {
        let time = format!("2026-01-01T00:{minute:02}:00Z");
        let text = format!(r#"{{"id": "{id}", "modified": "{time}", {extra}}}"#);
        self.shelf.lock().unwrap().records.insert(id.to_owned(), (time, text));
    }
}

fn serve(mut stream: TcpStream, shelf: &Mutex<Shelf>) {
    // Head and body are two writes; the second is not to wait until the first is acknowledged.
    let _ = stream.set_nodelay(true);
    let Ok(reading) = stream.try_clone() else { return };
    let mut lines = BufReader::new(reading).lines();
    loop {
        let Some(Ok(first)) = lines.next() else { return };
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut known = None;
        for line in lines.by_ref() {
            let Ok(line) = line else { return };
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(": ")
                && name.eq_ignore_ascii_case("if-none-match")
            {
                known = Some(value.to_owned());
            }
        }
        let (manners, body) = {
            let shelf = shelf.lock().unwrap();
            (shelf.manners, body(&shelf, &path))
        };
        if manners == Manners::Stall {
            thread::park();
        }
        let (status, bytes) = match body {
            _ if manners == Manners::Broken => ("503 Service Unavailable", Vec::new()),
            None => ("404 Not Found", Vec::new()),
            Some(bytes) => ("200 OK", bytes),
        };
        let tag = format!("\"{:x}\"", checksum(&bytes));
        let is_same = status.starts_with("200") && known.as_deref() == Some(&tag);
        let (status, bytes) =
            if is_same { ("304 Not Modified", Vec::new()) } else { (status, bytes) };
        shelf.lock().unwrap().log.push(format!("{} {path}", &status[..3]));
        let length = bytes.len();
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nETag: {tag}\r\n\r\n");
        let is_cut = manners == Manners::Drop && path.ends_with(".zip");
        let end = if is_cut { length / 2 } else { length };
        if stream.write_all(head.as_bytes()).is_err()
            || stream.write_all(&bytes[..end]).is_err()
            || is_cut
        {
            return;
        }
    }
}

fn body(shelf: &Shelf, path: &str) -> Option<Vec<u8>> {
    let name = path.strip_prefix("/npm/")?;
    if name == "modified_id.csv" {
        let mut lines: Vec<_> = shelf.records.iter().map(|(id, it)| (&it.0, id)).collect();
        lines.sort_by(|a, b| b.cmp(a));
        let mut res = String::new();
        for (time, id) in lines {
            writeln!(res, "{time},{id}").unwrap();
        }
        return Some(res.into_bytes());
    }
    if name == "all.zip" {
        let n = if shelf.manners == Manners::Half { 1 } else { usize::MAX };
        let files = shelf.records.iter().take(n).map(|(id, it)| (format!("{id}.json"), &it.1));
        let mut res = zip(&files.collect::<Vec<_>>());
        if shelf.manners == Manners::Lie {
            res[60] ^= 1;
        }
        return Some(res);
    }
    let record = shelf.records.get(name.strip_suffix(".json")?)?;
    Some(record.1.clone().into_bytes())
}

/// A zip archive of files that are not packed.
pub(crate) fn zip(files: &[(String, &String)]) -> Vec<u8> {
    let (mut res, mut directory) = (Vec::new(), Vec::new());
    let long = |it: usize| u32::try_from(it).unwrap().to_le_bytes();
    let short = |it: usize| u16::try_from(it).unwrap().to_le_bytes();
    for (name, text) in files {
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(checksum(text.as_bytes()).to_le_bytes());
        common.extend([long(text.len()), long(text.len())].concat());
        common.extend([short(name.len()), short(0)].concat());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(long(res.len()));
        directory.extend(name.as_bytes());
        res.extend(b"PK\x03\x04");
        res.extend(common);
        res.extend(name.as_bytes());
        res.extend(text.as_bytes());
    }
    let place = long(res.len());
    let size = long(directory.len());
    res.extend(directory);
    res.extend(b"PK\x05\x06\0\0\0\0");
    res.extend([short(files.len()), short(files.len())].concat());
    res.extend([size, place].concat());
    res.extend([0, 0]);
    res
}

/// The CRC-32 of zip archives.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}
