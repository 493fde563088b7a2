//! The relay of chat-room.
