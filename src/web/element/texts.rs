//! Every word that the element shows, in each of its languages. `%` stands for what is filled in.

/// A language that the element speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

impl Language {
    /// The language for a tag like `zh-CN` or `en`: Chinese for every kind of Chinese, English for all others.
    pub(super) fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Self::Chinese
        } else {
            Self::English
        }
    }

    /// The tag that the element's own texts are marked with.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
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

/// The texts of one language.
pub(super) struct Texts {
    pub(super) title: &'static str,
    pub(super) url: &'static str,
    pub(super) protocols: &'static str,
    pub(super) protocols_hint: &'static str,
    pub(super) change: &'static str,
    pub(super) connect: &'static str,
    pub(super) disconnect: &'static str,
    pub(super) send: &'static str,
    pub(super) text: &'static str,
    pub(super) text_hint: &'static str,
    pub(super) log: &'static str,
    pub(super) newer: &'static str,
    pub(super) you: &'static str,
    pub(super) received: &'static str,

    pub(super) idle: &'static str,
    pub(super) connecting: &'static str,
    pub(super) open: &'static str,
    pub(super) closing: &'static str,
    pub(super) waiting: &'static str,
    pub(super) waiting_now: &'static str,
    pub(super) waiting_paused: &'static str,
    pub(super) waiting_offline: &'static str,
    pub(super) closed: &'static str,
    pub(super) details: &'static str,
    pub(super) state: &'static str,
    pub(super) address: &'static str,
    pub(super) protocol: &'static str,
    pub(super) none: &'static str,
    pub(super) attempt: &'static str,
    pub(super) last_close: &'static str,
    pub(super) clean: &'static str,
    pub(super) unclean: &'static str,
    pub(super) reason: &'static str,

    pub(super) empty_idle: &'static str,
    pub(super) empty_open: &'static str,
    pub(super) connected_to: &'static str,
    pub(super) connected_with: &'static str,
    pub(super) lost: &'static str,
    pub(super) ended: &'static str,
    pub(super) delivery_waiting: &'static str,
    pub(super) delivery_failed: &'static str,
    pub(super) send_again: &'static str,
    pub(super) binary: &'static str,
    pub(super) cut: &'static str,

    pub(super) refused_empty: &'static str,
    pub(super) refused_too_long: &'static str,
    pub(super) refused_congested: &'static str,
    pub(super) refused_not_connected: &'static str,
    pub(super) refused_closing: &'static str,
    pub(super) refused_full: &'static str,
    pub(super) will_be_sent: &'static str,

    pub(super) why_disconnected: &'static str,
    pub(super) why_timeout: &'static str,
    pub(super) why_silent: &'static str,
    pub(super) why_suspended: &'static str,
    pub(super) why_gave_up: &'static str,
    pub(super) why_refused: &'static str,

    pub(super) url_empty: &'static str,
    pub(super) url_unreadable: &'static str,
    pub(super) url_no_base: &'static str,
    pub(super) url_scheme: &'static str,
    pub(super) url_fragment: &'static str,
    pub(super) url_refused: &'static str,
    pub(super) mixed_content: &'static str,
    pub(super) blocked: &'static str,
    pub(super) protocol_empty: &'static str,
    pub(super) protocol_bad: &'static str,
    pub(super) protocol_twice: &'static str,

    pub(super) code_normal: &'static str,
    pub(super) code_going_away: &'static str,
    pub(super) code_protocol_error: &'static str,
    pub(super) code_unsupported: &'static str,
    pub(super) code_none: &'static str,
    pub(super) code_abnormal: &'static str,
    pub(super) code_payload: &'static str,
    pub(super) code_policy: &'static str,
    pub(super) code_too_big: &'static str,
    pub(super) code_extension: &'static str,
    pub(super) code_internal: &'static str,
    pub(super) code_restart: &'static str,
    pub(super) code_try_later: &'static str,
    pub(super) code_gateway: &'static str,
    pub(super) code_tls: &'static str,
    pub(super) code_unauthorized: &'static str,
    pub(super) code_forbidden: &'static str,
    pub(super) code_timeout: &'static str,
    pub(super) code_reserved: &'static str,
    pub(super) code_library: &'static str,
    pub(super) code_private: &'static str,
}

static ENGLISH: Texts = Texts {
    title: "Chat room",
    url: "Server address",
    protocols: "Subprotocols (optional)",
    protocols_hint: "one, two",
    change: "Change",
    connect: "Connect",
    disconnect: "Disconnect",
    send: "Send",
    text: "Type something:",
    text_hint: "Enter sends, Shift+Enter begins a new line.",
    log: "Messages",
    newer: "New messages",
    you: "You",
    received: "Received",

    idle: "Not connected",
    connecting: "Connecting…",
    open: "Connected",
    closing: "Disconnecting…",
    waiting: "Reconnecting in % s",
    waiting_now: "Reconnecting…",
    waiting_paused: "Reconnecting when the page is back",
    waiting_offline: "Offline, reconnecting when the network is back",
    closed: "Closed",
    details: "Details of the connection",
    state: "State",
    address: "Address",
    protocol: "Subprotocol",
    none: "none",
    attempt: "Attempt",
    last_close: "Last close",
    clean: "clean",
    unclean: "not clean",
    reason: "Reason",

    empty_idle: "No messages yet. Press Connect to begin.",
    empty_open: "Connected. Say hello.",
    connected_to: "Connected to %",
    connected_with: "Connected to %, subprotocol %",
    lost: "Connection lost: %",
    ended: "Connection closed: %",
    delivery_waiting: "Waiting to be sent",
    delivery_failed: "Not sent",
    send_again: "Send again",
    binary: "Binary, % bytes",
    cut: "Cut: % bytes in all",

    refused_empty: "Nothing was sent: the text is empty. Type something first.",
    refused_too_long: "Nothing was sent: the text is too long by % bytes.",
    refused_congested: "Not sent yet: the network does not keep up. Try again in a moment.",
    refused_not_connected: "Nothing was sent: there is no connection. Press Connect first.",
    refused_closing: "Nothing was sent: the connection is being closed.",
    refused_full: "Nothing was sent: too much waits for the connection already. Try again when it is open.",
    will_be_sent: "It will be sent when the connection is open.",

    why_disconnected: "you left",
    why_timeout: "the server did not answer in time",
    why_silent: "the server gave no sign of life",
    why_suspended: "the page was asleep",
    why_gave_up: "gave up after several attempts",
    why_refused: "the browser refused to connect",

    url_empty: "Enter the server's address, for example wss://example.org/socket.",
    url_unreadable: "This cannot be read as an address. It looks like wss://example.org/socket.",
    url_no_base: "The address is incomplete. Begin it with ws:// or wss://.",
    url_scheme: "The address begins with “%:”. Begin it with ws:// or wss://.",
    url_fragment: "The address must not have a part after “#”. Remove “#%”.",
    url_refused: "The browser refuses this address: %",
    mixed_content: "A page that came over https may not connect to ws://. Use wss://.",
    blocked: "The browser does not allow this connection: %",
    protocol_empty: "There is a subprotocol without a name. Remove the comma too many.",
    protocol_bad: "The subprotocol “%” has a character that is not allowed: “%”.",
    protocol_twice: "The subprotocol “%” is there twice. Name it once.",

    code_normal: "finished normally",
    code_going_away: "the server shuts down, or the page was left",
    code_protocol_error: "the WebSocket protocol was broken",
    code_unsupported: "a kind of data that the server does not take",
    code_none: "no code was given",
    code_abnormal: "no goodbye came, or the server was never reached; browsers do not tell why",
    code_payload: "data that is not what it claims to be",
    code_policy: "a rule of the server was broken",
    code_too_big: "a message too large for the server",
    code_extension: "the server lacks a needed extension",
    code_internal: "an error inside the server",
    code_restart: "the server restarts",
    code_try_later: "the server is overloaded",
    code_gateway: "the server behind the gateway did not answer",
    code_tls: "the encrypted connection could not be set up",
    code_unauthorized: "not signed in",
    code_forbidden: "not allowed",
    code_timeout: "took too long",
    code_reserved: "reserved code",
    code_library: "defined by the library in use",
    code_private: "defined by this server",
};

static CHINESE: Texts = Texts {
    title: "聊天室",
    url: "服务器地址",
    protocols: "子协议（可选）",
    protocols_hint: "one, two",
    change: "更改",
    connect: "建立连接",
    disconnect: "断开连接",
    send: "发送数据",
    text: "请输入一些文字：",
    text_hint: "按 Enter 发送，按 Shift+Enter 换行。",
    log: "消息",
    newer: "有新消息",
    you: "我",
    received: "收到",

    idle: "未连接",
    connecting: "正在连接…",
    open: "已连接",
    closing: "正在断开…",
    waiting: "% 秒后重新连接",
    waiting_now: "正在重新连接…",
    waiting_paused: "页面恢复后重新连接",
    waiting_offline: "网络已断开，恢复后重新连接",
    closed: "已关闭",
    details: "连接详情",
    state: "状态",
    address: "地址",
    protocol: "子协议",
    none: "无",
    attempt: "尝试次数",
    last_close: "上次关闭",
    clean: "正常握手关闭",
    unclean: "非正常关闭",
    reason: "原因",

    empty_idle: "这里还没有消息。点击“建立连接”开始聊天。",
    empty_open: "已连接，打个招呼吧。",
    connected_to: "已连接到 %",
    connected_with: "已连接到 %，子协议 %",
    lost: "连接中断：%",
    ended: "连接已关闭：%",
    delivery_waiting: "等待发送",
    delivery_failed: "未发送",
    send_again: "重新发送",
    binary: "二进制数据，% 字节",
    cut: "已截断：共 % 字节",

    refused_empty: "没有发送：内容为空。请先输入一些文字。",
    refused_too_long: "没有发送：内容超出 % 字节。",
    refused_congested: "暂未发送：网络繁忙，请稍后再试。",
    refused_not_connected: "没有发送：尚未连接。请先点击“建立连接”。",
    refused_closing: "没有发送：连接正在断开。",
    refused_full: "没有发送：等待发送的消息太多。请在连接建立后再试。",
    will_be_sent: "连接建立后会自动发送。",

    why_disconnected: "您已断开",
    why_timeout: "服务器没有及时响应",
    why_silent: "服务器没有任何响应",
    why_suspended: "页面曾被挂起",
    why_gave_up: "多次尝试后放弃",
    why_refused: "浏览器拒绝建立连接",

    url_empty: "请输入服务器地址，例如 wss://example.org/socket。",
    url_unreadable: "无法识别这个地址。地址应类似 wss://example.org/socket。",
    url_no_base: "地址不完整，请以 ws:// 或 wss:// 开头。",
    url_scheme: "地址以“%:”开头，请改为以 ws:// 或 wss:// 开头。",
    url_fragment: "地址不能包含“#”之后的部分，请删除“#%”。",
    url_refused: "浏览器拒绝了这个地址：%",
    mixed_content: "通过 https 打开的页面不能连接 ws://，请使用 wss://。",
    blocked: "浏览器不允许这个连接：%",
    protocol_empty: "有一个子协议没有名称，请删除多余的逗号。",
    protocol_bad: "子协议“%”含有不允许的字符：“%”。",
    protocol_twice: "子协议“%”重复了，请只写一次。",

    code_normal: "正常结束",
    code_going_away: "服务器正在关闭，或页面已离开",
    code_protocol_error: "违反了 WebSocket 协议",
    code_unsupported: "服务器不接受这种数据",
    code_none: "没有给出代码",
    code_abnormal: "连接意外中断或从未建立，浏览器不提供具体原因",
    code_payload: "数据内容与声明的类型不符",
    code_policy: "违反了服务器的规则",
    code_too_big: "消息太大，服务器不接受",
    code_extension: "服务器缺少所需的扩展",
    code_internal: "服务器内部错误",
    code_restart: "服务器正在重启",
    code_try_later: "服务器过载",
    code_gateway: "网关后面的服务器没有响应",
    code_tls: "无法建立加密连接",
    code_unauthorized: "未登录",
    code_forbidden: "没有权限",
    code_timeout: "超时",
    code_reserved: "保留的代码",
    code_library: "由所用的库定义",
    code_private: "由该服务器定义",
};
