package import Haiku
package import LambdaRuntime

/// The settings that infra/template.yaml passes to a function as environment variables.
package struct FunctionSettings: Equatable, Sendable {
    /// `TABLE_NAME`: the name of the DynamoDB table.
    package let tableName: String
    /// `FEED_SHARDS`: the number of partitions over which the feed is spread; 1 if it is not set.
    package let feedShards: FeedShards
    /// `ALLOWED_ORIGIN`: the value of `Access-Control-Allow-Origin`; `*` if it is not set.
    package let allowedOrigin: String
    /// `LIST_CACHE_SECONDS`: for how many seconds a shared cache may reuse a list, 0 to 3600; 1 if it is not set.
    package let listCacheSeconds: Int

    package init(
        tableName: String,
        feedShards: FeedShards = .one,
        allowedOrigin: String = "*",
        listCacheSeconds: Int = 1
    ) {
        self.tableName = tableName
        self.feedShards = feedShards
        self.allowedOrigin = allowedOrigin
        self.listCacheSeconds = listCacheSeconds
    }

    /// - Throws: ``EnvironmentVariableError`` for the first variable that is missing or malformed.
    package init(_ environment: LambdaEnvironment) throws(EnvironmentVariableError) {
        guard let tableName = environment["TABLE_NAME"] else {
            throw EnvironmentVariableError("TABLE_NAME", "is not set: it must name the DynamoDB table")
        }
        let allowedOrigin = environment["ALLOWED_ORIGIN"] ?? "*"
        guard allowedOrigin.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw EnvironmentVariableError(
                "ALLOWED_ORIGIN", "must be * or an origin such as https://example.com; got \"\(allowedOrigin)\"")
        }
        self.init(
            tableName: tableName,
            feedShards: try Self.feedShards(environment["FEED_SHARDS"]),
            allowedOrigin: allowedOrigin,
            listCacheSeconds: try Self.listCacheSeconds(environment["LIST_CACHE_SECONDS"])
        )
    }

    private static func feedShards(_ text: String?) throws(EnvironmentVariableError) -> FeedShards {
        guard let text else { return .one }
        guard let shards = Int(text).flatMap({ FeedShards($0) }) else {
            throw EnvironmentVariableError("FEED_SHARDS", "must be a whole number from 1 to 256; got \"\(text)\"")
        }
        return shards
    }

    private static func listCacheSeconds(_ text: String?) throws(EnvironmentVariableError) -> Int {
        guard let text else { return 1 }
        guard let seconds = Int(text), (0...3600).contains(seconds) else {
            throw EnvironmentVariableError(
                "LIST_CACHE_SECONDS", "must be a whole number from 0 to 3600; got \"\(text)\"")
        }
        return seconds
    }
}
