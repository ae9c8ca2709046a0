package dev.weft.tailcfg;

import dev.weft.base.Endpoint;

/// An endpoint that a node reports, and where it learnt it.
public record ReportedEndpoint(Endpoint endpoint, EndpointType type) {}
