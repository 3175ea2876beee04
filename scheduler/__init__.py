"""When: schedules become rundowns in which every instant is covered."""
