//! Turns the small Markdown of rule docs into HTML: headings, paragraphs, lists, fences, code and
//! links to the web. Everything else is shown as it is written; nothing in the text becomes markup
//! of its own.

use std::fmt::Write as _;

use crate::escape::html;

/// `text` as HTML.
pub(crate) fn prose(text: &str) -> String {
    let mut res = String::new();
    let mut open = Block::None;
    for line in text.lines() {
        let bare = line.trim();
        if open == Block::Fence {
            if bare.starts_with("```") {
                switch(&mut res, &mut open, Block::None);
            } else {
                let _ = writeln!(res, "{}", html(line));
            }
        } else if bare.starts_with("```") {
            switch(&mut res, &mut open, Block::Fence);
        } else if bare.is_empty() {
            switch(&mut res, &mut open, Block::None);
        } else if let Some(heading) = bare.strip_prefix('#') {
            switch(&mut res, &mut open, Block::None);
            let _ = write!(res, "<h4>{}</h4>", inline(heading.trim_start_matches('#').trim()));
        } else if let Some(item) = bare.strip_prefix("- ").or_else(|| bare.strip_prefix("* ")) {
            switch(&mut res, &mut open, Block::List);
            let _ = write!(res, "<li>{} ", inline(item));
        } else {
            // A line after an item belongs to the item.
            if open != Block::List {
                switch(&mut res, &mut open, Block::Paragraph);
            }
            let _ = write!(res, "{} ", inline(bare));
        }
    }
    switch(&mut res, &mut open, Block::None);
    res
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Paragraph,
    List,
    Fence,
}

fn switch(out: &mut String, open: &mut Block, next: Block) {
    if *open == next {
        return;
    }
    out.push_str(match open {
        Block::None => "",
        Block::Paragraph => "</p>",
        Block::List => "</ul>",
        Block::Fence => "</code></pre>",
    });
    out.push_str(match next {
        Block::None => "",
        Block::Paragraph => "<p>",
        Block::List => "<ul>",
        Block::Fence => "<pre><code>",
    });
    *open = next;
}

/// Code between backticks and links; the rest as text.
fn inline(text: &str) -> String {
    let mut res = String::new();
    for (number, part) in text.split('`').enumerate() {
        if number % 2 == 1 {
            let _ = write!(res, "<code>{}</code>", html(part));
        } else {
            links(part, &mut res);
        }
    }
    res
}

fn links(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find("https://") {
        let (before, from) = rest.split_at(at);
        let end = from.find(|it: char| it.is_whitespace() || ")>]\"'".contains(it));
        let (address, after) = from.split_at(end.unwrap_or(from.len()));
        let address = address.trim_end_matches(['.', ',', ';', ':']);
        let after = from.get(address.len()..).unwrap_or(after);
        let (before, label, after) =
            match before.strip_suffix("](").and_then(|it| it.rsplit_once('[')) {
                Some((before, label)) => (before, label, after.strip_prefix(')').unwrap_or(after)),
                None => (before, address, after),
            };
        let before = before.strip_suffix('<').unwrap_or(before);
        let _ = write!(
            out,
            "{}<a href=\"{}\" rel=\"noreferrer noopener\">{}</a>",
            html(before),
            html(address),
            html(label)
        );
        rest = after.strip_prefix('>').unwrap_or(after);
    }
    out.push_str(&html(rest));
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn docs_become_html_and_foreign_markup_stays_text() {
        let text = "## Why\nA `USER` <b>\nline.\n- one\n  more\n- two\n\n```sh\n<x> `y`\n```\n\
                    See [the page](https://a.example/x), <https://b.example>.";
        assert_eq!(
            prose(text),
            "<h4>Why</h4><p>A <code>USER</code> &lt;b&gt; line. </p><ul><li>one more <li>two </ul>\
             <pre><code>&lt;x&gt; `y`\n</code></pre><p>See <a href=\"https://a.example/x\" \
             rel=\"noreferrer noopener\">the page</a>, <a href=\"https://b.example\" \
             rel=\"noreferrer noopener\">https://b.example</a>. </p>"
        );
    }

    #[test]
    fn other_links_stay_text() {
        assert_eq!(prose("[x](javascript:alert(1))"), "<p>[x](javascript:alert(1)) </p>");
        assert!(!prose("[x](https://a\"onclick=b)").contains("\"onclick"));
    }
}
