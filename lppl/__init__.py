"""What a station is: values, ports, configuration, stores, the media library. Knows none of the engines."""
