//! The proof that an edit of a Dockerfile changed what it meant to change and nothing else.

use std::collections::HashSet;

use plimsoll_dockerfile::{Dockerfile, Instruction};
use plimsoll_shell::{Node, Script, Word, walk_script};
use plimsoll_text::{Edit, Span};

use crate::offsets::Offsets;

/// Checks `after` against `before`, of which it was made by `edits`. The error says, in a phrase,
/// what else would have changed.
pub(crate) fn verify_dockerfile(
    before: &Dockerfile,
    after: &Dockerfile,
    edits: &[Edit],
) -> Result<(), String> {
    let offsets = Offsets::new(edits);
    if after.errors.len() > before.errors.len() {
        return Err("the file would no longer parse as it does".to_owned());
    }
    if before.escape != after.escape || before.directives.len() != after.directives.len() {
        return Err("a parser directive would change".to_owned());
    }
    same_instructions(before, after, &offsets)?;
    same_words(before, after, &offsets)?;
    same_heredocs(before, after)?;
    same_comments(before, after)
}

/// Every instruction that no edit touches stands in `after` as it stood, in the same order.
fn same_instructions(
    before: &Dockerfile,
    after: &Dockerfile,
    offsets: &Offsets,
) -> Result<(), String> {
    let there: HashSet<(Span, &str)> =
        after.instructions.iter().map(|it| (it.span, after.source.slice(it.span))).collect();
    for instruction in &before.instructions {
        let text = before.source.slice(instruction.span);
        if let Some(moved) = offsets.forward(instruction.span)
            && !there.contains(&(moved, text))
        {
            let line = before.source.line(instruction.span.start);
            return Err(format!("the instruction in line {line} would be read differently"));
        }
    }
    Ok(())
}

/// Every shell word that no edit touches is the same word in the same place, both ways.
fn same_words(before: &Dockerfile, after: &Dockerfile, offsets: &Offsets) -> Result<(), String> {
    let words_before = shell_words(before);
    let words_after: HashSet<(Span, String)> = shell_words(after).into_iter().collect();
    let mut moved: HashSet<(Span, String)> = HashSet::with_capacity(words_before.len());
    for (span, text) in words_before {
        if let Some(there) = offsets.forward(span) {
            let word = (there, text);
            if !words_after.contains(&word) {
                return Err(format!("the shell would no longer read `{}` as it does", word.1));
            }
            moved.insert(word);
        }
    }
    let edited = offsets.after();
    let is_new = |span: Span| edited.iter().any(|it| it.start <= span.end && span.start <= it.end);
    match words_after.iter().find(|it| !moved.contains(*it) && !is_new(it.0)) {
        Some((_, text)) => Err(format!("the shell would read `{text}` as a word it was not")),
        None => Ok(()),
    }
}

fn shell_words(dockerfile: &Dockerfile) -> Vec<(Span, String)> {
    let mut res = Vec::new();
    for instruction in dockerfile.all_instructions() {
        for script in scripts(instruction) {
            walk_script(script, &mut |node| {
                if let Node::Word(word) = node {
                    res.push(described(word));
                }
            });
        }
    }
    res
}

fn described(word: &Word) -> (Span, String) {
    (word.span, word.text().into_owned())
}

fn scripts(instruction: &Instruction) -> impl Iterator<Item = &Script> {
    plimsoll_lint::subject::dockerfile::scripts(instruction)
}

fn same_heredocs(before: &Dockerfile, after: &Dockerfile) -> Result<(), String> {
    if heredocs(before) == heredocs(after) {
        return Ok(());
    }
    Err("the body of a heredoc would change".to_owned())
}

fn heredocs(dockerfile: &Dockerfile) -> Vec<&str> {
    let all = dockerfile.all_instructions().flat_map(|it| &it.heredocs);
    all.map(|it| dockerfile.source.slice(it.body)).collect()
}

/// Every comment of `before` is still there, in order; an edit may bring its own.
fn same_comments(before: &Dockerfile, after: &Dockerfile) -> Result<(), String> {
    let mut left = after.comments.iter().map(|it| after.source.slice(it.span));
    for comment in &before.comments {
        let text = before.source.slice(comment.span);
        if !left.any(|it| it == text) {
            let line = before.source.line(comment.span.start);
            return Err(format!("the comment in line {line} would change or be lost"));
        }
    }
    Ok(())
}
