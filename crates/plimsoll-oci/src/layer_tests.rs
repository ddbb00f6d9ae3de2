//! What users of a layer rely on: every dialect is read, and nothing hostile is believed.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};

use crate::{
    Compression, Digest, DigestAlgorithm, Entry, EntryKind, GapKind, Hashing, LayerInput,
    LayerSummary, LayerVisitor, Limits, ReadAt, Want, read_layer, read_whole,
    test_tar::{RawHeader, TarWriter, gzip, record, zstd},
};

/// Keeps all that it is shown.
#[derive(Debug, Default, PartialEq)]
struct Keeper {
    entries: Vec<Entry>,
    contents: Vec<(String, Vec<u8>)>,
    chunks: BTreeMap<String, Vec<u8>>,
    n_ends: usize,
    only_elf: bool,
}

impl LayerVisitor for Keeper {
    fn entry(&mut self, entry: &Entry) -> Want {
        self.entries.push(entry.clone());
        if self.only_elf { Want::WhenElf } else { Want::Yes }
    }

    fn content(&mut self, entry: &Entry, content: &dyn ReadAt) {
        assert_eq!(content.len(), entry.size);
        let bytes = read_whole(content, 1 << 24).unwrap().into_owned();
        self.contents.push((entry.path.clone(), bytes));
    }

    fn wants_chunks(&mut self, _entry: &Entry) -> bool {
        true
    }

    fn chunk(&mut self, entry: &Entry, offset: u64, bytes: &[u8]) {
        let chunks = self.chunks.entry(entry.path.clone()).or_default();
        let offset = usize::try_from(offset).unwrap();
        if chunks.len() < offset {
            chunks.resize(offset, 0);
        }
        chunks.truncate(offset);
        chunks.extend(bytes);
    }

    fn end_of_chunks(&mut self, _entry: &Entry) {
        self.n_ends += 1;
    }
}

/// A source that cannot be had as a slice, and gives a little at a time.
struct Slow(Vec<u8>);

impl ReadAt for Slow {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let n = buffer.len().min(700);
        self.0.read_at(offset, &mut buffer[..n])
    }
}

/// A stream that gives a little at a time.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = buffer.len().min(3);
        self.0.read(&mut buffer[..n])
    }
}

fn read(input: LayerInput<'_>, limits: &Limits) -> (Keeper, LayerSummary) {
    let mut keeper = Keeper::default();
    let summary = read_layer(input, limits, Hashing::DiffId, &mut keeper);
    (keeper, summary)
}

/// Reads a plain archive in every way there is, which must all agree.
#[track_caller]
fn read_all_ways(tar: &[u8]) -> (Keeper, LayerSummary) {
    let limits = Limits::default();
    let (keeper, summary) = read(LayerInput::At(&tar.to_vec()), &limits);
    let slow = Slow(tar.to_vec());
    let (gz, zst) = (gzip(tar), zstd(tar));
    let inputs = [
        ("slow", LayerInput::At(&slow)),
        ("stream", LayerInput::Stream(Box::new(Drip(tar)))),
        ("gzip", LayerInput::Stream(Box::new(&gz[..]))),
        ("gzip at", LayerInput::At(&gz)),
        ("zstd", LayerInput::Stream(Box::new(Drip(&zst)))),
    ];
    for (name, input) in inputs {
        let (other, other_summary) = read(input, &limits);
        assert_eq!(other, keeper, "{name}");
        assert_eq!(other_summary.gaps, summary.gaps, "{name}");
        assert_eq!(other_summary.is_complete, summary.is_complete, "{name}");
        if summary.gaps.is_empty() {
            assert_eq!(other_summary.diff_id, summary.diff_id, "{name}");
        }
    }
    (keeper, summary)
}

fn kinds(summary: &LayerSummary) -> Vec<GapKind> {
    summary.gaps.iter().map(|it| it.kind).collect()
}

fn paths(keeper: &Keeper) -> Vec<&str> {
    keeper.entries.iter().map(|it| it.path.as_str()).collect()
}

#[test]
fn every_kind_of_entry_is_shown() {
    let mut tar = TarWriter::new();
    tar.folder("./etc/").file("./etc/passwd", b"root:x:0:0").file("empty", b"");
    tar.symbolic_link("bin", "usr/bin").hard_link("again", "./etc/passwd");
    let mut device = RawHeader::new(b"dev/null", b'3', 0).mode(0o666);
    device.set(329, b"0000001\0");
    device.set(337, b"0000003\0");
    tar.header(device).header(RawHeader::new(b"pipe", b'6', 0));
    tar.header(RawHeader::new(b"sudo", b'0', 0).mode(0o104_755));
    let tar = tar.end();
    let (keeper, summary) = read_all_ways(&tar);
    assert_eq!(summary.gaps, []);
    assert!(summary.is_complete);
    assert_eq!(summary.diff_id, Some(Digest::of(DigestAlgorithm::Sha256, &tar)));
    assert_eq!((summary.n_entries, summary.n_bytes), (8, 10));
    let shown: Vec<_> =
        keeper.entries.iter().map(|it| (it.path.as_str(), it.kind.clone())).collect();
    assert_eq!(
        shown,
        [
            ("etc", EntryKind::Directory),
            ("etc/passwd", EntryKind::File),
            ("empty", EntryKind::File),
            ("bin", EntryKind::SymbolicLink("usr/bin".to_owned())),
            ("again", EntryKind::HardLink("etc/passwd".to_owned())),
            ("dev/null", EntryKind::CharacterDevice(1, 3)),
            ("pipe", EntryKind::Fifo),
            ("sudo", EntryKind::File),
        ]
    );
    assert_eq!(keeper.entries[7].mode, 0o4755);
    assert_eq!(keeper.contents[0], ("etc/passwd".to_owned(), b"root:x:0:0".to_vec()));
    assert_eq!(keeper.chunks["etc/passwd"], b"root:x:0:0");
    assert_eq!((keeper.contents.len(), keeper.n_ends), (3, 3));
}

#[test]
fn whiteouts_are_told_from_files() {
    let mut tar = TarWriter::new();
    tar.file("etc/.wh.gone", b"").file("var/.wh..wh..opq", b"").file(".wh..wh..opq", b"");
    tar.file(".wh..wh.plnk/1.2", b"x").file("a/.wh..wh.aufs", b"").file(".wh.top", b"");
    tar.header(RawHeader::new(b"dev/gone", b'3', 0)).file("a/.why", b"");
    let (keeper, summary) = read_all_ways(&tar.end());
    assert_eq!(summary.gaps, []);
    let shown: Vec<_> = keeper.entries.iter().map(|it| (it.path.as_str(), &it.kind)).collect();
    assert_eq!(
        shown,
        [
            ("etc/gone", &EntryKind::Whiteout),
            ("var", &EntryKind::Opaque),
            ("", &EntryKind::Opaque),
            ("top", &EntryKind::Whiteout),
            ("dev/gone", &EntryKind::Whiteout),
            ("a/.why", &EntryKind::File),
        ]
    );
}

#[test]
fn long_names_of_all_dialects_are_read() {
    let long = format!("{}/x", "d".repeat(300));
    let target = format!("../{}", "t".repeat(200));
    let mut tar = TarWriter::new();
    let nul = |text: &str| format!("{text}\0").into_bytes();
    tar.entry(b"././@LongLink", b'L', &nul(&long)).file("cut", b"gnu");
    tar.entry(b"././@LongLink", b'K', &nul(&target)).entry(b"././@LongLink", b'L', &nul("link"));
    tar.symbolic_link("cut", "cut");
    tar.pax(&[("path", long.as_bytes()), ("size", b"3")]).file("cut", b"pax");
    tar.pax(&[("linkpath", target.as_bytes())]).symbolic_link("pax-link", "cut");
    let mut prefixed = RawHeader::new(b"name", b'0', 0);
    prefixed.set(345, b"pre/fix");
    tar.header(prefixed);
    // GNU keeps times where POSIX keeps the prefix.
    let mut gnu = RawHeader::new(b"name", b'0', 0).gnu();
    gnu.set(345, b"14717107000\0");
    tar.header(gnu);
    let mut old = RawHeader::new(b"old/", 0, 0);
    old.set(257, &[0; 255]);
    tar.header(old);
    let (keeper, summary) = read_all_ways(&tar.end());
    assert_eq!(summary.gaps, []);
    assert_eq!(paths(&keeper), [&long, "link", &long, "pax-link", "pre/fix/name", "name", "old"]);
    assert_eq!(keeper.entries[1].kind, EntryKind::SymbolicLink(target.clone()));
    assert_eq!(keeper.entries[3].kind, EntryKind::SymbolicLink(target));
    assert_eq!(keeper.entries[6].kind, EntryKind::Directory);
    assert_eq!(keeper.contents[1].1, b"pax");
}

#[test]
fn metadata_come_from_extended_headers() {
    let mut tar = TarWriter::new();
    tar.pax(&[
        ("uid", b"4000000000"),
        ("gid", b"7"),
        ("mtime", b"1700000000.25"),
        ("SCHILY.xattr.security.capability", b"\x01\x00\x00\x02"),
    ]);
    tar.file("ping", b"");
    let mut header = RawHeader::new(b"other", b'0', 0);
    header.set(108, b"\x80\0\0\0\0\0\x03\xe8");
    header.set(136, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
    tar.header(header);
    let (keeper, _) = read_all_ways(&tar.end());
    let [ping, other] = &keeper.entries[..] else { panic!("two entries") };
    assert_eq!((ping.user, ping.group, ping.modified), (4_000_000_000, 7, 1_700_000_000));
    assert_eq!((other.user, other.modified), (1000, -1));
    assert!(ping.has_capabilities && !other.has_capabilities);
}

#[test]
fn files_with_holes_are_read_in_every_format() {
    let mut tar = TarWriter::new();
    let mut old = RawHeader::new(b"old", b'S', 6).gnu();
    let pair = |offset: u64, len: u64| format!("{offset:011o}\0{len:011o}\0").into_bytes();
    for index in 0..4 {
        old.set(386 + 24 * index, &pair(index as u64 * 4, 1));
    }
    old.0[482] = 1;
    old.set(483, format!("{:011o}\0", 30).as_bytes());
    let mut more = [0; 512];
    more[..24].copy_from_slice(&pair(20, 2));
    tar.header(old);
    tar.bytes.extend(more);
    tar.content(b"abcdef");
    let ways: [&[(&str, &[u8])]; 2] = [
        &[("GNU.sparse.size", b"30"), ("GNU.sparse.map", b"1,2,8,3"), ("GNU.sparse.name", b"v01")],
        &[
            ("GNU.sparse.size", b"30"),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.offset", b"1"),
            ("GNU.sparse.numbytes", b"2"),
            ("GNU.sparse.offset", b"8"),
            ("GNU.sparse.numbytes", b"3"),
        ],
    ];
    for records in ways {
        tar.pax(records).file("v00", b"abcde");
    }
    tar.pax(&[
        ("GNU.sparse.major", b"1"),
        ("GNU.sparse.minor", b"0"),
        ("GNU.sparse.realsize", b"30"),
        ("GNU.sparse.name", b"v10"),
    ]);
    let mut stored = b"2\n1\n2\n8\n3\n".to_vec();
    stored.resize(512, 0);
    stored.extend(b"abcde");
    tar.file("hidden", &stored).file("after", b"x");
    let (keeper, summary) = read_all_ways(&tar.end());
    assert_eq!(summary.gaps, []);
    assert_eq!(paths(&keeper), ["old", "v01", "v00", "v10", "after"]);
    let expected = b"\0ab\0\0\0\0\0cde\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let old = b"a\0\0\0b\0\0\0c\0\0\0d\0\0\0\0\0\0\0ef\0\0\0\0\0\0\0\0";
    assert_eq!(keeper.contents[0].1, old);
    for (path, content) in &keeper.contents[1..4] {
        assert_eq!(content, expected, "{path}");
    }
    assert_eq!(keeper.chunks["v10"], expected[..11]);
}

#[test]
fn maps_of_holes_that_lie_are_told() {
    let mut tar = TarWriter::new();
    for map in ["0,9", "5,1,4,1", "1,2,3", "0,99999999999999"] {
        tar.pax(&[("GNU.sparse.size", b"8"), ("GNU.sparse.map", map.as_bytes())]);
        tar.file(map, b"abc");
    }
    tar.pax(&[("GNU.sparse.major", b"1"), ("GNU.sparse.realsize", b"9")]);
    tar.file("1.0", &[b'9'; 1024]).file("after", b"x");
    let (keeper, summary) = read_all_ways(&tar.end());
    assert_eq!(kinds(&summary), [GapKind::Corrupt; 5]);
    assert_eq!(keeper.entries.len(), 6);
    assert_eq!(keeper.contents, [("after".to_owned(), b"x".to_vec())]);
}

#[test]
fn only_executables_are_handed_over_when_asked() {
    let mut tar = TarWriter::new();
    tar.file("elf", b"\x7fELF\x02\x01").file("script", b"#!/bin/sh").file("short", b"\x7fE");
    let tar = tar.end();
    for input in [gzip(&tar), tar] {
        let mut keeper = Keeper { only_elf: true, ..Keeper::default() };
        read_layer(LayerInput::At(&input), &Limits::default(), Hashing::Skip, &mut keeper);
        assert_eq!(keeper.contents, [("elf".to_owned(), b"\x7fELF\x02\x01".to_vec())]);
    }
}

#[test]
fn names_that_climb_are_confined_and_told() {
    let mut tar = TarWriter::new();
    tar.file("../../etc/passwd", b"").file("/abs/./path", b"").hard_link("a", "../../b");
    tar.pax(&[("path", b"with\0nul")]).file("x", b"");
    let (keeper, summary) = read_all_ways(&tar.end());
    assert_eq!(paths(&keeper), ["etc/passwd", "abs/path", "a", "with"]);
    assert_eq!(keeper.entries[2].kind, EntryKind::HardLink("b".to_owned()));
    let expected = [GapKind::UnsafePath, GapKind::UnsafePath, GapKind::Corrupt];
    assert_eq!(kinds(&summary), expected);
}

#[test]
fn archives_that_are_cut_short_are_told() {
    let mut tar = TarWriter::new();
    tar.file("a", b"aaa").file("b", &[7; 2000]);
    let tar = tar.end();
    let mut cases = vec![(0, false), (tar.len() - 1024, true), (tar.len() - 512, false)];
    cases.extend([(100, true), (512, true), (700, true), (1024, true), (2000, true)]);
    for (len, is_gap) in cases {
        let (keeper, summary) = read_all_ways(&tar[..len]);
        let expected: &[GapKind] = if is_gap { &[GapKind::Truncated] } else { &[] };
        if len == 100 {
            // So little could be anything.
            assert_eq!(summary.gaps.len(), 1);
        } else {
            assert_eq!(kinds(&summary), expected, "{len}");
        }
        assert!(keeper.contents.iter().all(|it| it.0 != "b" || it.1.len() == 2000));
    }
}

#[test]
fn broken_headers_end_the_walk() {
    type Change = dyn Fn(&mut TarWriter);
    let mut good = TarWriter::new();
    good.file("a", b"");
    let with = |change: &Change| {
        let mut tar = good.clone();
        change(&mut tar);
        tar.file("c", b"");
        read_all_ways(&tar.end())
    };
    let cases: [(&str, &Change, GapKind); 7] = [
        ("checksum", &|tar| tar.bytes.extend([b'x'; 512]), GapKind::Corrupt),
        ("zeros", &|tar| tar.bytes.extend([0; 512]), GapKind::TrailingData),
        ("end", &|tar| tar.bytes.extend([0; 1024]), GapKind::TrailingData),
        (
            "negative size",
            &|tar| {
                let mut header = RawHeader::new(b"b", b'0', 0);
                header.set(124, &[0xff; 12]);
                tar.header(header);
            },
            GapKind::Corrupt,
        ),
        (
            "huge size",
            &|tar| {
                tar.header(RawHeader::new(b"b", b'0', 100 << 20));
            },
            GapKind::Truncated,
        ),
        (
            "huge extended header",
            &|tar| {
                tar.header(RawHeader::new(b"b", b'x', 1 << 30));
            },
            GapKind::Limit,
        ),
        (
            "lone extended header",
            &|tar| {
                tar.pax(&[("path", b"x")]);
                tar.bytes.extend([0; 1024]);
            },
            GapKind::Truncated,
        ),
    ];
    for (name, change, kind) in cases {
        let (keeper, summary) = with(change);
        assert_eq!(kinds(&summary), [kind], "{name}");
        assert!(!paths(&keeper).contains(&"c"), "{name}");
        assert_eq!(keeper.entries[0].path, "a", "{name}");
    }
    assert_eq!(kinds(&read_all_ways(&[b'{'; 2000]).1), [GapKind::Corrupt]);
    let mut header = RawHeader::new(b"b", b'0', 0);
    header.set(124, b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff");
    let tar = good.header(header).end();
    let (_, summary) = read(LayerInput::At(&tar), &Limits::default());
    assert_eq!(kinds(&summary), [GapKind::Truncated]);
    let (_, summary) = read(LayerInput::At(&gzip(&tar)), &Limits::default());
    assert_eq!(kinds(&summary), [GapKind::Limit, GapKind::Truncated]);
}

#[test]
fn what_engines_pass_by_is_told() {
    let mut tar = TarWriter::new();
    tar.entry(b"g", b'g', &record("comment", b"0123")).file("a", b"");
    tar.entry(b"g", b'g', &record("path", b"fake")).file("b", b"");
    tar.entry(b"c", b'?', b"what").entry(b"label", b'V', b"").file("d", b"");
    let (keeper, summary) = read_all_ways(&tar.end());
    assert_eq!(paths(&keeper), ["a", "b", "d"]);
    assert_eq!(kinds(&summary), [GapKind::Unsupported, GapKind::Unsupported]);
}

#[test]
fn limits_are_gaps() {
    let mut tar = TarWriter::new();
    let deep = vec!["d"; 20].join("/");
    tar.file(&deep, b"").pax(&[("path", "n".repeat(300).as_bytes())]).file("x", b"");
    tar.file("big", &[1; 3000]).file("one", b"1").file("two", b"2").file("three", b"3");
    let tar = tar.end();
    let limits = Limits { path_depth: 10, path_bytes: 200, file_bytes: 2000, ..Limits::default() };
    let (keeper, summary) = read(LayerInput::At(&gzip(&tar)), &limits);
    assert_eq!(kinds(&summary), [GapKind::Limit; 3]);
    assert_eq!(paths(&keeper), ["big", "one", "two", "three"]);
    assert_eq!(keeper.contents.len(), 3);
    assert_eq!(keeper.chunks["big"].len(), 3000);
    assert!(summary.is_complete);
    let (keeper, summary) = read(LayerInput::At(&tar), &Limits { entries: 4, ..limits });
    assert_eq!(paths(&keeper), ["big", "one"]);
    assert!(!summary.is_complete);
    let few = Limits { unpacked_bytes: 4000, ..Limits::default() };
    let (_, summary) = read(LayerInput::At(&gzip(&tar)), &few);
    assert_eq!((kinds(&summary), summary.diff_id), (vec![GapKind::Limit], None));
}

#[test]
fn bombs_are_stopped() {
    let mut tar = TarWriter::new();
    tar.file("zeros", &vec![0; 8 << 20]).file("after", b"");
    let tar = tar.end();
    let limits = Limits { ratio: 100, ratio_free_bytes: 1 << 20, ..Limits::default() };
    for packed in [gzip(&tar), zstd(&tar)] {
        let (keeper, summary) = read(LayerInput::At(&packed), &limits);
        assert_eq!(kinds(&summary), [GapKind::Limit]);
        assert_eq!(paths(&keeper), ["zeros"]);
        assert!(keeper.contents.is_empty());
        assert!(keeper.chunks["zeros"].len() < 8 << 20);
    }
    // A plain archive of zeros is as long as it says.
    assert_eq!(read(LayerInput::At(&tar), &limits).1.gaps, []);
}

#[test]
fn ten_million_empty_entries_are_stopped() {
    struct Endless {
        header: Vec<u8>,
        n_left: u64,
    }
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = buffer.len() / 512 * 512;
            for block in buffer[..n].chunks_mut(512) {
                block.copy_from_slice(&self.header);
            }
            assert!(self.n_left > 0, "read on behind the limit");
            self.n_left -= 1;
            Ok(n)
        }
    }
    struct Counter(u64);
    impl LayerVisitor for Counter {
        fn entry(&mut self, _entry: &Entry) -> Want {
            self.0 += 1;
            Want::No
        }
        fn content(&mut self, _entry: &Entry, _content: &dyn ReadAt) {}
    }
    let header = TarWriter::new().file("x", b"").bytes.clone();
    let endless = Endless { header, n_left: 10_000_000 / 512 };
    let limits = Limits { entries: 50_000, ..Limits::default() };
    let mut counter = Counter(0);
    let input = LayerInput::Stream(Box::new(endless));
    let summary = read_layer(input, &limits, Hashing::Skip, &mut counter);
    assert_eq!((counter.0, kinds(&summary)), (50_000, vec![GapKind::Limit]));
}

#[test]
fn members_and_frames_are_read_to_the_last() {
    let mut tar = TarWriter::new();
    tar.file("a", b"aaa").file("b", b"bbb");
    let tar = tar.end();
    let (front, back) = tar.split_at(700);
    for pack in [gzip, zstd] {
        let packed = [pack(front), pack(b""), pack(back)].concat();
        let (keeper, summary) = read(LayerInput::At(&packed), &Limits::default());
        assert_eq!((paths(&keeper), &summary.gaps[..]), (vec!["a", "b"], &[][..]));
        let with_garbage = [packed.clone(), b"garbage garbage".to_vec()].concat();
        let (keeper, summary) = read(LayerInput::At(&with_garbage), &Limits::default());
        assert_eq!(
            (paths(&keeper), kinds(&summary)),
            (vec!["a", "b"], vec![GapKind::TrailingData])
        );
        assert_eq!(summary.diff_id, None);
        let cut = &packed[..packed.len() - 6];
        let (keeper, summary) = read(LayerInput::Stream(Box::new(cut)), &Limits::default());
        assert_eq!(paths(&keeper)[0], "a");
        assert!(!summary.gaps.is_empty() && summary.diff_id.is_none(), "{:?}", summary.gaps);
        let cut = &pack(&tar)[..40];
        let (_, summary) = read(LayerInput::Stream(Box::new(cut)), &Limits::default());
        assert_eq!(kinds(&summary), [GapKind::Truncated]);
    }
    let padded = [gzip(&tar), vec![0; 9000]].concat();
    assert_eq!(read(LayerInput::At(&padded), &Limits::default()).1.gaps, []);
}

#[test]
fn compression_that_is_not_read_is_named() {
    for (head, name) in [(b"\xfd7zXZ\0".as_slice(), "xz"), (b"BZh91AY&SY", "bzip2")] {
        let (_, summary) = read(LayerInput::At(&head.to_vec()), &Limits::default());
        assert_eq!(kinds(&summary), [GapKind::Unsupported]);
        assert!(summary.gaps[0].message.contains(name));
    }
    assert_eq!(Compression::of(&gzip(b"")), Compression::Gzip);
}

#[test]
fn errors_of_the_source_are_no_faults_of_the_data() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the connection broke"))
        }
    }
    let packed = gzip(&TarWriter::new().file("a", &[1; 5000]).end());
    let stream = packed[..40].chain(Failing);
    let (_, summary) = read(LayerInput::Stream(Box::new(stream)), &Limits::default());
    assert_eq!(kinds(&summary), [GapKind::Unreadable]);
    assert!(summary.gaps[0].message.contains("the connection broke"));
}

/// Bytes that are a tar archive in most places.
fn damaged_tar() -> impl Strategy<Value = Vec<u8>> {
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (damage, any::<bool>()).prop_map(|(damage, seal)| {
        let mut tar = TarWriter::new();
        tar.file("a", b"aaa").pax(&[("path", b"b"), ("size", b"3")]).file("x", b"bbb");
        tar.pax(&[("GNU.sparse.map", b"1,2"), ("GNU.sparse.size", b"9")]).file("s", b"ab");
        tar.entry(b"L", b'L', b"long").symbolic_link("l", "a").hard_link("h", "a");
        let mut bytes = tar.end();
        for (index, byte) in damage {
            let at = index.index(bytes.len());
            bytes[at] = byte;
            if seal {
                let start = at / 512 * 512;
                let block = RawHeader(bytes[start..start + 512].try_into().unwrap());
                let mut sealed = TarWriter::new();
                bytes[start..start + 512].copy_from_slice(&sealed.header(block).bytes);
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        read(LayerInput::At(&bytes), &Limits::default());
        for head in [&b"\x1f\x8b\x08\0\0\0\0\0\0\0"[..], b"\x28\xb5\x2f\xfd"] {
            let packed = [head, &bytes].concat();
            read(LayerInput::At(&packed), &Limits::default());
        }
    }

    #[test]
    fn damaged_archives_are_read_alike_in_all_ways(bytes in damaged_tar()) {
        read_all_ways(&bytes);
    }

    #[test]
    fn what_was_written_is_read(
        files in prop::collection::vec(
            ("[a-z]{1,8}(/[a-z]{1,60}){0,4}", prop::collection::vec(any::<u8>(), 0..1500)),
            0..12,
        ),
    ) {
        let mut tar = TarWriter::new();
        for (path, content) in &files {
            tar.pax(&[("path", path.as_bytes())]).file("x", content);
        }
        let (keeper, summary) = read_all_ways(&tar.end());
        assert_eq!(summary.gaps, []);
        assert_eq!(keeper.contents, files);
    }
}
