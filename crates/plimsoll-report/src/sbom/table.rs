//! A bill of materials for people.

use std::io;

use plimsoll_package::Package;

use crate::{escape, image::Image};

/// Writes one line for each package: name, version, kind, how it is there.
pub fn write(image: &Image, out: &mut dyn io::Write) -> io::Result<()> {
    let rows: Vec<[String; 4]> = image
        .packages
        .iter()
        .map(|found| {
            let package = &found.package;
            [
                escape::line(&package.full_name()),
                escape::line(&package.version),
                package.kind.name().to_owned(),
                state(package),
            ]
        })
        .collect();
    let head = ["NAME", "VERSION", "KIND", ""].map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]).filter_map(|it| it.get(column));
        cells.map(|it| it.chars().count()).max().unwrap_or(0).min(MAX_WIDTH)
    };
    let widths = [width(0), width(1), width(2)];
    for row in std::iter::once(&head).chain(&rows) {
        let [name, version, kind, state] = row;
        let [first, second, third] = widths;
        let line = format!("{name:first$}  {version:second$}  {kind:third$}  {state}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// How a package is there, and what else a statement allows.
fn state(package: &Package) -> String {
    match &package.range {
        _ if package.installed => "installed".to_owned(),
        Some(range) => format!("stated as {}", escape::line(range)),
        None => "stated".to_owned(),
    }
}

/// A cell does not push the next one further than this.
const MAX_WIDTH: usize = 48;
