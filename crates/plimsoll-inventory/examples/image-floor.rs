//! The least that must be done to list the packages of an image, to measure speed against.
//!
//! usage: `image-floor walk ARCHIVE` goes from header to header through the plain layers of an
//! archive that `docker save` wrote, and reads the files that some extractor wants, without
//! understanding them; `image-floor inflate FILE...` unpacks gzip files and throws away what comes
//! out.

#![expect(
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a program for measurements, of which the product holds nothing"
)]

use std::{
    env,
    fs::File,
    io::{self, Read as _},
    os::unix::fs::FileExt as _,
};

use flate2::bufread::MultiGzDecoder;
use plimsoll_inventory::{Want, wants};
use plimsoll_oci::{Entry, EntryKind};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.split_first() {
        Some((mode, files)) if mode == "inflate" => {
            let mut n_bytes = 0;
            for file in files {
                let packed = io::BufReader::with_capacity(1 << 16, File::open(file)?);
                let mut buffer = vec![0; 1 << 18];
                let mut plain = MultiGzDecoder::new(packed);
                while let n @ 1.. = plain.read(&mut buffer)? {
                    n_bytes += n;
                }
            }
            println!("{n_bytes} bytes");
        }
        Some((mode, [archive])) if mode == "walk" => {
            let file = File::open(archive)?;
            let mut res = (0, 0);
            walk(&file, 0, file.metadata()?.len(), &mut |name, start, size| {
                if name.ends_with("layer.tar") {
                    layer(&file, start, start + size, &mut res)?;
                }
                Ok(())
            })?;
            println!("{} files of {} bytes are wanted", res.0, res.1);
        }
        _ => println!("usage: image-floor walk ARCHIVE | image-floor inflate FILE..."),
    }
    Ok(())
}

fn layer(file: &File, start: u64, end: u64, res: &mut (usize, u64)) -> io::Result<()> {
    let mut buffer = Vec::new();
    walk(file, start, end, &mut |name, start, size| {
        let entry = Entry {
            path: name.trim_start_matches("./").to_owned(),
            kind: EntryKind::File,
            size,
            mode: 0o755,
            user: 0,
            group: 0,
            modified: 0,
            has_capabilities: false,
        };
        // Of a program its head is read, which tells whether it is one.
        let n_read = match wants(&entry) {
            Want::No => return Ok(()),
            Want::WhenElf => 4.min(size),
            Want::Yes => size,
        };
        buffer.resize(usize::try_from(n_read).unwrap_or(0), 0);
        file.read_exact_at(&mut buffer, start)?;
        *res = (res.0 + 1, res.1 + n_read);
        Ok(())
    })
}

/// Name, place and size of each file.
type Visit<'a> = dyn FnMut(&str, u64, u64) -> io::Result<()> + 'a;

fn walk(file: &File, start: u64, end: u64, visit: &mut Visit<'_>) -> io::Result<()> {
    let mut at = start;
    let mut block = [0; 512];
    let mut long_name = None;
    while at + 512 <= end {
        file.read_exact_at(&mut block, at)?;
        let text = |range: std::ops::Range<usize>| {
            let bytes = block.get(range).unwrap_or_default();
            let bytes = bytes.split(|it| *it == 0).next().unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned()
        };
        if block.iter().all(|it| *it == 0) {
            break;
        }
        let size = u64::from_str_radix(text(124..136).trim(), 8).unwrap_or(0);
        at += 512;
        match block.get(156) {
            Some(b'L') => {
                let mut name = vec![0; usize::try_from(size.min(4096)).unwrap_or(0)];
                file.read_exact_at(&mut name, at)?;
                let name = String::from_utf8_lossy(&name).trim_end_matches('\0').to_owned();
                long_name = Some(name);
            }
            Some(0 | b'0') => {
                let prefix = if block.get(257..262) == Some(b"ustar") {
                    text(345..500)
                } else {
                    String::new()
                };
                let short = if prefix.is_empty() {
                    text(0..100)
                } else {
                    format!("{prefix}/{}", text(0..100))
                };
                visit(&long_name.take().unwrap_or(short), at, size)?;
            }
            Some(b'x' | b'g' | b'K') => {}
            _ => long_name = None,
        }
        at += size.div_ceil(512) * 512;
    }
    Ok(())
}
