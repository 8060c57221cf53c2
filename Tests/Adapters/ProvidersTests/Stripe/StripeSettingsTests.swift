import Auth
import Testing

@testable import WaxwingProviders

@Suite struct StripeSettingsTests {
    private func flaw(_ base: String, key: String = "sk_test_1234", secrets: [String] = []) -> StripeSettingsFlaw? {
        do throws(StripeSettingsFlaw) {
            _ = try StripeSettings(
                secretKey: Secret(Array(key.utf8)), webhookSecrets: secrets.map { Secret(Array($0.utf8)) },
                apiBase: base)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "https://api.stripe.com", "https://api.stripe.com/", "http://127.0.0.1:12111", "http://[::1]:1",
        "http://localhost:1",
    ])
    func `Stripe is reached by https, and by http on this machine`(base: String) {
        #expect(flaw(base) == nil)
    }

    @Test(arguments: [
        ("http://api.stripe.com", StripeSettingsFlaw.plainHTTP), ("http://10.0.0.1", .plainHTTP),
        ("http://localhost.example", .plainHTTP), ("https://api.stripe.com/v1", .apiBase), ("https://a@b", .apiBase),
        ("https://api.stripe.com/?a", .apiBase), ("https://api.stripe.com/#a", .apiBase), ("api.stripe.com", .apiBase),
        ("", .apiBase),
    ])
    func `other addresses are refused`(base: String, expected: StripeSettingsFlaw) {
        #expect(flaw(base) == expected)
    }

    @Test(arguments: ["pk_test_123456", "sk_", "sk_test_12 34", "sk_test_1234\r\nX: y", "", "whsec_12345678"])
    func `what is no secret key is refused, and not said again`(key: String) {
        let flaw = flaw("https://api.stripe.com", key: key)
        #expect(flaw == .secretKey)
        #expect(key.count < 4 || flaw?.description.contains(key) == false)
    }

    @Test func `an empty webhook secret would let everybody sign`() {
        #expect(flaw("https://api.stripe.com", secrets: ["whsec_1", ""]) == .webhookSecret)
        #expect(flaw("https://api.stripe.com", secrets: ["whsec_1", "whsec_2"]) == nil)
    }

    @Test func `secrets do not show`() throws {
        let settings = try StripeSettings(
            secretKey: Secret(Array("sk_test_canary".utf8)), webhookSecrets: [Secret(Array("whsec_canary".utf8))])
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings) \(String(reflecting: settings)) \(dumped)".contains("canary"))
    }
}
