import Foundation

extension S3Configuration {
    /// Reads `S3_…`, then `AWS_…`, then the files that AWS's own tools use.
    ///
    /// `S3_ENDPOINT` (AWS without it), `S3_BUCKET`, `S3_REGION`, `S3_ACCESS_KEY_ID`, `S3_SECRET_ACCESS_KEY`,
    /// `S3_SESSION_TOKEN`, `S3_ADDRESSING` (`path` or `virtual`); the same with `AWS_`, and `AWS_ENDPOINT_URL_S3`,
    /// `AWS_ENDPOINT_URL`, `AWS_DEFAULT_REGION`. Without keys: the profile `AWS_PROFILE` (or `default`) of
    /// `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE` (or `~/.aws/credentials` and `~/.aws/config`).
    public init(environment: [String: String]) throws(S3ConfigurationError) {
        func first(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let profile = try SharedProfile(environment: environment)
        guard let bucket = first("S3_BUCKET", "AWS_BUCKET") else { throw .missing("S3_BUCKET") }

        let access = first("S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID")
        let secret = first("S3_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY")
        let credentials: S3Credentials
        switch (access, secret) {
        case (let access?, let secret?):
            credentials = S3Credentials(
                accessKeyID: access, secretAccessKey: secret,
                sessionToken: first("S3_SESSION_TOKEN", "AWS_SESSION_TOKEN"))
        case (nil, nil):
            guard let found = profile.credentials else {
                throw .missing("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or a profile in ~/.aws/credentials")
            }
            credentials = found
        case (nil, _): throw .missing("S3_ACCESS_KEY_ID beside the secret")
        case (_, nil): throw .missing("S3_SECRET_ACCESS_KEY beside the key")
        }

        let url = first("S3_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") ?? profile.values["endpoint_url"]
        let region = first("S3_REGION", "AWS_REGION", "AWS_DEFAULT_REGION") ?? profile.values["region"]
        var addressing: S3Endpoint.Addressing?
        if let text = first("S3_ADDRESSING") {
            addressing = S3Endpoint.Addressing(rawValue: text)
            guard addressing != nil else { throw .invalid("S3_ADDRESSING", "it is 'path' or 'virtual'") }
        }
        let endpoint: S3Endpoint
        if let url {
            endpoint = try S3Endpoint(url, addressing: addressing)
        } else {
            guard let region else { throw .missing("S3_REGION, or S3_ENDPOINT for another server than AWS") }
            endpoint = try S3Endpoint("https://s3.\(region).amazonaws.com", addressing: addressing)
        }
        // Servers of one's own mostly have one region and take any name for it.
        try self.init(endpoint: endpoint, region: region ?? "us-east-1", bucket: bucket, credentials: credentials)
    }
}

/// A profile as AWS's tools keep it: `[name]` in the file of credentials, `[profile name]` in that of settings.
struct SharedProfile: Sendable {
    /// Of both files; the first wins.
    let values: [String: String]

    init(environment: [String: String]) throws(S3ConfigurationError) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let named = environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"]
        let name = named ?? "default"
        var values: [String: String] = [:]
        var isFound = false
        let files = [
            (environment["AWS_SHARED_CREDENTIALS_FILE"] ?? home + "/.aws/credentials", name),
            (environment["AWS_CONFIG_FILE"] ?? home + "/.aws/config", name == "default" ? name : "profile \(name)"),
        ]
        for (path, section) in files {
            guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else { continue }
            guard let text = String(data: data, encoding: .utf8) else { throw .profile("'\(path)' is not UTF-8") }
            if let found = Self.section(section, of: text) {
                isFound = true
                values.merge(found) { first, _ in first }
            }
        }
        guard isFound || named == nil else { throw .profile("there is no profile '\(name)'") }
        self.values = values
    }

    var credentials: S3Credentials? {
        guard let access = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else { return nil }
        return S3Credentials(accessKeyID: access, secretAccessKey: secret, sessionToken: values["aws_session_token"])
    }

    /// `key = value` lines of one section; comments begin with `#` or `;`, and lines set in belong to a nested setting.
    static func section(_ name: String, of text: String) -> [String: String]? {
        var values: [String: String]?
        var isInside = false
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if trimmed.isEmpty || trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            if trimmed.hasPrefix("["), let end = trimmed.firstIndex(of: "]") {
                let title = trimmed[trimmed.index(after: trimmed.startIndex)..<end]
                isInside = title.split(separator: " ").joined(separator: " ") == name
                if isInside { values = values ?? [:] }
            } else if isInside, line.first?.isWhitespace == false, let equals = trimmed.firstIndex(of: "=") {
                let key = trimmed[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
                let value = trimmed[trimmed.index(after: equals)...].trimmingCharacters(in: .whitespaces)
                if !value.isEmpty { values?[key] = value }
            }
        }
        return values
    }
}
