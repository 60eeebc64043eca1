//! What a person can do, by name: keys, palette, help and configuration all speak of these.

use std::str::FromStr;

/// One thing to do in the explorer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// First row.
    Top,
    /// Last row.
    Bottom,
    /// Scroll left.
    Left,
    /// Scroll right.
    Right,
    /// Open the row's detail.
    Open,
    /// Back to where one was.
    Back,
    /// The next view.
    NextView,
    /// The view before.
    PreviousView,
    /// View of log messages.
    Messages,
    /// View of loaded mails and their hops.
    Chains,
    /// Edit the filter.
    Filter,
    /// Drop the filter.
    ClearFilter,
    /// Next row with a bad grade.
    NextBad,
    /// Row before with a bad grade.
    PreviousBad,
    /// Sort by the next column.
    Sort,
    /// Reverse the order.
    Reverse,
    /// Mark or unmark the row.
    Mark,
    /// Drop all marks.
    Unmark,
    /// Show the raw lines.
    Raw,
    /// Go to what the row is joined with: the log of a chain, the chain of a log message.
    Joined,
    /// Filter by the row's remote host.
    SameHost,
    /// Lines that were not understood.
    NotUnderstood,
    /// Next grading profile.
    Profile,
    /// Mask people on screen and in copies.
    Mask,
    /// Next theme.
    Theme,
    /// Copy the row as a sentence.
    CopyRow,
    /// Copy the ID.
    CopyId,
    /// Copy the raw lines.
    CopyRaw,
    /// Copy the timeline or the chain as text.
    CopyStory,
    /// Copy the filter as a command line.
    CopyFilter,
    /// Write the last copy to a file.
    WriteCopy,
    /// This help.
    Help,
    /// Choose any action by name.
    Palette,
    /// Stop loading and keep what is there.
    CancelLoad,
    /// Hand the terminal back for a while.
    Suspend,
    /// Leave.
    Quit,
}

/// An action for people.
#[derive(Clone, Copy, Debug)]
pub struct ActionInfo {
    /// The action.
    pub action: Action,
    /// Its name in the configuration and in the palette.
    pub name: &'static str,
    /// What it does.
    pub help: &'static str,
    /// A word or two for the footer.
    pub short: &'static str,
}

const fn info(
    action: Action,
    name: &'static str,
    short: &'static str,
    help: &'static str,
) -> ActionInfo {
    ActionInfo {
        action,
        name,
        help,
        short,
    }
}

/// Every action, in the order of the help screen.
pub const ACTIONS: &[ActionInfo] = &[
    info(Action::Up, "up", "up", "one row up"),
    info(Action::Down, "down", "down", "one row down"),
    info(Action::PageUp, "page_up", "page up", "one page up"),
    info(Action::PageDown, "page_down", "page down", "one page down"),
    info(Action::Top, "top", "top", "first row"),
    info(Action::Bottom, "bottom", "bottom", "last row"),
    info(
        Action::Left,
        "left",
        "left",
        "scroll the detail to the left",
    ),
    info(
        Action::Right,
        "right",
        "right",
        "scroll the detail to the right",
    ),
    info(Action::Open, "open", "open", "open the detail of the row"),
    info(
        Action::Back,
        "back",
        "back",
        "back to exactly where you were",
    ),
    info(Action::NextView, "next_view", "next view", "next view"),
    info(
        Action::PreviousView,
        "previous_view",
        "previous view",
        "previous view",
    ),
    info(
        Action::Messages,
        "messages",
        "messages",
        "messages of the loaded logs",
    ),
    info(
        Action::Chains,
        "chains",
        "chains",
        "loaded mails and their hops",
    ),
    info(Action::Filter, "filter", "filter", "edit the filter"),
    info(
        Action::ClearFilter,
        "clear_filter",
        "no filter",
        "drop the filter",
    ),
    info(
        Action::NextBad,
        "next_bad",
        "next bad",
        "next row graded C or worse, or refused",
    ),
    info(
        Action::PreviousBad,
        "previous_bad",
        "previous bad",
        "previous row graded C or worse, or refused",
    ),
    info(Action::Sort, "sort", "sort", "sort by the next column"),
    info(Action::Reverse, "reverse", "reverse", "reverse the order"),
    info(
        Action::Mark,
        "mark",
        "mark",
        "mark or unmark the row for copying",
    ),
    info(Action::Unmark, "unmark", "unmark", "drop all marks"),
    info(
        Action::Raw,
        "raw",
        "raw",
        "raw log lines or headers, and back",
    ),
    info(
        Action::Joined,
        "joined",
        "joined",
        "go to the joined chain or log message",
    ),
    info(
        Action::SameHost,
        "same_host",
        "this host",
        "filter by the remote host of the row",
    ),
    info(
        Action::NotUnderstood,
        "not_understood",
        "not understood",
        "list the lines that were not understood",
    ),
    info(
        Action::Profile,
        "profile",
        "profile",
        "next grading profile",
    ),
    info(
        Action::Mask,
        "mask",
        "mask",
        "mask people on screen and in copies",
    ),
    info(Action::Theme, "theme", "theme", "next colour theme"),
    info(
        Action::CopyRow,
        "copy_row",
        "sentence",
        "copy the row, or the marked rows, as sentences",
    ),
    info(
        Action::CopyId,
        "copy_id",
        "ID",
        "copy the queue ID or Message-ID",
    ),
    info(
        Action::CopyRaw,
        "copy_raw",
        "raw lines",
        "copy the raw lines",
    ),
    info(
        Action::CopyStory,
        "copy_story",
        "timeline",
        "copy the timeline or the chain as text",
    ),
    info(
        Action::CopyFilter,
        "copy_filter",
        "filter",
        "copy the filter as a command line",
    ),
    info(
        Action::WriteCopy,
        "write_copy",
        "write",
        "write the last copy to a file",
    ),
    info(Action::Help, "help", "help", "this help"),
    info(
        Action::Palette,
        "palette",
        "commands",
        "choose any action by its name",
    ),
    info(
        Action::CancelLoad,
        "cancel_load",
        "stop loading",
        "stop loading and keep what is there",
    ),
    info(
        Action::Suspend,
        "suspend",
        "suspend",
        "hand the terminal back to the shell",
    ),
    info(Action::Quit, "quit", "quit", "leave"),
];

impl Action {
    /// What people should know of it.
    pub fn info(self) -> &'static ActionInfo {
        // The table holds every action, which a test asserts; the first entry is never the answer.
        ACTIONS
            .iter()
            .find(|info| info.action == self)
            .unwrap_or(&ACTIONS[0])
    }
}

/// A name that is no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown action {0:?}")]
pub struct UnknownAction(String);

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(name: &str) -> Result<Self, UnknownAction> {
        let found = ACTIONS.iter().find(|info| info.name == name);
        found
            .map(|info| info.action)
            .ok_or_else(|| UnknownAction(name.to_owned()))
    }
}
