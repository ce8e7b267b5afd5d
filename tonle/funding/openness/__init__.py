"""The register open to machines: opportunities as CommonGrants has them, awards as 360Giving."""
