package dev.tenancy.benchmarks.http.floor;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The floor. */
@SpringBootApplication
public class FloorApplication {}
