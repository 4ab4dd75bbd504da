import LocalAPIGateway
import ServerlessTemplate
import Testing

@Suite
struct RouteTableTests {
    static let table = RouteTable([
        Route(method: "ANY", path: "/haiku/{item_id}", functionID: "anyOne"),
        Route(method: "ANY", path: "/haiku", functionID: "any"),
        Route(method: "GET", path: "/haiku", functionID: "get"),
        Route(method: "GET", path: "/haiku/{item_id}", functionID: "getOne"),
        Route(method: "GET", path: "/haiku/newest", functionID: "newest"),
        Route(method: "GET", path: "/files/{rest+}", functionID: "files"),
    ])

    @Test(arguments: [
        ("GET", "/haiku", "get", [:]),
        ("POST", "/haiku", "any", [:]),
        ("GET", "/haiku/1", "getOne", ["item_id": "1"]),
        ("HEAD", "/haiku/1", "anyOne", ["item_id": "1"]),
        ("GET", "/haiku/newest", "newest", [:]),
        ("PUT", "/haiku/newest", "anyOne", ["item_id": "newest"]),
        ("GET", "/haiku/a%20%E5%8F%A4", "getOne", ["item_id": "a 古"]),
        ("GET", "/haiku/a%2Fb", "getOne", ["item_id": "a/b"]),
        ("GET", "/haiku/\u{301}", "getOne", ["item_id": "\u{301}"]),
        ("GET", "/files/a/b.txt", "files", ["rest": "a/b.txt"]),
    ])
    func `the most specific route matches`(
        method: String,
        path: String,
        function: String,
        parameters: [String: String]
    ) throws {
        let match = try #require(Self.table.match(method: method, path: path))
        #expect(match.route.functionID == function)
        #expect(Dictionary(uniqueKeysWithValues: match.parameters.map { ($0.name, $0.value) }) == parameters)
    }

    @Test(arguments: [
        ("GET", "/"), ("GET", "/haiku/"), ("GET", "/haiku/1/2"), ("GET", "/Haiku"), ("POST", "/files/a"),
        ("GET", "//haiku"), ("GET", "/haiku/1/\u{301}"),
    ])
    func `a request that no route describes has no match`(method: String, path: String) {
        #expect(Self.table.match(method: method, path: path) == nil)
    }

    @Test
    func `the default route matches all other requests`() {
        let table = RouteTable([
            Route(method: "ANY", path: "$default", functionID: "rest"),
            Route(method: "GET", path: "/a", functionID: "a"),
        ])
        #expect(table.match(method: "GET", path: "/a")?.route.functionID == "a")
        #expect(table.match(method: "PUT", path: "/a")?.route.functionID == "rest")
        #expect(table.match(method: "GET", path: "/x/y")?.route.functionID == "rest")
        #expect(table.match(method: "GET", path: "/x/y")?.route.key == "$default")
    }

    @Test(arguments: [("/haiku", true), ("/haiku/x/y", true), ("/haikus", false), ("/", false), ("/index.html", false)])
    func `the API owns paths whose first segment is that of a route`(path: String, isOwned: Bool) {
        #expect(Self.table.owns(path: path) == isOwned)
    }
}
