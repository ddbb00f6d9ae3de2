//! Reads the fenced blocks of a rule's doc and checks them against what the rule does.
//!
//! A block is one file, or several: a line `# file: NAME` starts the file NAME. A line `# ^
//! RULE-ID` says that the rule must report the line above it.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, sync::Arc};

use plimsoll_finding::{Finding, FixKind, RuleInfo, Safety};
use plimsoll_text::{Source, apply_edits};

/// One file of a block.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Its name; empty for a block without `# file:` lines.
    pub(crate) name: String,
    /// Its text, mark lines included.
    pub(crate) text: String,
}

/// Judges the files of a block by the one rule under test.
pub(crate) type Judge<'a> = &'a dyn Fn(&[Arc<Source>]) -> Vec<Finding>;

/// Checks everything that a rule's doc claims. `main` is the name given to an unnamed block.
pub(crate) fn check_rule(info: &'static RuleInfo, main: &str, judge: Judge<'_>) {
    let id = info.id;
    let stem = Path::new(info.file).file_stem().unwrap().to_str().unwrap();
    assert_eq!(stem.replace('_', "-"), id, "file and id differ");
    for key in info.controls {
        assert!(plimsoll_finding::control(key).is_some(), "{id}: no control is called {key}");
    }
    for alias in info.aliases {
        assert!(alias.contains(':'), "{id}: alias {alias} does not name its tool");
    }
    let bad = blocks(info, "Bad", main);
    let good = blocks(info, "Good", main);
    assert!(!bad.is_empty() && !good.is_empty(), "{id}: show Bad and Good");
    assert!(info.doc.contains("## Why"), "{id}: say why");
    for block in &bad {
        let marks = marked(id, block);
        assert!(!marks.is_empty(), "{id}: a Bad block without a mark\n{block:#?}");
        assert_eq!(
            lines(&judge(&sources(block))),
            marks,
            "{id}: lines found != lines marked\n{}",
            show(block)
        );
    }
    for block in &good {
        let none: Vec<(String, usize)> = Vec::new();
        assert_eq!(lines(&judge(&sources(block))), none, "{id}: Good is not good\n{}", show(block));
    }
    check_fixes(info, main, &bad, judge);
}

fn check_fixes(info: &'static RuleInfo, main: &str, bad: &[Vec<Part>], judge: Judge<'_>) {
    let id = info.id;
    let fixed = blocks(info, "Fixed", main);
    if info.fix == FixKind::None {
        assert!(fixed.is_empty(), "{id}: Fixed without a fix in the passport");
    } else {
        assert!(!fixed.is_empty(), "{id}: the passport promises a fix, so show Fixed");
    }
    for (block, want) in bad.iter().zip(&fixed) {
        let (mended, best) = mend(block, judge);
        let wanted = if info.fix == FixKind::Safe { Safety::Safe } else { Safety::Unsafe };
        assert_eq!(best, Some(wanted), "{id}: the first fix is not what the passport says");
        assert_eq!(show(&mended), show(want), "{id}: Fixed is not what the fix makes");
        let left = lines(&judge(&sources(&mended)));
        assert!(left.is_empty(), "{id}: the fix does not mend: {left:?}\n{}", show(&mended));
    }
}

/// Applies the first fix of every finding, skipping those that overlap an earlier one.
fn mend(block: &[Part], judge: Judge<'_>) -> (Vec<Part>, Option<Safety>) {
    let sources = sources(block);
    let mut edits: BTreeMap<String, Vec<plimsoll_text::Edit>> = BTreeMap::new();
    let mut best = None;
    for finding in judge(&sources) {
        let Some(fix) = finding.fixes.first() else { continue };
        best = best.max(Some(fix.safety));
        let list = edits.entry(fix.source.name().to_owned()).or_default();
        let mut tried = list.clone();
        tried.extend(fix.edits.iter().cloned());
        if apply_edits(fix.source.text(), &tried).is_ok() {
            *list = tried;
        }
    }
    let mended = block.iter().zip(&sources).map(|(part, source)| {
        let edits = edits.get(source.name()).cloned().unwrap_or_default();
        Part { name: part.name.clone(), text: apply_edits(source.text(), &edits).unwrap() }
    });
    (mended.collect(), best)
}

fn lines(findings: &[Finding]) -> Vec<(String, usize)> {
    let mut res: Vec<(String, usize)> = findings
        .iter()
        .filter_map(|it| it.place.text())
        .map(|it| (it.source.name().to_owned(), it.start().line))
        .collect();
    res.sort();
    res.dedup();
    res
}

fn marked(id: &str, block: &[Part]) -> Vec<(String, usize)> {
    let mut res = Vec::new();
    for part in block {
        let mut last = 0;
        for (idx, line) in part.text.lines().enumerate() {
            match line.trim_start().trim_start_matches("//").trim_start().strip_prefix("# ^ ") {
                Some(name) if name.trim() == id => res.push((part.name.clone(), last)),
                Some(_) => {}
                None => last = idx + 1,
            }
        }
    }
    res.sort();
    res
}

/// Every block that shows what is bad and what is good.
pub(crate) fn examples(info: &RuleInfo, main: &str) -> Vec<Vec<Arc<Source>>> {
    let headings = ["Bad", "Good"].into_iter();
    headings.flat_map(|it| blocks(info, it, main)).map(|it| sources(&it)).collect()
}

/// The sources of a block. JSON knows no comments, so its mark lines become blank lines.
fn sources(block: &[Part]) -> Vec<Arc<Source>> {
    block
        .iter()
        .map(|part| {
            let json = part.name.ends_with(".json");
            let keep = |line: &str| !(json && line.trim_start().starts_with("# ^ "));
            let mut text = String::new();
            for line in part.text.lines() {
                writeln!(text, "{}", if keep(line) { line } else { "" }).unwrap();
            }
            Source::new(part.name.clone(), text)
        })
        .collect()
}

fn show(block: &[Part]) -> String {
    let mut res = String::new();
    for part in block {
        for line in part.text.lines().filter(|it| !it.trim_start().starts_with("# ^ ")) {
            // Blank lines stand where JSON marks stood, and carry no meaning here.
            if !(part.name.ends_with(".json") && line.trim().is_empty()) {
                writeln!(res, "{line}").unwrap();
            }
        }
    }
    res
}

fn blocks(info: &RuleInfo, heading: &str, main: &str) -> Vec<Vec<Part>> {
    let mut res = Vec::new();
    let (mut here, mut open) = (false, None::<Vec<Part>>);
    for line in info.doc.lines().map(|it| it.strip_prefix(' ').unwrap_or(it)) {
        match &mut open {
            Some(parts) if line == "```" => {
                if here {
                    res.push(std::mem::take(parts));
                }
                open = None;
            }
            Some(parts) => push_line(parts, line, main),
            None if line.starts_with("```") => open = Some(Vec::new()),
            None if line.starts_with("## ") => here = &line[3..] == heading,
            None => (),
        }
    }
    res
}

fn push_line(parts: &mut Vec<Part>, line: &str, main: &str) {
    if let Some(name) = line.strip_prefix("# file: ") {
        parts.push(Part { name: name.trim().to_owned(), text: String::new() });
        return;
    }
    if parts.is_empty() {
        parts.push(Part { name: main.to_owned(), text: String::new() });
    }
    let part = parts.last_mut().unwrap();
    writeln!(part.text, "{line}").unwrap();
}
