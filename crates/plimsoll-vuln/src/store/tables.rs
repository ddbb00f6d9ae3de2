//! Side tables as bytes: sources, products, repositories of images, summaries.

use crate::{
    day::Day,
    side_table::{Cycle, End, ImageRepository, Product, SourceInfo, TagGroup},
    store::{StoreError, bytes::Cursor, format::narrow},
};

pub(crate) fn read_sources(section: &[u8]) -> Result<Vec<SourceInfo>, StoreError> {
    let mut cursor = Cursor::new(section);
    list(&mut cursor, |it| {
        Ok(SourceInfo {
            name: it.string()?.to_owned(),
            as_of: it.i64()?,
            records: it.u32()?,
            licence: it.string()?.to_owned(),
            attribution: it.string()?.to_owned(),
            url: it.string()?.to_owned(),
            gives_way_to: list(it, string)?,
        })
    })
}

pub(crate) fn write_sources(sources: &[&SourceInfo]) -> Vec<u8> {
    let mut res = Vec::new();
    put_list(&mut res, sources, |res, it| {
        put_string(res, &it.name);
        res.extend(it.as_of.to_le_bytes());
        res.extend(it.records.to_le_bytes());
        put_string(res, &it.licence);
        put_string(res, &it.attribution);
        put_string(res, &it.url);
        put_list(res, &it.gives_way_to, |res, it| put_string(res, it));
    });
    res
}

pub(crate) fn read_products(section: &[u8]) -> Result<Vec<Product>, StoreError> {
    let mut cursor = Cursor::new(section);
    list(&mut cursor, |it| {
        Ok(Product {
            name: it.string()?.to_owned(),
            identifiers: list(it, string)?,
            cycles: list(it, cycle)?,
        })
    })
}

pub(crate) fn write_products(products: &[Product]) -> Vec<u8> {
    let mut res = Vec::new();
    put_list(&mut res, products, |res, it| {
        put_string(res, &it.name);
        put_list(res, &it.identifiers, |res, it| put_string(res, it));
        put_list(res, &it.cycles, put_cycle);
    });
    res
}

pub(crate) fn read_repository(name: &str, section: &[u8]) -> Result<ImageRepository, StoreError> {
    let mut cursor = Cursor::new(section);
    let groups = list(&mut cursor, |it| {
        Ok(TagGroup {
            tags: list(it, string)?,
            shared_tags: list(it, string)?,
            architectures: list(it, string)?,
            from: it.string()?.to_owned(),
        })
    })?;
    Ok(ImageRepository { name: name.to_owned(), groups })
}

pub(crate) fn write_repository(repository: &ImageRepository) -> Vec<u8> {
    let mut res = Vec::new();
    put_list(&mut res, &repository.groups, |res, it| {
        put_list(res, &it.tags, |res, it| put_string(res, it));
        put_list(res, &it.shared_tags, |res, it| put_string(res, it));
        put_list(res, &it.architectures, |res, it| put_string(res, it));
        put_string(res, &it.from);
    });
    res
}

/// Summaries are index and text, one after the other.
pub(crate) fn find_summary(
    section: &[u8],
    vulnerability: u32,
) -> Result<Option<String>, StoreError> {
    let mut cursor = Cursor::new(section);
    while !cursor.is_at_end() {
        let index = cursor.u32()?;
        let text = cursor.string()?;
        if index == vulnerability {
            return Ok(Some(text.to_owned()));
        }
    }
    Ok(None)
}

/// All summaries of a section.
pub(crate) fn read_summaries(section: &[u8]) -> Result<Vec<(u32, &str)>, StoreError> {
    let mut cursor = Cursor::new(section);
    let mut res = Vec::new();
    while !cursor.is_at_end() {
        res.push((cursor.u32()?, cursor.string()?));
    }
    Ok(res)
}

pub(crate) fn put_summary(res: &mut Vec<u8>, vulnerability: u32, text: &str) {
    res.extend(vulnerability.to_le_bytes());
    put_string(res, text);
}

fn cycle(cursor: &mut Cursor<'_>) -> Result<Cycle, StoreError> {
    Ok(Cycle {
        name: cursor.string()?.to_owned(),
        codename: cursor.string()?.to_owned(),
        released: Day::from_field(cursor.u32()?),
        long_term: cursor.u8()? != 0,
        active_end: end(cursor)?,
        end: end(cursor)?,
        extended_end: end(cursor)?,
        latest: cursor.string()?.to_owned(),
        latest_on: Day::from_field(cursor.u32()?),
    })
}

fn put_cycle(res: &mut Vec<u8>, cycle: &Cycle) {
    put_string(res, &cycle.name);
    put_string(res, &cycle.codename);
    res.extend(Day::field(cycle.released).to_le_bytes());
    res.push(u8::from(cycle.long_term));
    for it in [cycle.active_end, cycle.end, cycle.extended_end] {
        let (kind, day) = match it {
            End::Unknown => (0, None),
            End::NotSet => (1, None),
            End::Passed => (2, None),
            End::On(day) => (3, Some(day)),
        };
        res.push(kind);
        res.extend(Day::field(day).to_le_bytes());
    }
    put_string(res, &cycle.latest);
    res.extend(Day::field(cycle.latest_on).to_le_bytes());
}

fn end(cursor: &mut Cursor<'_>) -> Result<End, StoreError> {
    let kind = cursor.u8()?;
    let day = Day::from_field(cursor.u32()?);
    match (kind, day) {
        (0, _) => Ok(End::Unknown),
        (1, _) => Ok(End::NotSet),
        (2, _) => Ok(End::Passed),
        (3, Some(day)) => Ok(End::On(day)),
        _ => Err(StoreError::Torn { part: "an end of support that is not known" }),
    }
}

fn string(cursor: &mut Cursor<'_>) -> Result<String, StoreError> {
    cursor.string().map(str::to_owned)
}

fn list<'s, T>(
    cursor: &mut Cursor<'s>,
    mut item: impl FnMut(&mut Cursor<'s>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let n = cursor.u32()?;
    // Not reserved at once: the count is not trusted, and each item takes at least four bytes.
    let mut res = Vec::new();
    for _ in 0..n {
        res.push(item(cursor)?);
    }
    Ok(res)
}

fn put_list<T>(res: &mut Vec<u8>, items: &[T], item: impl Fn(&mut Vec<u8>, &T)) {
    res.extend(narrow(items.len()).to_le_bytes());
    for it in items {
        item(res, it);
    }
}

fn put_string(res: &mut Vec<u8>, text: &str) {
    res.extend(narrow(text.len()).to_le_bytes());
    res.extend(text.as_bytes());
}
