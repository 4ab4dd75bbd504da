enum LocalAPIGatewayStub {}
