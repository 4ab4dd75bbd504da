import Yams

/// A function's properties and those that `Globals` sets for all functions.
struct FunctionProperties {
    let own: Node
    let globals: Node?
}
