//! Where keywords stand in a text: one pass that looks at every four bytes of it.
//!
//! Every keyword is known by its rarest four bytes. A small table of bits, which stays in the first
//! cache, says which four bytes are worth a second look, in another such table, and the two let
//! hardly anything through that is no keyword. That is a few instructions a byte and no chain of
//! loads, which is why it is faster than an automaton. Knows nothing of detectors.

use std::ops::Range;

/// A word that a secret has in it or beside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Keyword {
    /// Its bytes; in lower case where letter case does not count.
    pub(crate) text: Vec<u8>,
    /// Whether upper and lower case are different letters.
    pub(crate) is_exact: bool,
}

/// The keywords, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Prefilter {
    bits: Box<Bits>,
    second_bits: Box<Bits>,
    /// Where the entries of each bucket start, and at the end where the last ends.
    starts: Vec<u32>,
    entries: Vec<Entry>,
    keywords: Vec<Keyword>,
    longest: usize,
}

/// Four bytes of a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    bucket: u32,
    group: u32,
    keyword: u32,
    /// Where in the keyword they stand.
    offset: u32,
}

impl Prefilter {
    /// A filter for `keywords`. One shorter than [`MIN_KEYWORD`] bytes is never found; the test of
    /// the detectors' data holds that there is none.
    #[expect(clippy::large_stack_arrays, reason = "both go into boxes at once")]
    pub(crate) fn new(keywords: Vec<Keyword>) -> Self {
        let mut entries = Vec::new();
        for (idx, keyword) in keywords.iter().enumerate() {
            let Ok(idx) = u32::try_from(idx) else { break };
            push_entries(&mut entries, idx, keyword);
        }
        entries.sort_unstable();
        let (mut bits, mut second_bits) = (Box::new([0; N_WORDS]), Box::new([0; N_WORDS]));
        let mut starts = vec![0; N_BUCKETS + 1];
        for entry in &entries {
            set(&mut bits, hash(entry.group));
            set(&mut second_bits, second_hash(entry.group));
            if let Some(start) = starts.get_mut(entry.bucket as usize + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let longest = keywords.iter().map(|it| it.text.len()).max().unwrap_or_default();
        Self { bits, second_bits, starts, entries, keywords, longest }
    }

    /// Calls `found` with the index and the start of every keyword that starts in `part`, roughly
    /// in the order of their places.
    pub(crate) fn scan(
        &self,
        text: &[u8],
        part: Range<usize>,
        mut found: impl FnMut(usize, usize),
    ) {
        let end = text.len().min(part.end.saturating_add(self.longest));
        let Some(text) = text.get(..end) else { return };
        let mut at = next_step(&self.bits, text, part.start);
        while let Some(bytes) = text.get(at..).and_then(|it| it.first_chunk::<8>()) {
            for (step, group) in groups_of(*bytes).into_iter().enumerate() {
                if self.may_hold(group) {
                    self.verify(text, at + step, group, &part, &mut found);
                }
            }
            at = next_step(&self.bits, text, at + STEP);
        }
        while let Some(bytes) = text.get(at..).and_then(|it| it.first_chunk::<4>()) {
            let group = u32::from_le_bytes(*bytes) | low_half(FOLD);
            self.verify(text, at, group, &part, &mut found);
            at += 1;
        }
    }

    /// How long a keyword is.
    pub(crate) fn length(&self, keyword: usize) -> usize {
        self.keywords.get(keyword).map_or(0, |it| it.text.len())
    }

    #[inline]
    fn may_hold(&self, group: u32) -> bool {
        let second = probe(&self.second_bits, second_hash(group));
        probe(&self.bits, hash(group)) & second & 1 != 0
    }

    #[cold]
    fn verify(
        &self,
        text: &[u8],
        at: usize,
        group: u32,
        wanted: &Range<usize>,
        found: &mut impl FnMut(usize, usize),
    ) {
        let bucket = bucket(group) as usize;
        let bound = |idx: usize| self.starts.get(idx).map_or(0, |it| *it as usize);
        let entries = self.entries.get(bound(bucket)..bound(bucket + 1)).unwrap_or_default();
        for entry in entries.iter().filter(|it| it.group == group) {
            let Some(keyword) = self.keywords.get(entry.keyword as usize) else { continue };
            let Some(start) = at.checked_sub(entry.offset as usize) else { continue };
            let there = text.get(start..start + keyword.text.len());
            let is_there = there.is_some_and(|it| {
                if keyword.is_exact {
                    it == keyword.text
                } else {
                    it.eq_ignore_ascii_case(&keyword.text)
                }
            });
            if is_there && wanted.contains(&start) {
                found(entry.keyword as usize, start);
            }
        }
    }
}

/// The next step from `at` on with a group that may be one of a keyword, or the place where no
/// whole step is left. Alone in its function, so that all it needs stays in registers.
#[inline(never)]
fn next_step(bits: &Bits, text: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(bytes) = text.get(at..).and_then(|it| it.first_chunk::<8>()) {
        let [one, two, three, four, five] = groups_of(*bytes);
        let any = probe(bits, hash(one))
            | probe(bits, hash(two))
            | probe(bits, hash(three))
            | probe(bits, hash(four))
            | probe(bits, hash(five));
        if any & 1 != 0 {
            break;
        }
        at += STEP;
    }
    at
}

/// The groups that start in the first bytes, without regard to letter case. Written out, as its use
/// is, since closures over arrays are calls wherever the compiler does not see through them.
#[inline]
fn groups_of(bytes: [u8; 8]) -> [u32; STEP] {
    let folded = u64::from_le_bytes(bytes) | FOLD;
    [
        low_half(folded),
        low_half(folded >> 8),
        low_half(folded >> 16),
        low_half(folded >> 24),
        low_half(folded >> 32),
    ]
}

/// One bit for each hash.
type Bits = [u64; N_WORDS];

/// The four bytes that the bits know a keyword by. One of three is known by itself and every byte
/// of plain text that may follow.
fn push_entries(entries: &mut Vec<Entry>, idx: u32, keyword: &Keyword) {
    let Keyword { text, is_exact } = keyword;
    let mut push = |group: [u8; 4], offset: usize| {
        let group = group_of(group);
        let offset = u32::try_from(offset).unwrap_or_default();
        entries.push(Entry { bucket: bucket(group), group, keyword: idx, offset });
    };
    if let [first, second, third] = *text.as_slice() {
        // Behind a letter, a digit or a dash a token goes on.
        let goes_on = |it: &u8| it.is_ascii_alphanumeric() || b"_-./$~".contains(it);
        let may_end = !is_exact || third == b'/' || !goes_on(&third);
        let mut after: Vec<u8> =
            (0..0x80).filter(|it| may_end || goes_on(it)).map(|it| it | 0x20).collect();
        after.sort_unstable();
        after.dedup();
        for it in after {
            push([first, second, third, it], 0);
        }
        return;
    }
    let rarity = |quad: &[u8]| {
        let is_common = is_common(quad);
        (is_common, quad.iter().map(|it| commonness(*it)).sum::<u32>())
    };
    let rarest = text.windows(4).enumerate().min_by_key(|it| rarity(it.1));
    if let Some((offset, Some(quad))) = rarest.map(|it| (it.0, it.1.first_chunk())) {
        push(*quad, offset);
    }
}

/// Whether four bytes are among those that text is full of.
fn is_common(quad: &[u8]) -> bool {
    let (quads, _) = COMMON.as_bytes().as_chunks::<4>();
    quads.binary_search_by(|it| it.as_slice().cmp(quad)).is_ok()
}

/// How often a byte is met in program text, roughly.
fn commonness(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b'e' | b't' | b'a' | b'i' | b'n' | b'o' | b's' | b'r' | b' ' => 9,
        b'l' | b'd' | b'c' | b'u' | b'p' | b'm' | b'f' => 7,
        b'h' | b'g' | b'b' | b'y' | b'_' | b'-' | b'.' | b'/' | b'0' | b'1' => 5,
        b'w' | b'v' | b'k' | b'x' | b'2'..=b'9' => 3,
        _ => 2,
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
fn low_half(bytes: u64) -> u32 {
    bytes as u32
}

fn group_of(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | low_half(FOLD)
}

#[inline]
fn hash(group: u32) -> u32 {
    group.wrapping_mul(0x9E37_79B1) >> (32 - HASH_BITS)
}

/// Another hash, so that what passes one table by chance does not pass the other.
#[inline]
fn second_hash(group: u32) -> u32 {
    (group ^ group >> 15).wrapping_mul(0x85EB_CA6B) >> (32 - HASH_BITS)
}

/// The lowest bit is the one of `hash`; the others mean nothing. So several can be joined before
/// one is looked at.
#[inline]
fn probe(bits: &Bits, hash: u32) -> u64 {
    bits.get(hash as usize / 64).copied().unwrap_or_default() >> (hash % 64)
}

fn set(bits: &mut Bits, hash: u32) {
    if let Some(word) = bits.get_mut(hash as usize / 64) {
        *word |= 1 << (hash % 64);
    }
}

fn bucket(group: u32) -> u32 {
    hash(group) >> (HASH_BITS - BUCKET_BITS)
}

/// Four bytes each, sorted: what the libraries and programs of a system have most of.
#[rustfmt::skip]
static COMMON: &str = concat!(
    " acc app cha clo con for ins key log mes not pat rel rep sec set sig tes tim to  tok use",
    " wri----.app.clo.com.par.pat.tes.wri_cha_com_con_pat_pro_rel_tesaaaaableacceace ack acka",
    "ackeactiaddraderage ailealleallyalueamplanceandlangeannoapitappearchargearseartiartsases",
    "asicass asseatchate ate_atioativatteaturatusaultauthautobackbasebasiblocbox builbytecale",
    "canncatecaticesschancharchecchinckagcketclascleacloscodecodicommcompconfconnconscontconv",
    "cookcordcorecouncripctesctioctorcurrd fod todataddredecodeledentdiffdigidiredrese cae ma",
    "e noeacheadeectiectoed tefineforegiseleaelecelemeletemenemovenceendeent ent.ent_enteenti",
    "entrentseptiequeequier aer cer ieraterboere ernaers ersierteertrertterveespaespoessaessi",
    "est est.est_estreteretteeveleveneverexecextrfigufilefinafindfinefinifloafollforeformfull",
    "getsggergistgnalgramhangheadheckhellhelpherehinghosthttpicalicatificifieightigitignaigur",
    "ile.ile_ilerimplindeine infoing_ingsinstinteion ion.ion_ionaionsirecise isteistritalitem",
    "iteritioitteive ivenkagelacelasslastlatelatile aleanlectlemelesslevelicelinelinglinklist",
    "llowloadloatlocalocklogglosemailmarkmatimentmessmetamodemovemplempornablnamenaryndarnder",
    "ndexndlenectneednew nextnfigningnnecnodenonenotenstantedntegntennterntrynverocatockeodec",
    "oderointokenokieolloompaon aon sone onfionneonseonstontaonteontronveookiopenoptiorteosit",
    "ot iountourcout overpacepackparapareparspartpasspectperapertpingplacplatplitpoinportposi",
    "presprocprotprovptioqualquesquirractransrateratireakrealreamrecorectrefiregiremeremorenc",
    "rentreplreporequrespressrestringriptriterocerotorrenrserrsiortrarversagescrise aselesert",
    "servsignsingsionsitisourspacspecsponssagssinssiostacstalstatstemsterstinstorstrestristru",
    "systt ret_retabltacktalltatitatutchetemptemstentter ter_teratermterstesttexttfortherthin",
    "tialticatimetingtiontivetocotoketoretorytractraitrantreatribtrintripttertypeuestuffeuild",
    "uireunitupleurceurreuservaluven ventversvertwithwordworkwrapwritxtrayste",
);

/// How many groups start in eight bytes.
const STEP: usize = 5;
/// The shortest keyword that is found.
pub(crate) const MIN_KEYWORD: usize = 3;
const HASH_BITS: u32 = 18;
const BUCKET_BITS: u32 = 14;
const N_WORDS: usize = 1 << (HASH_BITS - 6);
const N_BUCKETS: usize = 1 << BUCKET_BITS;
/// Sets the bit that tells lower from upper case in eight bytes at once.
const FOLD: u64 = 0x2020_2020_2020_2020;

#[cfg(test)]
mod tests {
    use super::{Keyword, Prefilter};

    fn places(words: &[(&str, bool)], text: &str, from: usize, to: usize) -> Vec<(usize, usize)> {
        let keyword = |it: &(&str, bool)| Keyword { text: it.0.into(), is_exact: it.1 };
        let mut res = Vec::new();
        let filter = Prefilter::new(words.iter().map(keyword).collect());
        filter.scan(text.as_bytes(), from..to, |keyword, start| res.push((keyword, start)));
        res.sort_unstable();
        res
    }

    #[test]
    fn every_keyword_is_found_once_wherever_it_stands() {
        let words = [("ghp_", true), ("password", false), ("SG.", true), ("://", false)];
        for n_before in 0..20 {
            for n_after in 0..10 {
                for (idx, (word, _)) in words.iter().enumerate() {
                    let text = format!("{}{word}{}", "q".repeat(n_before), "z".repeat(n_after));
                    let found = places(&words, &text, 0, text.len());
                    // A word of three bytes may be missed as the very last of a text.
                    if word.len() > 3 || n_after > 0 {
                        assert_eq!(found, [(idx, n_before)], "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn letter_case_counts_where_it_should() {
        let words = [("ghp_", true), ("password", false)];
        assert_eq!(places(&words, "GHP_ PASSword", 0, 13), [(1, 5)]);
    }

    #[test]
    fn a_text_cut_in_two_gives_each_keyword_to_one_half() {
        let text = "xx password yy password zz";
        for cut in 0..text.len() {
            let mut found = places(&[("password", false)], text, 0, cut);
            found.extend(places(&[("password", false)], text, cut, text.len()));
            assert_eq!(found, [(0, 3), (0, 15)], "{cut}");
        }
    }
}
