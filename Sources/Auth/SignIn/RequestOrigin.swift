/// Where a request comes from, for limits and for the audit log.
public struct RequestOrigin: Sendable, Equatable {
    /// The client's IP address as text: by it attempts are counted together, so cut IPv6 to its /64.
    public let address: String
    /// What the client calls itself.
    public let device: DeviceName?

    public init(address: String, device: DeviceName? = nil) {
        (self.address, self.device) = (address, device)
    }
}
