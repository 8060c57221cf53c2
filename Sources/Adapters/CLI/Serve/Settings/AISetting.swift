import Storage

/// What describes sounds, and where files may be fetched from.
enum AISetting {
    static let openRouterKey = Setting(
        "OPENROUTER_API_KEY", isSecret: true,
        "`sk-or-…`: a language model describes sounds where users ask for it: [how](Docs/AI.md).")
    static let claudeKey = Setting("CLAUDE_API_KEY", isSecret: true, "`sk-ant-…`: Claude does.")
    static let base = Setting(
        "WAXWING_AI_URL",
        "Another server, `http://127.0.0.1:11434/v1`: of chat completions, with or without a key; with `CLAUDE_API_KEY` of the messages API."
    )
    static let model = Setting("WAXWING_AI_MODEL", standard: "the plan's", "One model for everybody.") { text in
        guard text.utf8.count <= 100, text.utf8.isVisibleASCII else {
            throw SettingsError(
                name: "WAXWING_AI_MODEL", value: text,
                expected: "a model's name, as 'qwen/qwen3-7b', of 100 characters at most")
        }
        return text
    }
    static let fetchesURLs = Setting(
        switch: "WAXWING_FETCH_URLS", "`on`: `POST /api/process` takes files by public https address (`file_url`).")

    static let all = [openRouterKey.about, claudeKey.about, base.about, model.about, fetchesURLs.about]
}
