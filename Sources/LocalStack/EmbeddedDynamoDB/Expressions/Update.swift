/// An update expression.
struct Update: Sendable {
    /// The right-hand side of an assignment in `SET`.
    indirect enum Operand: Sendable {
        case path(DocumentPath)
        case value(AttributeValue)
        case ifNotExists(DocumentPath, Operand)
        case listAppend(Operand, Operand)
        case sum(Operand, Operand)
        case difference(Operand, Operand)
    }

    enum Action: Sendable {
        case set(Operand)
        case remove
        case add(AttributeValue)
        case delete(AttributeValue)
    }

    let actions: [(path: DocumentPath, action: Action)]

    var paths: [DocumentPath] { actions.map(\.path) }

    /// Whether all actions are REMOVE or DELETE. Such an update does not create an item.
    var onlyRemoves: Bool {
        actions.allSatisfy {
            switch $0.action {
            case .remove, .delete: true
            case .set, .add: false
            }
        }
    }

    private static let wrongType = ServiceError.validation(
        "An operand in the update expression has an incorrect data type"
    )
    static let tooLarge = ServiceError.validation("Item size to update has exceeded the maximum allowed size")
    private static let invalidPath = ServiceError.validation(
        "The document path provided in the update expression is invalid for update"
    )

    /// Returns the item after the update. All operands are evaluated against `item` as it was before the update.
    func apply(to item: AttributeMap) throws(ServiceError) -> AttributeMap {
        var changes: [(path: DocumentPath, rank: Int, change: Change)] = []
        var size = 0
        for (path, action) in actions {
            let (rank, change) = try Self.change(action, at: path, of: item)
            if case .assign(let value) = change { size += value.size }
            // No need to build an item that contains all of them: an expression can assign one big value many times.
            guard size <= AttributeMap.maximumItemSize else { throw Self.tooLarge }
            changes.append((path, rank, change))
        }
        // Elements set beyond the end of a list are appended in the order of their indexes. Removals come last and in
        // descending order, so that each index refers to the same element as before the update.
        changes.sort { ($0.rank, $0.path.orderOfIndex($0.rank)) < ($1.rank, $1.path.orderOfIndex($1.rank)) }
        var root = AttributeValue.map(item)
        for (path, _, change) in changes { try Self.apply(change, to: &root, at: path.elements[...]) }
        guard case .map(let updated) = root else { return item }
        return updated
    }

    private enum Change {
        case assign(AttributeValue)
        case remove
        case keep
    }

    private static func change(
        _ action: Action,
        at path: DocumentPath,
        of item: AttributeMap
    ) throws(ServiceError) -> (Int, Change) {
        switch action {
        case .set(let operand): return (0, .assign(try value(of: operand, in: item)))
        case .remove: return (1, .remove)
        case .add(let operand):
            switch (path.value(in: item), operand) {
            case (nil, _): return (0, .assign(operand))
            case (.number(let left), .number(let right)): return (0, .assign(try sum(left, right)))
            case (.stringSet(let old), .stringSet(let new)): return (0, .assign(.stringSet(union(old, new))))
            case (.numberSet(let old), .numberSet(let new)): return (0, .assign(.numberSet(union(old, new))))
            case (.binarySet(let old), .binarySet(let new)):
                let members = Set(old).union(new)
                return (0, .assign(.binarySet(members.sorted { $0.lexicographicallyPrecedes($1) })))
            default: throw wrongType
            }
        case .delete(let operand):
            let rest: AttributeValue?
            switch (path.value(in: item), operand) {
            case (nil, _): return (0, .keep)
            case (.stringSet(let old), .stringSet(let removed)): rest = difference(old, removed).map({ .stringSet($0) })
            case (.numberSet(let old), .numberSet(let removed)): rest = difference(old, removed).map({ .numberSet($0) })
            case (.binarySet(let old), .binarySet(let removed)): rest = difference(old, removed).map({ .binarySet($0) })
            default: throw wrongType
            }
            return rest.map { (0, .assign($0)) } ?? (1, .remove)
        }
    }

    private static func union<Member: Hashable & Comparable>(_ old: [Member], _ new: [Member]) -> [Member] {
        Set(old).union(new).sorted()
    }

    /// Returns nil instead of an empty set, which DynamoDB does not store.
    private static func difference<Member: Hashable>(_ old: [Member], _ removed: [Member]) -> [Member]? {
        let removed = Set(removed)
        let members = old.filter { !removed.contains($0) }
        return members.isEmpty ? nil : members
    }

    private static func sum(_ left: Decimal, _ right: Decimal) throws(ServiceError) -> AttributeValue {
        do throws(Decimal.ParseError) {
            return .number(try Decimal.sum(left, right))
        } catch {
            throw .validation(error.message)
        }
    }

    private static func value(of operand: Operand, in item: AttributeMap) throws(ServiceError) -> AttributeValue {
        switch operand {
        case .value(let value): return value
        case .path(let path):
            guard let value = path.value(in: item) else {
                throw .validation("The provided expression refers to an attribute that does not exist in the item")
            }
            return value
        case .ifNotExists(let path, let fallback):
            if let value = path.value(in: item) { return value }
            return try value(of: fallback, in: item)
        case .listAppend(let first, let second):
            guard
                case (.list(let first), .list(let second)) = (
                    try value(of: first, in: item), try value(of: second, in: item)
                )
            else { throw wrongType }
            // Each element has at least two bytes. Nested calls would otherwise build a list of any length.
            guard first.count + second.count <= AttributeMap.maximumItemSize / 2 else { throw tooLarge }
            return .list(first + second)
        case .sum(let left, let right), .difference(let left, let right):
            guard
                case (.number(let first), .number(let second)) = (
                    try value(of: left, in: item), try value(of: right, in: item)
                )
            else { throw wrongType }
            if case .sum = operand { return try sum(first, second) }
            return try sum(first, -second)
        }
    }

    private static func apply(
        _ change: Change,
        to value: inout AttributeValue,
        at steps: ArraySlice<DocumentPath.Element>
    ) throws(ServiceError) {
        let isLast = steps.count == 1
        // `value` is emptied while its content changes: a second reference would make each change copy the content.
        switch (steps.first, value) {
        case (.name(let name), .map(var map)):
            value = .null
            if isLast {
                switch change {
                case .assign(let assigned): map[name] = assigned
                case .remove: map[name] = nil
                case .keep: break
                }
            } else {
                guard var child = map[name] else { throw invalidPath }
                map[name] = .null
                try apply(change, to: &child, at: steps.dropFirst())
                map[name] = child
            }
            value = .map(map)
        case (.index(let index), .list(var list)):
            value = .null
            if isLast {
                switch change {
                case .assign(let assigned) where index < list.count: list[index] = assigned
                case .assign(let assigned): list.append(assigned)
                case .remove where index < list.count: list.remove(at: index)
                case .remove, .keep: break
                }
            } else {
                guard index < list.count else { throw invalidPath }
                try apply(change, to: &list[index], at: steps.dropFirst())
            }
            value = .list(list)
        default: throw invalidPath
        }
    }
}

extension DocumentPath {
    /// A sort key: ascending indexes for assignments, descending ones for removals (rank 1).
    fileprivate func orderOfIndex(_ rank: Int) -> Int {
        guard case .index(let index)? = steps.last else { return 0 }
        return rank == 1 ? -index : index
    }
}
