//! A place in one line of words.

use std::fmt::Write as _;

use plimsoll_finding::{ImagePlace, Place};

/// Where a finding points: `web/Dockerfile:3:1`, or the file, setting and layer of an image.
pub(crate) fn place_words(place: &Place) -> String {
    if let Some(location) = place.text() {
        let start = location.start();
        return format!("{}:{}:{}", location.source.name(), start.line, start.column);
    }
    match place {
        Place::Image(place) => image_words(place),
        Place::Host(place) => match (place.source.is_empty(), place.setting.is_empty()) {
            (true, true) => place.target.name.clone(),
            (true, false) => format!("{}: {}", place.target.name, place.setting),
            (false, true) => place.source.clone(),
            (false, false) => format!("{}: {}", place.source, place.setting),
        },
        _ => String::new(),
    }
}

fn image_words(place: &ImagePlace) -> String {
    let mut res = match (place.path.is_empty(), place.setting.is_empty()) {
        (false, _) => format!("/{}", place.path),
        (true, false) => format!("{}: {}", place.target.name, place.setting),
        (true, true) => place.target.name.clone(),
    };
    if place.line > 0 {
        let _ = write!(res, ":{}", place.line);
    }
    if !place.instruction.is_empty() {
        let instruction: String = place.instruction.chars().take(INSTRUCTION).collect();
        let cut = if instruction.len() < place.instruction.len() { "…" } else { "" };
        let _ = write!(res, " (layer of {instruction}{cut})");
    }
    res
}

/// So many characters of an instruction tell which one it is.
const INSTRUCTION: usize = 60;
