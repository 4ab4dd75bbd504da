/// The version of bashoutter-client, which JSON reports contain.
package enum ClientVersion {
    package static let current = "1.0"
}
