import APIGateway
import Haiku
import HaikuAPI
import HaikuRepository
import JSON
import LambdaRuntime
import Testing

@Suite
struct ConditionalRequestTests {
    private func tag(_ gateway: Gateway, _ path: String, query: String = "") async throws -> String {
        try #require(try await gateway.send("GET", path, query: query).headers["ETag"])
    }

    @Test(arguments: [ProxyRequest.PayloadFormat.version1, .version2])
    func `a client that has the current list gets 304 without a body`(format: ProxyRequest.PayloadFormat) async throws {
        let gateway = Gateway(format)
        _ = try await gateway.post(frog)
        let tag = try await tag(gateway, "/haiku")
        let response = try await gateway.send("GET", "/haiku", headers: ["if-none-match": tag])
        #expect(response.status == 304)
        #expect(response.body == "")
        #expect(response.headers["ETag"] == tag)
        #expect(response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1, stale-while-revalidate=1")
        #expect(response.headers["Content-Type"] == nil)
    }

    @Test
    func `a client that has the current haiku gets 304, and 200 after a like`() async throws {
        let gateway = Gateway()
        let path = "/" + (try #require(try await gateway.post(frog).headers["Location"]))
        let tag = try await tag(gateway, path)
        let unchanged = try await gateway.send("GET", path, headers: ["if-none-match": tag])
        #expect(unchanged.status == 304)
        #expect(unchanged.headers["Cache-Control"] == "no-cache")
        _ = try await gateway.send("PATCH", path)
        let changed = try await gateway.send("GET", path, headers: ["if-none-match": tag])
        #expect(changed.status == 200)
        #expect(changed.json?["likes"]?.int == 1)
        #expect(changed.headers["ETag"] != tag)
    }

    @Test
    func `a new haiku and a like change the tag of the list`() async throws {
        let gateway = Gateway()
        var tags = [try await tag(gateway, "/haiku")]
        let location = try #require(try await gateway.post(frog).headers["Location"])
        tags.append(try await tag(gateway, "/haiku"))
        _ = try await gateway.send("PATCH", "/" + location)
        tags.append(try await tag(gateway, "/haiku"))
        #expect(Set(tags).count == tags.count)
    }

    @Test
    func `the tag depends on the last bytes of the body`() async throws {
        let id = try #require(HaikuID(unknownID))
        var tags: Set<String> = []
        for name in ["芭蕉", "芭菜"] {
            let gateway = Gateway(ids: [id])
            _ = try await gateway.post(frog.replacing("芭蕉", with: name))
            #expect(try await gateway.send("GET", "/haiku").body.hasSuffix(#""username":"\#(name)"}]"#))
            tags.insert(try await tag(gateway, "/haiku"))
        }
        #expect(tags.count == 2)
    }

    @Test
    func `a next page changes the tag of a list whose body stays the same`() async throws {
        let gateway = Gateway()
        for _ in 1...3 { _ = try await gateway.post(frog) }
        let last = try #require(gateway.haiku.all.first)
        let withNext = try await gateway.send("GET", "/haiku", query: "limit=2")
        try await gateway.haiku.remove(last.id, deadline: .now)
        let withoutNext = try await gateway.send("GET", "/haiku", query: "limit=2")
        #expect(withNext.body == withoutNext.body)
        #expect(withNext.headers["ETag"] != withoutNext.headers["ETag"])
    }

    @Test(arguments: [
        ("TAG", 304), ("*", 304), (#""other", TAG"#, 304), (#"TAG , "other""#, 304), (#""a,b",TAG"#, 304),
        ("STRONG", 304),
        (#""other""#, 200), (#"W/"""#, 200), ("", 200), ("BARE", 200),
    ])
    func `If-None-Match is a list of tags or an asterisk`(field: String, status: Int) async throws {
        let gateway = Gateway()
        _ = try await gateway.post(frog)
        let tag = try await tag(gateway, "/haiku")
        let strong = String(tag.dropFirst(2))
        let value = field.replacing("TAG", with: tag)
            .replacing("STRONG", with: strong)
            .replacing("BARE", with: strong.filter { $0 != "\"" })
        #expect(try await gateway.send("GET", "/haiku", headers: ["if-none-match": value]).status == status)
    }

    @Test
    func `a HEAD request has the tag of the GET request`() async throws {
        let gateway = Gateway()
        _ = try await gateway.post(frog)
        let tag = try await tag(gateway, "/haiku")
        #expect(try await gateway.send("HEAD", "/haiku").headers["ETag"] == tag)
        #expect(try await gateway.send("HEAD", "/haiku", headers: ["if-none-match": tag]).status == 304)
    }

    @Test
    func `an error has no tag, whatever the client has`() async throws {
        let response = try await Gateway().send("GET", "/haiku/\(unknownID)", headers: ["if-none-match": "*"])
        #expect(response.status == 404)
        #expect(response.headers["ETag"] == nil)
        #expect(response.headers["Cache-Control"] == nil)
    }

    @Test(arguments: [
        ("0", "no-cache"), ("1", "public, max-age=0, s-maxage=1, stale-while-revalidate=1"),
        ("60", "public, max-age=0, s-maxage=60, stale-while-revalidate=60"),
    ])
    func `LIST_CACHE_SECONDS sets the list's Cache-Control`(seconds: String, cacheControl: String) async throws {
        let environment = LambdaEnvironment(["TABLE_NAME": "haiku", "LIST_CACHE_SECONDS": seconds])
        let settings = try FunctionSettings(environment)
        let gateway = Gateway(listCacheSeconds: settings.listCacheSeconds)
        #expect(try await gateway.send("GET", "/haiku").headers["Cache-Control"] == cacheControl)
    }
}
