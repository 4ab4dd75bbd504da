import HTTPTypes
public import Hummingbird
import NIOCore
public import NIOPosix

/// The page on one machine: serves a folder as S3's website hosting does.
///
/// ```swift
/// let site = LocalS3Website(root: "web", fallbacks: ["/config.json": …])
/// if let response = await site.respond(to: request) { return response }
/// ```
///
/// A path that ends in `/` names the folder's `index.html`. Nothing outside the folder is ever served, by whatever
/// path or symbolic link, and neither are hidden files.
public struct LocalS3Website: Sendable {
    private let root: String
    private let threads: NIOThreadPool

    /// Serves the folder at `root`, reading files on `threads`.
    public init(root: String, threads: NIOThreadPool = .singleton) {
        self.root = root
        self.threads = threads
    }

    /// Answers a request for a file; nil when there is none for its path.
    public func respond(to request: Request) async -> Response? {
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

    /// The page that says that there is none: `404.html` of the folder, or one that is built in.
    public func notFound() async -> Response {
        let root = self.root
        let path = SitePath("/404.html")
        let own = try? await threads.runIfActive { path.flatMap { SiteFile.find($0, in: root) } }
        let body =
            if case .file(let file)? = own ?? nil { file.content } else { ByteBuffer(string: Self.notFoundPage) }
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

    /// Whether the client's copy is the file (RFC 9110, section 13.2.2): `If-None-Match` counts before the date.
    private func isCurrent(_ file: SiteFile, for request: Request) -> Bool {
        if let tags = request.headers[.ifNoneMatch] {
            return tags.split(separator: ",").contains { tag in
                let tag = tag.trimmingPrefix(while: \.isWhitespace)
                return tag == "*" || tag == file.entityTag || tag == "W/\(file.entityTag)"
            }
        }
        return request.headers[.ifModifiedSince] == file.lastModified
    }

    private static let securityHeaders: HTTPFields = [
        .xContentTypeOptions: "nosniff"
    ]

    private static let notFoundPage = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Not found</title>
        <h1>404 Not Found</h1><p>There is no such page. <a href="/">To the haiku</a></p></html>

        """
}
