//! apk-tools' order: `{number}{.number}…{letter}{_suffix{number}}…{~hash}{-r{number}}`.
//!
//! Follows apk-tools 3; like apk-tools 2 it reads a number after the letter (`6.6p1`), and a
//! revision without a number as `-r0`. A number after the first one that begins with a zero is
//! compared as text, as a fraction would be. From the first character that breaks the form on,
//! nothing is compared: the broken version sorts before the same one that ends there, and two
//! broken ones are equal.

use std::cmp::Ordering;

use crate::version::text::{Number, take_byte, take_digits, take_while, take_word};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    Tokens::new(a).cmp(Tokens::new(b))
}

/// The order of the variants is the order of versions that differ there first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    BeforeRelease(u8),
    Broken,
    End,
    Revision(Number<'a>),
    Hash(&'a [u8]),
    SuffixNumber(Number<'a>),
    AfterRelease(u8),
    Letter(u8),
    Component(Component<'a>),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Component<'a> {
    Empty,
    LeadingZero(&'a [u8]),
    Number(Number<'a>),
}

/// What was read last, in the order in which a version may have it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Start,
    Component,
    Letter,
    LetterNumber,
    Suffix,
    SuffixNumber,
    Hash,
    Revision,
    Done,
}

const BEFORE_RELEASE: [&str; 4] = ["alpha", "beta", "pre", "rc"];
const AFTER_RELEASE: [&str; 5] = ["cvs", "svn", "git", "hg", "p"];

struct Tokens<'a> {
    rest: &'a [u8],
    stage: Stage,
}

impl<'a> Tokens<'a> {
    fn new(version: &'a str) -> Self {
        Self { rest: version.as_bytes(), stage: Stage::Start }
    }

    /// The next token, or `None` where the form is broken.
    fn token(&mut self) -> Option<Token<'a>> {
        if self.stage == Stage::Start {
            self.stage = Stage::Component;
            let number = Number::new(take_digits(&mut self.rest));
            return Some(Token::Component(Component::Number(number)));
        }
        let Some(byte) = self.rest.first().copied() else {
            return Some(Token::End);
        };
        match byte {
            b'a'..=b'z' => self.letter(byte),
            b'.' => self.component(),
            b'0'..=b'9' => self.attached_number(),
            b'_' => self.suffix(),
            b'~' => self.hash(),
            b'-' => self.revision(),
            _ => None,
        }
    }

    fn letter(&mut self, letter: u8) -> Option<Token<'a>> {
        if self.stage > Stage::Component {
            return None;
        }
        take_byte(&mut self.rest, letter);
        self.stage = Stage::Letter;
        Some(Token::Letter(letter))
    }

    fn component(&mut self) -> Option<Token<'a>> {
        if self.stage > Stage::Component {
            return None;
        }
        take_byte(&mut self.rest, b'.');
        match self.rest.first() {
            None | Some(b'.' | b'0'..=b'9') => Some(Token::Component(self.digits())),
            Some(_) => None,
        }
    }

    fn attached_number(&mut self) -> Option<Token<'a>> {
        match self.stage {
            Stage::Letter => {
                self.stage = Stage::LetterNumber;
                Some(Token::Component(self.digits()))
            }
            Stage::Suffix => {
                self.stage = Stage::SuffixNumber;
                Some(Token::SuffixNumber(Number::new(take_digits(&mut self.rest))))
            }
            _ => None,
        }
    }

    fn digits(&mut self) -> Component<'a> {
        match take_digits(&mut self.rest) {
            [] => Component::Empty,
            digits @ [b'0', ..] => Component::LeadingZero(digits),
            digits => Component::Number(Number::new(digits)),
        }
    }

    fn suffix(&mut self) -> Option<Token<'a>> {
        if self.stage > Stage::SuffixNumber {
            return None;
        }
        take_byte(&mut self.rest, b'_');
        self.stage = Stage::Suffix;
        let word = take_while(&mut self.rest, |it| it.is_ascii_lowercase());
        let position = |words: &[&str]| {
            let index = words.iter().position(|it| it.as_bytes() == word)?;
            u8::try_from(index).ok()
        };
        if let Some(rank) = position(&BEFORE_RELEASE) {
            return Some(Token::BeforeRelease(rank));
        }
        position(&AFTER_RELEASE).map(Token::AfterRelease)
    }

    fn hash(&mut self) -> Option<Token<'a>> {
        if self.stage >= Stage::Hash {
            return None;
        }
        take_byte(&mut self.rest, b'~');
        self.stage = Stage::Hash;
        match take_while(&mut self.rest, |it| matches!(it, b'0'..=b'9' | b'a'..=b'f')) {
            [] => None,
            hash => Some(Token::Hash(hash)),
        }
    }

    fn revision(&mut self) -> Option<Token<'a>> {
        if self.stage >= Stage::Revision || !take_word(&mut self.rest, "-r") {
            return None;
        }
        self.stage = Stage::Revision;
        match take_digits(&mut self.rest) {
            [] if !self.rest.is_empty() => None,
            digits => Some(Token::Revision(Number::new(digits))),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.stage == Stage::Done {
            return None;
        }
        let token = self.token().unwrap_or(Token::Broken);
        if matches!(token, Token::End | Token::Broken) {
            self.stage = Stage::Done;
        }
        Some(token)
    }
}
