//! What a scenario plays on: browsers, and what to tell when it fails.

use std::{
    cell::RefCell,
    fs,
    panic::{AssertUnwindSafe, resume_unwind},
    path::PathBuf,
    rc::Rc,
    thread,
};

use futures_util::FutureExt;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    browser::{Browser, Engine, Wishes},
    page::Page,
    programs,
    room_page::RoomPage,
};

/// How many browsers run at once: each takes a core while it starts.
const MAX_BROWSERS: usize = 2;

static BROWSERS: Semaphore = Semaphore::const_new(MAX_BROWSERS);

/// What is to be found in a console although all is well: browsers report there that a server was not reached.
const USUAL: [&str; 4] = [
    "WebSocket connection to",
    "can’t establish a connection",
    "can't establish",
    "was interrupted while the page",
];

/// Makes a test in Chromium and one in Firefox of each `async fn name(stage: &Stage)`.
#[macro_export]
macro_rules! in_both_browsers {
    ($($name:ident),+ $(,)?) => {
        mod chromium {
            $(#[tokio::test]
            async fn $name() {
                $crate::stage::play($crate::browser::Engine::Chromium, super::$name).await;
            })+
        }
        mod firefox {
            $(#[tokio::test]
            async fn $name() {
                $crate::stage::play($crate::browser::Engine::Firefox, super::$name).await;
            })+
        }
    };
}

/// Where a scenario plays.
#[derive(Debug)]
pub struct Stage {
    engine: Engine,
    browsers: RefCell<Vec<Rc<Browser>>>,
    pages: RefCell<Vec<Page>>,
    expected: RefCell<Vec<&'static str>>,
    allowed: RefCell<Vec<&'static str>>,
}

/// Plays a scenario in a browser of this kind, and fails if it leaves an error in a console that it does not expect.
pub async fn play(engine: Engine, scenario: impl AsyncFnOnce(&Stage)) {
    let permit = BROWSERS.acquire().await.expect("it is never closed");
    play_with(permit, engine, scenario).await;
}

/// The same, for a scenario that starts a second browser.
pub async fn play_with_two(engine: Engine, scenario: impl AsyncFnOnce(&Stage)) {
    let permits = BROWSERS.acquire_many(2).await.expect("it is never closed");
    play_with(permits, engine, scenario).await;
}

async fn play_with(_permits: SemaphorePermit<'_>, engine: Engine, scenario: impl AsyncFnOnce(&Stage)) {
    let stage = Stage {
        engine,
        browsers: RefCell::default(),
        pages: RefCell::default(),
        expected: RefCell::default(),
        allowed: RefCell::default(),
    };
    let played = AssertUnwindSafe(async {
        scenario(&stage).await;
        stage.no_errors();
    })
    .catch_unwind()
    .await;
    if played.is_err() {
        // What cannot be told any more must not hide the failure itself.
        let _ = AssertUnwindSafe(stage.tell()).catch_unwind().await;
    }
    for browser in stage.browsers.take() {
        browser.close().await;
    }
    if let Err(failure) = played {
        resume_unwind(failure);
    }
}

impl Stage {
    /// The browser of this test.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Opens this page in a browser, or in one more window of it.
    pub async fn open(&self, url: &str) -> RoomPage {
        let page = self.window().await;
        page.go(url).await;
        RoomPage::first_in(page).await
    }

    /// A window with nothing in it yet.
    pub async fn window(&self) -> Page {
        let browser = self.browsers.borrow().first().cloned();
        let (browser, window) = match browser {
            Some(browser) => {
                let window = browser.new_window().await;
                (browser, window)
            }
            None => {
                let browser = self.start(self.engine, &Wishes::default()).await;
                let window = browser.first_window();
                (browser, window)
            }
        };
        self.page(browser, window)
    }

    /// The window of a further browser, set up like this.
    pub async fn window_of(&self, engine: Engine, wishes: &Wishes) -> Page {
        let browser = self.start(engine, wishes).await;
        let window = browser.first_window();
        self.page(browser, window)
    }

    /// The window of a browser which a page of that browser has opened.
    pub fn window_by(&self, opener: &Page, window: fantoccini::wd::WindowHandle) -> Page {
        self.page(Rc::clone(opener.browser()), window)
    }

    /// An error in the console with this in it may come or not.
    pub fn allow_error(&self, part: &'static str) {
        self.allowed.borrow_mut().push(part);
    }

    /// An error in the console with this in it is part of the scenario, and has to come.
    pub fn expect_error(&self, part: &'static str) {
        self.expected.borrow_mut().push(part);
    }

    async fn start(&self, engine: Engine, wishes: &Wishes) -> Rc<Browser> {
        let browser = Rc::new(Browser::start(engine, wishes).await);
        self.browsers.borrow_mut().push(Rc::clone(&browser));
        browser
    }

    fn page(&self, browser: Rc<Browser>, window: fantoccini::wd::WindowHandle) -> Page {
        let page = Page::new(browser, window);
        self.pages.borrow_mut().push(page.clone());
        page
    }

    /// # Panics
    /// If there is an error in a console.
    fn no_errors(&self) {
        let expected = self.expected.borrow();
        let allowed = self.allowed.borrow();
        let fine = |text: &str| {
            let mut parts = USUAL.iter().chain(expected.iter()).chain(allowed.iter());
            parts.any(|part| text.contains(part))
        };
        let consoles = self
            .browsers
            .borrow()
            .iter()
            .flat_map(|it| it.bidi().console())
            .collect::<Vec<_>>();
        let errors = consoles.iter().filter(|it| it.level == "error" && !fine(&it.text));
        let errors = errors.map(|it| it.text.as_str()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "in the console:\n{}", errors.join("\n"));
        for part in expected.iter() {
            assert!(
                consoles.iter().any(|it| it.text.contains(part)),
                "the console should have said {part:?}, but has {consoles:?}"
            );
        }
    }

    /// Prints what is to be seen, and stores pictures of it.
    async fn tell(&self) {
        let pages = self.pages.borrow().clone();
        let pages = pages.into_iter().filter(|page| !page.browser().is_gone());
        for (number, page) in pages.enumerate() {
            eprintln!("---- page {}:", number + 1);
            let seen = AssertUnwindSafe(RoomPage::describe(&page)).catch_unwind().await;
            eprintln!("{}", seen.unwrap_or_else(|_| "it cannot be read".to_owned()));
            if let Ok(picture) = AssertUnwindSafe(page.screenshot()).catch_unwind().await {
                let path = self.picture_path(number + 1);
                match fs::write(&path, picture) {
                    Ok(()) => eprintln!("its picture is {}", path.display()),
                    Err(error) => eprintln!("its picture cannot be stored: {error}"),
                }
            }
        }
        for browser in self.browsers.borrow().iter() {
            eprintln!("---- console of {:?}:", browser.engine());
            for entry in browser.bidi().console() {
                eprintln!("  {}: {}", entry.level, entry.text);
            }
        }
    }

    fn picture_path(&self, number: usize) -> PathBuf {
        let folder = programs::repository().join("target/e2e");
        // Writing the picture tells, if there is still no such folder.
        let _ = fs::create_dir_all(&folder);
        let name = thread::current().name().unwrap_or("scenario").replace("::", "-");
        folder.join(format!("{name}-{number}.png"))
    }
}
