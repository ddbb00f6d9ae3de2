//! A small reader of XML: elements, attributes and texts, as manifests of package managers have
//! them.
//!
//! It knows neither name spaces nor document types: prefixes are cut off, a document type is
//! skipped and declares nothing, so that no entity can blow up.

/// No element deeper than this is read.
const MAX_DEPTH: usize = 64;
/// No more elements than this are read.
const MAX_ELEMENTS: usize = 500_000;

/// An element.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Element {
    /// Its name without a prefix.
    pub(crate) name: String,
    /// Its attributes, names without a prefix.
    pub(crate) attributes: Vec<(String, String)>,
    /// All text directly in it.
    pub(crate) text: String,
    /// The elements directly in it.
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first child called `name`.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|it| it.name == name)
    }

    /// All children called `name`.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |it| it.name == name)
    }

    /// The text of the child called `name`, trimmed; `None` if it is empty.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        Some(self.child(name)?.text.trim()).filter(|it| !it.is_empty())
    }

    /// The attribute called `name`, trimmed; `None` if it is empty.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|it| it.0.eq_ignore_ascii_case(name))?;
        Some(found.1.trim()).filter(|it| !it.is_empty())
    }

    /// This element and all below it, in their order.
    pub(crate) fn descendants(&self) -> impl Iterator<Item = &Element> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let next = open.pop()?;
            open.extend(next.children.iter().rev());
            Some(next)
        })
    }
}

/// Reads the root element of `text`; `Err` says what is wrong.
pub(crate) fn parse_xml(text: &str) -> Result<Element, String> {
    // The element at the bottom stands for the document.
    let mut open = vec![Element::default()];
    let mut n_elements = 0;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at_checked(at).unwrap_or((rest, ""));
        if let Some(top) = open.last_mut() {
            push_text(&mut top.text, before);
        }
        if let Some(after) = tag.strip_prefix("<!--") {
            rest = skip_past(after, "-->")?;
        } else if let Some(after) = tag.strip_prefix("<![CDATA[") {
            let (content, after) = after.split_once("]]>").ok_or("a CDATA part has no end")?;
            if let Some(top) = open.last_mut() {
                top.text.push_str(content);
            }
            rest = after;
        } else if tag.starts_with("<?") {
            rest = skip_past(tag, "?>")?;
        } else if tag.starts_with("<!") {
            rest = skip_declaration(tag)?;
        } else if let Some(after) = tag.strip_prefix("</") {
            let (name, after) = after.split_once('>').ok_or("a closing tag has no end")?;
            close(&mut open, local(name.trim()))?;
            rest = after;
        } else {
            n_elements += 1;
            if n_elements > MAX_ELEMENTS {
                return Err(format!("more than {MAX_ELEMENTS} elements"));
            }
            if open.len() > MAX_DEPTH {
                return Err(format!("more than {MAX_DEPTH} elements within each other"));
            }
            let (element, is_empty, after) = read_tag(tag.get(1..).unwrap_or_default())?;
            if is_empty {
                open.last_mut().ok_or("no document")?.children.push(element);
            } else {
                open.push(element);
            }
            rest = after;
        }
    }
    finish(open)
}

fn finish(mut open: Vec<Element>) -> Result<Element, String> {
    let document = open.pop().filter(|_| open.is_empty()).ok_or("an element is not closed")?;
    document.children.into_iter().next().ok_or_else(|| "no element".to_owned())
}

fn close(open: &mut Vec<Element>, name: &str) -> Result<(), String> {
    let element = open.pop().filter(|it| it.name == name);
    let (Some(element), Some(parent)) = (element, open.last_mut()) else {
        let name: String = name.chars().take(64).collect();
        return Err(format!("`</{name}>` closes what is not open"));
    };
    parent.children.push(element);
    Ok(())
}

/// Reads what follows a `<`: name, attributes, and whether the element is closed at once.
fn read_tag(text: &str) -> Result<(Element, bool, &str), String> {
    const UNFINISHED: &str = "a tag has no end";
    let is_end = |it: char| it.is_whitespace() || it == '>' || it == '/';
    let end = text.find(is_end).ok_or(UNFINISHED)?;
    let mut element = Element::default();
    let (name, mut rest) = text.split_at_checked(end).ok_or(UNFINISHED)?;
    local(name).clone_into(&mut element.name);
    if name.is_empty() {
        return Err("a tag has no name".to_owned());
    }
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return Ok((element, true, after));
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((element, false, after));
        }
        let end = rest.find(['=', '>']).ok_or(UNFINISHED)?;
        let (name, after) = rest.split_at_checked(end).ok_or(UNFINISHED)?;
        let value = after.strip_prefix('=').ok_or("an attribute has no value")?.trim_start();
        let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
        let quote = quote.ok_or("an attribute has no quotes")?;
        let (value, after) =
            value.get(1..).and_then(|it| it.split_once(quote)).ok_or(UNFINISHED)?;
        let mut unescaped = String::new();
        push_text(&mut unescaped, value);
        element.attributes.push((local(name.trim()).to_owned(), unescaped));
        rest = after;
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |it| it.1)
}

fn skip_past<'a>(text: &'a str, end: &str) -> Result<&'a str, String> {
    text.split_once(end).map(|it| it.1).ok_or_else(|| format!("`{end}` is missing"))
}

/// Skips `<!DOCTYPE ...>` with what it declares in brackets.
fn skip_declaration(text: &str) -> Result<&str, String> {
    let mut depth = 0_usize;
    for (at, it) in text.char_indices() {
        match it {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '>' if depth == 0 => return Ok(text.get(at + 1..).unwrap_or_default()),
            _ => {}
        }
    }
    Err("a declaration has no end".to_owned())
}

/// Adds `text` with its predefined entities undone; others stay as they are.
fn push_text(to: &mut String, text: &str) {
    const MAX_ENTITY: usize = 12;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        to.push_str(before);
        let end = after.bytes().take(MAX_ENTITY).position(|it| it == b';');
        let entity = end.and_then(|it| Some((after.get(..it)?, after.get(it + 1..)?)));
        let known = entity.and_then(|(name, after)| Some((character(name)?, after)));
        let (character, after) = known.unwrap_or(('&', after));
        to.push(character);
        rest = after;
    }
    to.push_str(rest);
}

fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_texts() {
        let text = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x '>'>]><!-- <no> -->\n\
            <p:a xmlns:p=\"u\" b = '1 &lt; 2'>x<c/>&amp;&#65;&#x42;&unknown;<![CDATA[<&>]]>\
            <d e=\"f>g\">t</d></p:a>";
        let root = parse_xml(text).unwrap();
        assert_eq!(root.name, "a");
        assert_eq!(root.attribute("b"), Some("1 < 2"));
        assert_eq!(root.text, "x&AB&unknown;<&>");
        assert_eq!(root.text_of("d"), Some("t"));
        assert_eq!(root.child("d").unwrap().attribute("e"), Some("f>g"));
        assert_eq!(
            root.descendants().map(|it| it.name.as_str()).collect::<Vec<_>>(),
            ["a", "c", "d"]
        );
    }

    #[test]
    fn faults_are_told() {
        for (text, expected) in [
            ("", "no element"),
            ("<a>", "an element is not closed"),
            ("<a></b>", "`</b>` closes what is not open"),
            ("</a>", "`</a>` closes what is not open"),
            ("<a", "a tag has no end"),
            ("<a b>", "an attribute has no value"),
            ("<a b=c>", "an attribute has no quotes"),
            ("<!-- ", "`-->` is missing"),
            ("<!DOCTYPE [", "a declaration has no end"),
            ("<>", "a tag has no name"),
        ] {
            assert_eq!(parse_xml(text), Err(expected.to_owned()), "{text}");
        }
        let deep = "<a>".repeat(1_000);
        assert_eq!(parse_xml(&deep), Err("more than 64 elements within each other".to_owned()));
    }
}
