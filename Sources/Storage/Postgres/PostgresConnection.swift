import CLibPQ
import Storage

/// One connection, with the statements it has prepared.
///
/// Unchecked, as libpq permits: any thread may use a connection, one after another, and the pool lends it to one
/// transaction at a time.
final class PostgresConnection: @unchecked Sendable {
    let opened = ContinuousClock.now
    /// What stops the running statement from another thread.
    let interrupt: PostgresInterrupt
    private let handle: OpaquePointer
    private let address: PostgresAddress
    private let farewell = Farewell()
    private var statements: StatementCache
    private(set) var isBroken = false

    /// Connects; waits for the network.
    init(to address: PostgresAddress, name: String, _ settings: PostgresSettings) throws(PostgresFailure) {
        let handle = try Self.connect(to: address, name: name)
        guard let cancel = PQgetCancel(handle) else {
            PQfinish(handle)
            throw PostgresFailure(.lost, .unavailable("out of memory"))
        }
        interrupt = PostgresInterrupt(cancel)
        (self.handle, self.address) = (handle, address)
        statements = StatementCache(capacity: settings.preparedStatements)
        // Kept alive by this connection, which ends before it.
        PQsetNoticeReceiver(handle, Farewell.receive, Unmanaged.passUnretained(farewell).toOpaque())
        try checkEncoding()
        // The last one, where the server has it, ends the statements of a client that is gone.
        try command(
            """
            SET statement_timeout = \(settings.statementTimeout.wholeMilliseconds);
            SET lock_timeout = \(settings.lockTimeout.wholeMilliseconds);
            SET idle_in_transaction_session_timeout = \(settings.idleInTransactionTimeout.wholeMilliseconds);
            SELECT set_config(name, '5s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'
            """)
    }

    deinit {
        PQfinish(handle)
    }

    /// Whether it can begin a transaction.
    var isIdle: Bool {
        !isBroken && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    /// The descriptor of its socket, to wait on.
    var socket: Int32 { PQsocket(handle) }

    /// Takes what the server said unasked, as its farewell; never waits.
    /// - Returns: whether it is still there.
    func listen() -> Bool {
        if PQconsumeInput(handle) != 1 || PQstatus(handle) != CONNECTION_OK { isBroken = true }
        return !isBroken
    }

    /// The payloads of the notifications that came from other connections.
    func notifications() -> [String] {
        var payloads: [String] = []
        while let notification = PQnotifies(handle) {
            if notification.pointee.be_pid != PQbackendPID(handle) {
                payloads.append(String(cString: notification.pointee.extra))
            }
            PQfreemem(notification)
        }
        return payloads
    }

    /// Runs commands without parameters or rows.
    /// - Returns: the tag of the last.
    @discardableResult
    func command(_ text: String) throws(PostgresFailure) -> String {
        try answer(sent: PQsendQuery(handle, text)).tag
    }

    /// Runs one statement.
    /// - Parameter values: its parameters; text without zero bytes.
    func run(_ text: String, _ values: [SQLValue]) throws(PostgresFailure) -> PostgresAnswer {
        let parameters = PostgresParameters(values)
        guard parameters.fit else { throw PostgresFailure(.other, .unexpected("parameters of more than 2 GB")) }
        let key = StatementCache.Key(text: text, types: parameters.types)
        let (advice, evicted) = statements.advice(for: key)
        if let evicted { try command("DEALLOCATE \(evicted)") }
        switch advice {
        case .sendWhole:
            return try answer(sent: parameters.send(text, on: handle))
        case .prepare(let name):
            let count = Int32(truncatingIfNeeded: values.count)
            _ = try answer(sent: PQsendPrepare(handle, name, text, count, parameters.types))
            statements.prepared(key, as: name)
            return try answer(sent: parameters.send(prepared: name, on: handle))
        case .use(let name):
            return try answer(sent: parameters.send(prepared: name, on: handle))
        }
    }

    /// Runs one statement and hands its rows over as they come, one at a time.
    ///
    /// - Throws: ``PostgresFailure``, or what `body` throws; the server is then told to stop.
    func stream(_ text: String, _ values: [SQLValue], _ body: (Row) throws -> Void) throws {
        let parameters = PostgresParameters(values)
        guard parameters.fit else { throw PostgresFailure(.other, .unexpected("parameters of more than 2 GB")) }
        guard parameters.send(text, on: handle) == 1, PQsetSingleRowMode(handle) == 1 else {
            _ = try answer(sent: 0)
            return
        }
        var columns: PostgresColumns?
        var refusal: (any Error)?
        // Kept to the end: until then the connection is at work, which looks like a broken one.
        var last: OpaquePointer?
        while let result = PQgetResult(handle) {
            guard PQresultStatus(result) == PGRES_SINGLE_TUPLE else {
                PQclear(last)
                last = result
                if [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(PQresultStatus(result)) { break }
                continue
            }
            let answer = PostgresAnswer(result)
            guard refusal == nil else { continue }
            do {
                let known = columns ?? answer.columns
                columns = known
                for row in try answer.rows(known) { try body(row) }
            } catch {
                refusal = error
                interrupt.send()
            }
        }
        if let refusal {
            PQclear(last)
            throw refusal
        }
        _ = try checked(PostgresAnswer(last))
    }

    /// Waits for all that the server answers: the first failure, or the last of the answers.
    ///
    /// Not `PQexec`, which of a server's farewell keeps the end of the connection, and not its reason.
    private func answer(sent: Int32) throws(PostgresFailure) -> PostgresAnswer {
        var kept: OpaquePointer?
        var isOver = sent != 1
        while !isOver, let result = PQgetResult(handle) {
            switch PQresultStatus(kept) {
            case PGRES_FATAL_ERROR where kept != nil: PQclear(result)
            default:
                PQclear(kept)
                kept = result
            }
            // One would be asked for data for ever.
            isOver = [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(PQresultStatus(kept))
        }
        return try checked(PostgresAnswer(kept))
    }

    private func checked(_ answer: consuming PostgresAnswer) throws(PostgresFailure) -> PostgresAnswer {
        guard let failure = answer.failure else { return answer }
        if PQstatus(handle) != CONNECTION_OK {
            isBroken = true
            // One that was ended for taking too long would take too long once more.
            if let failure = [failure, farewell.failure].compactMap({ $0 }).first(where: { $0.kind == .stopped }) {
                throw failure
            }
            throw PostgresFailure(.lost, .unavailable(lastMessage))
        }
        switch failure.kind {
        case .forgottenStatement: statements.removeAll()
        case .lost: isBroken = true
        default: break
        }
        if PQtransactionStatus(handle) == PQTRANS_ACTIVE { isBroken = true }
        throw failure
    }

    /// What libpq says about the connection.
    private var lastMessage: String {
        let text = address.cleaned(String(cString: PQerrorMessage(handle)))
        return text.isEmpty ? "\(address.place) closed the connection" : text
    }

    private func checkEncoding() throws(PostgresFailure) {
        let encoding = PQparameterStatus(handle, "server_encoding").map { String(cString: $0) } ?? "unknown"
        guard encoding == "UTF8" else {
            throw PostgresFailure(
                .other, .unavailable("\(address.place) keeps text as \(encoding): create it with ENCODING 'UTF8'"))
        }
    }

    private static func connect(to address: PostgresAddress, name: String) throws(PostgresFailure) -> OpaquePointer {
        let parameters = address.parameters(name: name)
        let handle = withCStrings(parameters.map(\.keyword)) { keywords in
            withCStrings(parameters.map(\.value)) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let handle else { throw PostgresFailure(.lost, .unavailable("out of memory")) }
        guard PQstatus(handle) == CONNECTION_OK else {
            let message = address.cleaned(String(cString: PQerrorMessage(handle)))
            PQfinish(handle)
            throw PostgresFailure(.lost, .unavailable(message))
        }
        return handle
    }
}

/// The array of C strings, ended by null, that libpq takes.
private func withCStrings<Value>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
) -> Value {
    var (bytes, offsets) = ([CChar](), [Int]())
    for text in texts {
        offsets.append(bytes.count)
        bytes += text.utf8CString
    }
    return bytes.withUnsafeBufferPointer { buffer in
        let pointers = offsets.map { offset in buffer.baseAddress.map { $0 + offset } } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}

/// Why the server ended an idle connection. libpq takes what is said between statements for a notice.
private final class Farewell {
    private(set) var failure: PostgresFailure?

    /// Other notices ("relation exists, skipping") are nobody's concern, and would go to the standard error.
    static let receive: PQnoticeReceiver = { farewell, result in
        guard let farewell, PQresultErrorField(result, Int32(UInt8(ascii: "V"))).map({ String(cString: $0) }) == "FATAL"
        else { return }
        Unmanaged<Farewell>.fromOpaque(farewell).takeUnretainedValue().failure = PostgresFailure(result)
    }
}
