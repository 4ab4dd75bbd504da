import Foundation
import ServerlessTemplate
import Testing

/// The project's template, parsed with the same defaults as in `bashoutter-local`.
@Suite
struct ProjectTemplateTests {
    let template: ServerlessTemplate

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        template = try ServerlessTemplate(
            contentsOf: root.appending(path: "infra/template.yaml").path(percentEncoded: false),
            localDefaults: ["FeedShards": "1"]
        )
    }

    @Test
    func `each function gets the table's name, one shard, any origin and a timeout below the API's`() {
        #expect(template.functions.map(\.name) == ["GetHaiku", "PostHaiku", "PatchHaiku", "DeleteHaiku"])
        for function in template.functions {
            #expect(function.handler == function.logicalID)
            #expect(function.environment["TABLE_NAME"] == "HaikuTable")
            #expect(function.environment["FEED_SHARDS"] == "1")
            #expect(function.environment["ALLOWED_ORIGIN"] == "*")
            #expect(function.timeout < 30)
        }
    }

    @Test
    func `POST, PATCH and DELETE invoke their functions, and other methods GetHaiku`() {
        var functions = Dictionary(uniqueKeysWithValues: template.routes.map { ($0.key, $0.functionID) })
        #expect(functions.removeValue(forKey: "POST /haiku") == "PostHaiku")
        #expect(functions.removeValue(forKey: "PATCH /haiku/{item_id}") == "PatchHaiku")
        #expect(functions.removeValue(forKey: "DELETE /haiku/{item_id}") == "DeleteHaiku")
        for key in ["GET /haiku", "ANY /haiku", "GET /haiku/{item_id}", "ANY /haiku/{item_id}"] {
            #expect(functions[key] == "GetHaiku")
        }
        #expect(Set(functions.values) == ["GetHaiku"])
    }

    @Test
    func `the table's key is item_id, and its index is feed-posted_at`() throws {
        let table = try #require(template.tables.first)
        #expect(template.tables.count == 1)
        #expect(table.name == "HaikuTable")
        #expect(table.key.map(\.name) == ["item_id"])
        #expect(table.indexes.map(\.name) == ["feed-posted_at"])
        #expect(table.indexes.first?.key.map(\.type) == ["HASH", "RANGE"])
    }

    @Test
    func `GetHaiku may only read and PostHaiku may not query`() throws {
        let actions = Dictionary(
            uniqueKeysWithValues: template.functions.map { ($0.name, Set($0.statements.flatMap(\.actions))) }
        )
        #expect(actions["GetHaiku"] == ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"])
        #expect(actions["PostHaiku"]?.contains("dynamodb:PutItem") == true)
        #expect(actions["PostHaiku"]?.contains("dynamodb:Query") == false)
        let resources = template.functions.flatMap(\.statements).flatMap(\.resources)
        #expect(resources.allSatisfy { $0.hasPrefix("arn:aws:dynamodb:us-east-1:000000000000:table/HaikuTable") })
    }
}
