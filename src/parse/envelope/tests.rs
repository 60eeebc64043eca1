//! Frames, one family after the other.
