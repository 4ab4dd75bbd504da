internal import DynamoDB
public import HaikuRepository
public import LambdaRuntime

extension HaikuFunction {
    /// The function as Lambda starts it: configured by its environment, over the table that the settings name. The
    /// connection to the database is opened meanwhile, since a start is the cheapest time for it.
    ///
    /// - Throws: `SettingError` or `DynamoDBConfigurationError` when a setting is missing or malformed. A database that
    ///   cannot be reached yet is no error: the first request tries again.
    public init(_ start: LambdaRuntime.Start, serving makeEndpoint: (HaikuTable) -> Served) async throws {
        let settings = try FunctionSettings(start.environment)
        let database = DynamoDBClient(
            configuration: try DynamoDBConfiguration { start.environment[$0] },
            eventLoop: start.eventLoop,
            logger: start.logger
        )
        let table = HaikuTable(named: settings.tableName, shards: settings.feedShards, in: database)
        try? await database.open()
        self.init(serving: makeEndpoint(table), allowedOrigin: settings.allowedOrigin)
    }
}
