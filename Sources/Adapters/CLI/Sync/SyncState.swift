import Crypto
import Foundation

/// What is known of a folder and the samples of a service since they were compared the last time.
///
/// Samples never change their bytes, so that what is here and what is there are compared by content alone. Names are of no
/// account: a file that was renamed is the same.
struct SyncState: Codable, Equatable, Sendable {
    /// A sample of the service whose content is known.
    struct Known: Codable, Equatable, Sendable {
        let sample: String
        let digest: String
        /// Whether a file of this content has been here, so that its absence is a deletion.
        var wasHere: Bool
    }

    /// Bytes that were sent, and are analysed there.
    struct Pending: Codable, Equatable, Sendable {
        let job: String
        let path: String
    }

    /// A file as it was read last.
    struct ReadFile: Codable, Equatable, Sendable {
        let stamp: ContentStamp
        let digest: String
    }

    static let version = 1

    private(set) var version = SyncState.version
    /// Of this folder, at random: what is sent from here is told by it from what is sent from elsewhere.
    let folder: String
    let server: String
    let user: String
    var known: [Known] = []
    /// By digest.
    var pending: [String: Pending] = [:]
    /// By path below the folder: spares reading files that are still the same.
    var files: [String: ReadFile] = [:]
    /// By digest: how often a sending has come to its end, so that the next one is another.
    var sendings: [String: Int] = [:]

    init(folder: String = UUID().uuidString, server: String, user: String) {
        (self.folder, self.server, self.user) = (folder, server, user)
    }

    /// The idempotency key of sending a file: the same until that has come to its end, also for a run after a crash.
    func key(of digest: String, named name: String) -> String {
        let text = "\(folder)\n\(digest)\n\(name)\n\(sendings[digest, default: 0])"
        return "sync-" + SHA256.hash(data: Data(text.utf8)).hexadecimal
    }

    mutating func learn(_ sample: String, _ digest: String, wasHere: Bool) {
        if let index = known.firstIndex(where: { $0.sample == sample }) {
            known[index].wasHere = known[index].wasHere || wasHere
        } else {
            known.append(Known(sample: sample, digest: digest, wasHere: wasHere))
        }
    }

    mutating func forget(_ sample: String) {
        for gone in known where gone.sample == sample { endSending(of: gone.digest) }
        known.removeAll { $0.sample == sample }
    }

    /// The next time that this content is new it is sent as such, and not taken for a repeat.
    mutating func endSending(of digest: String) {
        sendings[digest, default: 0] += 1
    }

    /// Takes note of what is where. Samples that are neither here nor there are forgotten.
    ///
    /// - Parameters:
    ///   - here: digests of all files.
    ///   - there: ids of all samples.
    mutating func look(here: Set<String>, there: Set<String>) {
        var gone: [String] = []
        for index in known.indices {
            let (isHere, isThere) = (here.contains(known[index].digest), there.contains(known[index].sample))
            if isHere, isThere { known[index].wasHere = true }
            if !isHere, !isThere { gone.append(known[index].sample) }
        }
        for sample in gone { forget(sample) }
    }
}
