/// Why the local stack cannot start, and what to do about it.
enum StartupError: Error, CustomStringConvertible {
    case portInUse(Int, option: String)
    case missingPrograms([String], directory: String)
    case tableNotCreated(String, String)
    case unknownPolicies([String])

    var description: String {
        switch self {
        case .portInUse(let port, let option):
            "port \(port) is in use by another program; stop that, or choose another port with \(option)"
        case .missingPrograms(let names, let directory):
            "\(names.joined(separator: ", ")) not found in \(directory); build the functions with "
                + "`swift build -c release`, or say where they are with --functions"
        case .tableNotCreated(let name, let reason):
            "the table \(name) cannot be created: \(reason)"
        case .unknownPolicies(let names):
            "--enforce-iam does not know what these policies allow: \(names.joined(separator: ", "))"
        }
    }
}
