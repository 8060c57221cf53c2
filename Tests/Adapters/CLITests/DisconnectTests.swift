import Foundation
import StorageTestKit
import Testing

#if os(Linux)
import Glibc

/// Clients that go away in the middle of a file, which is what phones do.
@Suite struct DisconnectTests {
    /// Until the server has let go of what its clients left behind.
    private func settles(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<6000 {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    private func openFiles(_ server: TestServer) throws -> Int {
        let (files, folder) = (FileManager.default, "/proc/\(server.program.identifier)/fd")
        // The database's connections are opened when many come at once, and stay.
        return try files.contentsOfDirectory(atPath: folder).count { name in
            (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(name)"))?.contains("waxwing.sqlite") != true
        }
    }

    private func tasks(_ server: TestServer) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.program.identifier)/task").count
    }

    /// Files of the store that are none of a sample, and files under way. Locks are no leftovers: they stay.
    private func leftOvers(_ server: TestServer) -> [String] {
        ["\(server.data)/store/tmp", "\(server.data)/store/uploads-pending", "\(server.data)/work"].flatMap {
            path in
            (FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []).filter { name in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
                    && !isFolder.boolValue && (name as NSString).lastPathComponent != "lock"
            }
        }
    }

    @Test(.timeLimit(.minutes(20)))
    func `clients that go away at any byte of an upload or download leave nothing behind`() async throws {
        let server = try await TestServer(TemporaryFolder(), environment: ["WAXWING_WORKERS": "1"])
        let token = try await server.signUp()
        let sound = Sound.kicks(seconds: 30, rate: 44_100, channels: 2)
        let job = try #require(try await server.upload(sound, named: "whole.wav", token: token))
        let sample = try #require(try await server.finished(job, token: token)["sample_id"] as? String)
        _ = try await server.send("GET", "/api/samples/\(sample)/audio", token: token)
        #expect(try await settles { leftOvers(server).isEmpty })
        let before = try openFiles(server)

        let form =
            Array("--b\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a.wav\"\r\n\r\n".utf8)
            + sound + Array("\r\n--b--\r\n".utf8)
        let head = "Host: localhost\r\nAuthorization: Bearer \(token)\r\n"
        for percent in stride(from: 0, to: 100, by: 5) {
            let upload = try Socket(port: server.port)
            upload.send(
                Array(
                    "POST /api/upload HTTP/1.1\r\n\(head)Content-Type: multipart/form-data; boundary=b\r\nContent-Length: \(form.count)\r\n\r\n"
                        .utf8))
            upload.send(Array(form.prefix(form.count * percent / 100)))
            let download = try Socket(port: server.port)
            download.send(Array("GET /api/samples/\(sample)/audio HTTP/1.1\r\n\(head)\r\n".utf8))
            download.receive(sound.count * percent / 100)
        }
        #expect(try await settles { leftOvers(server).isEmpty }, "\(leftOvers(server))")
        let isBack = try await settles { try openFiles(server) <= before }
        let files = try openFiles(server)
        #expect(isBack, "\(files) of \(before) files")
        #expect(try tasks(server) < 100)
        // Nothing is held for what did not come, and the next upload is served.
        var quota: [String: [String: Any]] = [:]
        let isFree = try await settles {
            let user = try #require(try await server.get("/api/user", token: token)["data"] as? [String: Any])
            quota = try #require(user["quota"] as? [String: [String: Any]])
            return quota.values.allSatisfy { $0["held"] as? Int == 0 }
        }
        #expect(isFree && quota["uploads"]?["used"] as? Int == 1, "\(quota)")
        let next = try #require(try await server.upload(sound, named: "next.wav", token: token))
        #expect(try await server.finished(next, token: token)["status"] as? String == "completed")
        #expect(await server.stop() == 0)
    }
}

/// A connection that is cut when this value is let go of, without a word of farewell.
private final class Socket {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // The server learns of it at once, by a reset.
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        guard result == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func receive(_ wanted: Int) {
        var (left, buffer) = (wanted, [UInt8](repeating: 0, count: 1 << 16))
        while left > 0 {
            let count = recv(descriptor, &buffer, min(left, buffer.count), 0)
            guard count > 0 else { return }
            left -= count
        }
    }
}
#endif
