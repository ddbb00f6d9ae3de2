//! Going through a whole tree in source order.

use crate::{
    command::{
        Assignment, Command, CompoundCommand, CompoundKind, Redirect, SimpleCommand, TestExpression,
    },
    script::{AndOr, List, Pipeline, Script},
    word::{Word, WordPart, WordPartKind},
};

/// One node of a tree.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// A list.
    List(&'a List),
    /// An and-or list.
    AndOr(&'a AndOr),
    /// A pipeline.
    Pipeline(&'a Pipeline),
    /// A simple command.
    Simple(&'a SimpleCommand),
    /// A compound command.
    Compound(&'a CompoundCommand),
    /// An assignment before a command.
    Assignment(&'a Assignment),
    /// A redirection.
    Redirect(&'a Redirect),
    /// A word.
    Word(&'a Word),
    /// A piece of a word, and whether it stands in double quotes or a here-document.
    Part(&'a WordPart, bool),
}

/// Shows every node of `script` to `visit`, parents before children.
pub fn walk_script<'a>(script: &'a Script, visit: &mut dyn FnMut(Node<'a>)) {
    walk_list(&script.list, visit);
}

/// Shows every node of `list` to `visit`.
pub fn walk_list<'a>(list: &'a List, visit: &mut dyn FnMut(Node<'a>)) {
    visit(Node::List(list));
    for and_or in &list.items {
        visit(Node::AndOr(and_or));
        for pipeline in &and_or.pipelines {
            visit(Node::Pipeline(pipeline));
            for command in &pipeline.commands {
                walk_command(command, visit);
            }
        }
    }
}

/// Shows `word` and every node in it to `visit`.
pub fn walk_word<'a>(word: &'a Word, visit: &mut dyn FnMut(Node<'a>)) {
    visit(Node::Word(word));
    walk_parts(&word.parts, false, visit);
}

fn walk_command<'a>(command: &'a Command, visit: &mut dyn FnMut(Node<'a>)) {
    match command {
        Command::Simple(simple) => {
            visit(Node::Simple(simple));
            for assignment in &simple.assignments {
                visit(Node::Assignment(assignment));
                walk_word(&assignment.value, visit);
            }
            for word in &simple.words {
                walk_word(word, visit);
            }
            walk_redirects(&simple.redirects, visit);
        }
        Command::Compound(compound) => {
            visit(Node::Compound(compound));
            walk_compound(&compound.kind, visit);
            walk_redirects(&compound.redirects, visit);
        }
    }
}

fn walk_compound<'a>(kind: &'a CompoundKind, visit: &mut dyn FnMut(Node<'a>)) {
    match kind {
        CompoundKind::Subshell(list) | CompoundKind::Group(list) => walk_list(list, visit),
        CompoundKind::If(clause) => {
            for branch in &clause.branches {
                walk_list(&branch.condition, visit);
                walk_list(&branch.body, visit);
            }
            if let Some(list) = &clause.otherwise {
                walk_list(list, visit);
            }
        }
        CompoundKind::For(clause) => {
            for word in clause.words.iter().flatten() {
                walk_word(word, visit);
            }
            walk_list(&clause.body, visit);
        }
        CompoundKind::ArithmeticFor(clause) => {
            walk_parts(&clause.header.parts, true, visit);
            walk_list(&clause.body, visit);
        }
        CompoundKind::Loop(clause) => {
            walk_list(&clause.condition, visit);
            walk_list(&clause.body, visit);
        }
        CompoundKind::Case(clause) => {
            walk_word(&clause.subject, visit);
            for arm in &clause.arms {
                for pattern in &arm.patterns {
                    walk_word(pattern, visit);
                }
                walk_list(&arm.body, visit);
            }
        }
        CompoundKind::Test(TestExpression { words }) => {
            for word in words {
                walk_word(word, visit);
            }
        }
        CompoundKind::Arithmetic(it) => walk_parts(&it.parts, true, visit),
        CompoundKind::Timed(command) => walk_command(command, visit),
        CompoundKind::Function(it) => walk_body(it.body.as_ref(), visit),
        CompoundKind::Coprocess(it) => walk_body(it.body.as_ref(), visit),
    }
}

fn walk_body<'a>(body: Option<&'a Command>, visit: &mut dyn FnMut(Node<'a>)) {
    if let Some(command) = body {
        walk_command(command, visit);
    }
}

fn walk_redirects<'a>(redirects: &'a [Redirect], visit: &mut dyn FnMut(Node<'a>)) {
    for redirect in redirects {
        visit(Node::Redirect(redirect));
        walk_word(&redirect.target, visit);
        if let Some(document) = redirect.here_document() {
            walk_parts(&document.parts, true, visit);
        }
    }
}

fn walk_parts<'a>(parts: &'a [WordPart], quoted: bool, visit: &mut dyn FnMut(Node<'a>)) {
    for part in parts {
        visit(Node::Part(part, quoted));
        match &part.kind {
            WordPartKind::DoubleQuoted(inner) | WordPartKind::LocaleQuoted(inner) => {
                walk_parts(inner, true, visit);
            }
            WordPartKind::Parameter(parameter) => {
                if let Some(subscript) = &parameter.subscript {
                    visit(Node::Word(subscript));
                    walk_parts(&subscript.parts, true, visit);
                }
                if let Some(operator) = &parameter.operator {
                    visit(Node::Word(&operator.argument));
                    walk_parts(&operator.argument.parts, quoted, visit);
                }
            }
            WordPartKind::Command(it) => walk_list(&it.list, visit),
            WordPartKind::Process(it) => walk_list(&it.list, visit),
            WordPartKind::Arithmetic(it) => walk_parts(&it.parts, true, visit),
            WordPartKind::Array(words) => {
                for word in words {
                    walk_word(word, visit);
                }
            }
            _ => {}
        }
    }
}
