"""How it travels: conforming to the house format, fragments, HLS, progressive streams."""
