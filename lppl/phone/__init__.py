"""The phone line: calls that a telephone exchange hands over, with a notice, a menu and a recording."""
