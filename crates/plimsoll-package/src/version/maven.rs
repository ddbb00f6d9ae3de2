//! Maven's version order specification (the POM reference).
//!
//! A version is split at dots, hyphens and between letters and digits; zeros and empty words at the
//! end, and before each hyphen or word, do not count. What is left is compared token by token:
//! known words (`alpha` to `snapshot`), the end, `sp`, other words, numbers after a hyphen, numbers
//! after a dot. As in Maven since 3.9, a word after a dot means the same as one after a hyphen,
//! which the order needs to be free of circles. Nothing is refused.

use std::cmp::Ordering;

use crate::version::text::{Number, take_byte, take_digits, take_while};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    Tokens::new(a).cmp(Tokens::new(b))
}

/// The order of the variants is the order of versions that differ there first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    /// `alpha`, `beta`, `milestone`, `rc`, `snapshot`.
    BeforeRelease(u8),
    End,
    /// `final`, `ga`, `release` with a number after it.
    Release,
    ServicePack,
    Word(Folded<'a>),
    HyphenNumber(Number<'a>),
    DotNumber(Number<'a>),
}

impl Token<'_> {
    fn is_null(self) -> bool {
        match self {
            Self::Release => true,
            Self::HyphenNumber(number) | Self::DotNumber(number) => number.is_zero(),
            _ => false,
        }
    }
}

/// A word, ordered without regard to case.
#[derive(Clone, Copy)]
struct Folded<'a>(&'a str);

impl Folded<'_> {
    fn letters(&self) -> impl Iterator<Item = char> {
        self.0.chars().flat_map(char::to_lowercase)
    }
}

impl Ord for Folded<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.letters().cmp(other.letters())
    }
}

impl PartialOrd for Folded<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Folded<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Folded<'_> {}

/// The tokens without those that do not count, and the end.
struct Tokens<'a> {
    raw: RawTokens<'a>,
    /// The first of the zeros that count only if a number with a dot follows them.
    null: Option<Token<'a>>,
    /// How many zeros after dots follow that first one.
    n_zeros: usize,
    /// What follows the zeros.
    pending: Option<Token<'a>>,
    is_done: bool,
}

impl<'a> Tokens<'a> {
    fn new(version: &'a str) -> Self {
        let raw = RawTokens { rest: version.trim(), is_first: true };
        Self { raw, null: None, n_zeros: 0, pending: None, is_done: false }
    }

    /// Reads up to the next token that counts, and holds back the zeros before it.
    fn read(&mut self) -> Token<'a> {
        loop {
            let token = self.raw.next().unwrap_or(Token::End);
            if !matches!(token, Token::DotNumber(_)) {
                // Whatever begins a new part of the version makes the zeros before it vanish.
                (self.null, self.n_zeros) = (None, 0);
            }
            if !token.is_null() {
                return token;
            }
            if self.null.is_some() {
                self.n_zeros += 1;
            } else {
                self.null = Some(token);
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.is_done {
            return None;
        }
        if self.pending.is_none() {
            self.pending = Some(self.read());
        }
        if let Some(null) = self.null.take() {
            return Some(null);
        }
        if self.n_zeros > 0 {
            self.n_zeros -= 1;
            return Some(Token::DotNumber(Number::ZERO));
        }
        let token = self.pending.take();
        self.is_done = token == Some(Token::End);
        token
    }
}

/// The tokens as they are written.
struct RawTokens<'a> {
    rest: &'a str,
    is_first: bool,
}

impl RawTokens<'_> {
    /// Takes the separator, and says whether it makes a number follow a hyphen.
    fn take_separator(&mut self) -> bool {
        if self.is_first {
            self.is_first = false;
            return false;
        }
        let mut rest = self.rest.as_bytes();
        let is_dot = take_byte(&mut rest, b'.');
        if is_dot || take_byte(&mut rest, b'-') {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        !is_dot
    }
}

impl<'a> Iterator for RawTokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let is_after_hyphen = self.take_separator();
        let mut bytes = self.rest.as_bytes();
        let digits = take_digits(&mut bytes);
        if !digits.is_empty() {
            self.rest = self.rest.get(digits.len()..).unwrap_or_default();
            return Some(number_token(is_after_hyphen, Number::new(digits)));
        }
        let word = take_while(&mut bytes, |it| !matches!(it, b'0'..=b'9' | b'.' | b'-'));
        let (word, rest) = self.rest.split_at_checked(word.len()).unwrap_or((self.rest, ""));
        self.rest = rest;
        if word.is_empty() {
            return Some(number_token(is_after_hyphen, Number::ZERO));
        }
        Some(word_token(word, rest.starts_with(|it: char| it.is_ascii_digit())))
    }
}

fn number_token(is_after_hyphen: bool, number: Number<'_>) -> Token<'_> {
    if is_after_hyphen { Token::HyphenNumber(number) } else { Token::DotNumber(number) }
}

fn word_token(word: &str, is_before_digit: bool) -> Token<'_> {
    let is = |known: &str| word.eq_ignore_ascii_case(known);
    if is("alpha") || is_before_digit && is("a") {
        Token::BeforeRelease(0)
    } else if is("beta") || is_before_digit && is("b") {
        Token::BeforeRelease(1)
    } else if is("milestone") || is_before_digit && is("m") {
        Token::BeforeRelease(2)
    } else if is("rc") || is("cr") {
        Token::BeforeRelease(3)
    } else if is("snapshot") {
        Token::BeforeRelease(4)
    } else if is("final") || is("ga") || is("release") {
        Token::Release
    } else if is("sp") {
        Token::ServicePack
    } else {
        Token::Word(Folded(word))
    }
}
