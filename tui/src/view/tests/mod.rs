//! What the screen looks like.
