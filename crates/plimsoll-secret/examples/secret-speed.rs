//! How fast the search goes: megabytes a second over the files given, or over a made-up mix of text
//! and binary data. `secret-speed [FILE...]`, best built in release mode.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "an example reads files, looks at the clock and prints"
)]

use std::{env, fs, time::Instant};

use plimsoll_secret::{Detectors, FileContext, Limits};

fn main() {
    let start = Instant::now();
    let detectors = Detectors::builtin();
    let n_detectors = detectors.all().len();
    println!("{n_detectors} detectors read in {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    for path in env::args().skip(1) {
        texts.extend(fs::read(&path).ok().map(|it| (path, it)));
    }
    if texts.is_empty() {
        texts = vec![("noise".to_owned(), noise(MIX)), ("prose".to_owned(), prose(MIX))];
    }
    for (name, text) in &texts {
        let limits = Limits::default();
        // Once to compile the patterns that are needed.
        let n_hits = detectors.find(text, FileContext { path: name }, limits).hits.len();
        let start = Instant::now();
        let found = detectors.find(text, FileContext { path: name }, limits);
        let seconds = start.elapsed().as_secs_f64();
        let mut scanner = detectors.scanner(FileContext { path: name }, limits);
        let start = Instant::now();
        text.chunks(1 << 16).for_each(|it| scanner.push(it));
        let pieces = scanner.finish();
        let streamed = start.elapsed().as_secs_f64();
        let megabytes = text.len() as f64 / 1e6;
        println!(
            "{name}: {megabytes:.0} MB, {n_hits} hits, {} gaps: {:.0} MB/s; in pieces {:.0} MB/s",
            found.gaps.len(),
            megabytes / seconds,
            megabytes / streamed,
        );
        assert_eq!(found.hits.len(), pieces.hits.len(), "pieces find what the whole does");
    }
}

/// Bytes without a pattern, as compressed data and machine code have.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut res = Vec::with_capacity(len);
    while res.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        res.extend_from_slice(&state.to_le_bytes());
    }
    res
}

/// Text of programs.
fn prose(len: usize) -> Vec<u8> {
    let line = "    let value = self.items.get(index).map(|it| it.name.clone()); // keep the order\n\
        for path in source.lines() { if path.starts_with(\"/usr/lib\") { count += 1; } }\n\
        The quick brown fox jumps over the lazy dog, and the dog does not mind at all.\n";
    line.bytes().cycle().take(len).collect()
}

const MIX: usize = 50 << 20;
