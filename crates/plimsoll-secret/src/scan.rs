//! Goes through a text: keywords, then what their detectors make of the text around them, then who
//! wins where two want the same bytes.

use std::{collections::BTreeMap, ops::Range};

use plimsoll_finding::{Confidence, Masked};
use plimsoll_text::{LineColumn, Span};

use crate::{
    address, assignment, curl,
    detector::{Builtin, Detector, Form, Strict},
    detectors::Detectors,
    edge,
    found::{FileContext, Found, Gap, Hit, Limits},
    judgement::{entropy, is_filler, is_placeholder, is_sequence, is_weak_password},
    lines::Tracker,
    manifest, private_key, service,
};

/// What a detector made of the text around a keyword.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The bytes of the secret.
    pub(crate) secret: Range<usize>,
    /// The secret in plain, where the bytes are another writing of it.
    pub(crate) unwrapped: Option<Vec<u8>>,
    /// Lowers the confidence of the detector.
    pub(crate) confidence: Confidence,
}

impl Match {
    /// Plain bytes, as sure as the detector is.
    pub(crate) fn plain(secret: Range<usize>) -> Self {
        Self { secret, unwrapped: None, confidence: Confidence::High }
    }
}

/// A search that goes on over the blocks of one file.
#[derive(Debug)]
pub(crate) struct Scan {
    detectors: &'static Detectors,
    limits: Limits,
    /// Which detectors look into this file.
    wanted: Vec<bool>,
    /// By detector: up to where, from the start of the file, every start of a token failed.
    tried: Vec<usize>,
    candidates: Vec<Candidate>,
    gaps: Vec<Gap>,
    /// Where the visible text starts.
    tracker: Tracker,
    /// How much of the file came by before the visible text, in bytes as it is scanned.
    base: usize,
    work: u64,
    allowance: u64,
    depth: usize,
}

/// A match that may yet lose to another.
#[derive(Debug)]
struct Candidate {
    detector: &'static Detector,
    /// Where it lies in the visible text while its block is judged, and in the file afterwards.
    span: Span,
    start: LineColumn,
    end: LineColumn,
    masked: Masked,
    confidence: Confidence,
    is_wrapped: bool,
}

impl Scan {
    /// A search at the start of a file.
    pub(crate) fn new(
        detectors: &'static Detectors,
        context: FileContext<'_>,
        limits: Limits,
        is_wide: bool,
    ) -> Self {
        Self {
            detectors,
            limits,
            wanted: detectors.wanted(context.path),
            tried: vec![0; detectors.all().len()],
            candidates: Vec::new(),
            gaps: Vec::new(),
            tracker: Tracker::new(is_wide),
            base: 0,
            work: 0,
            allowance: limits.work,
            depth: 0,
        }
    }

    /// Asks one detector only.
    pub(crate) fn want_only(&mut self, detector: &Detector) {
        let all = self.detectors.all();
        self.wanted = all.iter().map(|it| it.id == detector.id).collect();
    }

    /// Says that the file goes on behind what is looked at.
    pub(crate) fn note_too_long(&mut self) {
        self.note(Gap::TooLong { limit: self.limits.bytes });
    }

    /// Judges every keyword that starts in `part` of the visible text; `None` is all of it.
    pub(crate) fn block(&mut self, text: &[u8], part: Option<Range<usize>>) {
        let part = part.unwrap_or(0..text.len());
        self.allowance += WORK_PER_BYTE * part.len() as u64;
        let n_settled = self.candidates.len();
        let detectors = self.detectors;
        detectors.prefilter().scan(text, part, |keyword, start| {
            for idx in detectors.of_keyword(keyword) {
                if self.wanted.get(*idx) == Some(&true) && self.may_go_on(start) {
                    self.judge_keyword(text, *idx, keyword, start);
                }
            }
        });
        self.settle(text, n_settled);
    }

    /// Forgets the first `n_bytes` of the visible text.
    pub(crate) fn drop_front(&mut self, text: &[u8], n_bytes: usize) {
        self.tracker.advance(text.get(..n_bytes).unwrap_or_default());
        self.base += n_bytes;
    }

    /// What was found.
    pub(crate) fn finish(mut self) -> Found {
        let hits = self.winners();
        Found { hits, gaps: self.gaps }
    }

    fn judge_keyword(&mut self, text: &[u8], idx: usize, keyword: usize, start: usize) {
        let detectors = self.detectors;
        let Some(detector) = detectors.all().get(idx) else { return };
        let keyword = start..start + detectors.prefilter().length(keyword);
        let mut matches = Vec::new();
        match detector.form {
            Form::Token => matches.extend(self.token(text, detector, start)),
            Form::Near => {
                let found = self.near(text, idx, detector, &keyword);
                matches.extend(found.filter(|it| {
                    // The detector for any key leaves those to the others whose form they know.
                    let name = keyword.start..it.secret.start;
                    detector.rank > 1 || !self.is_misfit(text, &name, &it.secret)
                }));
            }
            Form::Pattern { before, after } => {
                let from = keyword.start.saturating_sub(before);
                let to = text.len().min(keyword.end + after);
                self.pattern(text, detector, from..to, &mut matches);
            }
            Form::Builtin(Builtin::Key | Builtin::Misfit) => {
                self.work += BUILTIN_WORK;
                self.key(text, detector, &keyword);
            }
            Form::Builtin(builtin) => {
                let n_bytes = builtin_matches(text, detector, builtin, &keyword, &mut matches);
                self.work += BUILTIN_WORK + BUILTIN_BYTE_WORK * n_bytes as u64;
            }
        }
        for it in matches {
            self.judge(text, detector, it);
        }
    }

    /// A key given to a name: as what it is, or as a misfit.
    fn key(&mut self, text: &[u8], detector: &'static Detector, keyword: &Range<usize>) {
        let Some((name, found)) = assignment::find(text, keyword, Builtin::Key) else { return };
        let is_misfit = self.is_misfit(text, &name, &found.secret);
        if is_misfit == (detector.form == Form::Builtin(Builtin::Misfit)) {
            self.judge(text, detector, found);
        }
    }

    /// Whether a key bears the mark of a maker, or the name of one, whose keys look otherwise. That
    /// they do is known here, since a detector that knows the form wins over the one for any key.
    fn is_misfit(&self, text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
        let name = text.get(name.clone()).unwrap_or_default().to_ascii_lowercase();
        let value = text.get(value.clone()).unwrap_or_default();
        self.detectors.all().iter().any(|it| {
            let has_name =
                it.exact.iter().any(|part| memchr::memmem::find(&name, part.as_bytes()).is_some());
            let has_mark = it.form == Form::Token
                && it.keywords.iter().any(|mark| mark.is_exact && value.starts_with(&mark.text));
            has_name || has_mark
        })
    }

    fn token(&mut self, text: &[u8], detector: &Detector, start: usize) -> Option<Match> {
        if !edge::may_start(text, start) {
            return None;
        }
        let window = text.get(..text.len().min(start + MAX_TOKEN))?;
        self.work += TOKEN_WORK;
        let (whole, secret) = detector.pattern.as_ref()?.find_at(window.get(start..)?, 0)?;
        let whole = start + whole.start..start + whole.end;
        let fits = edge::may_end(text, whole.end) && !edge::is_inside_base64(text, &whole);
        fits.then(|| Match::plain(start + secret.start..start + secret.end))
    }

    fn near(
        &mut self,
        text: &[u8],
        idx: usize,
        detector: &Detector,
        name: &Range<usize>,
    ) -> Option<Match> {
        let tried = self.tried.get_mut(idx)?;
        let mut from = tried.saturating_sub(self.base);
        let before = from;
        let found = service::find(text, name, detector, &mut from);
        *tried = (from + self.base).max(*tried);
        self.work += NEAR_WORK + 4 * (from.saturating_sub(before.max(name.end))) as u64;
        found.map(Match::plain)
    }

    fn pattern(
        &mut self,
        text: &[u8],
        detector: &Detector,
        window: Range<usize>,
        matches: &mut Vec<Match>,
    ) {
        let (Some(pattern), Some(visible)) = (&detector.pattern, text.get(..window.end)) else {
            return;
        };
        self.work += window.len() as u64;
        let mut at = window.start;
        for _ in 0..MAX_MATCHES {
            let Some((whole, secret)) = pattern.find_at(visible, at) else { break };
            at = whole.end.max(at + 1);
            let is_whole = edge::may_start(text, secret.start) && edge::may_end(text, secret.end);
            if detector.is_bounded && !is_whole {
                at = whole.start + 1;
                continue;
            }
            matches.push(Match::plain(secret));
        }
    }

    /// Keeps what is no stand-in.
    fn judge(&mut self, text: &[u8], detector: &'static Detector, found: Match) {
        let Some(written) = text.get(found.secret.clone()) else { return };
        let secret = found.unwrapped.as_deref().unwrap_or(written);
        let inner = found.unwrapped.as_ref().and_then(|it| self.inner_detector(it));
        let detector = inner.unwrap_or(detector);
        if is_stand_in(detector, secret) {
            return;
        }
        let mut confidence = found.confidence.min(detector.info.confidence);
        if let Some(checksum) = detector.checksum {
            confidence = if checksum.passes(secret) { confidence } else { Confidence::Low };
        }
        if is_sequence(secret) {
            confidence = Confidence::Low;
        }
        if self.candidates.len() >= self.limits.hits.saturating_mul(CANDIDATES_PER_HIT) {
            self.note(Gap::TooManyHits { limit: self.limits.hits });
            return;
        }
        let nowhere = LineColumn { line: 1, column: 1 };
        self.candidates.push(Candidate {
            detector,
            span: Span::from(found.secret),
            start: nowhere,
            end: nowhere,
            masked: Masked::new(&String::from_utf8_lossy(secret)),
            confidence,
            is_wrapped: found.unwrapped.is_some(),
        });
    }

    /// The detector that knows what base 64 hides, where one does.
    fn inner_detector(&self, plain: &[u8]) -> Option<&'static Detector> {
        if self.depth > 0 {
            return None;
        }
        let limits = Limits { bytes: MAX_INNER, hits: 16, work: 1 << 20 };
        let mut inner = Scan::new(self.detectors, FileContext::default(), limits, false);
        inner.depth = 1;
        let n_read = plain.len().min(usize::try_from(MAX_INNER).unwrap_or_default());
        inner.block(plain.get(..n_read).unwrap_or_default(), None);
        inner
            .winners()
            .into_iter()
            .map(|it| it.detector)
            .max_by_key(|it| it.rank)
            .filter(|it| it.rank > 1)
    }

    /// Gives the candidates of a block their places in the file.
    fn settle(&mut self, text: &[u8], n_settled: usize) {
        let new = self.candidates.get_mut(n_settled..).unwrap_or_default();
        let mut offsets: Vec<usize> =
            new.iter().flat_map(|it| [it.span.start, it.span.end]).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut tracker = self.tracker;
        let mut at = 0;
        let mut places = BTreeMap::new();
        for offset in offsets {
            tracker.advance(text.get(at..offset).unwrap_or_default());
            at = offset;
            places.insert(offset, tracker);
        }
        for candidate in new {
            let place = |offset: usize| places.get(&offset).copied().unwrap_or(tracker);
            let (start, end) = (place(candidate.span.start), place(candidate.span.end));
            candidate.span = Span::new(start.offset(), end.offset());
            (candidate.start, candidate.end) = (start.position(), end.position());
        }
    }

    /// The candidates that no better one overlaps, by place.
    fn winners(&mut self) -> Vec<Hit> {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.sort_by_key(|it| {
            (std::cmp::Reverse((it.detector.rank, it.confidence, it.span.len())), it.span.start)
        });
        let mut taken: BTreeMap<usize, Hit> = BTreeMap::new();
        for it in candidates {
            let before = taken.range(..it.span.end.max(it.span.start + 1)).next_back();
            if before.is_some_and(|(_, other)| other.span.end > it.span.start) {
                continue;
            }
            let Candidate { detector, span, start, end, masked, confidence, is_wrapped } = it;
            let hit = Hit { detector, span, start, end, masked, confidence, is_wrapped };
            taken.insert(span.start, hit);
        }
        if taken.len() > self.limits.hits {
            self.note(Gap::TooManyHits { limit: self.limits.hits });
        }
        taken.into_values().take(self.limits.hits).collect()
    }

    fn may_go_on(&mut self, start: usize) -> bool {
        if self.work > self.allowance {
            let offset = (self.base + start) as u64;
            if !self.gaps.iter().any(|it| matches!(it, Gap::TooMuchWork { .. })) {
                self.note(Gap::TooMuchWork { offset });
            }
            return false;
        }
        true
    }

    fn note(&mut self, gap: Gap) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }
}

/// Whether a text of the right shape is no secret: too plain, or a form to be filled in.
fn is_stand_in(detector: &Detector, secret: &[u8]) -> bool {
    let n_digits = secret.iter().filter(|it| it.is_ascii_digit()).count();
    let is_made_up = match detector.strict {
        Strict::No => false,
        Strict::Weak => is_placeholder(secret) && !is_weak_password(secret),
        Strict::Yes => is_placeholder(secret),
    };
    is_made_up
        || n_digits < detector.digits
        || (!detector.may_be_filler && is_filler(secret))
        || (detector.entropy > 0.0 && entropy(secret) < detector.entropy)
}

/// What code finds, and how many bytes it went over where that is more than a line.
fn builtin_matches(
    text: &[u8],
    detector: &Detector,
    builtin: Builtin,
    keyword: &Range<usize>,
    matches: &mut Vec<Match>,
) -> usize {
    let found = match builtin {
        Builtin::Manifest => return manifest::find(text, keyword, matches),
        Builtin::PrivateKey => {
            let (n_bytes, found) = private_key::find(text, keyword, &detector.labels);
            matches.extend(found);
            return n_bytes;
        }
        Builtin::Key | Builtin::Misfit | Builtin::MaybeKey | Builtin::Password => {
            assignment::find(text, keyword, builtin).map(|it| it.1)
        }
        Builtin::Address => address::find(text, keyword),
        Builtin::DockerAuth => manifest::find_docker_auth(text, keyword),
        Builtin::CurlUser => curl::find_user(text, keyword),
        Builtin::Header => curl::find_header(text, keyword),
    };
    matches.extend(found);
    0
}

/// The longest token that is known by its start.
const MAX_TOKEN: usize = 8 << 10;
/// How many matches of a pattern in one window are taken.
const MAX_MATCHES: usize = 16;
/// How much of what base 64 hides is searched.
const MAX_INNER: u64 = 64 << 10;
/// How many candidates are kept for each hit that is wanted: some lose.
const CANDIDATES_PER_HIT: usize = 8;
/// The work that each byte of a file allows; ordinary text needs a tenth of one.
const WORK_PER_BYTE: u64 = 16;
const BUILTIN_WORK: u64 = 96;
const BUILTIN_BYTE_WORK: u64 = 4;
const TOKEN_WORK: u64 = 48;
const NEAR_WORK: u64 = 48;
