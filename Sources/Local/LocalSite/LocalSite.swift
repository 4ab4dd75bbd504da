enum LocalSiteStub {}
