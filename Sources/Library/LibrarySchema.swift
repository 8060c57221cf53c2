import Storage

/// The tables of this module.
public enum LibrarySchema {
    public static let migrations = MigrationSet(
        module: "library",
        [
            Migration(
                1, "samples and their features",
                [
                    """
                    CREATE TABLE samples (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, filename TEXT NOT NULL, object_key TEXT NOT NULL,
                        content_type TEXT NOT NULL, size BIGINT NOT NULL, etag TEXT NOT NULL, format TEXT,
                        duration DOUBLE PRECISION NOT NULL, sample_rate BIGINT NOT NULL, channels BIGINT NOT NULL,
                        created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX samples_of_owner ON samples (owner, created_at DESC, id DESC)",
                    """
                    CREATE TABLE audio_features (
                        sample_id TEXT PRIMARY KEY, bpm DOUBLE PRECISION, musical_key TEXT, scale TEXT,
                        kind TEXT NOT NULL, features TEXT NOT NULL, waveform TEXT)
                    """,
                ])
        ])
}
