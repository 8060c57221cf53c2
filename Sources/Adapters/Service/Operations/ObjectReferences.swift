import SampleLibrary
import Storage

extension UseCases {
    /// The columns of every module by which rows have objects.
    public static let objectReferences = LibrarySchema.objects

    /// Below it every object has a row. What comes in or goes out, elsewhere, lives for a time only.
    public static let keptPrefix = "processed/"

    public static func orphanSweep(
        _ objects: any ObjectStore, _ database: any Database, _ clock: any WallClock
    ) -> OrphanSweep {
        OrphanSweep(objects, references: SQLReferencedKeys(database, in: objectReferences), clock: clock)
    }
}
