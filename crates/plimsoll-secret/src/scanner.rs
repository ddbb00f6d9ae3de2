//! A search through a file that comes in pieces: only a window of it is kept.

use crate::{
    detectors::Detectors,
    found::{FileContext, Found, Limits},
    scan::Scan,
    utf16,
};

/// A search through a file that comes in pieces. It finds what a search of the whole would.
#[derive(Debug)]
pub struct Scanner {
    detectors: &'static Detectors,
    path: String,
    limits: Limits,
    /// `None` until the first two bytes are there.
    scan: Option<Scan>,
    /// Bytes that are not yet text: the first ones, or half a character of UTF-16.
    pending: Vec<u8>,
    order: Option<utf16::Order>,
    visible: Vec<u8>,
    /// Up to where keywords of the visible text were judged.
    n_judged: usize,
    n_bytes: u64,
    is_too_long: bool,
}

impl Scanner {
    /// A search at the start of a file.
    pub(crate) fn new(
        detectors: &'static Detectors,
        context: FileContext<'_>,
        limits: Limits,
    ) -> Self {
        Self {
            detectors,
            path: context.path.to_owned(),
            limits,
            scan: None,
            pending: Vec::new(),
            order: None,
            visible: Vec::new(),
            n_judged: 0,
            n_bytes: 0,
            is_too_long: false,
        }
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = self.limits.bytes.saturating_sub(self.n_bytes);
        let n_taken = bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        self.is_too_long |= n_taken < bytes.len();
        self.n_bytes += n_taken as u64;
        for piece in bytes.get(..n_taken).unwrap_or_default().chunks(PIECE) {
            self.push_piece(piece);
        }
    }

    /// What was found.
    pub fn finish(mut self) -> Found {
        self.start();
        self.flush_pending(true);
        let Some(mut scan) = self.scan.take() else { return Found::default() };
        if self.is_too_long {
            scan.note_too_long();
        }
        scan.block(&self.visible, Some(self.n_judged..self.visible.len()));
        scan.finish()
    }

    fn push_piece(&mut self, piece: &[u8]) {
        if self.scan.is_none() || self.order.is_some() {
            self.pending.extend_from_slice(piece);
            if self.pending.len() < 2 {
                return;
            }
            self.start();
            self.flush_pending(false);
        } else {
            self.visible.extend_from_slice(piece);
        }
        self.judge_what_is_ready();
    }

    /// Looks for a byte order mark and opens the search.
    fn start(&mut self) {
        if self.scan.is_none() {
            self.order = utf16::Order::of(&self.pending);
            let context = FileContext { path: &self.path };
            let is_wide = self.order.is_some();
            self.scan = Some(Scan::new(self.detectors, context, self.limits, is_wide));
        }
    }

    /// Makes text of the pending bytes; all of them at the end, else only whole characters.
    fn flush_pending(&mut self, is_end: bool) {
        let Some(order) = self.order else {
            self.visible.append(&mut self.pending);
            return;
        };
        let mut n_whole = self.pending.len() / 2 * 2;
        let last = n_whole.checked_sub(2).and_then(|it| self.pending.get(it..n_whole));
        if !is_end && last.is_some_and(|it| order.is_first_half(it)) {
            n_whole -= 2;
        }
        let whole = self.pending.get(..n_whole).unwrap_or_default();
        self.visible.extend_from_slice(utf16::decode(whole, order).as_bytes());
        self.pending.drain(..n_whole);
    }

    fn judge_what_is_ready(&mut self) {
        let ready = self.visible.len().saturating_sub(LOOK_AHEAD);
        if ready < self.n_judged + PIECE {
            return;
        }
        let Some(scan) = &mut self.scan else { return };
        scan.block(&self.visible, Some(self.n_judged..ready));
        let n_dropped = ready.saturating_sub(LOOK_BACK);
        scan.drop_front(&self.visible, n_dropped);
        self.visible.drain(..n_dropped);
        self.n_judged = ready - n_dropped;
    }
}

/// How much is judged at a time.
const PIECE: usize = 256 << 10;
/// How much of the text behind a keyword its detectors may look at.
pub(crate) const LOOK_AHEAD: usize = 64 << 10;
/// How much of the text before a keyword its detectors may look at.
pub(crate) const LOOK_BACK: usize = 32 << 10;
