import Auth
import Figures
import Foundation

/// Whether the time of an answer tells whether somebody is registered.
///
/// Known and unknown in turn, the first of each pair by chance, so that both see the same machine. The medians are to lie
/// within 1 %, and a rank-sum test is to find nothing (p > 0.01).
///
/// Source: H. B. Mann, D. R. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the
/// Other", 1947 (normal approximation).
struct Enumeration {
    private static let users = 50
    let house: House

    init(_ house: House) {
        self.house = house
    }

    private struct Verdict: Encodable {
        let name = "sign-in with a wrong password, known against unknown user"
        let runs: Int
        /// Milliseconds.
        let known, unknown: Double
        let difference: Double
        let p: Double
    }

    func run(_ count: Int) async throws {
        for number in 0..<Self.users { _ = try await house.register(number) }
        var (known, unknown): ([Duration], [Duration]) = ([], [])
        for number in 0..<(count / 2) {
            let names = [House.email(number % Self.users), "stranger-\(number % Self.users)@example.com"]
            let knownGoesFirst = Bool.random()
            let first = try await time(names[knownGoesFirst ? 0 : 1])
            let second = try await time(names[knownGoesFirst ? 1 : 0])
            known.append(knownGoesFirst ? first : second)
            unknown.append(knownGoesFirst ? second : first)
        }
        let (a, b) = (Latency("known", rows: 0, times: known).p50, Latency("unknown", rows: 0, times: unknown).p50)
        let verdict = Verdict(
            runs: count, known: a, unknown: b, difference: abs(a - b) / min(a, b), p: Self.rankSum(known, unknown))
        try report(verdict)
        if verdict.difference > 0.01 || verdict.p <= 0.01 { exit(1) }
    }

    private func time(_ email: String) async throws -> Duration {
        let started = ContinuousClock.now
        let refusal = await refusal(of: email)
        let time = started.duration(to: .now)
        precondition(refusal == .wrongCredentials, "a wrong password was not refused as one")
        return time
    }

    /// Nil when it was let in.
    private func refusal(of email: String) async -> AuthError? {
        do throws(AuthError) {
            _ = try await house.signIn.login(
                email: email, password: "wrong horse battery staple", from: RequestOrigin(address: "192.0.2.1"))
            return nil
        } catch {
            return error
        }
    }

    /// How likely so great a difference of ranks is by chance: two-sided.
    private static func rankSum(_ a: [Duration], _ b: [Duration]) -> Double {
        let all = (a.map { ($0, true) } + b.map { ($0, false) }).sorted { $0.0 < $1.0 }
        let ranks = all.enumerated().reduce(0.0) { $1.element.1 ? $0 + Double($1.offset + 1) : $0 }
        let (n, m) = (Double(a.count), Double(b.count))
        let u = ranks - n * (n + 1) / 2
        let z = (u - n * m / 2) / (n * m * (n + m + 1) / 12).squareRoot()
        return erfc(abs(z) / 2.0.squareRoot())
    }
}
