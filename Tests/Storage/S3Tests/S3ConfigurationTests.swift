import Foundation
import Storage
import Testing

@testable import StorageS3

@Suite struct S3ConfigurationTests {
    private let keys = ["S3_BUCKET": "takes", "S3_ACCESS_KEY_ID": "me", "S3_SECRET_ACCESS_KEY": "hidden"]

    @Test func `of AWS needs a region only, and names the bucket in the host`() throws {
        let configuration = try S3Configuration(environment: keys.merging(["AWS_REGION": "eu-west-1"]) { $1 })
        #expect(configuration.endpoint.addressing == .virtualHost)
        let target = configuration.endpoint.target(bucket: "takes", key: "a b/ü")
        #expect(target == ("takes.s3.eu-west-1.amazonaws.com", "/a%20b/%C3%BC"))
        #expect(configuration.region == "eu-west-1")
    }

    @Test(arguments: ["https://account.r2.cloudflarestorage.com", "http://127.0.0.1:9000/", "https://ceph.example:443"])
    func `of another server names the bucket in the path`(endpoint: String) throws {
        let configuration = try S3Configuration(environment: keys.merging(["S3_ENDPOINT": endpoint]) { $1 })
        let target = configuration.endpoint.target(bucket: "takes", key: nil)
        #expect(target.path == "/takes")
        #expect(!target.host.hasSuffix(":443") && !target.host.hasSuffix("/"))
        #expect(configuration.region == "us-east-1")
    }

    @Test func `S3 comes before AWS in the environment`() throws {
        let configuration = try S3Configuration(
            environment: keys.merging([
                "AWS_ACCESS_KEY_ID": "other", "AWS_SECRET_ACCESS_KEY": "other", "AWS_REGION": "eu-west-1",
                "S3_REGION": "auto", "S3_ENDPOINT": "https://a.example", "AWS_ENDPOINT_URL": "https://b.example",
                "S3_ADDRESSING": "virtual", "S3_SESSION_TOKEN": "token",
            ]) { $1 })
        #expect(
            configuration.credentials
                == S3Credentials(accessKeyID: "me", secretAccessKey: "hidden", sessionToken: "token"))
        #expect(configuration.region == "auto")
        #expect(configuration.endpoint.target(bucket: "takes", key: nil) == ("takes.a.example", "/"))
    }

    @Test func `credentials come from a profile when the environment has none`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/waxwing-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try """
        # comment
        [default]
        aws_access_key_id = one
        aws_secret_access_key=first
        [ studio ]
          ignored = nested
        aws_access_key_id = two
        aws_secret_access_key = second=with=equals
        aws_session_token = token
        """.write(toFile: folder + "/credentials", atomically: true, encoding: .utf8)
        try """
        [default]
        region = eu-central-1
        [profile studio]
        region = auto
        endpoint_url = https://r2.example
        s3 =
          addressing_style = path
        """.write(toFile: folder + "/config", atomically: true, encoding: .utf8)
        var environment = [
            "S3_BUCKET": "takes", "AWS_SHARED_CREDENTIALS_FILE": folder + "/credentials",
            "AWS_CONFIG_FILE": folder + "/config",
        ]
        let standard = try S3Configuration(environment: environment)
        #expect(standard.credentials == S3Credentials(accessKeyID: "one", secretAccessKey: "first"))
        #expect(standard.region == "eu-central-1")
        environment["AWS_PROFILE"] = "studio"
        let studio = try S3Configuration(environment: environment)
        #expect(
            studio.credentials
                == S3Credentials(accessKeyID: "two", secretAccessKey: "second=with=equals", sessionToken: "token"))
        let endpoint = try S3Endpoint("https://r2.example")
        #expect(studio.endpoint == endpoint)
        environment["AWS_PROFILE"] = "nobody"
        #expect(throws: S3ConfigurationError.profile("there is no profile 'nobody'")) {
            try S3Configuration(environment: environment)
        }
    }

    @Test(arguments: [
        ["S3_BUCKET": ""], ["S3_BUCKET": "ab"], ["S3_BUCKET": "Takes"], ["S3_BUCKET": "a..b"], ["S3_BUCKET": "-abc"],
        ["S3_BUCKET": "a/b/c"], ["S3_ENDPOINT": "ftp://a"], ["S3_ENDPOINT": "a.example"],
        ["S3_ENDPOINT": "https://a/path"], ["S3_ENDPOINT": "https://u:p@a"], ["S3_ENDPOINT": "https://"],
        ["S3_ADDRESSING": "host"], ["S3_REGION": "eu west"], ["S3_REGION": "a\r\nb"], ["S3_ACCESS_KEY_ID": ""],
        ["S3_SECRET_ACCESS_KEY": ""], ["S3_BUCKET": "a.b.c", "S3_ADDRESSING": "virtual"],
    ])
    func `is refused by the name of what is wrong`(change: [String: String]) throws {
        let right = keys.merging(["S3_ENDPOINT": "https://s3.example", "S3_REGION": "auto"]) { $1 }
        do throws(S3ConfigurationError) {
            _ = try S3Configuration(environment: right.merging(change) { $1 })
            Issue.record("it was accepted")
        } catch {
            let text = "\(error)"
            #expect(text.contains("S3_"))
            #expect(!text.contains("hidden"))
        }
    }

    @Test func `credentials never show their secret`() {
        let credentials = S3Credentials(accessKeyID: "me", secretAccessKey: "hidden", sessionToken: "hidden too")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped, "\([credentials])"] {
            #expect(!text.contains("hidden"))
        }
    }
}
