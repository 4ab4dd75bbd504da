import Foundation
import HTTPTypes
import Hummingbird
import LocalS3Website
import NIOCore
import Testing

@Suite
struct SitePathTests {
    @Test(arguments: [
        ("/", ["index.html"]),
        ("/js/", ["js", "index.html"]),
        ("/js/main.js", ["js", "main.js"]),
        ("/%E5%8F%A4%E6%B1%A0.html", ["古池.html"]),
        ("/a%20b.html", ["a b.html"]),
        ("/a..b", ["a..b"]),
        ("/a/%CC%81b", ["a", "\u{301}b"]),
    ])
    func `a path names a file`(path: String, components: [String]) {
        #expect(SitePath(path)?.components == components)
    }

    @Test(arguments: [
        "", "a", "//", "/../x", "/a/../../x", "/%2e%2e/x", "/..%2fx", "/a%2f..%2f..%2fx", "/a\\..\\x", "/%5c..",
        "/a%00.html",
        // U+06DD joins with what follows, U+0301 with what stands before: the slash is no `Character` of its own.
        "/%DB%9D/../", "/a/.%CC%81b", "/%DB%9D/.git",
        "/.git/config", "/a/.hidden", "/%2egit/config", "/./x", "/a//b", "/%zz", "/%1", "/%+1", "/%ff",
    ])
    func `a path that could lead elsewhere names nothing`(path: String) {
        #expect(SitePath(path) == nil)
    }
}

/// A site in a folder that is made for each test, beside a file that must never be served.
@Suite
final class LocalS3WebsiteTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    private let site: LocalS3Website

    init() throws {
        let files = [
            "web/index.html": "<h1>古池や</h1>", "web/js/main.js": "export {}", "web/docs/index.html": "docs",
            "secret": "x",
            "web/data.unknown": "?", "web/.hidden": "x",
        ]
        for (path, content) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(content.utf8).write(to: file)
        }
        site = LocalS3Website(root: folder.appending(path: "web").path(percentEncoded: false))
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func get(_ path: String, method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:]) async -> Response?
    {
        let head = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "localhost",
            path: path,
            headerFields: headers
        )
        return await site.respond(to: Request(head: head, body: .init(buffer: ByteBuffer())))
    }

    private func text(_ response: Response?) async throws -> String? {
        guard let response else { return nil }
        let collector = Collector()
        try await response.body.write(collector)
        return collector.text
    }

    @Test(arguments: [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/?lang=ja", "text/html; charset=utf-8", "no-cache"),
        ("/docs/", "text/html; charset=utf-8", "no-cache"),
        ("/js/main.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/data.unknown", "application/octet-stream", "no-cache"),
    ])
    func `a file is served with its type, and browsers ask for it again`(path: String, type: String, cacheControl: String) async throws {
        let response = try #require(await get(path))
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == type)
        #expect(response.headers[.cacheControl] == cacheControl)
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test
    func `a file is served byte for byte`() async throws {
        #expect(try await text(await get("/")) == "<h1>古池や</h1>")
    }

    @Test
    func `HEAD has the headers of GET and no content`() async throws {
        let response = try #require(await get("/", method: .head))
        #expect(response.headers[.contentLength] == "\("<h1>古池や</h1>".utf8.count)")
        #expect(try await text(response) == "")
    }

    @Test
    func `what the browser has already is not sent again`() async throws {
        let first = try #require(await get("/"))
        let tag = try #require(first.headers[.eTag])
        let date = try #require(first.headers[.lastModified])
        for headers: HTTPFields in [
            [.ifNoneMatch: tag], [.ifNoneMatch: "\"other\", W/\(tag)"], [.ifNoneMatch: "*"], [.ifModifiedSince: date],
        ] {
            let response = try #require(await get("/", headers))
            #expect(response.status == .notModified)
            #expect(response.headers[.eTag] == tag)
            #expect(try await text(response) == "")
        }
        #expect(await get("/", [.ifNoneMatch: "\"other\"", .ifModifiedSince: date])?.status == .ok)
    }

    @Test
    func `a changed file has another tag`() async throws {
        let first = try #require(await get("/"))
        try Data("longer than before".utf8).write(to: folder.appending(path: "web/index.html"))
        #expect(await get("/")?.headers[.eTag] != first.headers[.eTag])
    }

    @Test
    func `a folder without its last slash is redirected`() async throws {
        let response = try #require(await get("/docs?a=1"))
        #expect(response.status == .found)
        #expect(response.headers[.location] == "/docs/?a=1")
    }

    @Test(arguments: ["/none", "/js", "/js/", "/.hidden", "/../secret", "/%2e%2e/secret", "/index.html/"])
    func `what is not there is not served`(path: String) async {
        #expect(await get(path) == nil)
    }

    @Test
    func `a link that leads out of the folder is not followed and one that stays inside is`() async throws {
        let web = folder.appending(path: "web")
        let manager = FileManager.default
        try manager.createSymbolicLink(
            at: web.appending(path: "out.txt"),
            withDestinationURL: folder.appending(path: "secret")
        )
        try manager.createSymbolicLink(at: web.appending(path: "up"), withDestinationURL: folder)
        try manager.createSymbolicLink(
            at: web.appending(path: "in.html"),
            withDestinationURL: web.appending(path: "index.html")
        )
        #expect(await get("/out.txt") == nil)
        #expect(await get("/up/secret") == nil)
        #expect(await get("/in.html")?.status == .ok)
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .delete, .options])
    func `a page cannot be written`(method: HTTPRequest.Method) async {
        #expect(await get("/", method: method) == nil)
    }

    @Test
    func `the page for what is missing can be the site's own`() async throws {
        #expect(try await text(await site.notFound())?.contains("404") == true)
        try Data("nothing here".utf8).write(to: folder.appending(path: "web/404.html"))
        let response = await site.notFound()
        #expect(response.status == .notFound)
        #expect(try await text(response) == "nothing here")
    }
}

/// Takes what a response's body writes. It is Sendable as far as it goes: a test reads it only after the one task that
/// writes has ended.
private final class Collector: ResponseBodyWriter, @unchecked Sendable {
    private var buffer = ByteBuffer()

    var text: String { String(buffer: buffer) }

    func write(_ buffer: ByteBuffer) async throws { self.buffer.writeImmutableBuffer(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
