import Foundation
import HTTPMessage
import HTTPServer
import LocalS3Website
import NIOCore
import NIOPosix
import Testing

/// A website in a folder that is created for each test, next to files that must never be served.
@Suite
final class LocalS3WebsiteTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    private let site: LocalS3Website

    init() throws {
        let files = [
            "web/index.html": "<h1>古池や</h1>", "web/js/main.js": "export {}", "web/docs/index.html": "docs",
            "secret": "x", "web-old/secret": "x",
            "web/icon.svg": "<svg/>", "web/data.unknown": "?", "web/.hidden": "x",
        ]
        for (path, content) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(content.utf8).write(to: file)
        }
        site = LocalS3Website(
            root: folder.appending(path: "web").path(percentEncoded: false),
            eventLoop: MultiThreadedEventLoopGroup.singleton.next()
        )
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func get(
        _ path: String,
        method: String = "GET",
        _ headers: HTTPHeaderFields = [:]
    ) async throws -> HTTPResponse? {
        try await site.respond(to: Request(method: method, target: path, headers: headers)).get()
    }

    private func text(_ response: HTTPResponse?) -> String? { response.map { String(buffer: $0.body) } }

    @Test(arguments: [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/icon.svg", "image/svg+xml", "public, max-age=86400"),
        ("/?lang=ja", "text/html; charset=utf-8", "no-cache"),
        ("/docs/", "text/html; charset=utf-8", "no-cache"),
        ("/js/main.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/data.unknown", "application/octet-stream", "no-cache"),
    ])
    func `a file has its content type, and browsers revalidate it`(path: String, type: String, cacheControl: String)
        async throws
    {
        let response = try #require(try await get(path))
        #expect(response.status == 200)
        #expect(response.headers["Content-Type"] == type)
        #expect(response.headers["Cache-Control"] == cacheControl)
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
    }

    @Test
    func `a file is served unchanged`() async throws {
        #expect(text(try await get("/")) == "<h1>古池や</h1>")
    }

    @Test
    func `a conditional request for an unchanged file gets a 304`() async throws {
        let first = try #require(try await get("/"))
        let tag = try #require(first.headers["ETag"])
        let date = try #require(first.headers["Last-Modified"])
        for headers: HTTPHeaderFields in [
            ["If-None-Match": tag], ["If-None-Match": "\"other\", W/\(tag)"], ["If-None-Match": "*"],
            ["If-Modified-Since": date],
        ] {
            let response = try #require(try await get("/", headers))
            #expect(response.status == 304)
            #expect(response.headers["ETag"] == tag)
            #expect(text(response) == "")
        }
        #expect(try await get("/", ["If-None-Match": "\"other\"", "If-Modified-Since": date])?.status == 200)
    }

    @Test
    func `a changed file has another entity tag`() async throws {
        let first = try #require(try await get("/"))
        try Data("longer than before".utf8).write(to: folder.appending(path: "web/index.html"))
        #expect(try await get("/")?.headers["ETag"] != first.headers["ETag"])
    }

    @Test
    func `a folder's path without a final slash is redirected`() async throws {
        let response = try #require(try await get("/docs?a=1"))
        #expect(response.status == 302)
        #expect(response.headers["Location"] == "/docs/?a=1")
    }

    @Test(arguments: ["/none", "/js", "/js/", "/.hidden", "/../secret", "/%2e%2e/secret", "/index.html/"])
    func `a path to no file, to a hidden one or to one outside the folder has no response`(path: String) async throws {
        #expect(try await get(path) == nil)
    }

    #if os(Linux)
        /// Linux lets a process open its memory as a file, but nothing is mapped at its beginning.
        @Test
        func `a file that cannot be read has no response`() async throws {
            let site = LocalS3Website(root: "/proc/self", eventLoop: MultiThreadedEventLoopGroup.singleton.next())
            #expect(try await site.respond(to: Request(method: "GET", target: "/mem")).get() == nil)
            #expect(try await site.respond(to: Request(method: "GET", target: "/maps")).get()?.status == 200)
        }
    #endif

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
            at: web.appending(path: "old.txt"),
            withDestinationURL: folder.appending(path: "web-old/secret")
        )
        try manager.createSymbolicLink(
            at: web.appending(path: "in.html"),
            withDestinationURL: web.appending(path: "index.html")
        )
        #expect(try await get("/out.txt") == nil)
        #expect(try await get("/up/secret") == nil)
        #expect(try await get("/old.txt") == nil)
        #expect(try await get("/in.html")?.status == 200)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
    func `a method other than GET and HEAD has no response`(method: String) async throws {
        #expect(try await get("/", method: method) == nil)
    }

    @Test
    func `404.html replaces the built-in page`() async throws {
        #expect(text(try await site.notFound().get())?.contains("404") == true)
        try Data("custom page".utf8).write(to: folder.appending(path: "web/404.html"))
        let response = try await site.notFound().get()
        #expect(response.status == 404)
        #expect(text(response) == "custom page")
    }
}
