//! An API behind a reverse proxy that asks `/forward-auth`: the real proxy, by the configuration that the guide shows.

mod backend;
mod caddy;
mod nginx;
mod scene;
mod session;
