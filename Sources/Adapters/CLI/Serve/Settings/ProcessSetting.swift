/// What is said of all settings together.
enum ProcessSetting {
    /// What a service is for; each has stores of its own.
    enum Environment: String, CaseIterable, Sendable {
        case development, staging, production
    }

    static let environment = Setting<Environment>(
        choice: "WAXWING_ENVIRONMENT", standard: "none of them",
        """
        `development`, `staging` or `production`. In production the site is `https` and money is real; in development it is \
        not, and what leaves signing in or paying out works only there.
        """)
    static let config = Setting(
        "WAXWING_CONFIG", standard: "none",
        """
        A file of these settings: `NAME=value` a line, `#` before remarks, `${NAME}` for a variable of the environment, which \
        goes before the file.
        """)

    static let all = [environment.about, config.about]
}

/// For commands that are no service.
enum CommandSetting {
    static let server = Setting(
        "WAXWING_SERVER", standard: "`http://127.0.0.1:8080`", "The service of `waxwing remote`.")
    static let key = Setting("WAXWING_API_KEY", isSecret: true, "The key that `waxwing remote` shows it.")
    static let newSecret = Setting(
        "WAXWING_NEW_SECRET", isSecret: true, "What `waxwing keys reseal` seals with from now on.")

    static let all = [server.about, key.about, newSecret.about]
}
