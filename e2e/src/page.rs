//! One window of a browser.

use std::rc::Rc;

use fantoccini::{Client, wd::WindowHandle};
use serde_json::{Value, json};

use crate::{browser::Browser, wait::within};

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

    /// Presses keys wherever the focus is.
    ///
    /// # Panics
    /// If the browser does not take them.
    pub async fn press(&self, keys: &str) {
        let element = self
            .client()
            .await
            .active_element()
            .await
            .expect("something has the focus");
        element.send_keys(keys).await.expect("keys can be pressed");
    }

    /// Gives the page this much room, in CSS pixels, also where a window cannot be so small.
    pub async fn resize(&self, width: u32, height: u32) {
        let viewport = json!({ "width": width, "height": height });
        let context = String::from(self.window.clone());
        let params = json!({ "context": context, "viewport": viewport });
        self.browser.bidi().command("browsingContext.setViewport", params).await;
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
