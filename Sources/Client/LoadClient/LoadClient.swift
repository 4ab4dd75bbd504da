enum LoadClientStub {}
