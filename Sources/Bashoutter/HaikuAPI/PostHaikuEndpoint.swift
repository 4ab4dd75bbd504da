package import APIGateway
package import Haiku
package import HaikuRepository
package import LambdaRuntime

/// `POST /haiku`
package struct PostHaikuEndpoint: HaikuEndpoint {
    private static let maximumBodyBytes = 8192

    private let repository: any HaikuAdder
    private let now: @Sendable () -> Timestamp
    private let newID: @Sendable () -> HaikuID

    package init(
        _ repository: any HaikuAdder,
        now: @escaping @Sendable () -> Timestamp = { .now },
        newID: @escaping @Sendable () -> HaikuID = { .random() }
    ) {
        self.repository = repository
        self.now = now
        self.newID = newID
    }

    package func respond(to request: ProxyRequest, context: LambdaContext) async throws -> ProxyResponse {
        guard request.resource == .haiku else { throw APIError.noSuchPath }
        guard request.method == "POST" else { throw APIError.methodNotAllowed(allowed: request.resource.methods) }
        guard request.body.count <= Self.maximumBodyBytes else {
            throw APIError.bodyTooLarge(maximum: Self.maximumBodyBytes)
        }
        let poem = try Poem(parsing: request.body)
        let key = try IdempotencyKey(request.headers)
        let id = try await add(poem, under: key, deadline: context.handlerDeadline)
        var response = ProxyResponse(status: 201, description: "Successfully added a new haiku")
        response.headers.append(("Location", "haiku/\(id)"))
        return response
    }

    private func add(
        _ poem: Poem,
        under key: IdempotencyKey?,
        deadline: ContinuousClock.Instant
    ) async throws -> HaikuID {
        while true {
            let id = key?.id(for: poem) ?? newID()
            let addition = try await repository.add(Haiku(id: id, poem: poem, postedAt: now()), deadline: deadline)
            // With a key, the haiku that exists is this one, posted earlier. Without one, the random id collided.
            if addition == .added || key != nil { return id }
        }
    }
}
