import Foundation

/// The files of a project folder, by their names below it; capitals and small letters are the same, as on a card.
///
/// Links are not followed: what they lead to is no part of the project.
struct ProjectFolder: Sendable {
    let path: String
    /// Regular files, in order of their names.
    private(set) var files: [String] = []
    /// Folders, in order of their names.
    private(set) var folders: [String] = []
    /// What is neither.
    private(set) var others: [String] = []
    /// Several files of one name, but for capitals.
    private(set) var doubles: [String] = []
    private var places: [String: String] = [:]

    /// A project has about 350 files.
    private static let mostFiles = 10_000

    /// - Parameter path: of the project.
    /// - Throws: ``SamplerError/cannotRead(file:reason:)``, and for a folder of more than 10,000 files.
    init(path: String) throws(SamplerError) {
        self.path = path
        guard let names = FileManager.default.enumerator(atPath: path) else {
            throw .cannotRead(file: path, reason: "no such folder, or not to be read")
        }
        var (files, folders, others): ([String], [String], [String]) = ([], [], [])
        for case let name as String in names {
            switch names.fileAttributes?[.type] as? FileAttributeType {
            case .typeRegular: files.append(name)
            case .typeDirectory: folders.append(name)
            default: others.append(name)
            }
            guard files.count + folders.count + others.count <= Self.mostFiles else {
                throw .cannotRead(file: path, reason: "it holds more than \(Self.mostFiles) files, so it is no project")
            }
        }
        (self.files, self.folders, self.others) = (files.sorted(), folders.sorted(), others.sorted())
        for file in self.files {
            if places.updateValue(file, forKey: file.uppercased()) != nil { doubles.append(file) }
        }
        for file in self.files.reversed() { places[file.uppercased()] = file }
    }

    /// The file of a name, as it is spelled here.
    func file(_ name: String) -> String? { places[name.uppercased()] }

    func hasFolder(_ name: String) -> Bool { folders.contains { $0.uppercased() == name.uppercased() } }

    func open(_ file: String) throws(SamplerError) -> InputFile {
        do {
            return try InputFile(path: "\(path)/\(file)")
        } catch {
            throw .cannotRead(file: file, reason: Self.reason(error))
        }
    }

    /// The start of a file, or all of it.
    ///
    /// - Parameter most: bytes that are read at most.
    func bytes(of file: String, most: Int) throws(SamplerError) -> [UInt8] {
        let input = try open(file)
        do {
            return try input.bytes(at: 0, count: min(most, input.size))
        } catch {
            throw .cannotRead(file: file, reason: Self.reason(error))
        }
    }

    func configuration(_ file: String) throws(SamplerError) -> PadConfiguration {
        try PadConfiguration(whole(file, most: PadConfiguration.Version.three.fileSize, "52,000 at most"))
    }

    func pattern(_ file: String) throws(SamplerError) -> Pattern {
        try Pattern(whole(file, most: Pattern.mostBytes, "at most 1 MiB"))
    }

    private func whole(_ file: String, most: Int, _ expected: String) throws(SamplerError) -> [UInt8] {
        let size = try open(file).size
        guard size <= most else { throw .wrongSize(file: file, bytes: size, expected: expected) }
        return try bytes(of: file, most: most)
    }

    private static func reason(_ error: AudioError) -> String {
        switch error {
        case .cannotOpen(_, let reason), .cannotRead(let reason): reason
        default: "\(error)"
        }
    }
}
