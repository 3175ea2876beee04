"""The API, version 1: everything that staff do, as JSON; its description comes from the same models."""
