import Jobs
import Testing

/// W3C Trace Context, §3.2.
@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    @Test func `a header is read, and written as it was`() throws {
        for flags in ["00", "01"] {
            let header = "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-\(flags)"
            let context = try #require(TraceContext(header))
            #expect(context.traceID == TraceContextTests.trace && context.parentID == TraceContextTests.parent)
            #expect(context.isSampled == (flags == "01") && context.description == header)
        }
    }

    @Test(arguments: [
        "", "00", "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)",
        "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-0",
        "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01-",
        "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01-extra",
        "ff-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01",
        "0-\(TraceContextTests.trace)-\(TraceContextTests.parent)-001",
        "00-\(TraceContextTests.trace.uppercased())-\(TraceContextTests.parent)-01",
        "00-\(String(repeating: "0", count: 32))-\(TraceContextTests.parent)-01",
        "00-\(TraceContextTests.trace)-0000000000000000-01",
        "00-\(TraceContextTests.trace.dropLast())g-\(TraceContextTests.parent)-01",
        "00_\(TraceContextTests.trace)_\(TraceContextTests.parent)_01",
        " 00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01",
        "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-0g",
        "cc-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01.what",
        "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01\r\nX: y",
        "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-é1",
        "zz-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01",
    ])
    func `what is no header of the standard is as none`(header: String) {
        #expect(TraceContext(header) == nil)
    }

    @Test func `of a later version what is known is read`() throws {
        for header in [
            "cc-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01",
            "cc-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01-what-comes",
        ] {
            #expect(
                try #require(TraceContext(header)).description
                    == "00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01")
        }
        #expect(
            TraceContext(
                "cc-\(TraceContextTests.trace)-\(TraceContextTests.parent)-01-" + String(repeating: "x", count: 1_000))
                == nil)
    }

    @Test func `unknown flags are not passed on`() throws {
        #expect(
            try #require(TraceContext("00-\(TraceContextTests.trace)-\(TraceContextTests.parent)-ff")).description
                .hasSuffix("-01"))
    }

    @Test func `a step is of the same trace, and has a name of its own`() {
        let first = TraceContext.random()
        let steps = (0..<100).map { _ in first.next() }
        #expect(steps.allSatisfy { $0.traceID == first.traceID && TraceContext($0.description) == $0 })
        #expect(Set(steps.map(\.parentID)).count == 100)
        #expect(Set((0..<100).map { _ in TraceContext.random().traceID }).count == 100)
    }
}
