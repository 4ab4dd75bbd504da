import HummingbirdCore
import Logging
import NIOCore

/// Admits a connection before any of its handlers is created: they are most of what a rejected connection would cost.
struct LimitedServer<Server: ServerChildChannel>: ServerChildChannel {
    enum Value: ServerChildChannelValue {
        case served(Server.Value)
        case refused(any Channel)

        var channel: any Channel {
            switch self {
            case .served(let value): value.channel
            case .refused(let channel): channel
            }
        }
    }

    let server: Server
    let limit: ConnectionLimit

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        guard limit.admit(until: channel.closeFuture) else {
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(RefusedConnection(limit: limit))
                return .refused(channel)
            }
        }
        return server.setup(channel: channel, logger: logger).map { .served($0) }
    }

    func handle(value: Value, logger: Logger) async {
        if case .served(let value) = value { await server.handle(value: value, logger: logger) }
    }
}
