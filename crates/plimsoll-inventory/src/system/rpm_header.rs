//! The header of an rpm package: an index of tags, and behind it what they hold, in the order of
//! the network.
//!
//! It must not know what is made of the tags, or in which database the header lay.

use std::borrow::Cow;

use crate::bytes::Endian;

/// The number of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag(u32);

impl Tag {
    pub(super) const NAME: Self = Self(1000);
    pub(super) const VERSION: Self = Self(1001);
    pub(super) const RELEASE: Self = Self(1002);
    pub(super) const EPOCH: Self = Self(1003);
    pub(super) const VENDOR: Self = Self(1011);
    pub(super) const LICENCE: Self = Self(1014);
    pub(super) const ARCHITECTURE: Self = Self(1022);
    pub(super) const FILE_STATES: Self = Self(1029);
    pub(super) const FILE_DIGESTS: Self = Self(1035);
    pub(super) const FILE_FLAGS: Self = Self(1037);
    pub(super) const SOURCE_RPM: Self = Self(1044);
    pub(super) const PROVIDE_NAME: Self = Self(1047);
    pub(super) const REQUIRE_NAME: Self = Self(1049);
    pub(super) const DIRECTORY_INDEXES: Self = Self(1116);
    pub(super) const BASE_NAMES: Self = Self(1117);
    pub(super) const DIRECTORY_NAMES: Self = Self(1118);
    pub(super) const FILE_DIGEST_ALGORITHM: Self = Self(5011);
    pub(super) const MODULARITY_LABEL: Self = Self(5096);
}

/// A header, not copied.
pub(super) struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

impl<'a> Header<'a> {
    /// The header that `blob` is; `None` if it is none.
    pub(super) fn parse(blob: &'a [u8]) -> Option<Self> {
        let n_entries = usize::try_from(Endian::Big.u32(blob, 0)?).ok()?;
        let n_bytes = usize::try_from(Endian::Big.u32(blob, 4)?).ok()?;
        let data_start = n_entries.checked_mul(ENTRY_BYTES)?.checked_add(HEAD_BYTES)?;
        let index = blob.get(HEAD_BYTES..data_start)?;
        let data = blob.get(data_start..data_start.checked_add(n_bytes)?)?;
        (n_entries > 0).then_some(Self { index, data })
    }

    /// The text of the tag, or the first of its texts.
    pub(super) fn string(&self, tag: Tag) -> Option<String> {
        self.strings(tag).next().map(Cow::into_owned)
    }

    /// The texts of the tag; none if the header has no such tag.
    pub(super) fn strings(&self, tag: Tag) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let (data, count) = match self.find(tag) {
            Some((STRING, data, _)) => (data, 1),
            Some((STRINGS | TRANSLATED, data, count)) => (data, count),
            _ => (&[][..], 0),
        };
        // What the last text's end leaves behind is not a text.
        let ended = data.iter().rposition(|it| *it == 0).map_or(0, |it| it + 1);
        let texts = data.get(..ended).unwrap_or_default();
        texts.split_inclusive(|it| *it == 0).take(count).map(|it| {
            let text = it.strip_suffix(&[0]).unwrap_or(it);
            String::from_utf8_lossy(text)
        })
    }

    /// The numbers of the tag; none if the header has no such tag.
    pub(super) fn u32s(&self, tag: Tag) -> impl Iterator<Item = u32> + use<'a> {
        let (data, count) = match self.find(tag) {
            Some((NUMBERS, data, count)) => (data, count),
            _ => (&[][..], 0),
        };
        data.chunks_exact(4).take(count).filter_map(|it| Endian::Big.u32(it, 0))
    }

    /// The bytes of the tag; none if the header has no such tag.
    pub(super) fn bytes(&self, tag: Tag) -> impl Iterator<Item = u8> + use<'a> {
        let (data, count) = match self.find(tag) {
            Some((CHARACTERS | BYTES, data, count)) => (data, count),
            _ => (&[][..], 0),
        };
        data.iter().take(count).copied()
    }

    /// The kind of the tag, the data from where it begins, and how many things it holds.
    fn find(&self, tag: Tag) -> Option<(u32, &'a [u8], usize)> {
        let entry = self
            .index
            .chunks_exact(ENTRY_BYTES)
            .find(|it| Endian::Big.u32(it, 0) == Some(tag.0))?;
        let offset = usize::try_from(Endian::Big.u32(entry, 8)?).ok()?;
        let count = usize::try_from(Endian::Big.u32(entry, 12)?).ok()?;
        Some((Endian::Big.u32(entry, 4)?, self.data.get(offset..)?, count))
    }
}

const HEAD_BYTES: usize = 8;
const ENTRY_BYTES: usize = 16;
const CHARACTERS: u32 = 1;
const BYTES: u32 = 2;
const NUMBERS: u32 = 4;
const STRING: u32 = 6;
const STRINGS: u32 = 8;
const TRANSLATED: u32 = 9;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A header of entries (tag, kind, count, data).
    fn header(entries: &[(Tag, u32, u32, &[u8])]) -> Vec<u8> {
        let n_bytes: usize = entries.iter().map(|it| it.3.len()).sum();
        let mut res = u32::try_from(entries.len()).unwrap().to_be_bytes().to_vec();
        res.extend(u32::try_from(n_bytes).unwrap().to_be_bytes());
        let mut offset = 0;
        for (tag, kind, count, data) in entries {
            for it in [tag.0, *kind, offset, *count] {
                res.extend(it.to_be_bytes());
            }
            offset += u32::try_from(data.len()).unwrap();
        }
        res.extend(entries.iter().flat_map(|it| it.3));
        res
    }

    #[test]
    fn texts_and_numbers() {
        let blob = header(&[
            (Tag::NAME, STRING, 1, b"a\0"),
            (Tag::EPOCH, NUMBERS, 1, &[0, 0, 1, 0]),
            (Tag::BASE_NAMES, STRINGS, 3, b"x\0\0z\0"),
            (Tag::FILE_STATES, CHARACTERS, 2, &[0, 1]),
        ]);
        let header = Header::parse(&blob).unwrap();
        assert_eq!(header.string(Tag::NAME).as_deref(), Some("a"));
        assert_eq!(header.u32s(Tag::EPOCH).collect::<Vec<_>>(), [256]);
        assert_eq!(header.strings(Tag::BASE_NAMES).collect::<Vec<_>>(), ["x", "", "z"]);
        assert_eq!(header.bytes(Tag::FILE_STATES).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(header.string(Tag::VERSION), None);
        assert_eq!(header.u32s(Tag::NAME).count(), 0, "a tag of another kind holds no numbers");
    }

    #[test]
    fn lies_about_sizes() {
        assert!(Header::parse(&[]).is_none());
        assert!(Header::parse(&[0xff; 64]).is_none());
        let mut blob = header(&[(Tag::NAME, STRINGS, u32::MAX, b"a\0")]);
        assert_eq!(Header::parse(&blob).unwrap().strings(Tag::NAME).count(), 1);
        blob[HEAD_BYTES + 8..HEAD_BYTES + 12].fill(0xff);
        assert_eq!(Header::parse(&blob).unwrap().strings(Tag::NAME).count(), 0);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(
            n_entries in 0_u32..5,
            n_bytes in 0_u32..40,
            rest in proptest::collection::vec(any::<u8>(), 0..120),
        ) {
            let mut blob = [n_entries.to_be_bytes(), n_bytes.to_be_bytes()].concat();
            blob.extend(rest);
            if let Some(header) = Header::parse(&blob) {
                let tag = Tag(Endian::Big.u32(&blob, HEAD_BYTES).unwrap());
                header.strings(tag).for_each(drop);
                header.u32s(tag).for_each(drop);
                header.bytes(tag).for_each(drop);
            }
        }
    }
}
