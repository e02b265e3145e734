//! The session of a browser in which somebody has signed in.
