import APIGateway

extension ProxyResponse {
    /// This successful response with `ETag` and `Cache-Control`; if the client has the representation already, a 304
    /// instead (RFC 9110, section 13.2).
    func conditional(on request: ProxyRequest, _ policy: CachePolicy) -> ProxyResponse {
        // The link to the next page can change while the body stays the same.
        let link = headers.first { $0.name == "Link" }?.value ?? ""
        let tag = EntityTag(of: body ?? [], Array(link.utf8))
        let fields = [(name: "ETag", value: "\(tag)"), (name: "Cache-Control", value: policy.cacheControl)]
        if let known = request.headers["If-None-Match"], tag.isListed(in: known) {
            return ProxyResponse(status: 304, headers: fields)
        }
        var response = self
        response.headers += fields
        return response
    }
}
