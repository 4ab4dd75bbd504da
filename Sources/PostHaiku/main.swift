import DynamoDB
import HaikuAPI
import HaikuRepository
import LambdaRuntime

LambdaRuntime.run { start in
    let settings = try FunctionSettings(start.environment)
    let database = DynamoDBClient(
        configuration: try DynamoDBConfiguration { start.environment[$0] },
        eventLoop: start.eventLoop,
        logger: start.logger
    )
    let table = HaikuTable(named: settings.tableName, shards: settings.feedShards, in: database)
    try? await database.open()
    return HaikuFunction(serving: PostHaikuEndpoint(table), allowedOrigin: settings.allowedOrigin)
}
