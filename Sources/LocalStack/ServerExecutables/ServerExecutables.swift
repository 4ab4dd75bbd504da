// A module without code. With it, SwiftPM builds the executables that Package.swift lists as its dependencies, which are
// those that script/server runs. Without it, SwiftPM builds one product or all.
