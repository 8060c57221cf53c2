import Foundation

/// What is wrong with an outcome.
struct Complaint: Error { let text: String }

/// One file, read by itself and among the files it belongs to: nothing slow, and no error but those that are caught.
struct FileTrial: Outcome {
    private(set) var complaint: String?
    private(set) var isOpened = false
    private(set) var longest = Duration.zero

    /// - Parameters:
    ///   - alone: reads the bytes; tells whether they could be read.
    ///   - among: reads them in a folder that may be made below the given one.
    init(
        path: String, alone: ([UInt8]) throws -> Bool,
        among: (_ bytes: [UInt8], _ folder: String, _ isOpened: Bool) throws -> Void
    ) {
        let start = processorTime()
        do {
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
            isOpened = try alone(bytes)
            let middle = processorTime()
            try among(bytes, (path as NSString).deletingLastPathComponent, isOpened)
            longest = max(middle - start, processorTime() - middle)
        } catch let error as Complaint {
            complaint = error.text
        } catch {
            complaint = "unexpected: \(error)"
        }
        if longest > .seconds(1) { complaint = "took \(longest)" }
    }
}
