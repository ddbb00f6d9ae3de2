//! Texts and their trees.

use crate::dump::dump;

fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(dump(text), *expected, "{text}");
    }
}

#[test]
fn lists_and_pipelines() {
    check(&[
        ("", ""),
        ("  # only a comment", ""),
        ("apt-get update", "(apt-get update)"),
        ("a && b || c; d", "(a) && (b) || (c); (d)"),
        ("a | b |& c", "(a) | (b) |& (c)"),
        ("a & b\n\nc # end\nd", "(a)& (b)¶ (c)¶ (d)"),
        ("! a | b && ! ! c", "! (a) | (b) && (c)"),
        ("a &&\n# why\n b |\n c", "(a) && (b) | (c)"),
        ("a \\\n  b\\\nc", "(a bc)"),
        ("a\r\nb\r\n", "(a)¶ (b)¶"),
        ("a#b #c", "(a#b)"),
        ("time make all", "(time make all)"),
        ("time { a; }", "(time (group (a);))"),
        ("echo if then fi do }", "(echo if then fi do })"),
    ]);
}

#[test]
fn words_and_quotes() {
    check(&[
        ("a 'b c'\"d $e\"f\\ g", "(a 'b c'\"d <$e>\"f\\ g)"),
        (r#"a "\$x \n \"" '\'"#, r#"(a "\$x \n \"" '\')"#),
        ("a $'x\\ty\\x41\\n' $\"z\"", "(a $'x\tyA¶' $\"z\")"),
        ("a *.deb [ab]? [ -f x ] a]b", "(a <glob *>.deb <glob [>ab<glob ]><glob ?> [ -f x ] a]b)"),
        ("ls ~ ~root/x a~ ~$x", "(ls <~> <~root>/x a~ ~<$x>)"),
        (
            "x {a,b}c {1..3} {} {x} ${y}",
            "(x <brace {>a,b<brace }>c <brace {>1..3<brace }> {} {x} <$y>)",
        ),
        ("ls a!(x)", "(ls a<glob !(x)>)"),
        ("é \\é \"é\"", "(é \\é \"é\")"),
    ]);
    check(&[("ls @(a|\n')'$x)d", "(ls <glob @(a|\n')'$x)>d)")]);
    check(&[("a $ b\\", "(a $ b\\)")]);
}

#[test]
fn parameters() {
    check(&[
        ("$a$1$@${b}x$10", "(<$a><$1><$@><$b>x<$1>0)"),
        ("${a:-b c} ${a:=$b} ${#a} ${#}", "(<$a :- b c> <$a := <$b>> <$#a> <$#>)"),
        ("\"${x:-$(cmd \"a b\")}\"", "(\"<$x :- <Dollar (cmd \"a b\")>>\")"),
        (
            "${a%%.*} ${a##*/} ${a//x/y} ${a^^} ${a:1:2}",
            "(<$a %% .*> <$a ## */> <$a // x/y> <$a ^^ > <$a : 1:2>)",
        ),
        ("${!a} ${a[0]} ${a[@]} ${!p*} ${@:2}", "(<$!a> <$a[0]> <$a[@]> <$!p * > <$@ : 2>)"),
        ("\"${a:-'x'}\" ${a:-'x}'} \"${a%'}'}\"", "(\"<$a :- 'x'>\" <$a :- 'x}'> \"<$a % '}'>\")"),
        ("\"${a:-\\}b}\"", "(\"<$a :- \\}b>\")"),
        ("${?} ${1:?no} ${10}", "(<$?> <$1 :? no> <$10>)"),
    ]);
}

#[test]
fn substitutions() {
    check(&[
        ("a $(b | c) `d e`", "(a <Dollar (b) | (c)> <Backtick (d e)>)"),
        ("a `b \\`c \\$x\\``", "(a <Backtick (b <Backtick (c <$x>)>)>)"),
        ("\"`echo \\\"x\\\"`\"", "(\"<Backtick (echo \"x\")>\")"),
        ("\"$(a \"b\" 'c)')\"", "(\"<Dollar (a \"b\" 'c)')>\")"),
        ("x $((1 + $y * (2)))", "(x <math 1 + <$y> * (2)>)"),
        ("x $((a); (b))", "(x <Dollar (sub (a)); (sub (b))>)"),
        ("x $( (a) )", "(x <Dollar (sub (a))>)"),
        ("diff <(a) >(b; c)", "(diff <from (a)> <to (b); (c)>)"),
        ("x $(case a in b) c;; esac)", "(x <Dollar (case a [b] (c);;)>)"),
        ("x $(a # )\n)", "(x <Dollar (a)¶>)"),
        ("x $[1+2]", "(x <math 1+2>)"),
    ]);
}

#[test]
fn assignments_and_redirections() {
    check(&[
        ("A=1 B=\"$x\" c", "(A=1 B=\"<$x>\" c)"),
        ("A=", "(A=)"),
        ("A=~/x:b B=(1 2\n3) C+=x D[0]=y", "(A=<~>/x:b B=<array 1 2 3> C+=x D[0]=y)"),
        ("local -a x=(a 'b c')", "(local -a x=<array a 'b c'>)"),
        ("a A=1", "(a A=1)"),
        ("a >f 2>&1 <g >>h", "(a <Output f> <2DuplicateOutput 1> <Input g> <Append h>)"),
        (
            "a &>f &>>g >|h <>i >&2 <<<\"x\"",
            "(a <OutputBoth f> <AppendBoth g> <Clobber h> <ReadWrite i> <DuplicateOutput 2> \
          <HereString \"x\">)",
        ),
        (">f", "(<Output f>)"),
        ("a 2 >f x2>g {fd}>h", "(a 2 x2 <Output f> <Output g> <{fd}Output h>)"),
        ("{ a; } >f", "(group (a);) <Output f>"),
    ]);
}

#[test]
fn compound_commands() {
    check(&[
        ("(a; b)", "(sub (a); (b))"),
        (
            "if a; then b; elif c; then d; else e; fi && f",
            "(if (a); then (b); (c); then (d); else (e);) && (f)",
        ),
        ("for x in a \"b c\"; do d; done", "(for x [a \"b c\"] (d);)"),
        ("for x\ndo a; done", "(for x [$@] (a);)"),
        ("for x do a; done", "(for x [$@] (a);)"),
        ("for ((i=0; i<3; i++)); do a; done", "(for ((i=0; i<3; i++)) (a);)"),
        ("select x in a; do b; done", "(select x [a] (b);)"),
        ("while a; do b; done <f | c", "(While (a); do (b);) <Input f> | (c)"),
        ("until a\ndo b\ndone", "(Until (a)¶ do (b)¶)"),
        ("case $x in (a|b) c;; *) d ;& esac", "(case <$x> [a b] (c);; [<glob *>] (d);&)"),
        ("case x in a) b\nesac", "(case x [a] (b)¶)"),
        ("f() { a; }; f", "(function f (group (a);)); (f)"),
        ("function f { a; }", "(function f (group (a);))"),
        ("function f-x () ( a ) >b", "(function f-x (sub (a)) <Output b>)"),
        (
            "[[ -f $a && ( b == c* || ! d < e ) ]]",
            "(test -f <$a> && ( b == c<glob *> || ! d < e ))",
        ),
        ("[[ $a =~ ^(x|y z)+$ ]] && b", "(test <$a> =~ ^(x|y z)+$) && (b)"),
        ("((i++)) || a", "(math i++) || (a)"),
        ("((a); b)", "(sub (sub (a)); (b))"),
        ("coproc X { a; }; coproc b c", "(coproc X (group (a);)); (coproc - (b c))"),
        ("select", "(select)"),
    ]);
}

#[test]
fn here_documents() {
    check(&[
        (
            "cat <<E >f && b\nx $y \\$z \"q\"\nE\nc",
            "(cat <HereDocument E:doc{x <$y> \\$z \"q\"¶}> <Output f>) && (b)¶ (c)",
        ),
        ("cat <<'E'\n$x `y`\nE\n", "(cat <HereDocument 'E':raw{$x `y`¶}>)¶"),
        ("cat <<-E\n\tx\n\tE\nb", "(cat <HereDocumentTabs E:doc{\tx¶}>)¶ (b)"),
        (
            "a <<A; b <<B\n1\nA\n2\nB\nc",
            "(a <HereDocument A:doc{1¶}>); (b <HereDocument B:doc{2¶}>)¶ (c)",
        ),
        (
            "x $(cat <<E\n$(y)\nE\n) z",
            "(x \
             <Dollar (cat <HereDocument E:doc{<Dollar (y)>¶}>)¶> z)",
        ),
        ("a <<E | b\nx\nE\nc", "(a <HereDocument E:doc{x¶}>) | (b)¶ (c)"),
    ]);
}
