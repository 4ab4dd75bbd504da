import DynamoDB
package import HaikuRepository
package import LambdaRuntime

extension HaikuFunction {
    /// Configures the function from its environment, and connects to DynamoDB during the init phase, so that the first
    /// request does not have to.
    ///
    /// - Throws: `EnvironmentVariableError` or `DynamoDBConfigurationError` if a setting is missing or malformed. If
    ///   DynamoDB cannot be reached, nothing is thrown: the first request connects again.
    package init(
        _ context: InitializationContext,
        serving makeEndpoint: (HaikuTable, FunctionSettings) -> Endpoint
    ) async throws {
        let settings = try FunctionSettings(context.environment)
        let database = DynamoDBClient(
            configuration: try DynamoDBConfiguration { context.environment[$0] },
            eventLoop: context.eventLoop,
            logger: context.logger
        )
        let table = HaikuTable(named: settings.tableName, shards: settings.feedShards, in: database)
        try? await database.open()
        self.init(serving: makeEndpoint(table, settings), allowedOrigin: settings.allowedOrigin)
    }
}
