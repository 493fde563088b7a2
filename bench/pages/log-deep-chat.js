// deep-chat, for the page of the log that shows it.

import "deep-chat";
