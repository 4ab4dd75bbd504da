/// libFuzzer calls this function with every input. Each target implements `fuzz(_:)`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzz(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

/// Crashes if an invariant is violated; libFuzzer then reports the input.
func expect(_ holds: Bool, _ invariant: @autoclosure () -> String) {
    if !holds { fatalError("violated invariant: \(invariant())") }
}
