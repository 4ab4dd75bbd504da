package import APIGateway
package import LambdaRuntime

/// One endpoint of the API.
package protocol HaikuEndpoint: Sendable {
    /// - Throws: `APIError`, `PoemError` or `HaikuRepositoryError`, which ``HaikuFunction`` turns into responses.
    func respond(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse
}
