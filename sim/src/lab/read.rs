//! RON text as a tree in which every part knows where it stands.
//!
//! `ron` decides what is RON: it decodes the texts and has the last word on the whole file. But its positions lie
//! behind a value, it stops at the first mistake, and its maps keep neither order nor duplicates; so the parts are
//! told apart here, where a slip of a newcomer (a name without quotes, braces for round brackets) is reported, read
//! as it was meant, and the rest of the file is looked at too.

use crate::lab::diagnostic::{Code, Finding, Findings};
use crate::lab::print::{fix, made};
use crate::lab::scan::{At, Token, scan};
use crate::lab::source::{Source, Span, Spanned};

/// A value, as typed. The span of a text is what stands between its quotes.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub form: Form,
}

/// The forms a value can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// `"text"`.
    Text(String),
    /// `1_000`; kept as digits.
    Number(String),
    /// `true`, `false`, `Quiet`.
    Word(String),
    /// `( … )` or `Kind( … )`.
    Call(Option<Spanned<String>>, Args),
    /// `[ … ]`.
    List(Vec<Tree>),
    /// `{ … }`.
    Map(Vec<Field>),
}

/// What stands between round brackets.
#[derive(Clone, Debug, PartialEq)]
pub enum Args {
    /// `name: value`, or nothing.
    Fields(Vec<Field>),
    /// Values in order.
    Items(Vec<Tree>),
}

/// A name and its value: a field of the format, or an entry of the author.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name.
    pub name: Spanned<String>,
    /// The value.
    pub value: Tree,
}

impl Tree {
    /// What it is, for messages.
    pub fn sort(&self) -> &'static str {
        match &self.form {
            Form::Text(_) => "a text",
            Form::Number(_) => "a number",
            Form::Word(word) if word == "true" || word == "false" => "true or false",
            Form::Word(_) => "a word",
            Form::Call(None, _) => "something in round brackets",
            Form::Call(Some(_), _) => "a kind with its brackets",
            Form::List(_) => "a list",
            Form::Map(_) => "something in braces",
        }
    }

    /// Where to point at: the name of a kind, else the whole value unless it is long.
    pub fn head(&self) -> Span {
        match &self.form {
            Form::Call(Some(name), _) => name.span,
            Form::Call(None, _) | Form::List(_) | Form::Map(_) => Span { end: self.span.start + 1, ..self.span },
            _ => self.span,
        }
    }
}

/// Reads the text. Nothing when it is too damaged to go on with; mistakes that have an obvious meaning are noted and
/// read so.
pub fn read(source: &Source, findings: &mut Findings) -> Option<Tree> {
    if let Some(defect) = &source.defect {
        findings.push(defect.clone());
        return None;
    }
    let tokens = scan(source, findings)?;
    let mut reader = Reader { source, tokens: &tokens, at: 0, findings, broken: false };
    let tree = reader.value();
    if let Some(extra) = reader.peek() {
        let finding = Finding::new(Code::Syntax, "something stands behind the end of the lab", extra.span);
        reader.fail(finding.label("a file holds one `Lab( … )`").help("leave it out"));
    }
    let broken = reader.broken;
    if broken {
        return None;
    }
    if !findings.has_errors()
        && let Err(error) = ron::value::RawValue::from_ron(&source.text)
    {
        let at = source.offset(error.span.start.line, error.span.start.col);
        let end = source.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        findings.push(Finding::new(Code::Syntax, "this is not RON", Span::new(at, end)).label(error.code.to_string()));
        return None;
    }
    tree
}

struct Reader<'a> {
    source: &'a Source,
    tokens: &'a [At],
    at: usize,
    findings: &'a mut Findings,
    broken: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<At> {
        self.tokens.get(self.at).copied()
    }

    fn token_after(&self, n: usize) -> Option<Token> {
        self.tokens.get(self.at + n).map(|at| at.token)
    }

    fn fail(&mut self, finding: Finding) {
        self.broken = true;
        self.findings.push(finding);
    }

    fn value(&mut self) -> Option<Tree> {
        let Some(At { token, span }) = self.peek() else {
            let end = self.source.text.len();
            self.fail(
                Finding::new(Code::Syntax, "a value is missing", Span::new(end, end)).label("the file ends here"),
            );
            return None;
        };
        match token {
            Token::Text => {
                self.at += 1;
                self.text(span)
            }
            Token::Number => {
                self.at += 1;
                let digits = self.source.slice(span).replace('_', "");
                Some(Tree { span, form: Form::Number(digits.trim_start_matches('+').to_owned()) })
            }
            Token::Bare => {
                self.at += 1;
                let text = self.source.slice(span).to_owned();
                self.findings.push(unquoted(&text, span));
                Some(Tree { span, form: Form::Text(text) })
            }
            Token::Word => self.word(span),
            Token::Open('(') => Some(self.round(None, span)),
            Token::Open('[') => Some(self.square()),
            Token::Open(_) => Some(self.braces()),
            Token::Close(_) | Token::Comma | Token::Colon => {
                let found = self.source.slice(span).to_owned();
                let finding = Finding::new(Code::Syntax, format!("a value is missing before `{found}`"), span);
                self.fail(finding.label("expected a value"));
                None
            }
        }
    }

    fn text(&mut self, span: Span) -> Option<Tree> {
        let raw = self.source.slice(span);
        let inside = match raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) {
            Some(inside) if !inside.is_empty() => span.part(1..1 + inside.len()),
            _ => span,
        };
        if !raw.starts_with('r') && !raw.contains('\\') {
            return Some(Tree { span: inside, form: Form::Text(raw.trim_matches('"').to_owned()) });
        }
        match ron::from_str::<String>(raw) {
            Ok(text) => Some(Tree { span: inside, form: Form::Text(text) }),
            Err(error) => {
                let finding = Finding::new(Code::Syntax, "this text has a `\\` that means nothing", span);
                self.fail(finding.label(error.code.to_string()).help("write `\\\\` for a backslash"));
                None
            }
        }
    }

    fn word(&mut self, span: Span) -> Option<Tree> {
        self.at += 1;
        let name = Spanned::new(self.source.slice(span).to_owned(), span);
        match self.token_after(0) {
            Some(Token::Open('(')) => Some(self.round(Some(name), span)),
            Some(Token::Open(open)) => {
                let spot = self.tokens[self.at].span;
                let text = format!("round brackets follow `{}`", name.value);
                let finding = Finding::new(Code::WrongBrackets, text, spot).label(format!("`{open}` should be `(`"));
                self.fail(finding.help(format!("{}( … )", name.value)));
                self.skip_group();
                None
            }
            _ => Some(Tree { span, form: Form::Word(name.value) }),
        }
    }

    /// Steps over a whole pair of brackets; the scan has seen that they match.
    fn skip_group(&mut self) {
        let mut depth = 0_usize;
        while let Some(at) = self.peek() {
            match at.token {
                Token::Open(_) => depth += 1,
                Token::Close(_) if depth <= 1 => {
                    self.at += 1;
                    return;
                }
                Token::Close(_) => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// After a mistake: to the next comma or closing bracket of the same pair.
    fn recover(&mut self) {
        while let Some(at) = self.peek() {
            match at.token {
                Token::Comma | Token::Close(_) => return,
                Token::Open(_) => self.skip_group(),
                _ => self.at += 1,
            }
        }
    }

    /// The parts between two brackets; `part` reads one. Returns the span of the whole.
    fn group(&mut self, mut part: impl FnMut(&mut Self)) -> Span {
        let open = self.tokens[self.at].span;
        self.at += 1;
        loop {
            match self.peek() {
                Some(At { token: Token::Close(_), span }) => {
                    self.at += 1;
                    return open.to(span);
                }
                Some(At { token: Token::Comma, span }) => {
                    self.fail(Finding::new(Code::Syntax, "a comma too many", span).label("nothing stands before it"));
                    self.at += 1;
                    continue;
                }
                Some(_) => part(self),
                None => return open,
            }
            match self.peek().map(|at| at.token) {
                Some(Token::Comma) => self.at += 1,
                Some(Token::Close(_)) | None => {}
                Some(_) => {
                    let finding = self.unseparated();
                    self.fail(finding);
                }
            }
        }
    }

    /// Two things stand side by side: a comma is missing between them, or a colon behind the name of the first.
    fn unseparated(&self) -> Finding {
        let At { token, span } = self.tokens[self.at - 1];
        let begins =
            matches!(self.tokens.get(self.at.wrapping_sub(2)), Some(At { token: Token::Comma | Token::Open('('), .. }));
        let value = !matches!(self.token_after(1), Some(Token::Colon));
        if token == Token::Word && begins && value {
            let finding = Finding::new(Code::Syntax, "a colon is missing", span).label("expected `:` behind this");
            return finding.help(format!("{}: …", self.source.slice(span)));
        }
        let finding = Finding::new(Code::Syntax, "a comma is missing", span).label("expected `,` behind this");
        finding.help("things between brackets are separated by `,`")
    }

    fn round(&mut self, name: Option<Spanned<String>>, start: Span) -> Tree {
        let open = self.tokens[self.at].span;
        let (mut fields, mut items, mut named) = (Vec::new(), Vec::new(), false);
        let whole = self.group(|reader| match (reader.token_after(0), reader.token_after(1)) {
            (Some(Token::Word), Some(Token::Colon)) => reader.field(&mut fields),
            (Some(Token::Text), Some(Token::Colon)) => {
                named = true;
                reader.wrong_open(open, '{');
                reader.field(&mut fields);
            }
            _ => match reader.value() {
                Some(item) => items.push(item),
                None => reader.recover(),
            },
        });
        let span = start.to(whole);
        let form = if named && items.is_empty() {
            Form::Map(fields)
        } else if items.is_empty() {
            Form::Call(name, Args::Fields(fields))
        } else {
            // A name without its colon has been told.
            let told = |item: &Tree| !self.findings.is_news(Code::Syntax, item.span);
            if let Some(field) = fields.first().filter(|_| !items.iter().any(told)) {
                let text = "either all values between these brackets have names, or none";
                let own = made::call("", fields.iter().map(|field| (&*field.name.value, field.value.clone())));
                let own = fix(own.to_string(), "(name: value, …)");
                self.fail(
                    Finding::new(Code::Syntax, text, field.name.span)
                        .label("this one has a name")
                        .help("name: value, for each of them; or values alone, in their order")
                        .help(format!("settings that are one value stand in brackets of their own: {own}")),
                );
            }
            Form::Call(name, Args::Items(items))
        };
        Tree { span, form }
    }

    fn wrong_open(&mut self, open: Span, wanted: char) {
        let name = self.tokens[self.at].span;
        let finding = Finding::new(Code::WrongBrackets, "named things stand in braces", open);
        let finding = finding.label(format!("this should be `{wanted}`")).also(name, "a name");
        self.findings.push(finding.help("{\"name\": …}"));
    }

    fn field(&mut self, into: &mut Vec<Field>) {
        let At { token, span } = self.tokens[self.at];
        self.at += 1;
        let name = if token == Token::Text {
            self.text(span).map(|tree| (tree.span, tree.form))
        } else {
            Some((span, Form::Text(self.source.slice(span).to_owned())))
        };
        self.at += 1;
        let value = self.value();
        match (name, value) {
            (Some((span, Form::Text(name))), Some(value)) => into.push(Field { name: Spanned::new(name, span), value }),
            _ => self.recover(),
        }
    }

    fn square(&mut self) -> Tree {
        let open = self.tokens[self.at].span;
        let (mut items, mut fields) = (Vec::new(), Vec::new());
        let span = self.group(|reader| match (reader.token_after(0), reader.token_after(1)) {
            (Some(Token::Word | Token::Text), Some(Token::Colon)) => {
                reader.wrong_open(open, '{');
                reader.field(&mut fields);
            }
            _ => match reader.value() {
                Some(item) => items.push(item),
                None => reader.recover(),
            },
        });
        let form = if items.is_empty() && !fields.is_empty() { Form::Map(fields) } else { Form::List(items) };
        Tree { span, form }
    }

    fn braces(&mut self) -> Tree {
        let mut fields = Vec::new();
        let span = self.group(|reader| {
            let At { token, span } = reader.tokens[reader.at];
            let name = reader.source.slice(span).to_owned();
            match (token, reader.token_after(1)) {
                (Token::Text, Some(Token::Colon)) => reader.field(&mut fields),
                (Token::Word | Token::Bare | Token::Number, Some(Token::Colon)) => {
                    let finding = unquoted(&name, span);
                    let word = token == Token::Word;
                    let round = format!("if `{name}` is a word of the format, round brackets belong around it");
                    reader.findings.push(if word { finding.help(round) } else { finding });
                    reader.field(&mut fields);
                }
                (Token::Text | Token::Word | Token::Bare | Token::Number, _) => {
                    let finding =
                        Finding::new(Code::Syntax, format!("`{}` has no value", name.trim_matches('"')), span);
                    let help = "between braces stand names with values: {\"name\": value}; a plain list stands in [ ]";
                    reader.fail(finding.label("expected `:` behind this").help(help));
                    reader.recover();
                }
                _ => {
                    let finding = Finding::new(Code::WrongBrackets, "between braces stand names with values", span);
                    reader.fail(
                        finding.label("expected a name in quotes").help("a list stands in square brackets: [ … ]"),
                    );
                    reader.recover();
                }
            }
        });
        Tree { span, form: Form::Map(fields) }
    }
}

fn unquoted(text: &str, span: Span) -> Finding {
    let finding = Finding::new(Code::Unquoted, format!("`{text}` needs quotes"), span);
    let label = if text.starts_with(|c: char| c.is_ascii_digit()) && text.parse::<u64>().is_err() {
        "numbers with a unit, and addresses, are texts"
    } else {
        "bare words are words of the format"
    };
    let is_decimal = text.contains('.') && text.parse::<f64>().is_ok();
    let help = if is_decimal {
        // In quotes alone it would be refused next, for want of a unit.
        format!("with its unit, as one of: \"{text}%\", \"{text}ms\", \"{text}Mbps\"")
    } else {
        format!("\"{text}\"")
    };
    finding.label(label).help(help)
}
