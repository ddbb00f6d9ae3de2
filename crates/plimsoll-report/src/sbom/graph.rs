//! Which package of an image needs which, as far as their own statements tell.

use std::collections::{BTreeSet, HashMap};

use plimsoll_package::PackageKind;

use crate::image::Image;

/// For each package, the numbers of those it depends on.
pub(crate) fn edges(image: &Image) -> Vec<BTreeSet<usize>> {
    let mut by_name: HashMap<(PackageKind, String), Vec<usize>> = HashMap::new();
    for (number, found) in image.packages.iter().enumerate() {
        let package = &found.package;
        for name in [package.full_name(), package.name.clone()] {
            let numbers = by_name.entry((package.kind, name)).or_default();
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
    }
    let packages = image.packages.iter().enumerate();
    packages
        .map(|(number, found)| {
            let package = &found.package;
            let mut res = BTreeSet::new();
            for dependency in package.dependencies.iter().take(MAX_DEPENDENCIES) {
                let key = (package.kind, dependency.name.clone());
                let Some(candidates) = by_name.get(&key) else { continue };
                let fits = |it: &&usize| {
                    let other = image.packages.get(**it).map(|it| &it.package);
                    other.is_some_and(|it| match &dependency.version {
                        Some(version) => it.version == *version,
                        None => it.kind.is_system() || it.path == package.path,
                    })
                };
                // A name without a version means the only one there is, or the one beside it.
                let chosen = candidates.iter().find(fits);
                let only = candidates
                    .first()
                    .filter(|_| candidates.len() == 1 && dependency.version.is_none());
                res.extend(chosen.or(only).filter(|it| **it != number));
            }
            res
        })
        .collect()
}

/// More dependencies than this are no statement of one package.
const MAX_DEPENDENCIES: usize = 10_000;
