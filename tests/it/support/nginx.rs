//! nginx as a proxy.

use std::path::Path;
use std::process::Command;

/// What is around a site: one process, and every file in the folder.
fn around(folder: &Path) -> String {
    let folder = folder.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {folder}/{what};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/log;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}include {folder}/site;\n}}\n"
    )
}

/// nginx in a folder, for a [`Proxy`](super::Proxy).
pub fn nginx(folder: &Path) -> Command {
    let main = folder.join("main");
    std::fs::write(&main, around(folder)).unwrap();
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(folder).arg("-c").arg(main).arg("-e").arg(folder.join("log"));
    command
}
