//! What packages call their licences, as SPDX licence expressions.
//!
//! Every ecosystem has its own words: dpkg's `GPL-2+`, rpm's `GPLv2+ and MIT`, Python's
//! classifiers, npm's objects, old and new SPDX names. What is recognized gets its SPDX name; a
//! short name that nobody knows becomes a `LicenseRef-`; prose becomes nothing. It must not know
//! licence texts.

mod names;

use crate::licence::names::{licence_reference, recognize};

/// Statements of licences are short; what is longer is a text.
const MAX_LENGTH: usize = 2_000;

/// How deep parentheses may stand in each other.
const MAX_DEPTH: usize = 16;

/// A name that nobody knows is a name only if it has no more words than this.
const MAX_UNKNOWN_WORDS: usize = 5;

/// The SPDX licence expression for what a package states; `None` if it states nothing that can be
/// put so. What comes out is always valid.
pub fn spdx_expression(words: &str) -> Option<String> {
    let words = words.trim();
    if words.len() > MAX_LENGTH || words.contains('\n') {
        return None;
    }
    if words.starts_with(['{', '[']) {
        return expression_of_objects(words);
    }
    let words = words.rsplit("::").next().unwrap_or(words).trim();
    if says_nothing(words) {
        return None;
    }
    if let Some(licence) = recognize(words) {
        return Some(licence);
    }
    let mut parser = Parser { tokens: tokens(words), next: 0 };
    let expression = parser.alternatives(0)?;
    if parser.next < parser.tokens.len() {
        return None;
    }
    // Where not one name is known, the operators are likely a part of the name too.
    if !expression.has_known() && expression.is_compound() {
        return unknown(words).map(|it| it.text());
    }
    Some(expression.text())
}

/// npm once had `{"type": "MIT", "url": …}`, and lists of these.
fn expression_of_objects(text: &str) -> Option<String> {
    let mut licences = Vec::new();
    let mut rest = text.split('"').skip(1).step_by(2).peekable();
    while let Some(key) = rest.next() {
        let is_bare = text.starts_with('[') && !text.contains('{');
        let name =
            if is_bare { Some(key) } else { rest.next_if(|_| matches!(key, "type" | "name")) };
        licences.extend(name.and_then(spdx_expression));
    }
    licences.sort();
    licences.dedup();
    match licences.as_slice() {
        [] => None,
        [licence] => Some(licence.clone()),
        _ => spdx_expression(&licences.join(" OR ")),
    }
}

fn says_nothing(words: &str) -> bool {
    const NOTHING: &[&str] = &[
        "",
        "-",
        "unknown",
        "none",
        "noassertion",
        "n/a",
        "na",
        "null",
        "unspecified",
        "other",
        "license",
        "licence",
        "osi approved",
        "other/proprietary license",
        "see license",
        "not specified",
        "todo",
        "undefined",
    ];
    NOTHING.iter().any(|it| it.eq_ignore_ascii_case(words))
}

/// An expression on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Expression {
    Known(String),
    Unknown(String),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Expression {
    fn has_known(&self) -> bool {
        match self {
            Self::Known(_) => true,
            Self::Unknown(_) => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_known),
        }
    }

    fn is_compound(&self) -> bool {
        matches!(self, Self::All(_) | Self::Any(_))
    }

    /// The parts joined; parts of the same kind become one list, and each stands there once.
    fn joined(parts: Vec<Self>, is_any: bool) -> Self {
        let mut res: Vec<Self> = Vec::new();
        for part in parts {
            let inner = match part {
                Self::Any(inner) if is_any => inner,
                Self::All(inner) if !is_any => inner,
                other => vec![other],
            };
            for part in inner {
                if !res.contains(&part) {
                    res.push(part);
                }
            }
        }
        match res.pop() {
            Some(only) if res.is_empty() => only,
            last => {
                res.extend(last);
                if is_any { Self::Any(res) } else { Self::All(res) }
            }
        }
    }

    fn text(&self) -> String {
        let join = |parts: &[Self], operator| {
            let parts: Vec<_> = parts.iter().map(Self::operand_text).collect();
            parts.join(operator)
        };
        match self {
            Self::Known(licence) | Self::Unknown(licence) => licence.clone(),
            Self::All(parts) => join(parts, " AND "),
            Self::Any(parts) => join(parts, " OR "),
        }
    }

    fn operand_text(&self) -> String {
        let text = self.text();
        if self.is_compound() { format!("({text})") } else { text }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    And,
    Or,
    Word(&'a str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut res = Vec::new();
    for chunk in text.split_whitespace() {
        let mut rest = chunk;
        while let Some(at) = rest.find(['(', ')']) {
            let (head, tail) = rest.split_at(at);
            push_words(&mut res, head);
            res.push(if tail.starts_with('(') { Token::Open } else { Token::Close });
            rest = tail.get(1..).unwrap_or_default();
        }
        push_words(&mut res, rest);
    }
    // `or later` belongs to a name.
    for index in 0..res.len() {
        let is_later = matches!(res.get(index + 1), Some(Token::Word(word)) if begins_later(word));
        if let Some(token) = res.get_mut(index)
            && *token == Token::Or
            && is_later
        {
            *token = Token::Word("or");
        }
    }
    res
}

/// Some write `LGPLv3+_or_GPLv2+`.
fn push_words<'a>(tokens: &mut Vec<Token<'a>>, text: &'a str) {
    for (index, part) in text.split("_or_").enumerate() {
        if index > 0 {
            tokens.push(Token::Or);
        }
        for (index, part) in part.split("_and_").enumerate() {
            if index > 0 {
                tokens.push(Token::And);
            }
            match part {
                "" => {}
                "&" | "&&" => tokens.push(Token::And),
                "|" | "||" => tokens.push(Token::Or),
                it if it.eq_ignore_ascii_case("and") => tokens.push(Token::And),
                it if it.eq_ignore_ascii_case("or") => tokens.push(Token::Or),
                word => tokens.push(Token::Word(word)),
            }
        }
    }
}

fn begins_later(word: &str) -> bool {
    const WORDS: &[&str] = &["later", "newer", "above", "higher", "greater", "any", "at"];
    WORDS.iter().any(|it| it.eq_ignore_ascii_case(word.trim_matches([',', '.', ';'])))
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next).copied()
    }

    fn take(&mut self, token: Token<'_>) -> bool {
        let is_it = self.peek() == Some(token);
        self.next += usize::from(is_it);
        is_it
    }

    fn alternatives(&mut self, depth: usize) -> Option<Expression> {
        let mut parts = vec![self.conjunction(depth)?];
        while self.take(Token::Or) {
            parts.push(self.conjunction(depth)?);
        }
        Some(Expression::joined(parts, true))
    }

    fn conjunction(&mut self, depth: usize) -> Option<Expression> {
        let mut parts = vec![self.operand(depth)?];
        while self.take(Token::And) {
            parts.push(self.operand(depth)?);
        }
        Some(Expression::joined(parts, false))
    }

    fn operand(&mut self, depth: usize) -> Option<Expression> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.take(Token::Open) {
            let inner = self.alternatives(depth + 1)?;
            return self.take(Token::Close).then_some(inner);
        }
        let mut words = Vec::new();
        loop {
            match self.peek() {
                Some(Token::Word(word)) => words.push(word),
                // Parentheses after a name explain it.
                Some(Token::Open) => {
                    self.skip_parentheses()?;
                    continue;
                }
                _ => break,
            }
            self.next += 1;
        }
        phrase(&words.join(" "))
    }

    fn skip_parentheses(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                Token::Open => depth += 1,
                Token::Close => depth = depth.checked_sub(1)?,
                _ => {}
            }
            self.next += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }
}

/// What stands between two operators.
fn phrase(text: &str) -> Option<Expression> {
    let text = text.trim_matches([',', ';', '.', ' ', '"', '\'']);
    if let Some(licence) = recognize(text) {
        return Some(Expression::Known(licence));
    }
    if text.contains("://") {
        return unknown(text);
    }
    let separators: [(&[char], bool); 3] =
        [(&[',', ';', '&'], false), (&['/', '|'], true), (&[' '], false)];
    for (separators, is_any) in separators {
        let parts = text.split(separators).map(str::trim).filter(|it| !it.is_empty());
        let parts: Option<Vec<_>> = parts.map(|it| recognize(it).map(Expression::Known)).collect();
        if let Some(parts) = parts.filter(|it| !it.is_empty()) {
            return Some(Expression::joined(parts, is_any));
        }
    }
    unknown(text)
}

fn unknown(text: &str) -> Option<Expression> {
    let is_word = |it: &&str| it.contains(|it: char| it.is_ascii_alphanumeric());
    let is_name = text.split_whitespace().filter(is_word).count() <= MAX_UNKNOWN_WORDS;
    licence_reference(text).filter(|_| is_name).map(Expression::Unknown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::spdx_expression;
    use crate::licence_ids::{EXCEPTIONS, LICENCES, find};

    const CASES: &[(&str, &str)] = &[
        // SPDX, old and new
        ("MIT", "MIT"),
        ("mit", "MIT"),
        ("(MIT OR Apache-2.0)", "MIT OR Apache-2.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("GPL-2.0-or-later AND MIT", "GPL-2.0-or-later AND MIT"),
        ("Apache-2.0 WITH LLVM-exception OR MIT", "Apache-2.0 WITH LLVM-exception OR MIT"),
        ("Apache-2.0+", "Apache-2.0+"),
        ("(MIT AND (BSD-3-Clause OR Zlib)) OR 0BSD", "(MIT AND (BSD-3-Clause OR Zlib)) OR 0BSD"),
        ("MIT and MIT", "MIT"),
        ("LicenseRef-Acme.1 OR MIT", "LicenseRef-Acme.1 OR MIT"),
        ("Unlicense", "Unlicense"),
        // dpkg
        ("GPL-2+", "GPL-2.0-or-later"),
        ("GPL-1+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
        ("LGPL-2.1+ and GPL-3", "LGPL-2.1-or-later AND GPL-3.0-only"),
        ("Expat", "MIT"),
        ("BSD-3-clause", "BSD-3-Clause"),
        ("GPL-2+, Expat and ISC", "GPL-2.0-or-later AND MIT AND ISC"),
        ("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"),
        ("LGPLv3+_or_GPLv2+", "LGPL-3.0-or-later OR GPL-2.0-or-later"),
        ("GPL-2+ with Autoconf exception", "GPL-2.0-or-later WITH Autoconf-exception-generic"),
        ("public-domain", "LicenseRef-public-domain"),
        ("OldBoost2", "LicenseRef-OldBoost2"),
        // rpm
        ("GPLv2+ and MIT", "GPL-2.0-or-later AND MIT"),
        ("LGPLv2+ and (GPLv2 or MPLv2.0)", "LGPL-2.0-or-later AND (GPL-2.0-only OR MPL-2.0)"),
        ("ASL 2.0", "Apache-2.0"),
        ("GPL+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
        ("zlib and Boost", "Zlib AND BSL-1.0"),
        ("GPLv2 with exceptions", "LicenseRef-GPLv2-with-exceptions"),
        ("GPL-2 or (MIT)", "GPL-2.0-only OR MIT"),
        ("LGPL-2.1 and (GPL-3)", "LGPL-2.1-only AND GPL-3.0-only"),
        ("BSD and GPLv3+", "LicenseRef-BSD AND GPL-3.0-or-later"),
        ("Public Domain", "LicenseRef-Public-Domain"),
        // apk
        ("GPL-2.0-only MIT", "GPL-2.0-only AND MIT"),
        ("custom", "LicenseRef-custom"),
        // Python, Ruby, Java
        ("License :: OSI Approved :: MIT License", "MIT"),
        ("License :: OSI Approved :: ISC License (ISCL)", "ISC"),
        (
            "License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)",
            "LGPL-2.0-or-later",
        ),
        ("License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("The Apache Software License, Version 2.0", "Apache-2.0"),
        ("Apache 2.0", "Apache-2.0"),
        ("The MIT License (MIT)", "MIT"),
        ("BSD 3-Clause License", "BSD-3-Clause"),
        ("3-Clause BSD License", "BSD-3-Clause"),
        ("New BSD", "BSD-3-Clause"),
        ("Eclipse Public License - v 2.0", "EPL-2.0"),
        ("GNU General Public License, version 2 or any later version", "GPL-2.0-or-later"),
        ("GNU GPL v3", "GPL-3.0-only"),
        ("GNU Affero General Public License v3.0", "AGPL-3.0-only"),
        ("http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        ("CDDL + GPLv2 with classpath exception", "LicenseRef-CDDL-GPLv2-with-classpath-exception"),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
        // npm
        ("{\"type\": \"MIT\", \"url\": \"https://example.org/type\"}", "MIT"),
        ("[{\"type\":\"MIT\"},{\"type\":\"Apache-2.0\"}]", "Apache-2.0 OR MIT"),
        ("[\"MIT\", \"ISC\"]", "ISC OR MIT"),
        ("UNLICENSED", "LicenseRef-UNLICENSED"),
        ("SEE LICENSE IN LICENSE.md", "LicenseRef-SEE-LICENSE-IN-LICENSE.md"),
    ];

    #[test]
    fn words_of_every_ecosystem_become_expressions() {
        let mut faults = Vec::new();
        for (words, expected) in CASES {
            let res = spdx_expression(words);
            if res.as_deref() != Some(*expected) {
                faults.push(format!("{words}: {res:?}, not `{expected}`"));
            }
            // An expression is its own expression.
            assert_eq!(spdx_expression(expected).as_deref(), Some(*expected));
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    #[test]
    fn prose_and_nothing_are_none() {
        let cases = [
            "",
            "UNKNOWN",
            "None",
            "()",
            "MIT OR",
            "(MIT",
            "MIT)",
            "é",
            "Redistribution and use in source and binary forms, with or without",
            "Permission is hereby granted, free of charge, to any person obtaining a copy",
            "MIT\n\nCopyright somebody",
        ];
        for words in cases {
            assert_eq!(spdx_expression(words), None, "{words}");
        }
        assert_eq!(spdx_expression(&"MIT AND ".repeat(1_000)), None);
        assert_eq!(spdx_expression(&"(".repeat(1_500)), None);
    }

    /// An independent reading of SPDX's grammar.
    fn is_valid(expression: &str) -> bool {
        let spaced = expression.replace('(', " ( ").replace(')', " ) ");
        let mut words = spaced.split_whitespace().peekable();
        let (mut depth, mut wants_operand) = (0_usize, true);
        while let Some(word) = words.next() {
            match (word, wants_operand) {
                ("(", true) => depth += 1,
                (")", false) if depth > 0 => depth -= 1,
                ("AND" | "OR", false) => wants_operand = true,
                ("AND" | "OR" | "WITH" | "(" | ")", _) | (_, false) => return false,
                (licence, true) => {
                    let name = licence.strip_suffix('+').unwrap_or(licence);
                    let is_letter = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '.';
                    let is_reference = licence
                        .strip_prefix("LicenseRef-")
                        .is_some_and(|it| !it.is_empty() && it.chars().all(is_letter));
                    if find(LICENCES, name) != Some(name) && !is_reference {
                        return false;
                    }
                    if words.next_if_eq(&"WITH").is_some() {
                        let exception = words.next().unwrap_or_default();
                        if find(EXCEPTIONS, exception) != Some(exception) {
                            return false;
                        }
                    }
                    wants_operand = false;
                }
            }
        }
        depth == 0 && !wants_operand
    }

    fn word() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "MIT",
            "GPL-2+",
            "GPLv3",
            "LGPL",
            "Apache",
            "2.0",
            "License",
            "and",
            "or",
            "OR",
            "AND",
            "with",
            "WITH",
            "(",
            ")",
            ",",
            "/",
            "+",
            "later",
            "Acme",
            "exception",
            "Classpath",
            "é",
            "\"",
            ":",
            "::",
            "-",
            "v2",
            "BSD",
            "3-Clause",
            "LicenseRef-x",
            "_or_",
            "|",
            "LLVM-exception",
            "{",
            "[",
            "public",
            "GNU",
            "General",
            "DocumentRef-a:LicenseRef-b",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 4_000,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn only_valid_expressions_come_out(words in prop::collection::vec(word(), 0..10)) {
            for separator in [" ", ""] {
                let text = words.join(separator);
                if let Some(expression) = spdx_expression(&text) {
                    prop_assert!(is_valid(&expression), "{} gives {}", text, expression);
                }
            }
        }

        #[test]
        fn any_text_gives_a_valid_expression_or_none(text in any::<String>()) {
            if let Some(expression) = spdx_expression(&text) {
                prop_assert!(is_valid(&expression), "{} gives {}", text, expression);
            }
        }
    }
}
