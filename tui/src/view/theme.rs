//! Colours and emphasis by purpose, in three palettes. Nothing is told by colour alone.

use ratatui::style::{Color, Modifier, Style};

use crate::app::look::{Palette, Settings};

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Less important text.
    Dim,
    /// More important text.
    Strong,
    /// A heading.
    Title,
    /// The frame of a pane.
    Border,
    /// The frame of the pane that has the keys.
    Focus,
    /// The chosen line.
    Select,
    /// The present step.
    Now,
    /// A key in a hint.
    Key,
    /// A row that is new.
    Added,
    /// A row that says something else.
    Changed,
    /// A row that is gone.
    Removed,
    /// A loss.
    Drop,
    /// A warning, a breakpoint.
    Alert,
    /// An answer that is right, a check that holds.
    Good,
    /// A node of the map.
    Node,
    /// A cable of the map.
    Cable,
    /// The frame, and the cable it came by.
    Active,
    /// Where the frame goes.
    Leaving,
    /// Outer headers.
    Outer,
    /// Tunnel headers.
    Tunnel,
    /// Inner headers.
    Inner,
    /// A question.
    Ask,
}

/// The palette in use.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    palette: Palette,
    full: bool,
}

impl Theme {
    /// The theme of the settings.
    pub fn new(settings: Settings) -> Self {
        Self { palette: settings.palette, full: settings.full_colour }
    }

    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        match self.palette {
            Palette::Mono => mono(role),
            Palette::Plain => plain(role, self.full),
            Palette::Contrast => contrast(role),
        }
    }
}

/// Bold, reverse and underline only; what they cannot tell, letters and signs do.
fn mono(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Select | Role::Drop => style.add_modifier(Modifier::REVERSED),
        Role::Now => style.add_modifier(Modifier::BOLD | Modifier::REVERSED),
        // What is in use has heavy lines: reversed they would be blots.
        Role::Active
        | Role::Strong
        | Role::Title
        | Role::Focus
        | Role::Key
        | Role::Added
        | Role::Alert
        | Role::Ask
        | Role::Good => style.add_modifier(Modifier::BOLD),
        Role::Changed | Role::Inner | Role::Leaving => style.add_modifier(Modifier::UNDERLINED),
        Role::Tunnel => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        _ => style,
    }
}

/// Blue outside, orange tunnel, green inside: told apart by people who see no red or no green.
fn plain(role: Role, full: bool) -> Style {
    let style = Style::new();
    let colour = |rgb: (u8, u8, u8), ansi: Color| if full { Color::Rgb(rgb.0, rgb.1, rgb.2) } else { ansi };
    let blue = colour((0x56, 0xb4, 0xe9), Color::LightBlue);
    let orange = colour((0xe6, 0x9f, 0x00), Color::Yellow);
    let green = colour((0x2f, 0xb3, 0x8a), Color::Green);
    match role {
        Role::Text | Role::Node => style,
        Role::Dim | Role::Border | Role::Cable | Role::Removed => style.fg(Color::DarkGray),
        Role::Strong | Role::Title => style.add_modifier(Modifier::BOLD),
        Role::Focus => style.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        // Laid over a line it takes the colours away, for reversed they would be patches.
        Role::Select => style.fg(Color::Reset).add_modifier(Modifier::REVERSED),
        Role::Now => style.fg(Color::Cyan).add_modifier(Modifier::BOLD | Modifier::REVERSED),
        Role::Key => style.fg(Color::Cyan),
        Role::Added | Role::Good => style.fg(green).add_modifier(Modifier::BOLD),
        Role::Drop => style.fg(Color::LightMagenta).add_modifier(Modifier::REVERSED),
        Role::Alert | Role::Ask => style.fg(Color::LightMagenta).add_modifier(Modifier::BOLD),
        Role::Active => style.fg(orange).add_modifier(Modifier::BOLD),
        Role::Leaving | Role::Outer => style.fg(blue),
        Role::Changed | Role::Tunnel => style.fg(orange),
        Role::Inner => style.fg(green),
    }
}

/// Strong colours only, nothing dim.
fn contrast(role: Role) -> Style {
    let style = Style::new().fg(Color::White);
    let bold = style.add_modifier(Modifier::BOLD);
    match role {
        Role::Strong | Role::Title | Role::Node => bold,
        Role::Focus | Role::Key => bold.fg(Color::LightCyan),
        Role::Select => bold.add_modifier(Modifier::REVERSED),
        Role::Now => bold.fg(Color::LightCyan).add_modifier(Modifier::REVERSED),
        Role::Added | Role::Good | Role::Inner => bold.fg(Color::LightGreen),
        Role::Changed | Role::Active | Role::Tunnel => bold.fg(Color::LightYellow),
        Role::Drop => bold.fg(Color::LightRed).add_modifier(Modifier::REVERSED),
        Role::Alert | Role::Ask => bold.fg(Color::LightMagenta),
        Role::Leaving | Role::Outer => bold.fg(Color::LightBlue),
        Role::Text | Role::Dim | Role::Border | Role::Cable | Role::Removed => style,
    }
}
