import Testing

@testable import Auth

@Suite struct ForeignIssuerTests {
    private func list(_ text: String) throws(ForeignIssuersError) -> [ForeignIssuer] {
        try ForeignIssuer.list(text)
    }

    @Test func `issuers are listed with their keys' place`() throws {
        let issuers = try list(
            """
            [{"issuer": "https://team.example.com", "audience": "aud1", "jwks_url": "https://team.example.com/certs"},
             {"issuer": "builder", "audience": "api", "jwks_file": "/etc/waxwing/builder.json"}]
            """)
        let expected = [
            try ForeignIssuer(
                issuer: "https://team.example.com", audience: "aud1", keys: .url("https://team.example.com/certs")),
            try ForeignIssuer(issuer: "builder", audience: "api", keys: .file("/etc/waxwing/builder.json")),
        ]
        #expect(issuers == expected)
    }

    @Test(arguments: ["", "  \n", "[]", " [ ] "])
    func `there may be none`(text: String) throws {
        #expect(try list(text).isEmpty)
    }

    @Test(arguments: ["{}", "[", "null", "builder", #"[{"issuer":"a","issuer":"b"}]"#, "[] []"])
    func `what is no list is refused`(text: String) {
        #expect(throws: ForeignIssuersError.notAList) { try list(text) }
    }

    @Test(
        arguments: [
            ("1", .form), ("null", .form), (#"{"issuer":1,"audience":"a","jwks_url":"https://a"}"#, .form),
            (#"{"issuer":"a","audience":"a","jwks_uri":"https://a"}"#, .form),
            (#"{"issuer":"a","audience":["a"],"jwks_url":"https://a"}"#, .form),
            (#"{"audience":"a","jwks_url":"https://a"}"#, .issuer),
            (#"{"issuer":"","audience":"a","jwks_url":"https://a"}"#, .issuer),
            (#"{"issuer":"a ","audience":"a","jwks_url":"https://a"}"#, .issuer),
            (#"{"issuer":"a","jwks_url":"https://a"}"#, .audience),
            (#"{"issuer":"a","audience":"a"}"#, .keys),
            (#"{"issuer":"a","audience":"a","jwks_url":"https://a","jwks_file":"/a"}"#, .keys),
            (#"{"issuer":"a","audience":"a","jwks_url":"http://issuer.example/keys"}"#, .url),
            (#"{"issuer":"a","audience":"a","jwks_url":"file:///etc/passwd"}"#, .url),
            (#"{"issuer":"a","audience":"a","jwks_url":"https://"}"#, .url),
            (#"{"issuer":"a","audience":"a","jwks_url":"https://u:p@a/keys"}"#, .url),
            (#"{"issuer":"a","audience":"a","jwks_url":"https://a/keys#x"}"#, .url),
            (#"{"issuer":"a","audience":"a","jwks_url":"http://localhost.example/keys"}"#, .url),
            (#"{"issuer":"a","audience":"a","jwks_file":"keys.json"}"#, .file),
            (#"{"issuer":"waxwing","audience":"a","jwks_file":"/keys.json"}"#, .duplicate),
        ] as [(String, ForeignIssuerFlaw)])
    func `an entry is refused by its number and what is wrong with it`(entry: String, flaw: ForeignIssuerFlaw) {
        let good = #"{"issuer":"first","audience":"a","jwks_url":"http://127.0.0.1:8080/keys"}"#
        #expect(throws: ForeignIssuersError.entry(2, flaw)) { try list("[\(good),\(entry)]") }
    }

    @Test func `an issuer is there once`() {
        let entry = #"{"issuer":"a","audience":"a","jwks_url":"https://a/keys"}"#
        #expect(throws: ForeignIssuersError.entry(2, .duplicate)) { try list("[\(entry),\(entry)]") }
    }
}
