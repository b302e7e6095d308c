//! A picture of the book: a comment with the command that draws it, above the line that shows it.
//!
//! ```text
//! <!-- overunder shot 03-mac-flood --step 300 --size 80x24 -->
//! ![what a reader without eyes needs to know](../pictures/03-mac-flood.svg)
//! <!-- overunder compare ranking --draw goodput -->
//! ![the same](../pictures/chart-ranking.svg)
//! ```

use std::path::{Path, PathBuf};

/// One picture of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The line of the command, from 1.
    pub line: usize,
    /// The command that draws it, without the file to write.
    pub command: String,
    /// The file, from the top of the repository.
    pub file: PathBuf,
}

/// What a comment above a picture may begin with, and the option that names the file to draw.
const COMMANDS: [(&str, &str); 2] = [("overunder shot ", "-o"), ("overunder compare ", "--svg")];

impl Picture {
    /// Whether a plotting library draws it, which not every build has.
    pub fn is_chart(&self) -> bool {
        self.command.starts_with(COMMANDS[1].0)
    }

    /// The whole command that draws it into a file.
    pub fn drawing(&self, file: &Path) -> String {
        let option = COMMANDS[usize::from(self.is_chart())].1;
        format!("{} {option} {}", self.command, file.display())
    }
}

/// All pictures of a page, which stands at `path`; an image without a command above it is an error.
pub fn pictures(path: &Path, text: &str) -> Result<Vec<Picture>, (usize, String)> {
    let mut found = Vec::new();
    let mut above = "";
    let mut fenced = false;
    for (at, line) in text.lines().enumerate() {
        fenced ^= line.starts_with("```");
        if !fenced && line.starts_with("![") {
            let complaint = |what: &str| (at + 1, what.to_owned());
            let command = above.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
            let command = command
                .filter(|command| COMMANDS.iter().any(|(begin, _)| command.starts_with(begin)))
                .ok_or_else(|| complaint("a picture needs the command that draws it in the line above"))?;
            let file = line.rsplit_once("](").and_then(|(_, rest)| rest.strip_suffix(')'));
            let file = file.ok_or_else(|| complaint("this picture names no file"))?;
            let file = normal(&path.parent().unwrap_or(Path::new("")).join(file));
            found.push(Picture { line: at, command: command.to_owned(), file });
        }
        above = line;
    }
    Ok(found)
}

/// Without `..` in the middle.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut whole, part| {
        if part.as_os_str() == ".." {
            whole.pop();
        } else {
            whole.push(part);
        }
        whole
    })
}

mod tests {
    #[test]
    fn a_picture_knows_its_command_and_its_file() {
        let page = "text\n<!-- overunder shot x --step 3 -->\n![a map](../pictures/x.svg)\n";
        let found = super::pictures(super::Path::new("book/src/labs/x.md"), page).unwrap();
        let file = "book/src/pictures/x.svg".into();
        assert_eq!(found, [super::Picture { line: 2, command: "overunder shot x --step 3".into(), file }]);
    }

    #[test]
    fn a_picture_without_a_command_is_refused() {
        let (line, error) = super::pictures(super::Path::new("x.md"), "\n\n![a map](x.svg)\n").unwrap_err();
        assert!(line == 3 && error.contains("the command that draws it"), "{line}: {error}");
    }
}
