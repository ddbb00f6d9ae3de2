//! `rpm`: what is installed on Red Hat, SUSE, Amazon Linux and their like, whichever of its three
//! databases keeps it.
//!
//! It must not know how a database lays its pages: each has a reader of its own, which gives the
//! headers of the packages one by one.

use plimsoll_oci::{Entry, ReadAt};
use plimsoll_package::{Package, PackageKind, SourcePackage};

use crate::{
    bytes::file_name,
    extractor::{Extractor, InputFile, Want},
    facts::{FileFacts, OwnedFile, OwnedFiles},
    system::{
        MAX_PACKAGES, OWNED_GAP, OwnedBudget, name_in,
        provides::Provides,
        root_of, rpm_berkeley,
        rpm_header::{Header, Tag},
        rpm_ndb, rpm_sqlite,
    },
};

/// Reads `rpmdb.sqlite`, `Packages.db` and `Packages` in the folders where rpm keeps them.
pub(crate) struct Rpm;

impl Extractor for Rpm {
    fn name(&self) -> &'static str {
        "rpm"
    }

    fn wants(&self, entry: &Entry) -> Want {
        if form_of(&entry.path).is_some() { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(form) = form_of(file.path()) else { return };
        let size = file.content.len();
        if size > MAX_BYTES {
            facts.gap(format!("{size} bytes long; at most {MAX_BYTES} are read of such a file"));
            return;
        }
        let mut reader = Reader::new(file.path());
        let mut each = |blob: Result<&[u8], String>| reader.blob(blob);
        match form {
            Form::Sqlite => rpm_sqlite::read(file.content, &mut each),
            Form::Ndb => rpm_ndb::read(file.content, &mut each),
            Form::Berkeley => rpm_berkeley::read(file.content, &mut each),
            Form::WriteAheadLog => write_ahead_log(file.content, facts),
        }
        reader.finish(facts);
    }
}

/// What a database reader calls with every header, and with every fault in place of one. It says
/// whether to go on.
pub(super) type Each<'a> = dyn FnMut(Result<&[u8], String>) -> bool + 'a;

/// Bytes of one header that are read. The largest packages, with some hundred thousand files, have
/// a tenth of it.
pub(super) const MAX_HEADER_BYTES: u64 = 256 << 20;

const MAX_BYTES: u64 = 4 << 30;

/// Faults told one by one; of more only the count is.
const MAX_FAULTS: usize = 8;

#[derive(Clone, Copy)]
enum Form {
    Sqlite,
    Ndb,
    Berkeley,
    WriteAheadLog,
}

fn form_of(path: &str) -> Option<Form> {
    let form = match file_name(path) {
        "rpmdb.sqlite" => Form::Sqlite,
        "Packages.db" => Form::Ndb,
        "Packages" => Form::Berkeley,
        "rpmdb.sqlite-wal" => Form::WriteAheadLog,
        _ => return None,
    };
    let folders = ["var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"];
    folders.iter().any(|it| name_in(path, it).is_some()).then_some(form)
}

/// Packages that were written to the log may not have reached the database.
fn write_ahead_log(content: &dyn ReadAt, facts: &mut FileFacts) {
    const LOG_HEADER_BYTES: u64 = 32;
    if content.len() > LOG_HEADER_BYTES {
        facts.gap("changes of the package database that were not merged into it".to_owned());
    }
}

struct Reader<'a> {
    path: &'a str,
    root: &'a str,
    packages: Vec<Package>,
    owned: Vec<OwnedFiles>,
    provides: Provides,
    budget: OwnedBudget,
    has_lost_files: bool,
    has_lost_packages: bool,
    faults: Vec<String>,
    n_faults: usize,
}

impl<'a> Reader<'a> {
    fn new(path: &'a str) -> Self {
        Self {
            path,
            root: root_of(path),
            packages: Vec::new(),
            owned: Vec::new(),
            provides: Provides::default(),
            budget: OwnedBudget::new(),
            has_lost_files: false,
            has_lost_packages: false,
            faults: Vec::new(),
            n_faults: 0,
        }
    }

    fn blob(&mut self, blob: Result<&[u8], String>) -> bool {
        if self.packages.len() >= MAX_PACKAGES || self.n_faults >= MAX_PACKAGES {
            self.has_lost_packages = true;
            return false;
        }
        match blob.and_then(|it| Header::parse(it).ok_or_else(|| NO_HEADER.to_owned())) {
            Ok(header) => self.header(&header),
            Err(fault) => self.fault(fault),
        }
        true
    }

    fn fault(&mut self, fault: String) {
        self.n_faults += 1;
        if self.faults.len() < MAX_FAULTS && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn header(&mut self, header: &Header<'_>) {
        let field = |tag| header.string(tag).filter(|it| !it.is_empty());
        let (Some(name), Some(version)) = (field(Tag::NAME), field(Tag::VERSION)) else {
            return self.fault("a package without a name or version".to_owned());
        };
        // Keys with which packages were signed lie among the packages.
        if name == "gpg-pubkey" {
            return;
        }
        let mut full = version;
        if let Some(release) = field(Tag::RELEASE) {
            full = format!("{full}-{release}");
        }
        let source = field(Tag::SOURCE_RPM).and_then(|it| source(&it, &full));
        if let Some(epoch) = header.u32s(Tag::EPOCH).next().filter(|it| *it != 0) {
            full = format!("{epoch}:{full}");
        }
        let mut package = Package::new(PackageKind::Rpm, name, full, self.path);
        package.source = source;
        package.architecture = field(Tag::ARCHITECTURE);
        package.licence = field(Tag::LICENCE);
        package.supplier = field(Tag::VENDOR);
        package.module = field(Tag::MODULARITY_LABEL).and_then(|it| module(&it));
        self.edges(header, &package.name);
        self.files(header, &package.name);
        self.packages.push(package);
    }

    fn edges(&mut self, header: &Header<'_>, name: &str) {
        let package_idx = self.packages.len();
        self.provides.provide(package_idx, name);
        for name in header.strings(Tag::PROVIDE_NAME) {
            self.provides.provide(package_idx, &name);
        }
        let needs = header.strings(Tag::REQUIRE_NAME).map(std::borrow::Cow::into_owned);
        self.provides.need(package_idx, needs.collect());
    }

    fn files(&mut self, header: &Header<'_>, name: &str) {
        let folders: Vec<_> = header.strings(Tag::DIRECTORY_NAMES).collect();
        let algorithm = match header.u32s(Tag::FILE_DIGEST_ALGORITHM).next() {
            None | Some(1) => "md5",
            Some(2) => "sha1",
            Some(8) => "sha256",
            Some(_) => "",
        };
        let mut digests = header.strings(Tag::FILE_DIGESTS);
        let mut flags = header.u32s(Tag::FILE_FLAGS);
        let mut states = header.bytes(Tag::FILE_STATES);
        let mut folder_indexes = header.u32s(Tag::DIRECTORY_INDEXES);
        let mut files = Vec::new();
        for name in header.strings(Tag::BASE_NAMES) {
            let digest = digests.next().unwrap_or_default();
            let is_ghost = flags.next().is_some_and(|it| it & GHOST != 0);
            let is_there = states.next().is_none_or(|it| it == STATE_NORMAL);
            let folder = folder_indexes.next().and_then(|it| folders.get(it as usize));
            let Some(folder) = folder else { break };
            // A ghost's content is not the package's, though its name is.
            if is_ghost || !is_there {
                continue;
            }
            let folder = folder.trim_start_matches('/');
            if !self.budget.take(self.root.len() + folder.len() + name.len()) {
                self.has_lost_files = true;
                continue;
            }
            let is_kept = !digest.is_empty() && !algorithm.is_empty();
            let digest = if is_kept { format!("{algorithm}:{digest}") } else { String::new() };
            files.push(OwnedFile { path: format!("{}{folder}{name}", self.root), digest });
        }
        if !files.is_empty() {
            self.owned.push(OwnedFiles { package: name.to_owned(), files });
        }
    }

    fn finish(mut self, facts: &mut FileFacts) {
        for fault in &self.faults {
            facts.gap(fault.clone());
        }
        if self.n_faults > self.faults.len() {
            facts.gap(format!("{} faults in the database", self.n_faults));
        }
        if self.has_lost_files {
            facts.gap(OWNED_GAP.to_owned());
        }
        if self.has_lost_packages {
            facts.gap(format!("more than {MAX_PACKAGES} packages"));
        }
        self.provides.resolve(&mut self.packages);
        facts.packages.append(&mut self.packages);
        facts.owned.append(&mut self.owned);
    }
}

const NO_HEADER: &str = "a package whose header cannot be read";
const GHOST: u32 = 1 << 6;
const STATE_NORMAL: u8 = 0;

/// `openssl-3.0.7-1.el9.src.rpm`, taken apart; its version only where it is not the package's.
fn source(file_name: &str, version: &str) -> Option<SourcePackage> {
    let stem = file_name.strip_suffix(".rpm")?;
    let (stem, _kind) = stem.rsplit_once('.')?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, upstream) = rest.rsplit_once('-')?;
    let source_version = format!("{upstream}-{release}");
    let version = (source_version != version).then_some(source_version);
    Some(SourcePackage { name: name.to_owned(), version })
}

/// `nodejs:18:8080020230718:63b34585` names the stream `nodejs:18`.
fn module(label: &str) -> Option<String> {
    let (name, rest) = label.split_once(':')?;
    let stream = rest.split(':').next().filter(|it| !it.is_empty())?;
    Some(format!("{name}:{stream}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, gaps, wants};

    #[test]
    fn sources() {
        let parts = |it: Option<SourcePackage>| it.map(|it| (it.name, it.version));
        let same = parts(source("a-b-1.2-3.el9.src.rpm", "1.2-3.el9"));
        assert_eq!(same, Some(("a-b".into(), None)));
        let other = parts(source("a-1.2-3.nosrc.rpm", "4-5"));
        assert_eq!(other, Some(("a".into(), Some("1.2-3".into()))));
        assert_eq!(source("(none)", "1"), None);
    }

    #[test]
    fn modules() {
        assert_eq!(module("nodejs:18:80:ab").as_deref(), Some("nodejs:18"));
        assert_eq!(module("nodejs"), None);
    }

    #[test]
    fn a_log_with_changes_is_a_gap() {
        let path = "usr/lib/sysimage/rpm/rpmdb.sqlite-wal";
        assert_eq!(gaps(&extract(&Rpm, path, &[0; 100])).len(), 1);
        assert_eq!(gaps(&extract(&Rpm, path, &[0; 32])).len(), 0);
    }

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut res = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut res).unwrap();
        res
    }

    const SQLITE: &[u8] = include_bytes!("../../tests/data/rpm/rpmdb.sqlite.gz");
    const MANY: &[u8] = include_bytes!("../../tests/data/rpm/many.sqlite.gz");
    const NDB: &[u8] = include_bytes!("../../tests/data/rpm/Packages.db.gz");
    const BERKELEY: &[u8] = include_bytes!("../../tests/data/rpm/Packages.gz");
    const DATABASES: [(&str, &[u8]); 3] =
        [("rpmdb.sqlite", SQLITE), ("Packages.db", NDB), ("Packages", BERKELEY)];

    #[test]
    fn all_forms_of_database_say_the_same() {
        for (name, bytes) in DATABASES {
            let mut facts = extract(&Rpm, &format!("var/lib/rpm/{name}"), &unpacked(bytes));
            facts.packages.sort_unstable();
            assert_eq!(gaps(&facts), [""; 0], "{name}");
            let expected = ["plain 1.2-3.test", "stream 2:18.0-1.module_test"];
            let names = crate::testing::names(&facts);
            assert_eq!(names[..2], expected, "{name}");
            assert_eq!(names[2..], ["stream-libs 2:5.0-1.module_test"], "{name}");

            let [plain, stream, libs] = facts.packages.as_slice() else { panic!("{name}") };
            assert_eq!(plain.architecture.as_deref(), Some("noarch"));
            assert_eq!(plain.licence.as_deref(), Some("MIT and BSD"));
            assert_eq!(plain.supplier.as_deref(), Some("Example"));
            assert_eq!(plain.dependencies.len(), 1);
            assert_eq!(plain.dependencies[0].name, "stream", "what provides `needed-thing`");
            assert_eq!(stream.module.as_deref(), Some("stream:18"));
            assert_eq!(stream.source.as_ref().unwrap().version, None);
            let source = libs.source.as_ref().unwrap();
            assert_eq!(source.name, "stream");
            assert_eq!(source.version.as_deref(), Some("18.0-1.module_test"));

            let owned = facts.owned.iter().find(|it| it.package == "plain").unwrap();
            let has = |path: &str| owned.files.iter().find(|it| it.path == path);
            let file = has("usr/share/plain/file-with-a-name-400").unwrap();
            // Of "same" and a line end.
            let digest = "sha256:a6328afc76e9db71da297ebff4b0d3e7a7eb3b01d917c05a6573fef121b6ecb6";
            assert_eq!(file.digest, digest);
            assert!(has("usr/bin/plain").is_some());
            assert!(has("var/log/plain.log").is_none(), "a ghost's content is not the package's");
        }
    }

    #[test]
    fn a_tree_of_several_levels_is_walked_whole_and_in_order() {
        let facts = extract(&Rpm, "var/lib/rpm/rpmdb.sqlite", &unpacked(MANY));
        assert_eq!(gaps(&facts), [""; 0]);
        assert_eq!(facts.packages.len(), 3_000);
        for (idx, package) in facts.packages.iter().enumerate() {
            assert_eq!(package.name, format!("package-{idx}"));
        }
    }

    #[test]
    fn a_database_that_is_cut_off_says_so() {
        for (name, bytes) in DATABASES {
            let bytes = unpacked(bytes);
            for len in [bytes.len() / 2, bytes.len() / 7, 5_000] {
                let facts = extract(&Rpm, &format!("var/lib/rpm/{name}"), &bytes[..len]);
                let is_whole = facts.packages.len() == 3;
                assert!(is_whole || !facts.gaps.is_empty(), "{name} of {len} bytes");
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        #[test]
        fn broken_databases_never_panic(
            which in 0_usize..4,
            changes in proptest::collection::vec((0_usize..100_000, 0_u8..), 1..40),
        ) {
            let all = [SQLITE, MANY, NDB, BERKELEY];
            let names = ["rpmdb.sqlite", "rpmdb.sqlite", "Packages.db", "Packages"];
            let mut bytes = unpacked(all[which]);
            let len = bytes.len();
            for (at, value) in changes {
                // Half of the changes hit the first pages, where the structure is.
                let at = if at % 2 == 0 { at % 4_200 } else { at };
                bytes[at % len] = value;
            }
            extract(&Rpm, &format!("var/lib/rpm/{}", names[which]), &bytes);
        }
    }

    #[test]
    fn where_databases_lie() {
        assert!(wants(&Rpm, "var/lib/rpm/Packages"));
        assert!(wants(&Rpm, "srv/x/usr/share/rpm/rpmdb.sqlite"));
        assert!(!wants(&Rpm, "var/cache/Packages"));
        assert!(!wants(&Rpm, "var/lib/rpm/Name"));
    }

    #[test]
    fn what_is_no_database_is_a_gap() {
        for name in ["rpmdb.sqlite", "Packages.db", "Packages"] {
            let facts = extract(&Rpm, &format!("var/lib/rpm/{name}"), b"something else");
            assert_eq!(facts.gaps.len(), 1, "{name}");
        }
    }
}
