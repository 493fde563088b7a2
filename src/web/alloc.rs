//! The heap of the socket alone, which keeps a few queues: the standard one is as large as the rest of the socket.

use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

// SAFETY: wasm32-unknown-unknown without atomics has one thread, and this build is for nobody else's program.
#[expect(unsafe_code, reason = "the promise of one thread")]
#[global_allocator]
static HEAP: AssumeSingleThreaded<FreeListAllocator> = unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };
