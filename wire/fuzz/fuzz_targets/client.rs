//! A relay reads what any client sent.
#![no_main]

use chat_room_wire::ClientFrame;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|message: &str| {
    let Ok(frames) = ClientFrame::decode(message) else {
        return;
    };
    for frame in frames {
        match frame {
            Ok(frame) => {
                let written = frame.to_json();
                assert_eq!(ClientFrame::decode(&written), Ok(vec![Ok(frame)]), "{written}");
            }
            Err(bad) => assert!(bad.to_string().len() <= 160, "{bad}"),
        }
    }
});
