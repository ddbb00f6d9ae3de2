//! Instructions of which only the last one in a stage counts. Knows no rule.

use std::collections::HashMap;

use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Safety, Sink};

use crate::{instruction_edit::delete_instruction, subject::dockerfile::DockerfileSubject};

/// Reports every instruction of `keyword` that a later one of its stage replaces whole.
pub(crate) fn report_overridden(
    subject: &DockerfileSubject,
    keyword: Keyword,
    sink: &mut Sink<'_>,
) {
    let mut last: HashMap<Option<usize>, &Instruction> = HashMap::new();
    for instruction in subject.dockerfile.instructions.iter().rev() {
        // What ONBUILD keeps for later is another image's, so only the plain ones count.
        if instruction.keyword != keyword {
            continue;
        }
        let Some(winner) = last.get(&instruction.stage) else {
            last.insert(instruction.stage, instruction);
            continue;
        };
        let name = keyword.name();
        let message = format!("a later `{name}` of this stage replaces this one; take it away");
        let draft =
            sink.report(instruction.name, message).related(winner.name, "this one is in force");
        if let Some(edit) = delete_instruction(&subject.dockerfile, instruction) {
            draft.fix("Remove the one without effect", Safety::Safe, vec![edit]);
        }
    }
}
