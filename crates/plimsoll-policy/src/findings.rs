//! Many findings in little memory: laid down as bytes in chunks, taken out one by one.
//!
//! A finding as rules speak of it is a small tree of texts and lists. A run over ten thousand files
//! makes hundreds of thousands, far more than a report needs at any moment, and most of their words
//! are the same. So each chunk keeps every text once and every number in as few bytes as it takes.
//! Nothing is lost: what comes out is what went in.

use std::{collections::HashMap, fmt, sync::Arc};

use plimsoll_finding::{
    Confidence, Disposition, Finding, Fix, Origin, Place, Related, RuleInfo, Safety, Severity, hex,
};
use plimsoll_text::{Edit, Location, Source, Span};

/// The findings of a run, in order.
#[derive(Clone, Default)]
pub struct Findings {
    chunks: Vec<Chunk>,
}

impl Findings {
    /// Findings that were packed before.
    pub fn new(chunks: Vec<Chunk>) -> Self {
        Self { chunks }
    }

    /// The pieces they lie in. All findings of one file lie in the same.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// Each finding, unpacked when it is reached.
    pub fn iter(&self) -> impl Iterator<Item = Finding> {
        self.chunks.iter().flat_map(Chunk::iter)
    }

    /// What is to be counted of each finding, in the same order.
    pub fn heads(&self) -> impl Iterator<Item = Head> {
        self.chunks.iter().flat_map(Chunk::heads)
    }

    /// The places of all secrets that any finding names.
    pub fn secrets(&self) -> impl Iterator<Item = &Location> {
        self.chunks.iter().flat_map(|it| &it.secrets)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|it| it.heads.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl FromIterator<Finding> for Findings {
    /// Packs them as one chunk.
    fn from_iter<T: IntoIterator<Item = Finding>>(findings: T) -> Self {
        let mut packer = Packer::default();
        findings.into_iter().for_each(|it| packer.push(&it));
        Self { chunks: vec![packer.finish()] }
    }
}

impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// What is to be counted of a finding.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// The rule that judged.
    pub rule: &'static RuleInfo,
    /// Severity, policy applied.
    pub severity: Severity,
    /// Confidence here.
    pub confidence: Confidence,
    /// What became of it.
    pub standing: Standing,
    /// The safety of its best fix.
    pub best_fix: Option<Safety>,
}

impl Head {
    /// What is to be counted of `finding`.
    pub fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity,
            confidence: finding.confidence,
            standing: match finding.disposition {
                Disposition::Open => Standing::Open,
                Disposition::Waived { .. } => Standing::Waived,
                Disposition::Baseline => Standing::Baseline,
                Disposition::NotAffected { .. } => Standing::NotAffected,
            },
            best_fix: finding.fixes.iter().map(|it| it.safety).max(),
        }
    }
}

/// A [`Disposition`] without its reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Open,
    /// Someone accepted it.
    Waived,
    /// It was there when the baseline was taken.
    Baseline,
    /// A statement says that it does not apply.
    NotAffected,
}

/// Some findings, packed.
#[derive(Clone, Default)]
pub struct Chunk {
    heads: Box<[Head]>,
    bytes: Box<[u8]>,
    /// Every text, one after the other.
    texts: Box<str>,
    /// Where each text ends.
    text_ends: Box<[usize]>,
    sources: Box<[Arc<Source>]>,
    /// Places of a kind that is no piece of a text.
    places: Box<[Place]>,
    secrets: Box<[Location]>,
}

impl Chunk {
    /// Each finding, unpacked when it is reached.
    pub fn iter(&self) -> impl Iterator<Item = Finding> {
        let mut reader = Reader { chunk: self, at: 0 };
        self.heads.iter().map(move |it| unpack(&mut reader, it))
    }

    /// What is to be counted of each finding.
    pub fn heads(&self) -> impl Iterator<Item = Head> {
        self.heads.iter().copied()
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The bytes may hold a secret, and tell a reader nothing.
        f.debug_struct("Chunk").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[expect(clippy::expect_used, reason = "a finding that is lost in silence would be a false pass")]
fn unpack(reader: &mut Reader<'_>, head: &Head) -> Finding {
    reader.finding(head).expect("internal: a packed finding is read as it was written")
}

/// Lays findings down.
#[derive(Default)]
pub struct Packer {
    heads: Vec<Head>,
    bytes: Vec<u8>,
    texts: String,
    text_ends: Vec<usize>,
    known_texts: HashMap<Box<str>, usize>,
    sources: Vec<Arc<Source>>,
    /// By address: equal texts under different names are different sources.
    known_sources: HashMap<*const Source, usize>,
    places: Vec<Place>,
    secrets: Vec<Location>,
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Packer {
    /// Adds a finding after those that are there.
    pub fn push(&mut self, finding: &Finding) {
        self.heads.push(Head::of(finding));
        self.text(&finding.message);
        self.place(&finding.place);
        self.number(finding.names.len());
        finding.names.iter().for_each(|it| self.text(it));
        self.fingerprint(&finding.fingerprint);
        self.disposition(&finding.disposition);
        self.number(finding.related.len());
        for related in &finding.related {
            self.place(&related.place);
            self.text(&related.message);
        }
        self.number(finding.evidence.len());
        finding.evidence.iter().for_each(|it| self.text(it));
        self.number(finding.fixes.len());
        finding.fixes.iter().for_each(|it| self.fix(it));
        self.number(finding.secrets.len());
        for secret in &finding.secrets {
            self.number(self.secrets.len());
            self.secrets.push(secret.clone());
        }
    }

    /// Adds findings after those that are there.
    pub fn extend<'a>(&mut self, findings: impl IntoIterator<Item = &'a Finding>) {
        for finding in findings {
            self.push(finding);
        }
    }

    /// How many findings were added.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether none was added.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// What was added, packed.
    pub fn finish(self) -> Chunk {
        Chunk {
            heads: self.heads.into(),
            bytes: self.bytes.into(),
            texts: self.texts.into(),
            text_ends: self.text_ends.into(),
            sources: self.sources.into(),
            places: self.places.into(),
            secrets: self.secrets.into(),
        }
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn number(&mut self, number: usize) {
        let mut rest = number;
        loop {
            let low = u8::try_from(rest & 0x7f).unwrap_or_default();
            rest >>= 7;
            if rest == 0 {
                return self.bytes.push(low);
            }
            self.bytes.push(low | 0x80);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(at) = self.known_texts.get(text).copied() {
            return self.number(at);
        }
        let at = self.text_ends.len();
        self.texts.push_str(text);
        self.text_ends.push(self.texts.len());
        self.known_texts.insert(text.into(), at);
        self.number(at);
    }

    fn source(&mut self, source: &Arc<Source>) {
        let next = self.sources.len();
        let at = *self.known_sources.entry(Arc::as_ptr(source)).or_insert(next);
        if at == next {
            self.sources.push(Arc::clone(source));
        }
        self.number(at);
    }

    fn span(&mut self, span: Span) {
        self.number(span.start);
        self.number(span.len());
    }

    fn location(&mut self, location: &Location) {
        self.source(&location.source);
        self.span(location.span);
    }

    fn place(&mut self, place: &Place) {
        if let Place::Text(location) = place {
            self.bytes.push(TEXT_PLACE);
            return self.location(location);
        }
        self.bytes.push(OTHER_PLACE);
        self.number(self.places.len());
        self.places.push(place.clone());
    }

    fn fingerprint(&mut self, fingerprint: &str) {
        if let Some(bytes) = from_hex(fingerprint) {
            self.bytes.push(HEX_NAME);
            return self.bytes.extend(bytes);
        }
        self.bytes.push(OTHER_NAME);
        self.text(fingerprint);
    }

    fn disposition(&mut self, disposition: &Disposition) {
        // The head says which it is.
        if let Disposition::NotAffected { reason, document } = disposition {
            self.text(reason);
            self.text(document);
        }
        let Disposition::Waived { reason, until, origin } = disposition else { return };
        self.text(reason);
        self.number(usize::from(until.is_some()));
        if let Some(until) = until {
            self.text(until);
        }
        match origin {
            Origin::Comment(location) => {
                self.bytes.push(COMMENT);
                self.location(location);
            }
            Origin::Settings(location) => {
                self.bytes.push(SETTINGS);
                self.location(location);
            }
        }
    }

    fn fix(&mut self, fix: &Fix) {
        self.text(&fix.title);
        self.bytes.push(match fix.safety {
            Safety::Display => 0,
            Safety::Unsafe => 1,
            Safety::Safe => 2,
        });
        self.source(&fix.source);
        self.number(fix.edits.len());
        for edit in &fix.edits {
            self.span(edit.span);
            self.text(&edit.text);
        }
    }
}

/// Takes findings out in the order in which they were laid down.
struct Reader<'a> {
    chunk: &'a Chunk,
    at: usize,
}

impl Reader<'_> {
    fn finding(&mut self, head: &Head) -> Option<Finding> {
        let message = self.text()?;
        let place = self.place()?;
        let names = self.list(Self::text)?;
        let fingerprint = self.fingerprint()?;
        let disposition = self.disposition(head.standing)?;
        let related = self.list(|it| Some(Related { place: it.place()?, message: it.text()? }))?;
        let evidence = self.list(Self::text)?;
        let fixes = self.list(Self::fix)?;
        let secrets = self.list(|it| {
            let at = it.number()?;
            it.chunk.secrets.get(at).cloned()
        })?;
        Some(Finding {
            rule: head.rule,
            severity: head.severity,
            confidence: head.confidence,
            message,
            place,
            related,
            evidence,
            fixes,
            secrets,
            disposition,
            names,
            fingerprint,
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let res = self.chunk.bytes.get(self.at).copied()?;
        self.at += 1;
        Some(res)
    }

    fn number(&mut self) -> Option<usize> {
        let mut res = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            res |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(res);
            }
        }
        None
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let n_items = self.number()?;
        (0..n_items).map(|_| item(self)).collect()
    }

    fn text(&mut self) -> Option<String> {
        let at = self.number()?;
        let end = *self.chunk.text_ends.get(at)?;
        let start = match at.checked_sub(1) {
            Some(before) => *self.chunk.text_ends.get(before)?,
            None => 0,
        };
        self.chunk.texts.get(start..end).map(str::to_owned)
    }

    fn source(&mut self) -> Option<Arc<Source>> {
        let at = self.number()?;
        self.chunk.sources.get(at).cloned()
    }

    fn span(&mut self) -> Option<Span> {
        let start = self.number()?;
        Some(Span::new(start, start.checked_add(self.number()?)?))
    }

    fn location(&mut self) -> Option<Location> {
        Some(Location { source: self.source()?, span: self.span()? })
    }

    fn place(&mut self) -> Option<Place> {
        if self.byte()? == TEXT_PLACE {
            return self.location().map(Place::Text);
        }
        let at = self.number()?;
        self.chunk.places.get(at).cloned()
    }

    fn fingerprint(&mut self) -> Option<String> {
        if self.byte()? != HEX_NAME {
            return self.text();
        }
        let bytes = self.chunk.bytes.get(self.at..self.at + NAME_BYTES)?;
        self.at += NAME_BYTES;
        Some(hex(bytes))
    }

    fn disposition(&mut self, standing: Standing) -> Option<Disposition> {
        match standing {
            Standing::Open => return Some(Disposition::Open),
            Standing::Baseline => return Some(Disposition::Baseline),
            Standing::NotAffected => {
                let reason = self.text()?;
                return Some(Disposition::NotAffected { reason, document: self.text()? });
            }
            Standing::Waived => {}
        }
        let reason = self.text()?;
        let until = if self.number()? == 0 { None } else { Some(self.text()?) };
        let is_comment = self.byte()? == COMMENT;
        let location = self.location()?;
        let origin =
            if is_comment { Origin::Comment(location) } else { Origin::Settings(location) };
        Some(Disposition::Waived { reason, until, origin })
    }

    fn fix(&mut self) -> Option<Fix> {
        let title = self.text()?;
        let safety = match self.byte()? {
            0 => Safety::Display,
            1 => Safety::Unsafe,
            _ => Safety::Safe,
        };
        let source = self.source()?;
        let edits = self.list(|it| Some(Edit { span: it.span()?, text: it.text()? }))?;
        Some(Fix { title, safety, source, edits })
    }
}

/// The bytes that a fingerprint spells, if it is one that we made.
fn from_hex(text: &str) -> Option<[u8; NAME_BYTES]> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let digits: &[u8; NAME_BYTES * 2] = text.as_bytes().try_into().ok()?;
    let mut res = [0; NAME_BYTES];
    for (byte, pair) in res.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = *pair else { return None };
        *byte = nibble(high)? << 4 | nibble(low)?;
    }
    Some(res)
}

/// A fingerprint is so many bytes, written as twice as many digits.
const NAME_BYTES: usize = 16;

const TEXT_PLACE: u8 = 0;
const OTHER_PLACE: u8 = 1;
const HEX_NAME: u8 = 0;
const OTHER_NAME: u8 = 1;
const COMMENT: u8 = 0;
const SETTINGS: u8 = 1;

#[cfg(test)]
mod tests {
    use plimsoll_finding::{
        Confidence, Disposition, Finding, Origin, Safety, Severity, Sink, fingerprint,
    };
    use plimsoll_text::{Edit, Location, Source, Span};

    use super::{Findings, Standing};
    use crate::sample_rules::{LATEST_TAG, ROOT_USER};

    /// Everything that a finding holds, as text; places with their offsets.
    fn tell(finding: &Finding) -> String {
        let spans = |it: &Location| format!("{it:?} {:?}", it.span);
        let place = finding.place.text().map(spans);
        let secrets: Vec<String> = finding.secrets.iter().map(spans).collect();
        format!("{finding:?} {place:?} {secrets:?}")
    }

    fn samples() -> Vec<Finding> {
        let one = Source::new("web/Dockerfile", "FROM a\nUSER root\n");
        let other = Source::new("compose.yaml", "x".repeat(70_000));
        let mut res = Vec::new();
        Sink::new(&ROOT_USER, &one, &mut res)
            .report(Span::new(7, 16), "the user is `root`, é")
            .related_at(Location::new(&other, Span::new(69_000, 69_999)), "")
            .related(Span::new(0, 6), "here")
            .evidence("seen")
            .evidence("")
            .confidence(Confidence::Low)
            .severity(Severity::Critical)
            .secret(Span::new(12, 16))
            .secret_at(Location::new(&other, Span::new(3, 5)))
            .fix("a", Safety::Safe, vec![Edit::insert(0, "é"), Edit::delete(Span::new(3, 500))])
            .fix_in(&other, "b", Safety::Display, vec![Edit::insert(99_999, "")]);
        Sink::new(&LATEST_TAG, &other, &mut res).report(Span::new(usize::MAX, usize::MAX), "");
        let origin = Origin::Comment(Location::new(&one, Span::new(0, 1)));
        let until = Some("2027-03-01".to_owned());
        let settings = Origin::Settings(Location::new(&other, Span::new(1, 2)));
        for disposition in [
            Disposition::Baseline,
            Disposition::Waived { reason: "why".to_owned(), until, origin },
            Disposition::Waived { reason: String::new(), until: None, origin: settings },
        ] {
            let model = res[0].clone();
            let fingerprint = fingerprint("root-user", "x", "y", res.len());
            res.push(Finding { disposition, fingerprint, ..model });
        }
        let odd = ["ABCDEF00112233445566778899aabbcc", "short", "0123456789abcdef0123456789abcdeg"];
        for name in odd {
            res.push(Finding { fingerprint: name.to_owned(), ..res[1].clone() });
        }
        res
    }

    #[test]
    fn what_comes_out_is_what_went_in() {
        let before = samples();
        let packed: Findings = before.iter().cloned().collect();
        let after: Vec<String> = packed.iter().map(|it| tell(&it)).collect();
        assert_eq!(after, before.iter().map(tell).collect::<Vec<_>>());
        assert_eq!((packed.len(), packed.secrets().count()), (before.len(), 8));
        let heads: Vec<_> = packed.heads().map(|it| (it.standing, it.best_fix)).take(3).collect();
        let safe = Some(Safety::Safe);
        let expected = [(Standing::Open, safe), (Standing::Open, None), (Standing::Baseline, safe)];
        assert_eq!(heads, expected);
        assert!(Findings::default().is_empty());
    }

    #[test]
    fn equal_words_are_kept_once() {
        let source = Source::new("x", "USER root");
        let mut findings = Vec::new();
        for _ in 0..1000 {
            Sink::new(&ROOT_USER, &source, &mut findings)
                .report(Span::new(0, 9), "a message that comes again and again in one file");
        }
        let packed: Findings = findings.into_iter().collect();
        let chunk = &packed.chunks()[0];
        assert!(chunk.bytes.len() + chunk.texts.len() < 20 * 1000, "{}", chunk.bytes.len());
    }
}
