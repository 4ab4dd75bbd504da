import HTTPServer

/// A request to the Runtime API.
enum RuntimeRequest {
    case next
    /// The response to the invocation of that id.
    case response(String)
    /// An error of the invocation of that id.
    case error(String)
    case initError

    /// Returns nil if the Runtime API has no such method and path.
    init?(_ request: Request) {
        let prefix = "/2018-06-01/runtime/".utf8
        let bytes = Array(request.path.utf8)
        guard bytes.starts(with: prefix) else { return nil }
        let path = bytes.dropFirst(prefix.count).split(separator: UInt8(ascii: "/"))
        switch (request.method, path.count) {
        case ("GET", 2) where path[0].elementsEqual("invocation".utf8) && path[1].elementsEqual("next".utf8):
            self = .next
        case ("POST", 2) where path[0].elementsEqual("init".utf8) && path[1].elementsEqual("error".utf8):
            self = .initError
        case ("POST", 3) where path[0].elementsEqual("invocation".utf8):
            let id = String(decoding: path[1], as: UTF8.self)
            if path[2].elementsEqual("response".utf8) {
                self = .response(id)
            } else if path[2].elementsEqual("error".utf8) {
                self = .error(id)
            } else {
                return nil
            }
        default:
            return nil
        }
    }
}
