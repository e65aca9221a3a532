package dev.tenancy.test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.transaction.TestContextTransactionUtils;
import org.springframework.test.context.util.TestContextResourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs the scripts of one {@link TenantSql}, in the transaction of the test or in one of their own, as those of {@code @Sql}. */
final class TenantScripts {

    private TenantScripts() {}

    static void run(TenantSql given, TestContext test) {
        DataSource dataSource = TestContextTransactionUtils.retrieveDataSource(test, null);
        if (dataSource == null) {
            throw new IllegalStateException("@TenantSql at " + TenantSqlListener.place(test)
                    + " finds no data source, or several and none of them primary. Make one primary.");
        }
        ResourceDatabasePopulator scripts = new ResourceDatabasePopulator();
        scripts.setSqlScriptEncoding(StandardCharsets.UTF_8.name());
        resources(given, test).forEach(scripts::addScript);
        PlatformTransactionManager transactions = TestContextTransactionUtils.retrieveTransactionManager(test, null);
        if (transactions == null) {
            scripts.execute(dataSource);
        } else {
            new TransactionTemplate(transactions).executeWithoutResult(status -> scripts.execute(dataSource));
        }
    }

    private static List<Resource> resources(TenantSql given, TestContext test) {
        List<Resource> resources = TestContextResourceUtils.convertToResourceList(
                test.getApplicationContext(),
                TestContextResourceUtils.convertToClasspathResourcePaths(test.getTestClass(), given.scripts()));
        for (String statement : given.statements()) {
            resources.add(new ByteArrayResource(statement.getBytes(StandardCharsets.UTF_8), "a statement"));
        }
        return resources;
    }
}
