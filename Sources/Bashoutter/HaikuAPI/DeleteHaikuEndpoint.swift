package import APIGateway
package import HaikuRepository
package import LambdaRuntime

/// `DELETE /haiku/{item_id}`
package struct DeleteHaikuEndpoint: HaikuEndpoint {
    private let repository: any HaikuRemover

    package init(_ repository: any HaikuRemover) {
        self.repository = repository
    }

    /// Succeeds whether or not there is a haiku with the id. A malformed id is a 404.
    package func respond(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse {
        try await repository.remove(try request.haikuID(ifMethodIs: "DELETE"), deadline: context.handlerDeadline)
        return ProxyResponse(status: 204)
    }
}
