import Foundation
import HTTPTypes
import Hummingbird
import LocalS3Website
import NIOCore
import Testing

/// A website in a folder that is created for each test, next to a file that must never be served.
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
    func `a file has its content type, and browsers revalidate it`(path: String, type: String, cacheControl: String)
        async throws
    {
        let response = try #require(await get(path))
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == type)
        #expect(response.headers[.cacheControl] == cacheControl)
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test
    func `a file is served unchanged`() async throws {
        #expect(try await text(await get("/")) == "<h1>古池や</h1>")
    }

    @Test
    func `a HEAD response has the headers of GET and no content`() async throws {
        let response = try #require(await get("/", method: .head))
        #expect(response.headers[.contentLength] == "\("<h1>古池や</h1>".utf8.count)")
        #expect(try await text(response) == "")
    }

    @Test
    func `a conditional request for an unchanged file gets a 304`() async throws {
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
    func `a changed file has another entity tag`() async throws {
        let first = try #require(await get("/"))
        try Data("longer than before".utf8).write(to: folder.appending(path: "web/index.html"))
        #expect(await get("/")?.headers[.eTag] != first.headers[.eTag])
    }

    @Test
    func `a folder's path without a final slash is redirected`() async throws {
        let response = try #require(await get("/docs?a=1"))
        #expect(response.status == .found)
        #expect(response.headers[.location] == "/docs/?a=1")
    }

    @Test(arguments: ["/none", "/js", "/js/", "/.hidden", "/../secret", "/%2e%2e/secret", "/index.html/"])
    func `a path without a file, or to a hidden one, has no response`(path: String) async {
        #expect(await get(path) == nil)
    }

    @Test
    func `only symbolic links within the folder are followed`() async throws {
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
    func `only GET and HEAD have responses`(method: HTTPRequest.Method) async {
        #expect(await get("/", method: method) == nil)
    }

    @Test
    func `404.html replaces the built-in page`() async throws {
        #expect(try await text(await site.notFound())?.contains("404") == true)
        try Data("custom page".utf8).write(to: folder.appending(path: "web/404.html"))
        let response = await site.notFound()
        #expect(response.status == .notFound)
        #expect(try await text(response) == "custom page")
    }
}

/// Collects a response's body. It is Sendable because a test reads it only after the one task that writes has ended.
private final class Collector: ResponseBodyWriter, @unchecked Sendable {
    private var buffer = ByteBuffer()

    var text: String { String(buffer: buffer) }

    func write(_ buffer: ByteBuffer) async throws { self.buffer.writeImmutableBuffer(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
