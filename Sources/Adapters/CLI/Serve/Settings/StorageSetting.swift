import Auth
import Storage

/// Where rows, objects and keys are.
enum StorageSetting {
    static let data = Setting(
        "WAXWING_DATA", standard: "`./var`",
        "The data folder: database, files, keys (mode 0600, made at the first start).")
    static let database = Setting(
        "DATABASE_URL", isSecret: true,
        "`postgres://user:password@host/name`, with any `?option=` that libpq takes: rows there instead of in SQLite.")
    static let secret = Setting(
        "WAXWING_SECRET", isSecret: true,
        """
        Needed beside `DATABASE_URL`: \(SealedKeys.shortestSecret) bytes or more (`openssl rand -hex 32`), the same on all \
        machines; seals the keys in the database.
        """)
    static let connections = Setting(
        "WAXWING_DATABASE_CONNECTIONS", in: 2...1000, standard: "`10`", "Of this process, at most.")
    static let bucket = Setting(
        "S3_BUCKET", "A bucket for this service alone instead of files in the data folder: AWS, R2, Ceph, MinIO.")
    static let endpoint = Setting("S3_ENDPOINT", standard: "AWS", "`https://…` of another service than AWS.")
    static let region = Setting("S3_REGION", "Needed for AWS; others take any.")
    static let accessKey = Setting(
        "S3_ACCESS_KEY_ID",
        "For what is not set here, the `AWS_…` names and the profiles of AWS's own tools are taken, where `S3_BUCKET` is set."
    )
    static let secretKey = Setting("S3_SECRET_ACCESS_KEY", isSecret: true, "Beside the key.")
    static let sessionToken = Setting("S3_SESSION_TOKEN", isSecret: true, "Of credentials that are good for a while.")
    static let addressing = Setting("S3_ADDRESSING", "`path` or `virtual`: where the bucket's name goes.")

    static let all = [
        data.about, database.about, secret.about, connections.about, bucket.about, endpoint.about, region.about,
        accessKey.about, secretKey.about, sessionToken.about, addressing.about,
    ]
}
