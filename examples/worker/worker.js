// The worker: all that it does is in the module's start function.
import init from "./pkg/chat_room_worker.js";

await init();
