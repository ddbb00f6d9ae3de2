//! vcpkg of C and C++: the packages that it installed.

use plimsoll_package::{Package, PackageKind};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name, folder},
        headers::{Continuation, header, headers},
        reading::{keep, read_text},
    },
};

/// vcpkg's database.
pub(crate) const FORMAT: Format =
    Format { name: "vcpkg-status", files: Files::named(&["status"]).within(is_database), read };

fn is_database(path: &str) -> bool {
    file_name(folder(path)) == "vcpkg"
}

/// Paragraphs as in Debian's database; those of features carry no version.
fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    for paragraph in text.replace("\r\n", "\n").split("\n\n") {
        let fields = headers(paragraph.trim_start(), Continuation::Folded);
        let said = |key| header(&fields, key);
        let (Some(name), Some(version)) = (said("Package"), said("Version")) else { continue };
        if said("Status").is_none_or(|it| it == "install ok installed") {
            let mut package = Package::new(PackageKind::Generic, name, version, file.path());
            package.architecture = said("Architecture").map(str::to_owned);
            keep(package, facts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_wants};

    #[test]
    fn installed_packages() {
        check_wants(&FORMAT, &[("var/lib/dpkg/status", false)]);
        let text = "Package: a\nVersion: 1.2.3\nPort-Version: 1\nArchitecture: x64-linux\n\
            Status: install ok installed\n\nPackage: a\nFeature: x\nStatus: install ok installed\n\n\
            Package: b\nVersion: 2\nStatus: purge ok not-installed\n";
        let path = "opt/vcpkg/installed/vcpkg/status";
        check(&FORMAT, path, text, &["a@1.2.3 for x64-linux installed"]);
    }
}
