/// The `Link` header field (RFC 8288, section 3).
package enum LinkHeader {
    /// The target of the first link with the relation type `relation`: a URL reference, to be resolved against the URL of
    /// the request. nil if there is no such link.
    package static func target(of relation: String, in header: String) -> String? {
        var rest = Substring(header)
        while let open = rest.firstIndex(of: "<") {
            let afterOpen = rest[rest.index(after: open)...]
            guard let close = afterOpen.firstIndex(of: ">") else { return nil }
            let target = afterOpen[..<close]
            rest = afterOpen[afterOpen.index(after: close)...]
            // Only the first `rel` parameter counts (section 3.3).
            var relations: [Substring]?
            while let (name, value) = nextParameter(&rest) {
                if relations == nil, name.lowercased() == "rel" { relations = value.split(separator: " ") }
            }
            if relations?.contains(where: { $0.lowercased() == relation }) == true { return String(target) }
        }
        return nil
    }

    /// Removes the parameter `; name=value` from the front of `rest`. Returns nil, and leaves `rest` unchanged, if there
    /// is none.
    private static func nextParameter(_ rest: inout Substring) -> (name: Substring, value: String)? {
        var text = rest.drop(while: \.isWhitespace)
        guard text.first == ";" else { return nil }
        text = text.dropFirst().drop(while: \.isWhitespace)
        let name = text.prefix { $0 != "=" && $0 != ";" && $0 != "," && !$0.isWhitespace }
        text = text[name.endIndex...].drop(while: \.isWhitespace)
        guard text.first == "=" else {
            rest = text
            return (name, "")
        }
        text = text.dropFirst().drop(while: \.isWhitespace)
        var value = ""
        if text.first == "\"" {
            text = text.dropFirst()
            while let character = text.popFirst(), character != "\"" {
                if character == "\\", let escaped = text.popFirst() {
                    value.append(escaped)
                } else {
                    value.append(character)
                }
            }
        } else {
            value = String(text.prefix { $0 != ";" && $0 != "," && !$0.isWhitespace })
            text = text.dropFirst(value.count)
        }
        rest = text
        return (name, value)
    }
}
