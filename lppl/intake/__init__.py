"""How a citizen's word arrives: kept as received and durable first, understood afterwards, never lost."""
