import Storage

extension S3ObjectStore {
    public func list(prefix: String, after last: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        var (objects, after) = ([ObjectInfo](), last?.text)
        while true {
            var query = [("list-type", "2"), ("encoding-type", "url"), ("max-keys", String(limit - objects.count))]
            if !prefix.isEmpty { query.append(("prefix", prefix)) }
            if let after { query.append(("start-after", after)) }
            let page = try await listing(query)
            objects += try await infos(of: page.keys)
            guard page.isTruncated, let end = page.keys.last else {
                return ObjectPage(objects: objects, next: nil)
            }
            after = end
            // Keys that no `ObjectKey` can name are passed over; a page of nothing else is not an end.
            if let next = page.keys.last(where: { (try? ObjectKey($0)) != nil }).flatMap({ try? ObjectKey($0) }),
                !objects.isEmpty
            {
                return ObjectPage(objects: objects, next: next)
            }
        }
    }

    public func listKeys(
        prefix: String, after last: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectKey] {
        var (keys, after) = ([ObjectKey](), last?.text)
        while keys.count < limit {
            var query = [("list-type", "2"), ("encoding-type", "url"), ("max-keys", String(limit - keys.count))]
            if !prefix.isEmpty { query.append(("prefix", prefix)) }
            if let after { query.append(("start-after", after)) }
            let page = try await listing(query)
            keys += page.keys.compactMap { try? ObjectKey($0) }
            guard page.isTruncated, let end = page.keys.last else { break }
            after = end
        }
        return keys
    }

    public func listLevel(
        prefix: String, delimiter: String, after last: String?, limit: Int
    ) async throws(ObjectStoreError) -> ObjectLevel {
        var query = [
            ("list-type", "2"), ("encoding-type", "url"), ("max-keys", String(limit)), ("delimiter", delimiter),
        ]
        if !prefix.isEmpty { query.append(("prefix", prefix)) }
        if let last { query.append(("continuation-token", last)) }
        let page = try await listing(query)
        return ObjectLevel(
            objects: try await infos(of: page.keys), prefixes: page.prefixes,
            next: page.isTruncated ? page.continuation : nil)
    }

    private struct Listing {
        let keys: [String]
        let prefixes: [String]
        let isTruncated: Bool
        let continuation: String?

        init(_ answer: S3Answer) throws(S3Failure) {
            func decoded(_ text: String?) throws(S3Failure) -> String {
                // As forms are encoded on some servers: a space is `+` there, and a plus `%2B` on all.
                guard let text = text.flatMap({ PercentEncoding.decode($0, plusIsSpace: true) }) else {
                    throw S3Failure(.unreadable("a key that is not encoded"))
                }
                return text
            }
            var (keys, prefixes) = ([String](), [String]())
            for object in answer.tree.all("Contents") { keys.append(try decoded(object["Key"])) }
            for prefix in answer.tree.all("CommonPrefixes") { prefixes.append(try decoded(prefix["Prefix"])) }
            (self.keys, self.prefixes) = (keys, prefixes)
            isTruncated = try answer.text("IsTruncated") == "true"
            continuation = answer.tree["NextContinuationToken"]
        }
    }

    private func listing(_ query: [(String, String)]) async throws(ObjectStoreError) -> Listing {
        do throws(S3Failure) {
            let answer = try await client.exchange(S3Request("GET", query: query))
            return try Listing(S3Answer(answer.body, root: "ListBucketResult"))
        } catch {
            throw error.error(nil, bucket: bucket)
        }
    }

    /// A listing has no attributes: each object is asked for its own. One deleted since is not listed.
    private func infos(of keys: [String]) async throws(ObjectStoreError) -> [ObjectInfo] {
        let keys = keys.compactMap { try? ObjectKey($0) }
        return try await inOrder(keys, width: 16) { key throws(ObjectStoreError) in
            try await presence(of: key)?.info
        }.compactMap { $0 }
    }
}
