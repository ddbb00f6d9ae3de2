//! Any text reads as a Dockerfile, and every span of the model lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_dockerfile::Dockerfile;
use plimsoll_text::{Source, Span};

fuzz_target!(|text: &str| {
    let source = Source::new("Dockerfile", text);
    let dockerfile = Dockerfile::parse(&source);
    let inside = |span: Span| assert!(text.get(span.range()).is_some(), "{span:?} is not in the text");
    for instruction in dockerfile.all_instructions() {
        inside(instruction.name);
        inside(instruction.span);
        inside(instruction.args);
        instruction.flags.iter().for_each(|it| inside(it.span));
        instruction.heredocs.iter().for_each(|it| inside(it.body));
    }
    dockerfile.comments.iter().for_each(|it| inside(it.span));
    dockerfile.errors.iter().for_each(|it| inside(it.span));
});
