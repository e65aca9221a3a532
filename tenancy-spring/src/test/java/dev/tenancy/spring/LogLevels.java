package dev.tenancy.spring;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/** What an application that another test has started says of levels ends with that test. */
public final class LogLevels implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext test) {
        LoggingSystem.get(LogLevels.class.getClassLoader()).setLogLevel("dev.tenancy", LogLevel.INFO);
    }
}
