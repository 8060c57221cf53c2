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
                ]),
            Migration(
                2, "what samples are found by",
                [
                    "ALTER TABLE samples ADD COLUMN hidden_at BIGINT",
                    "CREATE INDEX samples_hidden ON samples (hidden_at) WHERE hidden_at IS NOT NULL",
                    """
                    CREATE TABLE sample_facets (
                        owner TEXT NOT NULL, id TEXT NOT NULL, hidden BIGINT NOT NULL, created_at BIGINT NOT NULL,
                        name TEXT \(SQLDifference.byteOrder) NOT NULL, bpm DOUBLE PRECISION NOT NULL, key_place BIGINT NOT NULL,
                        duration DOUBLE PRECISION NOT NULL, kind TEXT NOT NULL, role TEXT NOT NULL,
                        PRIMARY KEY (owner, id)) \(SQLDifference.clustered)
                    """,
                    """
                    CREATE TABLE sample_tags (
                        owner TEXT NOT NULL, tag TEXT \(SQLDifference.byteOrder) NOT NULL, sample_id TEXT NOT NULL,
                        PRIMARY KEY (owner, tag, sample_id)) \(SQLDifference.clustered)
                    """,
                    "CREATE INDEX tags_of_sample ON sample_tags (sample_id)",
                    """
                    CREATE TABLE sample_words (
                        owner TEXT NOT NULL, word TEXT \(SQLDifference.byteOrder) NOT NULL, sample_id TEXT NOT NULL,
                        PRIMARY KEY (owner, word, sample_id)) \(SQLDifference.clustered)
                    """,
                    "CREATE INDEX words_of_sample ON sample_words (sample_id)",
                ]),
            Migration(
                3, "collections",
                [
                    """
                    CREATE TABLE collections (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, parent TEXT, name TEXT NOT NULL,
                        place BIGINT NOT NULL, rules TEXT, created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX collections_of_owner ON collections (owner, parent, place, id)",
                    "CREATE INDEX collections_in ON collections (parent)",
                    """
                    CREATE TABLE collection_samples (
                        collection_id TEXT NOT NULL, sample_id TEXT NOT NULL, place BIGINT NOT NULL,
                        added_at BIGINT NOT NULL, PRIMARY KEY (collection_id, sample_id))
                    """,
                    "CREATE INDEX samples_in_place ON collection_samples (collection_id, place)",
                    "CREATE INDEX collections_of_sample ON collection_samples (sample_id)",
                ]),
            Migration(
                4, "files and their folders",
                [
                    """
                    CREATE TABLE folders (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, parent TEXT, name TEXT NOT NULL,
                        created_at BIGINT NOT NULL)
                    """,
                    "CREATE UNIQUE INDEX folder_names ON folders (owner, COALESCE(parent, ''), name)",
                    "CREATE INDEX folders_in ON folders (parent)",
                    """
                    CREATE TABLE files (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, folder TEXT, name TEXT NOT NULL,
                        object_key TEXT NOT NULL, content_type TEXT NOT NULL, size BIGINT NOT NULL, etag TEXT NOT NULL,
                        public BIGINT NOT NULL, created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX files_of_owner ON files (owner, folder, created_at DESC, id DESC)",
                ]),
            Migration(
                5, "songs and their stems",
                [
                    """
                    CREATE TABLE profiles (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX profiles_of_owner ON profiles (owner, name, id)",
                    """
                    CREATE TABLE songs (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, profile TEXT, title TEXT NOT NULL,
                        object_key TEXT NOT NULL, sha256 TEXT NOT NULL, duration DOUBLE PRECISION NOT NULL,
                        created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX songs_of_owner ON songs (owner, created_at DESC, id DESC)",
                    "CREATE INDEX songs_of_profile ON songs (profile, created_at DESC, id DESC)",
                    "CREATE UNIQUE INDEX song_content ON songs (owner, COALESCE(profile, ''), sha256)",
                    """
                    CREATE TABLE stems (
                        song TEXT NOT NULL, name TEXT NOT NULL, object_key TEXT NOT NULL, waveform_key TEXT,
                        content_type TEXT NOT NULL, size BIGINT NOT NULL, loudness DOUBLE PRECISION,
                        true_peak DOUBLE PRECISION, gain DOUBLE PRECISION NOT NULL, PRIMARY KEY (song, name))
                    """,
                ]),
            Migration(
                6, "kits and their pads",
                [
                    """
                    CREATE TABLE kits (
                        id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, bpm DOUBLE PRECISION NOT NULL,
                        banks TEXT, created_at BIGINT NOT NULL)
                    """,
                    "CREATE INDEX kits_of_owner ON kits (owner, created_at DESC, id DESC)",
                    """
                    CREATE TABLE kit_pads (
                        kit TEXT NOT NULL, pad BIGINT NOT NULL, sample_id TEXT NOT NULL, filename TEXT NOT NULL,
                        settings TEXT NOT NULL, PRIMARY KEY (kit, pad)) \(SQLDifference.clustered)
                    """,
                ]),
            Migration(
                7, "an index for every order, which holds all that a search asks",
                [
                    """
                    CREATE INDEX search_by_age
                    ON sample_facets (owner, hidden, created_at, id, bpm, key_place, duration, kind, role)
                    """,
                    """
                    CREATE INDEX search_by_name
                    ON sample_facets (owner, hidden, name, id, bpm, key_place, duration, kind, role)
                    """,
                    "CREATE INDEX search_by_tempo ON sample_facets (owner, hidden, bpm, id, key_place, duration, kind, role)",
                    "CREATE INDEX search_by_key ON sample_facets (owner, hidden, key_place, id, bpm, duration, kind, role)",
                    """
                    CREATE INDEX search_by_duration
                    ON sample_facets (owner, hidden, duration, id, bpm, key_place, kind, role)
                    """,
                ]),
            Migration(
                8, "files in order also where there is no folder",
                [
                    // PostgreSQL reads an order off an index only below columns that equal something: `IS NULL` is no such.
                    """
                    CREATE INDEX files_in_folder
                    ON files (owner, COALESCE(folder, ''), created_at DESC, id DESC)
                    """
                ]),
            Migration(
                9, "which row has an object",
                [
                    "CREATE INDEX samples_by_object ON samples (object_key \(SQLDifference.byteOrder))",
                    "CREATE INDEX files_by_object ON files (object_key \(SQLDifference.byteOrder))",
                    "CREATE INDEX songs_by_object ON songs (object_key \(SQLDifference.byteOrder))",
                    "CREATE INDEX stems_by_object ON stems (object_key \(SQLDifference.byteOrder))",
                    "CREATE INDEX stems_by_waveform ON stems (waveform_key \(SQLDifference.byteOrder))",
                ]),
            Migration(
                10, "corrections, loudness, and what sounds are compared by",
                [
                    "ALTER TABLE samples ADD COLUMN corrections TEXT",
                    "ALTER TABLE sample_facets ADD COLUMN loudness DOUBLE PRECISION NOT NULL DEFAULT -1000",
                    """
                    CREATE INDEX search_by_loudness
                    ON sample_facets (owner, hidden, loudness, id, bpm, key_place, duration, kind, role)
                    """,
                    """
                    CREATE TABLE sample_vectors (
                        owner TEXT NOT NULL, sample_id TEXT NOT NULL, version BIGINT NOT NULL,
                        vector \(SQLDifference.bytes) NOT NULL,
                        PRIMARY KEY (owner, sample_id)) \(SQLDifference.clustered)
                    """,
                ]),
            Migration(
                11, "what samples sound like, in words",
                ["ALTER TABLE audio_features ADD COLUMN ai_analysis_json TEXT"]),
            Migration(
                12, "by which version features are written down",
                ["ALTER TABLE audio_features ADD COLUMN features_version BIGINT NOT NULL DEFAULT 0"]),
        ])
}
