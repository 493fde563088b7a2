use chat_room::traffic::{BadHex, dump, hex, parse_hex};

tests! {
    fn bytes_are_pairs_of_digits() {
        assert_eq!(hex(&[]), "");
        assert_eq!(hex(&[0, 0x9f, 0xff]), "00 9f ff");
    }

    fn a_dump_has_offsets_bytes_and_ascii() {
        let bytes: Vec<u8> = (0x3a..0x4b).chain([0, 0x7f, 0xff, b'~', b' ']).collect();
        assert_eq!(dump(&bytes), "\
00000000   3a 3b 3c 3d 3e 3f 40 41  42 43 44 45 46 47 48 49  :;<=>?@ABCDEFGHI
00000010   4a 00 7f ff 7e 20                                 J...~ ");
        assert_eq!(dump(&[]), "");
        assert_eq!(dump(&[0; 16]).lines().count(), 1);
        assert_eq!(dump(&[0; 17]).lines().count(), 2);
        assert!(dump(&vec![0; 0x1_0001]).ends_with("."), "however long it is");
        assert!(dump(&vec![0; 0x1_0001]).contains("\n00010000 "));
    }

    fn digits_are_read_however_they_are_set_out() {
        for (text, bytes) in [
            ("", &[][..]),
            (" \n\t ", &[]),
            ("00", &[0]),
            ("009fFF", &[0, 0x9f, 0xff]),
            ("00 9f\nff", &[0, 0x9f, 0xff]),
            ("00 9f\r\nff\r\n", &[0, 0x9f, 0xff]),
            ("0x00, 0x9f,0XFF", &[0, 0x9f, 0xff]),
            ("0x009fff", &[0, 0x9f, 0xff]),
            ("\\x00\\x9F\\xff", &[0, 0x9f, 0xff]),
            ("0x000x9f", &[0, 0x9f]),
            ("00\u{3000}9f", &[0, 0x9f]),
        ] {
            assert_eq!(parse_hex(text), Ok(bytes.to_vec()), "{text:?}");
        }
    }

    fn a_bad_digit_is_named_with_its_place() {
        let digit = |character, line, place| BadHex::Digit { character, line, place };
        let half = |line, place| BadHex::Half { line, place };
        for (text, error) in [
            ("g0", digit('g', 1, 1)),
            ("0g", digit('g', 1, 2)),
            ("00 9f\n ff 1z", digit('z', 2, 6)),
            ("00 你", digit('你', 1, 4)),
            ("00,，", digit('，', 1, 4)),
            ("\u{1f600}", digit('\u{1f600}', 1, 1)),
            ("0", half(1, 1)),
            ("00 1 22", half(1, 4)),
            ("00 1,22", half(1, 4)),
            ("00\n1", half(2, 1)),
            ("0x", half(1, 1)),
            ("00 0x 11", half(1, 4)),
            ("0xg1", half(1, 1)),
            ("\\", digit('\\', 1, 1)),
            ("0x0x00", digit('x', 1, 4)),
        ] {
            assert_eq!(parse_hex(text), Err(error), "{text:?}");
        }
    }

    fn what_is_written_is_read_again() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(parse_hex(&hex(&bytes)), Ok(bytes));
    }
}
