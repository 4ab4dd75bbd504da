public import APIGateway
public import HaikuRepository
public import LambdaRuntime

/// `DELETE /haiku/{item_id}`
public struct DeleteHaikuEndpoint: HaikuEndpoint {
    private let repository: any HaikuRemover

    /// An endpoint that removes from `repository`.
    public init(_ repository: any HaikuRemover) {
        self.repository = repository
    }

    /// Removes the haiku. That it is gone already is no error; that no haiku can have the id is.
    public func reply(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse {
        try await repository.remove(try request.haikuID(ifMethodIs: "DELETE"), deadline: context.handlerDeadline)
        return ProxyResponse(status: 204)
    }
}
