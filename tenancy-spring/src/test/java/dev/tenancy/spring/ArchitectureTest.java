package dev.tenancy.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.tenancy.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule requestsHaveTheirTenantWithoutCrud = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.spring")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tenancy.spring.crud..");
}
