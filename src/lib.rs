//! A chat room for any web page.
