//! A line of text being typed, with what could come next.

/// What the line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A command.
    Command,
    /// A filter.
    Filter,
    /// The answer to a question of the guide.
    Answer,
}

/// A line of text being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// What stands there.
    pub text: String,
    /// Characters before the cursor.
    pub cursor: usize,
    /// What the last word could become.
    pub choices: Vec<String>,
    /// The choice Tab has put in.
    pub chosen: Option<usize>,
    /// What is wrong with the line.
    pub error: Option<String>,
}

impl Prompt {
    /// A line with some text on it.
    pub fn new(purpose: Purpose, text: &str) -> Self {
        let cursor = text.chars().count();
        Self { purpose, text: text.to_owned(), cursor, choices: Vec::new(), chosen: None, error: None }
    }

    fn byte(&self, chars: usize) -> usize {
        self.text.char_indices().nth(chars).map_or(self.text.len(), |(at, _)| at)
    }

    /// Puts a character at the cursor.
    pub fn insert(&mut self, c: char) {
        self.text.insert(self.byte(self.cursor), c);
        self.cursor += 1;
        self.touched();
    }

    /// Removes the character before the cursor. False when the line is empty already.
    pub fn backspace(&mut self) -> bool {
        if self.text.is_empty() {
            return false;
        }
        if self.cursor > 0 {
            self.cursor -= 1;
            self.text.remove(self.byte(self.cursor));
        }
        self.touched();
        true
    }

    /// Removes the character under the cursor.
    pub fn delete(&mut self) {
        let at = self.byte(self.cursor);
        if at < self.text.len() {
            self.text.remove(at);
        }
        self.touched();
    }

    /// Moves the cursor by some characters, as far as the line goes.
    pub fn shift(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(self.text.chars().count());
        self.chosen = None;
    }

    fn touched(&mut self) {
        self.chosen = None;
        self.error = None;
    }

    /// The part before the cursor that is replaced when a choice is taken, and where it starts.
    pub fn last_word(&self) -> (usize, &str) {
        let before = &self.text[..self.byte(self.cursor)];
        let start = before.rfind([' ', '=', ',']).map_or(0, |at| at + 1);
        (start, &before[start..])
    }

    /// Puts the next choice in place of the last word.
    pub fn complete(&mut self, back: bool) {
        let count = self.choices.len();
        if count == 0 {
            return;
        }
        let next = match (self.chosen, back) {
            (None, false) => 0,
            (None, true) => count - 1,
            (Some(at), false) => (at + 1) % count,
            (Some(at), true) => (at + count - 1) % count,
        };
        let (start, _) = self.last_word();
        let end = self.byte(self.cursor);
        let choice = self.choices[next].clone();
        self.text.replace_range(start..end, &choice);
        self.cursor = self.text[..start].chars().count() + choice.chars().count();
        // A single choice is settled; among several the next Tab goes on.
        self.chosen = (count > 1).then_some(next);
        self.error = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_edited_by_characters_not_bytes() {
        let mut line = Prompt::new(Purpose::Command, "断开");
        line.insert('x');
        line.shift(-2);
        assert!(line.backspace());
        assert_eq!((line.text.as_str(), line.cursor), ("开x", 0));
        line.delete();
        line.shift(9);
        assert_eq!((line.text.as_str(), line.cursor), ("x", 1));
        assert!(line.backspace());
        assert!(!line.backspace());
    }

    #[test]
    fn tab_goes_round_the_choices() {
        let mut line = Prompt::new(Purpose::Command, "down a");
        line.choices = vec!["ann--sw".to_owned(), "amy--sw".to_owned()];
        line.complete(false);
        assert_eq!(line.text, "down ann--sw");
        line.complete(false);
        assert_eq!(line.text, "down amy--sw");
        line.complete(true);
        assert_eq!(line.text, "down ann--sw");
    }
}
