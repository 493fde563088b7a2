//! Every word that the element shows, in each of its languages. `%` stands for what is filled in.

use std::array;
use std::cell::OnceCell;

use crate::text::Language;

impl Language {
    fn texts(self) -> Texts<'static> {
        let (kept, lines) = match self {
            Self::English => (&KEPT_ENGLISH, ENGLISH),
            Self::Chinese => (&KEPT_CHINESE, CHINESE),
        };
        kept.with(|texts| *texts.get_or_init(|| Texts::of(lines)))
    }
}

/// `template` with each `%` replaced by the next value.
pub(super) fn fill(template: &str, values: &[&str]) -> String {
    let mut parts = template.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    for part in parts {
        text.push_str(values.next().copied().unwrap_or_default());
        text.push_str(part);
    }
    text
}

/// Makes the texts of all languages out of one list: the name that a page may replace a text by, in English, in Chinese.
macro_rules! texts {
    ($($name:ident: $english:literal, $chinese:literal;)*) => {
        /// The texts of one language, with those in place that the page has replaced.
        #[derive(Clone, Copy)]
        pub(super) struct Texts<'a>([&'a str; COUNT]);

        #[expect(non_camel_case_types, reason = "they are the names of the texts")]
        enum Word {
            $($name,)*
        }

        const COUNT: usize = [$(Word::$name,)*].len();

        // A line for each: a table of texts would have to say where each one is.
        const NAMES: &str = concat!($(stringify!($name), "\n",)*);
        const ENGLISH: &str = concat!($($english, "\n",)*);
        const CHINESE: &str = concat!($($chinese, "\n",)*);

        impl<'a> Texts<'a> {
            $(pub(super) fn $name(&self) -> &'a str {
                self.0[Word::$name as usize]
            })*
        }
    };
}

thread_local! {
    static KEPT_ENGLISH: OnceCell<Texts<'static>> = const { OnceCell::new() };
    static KEPT_CHINESE: OnceCell<Texts<'static>> = const { OnceCell::new() };
}

impl<'a> Texts<'a> {
    fn of(lines: &'a str) -> Self {
        let mut lines = lines.split('\n');
        Self(array::from_fn(|_| lines.next().unwrap_or_default()))
    }
}

/// What a page says in the place of the element's own words.
#[derive(Default)]
pub(super) struct Replaced(Vec<(usize, String)>);

impl Replaced {
    /// Takes what the page has given: names as in JavaScript, `loadOlder`. `false` if there is no such text.
    pub(super) fn put(&mut self, name: &str, text: String) -> bool {
        let place = NAMES.split_terminator('\n').position(|own| is_name(own, name));
        if let Some(place) = place {
            self.0.retain(|(it, _)| *it != place);
            self.0.push((place, text));
        }
        place.is_some()
    }

    /// All texts of a language.
    pub(super) fn texts(&self, language: Language) -> Texts<'_> {
        let mut texts = language.texts();
        for (place, text) in &self.0 {
            texts.0[*place] = text;
        }
        texts
    }
}

/// Whether `camel` is JavaScript's way to write `snake`.
fn is_name(snake: &str, camel: &str) -> bool {
    let mut letters = snake.chars();
    for letter in camel.chars() {
        let same = if letter.is_ascii_uppercase() {
            letters.next() == Some('_') && letters.next() == Some(letter.to_ascii_lowercase())
        } else {
            letters.next() == Some(letter)
        };
        if !same {
            return false;
        }
    }
    letters.next().is_none()
}

texts! {
    // The settings, the composer and the log
    title: "Chat room", "聊天室";
    url: "Server address", "服务器地址";
    room: "Room", "房间";
    room_hint: "none: plain text", "留空：纯文本";
    name: "Your name", "您的名字";
    guest: "Guest %", "访客 %";
    protocols: "Subprotocols (optional)", "子协议（可选）";
    protocols_hint: "one, two", "one, two";
    change: "Change", "更改";
    connect: "Connect", "建立连接";
    disconnect: "Disconnect", "断开连接";
    send: "Send", "发送数据";
    text: "Type something:", "请输入一些文字：";
    text_hint: "Enter sends, Shift+Enter begins a new line.", "按 Enter 发送，按 Shift+Enter 换行。";
    log: "Messages", "消息";
    you: "You", "我";
    received: "Received", "收到";

    // How the connection stands
    idle: "Not connected", "未连接";
    connecting: "Connecting…", "正在连接…";
    joining: "Joining the room…", "正在进入房间…";
    open: "Connected", "已连接";
    closing: "Disconnecting…", "正在断开…";
    waiting: "Reconnecting in % s", "% 秒后重新连接";
    waiting_now: "Reconnecting…", "正在重新连接…";
    waiting_paused: "Reconnecting when the page is back", "页面恢复后重新连接";
    waiting_offline: "Offline", "网络已断开";
    offline_ending: "There is no network. It reconnects by itself when that is back.", "目前没有网络，恢复后会自动重新连接。";
    people_one: "1 person", "1 人";
    people: "% people", "% 人";
    says: "%: %", "%：%";
    is_typing: "% is typing…", "%正在输入…";
    are_typing: "% and % are typing…", "%和%正在输入…";
    several_typing: "Several people are typing…", "多人正在输入…";
    comma: ", ", "、";
    closed: "Closed", "已关闭";
    details: "Details of the connection", "连接详情";
    state: "State", "状态";
    address: "Address", "地址";
    members: "People", "成员";
    protocol: "Subprotocol", "子协议";
    none: "none", "无";
    attempt: "Attempt", "尝试次数";
    last_close: "Last close", "上次关闭";
    clean: "clean", "正常握手关闭";
    unclean: "not clean", "非正常关闭";
    reason: "Reason", "原因";

    // The log
    empty_idle: "No messages yet. Press Connect to begin.", "这里还没有消息。点击“建立连接”开始聊天。";
    empty_open: "Connected. Say hello.", "已连接，打个招呼吧。";
    empty_room: "You are in. Nothing has been said here yet: say hello.", "您已进入房间。这里还没有人说话，打个招呼吧。";
    load_older: "Load older messages", "加载更早的消息";
    loading_older: "Loading…", "正在加载…";
    beginning: "This is the beginning of the conversation.", "这是对话的开头。";
    older_full: "Older messages are kept in the room, but no more fit in here.", "更早的消息仍保存在房间里，但这里显示不下了。";
    hole: "Messages are missing here, loading…", "这里缺少消息，正在加载…";
    connected_to: "Connected to %", "已连接到 %";
    connected_with: "Connected to %, subprotocol %", "已连接到 %，子协议 %";
    joined_room: "Connected, and in the room", "已连接，已进入房间";
    log_reset: "The room’s log was reset at the server. What was here before is not in it any more.", "服务器上的房间记录已被重置，之前的消息不在其中。";
    missed: "More was said meanwhile than is shown at once. Scroll up for the rest.", "离开期间的消息太多，未能全部显示。向上滚动可查看其余内容。";
    not_kept: "This browser keeps nothing for this page: what is not sent yet is lost when the page is closed.", "浏览器不允许本页保存数据：关闭页面后，尚未发送的内容会丢失。";
    unreadable: "The server says something that cannot be understood: %", "服务器发来无法识别的内容：%";
    no_token: "This page gave no sign-in token: %", "本页面没有提供登录令牌：%";
    server_refused: "The server refused: %", "服务器拒绝：%";
    lost: "Connection lost: %", "连接中断：%";
    ended: "Connection closed: %", "连接已关闭：%";
    delivery_waiting: "Waiting to be sent", "等待发送";
    delivery_failed: "Not sent", "未发送";
    delivery_sent: "Sent", "已发送";
    send_again: "Send again", "重新发送";
    discard: "Discard", "丢弃";
    edited: "edited", "已编辑";
    deleted: "Deleted by its author", "已被作者删除";
    binary: "Binary, % bytes", "二进制数据，% 字节";
    cut: "Cut: % bytes in all", "已截断：共 % 字节";

    // The conversation
    names_two: "% and %", "%和%";
    names_three: "%, % and %", "%、%和%";
    names_more: "%, % and % others", "%、%和另外 % 人";
    some_people: "% people", "% 人";
    somebody: "Somebody", "有人";
    have_joined: "% joined", "%进入了房间";
    have_left: "% left", "%离开了房间";
    has_new_name: "% is now called %", "%改名为%";
    have_new_names: "% changed their names", "%改了名字";
    clauses: "; ", "；";
    today: "Today", "今天";
    yesterday: "Yesterday", "昨天";
    unread_line: "New messages", "新消息";
    newer_one: "1 new message", "1 条新消息";
    newer_many: "% new messages", "% 条新消息";
    newest: "To the newest", "回到最新";
    quote_elsewhere: "Answers an earlier message", "回复了较早的消息";
    go_to_source: "Go to this message", "跳转到这条消息";
    source_sought: "Looking for the message…", "正在查找这条消息…";
    source_gone: "The message that was answered cannot be found.", "找不到被回复的消息。";
    actions: "What can be done with this message", "消息操作";
    reply: "Reply", "回复";
    react: "React", "表情";
    edit: "Edit", "编辑";
    delete: "Delete", "删除";
    copy: "Copy", "复制";
    copied: "Copied", "已复制";
    copy_failed: "The browser did not let it be copied.", "浏览器不允许复制。";
    ask_delete: "Delete this message?", "删除这条消息？";
    keep: "Keep", "保留";
    own_emoji: "Another emoji", "其他表情";
    put_emoji: "Add", "添加";

    // Why nothing was sent, and what waits
    refused_empty: "Nothing was sent: the text is empty. Type something first.", "没有发送：内容为空。请先输入一些文字。";
    refused_too_long: "Nothing was sent: the text is too long by % bytes.", "没有发送：内容超出 % 字节。";
    refused_congested: "Not sent yet: the network does not keep up. Try again in a moment.", "暂未发送：网络繁忙，请稍后再试。";
    refused_not_connected: "Nothing was sent: there is no connection. Press Connect first.", "没有发送：尚未连接。请先点击“建立连接”。";
    refused_closing: "Nothing was sent: the connection is being closed.", "没有发送：连接正在断开。";
    refused_full: "Nothing was sent: too much waits for the connection already. Try again when it is open.", "没有发送：等待发送的消息太多。请在连接建立后再试。";
    will_be_sent: "It will be sent when the connection is open.", "连接建立后会自动发送。";
    waits_for_you: "% not sent yet. It goes out when you connect again.", "还有 % 条未发送，重新连接后会自动发送。";
    no_rooms_here: "The server was not reached. If it speaks plain text only, leave the field Room empty.", "未能连接到服务器。如果它只支持纯文本，请将“房间”留空。";

    // Why a connection ended
    why_disconnected: "you left", "您已断开";
    why_timeout: "the server did not answer in time", "服务器没有及时响应";
    why_silent: "the server gave no sign of life", "服务器没有任何响应";
    why_unanswered: "the server no longer hears this page", "服务器收不到本页发出的内容";
    why_suspended: "the page was asleep", "页面曾被挂起";
    why_gave_up: "gave up after several attempts", "多次尝试后放弃";
    why_refused: "the browser refused to connect", "浏览器拒绝建立连接";

    // What is wrong with a field
    url_empty: "Enter the server's address, for example wss://example.org/socket.", "请输入服务器地址，例如 wss://example.org/socket。";
    url_unreadable: "This cannot be read as an address. It looks like wss://example.org/socket.", "无法识别这个地址。地址应类似 wss://example.org/socket。";
    url_no_base: "The address is incomplete. Begin it with ws:// or wss://.", "地址不完整，请以 ws:// 或 wss:// 开头。";
    url_scheme: "The address begins with “%:”. Begin it with ws:// or wss://.", "地址以“%:”开头，请改为以 ws:// 或 wss:// 开头。";
    url_fragment: "The address must not have a part after “#”. Remove “#%”.", "地址不能包含“#”之后的部分，请删除“#%”。";
    url_refused: "The browser refuses this address: %", "浏览器拒绝了这个地址：%";
    mixed_content: "A page that came over https may not connect to ws://. Use wss://.", "通过 https 打开的页面不能连接 ws://，请使用 wss://。";
    blocked: "The browser does not allow this connection: %", "浏览器不允许这个连接：%";
    protocol_empty: "There is a subprotocol without a name. Remove the comma too many.", "有一个子协议没有名称，请删除多余的逗号。";
    protocol_bad: "The subprotocol “%” has a character that is not allowed: “%”.", "子协议“%”含有不允许的字符：“%”。";
    protocol_twice: "The subprotocol “%” is there twice. Name it once.", "子协议“%”重复了，请只写一次。";
    field_blank: "There is nothing in it that could be seen. Type a name.", "其中没有可见的字符，请输入名称。";
    field_control: "It has a line break or a control character in it. Remove it.", "含有换行或控制字符，请删除。";
    field_too_long: "It is too long by % bytes. Shorten it.", "超出 % 字节，请缩短。";
    field_other: "The server does not take this: %", "服务器不接受：%";

    // Close codes
    code_normal: "finished normally", "正常结束";
    code_going_away: "the server shuts down, or the page was left", "服务器正在关闭，或页面已离开";
    code_protocol_error: "the WebSocket protocol was broken", "违反了 WebSocket 协议";
    code_unsupported: "a kind of data that the server does not take", "服务器不接受这种数据";
    code_none: "no code was given", "没有给出代码";
    code_abnormal: "no goodbye came, or the server was never reached; browsers do not tell why", "连接意外中断或从未建立，浏览器不提供具体原因";
    code_payload: "data that is not what it claims to be", "数据内容与声明的类型不符";
    code_policy: "a rule of the server was broken", "违反了服务器的规则";
    code_too_big: "a message too large for the server", "消息太大，服务器不接受";
    code_extension: "the server lacks a needed extension", "服务器缺少所需的扩展";
    code_internal: "an error inside the server", "服务器内部错误";
    code_restart: "the server restarts", "服务器正在重启";
    code_try_later: "the server is overloaded", "服务器过载";
    code_gateway: "the server behind the gateway did not answer", "网关后面的服务器没有响应";
    code_tls: "the encrypted connection could not be set up", "无法建立加密连接";
    code_unauthorized: "not signed in", "未登录";
    code_forbidden: "not allowed", "没有权限";
    code_timeout: "took too long", "超时";
    code_reserved: "reserved code", "保留的代码";
    code_library: "defined by the library in use", "由所用的库定义";
    code_private: "defined by this server", "由该服务器定义";
    room_token: "this server asks for a sign-in that the page does not have", "该服务器要求登录凭据，而本页面没有";
    room_forbidden: "this room may not be entered", "不允许进入这个房间";
    room_elsewhere: "this conversation is open elsewhere, as the same participant", "同一身份已在别处打开这个对话";
    room_restart: "the server restarts and is back in a moment", "服务器正在重启，稍后自动恢复";
    room_slow: "the connection was too slow; what was missed is fetched", "连接太慢，错过的消息会补上";

    // The composer
    cancel: "Cancel (Esc)", "取消（Esc）";
    replying_to: "Replying to %", "回复 %";
    editing: "Editing your message", "正在编辑您的消息";
    delete_instead: "Nothing is left of it. Delete the message?", "内容已清空。要删除这条消息吗？";
    edited_is_gone: "The message you were editing is no longer here.", "您正在编辑的消息已不在这里。";
    answered_is_gone: "The message you were replying to is no longer here. Your text will be sent without it.", "您要回复的消息已不在这里，文字将单独发送。";
    held: "You are faster than this room allows. The rest follows in a moment.", "发送太快了，其余消息稍后自动发出。";
    suggestions: "Suggestions", "建议";
    suggested: "Suggestions: %. Arrow keys choose, Enter takes one.", "% 条建议，方向键选择，回车键确认。";
    commands: "Commands", "命令";
    nick_about: "NAME", "名字";
    me_about: "TEXT", "文字";
    nick_meaning: "be called this", "更改自己的名字";
    me_meaning: "say what you do", "描述自己的动作";
    help_meaning: "show this list", "显示这份列表";
    two_slashes: "// sends a text that begins with /", "以 // 开头可发送以 / 开头的文字";
    help_keys: "Up in the empty box edits your last message, Alt+Up replies to an earlier one, Esc cancels.", "在空输入框按 ↑ 可编辑上一条消息，按 Alt+↑ 可回复之前的消息，按 Esc 取消。";
    bare_command: "Something is missing: %", "命令不完整：%";
    needs_room: "/% needs a room, and this is plain text. //% is sent as a text.", "/% 只能在房间里使用，当前是纯文本模式。输入 //% 可作为文字发送。";
    no_command: "/% is no command; // sends a text that begins with /.", "没有 /% 这个命令。以 // 开头可发送以 / 开头的文字。";
    called_now: "You are called % now.", "您现在的名字是 %。";

    // People
    close: "Close", "关闭";
    find_people: "Find somebody", "查找成员";
    nobody_found: "Nobody here is called that.", "没有找到这样的成员。";
    and_more: "and % more", "还有 % 人";
    you_mark: "you", "我";
    types: "typing…", "正在输入…";

    // The menu
    menu: "Menu", "菜单";
    search: "Search", "搜索";
    export_text: "Export as text", "导出为文本";
    export_json: "Export as JSON", "导出为 JSON";
    notifications: "Notifications", "桌面通知";
    sound: "Sound", "提示音";

    // The state of the connection
    now: "Now", "立即重连";
    reconnect_now: "Reconnect now", "立即重连";
    turned_away: "Refused", "已被拒绝";
    ended_for_good: "Closed, and it does not come back by itself: %. Press Connect to try again.", "连接已关闭，不会自动恢复：%。请点击“建立连接”重试。";

    // Search
    search_field: "Search the messages", "搜索消息";
    search_older: "Older match (Enter)", "更早的结果（回车）";
    search_newer: "Newer match (Shift+Enter)", "更新的结果（Shift+回车）";
    search_place: "% of %", "% / %";
    search_nothing: "Not found", "没有找到";

    // Files, notifications and sound
    answers: "replying to %: “%”", "回复 %：“%”";
    hole_in_file: "(messages are missing here)", "（这里缺少消息）";
    saved: "% messages are in the file.", "已导出 % 条消息。";
    sentence_gap: " ", "";
    older_not_in_file: "Older messages are not loaded, and not in it.", "更早的消息尚未加载，不在其中。";
    mentioned_by: "% in %", "%（%）";
    notifications_on: "You will be notified of mentions while this page is hidden.", "页面在后台时，有人提到您会弹出通知。";
    notifications_off: "Notifications are off.", "桌面通知已关闭。";
    notifications_denied: "Blocked by the browser. Allow them in its settings for this site, beside the address.", "已被浏览器拦截。请在地址栏旁的网站设置中允许通知。";
    notifications_missing: "This browser has none for this page.", "此浏览器不支持本页面的通知。";
    sound_on: "A tone sounds for mentions, and for every message while this page is hidden.", "有人提到您时，以及页面在后台收到消息时，会播放提示音。";
    sound_off: "Sound is off.", "提示音已关闭。";

    // The inspector
    inspector: "Inspector", "检查器";
    inspector_close: "Close the inspector", "关闭检查器";
    traffic: "Traffic", "收发记录";
    traffic_filter: "Filter: text or hex", "筛选文本或十六进制";
    traffic_sent: "Sent", "发送";
    traffic_received: "Received", "接收";
    traffic_events: "Events", "事件";
    traffic_pause: "Pause", "暂停";
    traffic_clear: "Clear", "清空";
    traffic_export_json: "Export JSON", "导出 JSON";
    traffic_export_text: "Export text", "导出文本";
    traffic_count: "% recorded · % B · % shown", "已记录 % 条 · % B · 显示 % 行";
    traffic_paused: "Paused: the list stands still, % more recorded meanwhile", "已暂停：列表不再滚动，期间又记录了 % 条";
    traffic_empty: "Nothing recorded yet. Connect, and all that goes over the socket is listed here.", "还没有记录。建立连接后，这里会列出所有收发的内容。";
    traffic_nothing: "No row fits the filter.", "没有符合筛选条件的记录。";
    traffic_size: "% B", "% B";
    traffic_heartbeat: "Heartbeat: % pings, % pongs", "心跳：ping % 次，pong % 次";
    traffic_began: "Recording from here on", "从这里开始记录";
    traffic_connecting: "Connecting to %", "正在连接 %";
    traffic_offering: "offering %", "请求子协议 %";
    traffic_attempt: "attempt %", "第 % 次尝试";
    traffic_refused: "Refused by the browser: %", "被浏览器拒绝：%";
    traffic_open: "Open", "连接已打开";
    traffic_protocol: "subprotocol %", "子协议 %";
    traffic_extensions: "extensions %", "扩展 %";
    traffic_not_sent: "Not taken by the socket: % bytes", "套接字未接受：% 字节";
    traffic_closing: "Closing with 1000", "正在以 1000 关闭";
    traffic_errored: "Error. Browsers tell no more about it; a close follows.", "出错。浏览器不提供详情，随后会关闭。";
    traffic_closed: "Closed", "已关闭";
    traffic_dropped: "Given up from here, without waiting for an answer", "本端已放弃，不再等待对方";
    traffic_detail: "The chosen row", "所选记录";
    traffic_json: "JSON", "JSON";
    traffic_text: "Text", "文本";
    traffic_hex: "Hex", "十六进制";
    traffic_copy: "Copy", "复制";
    traffic_copied: "Copied", "已复制";
    traffic_not_copied: "The browser does not let this page copy. Select the text instead.", "浏览器不允许本页复制，请手动选择文本。";
    traffic_more: "Show more", "显示更多";
    traffic_cut: "Only the first % of % bytes are kept.", "仅保留了前 % 字节，共 % 字节。";
    raw: "Raw message", "原始消息";
    raw_send: "Send raw", "原样发送";
    raw_hint: "Goes over the socket as it is. Enter sends, Up and Down bring back what was sent.", "原样经套接字发送。按 Enter 发送，按上下键找回发过的内容。";
    raw_past_room: "Goes past the room’s guarantee: it is neither kept nor sent again. What the relay cannot read counts against this connection.", "不受房间的投递保证：不会保存，也不会重发。服务器无法识别的内容会记在这个连接上。";
    raw_digit: "Nothing was sent: line %, place %: “%” is no hexadecimal digit.", "没有发送：第 % 行第 % 个字符“%”不是十六进制数字。";
    raw_half: "Nothing was sent: the byte in line %, place %, has only one digit.", "没有发送：第 % 行第 % 个字符处的字节缺少一位数字。";
    limits: "What a browser does not show", "浏览器不提供的信息";
    limits_headers: "HTTP headers of the handshake can neither be set nor seen, except for the subprotocols and cookies.", "握手的 HTTP 头既不能设置也不能查看，子协议和 Cookie 除外。";
    limits_frames: "WebSocket’s own ping and pong frames and how a message was split are handled inside the browser. The pings listed here are messages of chat-room.v1.", "WebSocket 自身的 ping、pong 帧以及消息的分片由浏览器内部处理。这里列出的 ping 是 chat-room.v1 的消息。";
    limits_close: "Why a connection ended with 1006 or was not made is kept from pages on purpose.", "连接以 1006 结束或未能建立的原因，浏览器有意不告诉网页。";
    limits_sent: "“Sent” means that the browser has taken it, not that the server has got it.", "“发送”表示浏览器已接受，并不表示服务器已收到。";
    limits_secret: "A room’s “join” carries this tab’s key: who has it can post as you. A sign-in token is left out. Look before you pass an export on.", "房间的“join”消息含有本标签页的密钥，得到它的人可以冒充您发言；登录令牌不会记录。分享导出的文件前请先检查。";
    limits_courier: "What is delivered for tabs that are gone goes over sockets of their own, which are not listed.", "为已关闭的标签页补发消息时使用另外的连接，不在此列出。";
}
