package import APIGateway
package import LambdaRuntime

/// One endpoint of the API.
package protocol HaikuEndpoint: Sendable {
    /// - Throws: `APIError`, `PoemError` or `HaikuRepositoryError`. ``HaikuFunction`` turns any error into a response.
    func respond(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse
}
