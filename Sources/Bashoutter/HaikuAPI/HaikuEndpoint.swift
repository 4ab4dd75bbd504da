package import APIGateway
package import LambdaRuntime

/// The part of the API that one Lambda function serves.
package protocol HaikuEndpoint: Sendable {
    /// - Throws: `APIError`, `PoemError` or `HaikuRepositoryError`. ``HaikuFunction`` turns any error into a response.
    func respond(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse
}
