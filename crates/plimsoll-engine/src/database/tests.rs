//! Opening a store, choosing between two, and refusing what cannot be used.

use std::{collections::BTreeMap, path::Path};

use plimsoll_fs::NewFile;
use plimsoll_vuln::{SourceInfo, StoreBuilder};

use super::{Database, DatabaseChoice, DatabaseError, DatabaseOrigin};

fn store(as_of: i64) -> Vec<u8> {
    let mut builder = StoreBuilder::new(as_of);
    let name = "osv-debian".to_owned();
    builder.source(SourceInfo { name, as_of, records: 1, ..SourceInfo::default() }).unwrap();
    let mut res = Vec::new();
    builder.finish(&mut res).unwrap();
    res
}

fn write(path: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    let mut file = NewFile::beside(path).unwrap();
    file.write_all(bytes).unwrap();
    file.put_in_place().unwrap();
}

fn home(folder: &Path) -> BTreeMap<String, String> {
    BTreeMap::from([("XDG_DATA_HOME".to_owned(), folder.to_str().unwrap().to_owned())])
}

#[test]
fn the_embedded_snapshot_opens_and_is_whole() {
    let database = Database::open(&DatabaseChoice::Newest, &BTreeMap::new()).unwrap();
    assert_eq!(database.origin(), &DatabaseOrigin::Embedded { older: None });
    database.store().unwrap().verify().unwrap();
}

#[test]
fn the_newer_of_two_is_used_and_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let environment = home(folder.path());
    let path = super::user_store(&environment).unwrap();
    assert_eq!(path, folder.path().join("plimsoll/advisories.db"));
    write(&path, &store(i64::MAX / 4));
    let newer = Database::open(&DatabaseChoice::Newest, &environment).unwrap();
    assert_eq!(newer.origin(), &DatabaseOrigin::File(path.clone()));
    write(&path, &store(1));
    let choice = DatabaseChoice::File(path.clone());
    let named = Database::open(&choice, &environment).unwrap();
    assert_eq!(named.freshness().age_days(plimsoll_vuln::Day(30)), Some(30), "named is used");
}

#[test]
fn a_torn_or_foreign_store_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let environment = home(folder.path());
    let path = super::user_store(&environment).unwrap();
    let whole = store(7);
    let mut other_format = whole.clone();
    other_format[8] ^= 0x40;
    let torn = &whole[..whole.len() - 1];
    for bytes in [&b""[..], b"hello", torn, &other_format] {
        write(&path, bytes);
        let error = Database::open(&DatabaseChoice::Newest, &environment).unwrap_err();
        assert!(matches!(error, DatabaseError::Store { .. } | DatabaseError::File(_)), "{error}");
        assert!(error.to_string().contains("advisories.db"), "{error}");
        assert!(error.hint().contains("plimsoll db update"), "{}", error.hint());
    }
}
