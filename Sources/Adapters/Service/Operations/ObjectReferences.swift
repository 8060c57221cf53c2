import SampleLibrary
import Storage

extension UseCases {
    /// The columns of every module by which rows have objects.
    public static let objectReferences = LibrarySchema.objects
}
