//! The only file that touches the terminal: keys and mouse in, cells out, and the terminal as it was when we leave.

use std::io::{self, IsTerminal, Stdout, Write, stdout};
use std::path::Path;
use std::time::Duration;

use overunder_sim::view::sentence::fill;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{
    self, DisableMouseCapture, EnableMouseCapture, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton,
    MouseEvent, MouseEventKind,
};
use ratatui::crossterm::style::force_color_output;
use ratatui::crossterm::terminal::{
    self, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute};

use crate::app::effect::Effect;
use crate::app::keymap::Key;
use crate::app::look::Charset;
use crate::app::message::{Msg, Target};
use crate::app::model::Model;
use crate::app::update::update;
use crate::store::Store;
use crate::view::{self, Hits};

/// Between two ticks while something moves.
const TICK: Duration = Duration::from_millis(100);
/// Without ticks the program sleeps until a key comes; it wakes this often all the same.
const SLEEP: Duration = Duration::from_hours(1);

type Screen = Terminal<CrosstermBackend<Stdout>>;

/// Shows the model until somebody leaves it.
pub fn run(mut model: Model, store: &Store) -> io::Result<()> {
    let mut screen = enter(&model)?;
    let result = run_on(&mut model, &mut screen, store);
    leave()?;
    result
}

/// Whether there is a terminal to show anything on.
pub fn has_terminal() -> bool {
    stdout().is_terminal() && io::stdin().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

fn enter(model: &Model) -> io::Result<Screen> {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // A message on the alternate screen would vanish with it.
        let _ = leave();
        before(panic);
    }));
    enable_raw_mode()?;
    // Told to leave colours out, crossterm 0.29 writes empty sequences that end bold and reverse, too. The palette
    // without colours asks for none, so it may be told to write them.
    force_color_output(true);
    execute!(stdout(), EnterAlternateScreen, cursor::Hide)?;
    if model.settings.mouse {
        execute!(stdout(), EnableMouseCapture)?;
    }
    Terminal::new(CrosstermBackend::new(stdout()))
}

fn leave() -> io::Result<()> {
    execute!(stdout(), DisableMouseCapture, LeaveAlternateScreen, cursor::Show)?;
    disable_raw_mode()
}

fn run_on(model: &mut Model, screen: &mut Screen, store: &Store) -> io::Result<()> {
    let size = screen.size()?;
    update(model, Msg::Resize(size.width, size.height));
    loop {
        let mut hits = Hits::default();
        screen.draw(|frame| hits = view::render(model, frame.buffer_mut()))?;
        let mut messages = wait(model, &hits)?;
        // What came meanwhile is done at once: a slow terminal is drawn on once, not once for each key.
        while event::poll(Duration::ZERO)? && messages.len() < 64 {
            messages.extend(read(&hits)?);
        }
        for message in messages {
            let effects = update(model, message);
            if !perform(model, effects, store)? {
                return Ok(());
            }
        }
    }
}

fn wait(model: &Model, hits: &Hits) -> io::Result<Vec<Msg>> {
    let ticks = model.wants_ticks();
    if event::poll(if ticks { TICK } else { SLEEP })? {
        Ok(read(hits)?.into_iter().collect())
    } else {
        Ok(if ticks { vec![Msg::Tick] } else { Vec::new() })
    }
}

fn read(hits: &Hits) -> io::Result<Option<Msg>> {
    Ok(match event::read()? {
        Event::Key(key) if key.kind != KeyEventKind::Release => self::key(key).map(Msg::Key),
        Event::Resize(width, height) => Some(Msg::Resize(width, height)),
        Event::Mouse(mouse) => self::mouse(mouse, hits),
        _ => None,
    })
}

fn key(event: KeyEvent) -> Option<Key> {
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    Some(match event.code {
        // Who presses Ctrl-C wants to leave.
        KeyCode::Char('c') if control => Key::Char('q'),
        KeyCode::Char(_) if control || event.modifiers.contains(KeyModifiers::ALT) => return None,
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::F(n) => Key::F(n),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    })
}

fn mouse(event: MouseEvent, hits: &Hits) -> Option<Msg> {
    let target = hits.at(event.column, event.row);
    let pane = hits.pane_at(event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => target.map(Msg::Click),
        MouseEventKind::ScrollDown => Some(Msg::Wheel(pane, 3)),
        MouseEventKind::ScrollUp => Some(Msg::Wheel(pane, -3)),
        _ => None,
    }
}

/// Does what the program wants done. False when it wants to end.
fn perform(model: &mut Model, effects: Vec<Effect>, store: &Store) -> io::Result<bool> {
    let mut goes_on = true;
    for effect in effects {
        match effect {
            Effect::Quit => goes_on = false,
            Effect::Save { path, lab, text } => {
                let result = store.save(path.as_deref(), &lab, &text);
                let failed = result.is_err();
                update(model, Msg::Saved(result));
                // Who wanted to save before leaving stays if it cannot be.
                if failed {
                    return Ok(true);
                }
            }
            Effect::Keep(progress) => {
                if let Err(error) = store.keep(&progress) {
                    model.complain(error);
                }
            }
            Effect::Shot { path } => {
                let picture = crate::shot::picture(model, crate::shot::Paper::Dark);
                let result = write(model, &path, picture.as_bytes());
                update(model, Msg::Written { line: format!("shot {path}"), result });
            }
            Effect::Export { path, text, over: false } if Path::new(&path).is_file() => {
                update(model, Msg::Exists(path, text));
            }
            Effect::Export { path, text, .. } => {
                let result = write(model, &path, text.as_bytes());
                update(model, Msg::Written { line: format!("export {path}"), result });
            }
            Effect::Copy(text) => {
                write!(stdout(), "\x1b]52;c;{}\x07", base64(text.as_bytes()))?;
                stdout().flush()?;
                update(model, Msg::Copied);
            }
            Effect::Mouse(true) => execute!(stdout(), EnableMouseCapture)?,
            Effect::Mouse(false) => execute!(stdout(), DisableMouseCapture)?,
        }
    }
    Ok(goes_on)
}

/// Writes a file, and says where it is in full or why it is not.
fn write(model: &Model, path: &str, bytes: &[u8]) -> Result<String, String> {
    match crate::whole::write(Path::new(path), bytes) {
        Ok(()) => Ok(std::path::absolute(path).map_or(path.to_owned(), |path| path.display().to_string())),
        Err(error) => Err(fill(model.words().not_written, |gap| match gap {
            "why" => Some(error.to_string()),
            _ => Some(path.to_owned()),
        })),
    }
}

/// Asks the terminal how wide it draws a line: where East Asian fonts draw it two cells wide, only ASCII keeps columns.
pub fn probe() -> Charset {
    let ask = || -> io::Result<u16> {
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen, cursor::MoveTo(0, 0))?;
        write!(stdout(), "─")?;
        stdout().flush()?;
        let (column, _) = cursor::position()?;
        execute!(stdout(), terminal::Clear(terminal::ClearType::All), LeaveAlternateScreen)?;
        disable_raw_mode()?;
        Ok(column)
    };
    if let Ok(1) = ask() {
        return Charset::Unicode;
    }
    let _ = leave();
    Charset::Ascii
}

/// The clipboard sequence of terminals (OSC 52) wants its text so.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

impl Hits {
    /// The pane at a place.
    fn pane_at(&self, x: u16, y: u16) -> Option<crate::app::model::Pane> {
        self.all_at(x, y).find_map(|target| match target {
            Target::Pane(pane) => Some(pane),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier, Style};

    use super::*;

    #[test]
    fn base64_is_what_others_make_of_it() {
        for (text, wanted) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("中", "5Lit")] {
            assert_eq!(base64(text.as_bytes()), wanted);
        }
    }

    #[test]
    fn without_colours_no_empty_sequence_ends_an_attribute() {
        use ratatui::backend::Backend;
        use ratatui::buffer::Cell;
        force_color_output(true);
        let mut bytes = Vec::new();
        let mut backend = CrosstermBackend::new(&mut bytes);
        let mut bold = Cell::new("a");
        bold.set_style(Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED));
        let mut plain = Cell::new("b");
        plain.set_style(Style::new().fg(Color::Reset));
        backend.draw([(0, 0, &bold), (1, 0, &plain), (2, 0, &bold)].into_iter()).expect("draws into memory");
        let text = String::from_utf8(bytes).expect("is text");
        assert!(!text.contains("\x1b[m") && !text.contains("\x1b[;m"), "{text:?}");
        assert!(text.contains("\x1b[7m") && text.contains("\x1b[1m"));
    }
}
