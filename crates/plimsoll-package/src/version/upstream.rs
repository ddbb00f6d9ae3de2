//! Versions of programs that follow no ecosystem's rules: `1.1.1w`, `9.3p1`, `3.12.0rc1`.
//!
//! Numbers and words in turn; words of development come before the release, other words and
//! letters after it, numbers after those. `a` and `b` mean alpha and beta only with a number right
//! after them, so that OpenSSL's letters and Python's both sort as they should. Zeros at the end
//! and before a word do not count; a leading `v` does not either.

use std::cmp::Ordering;

use crate::version::text::{Number, take_digits, take_while};

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    Tokens::new(a).cmp(Tokens::new(b))
}

/// The order of the variants is the order of versions that differ there first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    /// Development, alpha, beta, preview, release candidate.
    BeforeRelease(u8),
    End,
    Word(Folded<'a>),
    Number(Number<'a>),
}

/// A word, ordered without regard to case.
#[derive(Clone, Copy)]
struct Folded<'a>(&'a [u8]);

impl Folded<'_> {
    fn letters(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(u8::to_ascii_lowercase)
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

/// The tokens without zeros that do not count, and the end.
struct Tokens<'a> {
    rest: &'a [u8],
    n_zeros: usize,
    pending: Option<Token<'a>>,
    is_done: bool,
}

impl<'a> Tokens<'a> {
    fn new(version: &'a str) -> Self {
        let version = version.trim();
        let number = version.strip_prefix(['v', 'V']);
        let number = number.filter(|it| it.starts_with(|it: char| it.is_ascii_digit()));
        let rest = number.unwrap_or(version).as_bytes();
        Self { rest, n_zeros: 0, pending: None, is_done: false }
    }

    fn read(&mut self) -> Token<'a> {
        loop {
            match take_token(&mut self.rest) {
                Token::Number(number) if number.is_zero() => self.n_zeros += 1,
                token @ Token::Number(_) => return token,
                token => {
                    self.n_zeros = 0;
                    return token;
                }
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
        if self.n_zeros > 0 {
            self.n_zeros -= 1;
            return Some(Token::Number(Number::ZERO));
        }
        let token = self.pending.take();
        self.is_done = token == Some(Token::End);
        token
    }
}

fn take_token<'a>(rest: &mut &'a [u8]) -> Token<'a> {
    take_while(rest, |it| !it.is_ascii_alphanumeric());
    let digits = take_digits(rest);
    if !digits.is_empty() {
        return Token::Number(Number::new(digits));
    }
    let word = take_while(rest, |it| it.is_ascii_alphabetic());
    if word.is_empty() {
        return Token::End;
    }
    let is_before_digit = rest.first().is_some_and(u8::is_ascii_digit);
    match rank_before_release(word, is_before_digit) {
        Some(rank) => Token::BeforeRelease(rank),
        None => Token::Word(Folded(word)),
    }
}

fn rank_before_release(word: &[u8], is_before_digit: bool) -> Option<u8> {
    const WORDS: [(&str, u8); 10] = [
        ("dev", 0),
        ("devel", 0),
        ("snapshot", 0),
        ("alpha", 1),
        ("beta", 2),
        ("milestone", 2),
        ("pre", 3),
        ("preview", 3),
        ("rc", 4),
        ("cr", 4),
    ];
    if is_before_digit && word.eq_ignore_ascii_case(b"a") {
        return Some(1);
    }
    if is_before_digit && word.eq_ignore_ascii_case(b"b") {
        return Some(2);
    }
    let found = WORDS.iter().find(|it| word.eq_ignore_ascii_case(it.0.as_bytes()));
    found.map(|it| it.1)
}
