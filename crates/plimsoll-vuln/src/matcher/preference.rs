//! Whose word counts where several sources speak of one fault in one package.

use crate::{matcher::verdict::Statement, side_table::SourceInfo};

/// For each source, by its number, the sources that it gives way to, one bit each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Preference {
    gives_way_to: Vec<u64>,
}

impl Preference {
    /// What the sources of a store say of each other. Names of sources that it does not have are of
    /// no account.
    pub(crate) fn of(sources: &[SourceInfo]) -> Self {
        let bit = |name: &String| {
            let number = sources.iter().position(|it| it.name == *name)?;
            1_u64.checked_shl(u32::try_from(number).ok()?)
        };
        let gives_way_to = sources
            .iter()
            .map(|it| it.gives_way_to.iter().filter_map(bit).fold(0, |res, it| res | it))
            .collect();
        Self { gives_way_to }
    }

    /// Leaves the statements about one fault in one package that no preferred source speaks of.
    pub(crate) fn apply(&self, statements: &mut Vec<Statement<'_, '_>>) {
        let speaking = statements.iter().fold(0, |res, it| res | bit(it));
        let gives_way = |it: &Statement<'_, '_>| {
            let source = usize::from(it.speaking.row.source);
            let to = self.gives_way_to.get(source).copied().unwrap_or(0) & !bit(it);
            to & speaking != 0
        };
        if statements.iter().any(|it| !gives_way(it)) {
            statements.retain(|it| !gives_way(it));
        }
    }
}

fn bit(statement: &Statement<'_, '_>) -> u64 {
    1_u64.checked_shl(statement.speaking.row.source.into()).unwrap_or(0)
}
