import JSON

extension ServiceError.Kind {
    var status: Int {
        switch self {
        case .internalServerError: 500
        case .serviceUnavailable: 503
        default: 400
        }
    }
}

extension ServiceError {
    /// The body of the error response.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("__type", kind.rawValue)
            // The spelling depends on which internal service reports the error.
            switch kind {
            case _ where message.isEmpty: break
            case .serialization, .accessDenied: $0.member("Message", message)
            default: $0.member("message", message)
            }
            if let item {
                $0.key("Item")
                $0.raw(item)
            }
        }
        return writer.bytes
    }
}
