public import APIGateway
public import HaikuRepository
internal import JSON
public import LambdaRuntime

/// `PATCH /haiku/{item_id}`: one like more.
public struct PatchHaikuEndpoint: HaikuEndpoint {
    private let repository: any HaikuLiker

    /// An endpoint that counts likes in `repository`.
    public init(_ repository: any HaikuLiker) {
        self.repository = repository
    }

    /// Counts the like and answers with the new number.
    public func reply(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse {
        let id = try request.haikuID(ifMethodIs: "PATCH")
        guard let likes = try await repository.like(id, requestID: context.requestID, deadline: context.handlerDeadline)
        else { throw APIError.noSuchHaiku }
        var writer = JSONWriter()
        writer.object {
            $0.member("description", "OK")
            $0.member("likes", likes)
        }
        return ProxyResponse(status: 200, json: writer.bytes)
    }
}
