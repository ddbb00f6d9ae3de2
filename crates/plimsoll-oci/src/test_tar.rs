//! Writes small archives for tests, right ones and wrong ones.
//!
//! Knows nothing of the readers that it tests.

use std::io::Write;

/// An archive that grows.
#[derive(Clone, Default)]
pub(crate) struct TarWriter {
    pub(crate) bytes: Vec<u8>,
}

/// A header before its checksum.
pub(crate) struct RawHeader(pub(crate) [u8; 512]);

impl RawHeader {
    pub(crate) fn new(name: &[u8], flag: u8, size: u64) -> Self {
        let mut res = Self([0; 512]);
        res.set(0, &name[..name.len().min(100)]);
        res.set(100, b"0000644\0");
        res.set(108, b"0000000\0");
        res.set(116, b"0000000\0");
        res.set(124, format!("{size:011o}\0").as_bytes());
        res.set(136, b"00000000000\0");
        res.set(257, b"ustar\x0000");
        res.0[156] = flag;
        res
    }

    pub(crate) fn set(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub(crate) fn gnu(mut self) -> Self {
        self.set(257, b"ustar  \0");
        self
    }

    pub(crate) fn mode(mut self, mode: u32) -> Self {
        self.set(100, format!("{mode:07o}\0").as_bytes());
        self
    }

    pub(crate) fn link(mut self, target: &str) -> Self {
        self.set(157, target.as_bytes());
        self
    }

    fn sealed(mut self) -> [u8; 512] {
        self.set(148, b"        ");
        let sum: u32 = self.0.iter().map(|it| u32::from(*it)).sum();
        self.set(148, format!("{sum:06o}\0 ").as_bytes());
        self.0
    }
}

impl TarWriter {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn header(&mut self, header: RawHeader) -> &mut Self {
        self.bytes.extend(header.sealed());
        self
    }

    /// Content as it is stored, filled up to a block.
    pub(crate) fn content(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(512), 0);
        self
    }

    pub(crate) fn entry(&mut self, name: &[u8], flag: u8, bytes: &[u8]) -> &mut Self {
        self.header(RawHeader::new(name, flag, bytes.len() as u64)).content(bytes)
    }

    pub(crate) fn file(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        self.entry(name.as_bytes(), b'0', bytes)
    }

    pub(crate) fn folder(&mut self, name: &str) -> &mut Self {
        self.header(RawHeader::new(name.as_bytes(), b'5', 0).mode(0o755))
    }

    pub(crate) fn symbolic_link(&mut self, name: &str, target: &str) -> &mut Self {
        self.header(RawHeader::new(name.as_bytes(), b'2', 0).link(target))
    }

    pub(crate) fn hard_link(&mut self, name: &str, target: &str) -> &mut Self {
        self.header(RawHeader::new(name.as_bytes(), b'1', 0).link(target))
    }

    /// An extended header for the next entry.
    pub(crate) fn pax(&mut self, records: &[(&str, &[u8])]) -> &mut Self {
        let text: Vec<u8> = records.iter().flat_map(|(key, value)| record(key, value)).collect();
        self.entry(b"PaxHeaders/x", b'x', &text)
    }

    /// The end mark.
    pub(crate) fn end(&mut self) -> Vec<u8> {
        self.bytes.extend([0; 1024]);
        self.bytes.clone()
    }
}

/// A record whose length counts itself.
pub(crate) fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let body_len = key.len() + value.len() + 3;
    let mut len = body_len + 1;
    while len != body_len + len.to_string().len() {
        len = body_len + len.to_string().len();
    }
    let mut res = format!("{len} {key}=").into_bytes();
    res.extend(value);
    res.push(b'\n');
    res
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}
