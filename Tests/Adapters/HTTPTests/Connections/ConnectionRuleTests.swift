import Addresses
import HTTPTypes
import NIOCore
import Testing

@testable import WaxwingHTTP

/// The decisions behind the limits, as values.
@Suite struct ConnectionRuleTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    // MARK: Rates

    @Test func `a span in which too little came is too slow`() {
        var watch = TransferWatch(rate: 1024, window: .seconds(10))
        watch.start(at: start)
        watch.count(10_239)
        let isSlow1 = watch.isTooSlow(at: start + .seconds(9))
        #expect(!isSlow1)
        let isSlow2 = watch.isTooSlow(at: start + .seconds(10))
        #expect(isSlow2)
    }

    @Test func `a burst pays for its own span only`() {
        var watch = TransferWatch(rate: 1024, window: .seconds(10))
        watch.start(at: start)
        watch.count(100 << 20)
        let isSlow3 = watch.isTooSlow(at: start + .seconds(10))
        #expect(!isSlow3)
        let isSlow4 = watch.isTooSlow(at: start + .seconds(20))
        #expect(isSlow4)
    }

    @Test func `the server's own time is not the client's`() {
        var watch = TransferWatch(rate: 1024, window: .seconds(10))
        watch.start(at: start)
        watch.stop(at: start + .seconds(6))
        let isSlow5 = watch.isTooSlow(at: start + .seconds(1000))
        #expect(!isSlow5)
        watch.start(at: start + .seconds(1000))
        let isSlow6 = watch.isTooSlow(at: start + .seconds(1003))
        #expect(!isSlow6)
        let isSlow7 = watch.isTooSlow(at: start + .seconds(1004))
        #expect(isSlow7)
    }

    @Test func `a request has the longer the more it brings, and the server's time beside`() {
        var head = HTTPRequest(method: .post, scheme: nil, authority: "a", path: "/")
        head.headerFields[.contentLength] = "\(2 << 20)"
        let limits = ConnectionLimits()
        // 120 s, and 2 MiB at 2 KiB/s.
        var slow = Exchange(head, limits, at: start, received: 0)
        for second in stride(from: 10, through: 1140, by: 10) {
            slow.take(11 << 10)
            let isSlow8 = slow.isTooSlow(at: start + .seconds(Int64(second)))
            #expect(!isSlow8, "\(second)")
        }
        slow.take(11 << 10)
        let isSlow9 = slow.isTooSlow(at: start + .seconds(1150))
        #expect(isSlow9)

        var paused = Exchange(head, limits, at: start, received: 0)
        paused.pause(at: start + .seconds(1))
        let isSlow10 = paused.isTooSlow(at: start + .seconds(100_000))
        #expect(!isSlow10)
    }

    // MARK: Counts

    @Test func `connections are counted by subscriber, and those of trusted proxies only in all`() throws {
        var limits = ConnectionLimits()
        (limits.connections, limits.connectionsPerAddress) = (40, 2)
        let table = ConnectionTable(limits, proxies: try #require(TrustedProxies("10.0.0.0/8")))
        let own = try ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map { try #require(IPAddress($0)) }
        let seats = own.map { table.seat(for: $0) }
        #expect(seats.map(\.admission) == [.served, .served, .surplus])
        let mapped = try #require(IPAddress("::ffff:192.0.2.1"))
        #expect(table.seat(for: mapped).admission == .served)
        let proxy = try #require(IPAddress("10.1.2.3"))
        #expect((0..<10).allSatisfy { _ in table.seat(for: proxy).admission == .served })
        table.leave(seats[0])
        table.leave(seats[1])
        #expect(table.seat(for: own[0]).admission == .served)
    }

    @Test func `far too many are not spoken to`() throws {
        var limits = ConnectionLimits()
        (limits.connections, limits.connectionsPerAddress) = (16, 1000)
        let table = ConnectionTable(limits, proxies: .none)
        let admissions = (0..<40).map { _ in table.seat(for: nil).admission }
        #expect(admissions.count { $0 == .served } == 16)
        #expect(admissions.count { $0 == .surplus } == limits.surplus)
        #expect(admissions.last == .refused)
    }

    @Test func `connections leave files for everything else`() {
        #expect(ConnectionLimits().fitting(openFiles: 1024).connections == 672)
        #expect(ConnectionLimits().fitting(openFiles: 65_536).connections == 10_000)
        #expect(ConnectionLimits().fitting(openFiles: 0).connections == 16)
        #expect(ConnectionLimits().fitting(openFiles: .max).connections == 10_000)
    }

    // MARK: Heads

    private func refusal(_ path: String, _ method: HTTPRequest.Method = .get, _ fields: HTTPFields = [:]) -> Refusal? {
        RequestTarget.refusal(
            of: HTTPRequest(method: method, scheme: nil, authority: "a", path: path, headerFields: fields),
            bodyBytes: 1000)
    }

    @Test(arguments: ["/", "/api/samples?q=100%", "/a%20b", "/%C3%A9", "/a%0d%0ab", "/*"])
    func `what can be read in one way passes`(path: String) {
        #expect(refusal(path) == nil)
    }

    @Test(arguments: [
        "/%", "/%4", "/%zz", "/%00", "/a%00b", "/%c0%af", "/%ff", "/é", "/a b", "http://a/", "a", "", "*",
    ])
    func `what hides something does not`(path: String) {
        #expect(refusal(path)?.status == .badRequest)
    }

    @Test func `sizes are refused by the status that names them`() {
        #expect(refusal("/" + String(repeating: "a", count: 8 << 10)) == .targetTooLong)
        #expect(refusal("/" + String(repeating: "a", count: 8 << 10 - 1)) == nil)
        #expect(refusal("/", .post, [.contentLength: "1001"]) == .bodyTooLarge)
        #expect(refusal("/", .post, [.contentLength: "1000"]) == nil)
        #expect(refusal("/", .post, [.expect: "200-ok"]) == .expectationRefused)
        var many = HTTPFields()
        for _ in 0...100 { many.append(HTTPField(name: .accept, value: "x")) }
        #expect(refusal("/", .get, many) == .headTooLarge)
    }

    @Test(arguments: ["a", "sounds.example.com:8080", "127.0.0.1", "[::1]:80", "xn--bcher-kva.example"])
    func `a host is a name or an address, perhaps with a port`(host: String) {
        #expect(WireRules.isHost(host))
    }

    @Test(arguments: ["", "a/b", "a@b", "a b", "a,b", "a?b", "a\u{0}", "é"])
    func `and nothing else`(host: String) {
        #expect(!WireRules.isHost(host))
    }
}
