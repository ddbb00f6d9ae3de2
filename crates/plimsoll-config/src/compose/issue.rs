//! What is wrong with a compose project, or could not be had.

use plimsoll_text::Location;

/// Something that compose itself would refuse or warn about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Where.
    pub location: Location,
    /// What, in plain words.
    pub message: String,
    /// Of which kind.
    pub kind: IssueKind,
}

/// What kind of issue it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssueKind {
    /// The YAML is broken.
    Syntax,
    /// A key that the specification does not know.
    UnknownKey,
    /// A value of the wrong type or form.
    WrongType,
    /// A service without image and build, a name that nothing declares, two settings that exclude
    /// each other.
    Inconsistent,
    /// A variable that is not set, taken as empty.
    UnsetVariable,
    /// A variable that is not set though the file asks for it.
    RequiredVariable,
    /// A `$` that starts no variable.
    Interpolation,
    /// A key that does nothing any more.
    Obsolete,
    /// A limit was reached; something was left out.
    Limit,
}

impl IssueKind {
    /// Whether compose only warns about it.
    pub fn is_warning(self) -> bool {
        matches!(self, IssueKind::UnsetVariable | IssueKind::Obsolete)
    }
}

/// Something the project refers to that could not be had, so that the model is not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectGap {
    /// The path as it was asked for.
    pub path: String,
    /// What refers to it.
    pub location: Location,
    /// What it is and why it is missing.
    pub why: String,
}
