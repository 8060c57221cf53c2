import Jobs
import Storage
import Testing

@Suite struct WebhookAnswerTests {
    @Test func `every status means what the table says`() {
        for status in -1...700 {
            switch (meaning(of: status), status) {
            case (.delivered, 200...299): break
            case (.final, 410): break
            case (.passing, ..<200), (.passing, 300...409), (.passing, 411...): break
            default: Issue.record("\(status)")
            }
        }
    }

    @Test func `who answers 410 is not asked again, and the reason says why`() {
        #expect(meaning(of: 410) == .final)
        let answer = WebhookAnswer(status: 410)
        let reason = "the receiver answered 410: it wants no more webhooks at this address"
        #expect(throws: DeliveryFailure.final(reason)) { try answer.check() }
    }

    @Test(arguments: [301, 404, 408, 425, 429, 500, 503])
    func `a receiver may say when to come back`(status: Int) {
        do throws(DeliveryFailure) {
            try WebhookAnswer(status: status, retryAfter: .seconds(90)).check()
            Issue.record("accepted")
        } catch {
            guard case .later(let wait, _) = error, wait == .seconds(90) else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func `when to come back does not matter to an answer that is final`() {
        do throws(DeliveryFailure) {
            try WebhookAnswer(status: 410, retryAfter: .seconds(90)).check()
            Issue.record("accepted")
        } catch {
            guard case .final = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    private enum Meaning {
        case delivered, passing, final
    }

    private func meaning(of status: Int) -> Meaning {
        do throws(DeliveryFailure) {
            try WebhookAnswer(status: status).check()
            return .delivered
        } catch {
            switch error {
            case .passing, .later: return .passing
            case .final: return .final
            }
        }
    }
}

@Suite struct RetryAfterTests {
    /// 1994-11-06T08:49:37Z
    private let now = Timestamp(milliseconds: 784_111_777_000)

    @Test(arguments: [("0", 0), ("120", 120), ("999999999", 999_999_999)])
    func `seconds are waited`(header: String, seconds: Int) {
        #expect(RetryAfter.wait(header, at: now) == .seconds(seconds))
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Sun, 06 Nov 1994 08:50:00 GMT", 23),
        ("Mon, 07 Nov 1994 08:49:37 GMT", 86_400), ("Sat, 05 Nov 1994 08:49:37 GMT", 0),
        ("Sun, 01 Jan 1995 00:00:00 GMT", 4_806_623),
    ])
    func `a date is waited for, and one that is over is not`(header: String, seconds: Int) {
        #expect(RetryAfter.wait(header, at: now) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "-1", "+1", "1.5", "1e3", "1234567890", "soon", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        "Xxx, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT", "٣",
    ])
    func `anything else says nothing`(header: String) {
        #expect(RetryAfter.wait(header, at: now) == nil)
    }
}
