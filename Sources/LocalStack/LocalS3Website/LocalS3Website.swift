package import HTTPMessage
package import HTTPServer
package import NIOCore
package import NIOPosix

/// Serves a folder like S3's static website hosting.
///
/// ```swift
/// let site = LocalS3Website(root: "web", eventLoop: eventLoop)
/// if let response = try await site.respond(to: request).get() { return response }
/// ```
///
/// A path that ends in `/` is that of the folder's `index.html`. Files outside the folder are never served, whatever the
/// path or the symbolic links in it, and neither are paths with a component that starts with a dot.
package struct LocalS3Website: Sendable {
    private let root: String
    private let eventLoop: any EventLoop
    private let threads: NIOThreadPool

    /// - Parameter threads: Where files are read.
    package init(root: String, eventLoop: any EventLoop, threads: NIOThreadPool = .singleton) {
        self.root = root
        self.eventLoop = eventLoop
        self.threads = threads
    }

    /// Returns the response to a request for a file; nil if no file has its path, or if the request is not a read.
    package func respond(to request: Request) -> EventLoopFuture<HTTPResponse?> {
        guard request.method == "GET" || request.method == "HEAD", let path = SitePath(request.path) else {
            return eventLoop.makeSucceededFuture(nil)
        }
        let root = self.root
        return threads.runIfActive(eventLoop: eventLoop) { SiteFile.find(path, in: root) }.map { found in
            switch found {
            case .file(let file): response(file, to: request)
            case .folder:
                HTTPResponse(
                    status: 302, headers: ["Location": "\(request.path)/\(request.query.map { "?\($0)" } ?? "")"])
            case nil: nil
            }
        }
    }

    /// The response for a page that does not exist: the folder's `404.html`, or a built-in page.
    package func notFound() -> EventLoopFuture<HTTPResponse> {
        let root = self.root
        return threads.runIfActive(eventLoop: eventLoop) {
            SitePath("/404.html").flatMap { SiteFile.find($0, in: root) }
        }
        .map { custom in
            let page = if case .file(let file)? = custom { file.content } else { ByteBuffer(string: Self.notFoundPage) }
            var headers = Self.securityHeaders
            headers.add(name: "Content-Type", value: "text/html; charset=utf-8")
            headers.add(name: "Cache-Control", value: "no-cache")
            return HTTPResponse(status: 404, headers: headers, body: page)
        }
    }

    private func response(_ file: SiteFile, to request: Request) -> HTTPResponse {
        var headers = Self.securityHeaders
        headers.add(name: "ETag", value: file.entityTag)
        headers.add(name: "Last-Modified", value: file.lastModified)
        headers.add(name: "Cache-Control", value: SiteFile.cacheControl(ofExtension: file.fileExtension))
        if isCurrent(file, for: request) { return HTTPResponse(status: 304, headers: headers) }
        headers.add(name: "Content-Type", value: SiteFile.contentType(ofExtension: file.fileExtension))
        return HTTPResponse(status: 200, headers: headers, body: file.content)
    }

    /// Whether the client's copy is current (RFC 9110, section 13.2.2): `If-None-Match` takes precedence over the date.
    private func isCurrent(_ file: SiteFile, for request: Request) -> Bool {
        if let tags = request.headers.first(name: "if-none-match") {
            return tags.split(separator: ",").contains { tag in
                let tag = tag.trimmingPrefix(while: \.isWhitespace)
                return tag == "*" || tag == file.entityTag || tag == "W/\(file.entityTag)"
            }
        }
        return request.headers.first(name: "if-modified-since") == file.lastModified
    }

    private static let securityHeaders: HTTPHeaderFields = ["X-Content-Type-Options": "nosniff"]

    private static let notFoundPage = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Not found</title>
        <h1>404 Not Found</h1><p>This page does not exist. <a href="/">All haiku</a></p></html>

        """
}
