//! Small and capital letters of keywords. Knows no rule.

use plimsoll_dockerfile::{Dockerfile, Instruction, InstructionKind, Keyword};
use plimsoll_text::Edit;

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Casing {
    /// All small.
    Lower,
    /// All capital.
    Upper,
    /// Both.
    Mixed,
}

impl Casing {
    /// How `word` is written.
    pub(crate) fn of(word: &str) -> Self {
        let lower = word.chars().any(|it| it.is_ascii_lowercase());
        let upper = word.chars().any(|it| it.is_ascii_uppercase());
        match (lower, upper) {
            (true, true) => Casing::Mixed,
            (true, false) => Casing::Lower,
            _ => Casing::Upper,
        }
    }

    /// `word` written so; as it is for [`Casing::Mixed`].
    pub(crate) fn apply(self, word: &str) -> String {
        match self {
            Casing::Lower => word.to_ascii_lowercase(),
            Casing::Upper => word.to_ascii_uppercase(),
            Casing::Mixed => word.to_owned(),
        }
    }
}

/// Every instruction whose keyword is one, those inside `ONBUILD` too.
pub(crate) fn keywords(dockerfile: &Dockerfile) -> impl Iterator<Item = &Instruction> {
    let all = dockerfile.instructions.iter().flat_map(|it| {
        let inner = match &it.kind {
            InstructionKind::Onbuild(inner) => Some(&**inner),
            _ => None,
        };
        [Some(it), inner].into_iter().flatten()
    });
    all.filter(|it| it.keyword != Keyword::Unknown)
}

/// The case of most instructions; capitals where there are as many of both.
pub(crate) fn majority(dockerfile: &Dockerfile) -> Casing {
    let mut balance = 0_i64;
    for instruction in keywords(dockerfile) {
        balance += match Casing::of(dockerfile.source.slice(instruction.name)) {
            Casing::Lower => 1,
            Casing::Upper => -1,
            Casing::Mixed => 0,
        };
    }
    if balance > 0 { Casing::Lower } else { Casing::Upper }
}

/// What writes the keyword in `casing`, and the `AS` of a `FROM` that is written like it.
pub(crate) fn recase(
    dockerfile: &Dockerfile,
    instruction: &Instruction,
    casing: Casing,
) -> Vec<Edit> {
    let written = dockerfile.source.slice(instruction.name);
    // A keyword that is broken over lines reads differently than it is written.
    if !written.eq_ignore_ascii_case(instruction.keyword.name()) {
        return Vec::new();
    }
    let mut res = vec![Edit::replace(instruction.name, casing.apply(written))];
    if let InstructionKind::From(from) = &instruction.kind
        && let Some(alias) = &from.alias
    {
        let keyword = dockerfile.source.slice(alias.keyword);
        if keyword.eq_ignore_ascii_case("as") && Casing::of(keyword) == Casing::of(written) {
            res.push(Edit::replace(alias.keyword, casing.apply(keyword)));
        }
    }
    res
}
