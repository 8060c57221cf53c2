import Storage

extension LibrarySchema {
    /// The columns by which rows of this module have objects.
    public static let objects = [
        ObjectReference("samples", "object_key"), ObjectReference("files", "object_key"),
        ObjectReference("songs", "object_key"), ObjectReference("stems", "object_key"),
        ObjectReference("stems", "waveform_key"),
    ]
}
