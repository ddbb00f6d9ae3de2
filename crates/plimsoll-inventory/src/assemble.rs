//! What the files of all layers say, put together: the packages that an image holds, the layer that
//! brought each, who owns which file.
//!
//! It must not know how layers are read: it is told which of them shows at a path.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_package::{Distribution, Package, PackageKind, spdx_expression};

use crate::{
    facts::{FileFacts, OwnedFiles},
    language::go,
    owned_paths::OwnedPaths,
    system::{root_of, weakness},
};

/// What the files of one layer say, by path. Files that say nothing may be left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerFacts {
    /// The facts of each file, by its path without a leading slash.
    pub files: BTreeMap<String, FileFacts>,
}

/// What an image holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// The distribution, if any file names one.
    pub distribution: Option<Distribution>,
    /// The repositories that it was built from, as Red Hat's build manifests name them; sorted.
    pub content_sets: Vec<String>,
    /// The packages, sorted.
    pub packages: Vec<FoundPackage>,
    /// Which package owns which file.
    pub owned: OwnedPaths,
    /// What could not be read, sorted by path.
    pub gaps: Vec<FileGap>,
}

/// A package of an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundPackage {
    /// The package.
    pub package: Package,
    /// The layer that brought it, counted from 0 at the bottom.
    pub layer: usize,
    /// The package of the operating system that owns the file which states this one, by its place
    /// in [`Inventory::packages`]. `None` if none does, or if a later layer wrote over the file.
    pub owner: Option<usize>,
}

/// Something of a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileGap {
    /// The file's path, without a leading slash.
    pub path: String,
    /// Why, in words that finish "PATH: ...".
    pub why: String,
}

/// Puts together what the layers say, the lowest first. `visible` tells which layer's file shows at
/// a path, if any does.
pub fn assemble(layers: &[LayerFacts], visible: &dyn Fn(&str) -> Option<usize>) -> Inventory {
    let shown = shown(layers, visible);
    let mut packages = Vec::new();
    let mut gaps = Vec::new();
    let mut content_sets = BTreeSet::new();
    for it in &shown {
        let mut found = found_packages(it, layers);
        if let Some(path) = go::deciding(it.path) {
            let place = shown.binary_search_by_key(&path.as_str(), |it| it.path).ok();
            let counts = go::counting(place.and_then(|it| shown.get(it)).map(|it| it.facts));
            found.retain(|it| counts(&it.package));
        }
        packages.extend(found);
        let gap = |why: &String| FileGap { path: it.path.to_owned(), why: why.clone() };
        gaps.extend(it.facts.gaps.iter().map(|it| gap(&it.why)));
        content_sets.extend(it.facts.content_sets.iter().cloned());
    }
    fold(&mut packages);
    add_licences(&shown, &mut packages);
    name_licences(&mut packages);
    let owned = owned_paths(&shown, &packages, visible, &mut gaps);
    find_owners(&mut packages, &owned, visible);
    let (packages, owned) = without_owned_programs(packages, owned);
    gaps.sort_unstable();
    gaps.dedup();
    Inventory {
        distribution: distribution(&shown),
        content_sets: content_sets.into_iter().collect(),
        packages,
        owned,
        gaps,
    }
}

/// A file that shows.
struct Shown<'a> {
    path: &'a str,
    layer: usize,
    facts: &'a FileFacts,
}

/// The files that show and say something, sorted by path.
fn shown<'a>(layers: &'a [LayerFacts], visible: &dyn Fn(&str) -> Option<usize>) -> Vec<Shown<'a>> {
    let mut res = Vec::new();
    for (layer, layer_facts) in layers.iter().enumerate() {
        for (path, facts) in &layer_facts.files {
            if !facts.is_empty() && visible(path) == Some(layer) {
                res.push(Shown { path, layer, facts });
            }
        }
    }
    res.sort_by_key(|it| it.path);
    res
}

/// The packages of a file with their layers. A database of the system is written anew by every
/// layer that installs anything, so a package comes from the lowest layer from which on it has been
/// in the database without a break.
fn found_packages(shown: &Shown<'_>, layers: &[LayerFacts]) -> Vec<FoundPackage> {
    let all = &shown.facts.packages;
    let mut origins = vec![shown.layer; all.len()];
    let mut open: Vec<usize> =
        (0..all.len()).filter(|it| all.get(*it).is_some_and(|it| it.kind.is_system())).collect();
    let below = layers.get(..shown.layer).unwrap_or_default();
    for (layer, layer_facts) in below.iter().enumerate().rev() {
        if open.is_empty() {
            break;
        }
        let Some(facts) = layer_facts.files.get(shown.path) else { continue };
        let there: std::collections::HashSet<_> = facts.packages.iter().map(identity).collect();
        open.retain(|it| all.get(*it).is_some_and(|it| there.contains(&identity(it))));
        for package_idx in &open {
            if let Some(origin) = origins.get_mut(*package_idx) {
                *origin = layer;
            }
        }
    }
    let found = |(package, layer): (&Package, usize)| FoundPackage {
        package: package.clone(),
        layer,
        owner: None,
    };
    all.iter().zip(origins).map(found).collect()
}

fn identity(package: &Package) -> (&str, &str, Option<&str>) {
    (&package.name, &package.version, package.architecture.as_deref())
}

/// Sorts the packages, and folds those that one file states several times. A package of the system
/// is one wherever its database lies: a database that was moved may have been left behind.
fn fold(packages: &mut Vec<FoundPackage>) {
    packages.sort_unstable_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.cmp(b)));
    packages.dedup_by(|b, a| {
        let is_same = key(a) == key(b);
        if is_same {
            a.layer = a.layer.min(b.layer);
            let (a, b) = (&mut a.package, &mut b.package);
            // What is stated in a stronger form once holds.
            a.installed |= b.installed;
            a.development &= b.development;
            for (a, b) in [(&mut a.licence, &mut b.licence), (&mut a.supplier, &mut b.supplier)] {
                if a.is_none() {
                    *a = b.take();
                }
            }
            if a.dependencies.is_empty() {
                a.dependencies.append(&mut b.dependencies);
            }
        }
        is_same
    });
}

type Key<'a> = (PackageKind, Option<&'a str>, &'a str, &'a str, Option<&'a str>, &'a str);

fn key(found: &FoundPackage) -> Key<'_> {
    let it = &found.package;
    let place = if it.kind.is_system() { root_of(&it.path) } else { &it.path };
    let (namespace, architecture) = (it.namespace.as_deref(), it.architecture.as_deref());
    (it.kind, namespace, &it.name, &it.version, architecture, place)
}

/// Debian keeps a package's licence apart from its database.
fn add_licences(shown: &[Shown<'_>], packages: &mut [FoundPackage]) {
    let mut licences = HashMap::new();
    for it in shown {
        for licence in &it.facts.licences {
            let key = (root_of(it.path), licence.package.as_str());
            licences.entry(key).or_insert(licence.licence.as_str());
        }
    }
    for found in packages.iter_mut() {
        let package = &mut found.package;
        if package.kind == PackageKind::Deb && package.licence.is_none() {
            let licence = licences.get(&(root_of(&package.path), package.name.as_str()));
            package.licence = licence.map(|it| (*it).to_owned());
        }
    }
}

/// Turns what packages say of their licences into SPDX's words, where it can be. An image has few
/// licences and many packages, so each is turned once.
fn name_licences(packages: &mut [FoundPackage]) {
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    for found in packages {
        let Some(words) = &mut found.package.licence else { continue };
        if !known.contains_key(words) {
            known.insert(words.clone(), spdx_expression(words));
        }
        if let Some(Some(expression)) = known.get(words) {
            words.clone_from(expression);
        }
    }
}

/// Which package owns which file. Paths are as the package was built; where the system has merged
/// its folders into `/usr`, they are looked up there.
fn owned_paths(
    shown: &[Shown<'_>],
    packages: &[FoundPackage],
    visible: &dyn Fn(&str) -> Option<usize>,
    gaps: &mut Vec<FileGap>,
) -> OwnedPaths {
    let lists =
        || shown.iter().flat_map(|it| it.facts.owned.iter().map(move |list| (it.path, list)));
    let keys = Keys::new(packages);
    let mut res = OwnedPaths::new(merged_folders(lists().map(|it| it.1), visible));
    let mut is_whole = true;
    for (path, list) in lists() {
        // A list that was left behind by a package that is gone owns nothing.
        let Some(package) = keys.find(path, &list.package) else { continue };
        for file in &list.files {
            is_whole &= res.add(package, file);
        }
    }
    if !is_whole {
        let why = "more or longer paths of files of packages than are kept".to_owned();
        gaps.push(FileGap { path: String::new(), why });
    }
    res.finish();
    res
}

/// Packages by the names under which lists of files are kept.
struct Keys<'a> {
    by_name: HashMap<(&'a str, &'a str), Vec<usize>>,
    by_path: HashMap<&'a str, usize>,
    packages: &'a [FoundPackage],
}

impl<'a> Keys<'a> {
    fn new(packages: &'a [FoundPackage]) -> Self {
        let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_path = HashMap::new();
        for (package_idx, found) in packages.iter().enumerate() {
            let package = &found.package;
            let root =
                if package.kind.is_system() { root_of(&package.path) } else { &*package.path };
            by_name.entry((root, &*package.name)).or_default().push(package_idx);
            by_path.insert(&*package.path, package_idx);
        }
        Self { by_name, by_path, packages }
    }

    /// The package of that name in the database to which the file at `path` belongs.
    fn find(&self, path: &str, name: &str) -> Option<usize> {
        let (bare, architecture) =
            name.split_once(':').map_or((name, None), |it| (it.0, Some(it.1)));
        let places = [root_of(path), path];
        let all = places.into_iter().find_map(|it| self.by_name.get(&(it, bare)));
        if let Some(all) = all {
            let is_it = |it: &&usize| {
                let found = self.packages.get(**it).map(|it| &it.package.architecture);
                architecture.is_none() || found.is_some_and(|it| it.as_deref() == architecture)
            };
            return all.iter().find(is_it).or(all.first()).copied();
        }
        // Distroless images cut the names of such files short, but the two files of one package
        // have the same.
        self.by_path.get(path.strip_suffix(".md5sums")?).copied()
    }
}

/// The folders below `/` that are links into `/usr`: none of the files that packages have there
/// shows at that path.
fn merged_folders<'a>(
    lists: impl Iterator<Item = &'a OwnedFiles>,
    visible: &dyn Fn(&str) -> Option<usize>,
) -> Vec<&'static str> {
    const MAX_SAMPLES: usize = 64;
    const FOLDERS: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
    let mut samples: [Vec<&str>; FOLDERS.len()] = Default::default();
    for file in lists.flat_map(|it| &it.files) {
        let Some((first, _)) = file.path.split_once('/') else { continue };
        let folder_idx = FOLDERS.iter().position(|it| *it == first);
        if let Some(paths) = folder_idx.and_then(|it| samples.get_mut(it))
            && paths.len() < MAX_SAMPLES
        {
            paths.push(&file.path);
        }
    }
    let is_merged =
        |paths: &[&str]| !paths.is_empty() && paths.iter().all(|it| visible(it).is_none());
    let all = FOLDERS.into_iter().zip(samples);
    all.filter(|it| is_merged(&it.1)).map(|it| it.0).collect()
}

/// Finds the owner of the file that states each package. A file that a layer wrote after the one
/// that brought the owner is not the owner's any more.
fn find_owners(
    packages: &mut [FoundPackage],
    owned: &OwnedPaths,
    visible: &dyn Fn(&str) -> Option<usize>,
) {
    for package_idx in 0..packages.len() {
        let Some(found) = packages.get(package_idx) else { break };
        if found.package.kind.is_system() {
            continue;
        }
        // A file in an archive lies where the archive lies.
        let path = found.package.path.split("!/").next().unwrap_or_default();
        let Some(owner_idx) = owned.get(path).map(|it| it.package) else { continue };
        let owner_layer = packages.get(owner_idx).filter(|it| it.package.kind.is_system());
        let Some(owner_layer) = owner_layer.map(|it| it.layer) else { continue };
        let is_untouched = visible(path).is_none_or(|it| it <= owner_layer);
        if let Some(found) = packages.get_mut(package_idx).filter(|_| is_untouched) {
            found.owner = Some(owner_idx);
        }
    }
}

/// The folder that was installed as one: that above `bin` and `lib`. A program and its library,
/// which say the same, are one package.
fn installation(path: &str) -> &str {
    const PARTS: [&str; 7] = ["bin", "sbin", "lib", "lib64", "libexec", "server", "jre"];
    let mut folder = path.rsplit_once('/').map_or("", |it| it.0);
    while let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder))
        && PARTS.contains(&name)
    {
        folder = above;
    }
    folder
}

/// A program that a package owns is known by that package already.
fn without_owned_programs(
    packages: Vec<FoundPackage>,
    mut owned: OwnedPaths,
) -> (Vec<FoundPackage>, OwnedPaths) {
    let mut programs = BTreeSet::new();
    let mut stays = |found: &FoundPackage| {
        let it = &found.package;
        let is_program = it.kind == PackageKind::Generic;
        let program = || (it.name.clone(), it.version.clone(), installation(&it.path).to_owned());
        !is_program || (found.owner.is_none() && programs.insert(program()))
    };
    let mut places = Vec::with_capacity(packages.len());
    let mut res = Vec::with_capacity(packages.len());
    for found in packages {
        places.push(res.len());
        if stays(&found) {
            res.push(found);
        }
    }
    let moved = |it: usize| places.get(it).copied().unwrap_or(it);
    owned.renumber(moved);
    for found in &mut res {
        found.owner = found.owner.map(moved);
    }
    (res, owned)
}

/// The distribution by the best evidence: os-release before older files, the image's own before
/// those of systems in its folders.
fn distribution(shown: &[Shown<'_>]) -> Option<Distribution> {
    let named = || shown.iter().filter(|it| it.facts.distribution.is_some());
    let best = named().min_by_key(|it| worth(it))?;
    let mut res = best.facts.distribution.clone()?;
    if res.id == "debian" && res.version.is_empty() && res.codename.is_empty() {
        // Before a release Debian names what it will be in another file only.
        let others = named().filter_map(|it| it.facts.distribution.as_ref());
        let other = others.filter(|it| it.id == "debian").find(|it| !it.codename.is_empty());
        res.codename = other.map(|it| it.codename.clone()).unwrap_or_default();
    }
    Some(res)
}

/// The least is the best evidence.
fn worth<'a>(shown: &Shown<'a>) -> (usize, usize, &'a str) {
    let is_nested = !(shown.path.starts_with("etc/") || shown.path.starts_with("usr/lib/"));
    let depth = if is_nested { shown.path.split('/').count() } else { 0 };
    (depth, weakness(shown.path), shown.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Gap, OwnedFile, PackageLicence};

    const STATUS: &str = "var/lib/dpkg/status";

    /// Layers of files, and for each path the highest layer that has it, as the visible one.
    fn run(layers: Vec<Vec<(&str, FileFacts)>>) -> Inventory {
        let own = |(path, facts): (&str, FileFacts)| (path.to_owned(), facts);
        let facts = |files: Vec<_>| LayerFacts { files: files.into_iter().map(own).collect() };
        let layers: Vec<LayerFacts> = layers.into_iter().map(facts).collect();
        let visible = |path: &str| layers.iter().rposition(|it| it.files.contains_key(path));
        assemble(&layers, &visible)
    }

    fn debs(packages: &[(&str, &str)]) -> FileFacts {
        let package = |it: &(&str, &str)| Package::new(PackageKind::Deb, it.0, it.1, STATUS);
        FileFacts { packages: packages.iter().map(package).collect(), ..FileFacts::default() }
    }

    fn one(kind: PackageKind, name: &str, path: &str) -> FileFacts {
        let packages = vec![Package::new(kind, name, "1", path)];
        FileFacts { packages, ..FileFacts::default() }
    }

    fn owns(package: &str, paths: &[&str]) -> FileFacts {
        let file = |it: &&str| OwnedFile { path: (*it).to_owned(), digest: String::new() };
        let files = paths.iter().map(file).collect();
        let owned = vec![OwnedFiles { package: package.to_owned(), files }];
        FileFacts { owned, ..FileFacts::default() }
    }

    fn lines(inventory: &Inventory) -> Vec<String> {
        let owner = |it: usize| inventory.packages[it].package.name.as_str();
        let line = |it: &FoundPackage| {
            let FoundPackage { package, layer, .. } = it;
            let owner = it.owner.map_or("-", owner);
            format!("{} {} layer {layer} owner {owner}", package.name, package.version)
        };
        inventory.packages.iter().map(line).collect()
    }

    #[test]
    fn a_package_comes_from_the_layer_from_which_on_it_was_there() {
        let inventory = run(vec![
            vec![(STATUS, debs(&[("a", "1"), ("b", "1"), ("c", "1")]))],
            vec![("x", FileFacts::default())],
            vec![(STATUS, debs(&[("a", "1"), ("b", "2"), ("d", "1")]))],
            vec![(STATUS, debs(&[("a", "1"), ("b", "2"), ("c", "1"), ("d", "1")]))],
        ]);
        assert_eq!(
            lines(&inventory),
            [
                "a 1 layer 0 owner -",
                "b 2 layer 2 owner -",
                "c 1 layer 3 owner -",
                "d 1 layer 2 owner -",
            ]
        );
    }

    #[test]
    fn only_what_shows_counts() {
        let layers = [LayerFacts {
            files: [(STATUS.to_owned(), debs(&[("a", "1")]))].into_iter().collect(),
        }];
        assert!(assemble(&layers, &|_| None).packages.is_empty());
        assert_eq!(assemble(&layers, &|_| Some(0)).packages.len(), 1);
    }

    #[test]
    fn owners_of_language_packages_and_programs() {
        let metadata = "usr/lib/python3/dist-packages/x/METADATA";
        let inventory = run(vec![vec![
            (STATUS, debs(&[("python3-x", "1"), ("nginx", "1")])),
            ("var/lib/dpkg/info/python3-x.list", owns("python3-x", &[metadata])),
            ("var/lib/dpkg/info/nginx:amd64.list", owns("nginx:amd64", &["usr/sbin/nginx"])),
            ("var/lib/dpkg/info/gone.list", owns("gone", &["opt/nginx"])),
            (metadata, one(PackageKind::PyPi, "x", metadata)),
            ("usr/sbin/nginx", one(PackageKind::Generic, "nginx", "usr/sbin/nginx")),
            ("opt/nginx", one(PackageKind::Generic, "nginx", "opt/nginx")),
        ]]);
        assert_eq!(
            lines(&inventory),
            [
                "nginx 1 layer 0 owner -",
                "python3-x 1 layer 0 owner -",
                "x 1 layer 0 owner python3-x",
                "nginx 1 layer 0 owner -",
            ]
        );
        assert_eq!(inventory.packages[3].package.path, "opt/nginx");
        let owner = inventory.owned.get("usr/sbin/nginx").unwrap().package;
        assert_eq!(inventory.packages[owner].package.name, "nginx");
    }

    #[test]
    fn a_file_that_a_later_layer_wrote_over_is_not_the_owner_s() {
        let program = || one(PackageKind::Generic, "openssl", "usr/bin/openssl");
        let inventory = run(vec![
            vec![
                (STATUS, debs(&[("openssl", "3")])),
                ("var/lib/dpkg/info/openssl.list", owns("openssl", &["usr/bin/openssl"])),
                ("usr/bin/openssl", program()),
            ],
            vec![("usr/bin/openssl", program())],
        ]);
        assert_eq!(lines(&inventory), ["openssl 3 layer 0 owner -", "openssl 1 layer 1 owner -"]);
    }

    #[test]
    fn merged_folders_are_looked_up_below_usr() {
        let program = |path| (path, one(PackageKind::Generic, "bash", path));
        let list = "var/lib/dpkg/info/bash.list";
        let merged = run(vec![vec![
            (STATUS, debs(&[("bash", "5")])),
            (list, owns("bash", &["bin/bash"])),
            program("usr/bin/bash"),
        ]]);
        assert_eq!(lines(&merged), ["bash 5 layer 0 owner -"]);

        let split = run(vec![vec![
            (STATUS, debs(&[("bash", "5")])),
            (list, owns("bash", &["bin/bash"])),
            program("bin/bash"),
            program("usr/bin/bash"),
        ]]);
        assert_eq!(lines(&split), ["bash 5 layer 0 owner -", "bash 1 layer 0 owner -"]);
        assert_eq!(split.packages[1].package.path, "usr/bin/bash");
    }

    #[test]
    fn a_program_and_its_library_are_one() {
        let program = |path| (path, one(PackageKind::Generic, "python", path));
        let inventory = run(vec![vec![
            program("usr/local/bin/python3.12"),
            program("usr/local/lib/libpython3.12.so.1.0"),
            program("opt/python/bin/python3.12"),
        ]]);
        let paths: Vec<_> = inventory.packages.iter().map(|it| &*it.package.path).collect();
        assert_eq!(paths, ["opt/python/bin/python3.12", "usr/local/bin/python3.12"]);
    }

    #[test]
    fn licences_are_told_in_the_words_of_spdx() {
        let mut facts = debs(&[("a", "1")]);
        facts.packages[0].licence = Some("GPLv2+ and MIT".to_owned());
        let inventory = run(vec![vec![(STATUS, facts)]]);
        let licence = inventory.packages[0].package.licence.as_deref();
        assert_eq!(licence, Some("GPL-2.0-or-later AND MIT"));
    }

    #[test]
    fn licences_and_short_names_of_distroless_files() {
        let folder = "var/lib/dpkg/status.d/";
        let (status, sums) = (format!("{folder}libssl1"), format!("{folder}libssl1.md5sums"));
        let licence = PackageLicence { package: "libssl1.1".into(), licence: "OpenSSL".into() };
        let inventory = run(vec![vec![
            (&status, one(PackageKind::Deb, "libssl1.1", &status)),
            (&sums, owns("libssl1", &["usr/lib/libssl.so.1.1"])),
            (
                "usr/share/doc/libssl1.1/copyright",
                FileFacts { licences: vec![licence], ..FileFacts::default() },
            ),
        ]]);
        assert_eq!(inventory.packages[0].package.licence.as_deref(), Some("OpenSSL"));
        assert_eq!(inventory.owned.get("usr/lib/libssl.so.1.1").unwrap().package, 0);
    }

    #[test]
    fn one_package_is_told_once() {
        let mut twice = one(PackageKind::Npm, "a", "lock");
        twice.packages[0].development = true;
        twice.packages[0].installed = false;
        let mut stronger = twice.packages[0].clone();
        (stronger.development, stronger.installed) = (false, true);
        twice.packages.push(stronger);
        let (old, new) = ("var/lib/rpm/Packages", "usr/lib/sysimage/rpm/rpmdb.sqlite");
        let inventory = run(vec![vec![
            ("lock", twice),
            (old, one(PackageKind::Rpm, "b", old)),
            (new, one(PackageKind::Rpm, "b", new)),
        ]]);
        assert_eq!(inventory.packages.len(), 2);
        let package = &inventory.packages[1].package;
        assert!(package.installed && !package.development);
    }

    #[test]
    fn distributions_and_gaps() {
        let named = |id: &str, codename: &str| {
            let (id, codename) = (id.to_owned(), codename.to_owned());
            let distribution = Distribution { id, codename, ..Distribution::default() };
            FileFacts { distribution: Some(distribution), ..FileFacts::default() }
        };
        let gap = Gap { why: "broken".into() };
        let inventory = run(vec![vec![
            ("a/etc/os-release", named("nested", "")),
            ("etc/redhat-release", named("rhel", "")),
            ("etc/debian_version", named("debian", "trixie")),
            ("usr/lib/os-release", named("debian", "")),
            ("x", FileFacts { gaps: vec![gap], ..FileFacts::default() }),
        ]]);
        let distribution = inventory.distribution.unwrap();
        assert_eq!((&*distribution.id, &*distribution.codename), ("debian", "trixie"));
        assert_eq!(inventory.gaps, [FileGap { path: "x".into(), why: "broken".into() }]);
    }
}
