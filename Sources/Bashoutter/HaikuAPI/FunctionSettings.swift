public import Haiku
public import LambdaRuntime

/// What the template tells a function.
public struct FunctionSettings: Equatable, Sendable {
    /// `TABLE_NAME`: the DynamoDB table.
    public let tableName: String
    /// `FEED_SHARDS`: over how many partitions the feed is spread; 1 when it is not set.
    public let feedShards: FeedShards
    /// `ALLOWED_ORIGIN`: the value of Access-Control-Allow-Origin; `*` when it is not set.
    public let allowedOrigin: String

    /// Settings of the given parts.
    public init(tableName: String, feedShards: FeedShards = .one, allowedOrigin: String = "*") {
        self.tableName = tableName
        self.feedShards = feedShards
        self.allowedOrigin = allowedOrigin
    }

    /// Reads the settings from the environment.
    ///
    /// - Throws: ``SettingError`` for the first that is missing or malformed.
    public init(_ environment: LambdaEnvironment) throws(EnvironmentVariableError) {
        guard let tableName = environment["TABLE_NAME"] else {
            throw EnvironmentVariableError("TABLE_NAME", "is not set: it must name the DynamoDB table")
        }
        let allowedOrigin = environment["ALLOWED_ORIGIN"] ?? "*"
        guard allowedOrigin.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw EnvironmentVariableError("ALLOWED_ORIGIN", "must be * or an origin such as https://example.com")
        }
        self.init(
            tableName: tableName,
            feedShards: try Self.feedShards(environment["FEED_SHARDS"]),
            allowedOrigin: allowedOrigin
        )
    }

    private static func feedShards(_ text: String?) throws(EnvironmentVariableError) -> FeedShards {
        guard let text else { return .one }
        guard let shards = Int(text).flatMap({ FeedShards($0) }) else {
            throw EnvironmentVariableError("FEED_SHARDS", "is \"\(text)\" but must be a whole number from 1 to 256")
        }
        return shards
    }
}
