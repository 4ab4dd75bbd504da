enum APIGatewayStub {}
