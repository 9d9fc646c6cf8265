"""From a connection to a topic: the simulator, the publisher, the past and the live loop. A stranger to `streams`."""
