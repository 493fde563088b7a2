// What renders pages on a server imports the module as its pages do, and leaves it at that.
import init, { ChatRoomElement } from "chat-room";

if (typeof init !== "function" || ChatRoomElement.OPEN !== 1) process.exit(1);
