//! The server and its command line.

/// Many small pieces come and go in every request and row, on many threads; the C library's own allocator is slower at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    shiming::main()
}
