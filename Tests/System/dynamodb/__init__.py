"""Tests of the embedded DynamoDB through its HTTP endpoint."""
