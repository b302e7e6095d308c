//! The state by itself: scripted sessions.
