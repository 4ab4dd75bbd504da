/// A value of the template after its intrinsic functions have been resolved. Numbers and truth values stay text, as
/// CloudFormation itself treats them.
struct TemplateValue {
    enum Content {
        /// `AWS::NoValue` or an empty YAML value: as if it had not been written.
        case nothing
        case text(String)
        case list([TemplateValue])
        case map([Member])
    }

    /// A member of a mapping.
    struct Member {
        let key: String
        let value: TemplateValue
    }

    let content: Content
    let line: Int?

    var isNothing: Bool { if case .nothing = content { true } else { false } }
    var text: String? { if case .text(let text) = content { text } else { nil } }
    var list: [TemplateValue]? { if case .list(let list) = content { list } else { nil } }
    var map: [Member]? { if case .map(let map) = content { map } else { nil } }

    /// The member called `key`, unless it is as good as not written.
    subscript(key: String) -> TemplateValue? {
        guard let value = map?.last(where: { $0.key == key })?.value, !value.isNothing else { return nil }
        return value
    }
}
