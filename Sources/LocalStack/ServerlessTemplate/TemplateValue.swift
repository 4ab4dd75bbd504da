/// A value of the template with its intrinsic functions resolved. Numbers and booleans are text, as they are to
/// CloudFormation.
struct TemplateValue {
    enum Content {
        /// `AWS::NoValue` or an empty YAML value, which counts as absent.
        case nothing
        case text(String)
        case list([TemplateValue])
        case map([Member])
    }

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

    /// The value of the member `key`; nil if it is absent or nothing.
    subscript(key: String) -> TemplateValue? {
        guard let value = map?.last(where: { $0.key == key })?.value, !value.isNothing else { return nil }
        return value
    }
}
