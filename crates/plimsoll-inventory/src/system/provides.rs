//! Dependencies on what packages provide (`so:libc.so.6`, `webserver`), turned into dependencies
//! on the packages of the same database.
//!
//! It must not know how a database writes either.

use std::collections::HashMap;

use plimsoll_package::{Dependency, Package};

/// What the packages of one database need and provide, by the packages' places in it.
#[derive(Default)]
pub(super) struct Provides {
    providers: HashMap<String, usize>,
    needs: Vec<(usize, Vec<String>)>,
}

impl Provides {
    /// Notes that the package provides the name. The first one that does so is taken.
    pub(super) fn provide(&mut self, package_idx: usize, name: &str) {
        if self.providers.len() < MAX_NAMES && !self.providers.contains_key(name) {
            self.providers.insert(name.to_owned(), package_idx);
        }
    }

    /// Notes what the package needs.
    pub(super) fn need(&mut self, package_idx: usize, mut names: Vec<String>) {
        names.truncate(MAX_NEEDS);
        self.needs.push((package_idx, names));
    }

    /// Gives every package the packages that it needs. What none of them provides is left out: it
    /// is a file, a feature of the package manager, or not installed.
    pub(super) fn resolve(&self, packages: &mut [Package]) {
        for (package_idx, names) in &self.needs {
            let mut found: Vec<usize> =
                names.iter().filter_map(|it| self.providers.get(it).copied()).collect();
            found.sort_unstable();
            found.dedup();
            found.retain(|it| it != package_idx);
            let named = found.into_iter().filter_map(|it| packages.get(it));
            let mut dependencies: Vec<Dependency> =
                named.map(|it| Dependency { name: it.name.clone(), version: None }).collect();
            dependencies.sort_unstable();
            dependencies.dedup();
            if let Some(package) = packages.get_mut(*package_idx) {
                package.dependencies = dependencies;
            }
        }
    }
}

/// Names provided in one database; beyond them edges are missing, which no judgement rests on.
const MAX_NAMES: usize = 2_000_000;

/// Names that one package may need.
const MAX_NEEDS: usize = 10_000;
