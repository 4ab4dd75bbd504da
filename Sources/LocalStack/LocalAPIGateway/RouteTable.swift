import Encoding
package import ServerlessTemplate

/// Finds the route of a request: the one with the most specific path, and of those the one with the request's method
/// rather than `ANY`.
package struct RouteTable: Sendable {
    fileprivate struct Entry {
        let route: Route
        let segments: [Segment]
        let isGreedy: Bool
    }

    fileprivate enum Segment {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    /// Sorted by specificity, the most specific first.
    private let entries: [Entry]
    private let fallback: Route?
    private let roots: Set<String>

    package init(_ routes: [Route]) {
        let entries = routes.filter { $0.path != "$default" }.map { route in
            let segments = Self.split(route.path).map { segment -> Segment in
                guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return .literal(String(segment)) }
                let name = segment.dropFirst().dropLast()
                return name.hasSuffix("+") ? .rest(String(name.dropLast())) : .parameter(String(name))
            }
            return Entry(route: route, segments: segments, isGreedy: segments.last?.isRest ?? false)
        }
        self.entries = entries.enumerated().sorted { left, right in
            let (first, second) = (left.element.rank, right.element.rank)
            return first == second ? left.offset < right.offset : second.lexicographicallyPrecedes(first)
        }.map { $0.element }
        fallback = routes.first { $0.path == "$default" }
        roots = Set(
            entries.compactMap { entry in
                if case .literal(let root) = entry.segments.first { root } else { nil }
            }
        )
    }

    /// Whether a route starts with the same segment as `path`, or is `$default`.
    package func owns(path: String) -> Bool {
        guard fallback == nil else { return true }
        return roots.contains(String(Substring(path.utf8.dropFirst().prefix { $0 != UInt8(ascii: "/") })))
    }

    /// Returns the route for a request's method and undecoded path; nil if there is none.
    package func match(method: String, path: String) -> RouteMatch? {
        let segments = Self.split(path)
        for entry in entries where entry.route.method == method || entry.route.method == "ANY" {
            if let parameters = entry.match(segments) { return RouteMatch(route: entry.route, parameters: parameters) }
        }
        return fallback.map { RouteMatch(route: $0, parameters: []) }
    }

    /// Splits bytes, not characters: to Swift, a slash followed by a combining mark is a character other than the slash.
    private static func split(_ path: String) -> [Substring] {
        path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
    }
}

extension RouteTable.Segment {
    fileprivate var isRest: Bool { if case .rest = self { true } else { false } }
}

extension RouteTable.Entry {
    /// Specificity: a literal segment before a parameter before a greedy parameter, and a method before `ANY`.
    fileprivate var rank: [Int] {
        segments.map { segment in
            switch segment {
            case .literal: 3
            case .parameter: 2
            case .rest: 1
            }
        } + [route.method == "ANY" ? 0 : 1]
    }

    fileprivate func match(_ path: [Substring]) -> [(name: String, value: String)]? {
        guard isGreedy ? path.count >= segments.count : path.count == segments.count else { return nil }
        var parameters: [(name: String, value: String)] = []
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .literal(let literal):
                guard literal == part else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                parameters.append((name, PercentEncoding.decode(part.utf8)))
            case .rest(let name):
                let rest = path[(segments.count - 1)...].joined(separator: "/")
                parameters.append((name, PercentEncoding.decode(rest.utf8)))
            }
        }
        return parameters
    }
}
