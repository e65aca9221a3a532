package dev.tenancy.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

@AnalyzeClasses(packages = "dev.tenancy.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule requestsHaveTheirTenantWithoutCrud = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.spring")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tenancy.spring.crud..");

    // Where an application initialises lazily, a listener or a check that nobody injects would never be made.
    @ArchTest
    static final ArchRule configurationsAreMadeAtStart = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .or()
            .areAnnotatedWith(Configuration.class)
            .should()
            .beAnnotatedWith(Lazy.class);
}
