import HTTPTypes
package import Hummingbird
import NIOCore
package import NIOPosix

/// Serves a folder like S3's static website hosting.
///
/// ```swift
/// let site = LocalS3Website(root: "web")
/// if let response = await site.respond(to: request) { return response }
/// ```
///
/// A path that ends in `/` is that of the folder's `index.html`. Files outside the folder are never served, whatever the
/// path or the symbolic links in it, and neither are hidden files.
package struct LocalS3Website: Sendable {
    private let root: String
    private let threads: NIOThreadPool

    /// - Parameter threads: Where files are read.
    package init(root: String, threads: NIOThreadPool = .singleton) {
        self.root = root
        self.threads = threads
    }

    /// Returns the response to a request for a file; nil if no file has its path, or if the request is not a read.
    package func respond(to request: Request) async -> Response? {
        guard request.method == .get || request.method == .head else { return nil }
        guard let path = SitePath(request.uri.path) else { return nil }
        let root = self.root
        let found = try? await threads.runIfActive { SiteFile.find(path, in: root) }
        switch found ?? nil {
        case .file(let file): return response(file, to: request)
        case .folder:
            let query = request.uri.query.map { "?\($0)" } ?? ""
            return Response(status: .found, headers: [.location: "\(request.uri.path)/\(query)"])
        case nil: return nil
        }
    }

    /// The response for a page that does not exist: the folder's `404.html`, or a built-in page.
    package func notFound() async -> Response {
        let root = self.root
        let path = SitePath("/404.html")
        let custom = try? await threads.runIfActive { path.flatMap { SiteFile.find($0, in: root) } }
        let body =
            if case .file(let file)? = custom ?? nil { file.content } else { ByteBuffer(string: Self.notFoundPage) }
        var headers = Self.securityHeaders
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-cache"
        return Response(status: .notFound, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private func response(_ file: SiteFile, to request: Request) -> Response {
        var headers = Self.securityHeaders
        headers[.eTag] = file.entityTag
        headers[.lastModified] = file.lastModified
        headers[.cacheControl] = SiteFile.cacheControl(ofExtension: file.fileExtension)
        if isCurrent(file, for: request) {
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentLength] = nil
            return response
        }
        headers[.contentType] = SiteFile.contentType(ofExtension: file.fileExtension)
        let response = Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.content))
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// Whether the client's copy is current (RFC 9110, section 13.2.2): `If-None-Match` takes precedence over the date.
    private func isCurrent(_ file: SiteFile, for request: Request) -> Bool {
        if let tags = request.headers[.ifNoneMatch] {
            return tags.split(separator: ",").contains { tag in
                let tag = tag.trimmingPrefix(while: \.isWhitespace)
                return tag == "*" || tag == file.entityTag || tag == "W/\(file.entityTag)"
            }
        }
        return request.headers[.ifModifiedSince] == file.lastModified
    }

    private static let securityHeaders: HTTPFields = [.xContentTypeOptions: "nosniff"]

    private static let notFoundPage = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Not found</title>
        <h1>404 Not Found</h1><p>This page does not exist. <a href="/">All haiku</a></p></html>

        """
}
