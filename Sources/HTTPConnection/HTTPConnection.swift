enum HTTPConnectionStub {}
