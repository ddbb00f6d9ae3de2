//! Names of documents and components that follow from what they name.

use std::ops::RangeInclusive;

use sha2::{Digest as _, Sha256};

use crate::image::Image;

/// A reference for each package, unique in the document and the same for the same image: the
/// package URL, followed by the path where one package is there several times.
pub(crate) fn references(image: &Image) -> Vec<String> {
    let mut n_equal = std::collections::HashMap::new();
    let names: Vec<String> =
        image.packages.iter().map(|it| format!("{}#{}", it.purl, it.package.path)).collect();
    names
        .into_iter()
        .map(|name| {
            let nth = n_equal.entry(name.clone()).or_insert(0_usize);
            *nth += 1;
            if *nth == 1 { name } else { format!("{name}~{nth}") }
        })
        .collect()
}

/// A UUID made from what the image holds (RFC 9562, version 8).
pub(crate) fn uuid(image: &Image, references: &[String]) -> String {
    let mut hash = Sha256::new();
    for text in [&image.name, &image.digest, &image.created].into_iter().chain(references) {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let mut bytes: Vec<u8> = hash.finalize().into_iter().take(16).collect();
    if let Some(version) = bytes.get_mut(6) {
        *version = *version & 0x0f | 0x80;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = *variant & 0x3f | 0x80;
    }
    let digits = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    let mut res = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            res.push('-');
        }
        res.extend([digits(byte >> 4), digits(byte & 15)]);
    }
    res
}

/// The moment that documents are dated by: that of the image, to the second, as RFC 3339 in UTC.
pub(crate) fn timestamp(image: &Image) -> String {
    let text = image.created.as_str();
    let is_utc = text.ends_with('Z') && text.is_ascii();
    match text.get(..19) {
        Some(seconds) if is_utc && is_moment(seconds) => format!("{seconds}Z"),
        _ => "1970-01-01T00:00:00Z".to_owned(),
    }
}

fn is_moment(text: &str) -> bool {
    let number = |from: usize| text.get(from..from + 2).and_then(|it| it.parse().ok());
    let within =
        |from, range: RangeInclusive<u8>| number(from).is_some_and(|it| range.contains(&it));
    let is_real = within(5, 1..=12) && within(8, 1..=31) && within(11, 0..=23);
    let is_real = is_real && within(14, 0..=59) && within(17, 0..=59);
    is_real
        && text.bytes().zip("0000-00-00T00:00:00".bytes()).all(|(one, form)| match form {
            b'0' => one.is_ascii_digit(),
            other => one == other,
        })
}
