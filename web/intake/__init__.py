"""Where citizens' words come in by HTTP: the public form, webhooks of message channels, gateways, Open311."""
