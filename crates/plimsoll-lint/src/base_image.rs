//! The image that a `FROM` starts from, for rules about its name. Knows no rule.

use plimsoll_dockerfile::{
    Base, From, ImageReference, Instruction, InstructionKind, ReferencePart,
};

use crate::subject::dockerfile::DockerfileSubject;

/// A `FROM` that names an image of a registry, not a stage and not `scratch`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExternalBase<'a> {
    /// What `FROM` says.
    pub(crate) from: &'a From,
    /// The name as it is written; its spans point into the file.
    pub(crate) written: &'a ImageReference,
    /// The name with the defaults of variables put in; `None` where one has no known value.
    pub(crate) expanded: Option<&'a ImageReference>,
}

impl ExternalBase<'_> {
    /// The digest after expansion, or as written.
    pub(crate) fn digest(&self) -> Option<&ReferencePart> {
        self.expanded.unwrap_or(self.written).digest.as_ref()
    }

    /// The name that is known: the expanded one, or the written one if it has no variable.
    pub(crate) fn known(&self) -> Option<&ImageReference> {
        self.expanded.or_else(|| Some(self.written).filter(|it| !it.has_variable()))
    }
}

/// The image of a `FROM` if it comes from a registry.
pub(crate) fn external_base<'a>(
    subject: &'a DockerfileSubject,
    instruction: &'a Instruction,
) -> Option<ExternalBase<'a>> {
    let InstructionKind::From(from) = &instruction.kind else { return None };
    let stage = subject.dockerfile.stages.get(instruction.stage?)?;
    match &stage.base {
        Base::Stage(_) | Base::Scratch => None,
        Base::Image(_) | Base::Unresolved => Some(ExternalBase {
            from,
            written: from.image.reference.as_ref()?,
            expanded: from.image.expanded.as_ref(),
        }),
    }
}

/// Whether the text is a digest that a registry could have: `sha256:` and 64 hexadecimal digits.
pub(crate) fn is_whole_digest(digest: &str) -> bool {
    let hex = digest.strip_prefix("sha256:").filter(|it| it.len() == 64);
    let hex = hex.or_else(|| digest.strip_prefix("sha512:").filter(|it| it.len() == 128));
    hex.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
