//! As much of Rust's grammar as counting lines needs: comments, literals, functions.

/// A function, by its lines (from 1, both included).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// `text` with comments and the inside of literals turned into blanks; line ends stay.
pub(crate) fn blank_literals(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut res = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(char) = chars.get(at) {
        let end = literal_end(&chars, at);
        if end == at {
            res.push(*char);
            at += 1;
            continue;
        }
        for char in chars.get(at..end).unwrap_or_default() {
            res.push(if *char == '\n' { '\n' } else { ' ' });
        }
        at = end;
    }
    res
}

/// Every function with a body, nested ones too.
pub(crate) fn functions(text: &str) -> Vec<Function> {
    let text = blank_literals(text);
    let bytes = text.as_bytes();
    let mut res = Vec::new();
    for (at, _) in text.match_indices("fn ") {
        let before = at.checked_sub(1).and_then(|it| bytes.get(it));
        if before.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_') {
            continue;
        }
        let rest = text.get(at + 3..).unwrap_or_default();
        let name: String =
            rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        if let (false, Some(end)) = (name.is_empty(), body_end(bytes, at)) {
            let line = |offset: usize| {
                1 + bytes.iter().take(offset).filter(|byte| **byte == b'\n').count()
            };
            res.push(Function { name, first: line(at), last: line(end) });
        }
    }
    res
}

/// Where the `}` of the function at `at` stands; `None` where a `;` ends it.
fn body_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut n_round = 0_i32;
    let mut n_curly = 0_i32;
    for (offset, byte) in bytes.iter().enumerate().skip(at) {
        match byte {
            b'(' | b'[' => n_round += 1,
            b')' | b']' => n_round -= 1,
            b'{' => n_curly += 1,
            b'}' => {
                n_curly -= 1;
                if n_curly == 0 && n_round == 0 {
                    return Some(offset);
                }
            }
            b';' if n_round == 0 && n_curly == 0 => return None,
            _ => (),
        }
    }
    None
}

/// Where the comment or literal at `at` ends; `at` itself where none starts.
fn literal_end(chars: &[char], at: usize) -> usize {
    let look = |ahead: usize| chars.get(at + ahead).copied();
    match (look(0), look(1)) {
        (Some('/'), Some('/')) => line_end(chars, at),
        (Some('/'), Some('*')) => comment_end(chars, at),
        (Some('"'), _) => string_end(chars, at + 1),
        (Some('r'), Some('"' | '#')) if !is_word_before(chars, at) => raw_end(chars, at),
        (Some('\''), Some('\\')) => char_end(chars, at + 3),
        (Some('\''), Some(_)) if look(2) == Some('\'') => at + 3,
        _ => at,
    }
}

fn is_word_before(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|it| chars.get(it));
    // `br"..."` is a literal too.
    before.is_some_and(|it| (it.is_alphanumeric() && *it != 'b') || *it == '_')
}

fn line_end(chars: &[char], at: usize) -> usize {
    (at..chars.len()).find(|it| chars.get(*it) == Some(&'\n')).unwrap_or(chars.len())
}

fn comment_end(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut at = at;
    while at < chars.len() {
        match (chars.get(at), chars.get(at + 1)) {
            (Some('/'), Some('*')) => {
                depth += 1;
                at += 2;
            }
            (Some('*'), Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut at = at;
    while let Some(char) = chars.get(at) {
        match char {
            '"' => return at + 1,
            '\\' => at += 2,
            _ => at += 1,
        }
    }
    chars.len()
}

/// A character literal that starts with a backslash, from after the character that it escapes.
fn char_end(chars: &[char], at: usize) -> usize {
    (at..chars.len()).find(|it| chars.get(*it) == Some(&'\'')).map_or(chars.len(), |it| it + 1)
}

fn raw_end(chars: &[char], at: usize) -> usize {
    let n_signs = chars.iter().skip(at + 1).take_while(|it| **it == '#').count();
    if chars.get(at + 1 + n_signs) != Some(&'"') {
        return at;
    }
    let mut end = at + n_signs + 2;
    while end < chars.len() {
        let closes = chars.get(end) == Some(&'"')
            && chars.iter().skip(end + 1).take(n_signs).filter(|it| **it == '#').count() == n_signs;
        end += 1;
        if closes {
            return end + n_signs;
        }
    }
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::{Function, blank_literals, functions};

    #[test]
    fn literals_and_comments_turn_blank() {
        let cases = [
            ("a \"{\" b", "a     b"),
            ("a // {\nb", "a     \nb"),
            ("a /* { /* } */ */ b", "a                 b"),
            ("r#\"a\"{\"# b", "         b"),
            ("'{' '\\'' 'a b", "         'a b"),
            ("br\"{\" x", "b     x"),
            ("\"\\\"{\" x", "      x"),
        ];
        for (text, expected) in cases {
            assert_eq!(blank_literals(text), expected, "{text}");
        }
    }

    #[test]
    fn functions_are_found_with_their_lines() {
        let text = "trait A {\n    fn no_body(&self, it: [u8; 3]);\n}\n\
                    fn one(f: fn(u8)) -> u8 {\n    let x = \"}\";\n}\nfn two() {}\n";
        let function = |name: &str, first, last| Function { name: name.to_owned(), first, last };
        assert_eq!(functions(text), [function("one", 4, 6), function("two", 7, 7)]);
    }
}
