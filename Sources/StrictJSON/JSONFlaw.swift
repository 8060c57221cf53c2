/// Why a JSON text is not read.
package enum JSONFlaw: Error, Equatable {
    case tooLong(Int)
    case notUTF8
    case byteOrderMark
    /// At a byte, counted from 0.
    case malformed(at: Int)
    case tooDeep(Int)
    case tooMany(Int)
    /// A name that an object has twice.
    case duplicate(String)
    /// In the value of the innermost member around it, or in a name there.
    case nul(in: String?)
    case loneSurrogate(in: String?)
    /// One that has no end, or that no reader keeps as it is.
    case number(in: String?)

    /// Said of the member it is in, unless one further in was named.
    func within(_ name: String) -> JSONFlaw {
        switch self {
        case .nul(in: nil): .nul(in: name)
        case .loneSurrogate(in: nil): .loneSurrogate(in: name)
        case .number(in: nil): .number(in: name)
        default: self
        }
    }
}
