//! Layer records, and what they come to together, as bytes for the cache, and back.
//!
//! The cache is a file of our own with a checksum, but it may still be somebody else's work: every
//! length is checked against what is left, and a record that cannot be read whole is a miss.

use plimsoll_finding::Confidence;
use plimsoll_inventory::{
    FileFacts, FileGap, FoundPackage, Gap, Inventory, OwnedFile, OwnedFiles, OwnedPaths,
    PackageLicence,
};
use plimsoll_lint::subject::image::{FileFact, HiddenFact};
use plimsoll_oci::{Entry, EntryKind};
use plimsoll_package::{Dependency, Distribution, Package, PackageKind, SourcePackage};

use super::{
    merged::{Hidden, LayerTotals, Merged, PlacedSecrets},
    record::{FileSecrets, LayerRecord, SecretFact},
};

/// Changes whenever this form, an extractor or a detector changes, so that older records are
/// misses.
pub(crate) const RECORD_VERSION: u32 = 3;

/// The records as bytes.
pub(crate) fn encode(layers: &[&LayerRecord]) -> Vec<u8> {
    let mut out = Encoder { bytes: Vec::new(), last_path: String::new() };
    out.number(u64::from(RECORD_VERSION));
    out.list(layers, |out, it| out.layer(it));
    out.bytes
}

/// The records that `bytes` hold; `None` if they are of another version or not whole.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<LayerRecord>> {
    let mut input = Decoder { bytes, last_path: String::new() };
    if input.number()? != u64::from(RECORD_VERSION) {
        return None;
    }
    let res = input.list(Decoder::layer)?;
    input.bytes.is_empty().then_some(res)
}

/// What layers come to together as bytes.
pub(crate) fn encode_merged(merged: &Merged) -> Vec<u8> {
    let mut out = Encoder { bytes: Vec::new(), last_path: String::new() };
    out.number(u64::from(RECORD_VERSION));
    out.merged(merged);
    out.bytes
}

/// What layers come to together that `bytes` hold; `None` if it is of another version or not whole.
pub(crate) fn decode_merged(bytes: &[u8]) -> Option<Merged> {
    let mut input = Decoder { bytes, last_path: String::new() };
    if input.number()? != u64::from(RECORD_VERSION) {
        return None;
    }
    let res = input.merged()?;
    input.bytes.is_empty().then_some(res)
}

struct Encoder {
    bytes: Vec<u8>,
    last_path: String,
}

impl Encoder {
    fn layer(&mut self, it: &LayerRecord) {
        self.last_path.clear();
        self.list(&it.entries, Self::entry);
        self.list(&it.facts, |out, (index, facts)| {
            out.number(u64::from(*index));
            out.facts(facts);
        });
        self.list(&it.contents, |out, (index, content)| {
            out.number(u64::from(*index));
            out.blob(content);
        });
        self.list(&it.secrets, |out, it| {
            out.number(u64::from(it.entry));
            out.list(&it.hits, Self::secret);
            out.list(&it.digests, |out, it| out.text(it));
        });
        self.list(&it.gaps, Self::gap);
        self.number(it.n_bytes);
        self.flag(it.is_complete);
    }

    fn gap(&mut self, (path, why): &(String, String)) {
        self.text(path);
        self.text(why);
    }

    fn secret(&mut self, it: &SecretFact) {
        self.text(&it.detector);
        self.number(it.line as u64);
        self.text(&it.masked);
        self.number(it.confidence as u64);
        self.text(&it.message);
    }

    fn merged(&mut self, it: &Merged) {
        self.list(&it.layers, |out, it| {
            out.number(it.n_files as u64);
            out.number(it.n_bytes);
            out.number(it.wasted);
            out.flag(it.is_complete);
            out.list(&it.gaps, Self::gap);
        });
        self.number(it.size);
        self.list(&it.files, |out, it| {
            out.entry(&it.entry);
            out.number(it.layer as u64);
            out.option(it.content.as_ref(), |out, it| out.blob(it));
            out.option(it.package.as_ref(), |out, it| out.text(it));
        });
        self.list(&it.hidden, |out, it| {
            out.entry(&it.entry);
            out.number(it.layer as u64);
            out.number(it.by as u64);
            out.flag(it.is_deleted);
            out.option(it.content.as_ref(), |out, it| out.blob(it));
        });
        self.list(&it.secrets, |out, it| {
            out.number(it.layer as u64);
            out.path(&it.path);
            out.option(it.hidden.as_ref(), |out, it| {
                out.number(it.by as u64);
                out.flag(it.is_deleted);
            });
            out.flag(it.is_owned_unchanged);
            out.list(&it.hits, Self::secret);
        });
        self.list(&it.gaps, Self::gap);
        self.inventory(&it.inventory);
    }

    /// All but the paths that packages own, which nobody keeps.
    fn inventory(&mut self, it: &Inventory) {
        self.option(it.distribution.as_ref(), Self::distribution);
        self.list(&it.content_sets, |out, it| out.text(it));
        self.list(&it.packages, |out, it| {
            out.package(&it.package);
            out.number(it.layer as u64);
            out.option(it.owner.as_ref(), |out, it| out.number(*it as u64));
        });
        self.list(&it.gaps, |out, it| {
            out.text(&it.path);
            out.text(&it.why);
        });
    }

    fn entry(&mut self, it: &Entry) {
        self.path(&it.path);
        match &it.kind {
            EntryKind::File => self.number(0),
            EntryKind::Directory => self.number(1),
            EntryKind::HardLink(target) => {
                self.number(2);
                self.text(target);
            }
            EntryKind::SymbolicLink(target) => {
                self.number(3);
                self.text(target);
            }
            EntryKind::CharacterDevice(major, minor) => {
                self.number(4);
                self.number(u64::from(*major));
                self.number(u64::from(*minor));
            }
            EntryKind::BlockDevice(major, minor) => {
                self.number(5);
                self.number(u64::from(*major));
                self.number(u64::from(*minor));
            }
            EntryKind::Fifo => self.number(6),
            EntryKind::Whiteout => self.number(7),
            EntryKind::Opaque => self.number(8),
        }
        self.number(it.size);
        self.number(u64::from(it.mode));
        self.number(u64::from(it.user));
        self.number(u64::from(it.group));
        self.number(it.modified.cast_unsigned());
        self.flag(it.has_capabilities);
    }

    fn facts(&mut self, it: &FileFacts) {
        self.list(&it.packages, Self::package);
        self.list(&it.owned, |out, it| {
            out.text(&it.package);
            out.list(&it.files, |out, it| {
                out.path(&it.path);
                out.text(&it.digest);
            });
        });
        self.list(&it.licences, |out, it| {
            out.text(&it.package);
            out.text(&it.licence);
        });
        self.option(it.distribution.as_ref(), Self::distribution);
        self.flag(it.leaves_out);
        self.list(&it.content_sets, |out, it| out.text(it));
        self.list(&it.gaps, |out, it| out.text(&it.why));
    }

    fn distribution(&mut self, it: &Distribution) {
        for text in [
            &it.id,
            &it.version,
            &it.codename,
            &it.pretty_name,
            &it.variant,
            &it.cpe,
            &it.support_end,
        ] {
            self.text(text);
        }
        self.list(&it.like, |out, it| out.text(it));
    }

    fn package(&mut self, it: &Package) {
        let kind = KINDS.iter().position(|kind| *kind == it.kind).unwrap_or_default();
        self.number(kind as u64);
        self.option(it.namespace.as_ref(), |out, it| out.text(it));
        self.text(&it.name);
        self.text(&it.version);
        self.option(it.architecture.as_ref(), |out, it| out.text(it));
        self.option(it.source.as_ref(), |out, it| {
            out.text(&it.name);
            out.option(it.version.as_ref(), |out, it| out.text(it));
        });
        for text in [&it.module, &it.licence, &it.supplier] {
            self.option(text.as_ref(), |out, it| out.text(it));
        }
        self.flag(it.installed);
        self.flag(it.development);
        self.option(it.range.as_ref(), |out, it| out.text(it));
        self.path(&it.path);
        self.list(&it.dependencies, |out, it| {
            out.text(&it.name);
            out.option(it.version.as_ref(), |out, it| out.text(it));
        });
    }

    /// A path, as what it adds to the one before it: neighbours share most of their length.
    fn path(&mut self, path: &str) {
        let shared = common_start(&self.last_path, path);
        self.number(shared as u64);
        self.text(path.get(shared..).unwrap_or_default());
        self.last_path.clear();
        self.last_path.push_str(path);
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as u64);
        for item in items {
            each(self, item);
        }
    }

    fn option<T>(&mut self, item: Option<&T>, each: impl FnOnce(&mut Self, &T)) {
        self.flag(item.is_some());
        if let Some(item) = item {
            each(self, item);
        }
    }

    fn text(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    fn blob(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    fn flag(&mut self, flag: bool) {
        self.bytes.push(u8::from(flag));
    }

    /// Seven bits to a byte, the lowest first; the highest bit says that more follow.
    fn number(&mut self, mut number: u64) {
        loop {
            let low = u8::try_from(number & 0x7f).unwrap_or_default();
            number >>= 7;
            if number == 0 {
                return self.bytes.push(low);
            }
            self.bytes.push(low | 0x80);
        }
    }
}

struct Decoder<'a> {
    bytes: &'a [u8],
    last_path: String,
}

impl Decoder<'_> {
    fn layer(&mut self) -> Option<LayerRecord> {
        self.last_path.clear();
        Some(LayerRecord {
            entries: self.list(Self::entry)?,
            facts: self.list(|input| Some((input.small()?, input.facts()?)))?,
            contents: self.list(|input| Some((input.small()?, input.blob()?.to_vec())))?,
            secrets: self.list(|input| {
                Some(FileSecrets {
                    entry: input.small()?,
                    hits: input.list(Self::secret)?,
                    digests: input.list(Self::text)?,
                })
            })?,
            gaps: self.list(Self::gap)?,
            n_bytes: self.number()?,
            is_complete: self.flag()?,
        })
    }

    fn gap(&mut self) -> Option<(String, String)> {
        Some((self.text()?, self.text()?))
    }

    fn merged(&mut self) -> Option<Merged> {
        Some(Merged {
            layers: self.list(|input| {
                Some(LayerTotals {
                    n_files: input.size()?,
                    n_bytes: input.number()?,
                    wasted: input.number()?,
                    is_complete: input.flag()?,
                    gaps: input.list(Self::gap)?,
                })
            })?,
            size: self.number()?,
            files: self.list(|input| {
                Some(FileFact {
                    entry: input.entry()?,
                    layer: input.size()?,
                    content: input.option(|input| input.blob().map(<[u8]>::to_vec))?,
                    package: input.option(Self::text)?,
                    location: None,
                })
            })?,
            hidden: self.list(|input| {
                Some(HiddenFact {
                    entry: input.entry()?,
                    layer: input.size()?,
                    by: input.size()?,
                    is_deleted: input.flag()?,
                    content: input.option(|input| input.blob().map(<[u8]>::to_vec))?,
                    location: None,
                })
            })?,
            secrets: self.list(|input| {
                Some(PlacedSecrets {
                    layer: input.size()?,
                    path: input.path()?,
                    hidden: input.option(|input| {
                        Some(Hidden { by: input.size()?, is_deleted: input.flag()? })
                    })?,
                    is_owned_unchanged: input.flag()?,
                    hits: input.list(Self::secret)?,
                })
            })?,
            gaps: self.list(Self::gap)?,
            inventory: self.inventory()?,
        })
    }

    fn inventory(&mut self) -> Option<Inventory> {
        Some(Inventory {
            distribution: self.option(Self::distribution)?,
            content_sets: self.list(Self::text)?,
            packages: self.list(|input| {
                Some(FoundPackage {
                    package: input.package()?,
                    layer: input.size()?,
                    owner: input.option(Self::size)?,
                })
            })?,
            owned: OwnedPaths::default(),
            gaps: self.list(|input| Some(FileGap { path: input.text()?, why: input.text()? }))?,
        })
    }

    fn secret(&mut self) -> Option<SecretFact> {
        Some(SecretFact {
            detector: self.text()?,
            line: self.size()?,
            masked: self.text()?,
            confidence: match self.number()? {
                0 => Confidence::Low,
                1 => Confidence::Medium,
                2 => Confidence::High,
                _ => return None,
            },
            message: self.text()?,
        })
    }

    fn entry(&mut self) -> Option<Entry> {
        let path = self.path()?;
        let kind = match self.number()? {
            0 => EntryKind::File,
            1 => EntryKind::Directory,
            2 => EntryKind::HardLink(self.text()?),
            3 => EntryKind::SymbolicLink(self.text()?),
            4 => EntryKind::CharacterDevice(self.small()?, self.small()?),
            5 => EntryKind::BlockDevice(self.small()?, self.small()?),
            6 => EntryKind::Fifo,
            7 => EntryKind::Whiteout,
            8 => EntryKind::Opaque,
            _ => return None,
        };
        Some(Entry {
            path,
            kind,
            size: self.number()?,
            mode: self.small()?,
            user: self.small()?,
            group: self.small()?,
            modified: self.number()?.cast_signed(),
            has_capabilities: self.flag()?,
        })
    }

    fn facts(&mut self) -> Option<FileFacts> {
        Some(FileFacts {
            packages: self.list(Self::package)?,
            owned: self.list(|input| {
                let package = input.text()?;
                let files = input
                    .list(|input| Some(OwnedFile { path: input.path()?, digest: input.text()? }))?;
                Some(OwnedFiles { package, files })
            })?,
            licences: self.list(|input| {
                Some(PackageLicence { package: input.text()?, licence: input.text()? })
            })?,
            distribution: self.option(Self::distribution)?,
            leaves_out: self.flag()?,
            content_sets: self.list(Self::text)?,
            gaps: self.list(|input| Some(Gap { why: input.text()? }))?,
        })
    }

    fn distribution(&mut self) -> Option<Distribution> {
        Some(Distribution {
            id: self.text()?,
            version: self.text()?,
            codename: self.text()?,
            pretty_name: self.text()?,
            variant: self.text()?,
            cpe: self.text()?,
            support_end: self.text()?,
            like: self.list(Self::text)?,
        })
    }

    fn package(&mut self) -> Option<Package> {
        Some(Package {
            kind: *KINDS.get(usize::try_from(self.number()?).ok()?)?,
            namespace: self.option(Self::text)?,
            name: self.text()?,
            version: self.text()?,
            architecture: self.option(Self::text)?,
            source: self.option(|input| {
                Some(SourcePackage { name: input.text()?, version: input.option(Self::text)? })
            })?,
            module: self.option(Self::text)?,
            licence: self.option(Self::text)?,
            supplier: self.option(Self::text)?,
            installed: self.flag()?,
            development: self.flag()?,
            range: self.option(Self::text)?,
            path: self.path()?,
            dependencies: self.list(|input| {
                Some(Dependency { name: input.text()?, version: input.option(Self::text)? })
            })?,
        })
    }

    fn path(&mut self) -> Option<String> {
        let shared = self.size()?;
        let len = self.size()?;
        let (rest, after) = self.bytes.split_at_checked(len)?;
        let (start, rest) = (self.last_path.get(..shared)?, std::str::from_utf8(rest).ok()?);
        let mut res = String::with_capacity(start.len() + rest.len());
        res.push_str(start);
        res.push_str(rest);
        self.bytes = after;
        self.last_path.truncate(shared);
        self.last_path.push_str(rest);
        Some(res)
    }

    fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let len = usize::try_from(self.number()?).ok()?;
        // Every item takes a byte at least, so a length that lies reserves no more than there is.
        let mut res = Vec::with_capacity(len.min(self.bytes.len()));
        for _ in 0..len {
            res.push(each(self)?);
        }
        Some(res)
    }

    /// `None` for what cannot be read; `Some(None)` for what is not there.
    #[expect(clippy::option_option, reason = "unreadable and absent are told apart")]
    fn option<T>(&mut self, each: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? { each(self).map(Some) } else { Some(None) }
    }

    fn text(&mut self) -> Option<String> {
        std::str::from_utf8(self.blob()?).ok().map(str::to_owned)
    }

    fn blob(&mut self) -> Option<&[u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        let (blob, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(blob)
    }

    fn flag(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    fn number(&mut self) -> Option<u64> {
        let mut res = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            res |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(res);
            }
        }
        None
    }
}

/// How many bytes two texts share at their start, up to the boundary of a character.
fn common_start(one: &str, other: &str) -> usize {
    let n_bytes = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    (0..=n_bytes)
        .rev()
        .find(|it| one.is_char_boundary(*it) && other.is_char_boundary(*it))
        .unwrap_or(0)
}

/// Every kind of package, at its number.
const KINDS: [PackageKind; 23] = [
    PackageKind::Deb,
    PackageKind::Apk,
    PackageKind::Rpm,
    PackageKind::Alpm,
    PackageKind::Npm,
    PackageKind::PyPi,
    PackageKind::Golang,
    PackageKind::Cargo,
    PackageKind::Maven,
    PackageKind::Gem,
    PackageKind::Composer,
    PackageKind::NuGet,
    PackageKind::Swift,
    PackageKind::CocoaPods,
    PackageKind::Pub,
    PackageKind::Hex,
    PackageKind::Conan,
    PackageKind::Hackage,
    PackageKind::Cran,
    PackageKind::Generic,
    PackageKind::Conda,
    PackageKind::Julia,
    PackageKind::LuaRocks,
];

#[cfg(test)]
mod tests {
    use super::{decode, decode_merged, encode, encode_merged};
    use crate::image::{
        merged::{Hidden, LayerTotals, Merged, PlacedSecrets},
        record::{FileSecrets, LayerRecord, SecretFact},
    };
    use plimsoll_finding::Confidence;
    use plimsoll_inventory::{
        FileFacts, FileGap, FoundPackage, Gap, Inventory, OwnedFile, OwnedFiles, PackageLicence,
    };
    use plimsoll_lint::subject::image::{FileFact, HiddenFact};
    use plimsoll_oci::{Entry, EntryKind};
    use plimsoll_package::{Dependency, Distribution, Package, PackageKind, SourcePackage};

    fn record() -> LayerRecord {
        let entry = |path: &str, kind| Entry {
            path: path.to_owned(),
            kind,
            size: 300,
            mode: 0o4755,
            user: 1000,
            group: u32::MAX,
            modified: -5,
            has_capabilities: true,
        };
        let mut package = Package::new(PackageKind::Generic, "é", "1:2-3", "opt/ä");
        package.source = Some(SourcePackage { name: "s".to_owned(), version: None });
        package.licence = Some("MIT".to_owned());
        package.range = Some(">=1".to_owned());
        package.dependencies = vec![Dependency { name: "d".to_owned(), version: None }];
        let facts = FileFacts {
            packages: vec![package],
            owned: vec![OwnedFiles {
                package: "p".to_owned(),
                files: vec![OwnedFile { path: "usr/bin/é".to_owned(), digest: String::new() }],
            }],
            licences: vec![PackageLicence { package: "p".to_owned(), licence: "X".to_owned() }],
            distribution: Some(Distribution { id: "debian".to_owned(), ..Distribution::default() }),
            leaves_out: true,
            content_sets: vec!["set".to_owned()],
            gaps: vec![Gap { why: "torn".to_owned() }],
        };
        let hit = SecretFact {
            detector: "d".to_owned(),
            line: 7,
            masked: "AK…".to_owned(),
            confidence: Confidence::Medium,
            message: "m".to_owned(),
        };
        LayerRecord {
            entries: vec![
                entry("usr", EntryKind::Directory),
                entry("usr/bin/ä", EntryKind::File),
                entry("usr/bin/ö", EntryKind::SymbolicLink("../x".to_owned())),
                entry("dev/null", EntryKind::CharacterDevice(1, 3)),
                entry("", EntryKind::Opaque),
            ],
            facts: vec![(1, facts)],
            contents: vec![(3, vec![0, 255])],
            secrets: vec![FileSecrets { entry: 1, hits: vec![hit], digests: Vec::new() }],
            gaps: vec![("a".to_owned(), "b".to_owned())],
            n_bytes: u64::MAX,
            is_complete: true,
        }
    }

    fn merged() -> Merged {
        let LayerRecord { entries, facts, secrets, gaps, .. } = record();
        let FileFacts { packages, distribution, content_sets, .. } = facts[0].1.clone();
        let entry = entries[1].clone();
        Merged {
            layers: vec![LayerTotals { n_files: 3, wasted: 5, gaps, ..LayerTotals::default() }],
            size: 300,
            files: vec![FileFact {
                entry: entry.clone(),
                layer: 0,
                content: Some(vec![0, 255]),
                package: Some("p".to_owned()),
                location: None,
            }],
            hidden: vec![HiddenFact {
                entry,
                layer: 1,
                by: 2,
                is_deleted: true,
                content: None,
                location: None,
            }],
            secrets: vec![PlacedSecrets {
                layer: 0,
                path: "usr/bin/ö".to_owned(),
                hidden: Some(Hidden { by: 1, is_deleted: false }),
                is_owned_unchanged: true,
                hits: secrets[0].hits.clone(),
            }],
            gaps: vec![("c".to_owned(), "d".to_owned())],
            inventory: Inventory {
                distribution,
                content_sets,
                packages: packages
                    .into_iter()
                    .map(|package| FoundPackage { package, layer: 1, owner: Some(7) })
                    .collect(),
                gaps: vec![FileGap { path: "e".to_owned(), why: "f".to_owned() }],
                ..Inventory::default()
            },
        }
    }

    #[test]
    fn what_layers_come_to_together_comes_back_as_it_was() {
        for one in [merged(), Merged::default()] {
            assert!(decode_merged(&encode_merged(&one)) == Some(one));
        }
        let bytes = encode_merged(&merged());
        for len in 0..bytes.len() {
            assert!(decode_merged(&bytes[..len]).is_none(), "cut at {len}");
        }
        for at in 0..bytes.len() {
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                let _ = decode_merged(&changed);
            }
        }
    }

    #[test]
    fn records_come_back_as_they_were() {
        let (one, other) = (record(), LayerRecord::default());
        let bytes = encode(&[&one, &other, &one]);
        assert_eq!(decode(&bytes), Some(vec![one.clone(), other, one]));
    }

    #[test]
    fn what_is_cut_or_changed_is_a_miss_or_another_record_but_never_a_panic() {
        let bytes = encode(&[&record()]);
        for len in 0..bytes.len() {
            assert_eq!(decode(&bytes[..len]), None, "cut at {len}");
        }
        for at in 0..bytes.len() {
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                let _ = decode(&changed);
            }
        }
    }
}
