package import APIGateway
import Haiku
package import HaikuRepository
import JSON
package import LambdaRuntime

/// `PATCH /haiku/{item_id}`: adds one like.
package struct PatchHaikuEndpoint: HaikuEndpoint {
    private let repository: any HaikuLiker

    package init(_ repository: any HaikuLiker) {
        self.repository = repository
    }

    package func respond(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse {
        let id = try request.haikuID(ifMethodIs: "PATCH")
        let mark = try IdempotencyKey(request.headers)?.likeMark ?? LikeMark(requestID: context.requestID)
        guard let likes = try await repository.like(id, mark: mark, deadline: context.handlerDeadline)
        else { throw APIError.noSuchHaiku }
        var writer = JSONWriter()
        writer.object {
            $0.member("description", "OK")
            $0.key("likes")
            $0.number(likes)
        }
        return ProxyResponse(status: 200, json: writer.bytes)
    }
}
