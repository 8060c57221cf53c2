import Auth
import Billing
import Jobs
import Storage
import Testing

@testable import WaxwingService

@Suite struct BillingLetterTests {
    private func text(
        _ write: (AccountLetters, EmailAddress) throws -> NewMessage
    ) throws -> String {
        let letters = AccountLetters(from: try Mailbox("sounds@example.com"), site: "https://sounds.example.com")
        let address = try EmailAddress("ada@example.com")
        guard case .email(let mail) = try write(letters, address).content else { return "" }
        return mail.text
    }

    @Test func `sentences follow each other after one space, and lead to the page of plans`() throws {
        let until = try #require(Timestamp("2026-11-29T00:00:00.000Z"))
        let texts = [
            try text { try $0.paymentFailed($1, graceUntil: until) },
            try text { try $0.paymentFailed($1, graceUntil: nil) }, try text { try $0.subscriptionEnded($1) },
        ]
        for text in texts {
            #expect(!text.contains("  ") && !text.contains(" \n"), "\(text)")
            #expect(text.contains("https://sounds.example.com/billing"))
        }
        #expect(texts[0].contains("has failed. Everything stays as it is until 2026-11-29T00:00:00.000Z."))
        #expect(texts[1].contains("has failed.\n"))
    }
}
