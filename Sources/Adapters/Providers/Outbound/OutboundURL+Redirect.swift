extension OutboundURL {
    /// The address that a `Location` header names, seen from this one.
    func redirected(to location: String) throws(OutboundFailure) -> OutboundURL {
        let reference = location.prefix { $0 != "#" }
        let text =
            if reference.hasPrefix("//") {
                "\(scheme.rawValue):\(reference)"
            } else if reference.hasPrefix("/") {
                origin + reference
            } else if reference.prefix(while: { !"/?".contains($0) }).contains(":") {
                // With a scheme of its own.
                String(reference)
            } else if reference.hasPrefix("?") {
                origin + path + reference
            } else {
                origin + folder + reference
            }
        let next: OutboundURL
        do throws(OutboundURLProblem) {
            next = try OutboundURL(text)
        } catch {
            throw OutboundFailure(.redirect(error))
        }
        guard scheme == .http || next.scheme == .https else { throw OutboundFailure(.redirectToPlainHTTP) }
        return next
    }

    private var path: Substring { target.prefix { $0 != "?" } }

    /// The path up to its last slash.
    private var folder: Substring {
        path[...(path.lastIndex(of: "/") ?? path.startIndex)]
    }
}

extension AnswerHead {
    /// Where to go on, if that is asked for. What changes something is never sent to a second place.
    func redirection(of request: OutboundRequest) -> String? {
        guard request.redirects > 0, request.method == .get || request.method == .head,
            [301, 302, 303, 307, 308].contains(status)
        else { return nil }
        return header("Location")
    }
}

extension OutboundRequest {
    /// What goes along to the next address: nothing that could be meant for the first alone.
    var headersAfterRedirect: [(name: String, value: String)] {
        headers.filter { ["accept", "accept-language", "user-agent"].contains($0.name.lowercased()) }
    }
}
