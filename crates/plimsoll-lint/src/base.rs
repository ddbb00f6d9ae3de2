//! The image that lies below a stage. Knows no rule.

use plimsoll_dockerfile::{Base, Dockerfile, ImageReference, Instruction};

/// The image that `stage`, or the lowest stage that it starts from, starts from.
pub(crate) fn base_image(dockerfile: &Dockerfile, stage: usize) -> Option<&ImageReference> {
    match &dockerfile.base_chain(stage).last()?.base {
        Base::Image(reference) => Some(reference),
        _ => None,
    }
}

/// Whether the tools of the image are those of BusyBox, as far as its name tells.
pub(crate) fn has_busybox_tools(image: &ImageReference) -> bool {
    let text = image.text.to_ascii_lowercase();
    ["alpine", "busybox", "musl"].iter().any(|it| text.contains(it))
}

/// The `FROM` of the last stage; `None` in a fragment.
pub(crate) fn final_from(dockerfile: &Dockerfile) -> Option<&Instruction> {
    dockerfile.instructions.get(dockerfile.final_stage()?.from)
}

/// The instructions that make up the final image: those of the last stage and of the stages that it
/// starts from.
pub(crate) fn final_instructions(dockerfile: &Dockerfile) -> impl Iterator<Item = &Instruction> {
    let last = dockerfile.final_stage().map(|it| it.index);
    let chain = last.map(|it| dockerfile.base_chain(it)).unwrap_or_default();
    chain.into_iter().rev().flat_map(|it| dockerfile.stage_instructions(it.index))
}
