//! Text on its way to a person: sanitising, display width, truncation.
