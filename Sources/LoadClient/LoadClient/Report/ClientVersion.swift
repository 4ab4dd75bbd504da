/// The version of bashoutter-client: the newest one in CHANGELOG.md.
package enum ClientVersion {
    package static let current = "unreleased"
}
