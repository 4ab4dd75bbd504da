public import APIGateway
internal import Haiku
public import HaikuRepository
public import LambdaRuntime

/// `DELETE /haiku/{item_id}`
public struct DeleteHaikuEndpoint: Endpoint {
    private let repository: any HaikuRemover

    /// An endpoint that removes from `repository`.
    public init(_ repository: any HaikuRemover) {
        self.repository = repository
    }

    /// Removes the haiku. That it is gone already is no error; that no haiku can have the id is.
    public func reply(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyReply {
        guard case .item(let text) = request.resource else { throw APIError.noSuchPath }
        guard request.method == "DELETE" else { throw APIError.methodNotAllowed(allowed: request.resource.methods) }
        guard let id = HaikuID(text) else { throw APIError.noSuchHaiku }
        try await repository.remove(id, deadline: context.workDeadline)
        return ProxyReply(status: 204)
    }
}
