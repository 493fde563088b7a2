//! One window of a browser.

use std::rc::Rc;

use fantoccini::{
    Client,
    actions::{InputSource, KeyAction, KeyActions},
    wd::WindowHandle,
};
use serde_json::{Value, json};

use crate::{browser::Browser, wait::within};

const SHIFT: char = '\u{e008}';

/// A window, and the page in it.
#[derive(Clone, Debug)]
pub struct Page {
    browser: Rc<Browser>,
    window: WindowHandle,
}

impl Page {
    /// The page of this window.
    pub fn new(browser: Rc<Browser>, window: WindowHandle) -> Self {
        Self { browser, window }
    }

    /// The browser it is in.
    pub fn browser(&self) -> &Rc<Browser> {
        &self.browser
    }

    /// WebDriver, for commands to this page.
    pub async fn client(&self) -> &Client {
        self.browser.client(&self.window).await
    }

    /// Opens another page in this window.
    ///
    /// # Panics
    /// If it cannot be loaded.
    pub async fn go(&self, url: &str) {
        let going = within(url, self.client().await.goto(url)).await;
        going.unwrap_or_else(|error| panic!("{url} cannot be opened: {error}"));
    }

    /// Runs a script, to read something or to do what WebDriver cannot.
    ///
    /// # Panics
    /// If the script throws.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        let run = within("a script", self.client().await.execute(script, arguments)).await;
        run.unwrap_or_else(|error| panic!("{error}\nin the script: {script}"))
    }

    /// Presses keys wherever the focus is. Shift is let go where it comes again.
    ///
    /// # Panics
    /// If the browser does not take them.
    pub async fn press(&self, keys: &str) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        let mut shifted = false;
        for value in keys.chars() {
            let (down, up) = (KeyAction::Down { value }, KeyAction::Up { value });
            actions = match (value, shifted) {
                (SHIFT, false) => actions.then(down),
                (SHIFT, true) => actions.then(up),
                _ => actions.then(down).then(up),
            };
            shifted ^= value == SHIFT;
        }
        let pressed = within("keys", self.client().await.perform_actions(actions)).await;
        pressed.expect("keys can be pressed");
    }

    /// Gives the page this much room, in CSS pixels, also where a window cannot be so small.
    pub async fn resize(&self, width: u32, height: u32) {
        self.set_viewport(width, height, 1).await;
    }

    /// The same with two pixels of the screen for each, as on good screens.
    pub async fn resize_dense(&self, width: u32, height: u32) {
        self.set_viewport(width, height, 2).await;
    }

    async fn set_viewport(&self, width: u32, height: u32, density: u32) {
        let params = json!({
            "context": String::from(self.window.clone()),
            "viewport": { "width": width, "height": height },
            "devicePixelRatio": density,
        });
        self.browser.bidi().command("browsingContext.setViewport", params).await;
    }

    /// Closes the window, as a user does.
    pub async fn close(&self) {
        self.browser.close_window(&self.window).await;
    }

    /// Takes the network from this page, or gives it back.
    pub async fn set_offline(&self, offline: bool) {
        let conditions = if offline {
            json!({ "type": "offline" })
        } else {
            Value::Null
        };
        let params = json!({
            "networkConditions": conditions,
            "contexts": [String::from(self.window.clone())],
        });
        let bidi = self.browser.bidi();
        bidi.command("emulation.setNetworkConditions", params).await;
    }

    /// Has Chromium do what its DevTools can.
    pub async fn devtools(&self, method: &str, params: Value) {
        let bidi = self.browser.bidi();
        let context = json!({ "context": String::from(self.window.clone()) });
        let session = bidi.command("goog:cdp.getSession", context).await;
        let params = json!({ "method": method, "params": params, "session": session["session"] });
        bidi.command("goog:cdp.sendCommand", params).await;
    }

    /// What is to be seen, as a PNG.
    ///
    /// # Panics
    /// If the browser does not give it.
    pub async fn screenshot(&self) -> Vec<u8> {
        let taken = within("a screenshot", self.client().await.screenshot()).await;
        taken.expect("a picture")
    }
}
