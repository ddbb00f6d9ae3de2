//! Lua: rock specifications, as LuaRocks keeps one of each installed rock.

use plimsoll_package::{Package, PackageKind};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format},
        reading::{keep, read_text},
    },
};

/// A rock's specification.
pub(crate) const FORMAT: Format =
    Format { name: "lua-rockspec", files: Files::ending(&[".rockspec"]), read };

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    let (Some(name), Some(version)) = (assigned(&text, "package"), assigned(&text, "version"))
    else {
        return;
    };
    let mut package = Package::new(PackageKind::LuaRocks, name, version, file.path());
    package.installed = file.path().split('/').any(|it| it.starts_with("rocks-"));
    package.licence = assigned(&text, "license").map(str::to_owned);
    keep(package, facts);
}

/// The text assigned to `name`, at the top or in a table.
fn assigned<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (left, right) = line.split_once('=')?;
        let right = right.trim();
        let quote = right.chars().next().filter(|it| matches!(it, '"' | '\''))?;
        let value = right.get(1..)?.split(quote).next()?;
        (left.trim() == name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::check;

    #[test]
    fn rocks() {
        let text =
            "package = \"a\"\nversion = \"1.0-2\"\ndescription = {\n   license = \"MIT\"\n}\n";
        let path = "usr/local/lib/luarocks/rocks-5.1/a/1.0-2/a-1.0-2.rockspec";
        check(&FORMAT, path, text, &["a@1.0-2 installed (MIT)"]);
        check(&FORMAT, "src/a-1.0-2.rockspec", text, &["a@1.0-2 (MIT)"]);
        check(&FORMAT, "src/a.rockspec", "package = name\nversion = '1'\n", &[]);
    }
}
