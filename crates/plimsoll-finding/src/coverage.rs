//! What a run looked at, what it could not, and why.

/// How far one unit was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoverageState {
    /// All of it.
    Ran,
    /// Some of it: a part could not be read, or a limit was reached.
    Partial,
    /// None of it, on purpose.
    Skipped,
    /// None of it, because something failed.
    Broke,
}

impl CoverageState {
    /// The word for it in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Partial => "partial",
            Self::Skipped => "skipped",
            Self::Broke => "broke",
        }
    }
}

/// How far one unit (a file, a folder, a rule) was looked at. Anything but `Ran` is a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// What: a path, or `rule:ID`.
    pub unit: String,
    /// How far.
    pub state: CoverageState,
    /// Why not all of it, where that is so, and what to do; empty for `Ran`.
    pub why: String,
}
