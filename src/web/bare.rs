//! What a program without the standard library brings along itself: a heap, and an end.

use core::arch::wasm32;
use core::panic::PanicInfo;

use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

// It keeps a few queues: the standard one is as large as the rest of the socket.
//
// SAFETY: wasm32-unknown-unknown without atomics has one thread, and this build is for nobody else's program.
#[expect(unsafe_code, reason = "the promise of one thread")]
#[global_allocator]
static HEAP: AssumeSingleThreaded<FreeListAllocator> = unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

/// A trap, which JavaScript sees as a RuntimeError; so it is with the standard library, which has nowhere to write.
#[panic_handler]
fn end(_: &PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}
