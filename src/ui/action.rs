//! What a person can do, by name: keys, palette, help and configuration all speak of these.

use std::str::FromStr;

/// An action for people.
#[derive(Clone, Copy, Debug)]
pub struct ActionInfo {
    /// The action.
    pub action: Action,
    /// The part of the help that it stands in.
    pub section: &'static str,
    /// Its name in the configuration and in the palette.
    pub name: &'static str,
    /// A word or two for the footer.
    pub short: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// One table of actions: the section, then each action, its name, its word for the footer, its help.
macro_rules! actions {
    ($($section:literal { $($action:ident $name:literal $short:literal $help:literal)+ })+) => {
        /// One thing to do in the explorer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[doc = $help] $action),+),+ }

        /// Every action, in the order of the help screen.
        pub const ACTIONS: &[ActionInfo] = &[$($(ActionInfo {
            action: Action::$action,
            section: $section,
            name: $name,
            short: $short,
            help: $help,
        }),+),+];
    };
}

actions! {
    "Moving" {
        Up "up" "up" "one row up; in a detail, one line"
        Down "down" "down" "one row down; in a detail, one line"
        PageUp "page_up" "page up" "one page up"
        PageDown "page_down" "page down" "one page down"
        Top "top" "top" "to the beginning"
        Bottom "bottom" "bottom" "to the end"
        Open "open" "open" "open the detail of the row; of a host or a finding, what is behind it; in the overview, look closer"
        Back "back" "back" "back to exactly where you were"
        NextRow "next_row" "next row" "the next row, with its detail if one is open"
        PreviousRow "previous_row" "previous row" "the row before, with its detail if one is open"
        NextBad "next_bad" "next bad" "the next row graded C or worse, or refused; of findings, the next that is more than an info"
        PreviousBad "previous_bad" "previous bad" "the row before that is bad in this way"
        Joined "joined" "joined" "to the same journey: next host, notice, log or headers; in the overview, to the messages"
        Messages "messages" "messages" "the messages of the loaded logs"
        Hosts "hosts" "hosts" "the remote hosts and what their grades were over time"
        Chains "chains" "chains" "the loaded mails and their hops"
        Findings "findings" "findings" "what somebody should act on, the worst first"
        Overview "overview" "overview" "grades over time, what protected them, and whom to look at first"
        Earlier "earlier" "earlier" "in the overview, the stretch of time before"
        Later "later" "later" "in the overview, the next stretch of time"
        NextView "next_view" "next view" "the next view"
        PreviousView "previous_view" "previous view" "the view before"
    }
    "Finding" {
        Filter "filter" "filter" "edit the filter"
        ClearFilter "clear_filter" "no filter" "drop the filter"
        SameHost "same_host" "this host" "filter by the remote host of the row"
        Sort "sort" "sort" "sort by the next column"
        Reverse "reverse" "reverse" "turn the order round"
    }
    "Looking" {
        Domains "domains" "domains" "hosts or organisational domains, in the list of hosts"
        Raw "raw" "raw" "raw log lines or headers, and back"
        Evidence "evidence" "evidence" "read the text about the row, or the marked rows, that can be sent to others"
        Follow "follow" "follow" "read on as the logs grow, and stop that"
        NotUnderstood "not_understood" "not understood" "list the lines that were not understood"
        Trust "trust" "trust" "of a mail, choose down to which header the hosts are ours: what those say is witnessed"
        Profile "profile" "profile" "grade by the next profile"
        Mask "mask" "mask" "mask people on screen and in copies, and back"
        Theme "theme" "theme" "the next colour theme"
        Language "language" "language" "the other language of texts to send: English or German"
    }
    "Taking along" {
        Mark "mark" "mark" "mark the row for copying, or unmark it"
        Unmark "unmark" "unmark" "drop all marks"
        CopyRow "copy_row" "sentence" "copy the row, or the marked rows, as sentences"
        CopyId "copy_id" "ID" "copy the queue ID or Message-ID"
        CopyRaw "copy_raw" "raw" "copy the raw lines"
        CopyStory "copy_story" "story" "copy the timeline, the chain or the detail as text"
        CopyEvidence "copy_evidence" "evidence" "copy the evidence about the row, or the marked rows, as a submission to an authority"
        CopyNote "copy_note" "note" "copy a note about it to the postmaster on the other side"
        CopyFilter "copy_filter" "filter" "copy the filter as a command line"
        WriteCopy "write_copy" "write" "write the last copy to a file"
    }
    "The program" {
        Help "help" "help" "this help"
        Cases "cases" "cases" "choose another of the bundled cases"
        Palette "palette" "commands" "choose any action by its name"
        CancelLoad "cancel_load" "stop loading" "stop loading and keep what is there"
        Suspend "suspend" "suspend" "hand the terminal back to the shell for a while"
        Quit "quit" "quit" "leave"
    }
}

impl Action {
    /// What people should know of it.
    pub fn info(self) -> &'static ActionInfo {
        // The table holds every action: both are made from one list.
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
