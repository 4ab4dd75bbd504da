import DynamoDB
import HaikuAPI
import HaikuRepository
import LambdaRuntime

LambdaRuntime.run { start in
    let settings = try FunctionSettings(start.environment)
    let database = try DynamoDBClient(start)
    let table = HaikuTable(named: settings.tableName, shards: settings.feedShards, in: database)
    await database.open()
    return HaikuFunction(serving: PatchHaikuEndpoint(table), allowedOrigin: settings.allowedOrigin)
}
