//! Tells the drivers what they are built with: the versions of rustc and of crossbeam-utils, for their hello.

use std::{env, fs, process::Command};

fn main() {
    let rustc = Command::new(env::var("RUSTC").unwrap()).arg("--version").output().unwrap();
    println!("cargo:rustc-env=RUSTC_VERSION={}", String::from_utf8_lossy(&rustc.stdout).trim());

    // Only the lock file tells the version of a dependency; cargo has written it by now.
    let lock = fs::read_to_string("Cargo.lock").unwrap();
    let mut lines = lock.lines().skip_while(|line| *line != "name = \"crossbeam-utils\"").skip(1);
    let version = lines.next().and_then(|line| line.split('"').nth(1)).unwrap();
    println!("cargo:rustc-env=CROSSBEAM_VERSION={version}");
    println!("cargo:rerun-if-changed=Cargo.lock");
}
