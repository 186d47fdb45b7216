//! The server and its command line.

fn main() -> std::process::ExitCode {
    shiming::main()
}
