//! Every word of the interface in both languages. A word that lacks one does not compile.

use overunder_sim::engine::Verdict;
use overunder_sim::lang::Lang;

macro_rules! words {
    ($($name:ident: $en:literal, $zh:literal;)*) => {
        /// The words of one language.
        #[derive(Debug)]
        pub struct Words {
            $(pub $name: &'static str,)*
        }
        static EN: Words = Words { $($name: $en,)* };
        static ZH: Words = Words { $($name: $zh,)* };
        /// Name, English and Chinese of each.
        #[cfg(test)]
        pub const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $en, $zh),)*];
    };
}

impl Words {
    /// A verdict in a word.
    pub fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Forward => self.forward,
            Verdict::Flood => self.flood,
            Verdict::Deliver => self.deliver,
            Verdict::Consume => self.consume,
            Verdict::Drop => self.dropped,
            Verdict::Encapsulate => self.encapsulate,
            Verdict::Decapsulate => self.decapsulate,
            Verdict::Send => self.send,
            Verdict::Note => self.note,
        }
    }
}

/// The words of a language.
pub fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &EN,
        Lang::Zh => &ZH,
    }
}

words! {
    // Panes
    map: "Map", "拓扑图";
    why: "Why", "为什么";
    time: "Timeline", "时间线";
    packet: "Packet", "报文";
    tables: "Tables", "表项";
    guide: "Guide", "导读";
    compare: "Compare", "对比";
    charts: "Charts", "图表";
    log: "Log", "日志";
    map_short: "Map", "图";
    why_short: "Why", "为何";
    time_short: "Time", "时间";
    packet_short: "Packet", "报文";
    tables_short: "Tables", "表项";
    guide_short: "Guide", "导读";
    compare_short: "Compare", "对比";
    charts_short: "Charts", "图表";
    log_short: "Log", "日志";
    // Keys
    key_step: "next step", "下一步";
    key_back: "step back", "上一步";
    key_next_same: "next step of the same packet", "同一报文的下一步";
    key_prev_same: "previous step of the same packet", "同一报文的上一步";
    key_next_cable: "next arrival off a cable", "下一次从电缆到达";
    key_prev_cable: "previous arrival off a cable", "上一次从电缆到达";
    key_play: "play or pause", "播放或暂停";
    key_slower: "slower", "放慢";
    key_faster: "faster", "加快";
    key_first: "to the start", "回到开头";
    key_last: "run to the end", "运行到结尾";
    key_break: "breakpoint here, or away with it", "在此设置或取消断点";
    key_continue: "run to the next breakpoint", "运行到下一个断点";
    key_cause: "to the cause of this step", "跳到这一步的原因";
    key_return: "back to where I came from", "返回跳转之前的位置";
    key_mark: "mark this moment for comparison", "标记此刻以便对比";
    key_diff: "compare tables with the step before, or with the mark", "表项与上一步或与标记对比";
    key_filter: "filter the steps", "过滤步骤";
    key_command: "command line", "命令行";
    key_zoom: "enlarge the pane, or as before", "放大或还原当前窗格";
    key_next_pane: "next pane", "下一个窗格";
    key_prev_pane: "previous pane", "上一个窗格";
    key_help: "all keys", "全部按键";
    key_mouse: "mouse on, or off so that text can be selected", "启用鼠标,或关闭以便选择文本";
    key_save: "save the session", "保存会话";
    key_copy: "copy what is selected", "复制所选内容";
    key_undo: "take the last change back", "撤销上一次改动";
    key_branch: "to the next branch", "切换到下一条分支";
    key_reset: "lab from the start", "重新开始实验";
    key_quit: "leave", "离开";
    key_up: "up", "向上";
    key_down: "down", "向下";
    key_left: "left, fold", "向左,折叠";
    key_right: "right, unfold", "向右,展开";
    key_page_up: "page up", "上一页";
    key_page_down: "page down", "下一页";
    key_open: "open, follow", "打开,跟随";
    key_follow: "follow the frame with the selection, or stay", "选择跟随帧,或固定不动";
    key_collapse: "fold hosts together, or apart", "合并或展开主机";
    key_inside: "open the node, or close it", "展开或收起节点内部";
    key_links: "cables and tunnels, cables, tunnels", "电缆与隧道、只看电缆、只看隧道";
    key_pan_left: "move the map to see more on the left", "移动拓扑图,看左边";
    key_pan_right: "move the map to see more on the right", "移动拓扑图,看右边";
    key_view: "frame as it came in, as it went out, what changed", "进入的帧、离开的帧、变化";
    key_raw: "all fields, or the summary", "全部字段或摘要";
    key_axis: "over time, or over steps", "按时间或按步骤";
    key_next_table: "next table", "下一张表";
    key_prev_table: "previous table", "上一张表";
    key_answer: "answer the question", "回答问题";
    key_hint: "a hint: where to look, which rule, the answer", "提示:看哪里、什么规则、答案";
    key_check: "check the repair, or what must hold", "检查修复结果,或必须成立的事";
    key_skip: "pass over the question", "跳过这道题";
    key_evidence: "to the step that shows the answer", "跳到说明答案的那一步";
    key_against: "another variant beside this run", "并排看另一个变体";
    key_extra: "where the extra bytes come from; Esc back", "多出的字节从何而来;Esc 返回";
    key_swap: "swap the two sides", "左右互换";
    key_sizes: "both runs with short and long packets", "用长短报文各跑一遍";
    key_export: "write this pane to a file", "把本窗格写入文件";
    key_escape: "close, cancel", "关闭,取消";
    key_picker: "to the list of labs", "返回实验列表";
    group_time: "Time", "时间";
    group_place: "Panes", "窗格";
    group_what: "What if", "假如";
    group_rest: "Besides", "其他";
    group_here: "In this pane", "本窗格";
    group_commands: "Commands", "命令";
    // Hints: the verb alone
    hint_step: "next", "前进";
    hint_back: "back", "后退";
    hint_play: "play", "播放";
    hint_break: "break", "断点";
    hint_filter: "filter", "过滤";
    hint_zoom: "zoom", "放大";
    hint_help: "keys", "按键";
    hint_command: "command", "命令";
    hint_quit: "quit", "退出";
    hint_select: "select", "选择";
    hint_open: "open", "打开";
    hint_follow: "follow", "跟随";
    hint_view: "in/out/diff", "进/出/差异";
    hint_fields: "fields", "字段";
    hint_axis: "time/steps", "时间/步骤";
    hint_table: "table", "换表";
    hint_diff: "diff", "差异";
    hint_cause: "cause", "原因";
    hint_same: "same packet", "同一报文";
    hint_branch: "branch", "分支";
    hint_scroll: "scroll", "滚动";
    hint_on: "go on", "继续";
    hint_answer: "answer", "作答";
    hint_hint: "hint", "提示";
    hint_check: "check", "检查";
    hint_evidence: "evidence", "依据";
    hint_against: "variant", "变体";
    hint_extra: "extra bytes", "多的字节";
    hint_swap: "swap", "换边";
    hint_sizes: "sizes", "大小";
    hint_export: "export", "导出";
    // Status
    step: "step", "步骤";
    paused: "PAUSED", "暂停";
    playing: "PLAY", "播放";
    running: "RUNNING", "运行中";
    quiet: "QUIET", "静止";
    hidden: "hidden until you predict", "先预测再揭示";
    branch: "branch", "分支";
    filter: "filter", "过滤";
    copy_mode: "COPY MODE", "复制模式";
    // Small terminals
    too_small: "This window is {w}x{h}; overunder needs 60x16.", "窗口为 {w}x{h};overunder 需要 60x16。";
    small_keys: "n next  p back  q quit", "n 前进  p 后退  q 退出";
    // Timeline
    before_start: "before the first step: press n", "尚未开始:按 n 前进";
    causes: "causes", "原因链";
    no_cause: "nothing before it: a timer or an application began", "没有更早的原因:由定时器或应用触发";
    nothing_matches: "no step matches the filter", "没有符合过滤条件的步骤";
    // Notices
    at_start: "this is the start", "已在开头";
    at_end: "nothing more can happen", "不会再发生任何事";
    is_quiet: "the network is quiet: nothing is in flight", "网络已静止:没有帧在途";
    is_masked: "a prediction is open: answer it first", "有待回答的预测:请先作答";
    no_more_same: "this packet goes no further", "这个报文到此为止";
    no_earlier_same: "this packet begins here", "这个报文从这里开始";
    break_set: "breakpoint set at step {n}", "已在步骤 {n} 设置断点";
    break_gone: "breakpoint removed", "断点已取消";
    no_break: "there is no breakpoint; b sets one here, :break FILTER one by words", "没有断点;按 b 在此设置,或用 :break 条件";
    break_hit: "breakpoint", "断点";
    interrupted: "stopped", "已停止";
    marked: "marked; D compares with it", "已标记;按 D 与之对比";
    no_mark: "nothing is marked; m marks this moment", "没有标记;按 m 标记此刻";
    no_return: "there is nowhere to go back to", "没有可返回的位置";
    no_loop: "no loop of routers begins after this", "此后没有路由环路开始";
    no_hole: "no black hole begins after this", "此后没有路由黑洞开始";
    loop_begins: "a loop begins", "环路开始";
    hole_begins: "a black hole begins", "黑洞开始";
    one_branch: "there is one branch only; a change makes another", "只有一条分支;改动会产生新的分支";
    on_branch: "branch {n}: {name}", "分支 {n}:{name}";
    original: "as the lab has it", "实验原样";
    nothing_to_undo: "no change to take back", "没有可撤销的改动";
    saved: "saved: {path}", "已保存:{path}";
    copied: "copied", "已复制";
    refused: "refused: {why}", "被拒绝:{why}";
    mouse_on: "mouse on; M lets you select text", "鼠标已启用;按 M 可选择文本";
    mouse_off: "mouse off: text can be selected; M turns it on", "鼠标已关闭:可选择文本;按 M 启用";
    sure_reset: "start this lab again? y yes, any other key no", "重新开始实验?y 是,其他键否";
    sure_quit: "leave without saving the session? y yes, s save and leave, any other key no", "不保存会话就离开?y 是,s 保存后离开,其他键否";
    unknown_command: "there is no command `{name}`; Tab completes, :help lists", "没有命令 `{name}`;Tab 补全,:help 列出全部";
    not_here: "that does nothing here", "此处无效";
    // Verdicts
    forward: "forward", "转发";
    flood: "flood", "泛洪";
    deliver: "deliver", "交付";
    consume: "consume", "收下";
    dropped: "drop", "丢弃";
    encapsulate: "encap", "封装";
    decapsulate: "decap", "解封装";
    send: "send", "发送";
    note: "note", "注意";
    // Why
    why_change: "change", "改动";
    why_hit: "row", "命中";
    why_row_gone: "the row is gone by now", "该表项已不存在";
    why_also: "also fits", "也匹配";
    why_wrote: "wrote", "写表";
    why_not_read: "NOT read", "没有看";
    why_cost: "costs", "开销";
    why_model: "model numbers, profile {profile}", "模型数值,成本模型 {profile}";
    why_because: "because", "原因";
    why_source: "source", "出处";
    no_row: "this line speaks of no row", "这一行不涉及表项";
    // Packet
    no_frame: "no frame in this step", "这一步没有帧";
    side_in: "as it came in", "进入时";
    side_out: "as it went out", "离开时";
    side_diff: "what changed", "变化";
    outer: "OUTER", "外层";
    inner: "INNER", "内层";
    quoted: "QUOTED", "引用";
    on_wire: "on the wire {n}B: +8 preamble +4 FCS +12 gap, at least 84", "线路上 {n} 字节:加前导 8、FCS 4、帧间隔 12,至少 84";
    ip_packet: "IP packet {n}B: this is what an MTU limits", "IP 包 {n} 字节:MTU 限制的就是它";
    tunnel_share: "tunnel {n}B = {share}% of this frame", "隧道 {n} 字节,占此帧 {share}%";
    not_passed: "the device did not pass the frame on, so there is nothing to compare", "设备没有把帧传下去,无从对比";
    unchanged: "passed on as it came, byte for byte", "原样传下,一个字节也没变";
    // Tables
    no_tables: "this node has no tables", "该节点没有表";
    since_step: "+ ~ - since the step before", "+ ~ - 与上一步相比";
    since_mark: "+ ~ - since the mark at #{n}", "+ ~ - 与 #{n} 处的标记相比";
    empty_table: "empty", "空";
    written_by: "event", "事件";
    row_unwritten: "no event wrote this row: it was there from the start", "没有事件写过这一行:它一开始就在";
    // Compare, charts
    compared_with: "here against branch {n}, at the same time: + only there, - only here, ~ different", "与分支 {n} 在同一时刻相比:+ 仅彼处,- 仅此处,~ 不同";
    no_difference: "all tables are the same", "所有表都相同";
    against_no_packet: "this step is none of a packet of a flow; go to one that is", "这一步不属于任何流的报文;请移到属于报文的一步";
    against_absent: "the other run has no such packet", "另一次运行里没有这个报文";
    against_frame: "largest frame so far", "至此最大的帧";
    against_wire: "on the wire", "线上占用";
    against_steps: "steps so far", "至此步数";
    against_time: "time so far", "至此用时";
    against_way: "way", "路径";
    against_numbers: "numbers", "数值";
    against_number: "number", "数值";
    extra_hint: "Enter says where the extra bytes come from, o or u swaps the sides", "Enter 说明多出的字节从何而来,o 或 u 左右互换";
    extra_more: "{name} takes {n} bytes more on the wire: {list}", "{name} 在线上多占 {n} 字节:{list}";
    extra_fewer: "{name} takes {n} bytes fewer on the wire: {list}", "{name} 在线上少占 {n} 字节:{list}";
    extra_same: "both take as many bytes on the wire", "两边的线上字节数相同";
    extra_no_cable: "the packet was on no cable yet in both runs; . goes on to where one ends", "报文尚未在两次运行中都经过电缆;按 . 前进到电缆末端";
    extra_title: "the largest frame so far, header by header", "至此最大的帧,逐个报头";
    extra_header: "header", "报头";
    extra_link: "Ethernet header of the cable", "电缆上的以太网报头";
    extra_outer: "outer {name}", "外层{name}";
    extra_inner: "inner {name}", "内层{name}";
    extra_all: "all on the wire", "线上合计";
    extra_off: "off the cable at {name}", "在 {name} 离开电缆";
    extra_put: "put into an envelope by {name}", "由 {name} 封装";
    sizes_title: "bytes on the wire for each packet of {flow}, by payload", "{flow} 每个报文的线上字节数,按载荷大小";
    sizes_payload: "payload", "载荷";
    sizes_frames: "{n} frames", "{n} 帧";
    sizes_lost: "nothing arrives", "什么都没有送达";
    sizes_hint: "x runs both with short and long packets, e writes this pane to a file", "x 用长短报文各跑一遍,e 把本窗格写入文件";
    sizes_wrong: "sizes are whole numbers of bytes with commas between, {n} of them at most", "大小是以逗号分隔的字节数,最多 {n} 个";
    against_alone: "there is no other run: v puts a variant beside this one (:against VARIANT)", "没有另一次运行:先按 v 选一个变体(:against 变体)";
    sizes_no_flow: "this lab has no traffic", "本实验没有流量";
    export_ending: "{path}: name it .csv or .md", "{path}:请以 .csv 或 .md 结尾";
    export_nothing: "nothing is compared here: v puts a variant beside this run, a change makes a branch", "这里没有可比的:按 v 选一个变体,或作一次改动产生分支";
    against_none: "this lab has no other variant; a change makes a branch to compare with", "本实验没有其他变体;作一次改动会产生可比的分支";
    against_hint: "v puts a variant of this lab beside it: {names}", "按 v 并排看本实验的变体:{names}";
    exists: "{path} is there already: y writes over it, any other key keeps it", "{path} 已存在:按 y 覆盖,其他键保留";
    kept: "{path} is kept as it was; give another name", "{path} 原样保留;请换一个名字";
    not_written: "{path} could not be written: {why}; nothing was changed", "{path} 无法写入:{why};没有改动任何文件";
    exported: "written: {path}", "已写入:{path}";
    table_name: "table", "表";
    rows: "rows", "行数";
    at_most: "max {n}", "峰值 {n}";
    // Labs
    labs: "Labs", "实验";
    choose_lab: "choose a lab", "选择一个实验";
    after_labs: "after", "先修";
    variant: "variant", "变体";
    variants: "variants", "变体";
    broken_lab: "This lab cannot be run as it is:", "这个实验无法运行:";
    // Map
    nothing_yet: "nothing has happened yet", "还没有发生任何事";
    // Log
    nothing_told: "nothing has been told yet", "还没有记录";
    // Guide
    idea: "Idea", "要点";
    expectations: "What must hold", "必须成立";
    step_of: "Step {n} of {all}", "第 {n} 步,共 {all} 步";
    questions_right: "{right} of {all} right", "{all} 题中答对 {right} 题";
    new_network: "A new network, from the start", "换一个新的网络,从头开始";
    predict: "Predict, before it happens", "先预测,再看结果";
    expected: "To type", "可输入";
    hint_n: "Hint {n}", "提示 {n}";
    hints_used: "hint ({n} of 3 seen)", "提示(已看 {n} 条,共 3 条)";
    skip_it: "pass over", "跳过";
    to_question: "to the question", "看题目";
    to_run: "let it run", "让网络运行";
    step_text: "The step", "步骤内容";
    now_runs: "Your prediction is noted. Now it runs: watch with n, one event after another.", "已记下预测。现在运行:按 n 逐个事件观察。";
    now_looks: "Now it runs: watch with n, one event after another.", "现在运行:按 n 逐个事件观察。";
    to_end: "to the end of this step", "直接到本步结尾";
    right: "Right", "正确";
    not_right: "Not so", "不对";
    passed_over: "Passed over", "已跳过";
    your_answer: "You said", "你的答案";
    shows_it: "What shows it", "依据";
    more_evidence: "and {n} more", "还有 {n} 条";
    belief: "a misconception that many share", "一个常见的误解";
    first_keys: "1 shows the map, 5 the tables, 4 the packet, 6 comes back here; p steps back, ? lists all keys.", "按 1 看拓扑图,5 看表,4 看报文,6 回到这里;p 后退,? 列出全部按键。";
    lab_done: "This lab is done.", "实验已完成。";
    remember: "Remember", "记住";
    free_now: "Nothing is hidden any more: look around, change things with :", "不再隐藏任何内容:随意观察,用 : 改动";
    check_hint: "C checks what must hold", "按 C 检查必须成立的事";
    holds: "holds", "成立";
    fails: "fails", "不成立";
    not_checked: "not checked yet", "尚未检查";
    goals: "Goals", "目标";
    your_changes: "Your changes", "你的改动";
    no_changes: "none yet; type one with : (for example :set DEVICE:PORT FIELD VALUE), u takes it back", "还没有;用 : 输入(例如 :set 设备:端口 字段 值),u 撤销";
    look_first: "Find out first: step with n, look into tables with 5. C tries your repair with fresh traffic.", "先查明原因:按 n 步进,按 5 看表。按 C 用新的流量检验修复。";
    repaired: "Repaired: all goals hold.", "已修复:所有目标成立。";
    not_repaired: "Not repaired yet.", "尚未修复。";
    question_open: "a question is open: a answers, H gives a hint, S passes it over", "有待回答的问题:a 作答,H 提示,S 跳过";
    question_mark: "open: a answers", "待作答:按 a";
    read_first: "read what the answer was: in the guide (6), Enter goes on", "先读答案:在导读(6)中按回车继续";
    step_on: "the step is over: read the guide", "本步结束:请看导读";
    guide_over: "the guide is over; R starts this lab again", "导读已结束;按 R 重新开始";
    no_steps: "this lab has no guide", "本实验没有导读";
    nothing_asked: "no question is open", "现在没有待回答的问题";
    no_more_hints: "there are no more hints", "没有更多提示了";
    nothing_to_check: "there is nothing to check here", "此处没有可检查的内容";
    check_later: "this would give answers away: C checks when the guide is over", "这会泄露答案:导读结束后才能检查";
    no_evidence: "no step shows this by itself", "没有单独说明它的步骤";
    other_answers: "answers kept for another version of this lab are set aside; it begins anew", "保存的答案属于本实验的另一版本,已另存;重新开始";
    kept_aside: "{from} cannot be read and is kept as {to}", "无法读取 {from},已另存为 {to}";
    resumed: "you go on where you stopped; R starts again", "从上次停下的地方继续;按 R 重新开始";
    please_type: "type {what}", "请输入:{what}";
    how_sure: "how sure are you? 1 a guess  2 fairly  3 certain  Enter not said  Esc back", "有多大把握?1 猜的  2 还行  3 肯定  回车 不说  Esc 返回";
    sure_skip: "pass this question over and see the answer? y yes, any other key no", "跳过这道题直接看答案?y 是,其他键否";
    no_guide: "This lab asks nothing: look around, step with n, change things with :", "本实验没有导读:随意观察,按 n 前进,用 : 改动";
    guide_elsewhere: "The guide of this lab is for the lab as it is opened without --variant: `overunder open {name}`. Here: look around, step with n, change things with :", "本实验的导读要不带 --variant 打开:`overunder open {name}`。这里可随意观察,按 n 前进,用 : 改动";
    is_design: "This is a design: n steps through it, C checks what must hold, `overunder grade {name}` judges it.", "这是一份设计:按 n 逐步前进,按 C 检查必须成立的事,`overunder grade {name}` 评判。";
    hand_in: "Your design is a file: `overunder new design` begins one, `overunder open FILE` steps through it, `overunder grade FILE` judges it.", "你的设计是一个文件:`overunder new design` 写一个开头,`overunder open 文件` 逐步查看,`overunder grade 文件` 评判。";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_gaps_to_fill() {
        let gaps = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        for (name, en, zh) in ALL {
            assert!(!en.is_empty() && !zh.is_empty(), "{name} is empty");
            assert_eq!(gaps(en), gaps(zh), "{name}");
        }
    }

    #[test]
    fn chinese_is_chinese() {
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
        let foreign: Vec<&str> = ALL.iter().filter(|(_, _, zh)| !han(zh)).map(|(name, ..)| *name).collect();
        assert!(foreign.is_empty(), "{foreign:?} have no Chinese text");
    }
}
