//! What the build takes away from the style sheet, and what it leaves. Run natively and in the browsers.

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[macro_use]
#[path = "../both/mod.rs"]
mod both;

#[path = "../../build/sheet.rs"]
mod sheet;

use sheet::minify;

tests! {
    fn what_means_nothing_goes() {
        let css = "/* a */\n.a > .b,\n.c {\n  color: red; /* b */\n  margin: 0.5rem -0.25em 10.5px !important;\n}\n";
        assert_eq!(minify(css), ".a>.b,.c{color:red;margin:.5rem -.25em 10.5px!important}");
    }

    fn what_means_something_stays() {
        for css in [
            ".a .b{width:calc(1px + 2px - (3px * 2))}",
            ".a :hover{color:red}",
            "@media (width<30rem) and (hover){a{color:red}}",
            ".a + .b{content:\"/* {  } */ \\\" 0.5\"}",
            "a[title='x  y']{color:red}",
            "a{font:1rem/1.5 \"A  B\",serif}",
            ".row:is(.a,.b) [hidden]{inset:auto 0 0}",
        ] {
            assert_eq!(minify(css), css);
        }
    }

    fn a_comment_parts_what_it_stands_between() {
        assert_eq!(minify("a/**/b{c:d}"), "a b{c:d}");
        assert_eq!(minify("a { c: d } /* never ended"), "a{c:d}");
    }
}
