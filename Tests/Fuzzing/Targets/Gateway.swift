import ServerlessTemplate

/// What the gateway makes of a request's target: its path, its query, its route, and the file that it may stand for.
func fuzz(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    let target = RequestTarget(text)
    let whole = text.utf8.contains(UInt8(ascii: "?")) ? "\(target.path)?\(target.query)" : target.path
    promise(whole == text, "path and query are the target")
    let names = target.parameters.map(\.name)
    promise(Set(names.map { Array($0.utf8) }).count == names.count, "a parameter is there once")

    for method in ["GET", "POST", "TRACE"] {
        guard let match = routes.match(method: method, path: target.path) else { continue }
        promise(routes.owns(path: target.path), "what is routed is the API's")
        promise(match.route.method == method || match.route.method == "ANY", "the route takes the method")
        promise(match.parameters.allSatisfy { !$0.value.isEmpty || $0.name == "rest" }, "no segment is empty")
    }
    if let file = SitePath(target.path) {
        promise(!file.components.isEmpty, "a file has a name")
        for component in file.components {
            promise(!component.isEmpty && !component.hasPrefix("."), "no component is hidden or leads upwards")
            promise(!component.utf8.contains { "/\\\0".utf8.contains($0) }, "a component is one name")
        }
    }
}

private let routes = RouteTable([
    Route(method: "GET", path: "/haiku", functionID: "GetHaiku"),
    Route(method: "POST", path: "/haiku", functionID: "PostHaiku"),
    Route(method: "ANY", path: "/haiku", functionID: "GetHaiku"),
    Route(method: "GET", path: "/haiku/{item_id}", functionID: "GetHaiku"),
    Route(method: "ANY", path: "/rest/{name}/{rest+}", functionID: "GetHaiku"),
])
